//! Files that are never seen half-written.
//!
//! Everything is written to a temporary file beside its target and renamed, so
//! that a build that is killed leaves nothing a later build could trust, and a
//! file that has its text already is left alone, so that cargo sees no change.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use super::FileError;

/// Writes a file unless it holds these bytes already; says whether it did.
pub(super) fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<bool, FileError> {
    if holds(path, bytes) {
        return Ok(false);
    }
    write(path, bytes)?;
    Ok(true)
}

/// Whether a file holds exactly these bytes.
pub(super) fn holds(path: &Path, bytes: &[u8]) -> bool {
    fs::read(path).is_ok_and(|present| present == bytes)
}

/// Writes a file in one step, with its folders.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    replace(path, |temporary| fs::write(temporary, bytes))
}

/// Copies a file in one step, with its permissions and the target's folders.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), FileError> {
    replace(to, |temporary| fs::copy(from, temporary).map(drop))
}

/// Gives a file a second name in one step; a copy where the file system has no links.
pub(super) fn link(from: &Path, to: &Path) -> Result<(), FileError> {
    replace(to, |temporary| {
        fs::hard_link(from, temporary).or_else(|_| fs::copy(from, temporary).map(drop))
    })
}

/// Makes a folder and those above it.
pub(super) fn create_folder(path: &Path) -> Result<(), FileError> {
    fs::create_dir_all(path).map_err(FileError::new("create the folder", path))
}

/// A fresh name beside a path, for what is renamed to it once it is whole.
pub(super) fn temporary_beside(path: &Path) -> PathBuf {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let name = path.file_name().unwrap_or_default().display();
    path.with_file_name(format!(".{name}.{}-{number}.tmp", process::id()))
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(FileError::new("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// Removes the Rust files below a folder that are obsolete.
pub(super) fn remove_sources(
    folder: &Path,
    obsolete: &dyn Fn(&Path) -> bool,
) -> Result<(), FileError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(FileError::new("read the folder", folder))?,
    };
    for entry in entries {
        let entry = entry.map_err(FileError::new("read the folder", folder))?;
        let (path, kind) = (entry.path(), entry.file_type());
        // Links are not followed: they may lead out of the folder.
        if kind.is_ok_and(|kind| kind.is_dir()) {
            remove_sources(&path, obsolete)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") && obsolete(&path) {
            remove(&path)?;
        }
    }
    Ok(())
}

fn replace(path: &Path, make: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), FileError> {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    let temporary = temporary_beside(path);
    let made = make(&temporary).and_then(|()| fs::rename(&temporary, path));
    made.map_err(|error| {
        // The first error is the one that matters; the temporary file may not even exist.
        let _ = fs::remove_file(&temporary);
        FileError::new("write", path)(error)
    })
}
