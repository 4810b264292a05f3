//! Copies the files of a crate.

use std::fs;
use std::path::Path;

use super::{PruneError, Pruned};

/// Copies a folder and counts its Rust.
pub(super) fn folder(from: &Path, to: &Path) -> Result<Pruned, PruneError> {
    fs::create_dir_all(to).map_err(PruneError::file("create", to))?;
    let mut pruned = Pruned::default();
    for entry in fs::read_dir(from).map_err(PruneError::file("read", from))? {
        let path = entry.map_err(PruneError::file("read", from))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        let copied = if path.is_dir() {
            folder(&path, &target)?
        } else {
            file(&path, &target)?
        };
        pruned.files += copied.files;
        pruned.lines_before += copied.lines_before;
        pruned.lines_after += copied.lines_after;
    }
    Ok(pruned)
}

fn file(from: &Path, to: &Path) -> Result<Pruned, PruneError> {
    let text = fs::read(from).map_err(PruneError::file("read", from))?;
    fs::write(to, &text).map_err(PruneError::file("write", to))?;
    if from.extension().is_none_or(|extension| extension != "rs") {
        return Ok(Pruned::default());
    }
    let lines = text.iter().filter(|byte| **byte == b'\n').count();
    Ok(Pruned {
        files: 1,
        lines_before: lines,
        lines_after: lines,
    })
}
