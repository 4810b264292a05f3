//! Output selectors: the JSONPath dialect of the service (spec 3.7).

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
    /// `..key`
    DeepKey(String),
    /// `..*`
    DeepAny,
    /// `[?(@.key == 'value')]`
    Filter(Filter),
    /// `.length()`
    Length,
}

/// The condition of a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// What is looked at, from the element on: keys and indexes.
    pub path: Vec<SelectorSegment>,
    /// What must hold for it.
    pub test: FilterTest,
}

/// What must hold for the value that a filter looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum FilterTest {
    /// It is there.
    Exists,
    /// It compares to a literal.
    Compare(Comparison, Literal),
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
        self.segments
            .iter()
            .all(|segment| segment.value.is_definite())
    }
}

impl SelectorSegment {
    /// Whether it leads to at most one value.
    pub const fn is_definite(&self) -> bool {
        matches!(
            self,
            Self::Key(_) | Self::Keys(_) | Self::Index(_) | Self::Length
        )
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
