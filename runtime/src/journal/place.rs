//! The files of a journal, and who may read them: nobody but the user.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::JournalError;

/// The journal itself; SQLite has two more files beside it while it is in use.
pub(super) fn journal(folder: &Path) -> PathBuf {
    folder.join("journal.db")
}

/// The lease of an execution.
pub(super) fn lease(folder: &Path, execution: Uuid) -> PathBuf {
    leases(folder).join(execution.to_string())
}

/// The executions that have a lease, held or not.
pub(super) fn leased(folder: &Path) -> Result<Vec<Uuid>, JournalError> {
    let leases = leases(folder);
    let entries = fs::read_dir(&leases).map_err(|source| failed(&leases, source))?;
    let names = entries.flatten().map(|entry| entry.file_name());
    Ok(names
        .filter_map(|name| name.to_str()?.parse().ok())
        .collect())
}

/// Room for one more answer when the disk is full.
pub(super) fn reserve(folder: &Path) -> PathBuf {
    folder.join("journal.reserve")
}

fn leases(folder: &Path) -> PathBuf {
    folder.join("leases")
}

/// Makes the folders.
pub(super) fn make_folder(folder: &Path) -> Result<(), JournalError> {
    for folder in [folder, &leases(folder)] {
        private_folder(folder).map_err(|source| failed(folder, source))?;
    }
    Ok(())
}

/// Waits until no other process makes or changes the tables, and keeps them from doing so.
pub(super) fn lock(folder: &Path) -> Result<File, JournalError> {
    let path = folder.join("journal.lock");
    let locked = private_file(&path, OpenOptions::new().create(true))
        .and_then(|file| file.lock().map(|()| file));
    locked.map_err(|source| failed(&path, source))
}

/// Makes the journal's file if it is not there, and tells whether it was not.
pub(super) fn make_file(path: &Path) -> Result<bool, JournalError> {
    match private_file(path, OpenOptions::new().create_new(true)) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(source) => Err(failed(path, source)),
    }
}

/// A file that is read and written, and that nobody else can read if it is new.
pub(super) fn private_file(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.read(true).write(true).open(path)
}

fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

pub(super) fn failed(path: &Path, source: io::Error) -> JournalError {
    JournalError::File {
        path: path.to_owned(),
        source,
    }
}
