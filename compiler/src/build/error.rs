//! What can go wrong between a checked runbook and its binary.

use std::io;
use std::path::{Path, PathBuf};

use super::failure::CargoFailure;
use super::sdk::Gap;

/// Why there is no binary.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A file of ours could not be written or read.
    #[error(transparent)]
    File(#[from] FileError),
    /// No cache folder can be found.
    #[error(
        "no folder for the cache: neither RUNBOOKC_CACHE_DIR nor XDG_CACHE_HOME nor the home folder is known"
    )]
    NoCacheFolder,
    /// Cargo cannot be started because it is not there.
    #[error("cargo was not found; install Rust from https://rustup.rs and try again")]
    CargoMissing,
    /// Cargo cannot be started for another reason.
    #[error("cargo could not be started: {0}")]
    CargoStart(#[source] io::Error),
    /// Cargo ran and failed.
    #[error("{}", .0.cause)]
    Cargo(CargoFailure),
    /// Cargo's account of the crates cannot be read.
    #[error("what cargo says about the crates cannot be read: {0}")]
    Metadata(#[source] serde_json::Error),
    /// The runbook uses what the SDK does not have.
    #[error("the AWS SDK for Rust does not have all that the runbook uses")]
    NotInSdk(Vec<Gap>),
    /// Cargo succeeded but named no binary.
    #[error("cargo reported success but no binary")]
    NoBinary,
    /// `--locked`, but the carried lock file does not know a crate.
    #[error(
        "the lock file that runbookc carries does not hold {}; leave out --locked to use the newest version",
        .0.join(", ")
    )]
    NotLocked(Vec<String>),
    /// The folder to write into holds something else.
    #[error("`{}` is not empty and was not written by runbookc; choose another folder", .0.display())]
    Occupied(PathBuf),
}

/// A file or folder that could not be written or read.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} `{}`: {}", path.display(), reason(source))]
pub struct FileError {
    action: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl FileError {
    /// For `map_err`: what was tried, and with which path.
    pub(super) fn new(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self {
            action,
            path,
            source,
        }
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
