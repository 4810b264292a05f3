//! Where in an answer something stands, for messages.

use std::fmt;

/// A place in a document, printed as a JSONPath.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    /// The whole document.
    Root,
    /// A member of the object there.
    Key(&'a Path<'a>, &'a str),
    /// An element of the list there.
    Index(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => formatter.write_str("$"),
            Self::Key(parent, key) if is_plain(key) => write!(formatter, "{parent}.{key}"),
            Self::Key(parent, key) => write!(formatter, "{parent}[{key:?}]"),
            Self::Index(parent, index) => write!(formatter, "{parent}[{index}]"),
        }
    }
}

/// Whether a key can stand after a dot.
fn is_plain(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_')
}
