//! The reserve: when the disk is full, there is still room for the answer of what was just done.
//!
//! An effect is made only while the reserve is there. So an answer that no longer finds room gets that of the reserve,
//! and the execution stops before the next effect, not after it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::place;

/// How much room it is: more than any answer should take, written twice.
const BYTES: usize = 1 << 20;

/// The room of a journal.
#[derive(Debug)]
pub(super) struct Reserve(PathBuf);

impl Reserve {
    /// The reserve of the journal in a folder.
    pub(super) fn of(folder: &Path) -> Self {
        Self(place::reserve(folder))
    }

    /// Makes sure that it is there.
    pub(super) fn fill(&self) -> io::Result<()> {
        let full = fs::metadata(&self.0).is_ok_and(|file| file.len() == BYTES as u64);
        if full {
            return Ok(());
        }
        let mut file =
            place::private_file(&self.0, OpenOptions::new().create(true).truncate(true))?;
        // Not zeros: some file systems give those no room.
        let written = file
            .write_all(&vec![b'r'; BYTES])
            .and_then(|()| file.sync_all());
        if written.is_err() {
            self.release();
        }
        written
    }

    /// Gives the room away.
    pub(super) fn release(&self) {
        // What cannot be removed gives no room: the next commit says so.
        let _ = fs::remove_file(&self.0);
    }
}
