//! The json protocol, 1.0 and 1.1, and JSON bodies in general.

use super::path::Path;
use super::shape::{Member, Protocol, Response, Shape, Structure};
use super::{DecodeError, Http, scalar};
use crate::value::{Document, Map, describe};

/// Reads a response of the json protocol.
pub(super) fn decode(response: &Response, http: &Http) -> Result<Map, DecodeError> {
    answer(response, http, &Reader::JSON, |body| {
        parse_object(Protocol::Json, body)
    })
}

/// The answer of a protocol that puts everything into the body.
pub(super) fn answer(
    response: &Response,
    http: &Http,
    reader: &Reader,
    parse: impl Fn(&[u8]) -> Result<Map, DecodeError>,
) -> Result<Map, DecodeError> {
    let mut answer = match response.output {
        Some(_) => reader.members(response.members(), parse(http.body)?, Path::Root)?,
        None => Map::new(),
    };
    let request_id = http.header("x-amzn-requestid");
    let metadata = request_id.map(|id| ("RequestId".to_owned(), Document::from(id)));
    answer.insert(
        "ResponseMetadata".to_owned(),
        http.metadata(metadata.into_iter().collect()),
    );
    Ok(answer)
}

/// The object that a body is; nothing and null are an empty one.
pub(super) fn parse_object(protocol: Protocol, body: &[u8]) -> Result<Map, DecodeError> {
    match parse(protocol, body)? {
        Document::Object(map) => Ok(map),
        Document::Null => Ok(Map::new()),
        other => Err(mismatch(Path::Root, &other, "an object")),
    }
}

/// The JSON that a body is; nothing is null.
pub(super) fn parse(protocol: Protocol, body: &[u8]) -> Result<Document, DecodeError> {
    if body.is_empty() {
        return Ok(Document::Null);
    }
    serde_json::from_slice(body).map_err(|error| DecodeError::Body {
        protocol,
        reason: error.to_string(),
    })
}

/// A value that is not what its shape says.
pub(super) fn mismatch(path: Path, found: &Document, expected: &'static str) -> DecodeError {
    DecodeError::Mismatch {
        path: path.to_string(),
        found: describe(found),
        expected,
    }
}

/// What botocore gives for a member of a union that the model does not know.
pub(super) fn unknown_member(name: &str) -> Map {
    let unknown = Map::from_iter([("name".to_owned(), Document::from(name))]);
    Map::from_iter([("SDK_UNKNOWN_MEMBER".to_owned(), unknown.into())])
}

/// Reads JSON values by their shapes.
pub(super) struct Reader {
    /// Whether numbers and Booleans are converted; otherwise they stay as they came.
    converts: bool,
    /// Whether members stand under their wire names; otherwise under those of the model.
    wire_names: bool,
}

impl Reader {
    /// The json protocol trusts what is on the wire.
    pub(super) const JSON: Self = Self {
        converts: false,
        wire_names: true,
    };
    /// The rest-json protocol converts, since values may come as text.
    pub(super) const REST_JSON: Self = Self {
        converts: true,
        wire_names: true,
    };
    /// The smithy-rpc-v2-cbor protocol has typed values and knows no other names than the model's.
    pub(super) const CBOR: Self = Self {
        converts: false,
        wire_names: false,
    };

    /// The value as its shape says. Null is null, whatever was expected.
    pub(super) fn read(
        &self,
        shape: &'static Shape,
        value: Document,
        path: Path,
    ) -> Result<Document, DecodeError> {
        match (shape, value) {
            (_, Document::Null) => Ok(Document::Null),
            (Shape::Structure(structure), Document::Object(map)) => {
                self.structure(structure, map, path).map(Document::Object)
            }
            (Shape::List(list), Document::Array(elements)) => {
                self.list(list.element, elements, path)
            }
            (Shape::Map(map), Document::Object(entries)) => self.map(map.value, entries, path),
            (Shape::Structure(_) | Shape::Map(_), other) => {
                Err(mismatch(path, &other, "an object"))
            }
            (Shape::List(_), other) => Err(mismatch(path, &other, "a list")),
            (shape, value) => self.scalar(shape, value, path),
        }
    }

    /// Those of the members that the object has and that are not null.
    pub(super) fn members<'m>(
        &self,
        members: impl IntoIterator<Item = &'m Member>,
        mut map: Map,
        path: Path,
    ) -> Result<Map, DecodeError> {
        let mut answer = Map::new();
        for member in members {
            let key = self.key(member);
            if let Some(value) = map.remove(key).filter(|value| !value.is_null()) {
                let value = self.read(member.shape, value, Path::Key(&path, key))?;
                answer.insert(member.name.to_owned(), value);
            }
        }
        Ok(answer)
    }

    /// The key that a member stands under.
    fn key(&self, member: &Member) -> &'static str {
        match self.wire_names {
            true => member.wire,
            false => member.name,
        }
    }

    fn structure(
        &self,
        structure: &'static Structure,
        map: Map,
        path: Path,
    ) -> Result<Map, DecodeError> {
        match structure.union {
            true => self.union(structure, map, path),
            false => self.members(structure.members, map, path),
        }
    }

    /// The one member of a union; botocore names a member that the model does not know.
    fn union(
        &self,
        structure: &'static Structure,
        mut map: Map,
        path: Path,
    ) -> Result<Map, DecodeError> {
        map.retain(|key, value| key != "__type" && !value.is_null());
        let mut keys = map.keys();
        match (keys.next(), keys.next()) {
            (Some(only), None) if structure.members.iter().all(|it| self.key(it) != only) => {
                Ok(unknown_member(only))
            }
            (Some(_), None) => self.members(structure.members, map, path),
            _ => Err(mismatch(
                path,
                &Document::Object(map),
                "a union with exactly one member",
            )),
        }
    }

    fn list(
        &self,
        element: &'static Shape,
        elements: Vec<Document>,
        path: Path,
    ) -> Result<Document, DecodeError> {
        let read = |(index, value)| self.read(element, value, Path::Index(&path, index));
        elements.into_iter().enumerate().map(read).collect()
    }

    fn map(
        &self,
        shape: &'static Shape,
        entries: Map,
        path: Path,
    ) -> Result<Document, DecodeError> {
        let read = |(key, value): (String, Document)| {
            let value = self.read(shape, value, Path::Key(&path, &key))?;
            Ok((key, value))
        };
        entries.into_iter().map(read).collect()
    }

    fn scalar(&self, shape: &Shape, value: Document, path: Path) -> Result<Document, DecodeError> {
        let (read, expected) = match shape {
            Shape::Blob => (scalar::blob(&value), "base64"),
            Shape::Timestamp => (scalar::timestamp(&value), "a timestamp"),
            Shape::Integer if self.converts => (scalar::integer(&value), "an integer"),
            Shape::Float if self.converts => (scalar::float(&value), "a number"),
            Shape::Boolean if self.converts => (Some(scalar::boolean(&value)), "a Boolean"),
            _ => return Ok(value),
        };
        read.ok_or_else(|| mismatch(path, &value, expected))
    }
}
