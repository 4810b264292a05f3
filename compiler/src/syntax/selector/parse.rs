//! The parser of selectors.
//!
//! Follows Jayway JsonPath, which the service uses, as far as runbooks go, and says
//! of the rest what it is rather than where parsing stopped.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::scalar::Scalar;
use crate::syntax::selector::{Comparison, Filter, FilterTest, Literal, Selector, SelectorSegment};

/// Why a text is no selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectorError {
    /// The selector as written.
    pub selector: String,
    /// The character that does not fit.
    pub span: Span,
    /// What is wrong with it.
    pub reason: String,
    /// What to do.
    pub help: &'static str,
}

impl From<SelectorError> for Diagnostic {
    fn from(error: SelectorError) -> Self {
        let message = format!("the selector `{}` cannot be understood", error.selector);
        Self::error(Code::InvalidSelector, error.span, message)
            .label(error.reason)
            .help(error.help)
    }
}

impl Selector {
    /// Reads a selector from a scalar; a missing `$.` at its beginning is supplied.
    pub fn parse(scalar: &Scalar) -> Result<Self, SelectorError> {
        let parsed = Parser::new(&scalar.text).selector();
        let placed = |(segment, start, end)| Spanned::new(segment, scalar.span_of(start, end));
        match parsed {
            Ok(segments) => Ok(Self {
                text: scalar.text.trim().to_owned(),
                segments: segments.into_iter().map(placed).collect(),
            }),
            Err(failure) => {
                let width = scalar.text.get(failure.offset..);
                let width = width
                    .and_then(|rest| rest.chars().next())
                    .map_or(0, char::len_utf8);
                Err(SelectorError {
                    selector: scalar.text.trim().to_owned(),
                    span: scalar.span_of(failure.offset, failure.offset + width),
                    reason: failure.reason,
                    help: failure.help,
                })
            }
        }
    }
}

struct Failure {
    offset: usize,
    reason: String,
    help: &'static str,
}

type Parsed<T> = Result<T, Failure>;

const DEEP: &str = "write `..` before a key, as in `$..InstanceId`";
const KEY: &str = "a key with special characters is written `['key']`";
const BRACKETS: &str = "brackets hold an index `[0]`, `[*]`, a key `['key']`, a range `[0:2]` or a filter `[?(@.Key == 'value')]`";
const FILTER: &str = "a filter has one comparison with a literal: `[?(@.Key == 'value')]`";
const FUNCTION: &str = "select the value itself, and compute in an `aws:executeScript` step";

struct Parser<'text> {
    text: &'text str,
    offset: usize,
}

impl<'text> Parser<'text> {
    const fn new(text: &'text str) -> Self {
        Self { text, offset: 0 }
    }

    fn selector(mut self) -> Parsed<Vec<(SelectorSegment, usize, usize)>> {
        self.skip_blanks();
        if self.rest().is_empty() {
            return self.fail("the selector is empty", "`$` selects everything");
        }
        let mut segments = Vec::new();
        if !self.take("$") && !self.rest().starts_with(['.', '[']) {
            let start = self.offset;
            segments.push((self.member()?, start, self.offset));
        }
        while !self.rest().trim().is_empty() {
            let start = self.offset;
            let segment = self.segment()?;
            segments.push((segment, start, self.offset));
        }
        Ok(segments)
    }

    fn segment(&mut self) -> Parsed<SelectorSegment> {
        if self.take("..") {
            self.deep()
        } else if self.take(".") {
            if self.rest().starts_with('[') {
                self.bracket()
            } else {
                self.member()
            }
        } else if self.rest().starts_with('[') {
            self.bracket()
        } else {
            self.fail("`.` or `[` is expected here", KEY)
        }
    }

    /// What follows `..`.
    fn deep(&mut self) -> Parsed<SelectorSegment> {
        let start = self.offset;
        let segment = if self.rest().starts_with('[') {
            self.bracket()?
        } else {
            self.member()?
        };
        match segment {
            SelectorSegment::Key(key) => Ok(SelectorSegment::DeepKey(key)),
            SelectorSegment::AnyChild => Ok(SelectorSegment::DeepAny),
            _ => {
                self.offset = start;
                self.fail("this is not supported behind `..`", DEEP)
            }
        }
    }

