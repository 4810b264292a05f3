//! Errors of an API as Boto3 names them: `An error occurred (Code) …: message`.

use super::json::parse;
use super::shape::Protocol;
use super::{DecodeError, Http, rest};
use crate::value::{Document, Map, Text};

/// What an API says when it refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorAnswer {
    /// The code as Boto3 gives it: without namespace, of the query protocol where it is
    /// compatible with that, and else the status code.
    pub code: String,
    /// The message, empty where there is none.
    pub message: String,
    /// `ResponseMetadata`.
    pub metadata: Document,
}

/// Reads the response of a refused call.
pub fn decode_error(
    protocol: Protocol,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
    retries: u32,
) -> Result<ErrorAnswer, DecodeError> {
    if !matches!(protocol, Protocol::Json | Protocol::RestJson) {
        return Err(DecodeError::Unsupported(protocol));
    }
    let http = Http {
        status,
        headers,
        body,
        retries,
    };
    let body = error_body(&http);
    let message = ["message", "Message"].iter().find_map(|key| body.get(*key));
    Ok(ErrorAnswer {
        code: code(protocol, &http, &body),
        message: message.map(Text::text).unwrap_or_default(),
        metadata: http.metadata(rest::request_ids(&http)),
    })
}

/// The members of the error; a body that is no JSON (a proxy's page) is the message.
fn error_body(http: &Http) -> Map {
    match parse(Protocol::Json, http.body) {
        Ok(Document::Object(map)) => map,
        Ok(_) => Map::new(),
        Err(_) => {
            let text = String::from_utf8_lossy(http.body).into_owned();
            Map::from_iter([("message".to_owned(), Document::from(text))])
        }
    }
}

fn code(protocol: Protocol, http: &Http, body: &Map) -> String {
    let header = http.header("x-amzn-errortype").map(str::to_owned);
    let named = |key: &str| body.get(key).map(Text::text);
    let query = http
        .header("x-amzn-query-error")
        .and_then(|text| text.split_once(';'));
    let code = match (query, protocol) {
        (Some((code, _)), _) if !code.is_empty() => return code.to_owned(),
        (_, Protocol::Json) => named("__type").or(header).or_else(|| named("code")),
        _ => header
            .or_else(|| named("code"))
            .or_else(|| named("Code"))
            .or_else(|| named("__type")),
    };
    code.map_or_else(|| http.status.to_string(), |code| plain(&code).to_owned())
}

/// `com.amazonaws.x#Code:http://…` without what stands around the code.
fn plain(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}
