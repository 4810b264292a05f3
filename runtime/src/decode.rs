//! Answers: from the raw response of an API to the document that Boto3 gives.
//!
//! A table of static shapes, printed by the compiler for the operations a runbook uses, says what
//! a response means (`shape`). `decode` reads a response by it, `check_answer` tells whether a
//! stubbed answer is one that AWS could give. The rules are those of botocore, because selectors
//! are written against its results (spec 5.12).

mod check;
mod element;
mod error;
mod json;
mod path;
mod query;
mod rest;
mod scalar;
mod shape;
mod xml;

use thiserror::Error;

pub use check::{AnswerProblem, check_answer};
pub use error::{ErrorAnswer, decode_error};
pub use shape::{
    BLOB, BOOLEAN, DOCUMENT, FLOAT, INTEGER, List, Location, MapShape, Member, Protocol, Response,
    STRING, Shape, Structure, TIMESTAMP,
};

use crate::value::{Document, Map};

/// How deep the parts of a body may be nested, whatever its format: as deep as `serde_json` reads.
const DEEPEST: usize = 128;

/// A response that does not fit its shape.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The protocol is not read yet.
    #[error("responses in the {0} protocol cannot be read")]
    Unsupported(Protocol),
    /// The body is not in the format of the protocol.
    #[error("the body of the response is not {protocol}: {reason}")]
    Body {
        /// The protocol of the response.
        protocol: Protocol,
        /// What is wrong with the body.
        reason: String,
    },
    /// A value is not what its shape says.
    #[error("the response has {found} at {path}, where {expected} belongs")]
    Mismatch {
        /// Where, as a JSONPath.
        path: String,
        /// What is there, in words.
        found: String,
        /// What the shape says, in words.
        expected: &'static str,
    },
}

/// The answer of a successful call as Boto3 gives it, with `ResponseMetadata`.
///
/// Timestamps become ISO 8601 text with an offset, blobs base64 text (spec section 8 row 17).
/// A blob that is the whole body becomes text when it is valid UTF-8, as botocore does, and base64
/// otherwise: that is how Lambda's `Payload` can be read. `retries` is how often the call was
/// repeated.
pub fn decode(
    response: &Response,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
    retries: u32,
) -> Result<Document, DecodeError> {
    let http = Http {
        status,
        headers,
        body,
        retries,
    };
    match response.protocol {
        Protocol::Json => json::decode(response, &http),
        Protocol::RestJson => rest::decode(response, &http),
        Protocol::Query => query::decode(response, &http),
        Protocol::Ec2 => query::decode_ec2(response, &http),
        other => Err(DecodeError::Unsupported(other)),
    }
    .map(Document::Object)
}

/// A raw response.
struct Http<'a> {
    status: u16,
    headers: &'a [(String, String)],
    body: &'a [u8],
    retries: u32,
}

impl Http<'_> {
    /// The value of a header, whatever the case of its name.
    fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// `ResponseMetadata`, complete but for what a protocol adds in front.
    fn metadata(&self, mut metadata: Map) -> Document {
        let lower = |(name, value): &(String, String)| {
            (name.to_ascii_lowercase(), Document::from(value.as_str()))
        };
        metadata.insert("HTTPStatusCode".to_owned(), self.status.into());
        metadata.insert(
            "HTTPHeaders".to_owned(),
            self.headers.iter().map(lower).collect(),
        );
        metadata.insert("RetryAttempts".to_owned(), self.retries.into());
        Document::Object(metadata)
    }
}
