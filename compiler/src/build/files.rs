//! Files that are never seen half-written.
//!
//! Everything is written to a temporary file beside its target and renamed, so
//! that a build that is killed leaves nothing a later build could trust, and a
//! file that has its text already is left alone, so that cargo sees no change.

use std::fs::{self, File};
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

/// Reads a text file.
pub(super) fn read(path: &Path) -> Result<String, FileError> {
    fs::read_to_string(path).map_err(FileError::new("read", path))
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

/// Whether a path is a name of [`temporary_beside`].
pub(super) fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') && name.ends_with(".tmp")
}

/// The paths in a folder, sorted; none if it is not there.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(FileError::new("read the folder", folder))?,
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<PathBuf> = paths
        .collect::<Result<_, _>>()
        .map_err(FileError::new("read the folder", folder))?;
    paths.sort();
    Ok(paths)
}

/// Waits for a lock that the returned file holds: it ends with it, even if the process is killed.
pub(super) fn lock(path: &Path) -> Result<File, FileError> {
    let file = lock_file(path)?;
    file.lock().map_err(FileError::new("lock", path))?;
    Ok(file)
}

/// Waits for a lock that many may hold, but not together with one that has it for itself.
pub(super) fn lock_shared(path: &Path) -> Result<File, FileError> {
    let file = lock_file(path)?;
    file.lock_shared().map_err(FileError::new("lock", path))?;
    Ok(file)
}

fn lock_file(path: &Path) -> Result<File, FileError> {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    let file = options.create(true).append(true).open(path);
    file.map_err(FileError::new("open", path))
}

/// Copies a folder with everything in it, file by file.
pub(super) fn copy_folder(from: &Path, to: &Path) -> Result<(), FileError> {
    create_folder(to)?;
    for path in entries(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(FileError::new("copy", &path))?;
        }
    }
    Ok(())
}

/// Gives a folder, which has just been made, its own name.
pub(super) fn rename(staged: &Path, folder: &Path) -> Result<(), FileError> {
    fs::rename(staged, folder).map_err(FileError::new("create the folder", folder))
}

/// Removes a folder with everything in it, if it is there.
pub(super) fn remove_folder(path: &Path) -> Result<(), FileError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(FileError::new("remove", path)(error))
        }
        _ => Ok(()),
    }
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
    for path in entries(folder)? {
        let kind = path.symlink_metadata().map(|metadata| metadata.file_type());
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
