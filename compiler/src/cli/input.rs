//! Reads runbooks from files and from standard input.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::source::Source;

/// Why a runbook cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum InputError {
    /// No such file.
    #[error("`{}` does not exist", .0.display())]
    Missing(PathBuf),
    /// A folder.
    #[error("`{}` is a folder; name the runbook in it", .0.display())]
    Folder(PathBuf),
    /// Somewhere below a folder.
    #[error("cannot look for runbooks: {0}")]
    Walk(#[source] ignore::Error),
    /// A folder that holds no runbook.
    #[error("there is no runbook in `{}`", .0.display())]
    NoRunbook(PathBuf),
    /// Bytes that are no text.
    #[error("`{name}` is not text in UTF-8 (line {line})")]
    NotText {
        /// The file as the user wrote it.
        name: String,
        /// The line of the first offending byte, from 1.
        line: usize,
    },
    /// Something else.
    #[error("cannot read `{name}`: {source}")]
    Unreadable {
        /// The file as the user wrote it.
        name: String,
        /// Why not.
        source: io::Error,
    },
}

/// What standard input is called.
pub(super) const STDIN: &str = "<stdin>";

/// Reads a runbook; `-` is standard input.
pub(super) fn read(path: &Path) -> Result<Source, InputError> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        return finish(STDIN, read.map(|_| bytes));
    }
    let name = path.to_string_lossy();
    if path.is_dir() {
        return Err(InputError::Folder(path.to_owned()));
    }
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(InputError::Missing(path.to_owned()))
        }
        bytes => {
            let source = finish(&name, bytes)?;
            // A path that is absolute has a folder, which may name the document.
            let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            Ok(source.at(&path))
        }
    }
}

fn finish(name: &str, bytes: io::Result<Vec<u8>>) -> Result<Source, InputError> {
    let name = name.to_owned();
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(source) => return Err(InputError::Unreadable { name, source }),
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => {
            let sound = error
                .as_bytes()
                .iter()
                .take(error.utf8_error().valid_up_to());
            let line = sound.filter(|byte| **byte == b'\n').count() + 1;
            Err(InputError::NotText { name, line })
        }
    }
}
