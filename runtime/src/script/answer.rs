//! Answers: what a driver has written down about its script.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitStatus;

use serde::Deserialize;

use super::output::Output;
use super::{LARGEST_PAYLOAD, LONGEST_LIST, ScriptError};
use crate::value::{Document, Map};

/// What a driver writes.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Returned(Document),
    Raised(String),
    Unserializable(String),
    TooLarge(u64),
}

/// The answer of the action, by the file at `path`; `status` and `output` tell why there is none.
pub(super) fn read(
    path: &Path,
    status: ExitStatus,
    output: &Output,
) -> Result<Document, ScriptError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(ScriptError::NoAnswer {
                status: status.to_string(),
                stderr: output.stderr.last_lines(),
            });
        }
        Err(error) => return Err(ScriptError::Folder(error.to_string())),
    };
    match serde_json::from_slice(&text) {
        Ok(Answer::Returned(value)) => payload(value),
        Ok(Answer::Raised(traceback)) => Err(ScriptError::Raised(traceback)),
        Ok(Answer::Unserializable(reason)) => Err(ScriptError::NotJson(reason)),
        Ok(Answer::TooLarge(size)) => Err(too_large(size)),
        Err(error) => Err(ScriptError::NotJson(error.to_string())),
    }
}

/// The returned value under `Payload`; there is none without a value (spec 5.13).
fn payload(mut value: Document) -> Result<Document, ScriptError> {
    if let Document::Array(elements) = &mut value {
        elements.truncate(LONGEST_LIST);
    }
    let size = value.to_string().len();
    if size > LARGEST_PAYLOAD {
        return Err(too_large(size as u64));
    }
    let mut root = Map::new();
    if !value.is_null() {
        root.insert("Payload".to_owned(), value);
    }
    Ok(Document::Object(root))
}

const fn too_large(size: u64) -> ScriptError {
    ScriptError::TooLarge {
        size,
        limit: LARGEST_PAYLOAD,
    }
}
