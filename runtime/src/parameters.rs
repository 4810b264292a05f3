//! Parameters: from what was supplied to the complete, typed map that a run starts with.
//!
//! Everything that is wrong is found before anything runs, and all of it is said at once. Constraints
//! hold for supplied values only: a default is the author's own word.

use std::fmt;

use thiserror::Error;

use crate::pattern::Pattern;
use crate::runbook::{Bounds, Definition, ParameterDefinition, Runbook};
use crate::similar::similar;
use crate::value::{Document, Map, ParameterError, Text, Type, describe, parse_parameter};

/// Parameters of a runbook as a program supplies them. Generated code implements it.
pub trait Supplied {
    /// The runbook that takes them.
    type Runbook: Runbook;

    /// The values by the names of the parameters; those that are not supplied are left out.
    fn supplied(&self) -> Map;
}

/// A text that a parameter does not take.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotAllowed {
    /// It is none of the allowed values.
    #[error("{text:?} cannot be; allowed are {allowed}")]
    Value {
        /// The text.
        text: String,
        /// The values allowed.
        allowed: String,
    },
    /// The parameter's pattern does not match it as a whole.
    #[error("the pattern `{pattern}` does not match {text:?}")]
    Pattern {
        /// The text.
        text: String,
        /// `allowedPattern`.
        pattern: Pattern,
    },
    /// The pattern cannot be used, so that nothing is known about the text.
    #[error("{text:?} cannot be checked: the pattern `{pattern}` cannot be used: {reason}")]
    BrokenPattern {
        /// The text.
        text: String,
        /// `allowedPattern`.
        pattern: Pattern,
        /// What is wrong with it.
        reason: String,
    },
}

impl NotAllowed {
    /// A text that is none of the allowed ones.
    pub fn value(text: &str, allowed: &[&str]) -> Self {
        Self::Value {
            text: text.to_owned(),
            allowed: allowed.join(", "),
        }
    }
}

/// Parameters that a run can start with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// A value for every parameter, in the order of their declaration.
    pub values: Map,
    /// Those that were supplied, as the record shows them.
    pub supplied: Map,
}

/// Everything that is wrong with the supplied parameters.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct ParameterErrors {
    /// The problems: unknown names first, then in the order of declaration.
    pub problems: Vec<ParameterProblem>,
}

/// One thing that is wrong with the supplied parameters.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParameterProblem {
    /// The runbook has no such parameter.
    #[error("the runbook has no parameter `{name}`{hint}")]
    Unknown {
        /// The name as supplied.
        name: String,
        /// `; did you mean …?`, or nothing.
        hint: String,
    },
    /// A parameter without a default that was not supplied.
    #[error("`{name}` ({kind}) is required, but not given{}", explanation(.description))]
    Missing {
        /// The parameter.
        name: &'static str,
        /// Its type.
        kind: Type,
        /// What the runbook says about it.
        description: &'static str,
    },
    /// A value that is not of the parameter's type.
    #[error("`{name}`: {error}")]
    Type {
        /// The parameter.
        name: &'static str,
        /// What is wrong.
        error: ParameterError,
    },
    /// A value that `allowedValues` does not list.
    #[error("`{name}` cannot be {found}; allowed are {allowed}")]
    NotAllowed {
        /// The parameter.
        name: &'static str,
        /// The value, in words.
        found: String,
        /// The values allowed.
        allowed: String,
    },
    /// A value that `allowedPattern` does not match.
    #[error("`{name}` is {found}, which the pattern `{pattern}` does not match")]
    Pattern {
        /// The parameter.
        name: &'static str,
        /// The value, in words.
        found: String,
        /// `allowedPattern`.
        pattern: Pattern,
    },
    /// `allowedPattern` itself cannot be used, so that nothing is known about the value.
    #[error("`{name}` cannot be checked: its pattern `{pattern}` cannot be used: {reason}")]
    BrokenPattern {
        /// The parameter.
        name: &'static str,
        /// `allowedPattern`.
        pattern: Pattern,
        /// What is wrong with it.
        reason: String,
    },
    /// A value with too few or too many elements or characters.
    #[error("`{name}` has {count} {unit}{}, but {}", plural(*.count), bound(*.bounds))]
    Size {
        /// The parameter.
        name: &'static str,
        /// How many there are.
        count: u64,
        /// What is counted: `element`, `member`, `character`.
        unit: &'static str,
        /// How many there may be.
        bounds: Bounds,
    },
}

