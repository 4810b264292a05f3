//! Parameter Store: what the defaults of parameters take from it when an execution starts (spec 2.4).
//!
//! Only defaults in force are read, of what was not supplied. A value takes the place of its reference; a list, that of
//! an element, or of the whole default of a `StringList`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::caller::{Call, CallError, Caller};
use crate::runbook::{Definition, Runbook};
use crate::value::{Document, Map, ParameterError, Type, parse_parameter};

/// The most names that one GetParameters takes.
const MOST_NAMES: usize = 10;

/// A reference to Parameter Store in the default of a parameter.
#[derive(Debug)]
pub struct StoredDefault {
    /// The parameter.
    pub parameter: &'static str,
    /// The name in Parameter Store, perhaps with a version or a label behind a colon.
    pub name: &'static str,
    /// The line of the document where the reference stands, from 1.
    pub line: u32,
}

/// What Parameter Store holds under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredValue {
    /// Its type there: `String`, `StringList` or `SecureString`.
    pub kind: String,
    /// The text; that of a list has commas between its elements.
    pub text: String,
}

/// The values by the names that were asked for; none for a name that there is not.
pub type StoredValues = BTreeMap<String, StoredValue>;

/// Why defaults cannot be used, all reasons.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct StoredErrors(pub Vec<StoredError>);

/// Why a default cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}:{line}: the default of parameter `{parameter}` is {{{{ssm:{name}}}}}, {problem}")]
pub struct StoredError {
    /// The file that the runbook was compiled from.
    pub file: &'static str,
    /// The line of the reference.
    pub line: u32,
    /// The parameter.
    pub parameter: &'static str,
    /// The name in Parameter Store.
    pub name: &'static str,
    /// What is wrong.
    pub problem: StoredProblem,
}

/// What can be wrong with a value in Parameter Store.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StoredProblem {
    /// There is none.
    #[error("but Parameter Store has nothing under this name")]
    Missing,
    /// It is a secret.
    #[error("which is a SecureString, but only a String or a StringList can be a default")]
    Secure,
    /// The parameter has another type.
    #[error("but what it holds cannot be used: {0}")]
    Type(ParameterError),
}

impl fmt::Display for StoredErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{error}")?;
        }
        Ok(())
    }
}

/// The references of the defaults that are in force.
fn in_force<'a, R: Runbook>(
    supplied: &'a Map,
) -> impl Iterator<Item = &'static StoredDefault> + 'a {
    let all = R::STORED.iter();
    all.filter(|default| !supplied.contains_key(default.parameter))
}

/// The names that an execution has to read before it starts, each once.
pub(crate) fn names<R: Runbook>(supplied: &Map) -> Vec<&'static str> {
    let mut names = Vec::new();
    for default in in_force::<R>(supplied) {
        if !names.contains(&default.name) {
            names.push(default.name);
        }
    }
    names
}

/// Reads values from Parameter Store.
pub(crate) async fn read<R: Runbook>(
    caller: &dyn Caller<R::Request>,
    names: &[&str],
) -> Result<StoredValues, CallError> {
    let mut values = StoredValues::new();
    for (number, names) in (1..).zip(names.chunks(MOST_NAMES)) {
        let owned = names.iter().map(|&name| name.to_owned()).collect();
        let Some(request) = R::stored(owned) else {
            continue;
        };
        let call = Call::before_steps(number);
        let answer = caller.call(&call, &request).await?;
        let found = answer.get("Parameters").and_then(Document::as_array);
        for parameter in found.into_iter().flatten() {
            values.extend(value_of(parameter, names));
        }
    }
    Ok(values)
}

/// A value under the name that was asked for: that of the parameter, its selector included, or its ARN.
fn value_of(parameter: &Document, names: &[&str]) -> Option<(String, StoredValue)> {
    let text = |member: &str| parameter.get(member).and_then(Document::as_str);
    let selector = text("Selector").unwrap_or_default();
    let is_called = |asked: &str, member| {
        let name = asked.strip_suffix(selector);
        name.is_some() && name == text(member)
    };
    let mut asked = names.iter();
    let asked = asked.find(|asked| is_called(asked, "Name") || is_called(asked, "ARN"))?;
    let value = StoredValue {
        kind: text("Type").unwrap_or("String").to_owned(),
        text: text("Value").unwrap_or_default().to_owned(),
    };
    Some(((*asked).to_owned(), value))
}

