//! Parameters as they are supplied: typed JSON, the API's lists of texts, or text (spec 2.3).

use thiserror::Error;

use super::coerce::{boolean, integer, maps};
use super::{Document, Map, Type, describe};

/// A supplied value that is not of the parameter's type.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// The value, or its text, is something else.
    #[error("{found} is not {}", wanted_form(*.wanted))]
    Mismatch {
        /// What was supplied, in words.
        found: String,
        /// The type of the parameter.
        wanted: Type,
    },
    /// More than one value for a parameter that takes one.
    #[error("{count} values are given, but {wanted} takes one")]
    Several {
        /// How many were supplied.
        count: usize,
        /// The type of the parameter.
        wanted: Type,
    },
}

/// The value of a parameter from what was supplied for it.
///
/// Accepted are the plain value (`3`), its text (`"3"`), and the API's list of texts
/// (`["3"]`); for the types that are JSON themselves the text is JSON. Null, and an empty list
/// where one value is wanted, mean that nothing was supplied and give null.
pub fn parse_parameter(wanted: Type, supplied: &Document) -> Result<Document, ParameterError> {
    if supplied.is_null() {
        return Ok(Document::Null);
    }
    match wanted {
        Type::StringList => string_list(supplied),
        Type::MapList => map_list(supplied),
        single => match only(single, supplied)? {
            Some(value) => parse_single(single, value),
            None => Ok(Document::Null),
        },
    }
}

/// The one value of a parameter that takes one: itself, or alone in a list.
fn only(wanted: Type, supplied: &Document) -> Result<Option<&Document>, ParameterError> {
    match supplied {
        Document::Array(elements) => match elements.as_slice() {
            [] => Ok(None),
            [element] => Ok(Some(element)),
            several => Err(ParameterError::Several {
                count: several.len(),
                wanted,
            }),
        },
        value => Ok(Some(value)),
    }
}

fn parse_single(wanted: Type, value: &Document) -> Result<Document, ParameterError> {
    let parsed = match wanted {
        Type::String => value.as_str().map(Document::from),
        Type::Integer => integer(value).map(Document::from),
        Type::Boolean => boolean(value).map(Document::from),
        _ => object(value).map(Document::Object),
    };
    parsed.ok_or_else(|| mismatch(wanted, value))
}

fn string_list(supplied: &Document) -> Result<Document, ParameterError> {
    let list = match supplied {
        Document::String(text) => json_list(text).unwrap_or_else(|| supplied.clone()),
        Document::Array(elements) => match elements.as_slice() {
            [Document::String(text)] => json_list(text).unwrap_or_else(|| supplied.clone()),
            _ => supplied.clone(),
        },
        other => other.clone(),
    };
    match list {
        Document::String(text) => Ok(Document::from(vec![text])),
        Document::Array(elements) if elements.iter().all(Document::is_string) => {
            Ok(Document::Array(elements))
        }
        other => Err(mismatch(Type::StringList, &other)),
    }
}

fn map_list(supplied: &Document) -> Result<Document, ParameterError> {
    let maps = match supplied {
        Document::Array(elements) => match elements.as_slice() {
            [Document::String(text)] => text_maps(text),
            elements => elements.iter().map(object).collect(),
        },
        Document::String(text) => text_maps(text),
        value => object(value).map(|map| vec![map]),
    };
    maps.map(|maps| maps.into_iter().map(Document::Object).collect())
        .ok_or_else(|| mismatch(Type::MapList, supplied))
}

/// The objects of a text that is a JSON array of objects or one object.
fn text_maps(text: &str) -> Option<Vec<Map>> {
    match serde_json::from_str(text).ok()? {
        Document::Object(map) => Some(vec![map]),
        value => maps(&value),
    }
}

/// An object, also as JSON text.
fn object(value: &Document) -> Option<Map> {
    match value {
        Document::Object(map) => Some(map.clone()),
        Document::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// The list a text holds when it is a JSON array.
fn json_list(text: &str) -> Option<Document> {
    serde_json::from_str(text).ok().filter(Document::is_array)
}

fn mismatch(wanted: Type, found: &Document) -> ParameterError {
    ParameterError::Mismatch {
        found: describe(found),
        wanted,
    }
}

/// How each type is written, for people who typed something else.
fn wanted_form(wanted: Type) -> &'static str {
    match wanted {
        Type::String => "a String (numbers and Booleans need quotes)",
        Type::StringList => "a StringList: texts, or a JSON array of texts",
        Type::Integer => "an Integer in decimal digits",
        Type::Boolean => "a Boolean: true or false",
        Type::StringMap => "a StringMap: a JSON object",
        Type::MapList => "a MapList: JSON objects, or a JSON array of objects",
    }
}
