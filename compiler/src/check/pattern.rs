//! `allowedPattern`: a Java regular expression for the whole value (spec 2.1).
//!
//! Java's dialect has forms that our engine lacks, so a pattern counts as wrong only where Java refuses it too, and
//! a pattern that our engine cannot run says nothing about a default.

use std::fmt;

#[cfg(feature = "patterns")]
use engine::{finds, is_refused, matches};
#[cfg(not(feature = "patterns"))]
use no_engine::{finds, is_refused, matches};

/// Why a pattern is no regular expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    UnclosedGroup,
    UnopenedGroup,
    UnclosedClass,
    TrailingBackslash,
    DanglingQuantifier(char),
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnclosedGroup => formatter.write_str("a `(` is never closed"),
            Self::UnopenedGroup => formatter.write_str("a `)` has no `(` before it"),
            Self::UnclosedClass => formatter.write_str("a `[` is never closed"),
            Self::TrailingBackslash => formatter.write_str("nothing follows the last `\\`"),
            Self::DanglingQuantifier(quantifier) => {
                write!(formatter, "there is nothing for `{quantifier}` to repeat")
            }
        }
    }
}

impl Fault {
    /// What to do about it.
    pub(super) const fn way_out(self) -> &'static str {
        match self {
            Self::UnclosedGroup => r"close it with `)`; the character itself is written `\(`",
            Self::UnopenedGroup => r"remove it; the character itself is written `\)`",
            Self::UnclosedClass => r"close it with `]`; the character itself is written `\[`",
            Self::TrailingBackslash => r"remove it; the character itself is written `\\`",
            Self::DanglingQuantifier(_) => {
                "put what is repeated before it; the character itself takes a `\\` before it"
            }
        }
    }
}

/// What makes a pattern no regular expression in any dialect.
pub(super) fn fault(pattern: &str) -> Option<Fault> {
    // In comment mode a `#` hides brackets.
    let comments = pattern.contains("(?x") || pattern.contains('#') && pattern.contains("(?");
    let fault = Scan::new(pattern).run().err().filter(|_| !comments)?;
    is_refused(pattern).then_some(fault)
}

/// Whether a pattern certainly refuses a text.
pub(crate) fn refuses(pattern: &str, text: &str) -> bool {
    matches(pattern, text) == Some(false)
}

/// Whether a text certainly has nothing in it that matches the pattern of an API. Such a pattern is for a part of the text,
/// unless it is anchored; what takes long to prepare is not tried.
pub(super) fn lacks(pattern: &str, text: &str) -> bool {
    const LONGEST: usize = 300;
    let is_slow = pattern.len() > LONGEST || pattern.contains(r"\p") || pattern.contains(r"\P");
    !is_slow && finds(&loosened(pattern), text) == Some(false)
}

/// The pattern without its high counts, which take long to prepare; lengths have limits of their own.
fn loosened(pattern: &str) -> String {
    const HIGHEST: u32 = 32;
    let mut rest = pattern;
    let mut loose = String::with_capacity(pattern.len());
    while let Some(start) = rest.find('{') {
        let (before, braces) = rest.split_at(start);
        loose.push_str(before);
        let end = braces.find('}').map_or(braces.len(), |end| end + 1);
        let (count, behind) = braces.split_at(end);
        let inner = count.trim_start_matches('{').trim_end_matches('}');
        let (least, most) = inner.split_once(',').unwrap_or((inner, inner));
        match (least.parse::<u32>(), most.parse::<u32>()) {
            (Ok(least), Ok(most)) if most > HIGHEST => {
                loose.push_str(&format!("{{{},}}", least.min(HIGHEST)));
            }
            _ => loose.push_str(count),
        }
        rest = behind;
    }
    loose.push_str(rest);
    loose
}

/// Reads a pattern for its brackets and quantifiers alone.
struct Scan<'a> {
    letters: std::iter::Peekable<std::str::Chars<'a>>,
    groups: usize,
}

