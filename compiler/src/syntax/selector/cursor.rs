//! A place in the text of a selector, and what can be read there.

use crate::source::Spanned;
use crate::syntax::scalar::Scalar;

/// Why reading stopped.
pub(super) struct Failure {
    /// Where in the text.
    pub(super) offset: usize,
    /// What is wrong there.
    pub(super) reason: String,
    /// What to do.
    pub(super) help: &'static str,
}

pub(super) type Parsed<T> = Result<T, Failure>;

const UNICODE: &str = "`\\u` takes four hexadecimal digits, as in `\\u0041`";

pub(super) struct Cursor<'text> {
    scalar: &'text Scalar,
    pub(super) offset: usize,
}

impl<'text> Cursor<'text> {
    pub(super) const fn new(scalar: &'text Scalar) -> Self {
        Self { scalar, offset: 0 }
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'text str {
        self.scalar.text.get(self.offset..).unwrap_or_default()
    }

    /// A value with its place: from `start` to here.
    pub(super) fn spanned<T>(&self, value: T, start: usize) -> Spanned<T> {
        Spanned::new(value, self.scalar.span_of(start, self.offset))
    }

    pub(super) fn take(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.offset += expected.len();
        }
        found
    }

    pub(super) fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'text str {
        let rest = self.rest();
        let end = rest.find(|next| !belongs(next)).unwrap_or(rest.len());
        self.offset += end;
        rest.get(..end).unwrap_or_default()
    }

    pub(super) fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    pub(super) fn close(&mut self, expected: &str, help: &'static str) -> Parsed<()> {
        self.skip_blanks();
        if self.take(expected) {
            Ok(())
        } else {
            self.fail(format!("`{expected}` is expected here"), help)
        }
    }

    /// The quote that begins here.
    pub(super) fn quote(&self) -> Option<char> {
        let next = self.rest().chars().next();
        next.filter(|next| matches!(next, '\'' | '"'))
    }

    /// A text in quotes. A backslash stands before `n`, `t` and the like with their usual meaning, and takes any other
    /// character as it is.
    pub(super) fn quoted(&mut self, quote: char) -> Parsed<String> {
        let start = self.offset;
        self.offset += quote.len_utf8();
        let mut text = String::new();
        while let Some(next) = self.next() {
            match next {
                '\\' => text.extend(self.escaped()?),
                _ if next == quote => return Ok(text),
                _ => text.push(next),
            }
        }
        self.offset = start;
        self.fail(
            "this quote is not closed",
            "close it with the same kind of quote",
        )
    }

    pub(super) fn fail<T>(&self, reason: impl Into<String>, help: &'static str) -> Parsed<T> {
        Err(Failure {
            offset: self.offset,
            reason: reason.into(),
            help,
        })
    }

    fn escaped(&mut self) -> Parsed<Option<char>> {
        let start = self.offset;
        Ok(match self.next() {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('u') => match self.unicode() {
                Some(character) => Some(character),
                None => {
                    self.offset = start;
                    return self.fail("this is no character", UNICODE);
                }
            },
            other => other,
        })
    }

    fn unicode(&mut self) -> Option<char> {
        let digits = self.rest().get(..4)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.offset += 4;
        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest().chars().next()?;
        self.offset += next.len_utf8();
        Some(next)
    }
}
