//! Output selectors: the JSONPath dialect of the service (spec 3.7).

mod cursor;
mod filter;
mod parse;

use std::fmt;

pub use parse::SelectorError;

use crate::source::Spanned;

/// A parsed selector, `$.Reservations[0].Instances`.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    /// The text as written.
    pub text: String,
    /// The steps from the root; none for `$`, the root itself.
    pub segments: Vec<Spanned<SelectorSegment>>,
}

/// One step of a selector.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectorSegment {
    /// `.key`, `['key']`, `.'quoted.key'`
    Key(String),
    /// `['a', 'b']`: an object of these keys.
    Keys(Vec<String>),
    /// `[0]`, from the end when negative.
    Index(i64),
    /// `[0, 2]`
    Indexes(Vec<i64>),
    /// `[from:to]`
    Slice {
        /// The first index; the start when absent.
        from: Option<i64>,
        /// One past the last index; the end when absent.
        to: Option<i64>,
    },
    /// `[*]`, `.*`
    AnyChild,
    /// `..`: the value and everything below it, where the next segment looks.
    Descend,
    /// `[?(@.key == 'value')]`
    Filter(Filter),
    /// `.length()`
    Length,
}

/// The condition of a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// What is looked at, from the element on: keys and indexes.
    pub path: Vec<Spanned<SelectorSegment>>,
    /// What must hold for it.
    pub test: FilterTest,
}

/// What must hold for the value that a filter looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum FilterTest {
    /// It is there.
    Exists,
    /// It compares to a literal.
    Compare(Comparison, Spanned<Literal>),
}

/// A comparison of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// The right side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `'text'` or `"text"`
    String(String),
    /// An integral number.
    Integer(i64),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// `true` or `false`
    Boolean(bool),
    /// `null`
    Null,
}

impl Selector {
    /// Whether it selects at most one value; others give a list (spec 3.7).
    pub fn is_definite(&self) -> bool {
        self.counts_matches() || self.is_definite_before(self.segments.len())
    }

    /// Whether the path up to a segment leads to at most one value.
    pub fn is_definite_before(&self, end: usize) -> bool {
        let mut segments = self.segments.iter().enumerate().take(end);
        segments.all(|(index, segment)| match segment.value {
            SelectorSegment::Key(_) | SelectorSegment::Index(_) | SelectorSegment::Length => true,
            // At the end they make one object, before it they lead to each of the members.
            SelectorSegment::Keys(_) => index + 1 == self.segments.len(),
            _ => false,
        })
    }

    /// `$..key.length()` counts what the scan finds.
    pub fn counts_matches(&self) -> bool {
        let ends = (self.segments.first(), self.segments.last());
        let (Some(first), Some(last)) = ends else {
            return false;
        };
        first.value == SelectorSegment::Descend && last.value == SelectorSegment::Length
    }
}

impl Filter {
    /// Whether it looks at a member of the element, or at something in it.
    pub fn looks_at_member(&self) -> bool {
        let first = self.path.first();
        first.is_some_and(|first| matches!(first.value, SelectorSegment::Key(_)))
    }
}

impl Comparison {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => write!(formatter, "'{text}'"),
            Self::Integer(number) => number.fmt(formatter),
            Self::Float(number) => number.fmt(formatter),
            Self::Boolean(flag) => flag.fmt(formatter),
            Self::Null => formatter.write_str("null"),
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
