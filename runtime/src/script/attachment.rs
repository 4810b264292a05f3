//! Attachments: files that lie beside a script (spec 1.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};

use crate::value::InputError;

/// A file of the document, which `Attachment` names.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name: `helpers.zip`, `helpers.py`.
    pub name: String,
    /// Its content; nothing if it was not there when the program was built.
    pub content: Option<Vec<u8>>,
}

impl Attachment {
    /// A file of text.
    pub fn text(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            content: Some(text.as_bytes().to_vec()),
        }
    }

    /// A file that was not there when the program was built.
    pub fn absent(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            content: None,
        }
    }

    /// The report of a name that is none of the document's files.
    pub fn unknown(name: &str, files: &[&str]) -> InputError {
        InputError::OutOfBounds(format!(
            "the document has no file `{name}` for `Attachment`, but {}",
            files.join(", ")
        ))
    }

    /// A file of any bytes, which are given in base64; line breaks in it mean nothing.
    pub fn base64(name: &str, content: &str) -> Self {
        let content: String = content.split_whitespace().collect();
        Self {
            name: name.to_owned(),
            // What the compiler has written down can be read; anything else would be an archive that cannot be opened.
            content: Some(STANDARD.decode(content).unwrap_or_default()),
        }
    }
}

/// In the record an attachment is its name.
impl Serialize for Attachment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = self.content.as_ref().map_or(0, Vec::len);
        write!(formatter, "Attachment({:?}, {bytes} bytes)", self.name)
    }
}
