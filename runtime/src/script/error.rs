//! Why a script gave no value.

use serde::{Deserialize, Serialize};

use super::Language;
use crate::failure::Failure;

/// A script that gave no value. It is data, so that it can stand in a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// The script raised an exception; its traceback, as the service words it.
    #[error("{0}")]
    Raised(String),
    /// The returned value is no JSON.
    #[error("The value that the handler returned cannot be written as JSON: {0}")]
    NotJson(String),
    /// The returned value is too long.
    #[error("The handler returned {size} bytes of JSON, but no more than {limit} are allowed")]
    TooLarge {
        /// Its size.
        size: u64,
        /// What is allowed.
        limit: usize,
    },
    /// The process ended before the handler returned.
    #[error("The script ended with {status} before its handler returned{}", last_words(.stderr))]
    NoAnswer {
        /// How it ended: `exit status: 3`.
        status: String,
        /// The end of what it printed as errors.
        stderr: String,
    },
    /// It was asked to end before the handler returned.
    #[error("The script was stopped before its handler returned")]
    Stopped,
    /// The machine has no interpreter.
    #[error("`{}` is not installed, which runs scripts in {language}; {}", .language.program(), .language.way_to_get())]
    NoInterpreter {
        /// The language of the script.
        language: Language,
    },
    /// The interpreter cannot be started.
    #[error("`{}` cannot be started: {message}", .language.program())]
    Start {
        /// The language of the script.
        language: Language,
        /// What the system said.
        message: String,
    },
    /// The attachment cannot be used.
    #[error("The attachment `{name}` cannot be used: {problem}")]
    Attachment {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The program that runs the runbook cannot run scripts.
    #[error(
        "This program was built without the feature `script` of runbook-runtime, which runs scripts"
    )]
    NotBuilt,
    /// The folder of the script cannot be made, or its answer cannot be read.
    #[error("The folder of the script cannot be used: {0}")]
    Folder(String),
}

#[cfg(feature = "script")]
impl ScriptError {
    pub(super) fn starting(language: Language, error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::NoInterpreter { language },
            _ => Self::Start {
                language,
                message: error.to_string(),
            },
        }
    }
}

impl From<&ScriptError> for Failure {
    fn from(error: &ScriptError) -> Self {
        Self::script(&error.to_string())
    }
}

fn last_words(stderr: &str) -> String {
    match stderr.trim() {
        "" => String::new(),
        words => format!(":\n{words}"),
    }
}
