//! What can be wrong with a catalogue or with the botocore it is made from.

use std::path::PathBuf;

/// A catalogue could not be read or made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// The bytes are no catalogue, or of another version of the format.
    #[error("not a catalogue of this version of runbookc")]
    Format,
    /// The bytes begin as a catalogue and then make no sense.
    #[error("the catalogue is damaged: {0}")]
    Damaged(&'static str),
    /// A file of botocore could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file or directory.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file of botocore is not the JSON it should be.
    #[error("cannot understand {}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A service's model contradicts itself or uses something new.
    #[error("the model of {service} {problem}")]
    Model {
        /// The service's directory name.
        service: String,
        /// What is wrong, as the rest of a sentence.
        problem: String,
    },
    /// A Python file of botocore no longer looks as it did.
    #[error("cannot find {what} in botocore's {file}")]
    Source {
        /// What is read from it.
        what: &'static str,
        /// The file.
        file: &'static str,
    },
}
