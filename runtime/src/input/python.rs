//! Values as Python writes them: Boto3's reports quote them so.

use std::fmt;

use crate::value::Document;

/// The type of a value in Python.
pub(super) struct Kind(&'static str);

impl Kind {
    pub(super) fn of(value: &Document) -> Self {
        Self(match value {
            Document::Null => "NoneType",
            Document::Bool(_) => "bool",
            Document::Number(number) if number.is_f64() => "float",
            Document::Number(_) => "int",
            Document::String(_) => "str",
            Document::Array(_) => "list",
            Document::Object(_) => "dict",
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<class '{}'>", self.0)
    }
}

/// A value as `str` gives it: texts alone stand without quotes.
pub(super) fn text(value: &Document) -> String {
    match value {
        Document::String(text) => text.clone(),
        other => literal(other),
    }
}

/// A value as `repr` gives it.
fn literal(value: &Document) -> String {
    match value {
        Document::Null => "None".to_owned(),
        Document::Bool(true) => "True".to_owned(),
        Document::Bool(false) => "False".to_owned(),
        Document::Number(number) => number.to_string(),
        Document::String(text) => quoted(text),
        Document::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(literal).collect();
            format!("[{}]", elements.join(", "))
        }
        Document::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(name, value)| format!("{}: {}", quoted(name), literal(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// In single quotes, unless those stand in the text and double ones do not.
fn quoted(text: &str) -> String {
    let quote = match text.contains('\'') && !text.contains('"') {
        true => '"',
        false => '\'',
    };
    let mut quoted = String::from(quote);
    for character in text.chars() {
        match character {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if character == quote => quoted.extend(['\\', character]),
            _ => quoted.push(character),
        }
    }
    quoted.push(quote);
    quoted
}