impl<'a> Scan<'a> {
    fn new(pattern: &'a str) -> Self {
        Self {
            letters: pattern.chars().peekable(),
            groups: 0,
        }
    }

    fn run(mut self) -> Result<(), Fault> {
        // Whether a quantifier would have something before it.
        let mut repeatable = false;
        while let Some(letter) = self.letters.next() {
            match letter {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.groups += 1,
                ')' => self.groups = self.groups.checked_sub(1).ok_or(Fault::UnopenedGroup)?,
                '*' | '+' | '?' if !repeatable => return Err(Fault::DanglingQuantifier(letter)),
                _ => {}
            }
            // What follows `(?` is no quantifier.
            let opens = letter == '(' && self.letters.peek() != Some(&'?');
            repeatable = !(opens || letter == '|');
        }
        if self.groups > 0 {
            Err(Fault::UnclosedGroup)
        } else {
            Ok(())
        }
    }

    /// One letter, or a quotation from `\Q` to `\E`.
    fn escape(&mut self) -> Result<(), Fault> {
        if self.letters.next().ok_or(Fault::TrailingBackslash)? != 'Q' {
            return Ok(());
        }
        let mut escaped = false;
        for letter in self.letters.by_ref() {
            if escaped && letter == 'E' {
                break;
            }
            escaped = letter == '\\';
        }
        Ok(())
    }

    /// The rest of a character class; classes nest in Java.
    fn class(&mut self) -> Result<(), Fault> {
        let mut depth = 1;
        let mut first = true;
        while depth > 0 {
            let letter = self.letters.next().ok_or(Fault::UnclosedClass)?;
            match letter {
                '\\' => self.escape()?,
                '[' => depth += 1,
                ']' if !first => depth -= 1,
                _ => {}
            }
            first = letter == '[' || (first && letter == '^');
        }
        Ok(())
    }
}

#[cfg(feature = "patterns")]
mod engine {
    use fancy_regex::Regex;

    /// Whether the engine cannot read a pattern.
    pub(super) fn is_refused(pattern: &str) -> bool {
        compile(pattern).is_none()
    }

    /// Whether the whole of a text matches, if that can be told.
    pub(super) fn matches(pattern: &str, text: &str) -> Option<bool> {
        compile(pattern)?.is_match(text).ok()
    }

    /// Whether a part of a text matches, if that can be told.
    pub(super) fn finds(pattern: &str, text: &str) -> Option<bool> {
        let pattern = Regex::new(&with_java_classes(pattern)).ok()?;
        pattern.is_match(text).ok()
    }

    fn compile(pattern: &str) -> Option<Regex> {
        Regex::new(&format!(r"\A(?:{})\z", with_java_classes(pattern))).ok()
    }

    /// The pattern with Java's meaning of `\w`, `\d` and `\s`, which are ASCII there. (All of Unicode, as our engine
    /// has it, also takes seconds to compile under a repetition.)
    fn with_java_classes(pattern: &str) -> String {
        let mut letters = pattern.chars();
        let mut translated = String::with_capacity(pattern.len());
        while let Some(letter) = letters.next() {
            if letter != '\\' {
                translated.push(letter);
                continue;
            }
            match letters.next() {
                Some('w') => translated.push_str("[A-Za-z0-9_]"),
                Some('d') => translated.push_str("[0-9]"),
                Some('s') => translated.push_str(r"[ \t\n\x0B\f\r]"),
                other => {
                    translated.push('\\');
                    translated.extend(other);
                }
            }
        }
        translated
    }
}

#[cfg(not(feature = "patterns"))]
mod no_engine {
    /// Nobody can tell.
    pub(super) fn is_refused(_: &str) -> bool {
        false
    }

    /// Nobody can tell.
    pub(super) fn matches(_: &str, _: &str) -> Option<bool> {
        None
    }

    /// Nobody can tell.
    pub(super) fn finds(_: &str, _: &str) -> Option<bool> {
        None
    }
}
