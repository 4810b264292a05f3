//! The streams of a running script, as far as they have come.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt};

use super::output::{Kept, Output};

/// What a script prints while it runs; clones see the same. Whoever drops the run can still look.
#[derive(Clone, Debug, Default)]
pub struct Printing {
    pub(super) stdout: Tail,
    pub(super) stderr: Tail,
}

impl Printing {
    /// What has been printed so far.
    pub fn output(&self) -> Output {
        Output {
            stdout: self.stdout.kept(),
            stderr: self.stderr.kept(),
        }
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

    fn kept(&self) -> Kept {
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
