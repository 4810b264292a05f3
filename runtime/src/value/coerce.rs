//! What a referenced value becomes in the input that consumes it (spec 3.3).

use super::{Document, InputError, Map, Text, Type, describe};

/// A value that a reference can stand for.
pub trait Referenced {
    /// The value as JSON.
    fn document(&self) -> Document;
}

/// A type that an input can want.
pub trait Wanted: Sized {
    /// The type by its name in the runbook language.
    const TYPE: Type;

    /// The value as this type, or nothing where the table of spec 3.3 has no entry.
    fn from_referenced(value: &Document) -> Option<Self>;
}

/// The value of `reference` as the type that the consuming input wants (spec 3.3).
///
/// ```
/// # use runbook_runtime::value::coerce;
/// let one = vec!["i-1".to_owned()];
/// assert_eq!(coerce::<String>(&one, "look.Ids").unwrap(), "i-1");
/// ```
pub fn coerce<W: Wanted>(have: &impl Referenced, reference: &str) -> Result<W, InputError> {
    let value = have.document();
    W::from_referenced(&value).ok_or_else(|| InputError::Mismatch {
        reference: reference.to_owned(),
        have: describe(&value),
        want: W::TYPE,
    })
}

impl Referenced for String {
    fn document(&self) -> Document {
        Document::from(self.as_str())
    }
}

impl Referenced for i64 {
    fn document(&self) -> Document {
        Document::from(*self)
    }
}

impl Referenced for bool {
    fn document(&self) -> Document {
        Document::from(*self)
    }
}

impl Referenced for Vec<String> {
    fn document(&self) -> Document {
        Document::from(self.clone())
    }
}

impl Referenced for Map {
    fn document(&self) -> Document {
        Document::Object(self.clone())
    }
}

impl Referenced for Vec<Map> {
    fn document(&self) -> Document {
        self.iter().cloned().map(Document::Object).collect()
    }
}

impl Referenced for Document {
    fn document(&self) -> Document {
        self.clone()
    }
}

impl Wanted for String {
    const TYPE: Type = Type::String;

    fn from_referenced(value: &Document) -> Option<Self> {
        match value {
            Document::Array(_) => scalar(value).map(Text::text),
            Document::Null => None,
            other => Some(other.text()),
        }
    }
}

impl Wanted for i64 {
    const TYPE: Type = Type::Integer;

    fn from_referenced(value: &Document) -> Option<Self> {
        integer(scalar(value)?)
    }
}

impl Wanted for bool {
    const TYPE: Type = Type::Boolean;

    fn from_referenced(value: &Document) -> Option<Self> {
        boolean(scalar(value)?)
    }
}

impl Wanted for Vec<String> {
    const TYPE: Type = Type::StringList;

    fn from_referenced(value: &Document) -> Option<Self> {
        match value {
            Document::Array(elements) => Some(elements.iter().map(Text::text).collect()),
            other => scalar(other).map(|element| vec![element.text()]),
        }
    }
}

impl Wanted for Map {
    const TYPE: Type = Type::StringMap;

    fn from_referenced(value: &Document) -> Option<Self> {
        match value {
            Document::Object(map) => Some(map.clone()),
            Document::String(text) => serde_json::from_str(text).ok(),
            _ => None,
        }
    }
}

impl Wanted for Vec<Map> {
    const TYPE: Type = Type::MapList;

    fn from_referenced(value: &Document) -> Option<Self> {
        match value {
            Document::Object(map) => Some(vec![map.clone()]),
            Document::String(text) => serde_json::from_str(text).ok(),
            other => maps(other),
        }
    }
}

/// The scalar a value is, or holds as the only element of a list.
pub(super) fn scalar(value: &Document) -> Option<&Document> {
    match value {
        Document::String(_) | Document::Number(_) | Document::Bool(_) => Some(value),
        Document::Array(elements) => match elements.as_slice() {
            [only @ (Document::String(_) | Document::Number(_) | Document::Bool(_))] => Some(only),
            _ => None,
        },
        Document::Null | Document::Object(_) => None,
    }
}

/// An integer, also when it is written as text.
pub(super) fn integer(value: &Document) -> Option<i64> {
    match value {
        Document::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    }
}

/// A Boolean, also when it is written as text in any case.
pub(super) fn boolean(value: &Document) -> Option<bool> {
    match value {
        Document::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
        other => other.as_bool(),
    }
}

/// The elements of a list that holds objects only.
pub(super) fn maps(value: &Document) -> Option<Vec<Map>> {
    value
        .as_array()?
        .iter()
        .map(|element| element.as_object().cloned())
        .collect()
}
