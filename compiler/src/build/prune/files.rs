//! The Rust files of a crate.

use std::fs;
use std::path::{Path, PathBuf};

use super::PruneError;

/// All Rust files below a folder.
pub(super) fn rust(folder: &Path) -> Result<Vec<PathBuf>, PruneError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(PruneError::file("read", folder))? {
        let entry = entry.map_err(PruneError::file("read", folder))?;
        let (path, kind) = (entry.path(), entry.file_type());
        if kind.map_err(PruneError::file("read", &path))?.is_dir() {
            files.extend(rust(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}
