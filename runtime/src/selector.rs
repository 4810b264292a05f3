//! Selectors: JSONPath as static data, and its evaluation (spec 3.7).
//!
//! The compiler parses selectors and prints them as constants of these types; nothing is parsed
//! here. Evaluation follows Jayway JsonPath, which the service uses: a definite path gives a value
//! or nothing, an indefinite one a flat list.

mod evaluate;
mod filter;

use std::borrow::Cow;

use crate::value::Document;

/// A parsed JSONPath.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selector {
    /// The path as the runbook writes it.
    pub text: &'static str,
    /// The path after `$`.
    pub segments: &'static [Segment],
}

impl Selector {
    /// The path `text`, parsed.
    pub const fn new(text: &'static str, segments: &'static [Segment]) -> Self {
        Self { text, segments }
    }
}

/// One part of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Segment {
    /// `.key`: a member of an object.
    Key(&'static str),
    /// `['a','b']`: several members; at the end of a path one object that holds them.
    Keys(&'static [&'static str]),
    /// `[n]`: an element of a list, from its end when negative.
    Index(i64),
    /// `[0,2]`: several elements of a list.
    Indexes(&'static [i64]),
    /// `[start:end]`: a range of a list; negative bounds count from its end.
    Slice {
        /// The first element, or the first of all.
        start: Option<i64>,
        /// The element after the last one, or after the last of all.
        end: Option<i64>,
    },
    /// `[*]` or `.*`: all elements of a list, or all values of an object.
    AnyChild,
    /// `..`: the value and everything below it, parents first; the next segment looks in all of it.
    Descend,
    /// `[?(…)]`: the elements of a list that pass the test.
    Filter(Filter),
    /// `.length()`: the number of elements or members.
    Length,
}

/// The test of a filter segment, on the value that `@` stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Filter {
    /// The path after `@`.
    pub path: &'static [Segment],
    /// What is asked of the value there.
    pub test: FilterTest,
}

impl Filter {
    /// `[?(@path test)]`.
    pub const fn new(path: &'static [Segment], test: FilterTest) -> Self {
        Self { path, test }
    }
}

/// What a filter asks of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FilterTest {
    /// `@.a`: there is a value, null included.
    Exists,
    /// `@.a == literal`.
    Equal(Literal),
    /// `@.a != literal`; a missing value differs from every literal.
    NotEqual(Literal),
    /// `@.a < literal`.
    Less(Literal),
    /// `@.a <= literal`.
    LessOrEqual(Literal),
    /// `@.a > literal`.
    Greater(Literal),
    /// `@.a >= literal`.
    GreaterOrEqual(Literal),
}

/// A constant in a filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal {
    /// `'text'` or `"text"`.
    String(&'static str),
    /// An integral number.
    Integer(i64),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`.
    Null,
}

/// Selection from a document.
pub trait Select {
    /// What the selector finds here.
    fn select(&self, selector: &Selector) -> Selected<'_>;
}

impl Select for Document {
    fn select(&self, selector: &Selector) -> Selected<'_> {
        Selected {
            selector: selector.text,
            matches: evaluate::evaluate(self, selector.segments),
        }
    }
}

/// What a selector found.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected<'a> {
    /// The selector as the runbook writes it.
    pub selector: &'static str,
    /// The values it found.
    pub matches: Matches<'a>,
}

/// The values a selector found.
#[derive(Clone, Debug, PartialEq)]
pub enum Matches<'a> {
    /// A definite path leads nowhere.
    None,
    /// A definite path leads to this value.
    One(Cow<'a, Document>),
    /// An indefinite path leads to these values, perhaps none.
    Many(Vec<Cow<'a, Document>>),
}

impl Selected<'_> {
    /// The found value as JSON: a list for an indefinite path, null for no match.
    pub fn document(&self) -> Cow<'_, Document> {
        match &self.matches {
            Matches::None => Cow::Owned(Document::Null),
            Matches::One(value) => Cow::Borrowed(value),
            Matches::Many(values) => {
                Cow::Owned(values.iter().map(|value| value.as_ref().clone()).collect())
            }
        }
    }
}