impl ParameterProblem {
    /// The parameter.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Unknown { name, .. } => name,
            Self::Missing { name, .. }
            | Self::Type { name, .. }
            | Self::NotAllowed { name, .. }
            | Self::Pattern { name, .. }
            | Self::BrokenPattern { name, .. }
            | Self::Size { name, .. } => name,
        }
    }
}

impl fmt::Display for ParameterErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{problem}")?;
        }
        Ok(())
    }
}

/// Checks what was supplied and completes it with the defaults.
///
/// # Errors
/// With everything that is wrong: unknown names, missing values, types, constraints.
pub fn check(definition: &Definition, supplied: &Map) -> Result<Checked, ParameterErrors> {
    let unknown = unknown_names(definition, supplied);
    let mut problems: Vec<_> = unknown
        .iter()
        .map(|(name, meant)| ParameterProblem::Unknown {
            name: (*name).to_owned(),
            hint: meant
                .map(|meant| format!("; did you mean `{meant}`?"))
                .unwrap_or_default(),
        })
        .collect();
    let is_misspelt = |name| unknown.iter().any(|(_, meant)| *meant == Some(name));
    let mut checked = Checked::default();
    for parameter in definition.parameters {
        let name = parameter.name.to_owned();
        match value(parameter, supplied.get(parameter.name)) {
            Ok(Value::Supplied(value)) => {
                checked.supplied.insert(name.clone(), value.clone());
                checked.values.insert(name, value);
            }
            Ok(Value::Default(value)) => {
                checked.values.insert(name, value);
            }
            // It is given, under a name that is reported.
            Err(_) if !supplied.contains_key(&name) && is_misspelt(parameter.name) => {}
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() {
        Ok(checked)
    } else {
        Err(ParameterErrors { problems })
    }
}

/// The default of a parameter as a typed value; `None` if the parameter is required.
pub fn default_value(parameter: &ParameterDefinition) -> Option<Document> {
    let written = parameter.default.map(literal)?;
    // A default such as `"{}"` for a map is text that holds the value; one that is a reference stays text.
    let typed = parse_parameter(parameter.kind, &written)
        .ok()
        .filter(|value| !value.is_null());
    Some(typed.unwrap_or(written))
}

/// The first value that a parameter allows, if it lists them.
pub(crate) fn allowed(parameter: &ParameterDefinition) -> Option<Document> {
    let first = parameter.allowed_values.first()?;
    serde_json::from_str(first).ok()
}

/// The first constraint that a value breaks, as a sentence that begins with the name.
pub(crate) fn broken(parameter: &'static ParameterDefinition, value: &Document) -> Option<String> {
    let mut problems = broken_constraints(parameter, value).into_iter();
    problems.next().map(|problem| problem.to_string())
}

enum Value {
    Supplied(Document),
    Default(Document),
}

fn value(
    parameter: &'static ParameterDefinition,
    supplied: Option<&Document>,
) -> Result<Value, Vec<ParameterProblem>> {
    let name = parameter.name;
    let parsed = parse_parameter(parameter.kind, supplied.unwrap_or(&Document::Null))
        .map_err(|error| vec![ParameterProblem::Type { name, error }])?;
    if !parsed.is_null() {
        let broken = broken_constraints(parameter, &parsed);
        return if broken.is_empty() {
            Ok(Value::Supplied(parsed))
        } else {
            Err(broken)
        };
    }
    default_value(parameter).map(Value::Default).ok_or_else(|| {
        let ParameterDefinition {
            kind, description, ..
        } = *parameter;
        vec![ParameterProblem::Missing {
            name,
            kind,
            description,
        }]
    })
}

/// Those that the runbook does not have, each with the parameter that is probably meant.
fn unknown_names<'s>(
    definition: &Definition,
    supplied: &'s Map,
) -> Vec<(&'s str, Option<&'static str>)> {
    let names = || definition.parameters.iter().map(|parameter| parameter.name);
    let unknown = supplied
        .keys()
        .filter(|name| names().all(|known| known != *name));
    unknown
        .map(|name| (name.as_str(), similar(name, names())))
        .collect()
}

/// The constraints that a supplied value breaks.
fn broken_constraints(
    parameter: &'static ParameterDefinition,
    value: &Document,
) -> Vec<ParameterProblem> {
    let elements = match value {
        Document::Array(elements) => elements.as_slice(),
        single => std::slice::from_ref(single),
    };
    let mut problems: Vec<_> = elements
        .iter()
        .filter_map(|element| broken_by_element(parameter, element))
        .collect();
    problems.extend(broken_sizes(parameter, value));
    problems
}

fn broken_by_element(
    parameter: &'static ParameterDefinition,
    element: &Document,
) -> Option<ParameterProblem> {
    not_allowed(parameter, element).or_else(|| not_matching(parameter, element))
}

fn not_allowed(
    parameter: &'static ParameterDefinition,
    element: &Document,
) -> Option<ParameterProblem> {
    // `allowedValues: ["true"]` admits the Boolean, as it admits its text.
    let equal = |allowed: &Document| allowed == element || allowed.text() == element.text();
    let mut allowed = parameter.allowed_values.iter().map(|text| literal(text));
    if parameter.allowed_values.is_empty() || allowed.any(|allowed| equal(&allowed)) {
        return None;
    }
    Some(ParameterProblem::NotAllowed {
        name: parameter.name,
        found: describe(element),
        allowed: parameter.allowed_values.join(", "),
    })
}

/// `allowedPattern` looks at texts only.
fn not_matching(
    parameter: &'static ParameterDefinition,
    element: &Document,
) -> Option<ParameterProblem> {
    let (pattern, text) = (parameter.allowed_pattern?, element.as_str()?);
    let name = parameter.name;
    match pattern.matches(text) {
        Ok(true) => None,
        Ok(false) => Some(ParameterProblem::Pattern {
            name,
            found: describe(element),
            pattern,
        }),
        Err(reason) => Some(ParameterProblem::BrokenPattern {
            name,
            pattern,
            reason,
        }),
    }
}

fn broken_sizes(
    parameter: &'static ParameterDefinition,
    value: &Document,
) -> impl Iterator<Item = ParameterProblem> {
    let items = match value {
        Document::Array(elements) => Some((elements.len(), "element", parameter.items)),
        Document::Object(entries) => Some((entries.len(), "member", parameter.items)),
        _ => None,
    };
    let chars = match value {
        Document::String(_) | Document::Object(_) if parameter.chars != Bounds::NONE => {
            Some((value.text().chars().count(), "character", parameter.chars))
        }
        _ => None,
    };
    [items, chars]
        .into_iter()
        .flatten()
        .filter_map(|(count, unit, bounds)| {
            let count = count as u64;
            let outside = bounds.min.is_some_and(|min| count < min)
                || bounds.max.is_some_and(|max| count > max);
            outside.then_some(ParameterProblem::Size {
                name: parameter.name,
                count,
                unit,
                bounds,
            })
        })
}

/// A value that the compiler wrote as JSON text.
fn literal(text: &str) -> Document {
    serde_json::from_str(text).unwrap_or_else(|_| Document::from(text))
}

fn bound(bounds: Bounds) -> String {
    match (bounds.min, bounds.max) {
        (Some(min), Some(max)) => format!("{min} to {max} are allowed"),
        (Some(min), None) => format!("at least {min} are needed"),
        (None, Some(max)) => format!("at most {max} are allowed"),
        (None, None) => "any number is allowed".to_owned(),
    }
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn explanation(description: &str) -> String {
    let line = description.trim().lines().next().unwrap_or_default();
    if line.is_empty() {
        String::new()
    } else {
        format!(": {line}")
    }
}
