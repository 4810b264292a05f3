//! The rest-json and rest-xml protocols: members in headers, the status code, and the body.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::element::Element;
use super::json::{Reader, mismatch, parse, parse_object};
use super::path::Path;
use super::shape::{Location, Member, Protocol, Response, Shape, Structure};
use super::{DecodeError, Http, scalar, xml};
use crate::value::{Document, Map};

/// Reads a response of the rest-json or the rest-xml protocol.
pub(super) fn decode(response: &Response, http: &Http) -> Result<Map, DecodeError> {
    let mut answer = Map::new();
    answer.insert(
        "ResponseMetadata".to_owned(),
        http.metadata(request_ids(http)),
    );
    answer.extend(beside_body(response, http)?);
    answer.extend(body(response, http)?);
    Ok(answer)
}

/// The ids of the request, by either of the headers that services send them in.
pub(super) fn request_ids(http: &Http) -> Map {
    let mut ids = Map::new();
    if let Some(id) = http.header("x-amzn-requestid") {
        ids.insert("RequestId".to_owned(), id.into());
    } else if let Some(id) = http.header("x-amz-request-id") {
        ids.insert("RequestId".to_owned(), id.into());
        let host = http.header("x-amz-id-2").unwrap_or_default();
        ids.insert("HostId".to_owned(), host.into());
    }
    ids
}

/// The members that do not stand in the body.
pub(super) fn beside_body(response: &Response, http: &Http) -> Result<Map, DecodeError> {
    let mut answer = Map::new();
    for member in response.members() {
        let path = Path::Key(&Path::Root, member.name);
        let value = match member.location {
            Location::Status => Some(http.status.into()),
            Location::Headers => Some(header_map(member.wire, http)),
            Location::Header => http
                .header(member.wire)
                .map(|text| header(member.shape, text, path))
                .transpose()?,
            Location::JsonHeader => http
                .header(member.wire)
                .map(|text| json_header(text, path))
                .transpose()?,
            Location::Body | Location::Payload | Location::Attribute => None,
        };
        answer.extend(value.map(|value| (member.name.to_owned(), value)));
    }
    Ok(answer)
}

/// All headers that begin with the prefix, without it.
fn header_map(prefix: &str, http: &Http) -> Document {
    let strip = |(name, value): &(String, String)| {
        let start = name.get(..prefix.len())?;
        let rest = name.get(prefix.len()..)?;
        start
            .eq_ignore_ascii_case(prefix)
            .then(|| (rest.to_owned(), value.as_str().into()))
    };
    Document::Object(http.headers.iter().filter_map(strip).collect())
}

/// The value of a header; a list is separated by commas.
fn header(shape: &'static Shape, text: &str, path: Path) -> Result<Document, DecodeError> {
    let value = match shape {
        Shape::List(_) => text.split(',').map(str::trim).map(Document::from).collect(),
        _ => Document::from(text),
    };
    Reader::REST_JSON.read(shape, value, path)
}

fn json_header(text: &str, path: Path) -> Result<Document, DecodeError> {
    BASE64_STANDARD
        .decode(text)
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or_else(|| mismatch(path, &text.into(), "JSON in base64"))
}

/// The members of the body: those in it, or the one that it is.
fn body(response: &Response, http: &Http) -> Result<Map, DecodeError> {
    let members = response.members();
    if let Some(member) = members
        .iter()
        .find(|member| member.location == Location::Payload)
    {
        return Ok(payload(response.protocol, member, http)?
            .map(|value| (member.name.to_owned(), value))
            .into_iter()
            .collect());
    }
    let mut inside = members
        .iter()
        .filter(|member| matches!(member.location, Location::Body | Location::Attribute))
        .peekable();
    if inside.peek().is_none() {
        // A body that says nothing need not be in the format of the protocol.
        return Ok(Map::new());
    }
    match response.protocol {
        Protocol::RestXml => xml_members(&inside.collect::<Vec<_>>(), http),
        protocol => {
            let body = parse_object(protocol, http.body)?;
            Reader::REST_JSON.members(inside, body, Path::Root)
        }
    }
}

/// The members in an XML body.
fn xml_members(members: &[&Member], http: &Http) -> Result<Map, DecodeError> {
    let Some(root) = xml_root(http)? else {
        return Ok(Map::new());
    };
    match members {
        // S3's GetBucketLocation has no element around its only member; botocore knows that too.
        [only] if root.name == only.wire && root.children.is_empty() => {
            let text = Some(root.text).filter(|text| !text.is_empty());
            Ok(Map::from_iter([(only.name.to_owned(), text.into())]))
        }
        members => xml::members(members.iter().copied(), &root, Path::Root),
    }
}

/// The root of an XML body. S3 may begin to answer before it knows that it will fail: then the
/// status says success and the body is an error, which must not pass as an empty answer.
fn xml_root(http: &Http) -> Result<Option<Element>, DecodeError> {
    let root = Element::parse(Protocol::RestXml, http.body)?;
    let error = root.as_ref().filter(|root| root.name == "Error");
    match error.and_then(|error| error.child("Code")) {
        Some(code) => Err(DecodeError::Mismatch {
            path: Path::Root.to_string(),
            found: format!("the error {}", code.text),
            expected: "an answer",
        }),
        None => Ok(root),
    }
}

/// The member that is the whole body. Nothing on the wire is an empty object; a union cannot be.
fn payload(
    protocol: Protocol,
    member: &Member,
    http: &Http,
) -> Result<Option<Document>, DecodeError> {
    let path = Path::Key(&Path::Root, member.name);
    match member.shape {
        Shape::Blob | Shape::String => Ok(Some(scalar::raw(http.body))),
        Shape::Structure(Structure { union: false, .. }) | Shape::Map(_)
            if http.body.is_empty() =>
        {
            Ok(Some(Document::Object(Map::new())))
        }
        shape => {
            let value = match protocol {
                Protocol::RestXml => {
                    let root = xml_root(http)?;
                    xml::read(shape, root.iter().collect::<Vec<_>>().as_slice(), path)?
                }
                protocol => Reader::REST_JSON.read(shape, parse(protocol, http.body)?, path)?,
            };
            Ok(Some(value).filter(|value| !value.is_null()))
        }
    }
}
