//! Literal values, with references in their strings.

use crate::source::{Span, Spanned};
use crate::syntax::{Style, Template, scalar};

/// A value as written in an input or a default.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ValueKind,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// Nothing, which inputs tolerate and read as not given.
    Null,
    /// Text, a number or a Boolean.
    Scalar(Scalar),
    /// A list.
    List(Vec<Value>),
    /// A mapping, in the order of the text.
    Map(Vec<(Spanned<String>, Value)>),
    /// Something that was reported already.
    Unknown,
}

/// A scalar with its references.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// The text and its readings: `source.as_bool()`.
    pub source: scalar::Scalar,
    /// The text with its references.
    pub template: Template,
}

impl Scalar {
    /// The decoded text.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// How it was written.
    pub const fn style(&self) -> Style {
        self.source.style
    }

    /// Whether it is unquoted, so that numbers and Booleans are themselves.
    pub fn is_plain(&self) -> bool {
        self.source.style == Style::Plain
    }
}

impl Value {
    /// The scalar, if this is one.
    pub const fn as_scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            ValueKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The elements, if this is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match &self.kind {
            ValueKind::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The entries, if this is a mapping.
    pub fn as_map(&self) -> Option<&[(Spanned<String>, Value)]> {
        match &self.kind {
            ValueKind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let mut entries = self.as_map()?.iter();
        entries
            .find(|(name, _)| name.value == key)
            .map(|(_, value)| value)
    }

    /// What it is, in the words of reports: `a list`.
    pub fn describe(&self) -> &'static str {
        match &self.kind {
            ValueKind::Null => "null",
            ValueKind::Scalar(scalar) => scalar.source.describe(),
            ValueKind::List(_) => "a list",
            ValueKind::Map(_) => "a mapping",
            ValueKind::Unknown => "unknown",
        }
    }
}