/// The parameters with what was read in the place of the references.
pub(crate) fn resolved<R: Runbook>(
    parameters: &Map,
    supplied: &Map,
    values: &StoredValues,
) -> Result<Map, StoredErrors> {
    let mut parameters = parameters.clone();
    let mut errors = Vec::new();
    for default in in_force::<R>(supplied) {
        let filled = fill::<R>(default, &parameters, values);
        match filled {
            Ok(value) => {
                parameters.insert(default.parameter.to_owned(), value);
            }
            Err(problem) => errors.push(StoredError {
                file: R::DEFINITION.file,
                line: default.line,
                parameter: default.parameter,
                name: default.name,
                problem,
            }),
        }
    }
    match errors.is_empty() {
        true => Ok(parameters),
        false => Err(StoredErrors(errors)),
    }
}

/// The value of a parameter with one of its references replaced.
fn fill<R: Runbook>(
    default: &StoredDefault,
    parameters: &Map,
    values: &StoredValues,
) -> Result<Document, StoredProblem> {
    let stored = values.get(default.name).ok_or(StoredProblem::Missing)?;
    if stored.kind == "SecureString" {
        return Err(StoredProblem::Secure);
    }
    let written = parameters.get(default.parameter).unwrap_or(&Document::Null);
    let filled = replaced(written, default.name, stored);
    let kind = kind_of(R::DEFINITION, default.parameter);
    match is_left(&filled) {
        // Another reference of the same default is still to be replaced.
        true => Ok(filled),
        false => parse_parameter(kind, &filled).map_err(StoredProblem::Type),
    }
}

fn kind_of(definition: &Definition, name: &str) -> Type {
    let mut parameters = definition.parameters.iter();
    let found = parameters.find(|parameter| parameter.name == name);
    found.map_or(Type::String, |parameter| parameter.kind)
}

fn is_left(value: &Document) -> bool {
    match value {
        Document::String(text) => References::of(text).next().is_some(),
        Document::Array(elements) => elements.iter().any(is_left),
        Document::Object(members) => members.values().any(is_left),
        _ => false,
    }
}

fn replaced(value: &Document, name: &str, stored: &StoredValue) -> Document {
    match value {
        Document::String(text) => Document::String(in_text(text, name, &stored.text)),
        Document::Array(elements) => elements
            .iter()
            .flat_map(|element| in_element(element, name, stored))
            .collect(),
        Document::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), replaced(value, name, stored)))
            .collect(),
        other => other.clone(),
    }
}

/// An element that is exactly a reference to a list is all of its elements (spec 3.3).
fn in_element(element: &Document, name: &str, stored: &StoredValue) -> Vec<Document> {
    let whole = element.as_str().map(str::trim).is_some_and(|text| {
        let mut references = References::of(text);
        references
            .next()
            .is_some_and(|(start, end, found)| (start, end) == (0, text.len()) && found == name)
    });
    match whole && stored.kind == "StringList" {
        true => stored.text.split(',').map(Document::from).collect(),
        false => vec![replaced(element, name, stored)],
    }
}

fn in_text(text: &str, name: &str, value: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut done = 0;
    for (start, end, found) in References::of(text) {
        if found == name {
            filled.push_str(text.get(done..start).unwrap_or_default());
            filled.push_str(value);
            done = end;
        }
    }
    filled + text.get(done..).unwrap_or_default()
}

/// The references to Parameter Store in a text: where each begins and ends, and its name.
struct References<'a> {
    text: &'a str,
    from: usize,
}

impl<'a> References<'a> {
    const fn of(text: &'a str) -> Self {
        Self { text, from: 0 }
    }
}

impl<'a> Iterator for References<'a> {
    type Item = (usize, usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = self.from + self.text.get(self.from..)?.find("{{")?;
            let inner = start + 2;
            let length = self.text.get(inner..)?.find("}}")?;
            let name = self.text.get(inner..inner + length)?.trim();
            match name.strip_prefix("ssm:") {
                Some(name) => {
                    self.from = inner + length + 2;
                    return Some((start, self.from, name));
                }
                None => self.from = start + 1,
            }
        }
    }
}

/// Parameters whose types are right although nothing was read: what is to be read is whatever its type allows.
pub(crate) fn unread<R: Runbook>(parameters: &Map, supplied: &Map) -> Map {
    let mut parameters = parameters.clone();
    for default in in_force::<R>(supplied) {
        let value = match kind_of(R::DEFINITION, default.parameter) {
            Type::String | Type::StringList => continue,
            kind => kind.placeholder(),
        };
        parameters.insert(default.parameter.to_owned(), value);
    }
    parameters
}

/// Whether a text holds a reference to Parameter Store.
pub(crate) fn refers(text: &str) -> bool {
    References::of(text).next().is_some()
}
