//! The runbooks below a folder.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::input::{self, InputError};
use super::kind;
use crate::parallel;
use crate::source::Source;

/// What lies below a folder.
pub(super) struct Folder {
    /// The runbooks, by their paths.
    pub(super) runbooks: Vec<Source>,
    /// How many other YAML and JSON files there are.
    pub(super) others: usize,
    /// What cannot be read.
    pub(super) unreadable: Vec<InputError>,
}

/// Looks for runbooks. What git ignores is not looked at, nor what is hidden.
pub(super) fn walk(folder: &Path) -> Folder {
    let mut paths = Vec::new();
    let mut unreadable = Vec::new();
    for entry in WalkBuilder::new(folder).require_git(false).build() {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {}
            Ok(entry) if may_be_runbook(entry.path()) => paths.push(shown(entry.path())),
            Ok(_) => {}
            Err(error) => unreadable.push(InputError::Walk(error)),
        }
    }
    paths.sort();
    let mut found = Folder {
        runbooks: Vec::new(),
        others: 0,
        unreadable,
    };
    for read in parallel::map(&paths, |path| runbook(path)) {
        match read {
            Ok(Some(source)) => found.runbooks.push(source),
            Ok(None) => found.others += 1,
            Err(error) => found.unreadable.push(error),
        }
    }
    found
}

/// The path without a `./` that nobody has written.
fn shown(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

fn may_be_runbook(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| {
        ["yaml", "yml", "json"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}

/// The runbook in a file; none if the file holds something else.
fn runbook(path: &Path) -> Result<Option<Source>, InputError> {
    match input::read(path) {
        Ok(source) => Ok(kind::is_runbook(&source).then_some(source)),
        // The service takes nothing but UTF-8.
        Err(InputError::NotText { .. } | InputError::Missing(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
