//! The query and ec2 protocols: XML in an envelope.

use super::element::Element;
use super::json::mismatch;
use super::path::Path;
use super::shape::{Protocol, Response};
use super::{DecodeError, Http, xml};
use crate::value::{Document, Map};

/// Reads a response of the query protocol.
pub(super) fn decode(response: &Response, http: &Http) -> Result<Map, DecodeError> {
    let Some(root) = Element::parse(Protocol::Query, http.body)? else {
        return Ok(answer(Map::new(), Map::new(), http));
    };
    let members = match response.output {
        Some(_) => xml::members(response.members(), result(response, &root)?, Path::Root)?,
        None => Map::new(),
    };
    let metadata = root.child("ResponseMetadata");
    let metadata = metadata.into_iter().flat_map(|metadata| &metadata.children);
    let metadata = metadata.map(|child| (child.name.clone(), text(child)));
    Ok(answer(members, metadata.collect(), http))
}

/// Reads a response of the ec2 protocol.
pub(super) fn decode_ec2(response: &Response, http: &Http) -> Result<Map, DecodeError> {
    let Some(root) = Element::parse(Protocol::Ec2, http.body)? else {
        return Ok(answer(Map::new(), Map::new(), http));
    };
    let members = xml::members(response.members(), &root, Path::Root)?;
    let request_id = root.child("requestId");
    let metadata = request_id.map(|id| ("RequestId".to_owned(), text(id)));
    Ok(answer(members, metadata.into_iter().collect(), http))
}

fn answer(mut members: Map, metadata: Map, http: &Http) -> Map {
    members.insert("ResponseMetadata".to_owned(), http.metadata(metadata));
    members
}

/// The element around the answer. A table that was made for another protocol of the service does
/// not name it; then it is the one that the name of the root promises.
fn result<'e>(response: &Response, root: &'e Element) -> Result<&'e Element, DecodeError> {
    let Some(wrapper) = response.wrapper else {
        let operation = root.name.strip_suffix("Response");
        let result = operation.and_then(|operation| root.child(&format!("{operation}Result")));
        return Ok(result.unwrap_or(root));
    };
    match root.child(wrapper) {
        Some(result) => Ok(result),
        None if response.members().is_empty() => Ok(root),
        None => Err(mismatch(
            Path::Root,
            &Document::from(root.name.as_str()),
            wrapper,
        )),
    }
}

/// The text of an element; none is null in the metadata.
fn text(element: &Element) -> Document {
    match element.text.as_str() {
        "" => Document::Null,
        text => Document::from(text),
    }
}