    /// What follows `.`: a key, `*` or a function.
    fn member(&mut self) -> Parsed<SelectorSegment> {
        if self.take("*") {
            return Ok(SelectorSegment::AnyChild);
        }
        if let Some(quote) = self.quote() {
            return self.quoted(quote).map(SelectorSegment::Key);
        }
        let start = self.offset;
        let key = self.take_while(|next| !matches!(next, '.' | '[' | '(' | ' ' | '\t' | '\n'));
        if let Some(odd) = key.find([']', ')', '\'', '"', '=', '?', '{', '}', '|', ',', '$']) {
            self.offset = start + odd;
            return self.fail("this character cannot stand in a key", KEY);
        }
        if key.is_empty() {
            return self.fail("a key is expected here", KEY);
        }
        if self.rest().starts_with('(') {
            self.function(key, start)
        } else {
            Ok(SelectorSegment::Key(key.to_owned()))
        }
    }

    fn function(&mut self, name: &str, start: usize) -> Parsed<SelectorSegment> {
        self.offset += 1;
        self.skip_blanks();
        let empty = self.take(")");
        if name == "length" && empty {
            return Ok(SelectorSegment::Length);
        }
        self.offset = start;
        self.fail(format!("the function `{name}` is not supported"), FUNCTION)
    }

    fn bracket(&mut self) -> Parsed<SelectorSegment> {
        self.offset += 1;
        self.skip_blanks();
        let segment = match self.rest().chars().next() {
            Some('*') => {
                self.offset += 1;
                SelectorSegment::AnyChild
            }
            Some('\'' | '"') => self.keys()?,
            Some('?') => SelectorSegment::Filter(self.filter()?),
            Some('0'..='9' | '-' | ':') => self.indexes()?,
            Some('(') => return self.fail("an index that is computed is not supported", BRACKETS),
            _ => return self.fail("this cannot stand in brackets", BRACKETS),
        };
        self.close("]", "`]` is expected here", BRACKETS)?;
        Ok(segment)
    }

    fn keys(&mut self) -> Parsed<SelectorSegment> {
        let mut keys = Vec::new();
        loop {
            self.skip_blanks();
            let Some(quote) = self.quote() else {
                return self.fail("a quoted key is expected here", BRACKETS);
            };
            keys.push(self.quoted(quote)?);
            self.skip_blanks();
            if !self.take(",") {
                break;
            }
        }
        Ok(match <[String; 1]>::try_from(keys) {
            Ok([key]) => SelectorSegment::Key(key),
            Err(keys) => SelectorSegment::Keys(keys),
        })
    }

    fn indexes(&mut self) -> Parsed<SelectorSegment> {
        if self.rest().starts_with(':') {
            return self.slice(None);
        }
        let first = self.integer()?;
        self.skip_blanks();
        if self.rest().starts_with(':') {
            return self.slice(Some(first));
        }
        let mut indexes = vec![first];
        while self.take(",") {
            self.skip_blanks();
            indexes.push(self.integer()?);
            self.skip_blanks();
        }
        Ok(if indexes.len() == 1 {
            SelectorSegment::Index(first)
        } else {
            SelectorSegment::Indexes(indexes)
        })
    }

    fn slice(&mut self, from: Option<i64>) -> Parsed<SelectorSegment> {
        let colon = self.offset;
        self.offset += 1;
        self.skip_blanks();
        let to = if self.rest().starts_with([']', ':']) {
            None
        } else {
            Some(self.integer()?)
        };
        self.skip_blanks();
        if self.rest().starts_with(':') {
            return self.fail("a range with a step width is not supported", BRACKETS);
        }
        if from.is_none() && to.is_none() {
            self.offset = colon;
            return self.fail(
                "a range needs a beginning or an end",
                "all elements are `[*]`",
            );
        }
        Ok(SelectorSegment::Slice { from, to })
    }

    fn integer(&mut self) -> Parsed<i64> {
        let start = self.offset;
        let sign = if self.take("-") { "-" } else { "" };
        let digits = self.take_while(|next| next.is_ascii_digit());
        match format!("{sign}{digits}").parse() {
            Ok(value) => Ok(value),
            Err(_) => {
                self.offset = start;
                self.fail("an index is expected here", BRACKETS)
            }
        }
    }

    fn filter(&mut self) -> Parsed<Filter> {
        self.offset += 1;
        self.skip_blanks();
        self.close("(", "`(` is expected here", FILTER)?;
        self.skip_blanks();
        if !self.take("@") {
            return self.fail("a filter begins with `@`, the element it looks at", FILTER);
        }
        let path = self.filter_path()?;
        self.skip_blanks();
        let test = if self.rest().starts_with(')') {
            FilterTest::Exists
        } else {
            let comparison = self.comparison()?;
            self.skip_blanks();
            FilterTest::Compare(comparison, self.literal()?)
        };
        self.skip_blanks();
        if self.rest().starts_with(['&', '|']) {
            return self.fail("a filter can make one comparison only", FILTER);
        }
        self.close(")", "`)` is expected here", FILTER)?;
        Ok(Filter { path, test })
    }

