//! The parser of selectors.
//!
//! Follows Jayway JsonPath, which the service uses, as far as runbooks go, and says
//! of the rest what it is rather than where parsing stopped.

use super::cursor::{Cursor, Parsed};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::scalar::Scalar;
use crate::syntax::selector::{Selector, SelectorSegment};

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
        let text = scalar.text.trim().to_owned();
        match Cursor::new(scalar).selector() {
            Ok(segments) => Ok(Self { text, segments }),
            Err(failure) => {
                let rest = scalar.text.get(failure.offset..);
                let next = rest.and_then(|rest| rest.chars().next());
                let end = failure.offset + next.map_or(0, char::len_utf8);
                Err(SelectorError {
                    selector: text,
                    span: scalar.span_of(failure.offset, end),
                    reason: failure.reason,
                    help: failure.help,
                })
            }
        }
    }
}

pub(super) const KEY: &str = "a key with special characters is written `['key']`";
const BRACKETS: &str = "brackets hold an index `[0]`, `[*]`, a key `['key']`, a range `[0:2]` or a filter `[?(@.Key == 'value')]`";
const STEP: &str = "a range has two bounds, `[0:2]`; single elements are `[0, 2]`";
const DEEP_INDEX: &str = "name the list in between, as in `$..Volumes[0].State`";
const DEEP_FILTER: &str = "compare a member, as in `$..[?(@.Key == 'value')]`";
const ALL: &str = "all elements are `[*]`";
const ROOT: &str = "a member of the root is written `$.key`";
const JMESPATH: &str = "this is JMESPath, which the service does not know; filters are `[?(@.Key == 'value')]`, and what is to be computed needs an `aws:executeScript` step";
const FUNCTION: &str = "select the value itself, and compute in an `aws:executeScript` step";

impl Cursor<'_> {
    fn selector(mut self) -> Parsed<Vec<Spanned<SelectorSegment>>> {
        self.skip_blanks();
        if self.rest().is_empty() {
            return self.fail("the selector is empty", "`$` selects everything");
        }
        let mut segments = Vec::new();
        if !self.take("$") && !self.rest().starts_with(['.', '[']) {
            let start = self.offset;
            let first = self.member()?;
            segments.push(self.spanned(first, start));
        }
        while !self.rest().trim().is_empty() {
            let start = self.offset;
            if segments.last().is_some_and(is_length) {
                return self.fail("nothing can follow a function", FUNCTION);
            } else if self.take("..") {
                segments.push(self.spanned(SelectorSegment::Descend, start));
                segments.push(self.deep()?);
            } else {
                let segment = self.segment()?;
                segments.push(self.spanned(segment, start));
            }
        }
        Ok(segments)
    }

    fn segment(&mut self) -> Parsed<SelectorSegment> {
        if self.take(".") && !self.rest().starts_with('[') {
            self.member()
        } else if self.rest().starts_with('[') {
            self.bracket()
        } else {
            let help = if self.offset == 1 { ROOT } else { KEY };
            if self.rest().trim_start().starts_with('|') {
                self.skip_blanks();
                return self.fail("a selector has no pipes", JMESPATH);
            }
            self.fail("`.` or `[` is expected here", help)
        }
    }

    /// What follows `..`.
    fn deep(&mut self) -> Parsed<Spanned<SelectorSegment>> {
        let start = self.offset;
        let segment = if self.rest().starts_with('[') {
            self.bracket()?
        } else {
            self.member()?
        };
        match &segment {
            // Jayway takes what follows from all elements of every list, whichever the index is.
            SelectorSegment::Index(_)
            | SelectorSegment::Indexes(_)
            | SelectorSegment::Slice { .. }
                if !self.rest().trim().is_empty() =>
            {
                self.fail("behind `..`, nothing can follow an index", DEEP_INDEX)
            }
            // Jayway scans objects; a list would be asked for an index of its own, and then all of it be taken.
            SelectorSegment::Filter(filter) if !filter.looks_at_member() => {
                self.offset = start;
                self.fail("behind `..`, a filter looks at members only", DEEP_FILTER)
            }
            SelectorSegment::Length => {
                self.offset = start;
                self.fail("a key is expected here", KEY)
            }
            _ => Ok(self.spanned(segment, start)),
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
        if let Some(odd) = key.find([']', ')', '\'', '"', '=', '?', '{', '}', '|', ',']) {
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

    pub(super) fn function(&mut self, name: &str, start: usize) -> Parsed<SelectorSegment> {
        self.offset += 1;
        self.skip_blanks();
        let empty = self.take(")");
        if name == "length" && empty {
            return Ok(SelectorSegment::Length);
        }
        self.offset = start;
        self.fail(format!("the function `{name}` is not supported"), FUNCTION)
    }

    pub(super) fn bracket(&mut self) -> Parsed<SelectorSegment> {
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
            Some(']') => return self.fail("the brackets are empty", ALL),
            Some('(') => return self.fail("an index that is computed is not supported", BRACKETS),
            _ => return self.fail("this cannot stand in brackets", BRACKETS),
        };
        self.close("]", BRACKETS)?;
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
            return self.fail("the service knows no step width", STEP);
        }
        if from.is_none() && to.is_none() {
            self.offset = colon;
            return self.fail("a range needs a beginning or an end", ALL);
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
}

fn is_length(segment: &Spanned<SelectorSegment>) -> bool {
    segment.value == SelectorSegment::Length
}
