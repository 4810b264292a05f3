//! How far a build is: one line on the terminal that is written over and over.

use std::env;
use std::io::{self, IsTerminal};
use std::path::Path;

use super::output;
use crate::build::{Audience, Progress};

/// Goes to the start of the line and clears it.
const CLEAR: &str = "\r\x1b[2K";

/// The line; nothing is shown where standard error is no terminal.
pub(super) struct Live {
    wanted: bool,
    shown: String,
}

impl Live {
    /// A line that is not there yet.
    pub(super) fn new() -> Self {
        Self {
            wanted: io::stderr().is_terminal(),
            shown: String::new(),
        }
    }

    fn clear(&mut self) {
        if !self.shown.is_empty() {
            output::error(CLEAR);
            self.shown.clear();
        }
    }

    fn show(&mut self, line: &str) {
        if self.shown != line {
            // A line that wraps could not be cleared.
            let columns = env::var("COLUMNS")
                .ok()
                .and_then(|columns| columns.parse().ok());
            let fitting: String = line
                .chars()
                .take(columns.unwrap_or(80_usize).saturating_sub(1))
                .collect();
            output::error(&format!("{CLEAR}{fitting}"));
            self.shown = line.to_owned();
        }
    }
}

impl Audience for Live {
    fn is_watching(&self) -> bool {
        self.wanted
    }

    fn progress(&mut self, progress: Progress) {
        self.show(&line(&progress));
    }

    fn unpruned(&mut self, evidence: &Path) {
        self.clear();
        output::error(&format!(
            "warning: the pruned SDK crates do not build; going on with the whole ones, which takes longer\n  \
             = note: this is a bug of runbookc; please report it with what is in `{}`\n",
            evidence.display()
        ));
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.clear();
    }
}

fn line(progress: &Progress) -> String {
    match progress {
        Progress::Waiting => "waiting for another build …".to_owned(),
        Progress::Fetching => "fetching crates …".to_owned(),
        Progress::Pruning => "pruning the SDK …".to_owned(),
        Progress::Compiling {
            done,
            total,
            current,
        } => {
            format!("compiling {current} … {done}/{total}")
        }
    }
}
