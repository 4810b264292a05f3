//! Where the decoded text of a scalar stands in the source.
//!
//! Escapes, indentation and folding make the decoded text differ from what was
//! written. An [`Origin`] keeps both aligned, so that a reference inside a script
//! can be pointed at.

use crate::source::Span;
use crate::syntax::scalar::Style;

/// The way back from decoded text to the source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    whole: Span,
    /// Empty when the two could not be aligned.
    pieces: Vec<Piece>,
}

/// From here to the next piece, decoded text and source run in step.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    text: usize,
    source: usize,
}

impl Origin {
    /// An origin that knows only the whole place.
    pub const fn whole(span: Span) -> Self {
        Self {
            whole: span,
            pieces: Vec::new(),
        }
    }

    /// Aligns a decoded text with the scalar at `span` of `source`.
    pub fn align(source: &str, span: Span, decoded: &str, style: Style) -> Self {
        let raw = source.get(span.range()).unwrap_or_default();
        let pieces = Alignment::new(raw, decoded, style)
            .run()
            .unwrap_or_default();
        let pieces = pieces.into_iter().map(|piece| Piece {
            source: piece.source + span.start,
            ..piece
        });
        Self {
            whole: span,
            pieces: pieces.collect(),
        }
    }

    /// Whether ranges of the text have their own places.
    pub const fn is_exact(&self) -> bool {
        !self.pieces.is_empty()
    }

    /// The place of a range of the decoded text; the whole scalar if unknown.
    pub fn span(&self, start: usize, end: usize) -> Span {
        if !self.is_exact() {
            return self.whole;
        }
        let from = self.source_of(start);
        // The end follows the last character, not whatever comes after it.
        let to = self.source_of(end.saturating_sub(1).max(start)) + usize::from(end > start);
        // The line break at the end of a block counts even if the text ends without one.
        Span::new(from.min(self.whole.end), to.min(self.whole.end))
    }

    fn source_of(&self, offset: usize) -> usize {
        let index = self.pieces.partition_point(|piece| piece.text <= offset);
        let piece = index
            .checked_sub(1)
            .and_then(|index| self.pieces.get(index));
        piece.map_or(self.whole.start, |piece| {
            piece.source + (offset - piece.text)
        })
    }

    pub(super) fn translated(mut self, whole: Span, translate: impl Fn(usize) -> usize) -> Self {
        self.whole = whole;
        for piece in &mut self.pieces {
            piece.source = translate(piece.source);
        }
        self
    }
}

/// Walks through the raw and the decoded text at once.
struct Alignment<'text> {
    raw: &'text str,
    decoded: &'text str,
    style: Style,
    at: Piece,
    pieces: Vec<Piece>,
}

impl<'text> Alignment<'text> {
    fn new(raw: &'text str, decoded: &'text str, style: Style) -> Self {
        let quote = match style {
            Style::SingleQuoted => '\'',
            Style::DoubleQuoted => '"',
            _ => return Self::inside(raw, decoded, style, 0),
        };
        match raw
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
        {
            Some(inner) => Self::inside(inner, decoded, style, 1),
            // Plain text with the tag `!!str` has the style without the quotes.
            None => Self::inside(raw, decoded, Style::Plain, 0),
        }
    }

    fn inside(raw: &'text str, decoded: &'text str, style: Style, source: usize) -> Self {
        let at = Piece { text: 0, source };
        Self {
            raw,
            decoded,
            style,
            at,
            pieces: vec![at],
        }
    }

    /// The pieces, or `None` when the texts do not fit together.
    fn run(mut self) -> Option<Vec<Piece>> {
        while let Some(next) = self.decoded.chars().next() {
            let Some(written) = self.raw.chars().next() else {
                // What is left was not written: the line break at the end of a block.
                return self.decoded.trim().is_empty().then_some(self.pieces);
            };
            let blanks = self.blanks();
            if self.is_break(blanks) {
                self.line_break();
            } else if blanks > 1 && self.has_the_same(blanks) {
                // All of them at once: each would look for the end of the line again.
                self.advance(blanks, blanks);
            } else if written == '\\' && self.style == Style::DoubleQuoted {
                self.escape(next)?;
            } else if written == next {
                let doubled = written == '\'' && self.style == Style::SingleQuoted;
                self.advance(
                    written.len_utf8() * (1 + usize::from(doubled)),
                    next.len_utf8(),
                );
                if doubled {
                    self.pieces.push(self.at);
                }
            } else {
                return None;
            }
        }
        Some(self.pieces)
    }

    /// How many blanks come next, where lines are folded.
    fn blanks(&self) -> usize {
        match self.style {
            Style::Literal | Style::Folded => 0,
            _ => self.raw.len() - self.raw.trim_start_matches([' ', '\t']).len(),
        }
    }

    /// Whether only blanks stand before the end of the line.
    fn is_break(&self, blanks: usize) -> bool {
        let behind = self.raw.get(blanks..).unwrap_or_default();
        behind.starts_with(['\n', '\r'])
    }

    /// Whether the decoded text goes on with the same bytes.
    fn has_the_same(&self, length: usize) -> bool {
        self.raw.get(..length) == self.decoded.get(..length)
    }

    /// Skips the white space of both: indentation and folding change it.
    fn line_break(&mut self) {
        let raw = self.raw.len() - self.raw.trim_start().len();
        let decoded = self.decoded.len() - self.decoded.trim_start().len();
        self.advance(raw, decoded);
        self.pieces.push(self.at);
    }

    fn escape(&mut self, next: char) -> Option<()> {
        let kind = self.raw.get(1..)?.chars().next()?;
        let digits = match kind {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            '\n' | '\r' => {
                let rest = self.raw.get(1..)?;
                self.advance(1 + rest.len() - rest.trim_start().len(), 0);
                self.pieces.push(self.at);
                return Some(());
            }
            _ => 0,
        };
        // A character beyond 16 bits is written as two `\u` escapes in JSON.
        let pair = kind == 'u' && next.len_utf16() == 2;
        let length = 1 + kind.len_utf8() + digits;
        self.advance(if pair { 2 * length } else { length }, next.len_utf8());
        self.pieces.push(self.at);
        Some(())
    }

    fn advance(&mut self, raw: usize, decoded: usize) {
        self.raw = self.raw.get(raw..).unwrap_or_default();
        self.decoded = self.decoded.get(decoded..).unwrap_or_default();
        self.at.source += raw;
        self.at.text += decoded;
    }
}
