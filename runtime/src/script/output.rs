//! What a script prints: the end of each stream is kept, and how much went before it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a script has printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Its standard output.
    pub stdout: Kept,
    /// Its standard error.
    pub stderr: Kept,
}

impl Output {
    /// Whether nothing was printed.
    pub const fn is_empty(&self) -> bool {
        self.stdout.text.is_empty() && self.stderr.text.is_empty()
    }
}

/// The end of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The text; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// How many bytes before it were let go.
    pub dropped: u64,
}

impl Kept {
    /// The bytes of each stream that are kept.
    pub const LIMIT: usize = 64 * 1024;

    /// The last lines, for messages.
    pub(crate) fn last_lines(&self) -> String {
        const LINES: usize = 20;
        let lines: Vec<&str> = self.text.trim_end().lines().collect();
        let first = lines.len().saturating_sub(LINES);
        lines.get(first..).unwrap_or_default().join("\n")
    }
}

/// The text, with a mark where it was cut.
impl fmt::Display for Kept {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dropped > 0 {
            writeln!(
                formatter,
                "[{} bytes before this are not kept]",
                self.dropped
            )?;
        }
        formatter.write_str(&self.text)
    }
}
