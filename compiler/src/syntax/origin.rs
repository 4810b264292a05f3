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
    pieces: Vec<Piece>,
}

/// From here to the next piece, decoded text and source are the same bytes.
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

    /// The span of a range of the decoded text.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let _ = (start, end);
        self.whole
    }
}
