//! Answers: from the raw response of an API to the document that Boto3 gives.
//!
//! A table of static shapes, printed by the compiler for the operations a runbook uses, says what
//! a response means (`shape`). `decode` reads a response by it, `check_answer` tells whether a
//! stubbed answer is one that AWS could give. The rules are those of botocore, because selectors
//! are written against its results (spec 5.12).

mod cbor;
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
#[non_exhaustive]
pub enum DecodeError {
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
///
/// A service may speak several protocols, and the SDK another of them than botocore's model chose
/// for the table (CloudWatch). So the answer's own headers decide where they are unambiguous:
/// `smithy-protocol: rpc-v2-cbor` is always CBOR, and where all members stand in the body (json,
/// query, ec2, CBOR) so do the content types of JSON, CBOR and XML. Bodies of the rest protocols
/// may be anything, so there a content type decides nothing.
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
    match http.protocol(response.protocol) {
        Protocol::Json => json::decode(response, &http),
        Protocol::RestJson | Protocol::RestXml => rest::decode(response, &http),
        Protocol::Query => query::decode(response, &http),
        Protocol::Ec2 => query::decode_ec2(response, &http),
        Protocol::Cbor => cbor::decode(response, &http),
    }
    .map(Document::Object)
}

/// A point in time as ISO 8601 text with an offset: from such text, the date of an HTTP header, or seconds since 1970.
pub(crate) fn timestamp(value: &Document) -> Option<Document> {
    scalar::timestamp(value)
}

/// A raw response.
struct Http<'a> {
    status: u16,
    headers: &'a [(String, String)],
    body: &'a [u8],
    retries: u32,
}

impl Http<'_> {
    /// The protocol of the response: the one of the table, unless the headers name another.
    fn protocol(&self, table: Protocol) -> Protocol {
        if self.header("smithy-protocol") == Some("rpc-v2-cbor") {
            return Protocol::Cbor;
        }
        match (table, self.media_type().as_str()) {
            (Protocol::RestJson | Protocol::RestXml, _) => table,
            (_, "application/x-amz-json-1.0" | "application/x-amz-json-1.1") => Protocol::Json,
            (_, "application/cbor") => Protocol::Cbor,
            (Protocol::Json | Protocol::Cbor, "text/xml" | "application/xml") => Protocol::Query,
            _ => table,
        }
    }

    /// The content type without its parameters, in lower case.
    fn media_type(&self) -> String {
        let content_type = self.header("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default();
        media_type.trim().to_ascii_lowercase()
    }

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
