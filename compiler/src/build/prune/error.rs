//! Why a crate cannot be pruned.

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no pruned copy of a crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PruneError {
    /// A file could not be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// With which path.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A source file is not what the parser understands.
    #[error("cannot read `{}` as Rust: line {line} is not understood", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line that the lexer rejects.
        line: usize,
    },
    /// The crate has no such operation; perhaps it is older than the operation.
    #[error("{krate} has no operation {operation}")]
    NoOperation {
        /// The crate.
        krate: String,
        /// The operation's API name.
        operation: String,
    },
    /// The crate does not look like the SDK crates that are known.
    #[error("`{}` is not laid out like an SDK crate: {missing} is missing", source_folder.display())]
    Layout {
        /// The crate's unpacked source.
        source_folder: PathBuf,
        /// What was not found.
        missing: String,
    },
}

impl PruneError {
    /// For `map_err`: what was tried, and with which path.
    pub(super) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }

    /// What every SDK crate has, and this one does not.
    pub(super) fn layout(source: &Path, missing: impl Into<String>) -> Self {
        Self::Layout {
            source_folder: source.to_owned(),
            missing: missing.into(),
        }
    }
}
