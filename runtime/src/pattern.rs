//! `allowedPattern`: a Java regular expression that must match the whole value (spec 2.1).
//!
//! The engine for regular expressions is a large part of a build, and most runbooks have no pattern. Without the
//! feature `pattern`, a [`Pattern`] cannot be made: a definition that has one does not compile.

use std::fmt;

#[cfg(feature = "pattern")]
use crate::parameters::NotAllowed;

#[cfg(feature = "pattern")]
mod java;

/// A pattern that texts must match.
#[cfg(feature = "pattern")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern(&'static str);

/// A pattern that texts must match: there is none without the feature `pattern`.
#[cfg(not(feature = "pattern"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {}

#[cfg(feature = "pattern")]
impl Pattern {
    /// The pattern as its author wrote it.
    pub const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// The pattern as its author wrote it.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// Gives the text back if the whole of it matches.
    ///
    /// # Errors
    /// When it does not, or that cannot be told.
    pub fn admit(self, text: String) -> Result<String, NotAllowed> {
        let pattern = self;
        match self.matches(&text) {
            Ok(true) => Ok(text),
            Ok(false) => Err(NotAllowed::Pattern { text, pattern }),
            Err(reason) => Err(NotAllowed::BrokenPattern {
                text,
                pattern,
                reason,
            }),
        }
    }

    /// Whether the whole of `text` matches.
    ///
    /// # Errors
    /// Why that cannot be told: the pattern is none that this engine knows, or takes too long on the text.
    pub(crate) fn matches(self, text: &str) -> Result<bool, String> {
        java::matches_whole(self.0, text).map_err(|error| error.to_string())
    }
}

#[cfg(not(feature = "pattern"))]
impl Pattern {
    /// The pattern as its author wrote it.
    pub const fn as_str(self) -> &'static str {
        match self {}
    }

    /// Whether the whole of a text matches.
    ///
    /// # Errors
    /// None: there is no pattern.
    pub(crate) fn matches(self, _: &str) -> Result<bool, String> {
        match self {}
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
