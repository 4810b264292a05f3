//! Replaces the text of a file, all of it or nothing.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a file keeps its text.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReplaceError {
    /// Somebody else has written to it.
    #[error("`{}` has changed meanwhile and is left as it is", .0.display())]
    Changed(PathBuf),
    /// It cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Unwritable {
        /// The file as the user wrote it.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Writes a file anew if its text still is `before`. The new text is complete beside it before it takes its place, with
/// the same permissions; a symlink goes on leading to the file.
pub(super) fn replace(path: &Path, before: &str, after: &str) -> Result<(), ReplaceError> {
    let failed = |source| ReplaceError::Unwritable {
        path: path.to_owned(),
        source,
    };
    let target = fs::canonicalize(path).map_err(failed)?;
    if fs::read(&target).map_err(failed)? != before.as_bytes() {
        return Err(ReplaceError::Changed(path.to_owned()));
    }
    let beside = beside(&target);
    let written = write(&beside, &target, after).and_then(|()| fs::rename(&beside, &target));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written.map_err(failed)
}

fn beside(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}", std::process::id()))
}

fn write(beside: &Path, target: &Path, text: &str) -> io::Result<()> {
    let permissions = fs::metadata(target)?.permissions();
    // What cannot be written is not to be replaced either.
    fs::OpenOptions::new().write(true).open(target)?;
    let mut file = File::create_new(beside)?;
    file.set_permissions(permissions)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
