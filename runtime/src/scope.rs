//! Scope: what references inside parameter values may see (spec 3.4), and the system variables (spec 3.6).

use std::borrow::Cow;

use jiff::Timestamp;

use crate::value::{InputError, Map};

/// How deep parameter values may refer to one another.
const DEPTH_LIMIT: usize = 5;

/// Where and as whom an execution runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// `automation:EXECUTION_ID`.
    pub execution_id: String,
    /// `global:ACCOUNT_ID`.
    pub account_id: String,
    /// `global:REGION`.
    pub region: String,
    /// `global:AWS_PARTITION`.
    pub partition: String,
    /// The moment at which the current step started; `global:DATE` and `global:DATE_TIME` show it.
    pub now: Timestamp,
}

impl Context {
    /// `global:DATE`: `2026-01-31`, UTC.
    pub fn date(&self) -> String {
        self.strftime("%Y-%m-%d")
    }

    /// `global:DATE_TIME`: `2026-01-31_23.59.59`, UTC.
    pub fn date_time(&self) -> String {
        self.strftime("%Y-%m-%d_%H.%M.%S")
    }

    /// A system variable by its full name: `global:REGION`.
    pub fn variable(&self, name: &str) -> Option<String> {
        Some(match name {
            "global:ACCOUNT_ID" => self.account_id.clone(),
            "global:REGION" => self.region.clone(),
            "global:AWS_PARTITION" => self.partition.clone(),
            "global:DATE" => self.date(),
            "global:DATE_TIME" => self.date_time(),
            "automation:EXECUTION_ID" => self.execution_id.clone(),
            _ => return None,
        })
    }

    /// All system variables by their full names, as a script gets them (spec 8, row 40).
    pub fn variables(&self) -> Map {
        let names = [
            "global:ACCOUNT_ID",
            "global:AWS_PARTITION",
            "global:DATE",
            "global:DATE_TIME",
            "global:REGION",
            "automation:EXECUTION_ID",
        ];
        let values = names.into_iter().filter_map(|name| {
            let value = self.variable(name)?;
            Some((name.to_owned(), value.into()))
        });
        values.collect()
    }

    fn strftime(&self, format: &str) -> String {
        self.now.strftime(format).to_string()
    }
}

/// What a generated state lets references see.
pub trait Scope {
    /// Where and as whom the execution runs.
    fn context(&self) -> &Context;

    /// The same, for the engine to set the moment at which a step starts.
    fn context_mut(&mut self) -> &mut Context;

    /// The text of a parameter by name, unexpanded; `None` if there is no such parameter, as where there are none at all.
    fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        let _ = name;
        None
    }
}

/// Values whose references can be expanded.
pub trait Expand: Sized {
    /// The value with the references to parameters and system variables inside it replaced (spec 3.4).
    ///
    /// # Errors
    /// When values refer to one another in a circle or deeper than five levels.
    fn expand(&self, scope: &impl Scope) -> Result<Self, InputError>;
}

impl Expand for String {
    fn expand(&self, scope: &impl Scope) -> Result<Self, InputError> {
        expand_text(self, scope, DEPTH_LIMIT).map(Cow::into_owned)
    }
}

impl Expand for Vec<String> {
    fn expand(&self, scope: &impl Scope) -> Result<Self, InputError> {
        self.iter().map(|text| text.expand(scope)).collect()
    }
}

impl Expand for Map {
    fn expand(&self, scope: &impl Scope) -> Result<Self, InputError> {
        self.iter()
            .map(|(name, value)| Ok((name.clone(), value.expand(scope)?)))
            .collect()
    }
}

impl Expand for Vec<Map> {
    fn expand(&self, scope: &impl Scope) -> Result<Self, InputError> {
        self.iter().map(|map| map.expand(scope)).collect()
    }
}

impl Expand for serde_json::Value {
    fn expand(&self, scope: &impl Scope) -> Result<Self, InputError> {
        Ok(match self {
            Self::String(text) => Self::String(text.expand(scope)?),
            Self::Array(elements) => elements
                .iter()
                .map(|element| element.expand(scope))
                .collect::<Result<_, _>>()?,
            Self::Object(map) => Self::Object(map.expand(scope)?),
            other => other.clone(),
        })
    }
}

/// Replaces every reference that names a parameter or a system variable; other braces stay as they are.
fn expand_text<'a>(
    text: &'a str,
    scope: &impl Scope,
    depth: usize,
) -> Result<Cow<'a, str>, InputError> {
    if !text.contains("{{") {
        return Ok(Cow::Borrowed(text));
    }
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, opened)) = rest.split_once("{{") {
        expanded.push_str(before);
        let Some((name, after)) = opened.split_once("}}") else {
            expanded.push_str("{{");
            rest = opened;
            continue;
        };
        match value_of(name.trim(), scope, depth)? {
            Some(value) => {
                expanded.push_str(&value);
                rest = after;
            }
            None => {
                expanded.push_str("{{");
                rest = opened;
            }
        }
    }
    expanded.push_str(rest);
    Ok(Cow::Owned(expanded))
}

fn value_of(name: &str, scope: &impl Scope, depth: usize) -> Result<Option<String>, InputError> {
    if let Some(value) = scope.context().variable(name) {
        return Ok(Some(value));
    }
    let Some(raw) = scope.parameter(name) else {
        return Ok(None);
    };
    let Some(deeper) = depth.checked_sub(1) else {
        return Err(InputError::TooDeep {
            reference: name.to_owned(),
        });
    };
    expand_text(&raw, scope, deeper).map(|value| Some(value.into_owned()))
}
