//! What keeps a command from doing its work, with its exit code.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use super::input::InputError;
use super::output;
use super::replace::ReplaceError;
use crate::build::{BuildError, EmbedError, FileError};
use crate::catalogue::CatalogueError;
use crate::diagnostic::UnknownCode;

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// A runbook cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The runbook has errors, which have been shown.
    #[error("{0}")]
    Faulty(String),
    /// `--botocore` leads to no botocore.
    #[error("the models cannot be read: {0}")]
    Catalogue(#[from] CatalogueError),
    /// There is no binary.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The SDK crates cannot be pruned.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The result cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The binary is there but cannot be started.
    #[error("cannot start `{}`: {source}", path.display())]
    Start {
        /// The binary.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Standard output cannot be written.
    #[error("cannot write to standard output: {0}")]
    Output(#[source] io::Error),
    /// A repaired runbook cannot be written.
    #[error(transparent)]
    Replace(#[from] ReplaceError),
    /// A code that does not exist.
    #[error(transparent)]
    Code(#[from] UnknownCode),
    /// The arguments are fine one by one, but not together.
    #[error("{0}")]
    Usage(String),
}

impl CliError {
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Faulty(_) => super::FAULTY,
            Self::Build(BuildError::Occupied(_) | BuildError::File(_)) => 2,
            Self::Build(_) | Self::Start { .. } => 3,
            Self::Embed(EmbedError::Build(_) | EmbedError::Prune(_)) => 3,
            _ => 2,
        }
    }

    /// Says it on standard error, with what cargo said and with the errors behind it.
    pub(super) fn print(&self) {
        if let Self::Build(BuildError::Cargo(failure))
        | Self::Embed(EmbedError::Build(BuildError::Cargo(failure))) = self
        {
            output::error(&failure.log);
        }
        let mut text = format!("error: {self}\n");
        if let Self::Catalogue(error) = self {
            let mut behind = error.source();
            while let Some(error) = behind {
                text.push_str(&format!("  {error}\n"));
                behind = error.source();
            }
        }
        output::error(&text);
    }
}