    fn filter_path(&mut self) -> Parsed<Vec<SelectorSegment>> {
        let mut path = Vec::new();
        while self.rest().starts_with(['.', '[']) {
            let start = self.offset;
            let segment = if self.take(".") {
                self.filter_key()?
            } else {
                self.bracket()?
            };
            let simple = matches!(
                segment,
                SelectorSegment::Key(_) | SelectorSegment::Index(_) | SelectorSegment::Length
            );
            if !simple {
                self.offset = start;
                return self.fail("a filter looks at one value", FILTER);
            }
            path.push(segment);
        }
        Ok(path)
    }

    /// A key inside a filter ends also where the comparison begins.
    fn filter_key(&mut self) -> Parsed<SelectorSegment> {
        if let Some(quote) = self.quote() {
            return self.quoted(quote).map(SelectorSegment::Key);
        }
        let start = self.offset;
        let key = self.take_while(|next| {
            next.is_alphanumeric() || matches!(next, '_' | '-' | ':' | '/' | '@')
        });
        if key.is_empty() {
            return self.fail("a key is expected here", KEY);
        }
        if self.rest().starts_with('(') {
            self.function(key, start)
        } else {
            Ok(SelectorSegment::Key(key.to_owned()))
        }
    }

    fn comparison(&mut self) -> Parsed<Comparison> {
        const COMPARISONS: [(&str, Comparison); 6] = [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        if self.rest().starts_with("=~") {
            return self.fail("`=~` is not supported", FILTER);
        }
        for (text, comparison) in COMPARISONS {
            if self.take(text) {
                return Ok(comparison);
            }
        }
        if self.rest().starts_with('=') {
            return self.fail("a comparison is written `==`", FILTER);
        }
        self.fail(
            "`==`, `!=`, `<`, `<=`, `>` or `>=` is expected here",
            FILTER,
        )
    }

    fn literal(&mut self) -> Parsed<Literal> {
        if let Some(quote) = self.quote() {
            return self.quoted(quote).map(Literal::String);
        }
        let start = self.offset;
        let word =
            self.take_while(|next| next.is_ascii_alphanumeric() || matches!(next, '-' | '+' | '.'));
        let literal = match word {
            "true" => Some(Literal::Boolean(true)),
            "false" => Some(Literal::Boolean(false)),
            "null" => Some(Literal::Null),
            _ => number(word),
        };
        match literal {
            Some(literal) => Ok(literal),
            None => {
                self.offset = start;
                self.fail(
                    "a quoted text, a number, `true`, `false` or `null` is expected here",
                    FILTER,
                )
            }
        }
    }

    fn quote(&self) -> Option<char> {
        self.rest()
            .chars()
            .next()
            .filter(|next| matches!(next, '\'' | '"'))
    }

    /// A text in quotes, in which a backslash takes the next character as it is.
    fn quoted(&mut self, quote: char) -> Parsed<String> {
        let start = self.offset;
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((index, character)) = characters.next() {
            match character {
                '\\' => text.extend(characters.next().map(|(_, escaped)| escaped)),
                _ if character == quote => {
                    self.offset = start + index + 1;
                    return Ok(text);
                }
                _ => text.push(character),
            }
        }
        self.fail(
            "this quote is not closed",
            "close it with the same kind of quote",
        )
    }

    fn close(&mut self, expected: &str, reason: &str, help: &'static str) -> Parsed<()> {
        self.skip_blanks();
        if self.take(expected) {
            Ok(())
        } else {
            self.fail(reason, help)
        }
    }

    fn rest(&self) -> &'text str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn take(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.offset += expected.len();
        }
        found
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'text str {
        let rest = self.rest();
        let end = rest.find(|next| !belongs(next)).unwrap_or(rest.len());
        self.offset += end;
        rest.get(..end).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    fn fail<T>(&self, reason: impl Into<String>, help: &'static str) -> Parsed<T> {
        Err(Failure {
            offset: self.offset,
            reason: reason.into(),
            help,
        })
    }
}

fn number(word: &str) -> Option<Literal> {
    if let Ok(value) = word.parse() {
        return Some(Literal::Integer(value));
    }
    let numeric =
        word.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '.'));
    let value = word
        .parse()
        .ok()
        .filter(|value: &f64| numeric && value.is_finite())?;
    Some(Literal::Float(value))
}
