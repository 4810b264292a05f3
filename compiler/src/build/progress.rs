//! How far cargo is, read from what it prints, and who is told.

use std::path::Path;

/// Whoever waits for a build; `()` waits in silence.
pub trait Audience {
    /// Whether [`Audience::progress`] is of use; else cargo is not asked for any.
    fn is_watching(&self) -> bool {
        false
    }

    /// There is news.
    fn progress(&mut self, progress: Progress) {
        let _ = progress;
    }

    /// The pruned SDK crates could not be built, so that the build goes on with the whole ones. What is known about it
    /// is kept in a folder.
    fn unpruned(&mut self, evidence: &Path) {
        let _ = evidence;
    }
}

impl Audience for () {}

/// News of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Another build holds something that this one needs.
    Waiting,
    /// Versions are chosen, or sources fetched.
    Fetching,
    /// The SDK crates are cut down to what the runbook calls.
    Pruning,
    /// Crates are compiled.
    Compiling {
        /// How many are done.
        done: usize,
        /// How many there are.
        total: usize,
        /// The one that has been at it longest.
        current: String,
    },
}

/// Reads one line of cargo's; `None` for lines that are no news.
pub(super) fn read(line: &str) -> Option<Progress> {
    let (verb, rest) = line.trim_start().split_once(' ')?;
    match verb {
        "Blocking" => Some(Progress::Waiting),
        "Updating" | "Locking" | "Downloading" | "Downloaded" | "Fetch" => Some(Progress::Fetching),
        "Building" => compiling(rest),
        _ => None,
    }
}

/// Whether a line tells nothing that somebody could need after a failure.
pub(super) fn is_noise(line: &str) -> bool {
    let verb = line.trim_start().split(' ').next().unwrap_or_default();
    verb.is_empty() || matches!(verb, "Compiling" | "Adding" | "Finished")
}

/// `[====>      ] 87/153: aws-sdk-ecs, hyper(build)`
fn compiling(bar: &str) -> Option<Progress> {
    let (_, state) = bar.split_once("] ")?;
    let (counts, names) = state.split_once(':')?;
    let (done, total) = counts.split_once('/')?;
    let current = names.split(',').next()?.trim();
    Some(Progress::Compiling {
        done: done.trim().parse().ok()?,
        total: total.trim().parse().ok()?,
        current: current.split('(').next()?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{Progress, read};

    #[test]
    fn the_bar_tells_what_is_compiled() {
        let bar = "    Building [=======>      ] 87/153: aws-sdk-ecs, hyper(build)      ";
        let compiling = Progress::Compiling {
            done: 87,
            total: 153,
            current: "aws-sdk-ecs".to_owned(),
        };
        assert_eq!(read(bar), Some(compiling));
    }

    #[test]
    fn other_lines_are_read_by_their_verb() {
        assert_eq!(
            read("    Updating crates.io index"),
            Some(Progress::Fetching)
        );
        let blocking = "    Blocking waiting for file lock on build directory";
        assert_eq!(read(blocking), Some(Progress::Waiting));
        assert_eq!(read("   Compiling base64 v0.22.1"), None);
        assert_eq!(read("error: could not compile `x`"), None);
        assert_eq!(read(""), None);
    }
}
