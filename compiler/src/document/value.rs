//! Literal values, with references in their strings.

use crate::diagnostic::Diagnostics;
use crate::document::scalars::reference_not_allowed;
use crate::source::{Span, Spanned};
use crate::syntax::{Entry, Node, NodeKind, Style, Template, scalar};

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
    /// A scalar whose references are found.
    pub fn new(source: &scalar::Scalar) -> Self {
        Self {
            template: Template::parse(source),
            source: source.clone(),
        }
    }

    /// The decoded text.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// The place of the text without its quotes, which an edit may replace.
    pub fn inner_span(&self) -> Span {
        self.source.inner_span()
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
    /// Reads a value; references in keys are reported (spec 3.1).
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        let kind = match &node.kind {
            NodeKind::Unknown => ValueKind::Unknown,
            NodeKind::Scalar(scalar) if scalar.is_null() => ValueKind::Null,
            NodeKind::Scalar(scalar) => ValueKind::Scalar(Scalar::new(scalar)),
            NodeKind::Sequence(elements) => {
                let elements = elements.iter();
                ValueKind::List(
                    elements
                        .map(|element| Self::read(element, diagnostics))
                        .collect(),
                )
            }
            NodeKind::Mapping(entries) => {
                let entries = entries.iter();
                ValueKind::Map(
                    entries
                        .map(|entry| Self::entry(entry, diagnostics))
                        .collect(),
                )
            }
        };
        Self {
            span: node.span,
            kind,
        }
    }

    /// Reads a key and its value.
    pub(super) fn entry(entry: &Entry, diagnostics: &mut Diagnostics) -> (Spanned<String>, Self) {
        if Template::has_reference(&entry.key.value) {
            diagnostics.push(reference_not_allowed(
                entry.key.span,
                "the key of a mapping",
            ));
        }
        (entry.key.clone(), Self::read(&entry.value, diagnostics))
    }

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
