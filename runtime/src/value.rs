//! Values: the types of the runbook language and what may become what.
//!
//! Everything a step receives or leaves is one of six types. This module knows
//! how a selected value becomes a declared output (`convert`), how a referenced value becomes
//! what an input wants (`coerce`), how a supplied text becomes a parameter (`parameter`), how
//! values are compared with desired ones (`desired`), and how they look inside text and in the
//! record.

mod coerce;
mod convert;
mod desired;
mod parameter;

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use coerce::{Referenced, Wanted, coerce};
pub use convert::{FromSelected, OutputError};
pub use desired::matches_desired;
pub use parameter::{ParameterError, parse_parameter};

use crate::duration::TimeError;

/// Any JSON value: an API answer, a payload, an input without a schema.
pub type Document = serde_json::Value;

/// A JSON object in the order it was written: the value of a `StringMap`.
pub type Map = serde_json::Map<String, Document>;

/// A type of the runbook language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Type {
    /// Text.
    String,
    /// A list of texts.
    StringList,
    /// An integral number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A JSON object, whatever its values are.
    StringMap,
    /// A list of JSON objects.
    MapList,
}

impl Type {
    /// A value of the type that says nothing.
    pub(crate) fn placeholder(self) -> Document {
        match self {
            Self::String => "".into(),
            Self::Integer => 0.into(),
            Self::Boolean => false.into(),
            Self::StringMap => Document::Object(Map::new()),
            Self::StringList | Self::MapList => Document::Array(Vec::new()),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, formatter)
    }
}

/// Why the input of a step cannot be made; the step fails in stage `InputValidation`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InputError {
    /// The reference stands for a value that is absent.
    #[error("`{reference}` has no value")]
    Missing {
        /// The reference as the runbook writes it, without braces.
        reference: String,
    },
    /// The referenced value is of a kind the input does not take.
    #[error("`{reference}` is {have}, but {want} is wanted")]
    Mismatch {
        /// The reference as the runbook writes it, without braces.
        reference: String,
        /// What the value is, in words.
        have: String,
        /// The type the input wants.
        want: Type,
    },
    /// Parameter values that refer to one another in a circle, or too deep.
    #[error("`{reference}` refers to other parameters in a circle or more than five levels deep")]
    TooDeep {
        /// The parameter.
        reference: String,
    },
    /// Parameters that do not have the types of the runbook.
    #[error("the parameters cannot be read: {message}")]
    Parameters {
        /// What is wrong with them.
        message: String,
    },
    /// A value that is not among those that the action takes; the sentence says which are.
    #[error("{0}")]
    OutOfBounds(String),
    /// A value that is handed whole to an API, which Boto3 would not send.
    #[error("Parameter validation failed:\n{problems}")]
    Refused {
        /// What is wrong with it, a line each.
        problems: String,
    },
    /// A duration or an instant that cannot be read.
    #[error(transparent)]
    Time(#[from] TimeError),
}

/// A value that must be there.
pub trait Required {
    /// What is there when it is.
    type Value;

    /// The value, or `InputError::Missing` with the name of the reference.
    fn required(&self, reference: &str) -> Result<&Self::Value, InputError>;
}

impl<T> Required for Option<T> {
    type Value = T;

    fn required(&self, reference: &str) -> Result<&T, InputError> {
        self.as_ref().ok_or_else(|| InputError::Missing {
            reference: reference.to_owned(),
        })
    }
}

/// The form a value takes inside longer text: lists and maps are compact JSON.
pub trait Text {
    /// The text of the value, without quotes or escapes for texts.
    fn text(&self) -> String;
}

impl Text for str {
    fn text(&self) -> String {
        self.to_owned()
    }
}

impl Text for String {
    fn text(&self) -> String {
        self.clone()
    }
}

impl Text for i64 {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Text for bool {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Text for Vec<String> {
    fn text(&self) -> String {
        self.document().to_string()
    }
}

impl Text for Map {
    fn text(&self) -> String {
        self.document().to_string()
    }
}

impl Text for Vec<Map> {
    fn text(&self) -> String {
        self.document().to_string()
    }
}

impl Text for Document {
    fn text(&self) -> String {
        match self {
            Document::String(text) => text.clone(),
            Document::Number(number) => decimal(number),
            other => other.to_string(),
        }
    }
}

/// The form a value takes in the record: a list of texts.
pub trait Encode {
    /// The entries of the record: one per element of a list, else one; none for an absent value.
    fn encode(&self) -> Vec<String>;
}

impl<T: Referenced> Encode for T {
    fn encode(&self) -> Vec<String> {
        encode(&self.document())
    }
}

/// The entries of the record for a value: one per element of a list, else one; none for an absent value.
pub(crate) fn encode(value: &Document) -> Vec<String> {
    match value {
        Document::Null => Vec::new(),
        Document::Array(elements) => elements.iter().map(Text::text).collect(),
        other => vec![other.text()],
    }
}

/// A value as compact JSON, in no more memory than that takes.
pub(crate) fn json(value: &Document) -> String {
    /// The quotes of a text.
    const QUOTES: usize = 2;
    let length = value.as_str().map(|text| text.len() + QUOTES);
    let mut written = Vec::with_capacity(length.unwrap_or_default());
    // A document is no more than JSON, and memory takes it: this cannot fail.
    let _ = serde_json::to_writer(&mut written, value);
    written.shrink_to_fit();
    String::from_utf8(written).unwrap_or_default()
}

/// A number in decimal digits, never with an exponent.
fn decimal(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 => format!("{float:.1}"),
        Some(float) if number.is_f64() => float.to_string(),
        _ => number.to_string(),
    }
}

/// What a value is, for messages: `the text "abc"`, `a list of 3 elements`.
pub(crate) fn describe(value: &Document) -> String {
    match value {
        Document::Null => "null".to_owned(),
        Document::Bool(flag) => format!("the Boolean {flag}"),
        Document::Number(number) => format!("the number {number}"),
        Document::String(text) => format!("the text {}", shortened(text)),
        Document::Array(elements) => match elements.len() {
            0 => "an empty list".to_owned(),
            1 => "a list of 1 element".to_owned(),
            count => format!("a list of {count} elements"),
        },
        Document::Object(_) => "a map".to_owned(),
    }
}

/// A text in quotes, cut where it would flood a message.
fn shortened(text: &str) -> String {
    match beginning(text, 40) {
        Some(beginning) => format!("{beginning:?}…"),
        None => format!("{text:?}"),
    }
}

/// The same value for messages: texts in it are cut where they would flood one, as a script would.
pub(crate) fn brief(value: &Document) -> Document {
    match value {
        Document::String(text) => match beginning(text, 200) {
            Some(beginning) => format!("{beginning}…").into(),
            None => value.clone(),
        },
        Document::Array(elements) => elements.iter().map(brief).collect(),
        Document::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| (name.clone(), brief(value)))
                .collect()
        }
        _ => value.clone(),
    }
}

/// The first characters of a text that has more.
fn beginning(text: &str, longest: usize) -> Option<&str> {
    let (end, _) = text.char_indices().nth(longest)?;
    text.get(..end)
}
