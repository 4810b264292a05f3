//! What a script prints: the end of each stream is kept, and how much went before it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt};

/// What a script has printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Its standard output.
    pub stdout: Kept,
    /// Its standard error.
    pub stderr: Kept,
}

/// The end of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    pub(super) fn last_lines(&self) -> String {
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

/// A stream that is being read: what has come so far can be looked at any time.
#[derive(Clone, Debug, Default)]
pub(super) struct Tail {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    kept: VecDeque<u8>,
    dropped: u64,
}

impl Tail {
    /// Reads a stream to its end. One that breaks has ended.
    pub(super) async fn read(self, mut stream: impl AsyncRead + Unpin) {
        let mut buffer = [0; 8192];
        while let Ok(length @ 1..) = stream.read(&mut buffer).await {
            self.push(buffer.get(..length).unwrap_or_default());
        }
    }

    pub(super) fn kept(&self) -> Kept {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let dropped = state.dropped;
        let bytes: &[u8] = state.kept.make_contiguous();
        Kept {
            text: String::from_utf8_lossy(bytes).into_owned(),
            dropped,
        }
    }

    fn push(&self, bytes: &[u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.kept.extend(bytes);
        let excess = state.kept.len().saturating_sub(Kept::LIMIT);
        state.kept.drain(..excess);
        state.dropped += excess as u64;
    }
}
