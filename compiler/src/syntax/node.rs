//! The tree of a YAML or JSON text.

use crate::source::{Span, Spanned};
use crate::syntax::scalar::Scalar;

/// A value in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The whole value, with its quotes or brackets; without the quotes it is
    /// [`Scalar::inner_span`].
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// Text, a number, a Boolean or null; the reader decides which.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// A mapping, in the order of the text.
    Mapping(Vec<Entry>),
    /// Something that was reported already.
    Unknown,
}

/// One line of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key; its span leaves the quotes out.
    pub key: Spanned<String>,
    /// The value.
    pub value: Node,
}

impl Node {
    /// A node that stands for something reported already.
    pub const fn unknown(span: Span) -> Self {
        Self {
            span,
            kind: NodeKind::Unknown,
        }
    }

    /// The value of a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            NodeKind::Mapping(entries) => {
                let entry = entries.iter().find(|entry| entry.key.value == key)?;
                Some(&entry.value)
            }
            _ => None,
        }
    }

    /// The scalar, if this is one.
    pub const fn as_scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// Whether nothing was written here: an empty value, `~` or `null`.
    pub fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(Scalar::is_null)
    }

    /// What the node is, in the words of reports: `a list`.
    pub fn describe(&self) -> &'static str {
        match &self.kind {
            NodeKind::Scalar(scalar) => scalar.describe(),
            NodeKind::Sequence(_) => "a list",
            NodeKind::Mapping(_) => "a mapping",
            NodeKind::Unknown => "unknown",
        }
    }
}
