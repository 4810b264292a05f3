//! Errors of an API as Boto3 names them: `An error occurred (Code) …: message`.

use super::element::Element;
use super::shape::Protocol;
use super::{Http, cbor, json, rest};
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
///
/// As with [`decode`](super::decode) the headers may name another protocol than the table. A body
/// that is not in the protocol (a proxy's page, none at all) is no failure here: then the status
/// code is the code of the error.
pub fn decode_error(
    protocol: Protocol,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
    retries: u32,
) -> ErrorAnswer {
    let http = Http {
        status,
        headers,
        body,
        retries,
    };
    match http.protocol(protocol) {
        Protocol::Query | Protocol::Ec2 | Protocol::RestXml => from_xml(&http),
        Protocol::Cbor => match cbor::parse_object(body) {
            Ok(body) => from_members(Protocol::Cbor, &http, &body),
            Err(_) => from_status(&http),
        },
        protocol => from_members(protocol, &http, &json_members(&http)),
    }
}

/// What the status alone says.
fn from_status(http: &Http) -> ErrorAnswer {
    ErrorAnswer {
        code: http.status.to_string(),
        message: reason(http.status).to_owned(),
        metadata: http.metadata(rest::request_ids(http)),
    }
}

/// What the body says: in `Errors` in `Error` (ec2, old query services), in `Error` (query,
/// rest-xml), or at its root (S3).
fn from_xml(http: &Http) -> ErrorAnswer {
    let Ok(Some(root)) = Element::parse(Protocol::RestXml, http.body) else {
        return from_status(http);
    };
    let around = root.child("Errors").unwrap_or(&root);
    let error = around.child("Error").unwrap_or(&root);
    let status = from_status(http);
    let code = text(error, &["Code"]);
    let message = text(error, &["Message", "message"]);
    let no_message = || match code {
        Some(_) => String::new(),
        None => status.message,
    };
    ErrorAnswer {
        message: message.unwrap_or_else(no_message),
        code: code.clone().unwrap_or(status.code),
        metadata: http.metadata(xml_request_ids(&root, http)),
    }
}

/// The ids of the request: in the body beside the error, in S3 in the headers.
fn xml_request_ids(root: &Element, http: &Http) -> Map {
    let id = text(root, &["RequestId", "RequestID"]).filter(|_| root.name != "Error");
    match id {
        Some(id) => Map::from_iter([("RequestId".to_owned(), Document::from(id))]),
        None => rest::request_ids(http),
    }
}

/// The text of the first element inside that has one of these names and any text.
fn text(element: &Element, names: &[&str]) -> Option<String> {
    let mut found = names.iter().filter_map(|name| element.child(name));
    let found = found.find(|child| !child.text.is_empty());
    found.map(|child| child.text.clone())
}

/// The members of the error; a body that is no JSON (a proxy's page) is the message.
fn json_members(http: &Http) -> Map {
    match json::parse(Protocol::Json, http.body) {
        Ok(Document::Object(map)) => map,
        Ok(_) => Map::new(),
        Err(_) => {
            let text = String::from_utf8_lossy(http.body).into_owned();
            Map::from_iter([("message".to_owned(), Document::from(text))])
        }
    }
}

fn from_members(protocol: Protocol, http: &Http, members: &Map) -> ErrorAnswer {
    let message = ["message", "Message"]
        .iter()
        .find_map(|key| members.get(*key));
    ErrorAnswer {
        code: code(protocol, http, members),
        message: message.map(Text::text).unwrap_or_default(),
        metadata: http.metadata(rest::request_ids(http)),
    }
}

fn code(protocol: Protocol, http: &Http, members: &Map) -> String {
    let header = http.header("x-amzn-errortype").map(str::to_owned);
    let named = |key: &str| members.get(key).map(Text::text);
    let query = http
        .header("x-amzn-query-error")
        .and_then(|text| text.split_once(';'));
    let code = match (query, protocol) {
        (Some((code, _)), _) if !code.is_empty() => return code.to_owned(),
        (_, Protocol::Json | Protocol::Cbor) => {
            named("__type").or(header).or_else(|| named("code"))
        }
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

/// What HTTP calls a status that services answer with.
fn reason(status: u16) -> &'static str {
    match status {
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        412 => "Precondition Failed",
        413 => "Request Entity Too Large",
        416 => "Requested Range Not Satisfiable",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}
