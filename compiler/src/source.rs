//! The text of one runbook and positions in it.
//!
//! Every later stage speaks of places as [`Span`]s, ranges of bytes; a [`Source`]
//! turns them into lines and columns for people.

use std::fmt;
use std::ops::Range;
use std::path::Path;

/// The text of a runbook and the name it was given under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as the user wrote it.
    pub name: String,
    /// The name of the document: the file's without its ending, or the folder's where the file is just called
    /// `runbook`.
    pub document: String,
    /// The whole text.
    pub text: String,
    line_starts: Vec<usize>,
}

impl Source {
    /// Takes a text and the name that reports use for it: the path as the user wrote it.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let (name, text) = (name.into(), text.into());
        let breaks = text.match_indices('\n').map(|(index, _)| index + 1);
        let line_starts = std::iter::once(0).chain(breaks).collect();
        Self {
            document: document_name(Path::new(&name)),
            name,
            text,
            line_starts,
        }
    }

    /// The same text, named after `path`, which tells more than the path as written.
    #[must_use]
    pub fn at(self, path: &Path) -> Self {
        Self {
            document: document_name(path),
            ..self
        }
    }

    /// Another text of the same name.
    #[must_use]
    pub fn with_text(&self, text: impl Into<String>) -> Self {
        Self {
            document: self.document.clone(),
            ..Self::new(self.name.clone(), text)
        }
    }

    /// The file's name, without folders.
    pub fn file(&self) -> &str {
        let file = Path::new(&self.name).file_name();
        file.and_then(|name| name.to_str()).unwrap_or(&self.name)
    }

    /// Line and column of a byte offset, both from 1; columns count characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let (line, before) = self.before(offset);
        (line, before.chars().count() + 1)
    }

    /// Line and column of a byte offset, both from 1; columns count code units of UTF-16, as editors do.
    pub fn line_column_utf16(&self, offset: usize) -> (usize, usize) {
        let (line, before) = self.before(offset);
        (line, before.encode_utf16().count() + 1)
    }

    /// The line of a byte offset, from 1, and what stands on it before the offset; a byte order mark takes no column.
    fn before(&self, offset: usize) -> (usize, &str) {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_start(line);
        let before = self.text.get(start..offset.min(self.text.len()));
        let before = before.unwrap_or_default();
        (line, before.trim_start_matches('\u{feff}'))
    }

    /// How many lines there are.
    pub const fn lines(&self) -> usize {
        self.line_starts.len()
    }

    /// The text of a line (from 1) without its line break.
    pub fn line_text(&self, line: usize) -> &str {
        let start = self.line_start(line);
        let end = self
            .line_starts
            .get(line)
            .copied()
            .unwrap_or(self.text.len());
        let text = self.text.get(start..end).unwrap_or_default();
        text.trim_end_matches(['\r', '\n'])
    }

    /// The text a span covers; empty when the span lies outside.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    fn line_start(&self, line: usize) -> usize {
        let start = line
            .checked_sub(1)
            .and_then(|index| self.line_starts.get(index));
        start.copied().unwrap_or(self.text.len())
    }
}

/// The name of the document in a file. The service's names are not part of the text, so the path has to tell.
fn document_name(path: &Path) -> String {
    const PLAIN: &str = "runbook";
    let stem = |path: &Path| Some(path.file_stem()?.to_str()?.to_owned());
    let folder = path.parent().and_then(Path::file_name);
    let folder = folder.and_then(|name| Some(name.to_str()?.to_owned()));
    match stem(path) {
        Some(name) if name != PLAIN => name,
        _ => folder.unwrap_or_else(|| PLAIN.to_owned()),
    }
}

/// A range of bytes in a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The empty span at an offset.
    pub const fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The span as a range, for slicing.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A value and the place it was written at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value at a place.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, function: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned::new(function(self.value), self.span)
    }

    /// The same place with a borrowed value.
    pub const fn as_ref(&self) -> Spanned<&T> {
        Spanned::new(&self.value, self.span)
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(formatter)
    }
}
