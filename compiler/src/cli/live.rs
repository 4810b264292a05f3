//! How far a build is: one line on the terminal that is written over and over.

use std::env;
use std::io::{self, IsTerminal};

use super::output;
use crate::build::Progress;

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

    /// Calls a build with something to report its progress to.
    pub(super) fn during<T>(
        mut self,
        build: impl FnOnce(Option<&mut dyn FnMut(Progress)>) -> T,
    ) -> T {
        if !self.wanted {
            return build(None);
        }
        let result = build(Some(&mut |progress| self.show(&line(&progress))));
        output::error(CLEAR);
        result
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

fn line(progress: &Progress) -> String {
    match progress {
        Progress::Waiting => "waiting for another build …".to_owned(),
        Progress::Fetching => "fetching crates …".to_owned(),
        Progress::Compiling {
            done,
            total,
            current,
        } => {
            format!("compiling {current} … {done}/{total}")
        }
    }
}
