//! XML bodies by their shapes, for query, ec2 and rest-xml.

use super::DecodeError;
use super::element::Element;
use super::json::{mismatch, unknown_member};
use super::path::Path;
use super::scalar;
use super::shape::{List, Location, MapShape, Member, Shape, Structure};
use crate::value::{Document, Map};

/// Those of the members that the element has; members that stand beside the body are left out.
pub(super) fn members<'m>(
    members: impl IntoIterator<Item = &'m Member>,
    element: &Element,
    path: Path,
) -> Result<Map, DecodeError> {
    let mut answer = Map::new();
    for member in members {
        if let Some(value) = self::member(member, element, Path::Key(&path, member.wire))? {
            answer.insert(member.name.to_owned(), value);
        }
    }
    Ok(answer)
}

fn member(member: &Member, element: &Element, path: Path) -> Result<Option<Document>, DecodeError> {
    match member.location {
        Location::Attribute => Ok(element.attribute(member.wire).map(Document::from)),
        Location::Body | Location::Payload => match elements(member, element).as_slice() {
            [] => Ok(None),
            elements => read(member.shape, elements, path).map(Some),
        },
        Location::Header | Location::JsonHeader | Location::Headers | Location::Status => Ok(None),
    }
}

/// The elements that a member is. Those of a flattened list have the name that the list gives its
/// elements, or, as Smithy wants it, the member's own.
fn elements<'e>(member: &Member, element: &'e Element) -> Vec<&'e Element> {
    let listed = list_name(member).map(|name| element.named(name));
    match listed {
        Some(elements) if !elements.is_empty() => elements,
        _ => element.named(member.wire),
    }
}

/// The name that a flattened list gives its elements.
fn list_name(member: &Member) -> Option<&'static str> {
    match member.shape {
        Shape::List(list) if list.flattened => list.wire,
        _ => None,
    }
}

/// The value that elements with one name are, as the shape says. Only flattened lists and maps
/// have more than one; of any other shape the first counts.
pub(super) fn read(
    shape: &'static Shape,
    elements: &[&Element],
    path: Path,
) -> Result<Document, DecodeError> {
    let Some(first) = elements.first() else {
        return Ok(Document::Null);
    };
    match shape {
        Shape::Structure(shape) => structure(shape, first, path).map(Document::Object),
        Shape::List(shape) => list(shape, elements, path),
        Shape::Map(shape) => map(shape, elements, path),
        _ => scalar(shape, &first.text, path),
    }
}

fn structure(
    structure: &'static Structure,
    element: &Element,
    path: Path,
) -> Result<Map, DecodeError> {
    match structure.union {
        true => union(structure, element, path),
        false => members(structure.members, element, path),
    }
}

/// The one member of a union; botocore names a member that the model does not know.
fn union(structure: &'static Structure, element: &Element, path: Path) -> Result<Map, DecodeError> {
    let mut names: Vec<&str> = element.children.iter().map(|child| &*child.name).collect();
    names.retain(|name| *name != "__type");
    names.dedup();
    let mut members = structure.members.iter();
    let mut known = |name| members.any(|it| it.wire == name || list_name(it) == Some(name));
    match names.as_slice() {
        [only] if known(only) => self::members(structure.members, element, path),
        [only] => Ok(unknown_member(only)),
        names => Err(mismatch(
            path,
            &Document::from(names),
            "a union with exactly one member",
        )),
    }
}

/// What the elements hold. A list that is not flattened has an element around them; without it
/// botocore takes repeated elements as the list, and so do we.
fn items<'e>(flattened: bool, elements: &[&'e Element]) -> Vec<&'e Element> {
    match (flattened, elements) {
        (false, [around]) => around.children.iter().collect(),
        (_, elements) => elements.to_vec(),
    }
}

/// A list. What its elements are called does not matter.
fn list(list: &'static List, elements: &[&Element], path: Path) -> Result<Document, DecodeError> {
    let items = items(list.flattened, elements).into_iter().enumerate();
    items
        .map(|(index, item)| read(list.element, &[item], Path::Index(&path, index)))
        .collect()
}

fn map(
    shape: &'static MapShape,
    elements: &[&Element],
    path: Path,
) -> Result<Document, DecodeError> {
    let entries = items(shape.flattened, elements).into_iter();
    let entry = |entry: &Element| {
        let parts = (entry.child(shape.key_wire), entry.child(shape.value_wire));
        let (Some(key), Some(value)) = parts else {
            let found = Document::from(entry.name.as_str());
            return Err(mismatch(path, &found, "an entry with a key and a value"));
        };
        let value = read(shape.value, &[value], Path::Key(&path, &key.text))?;
        Ok((key.text.clone(), value))
    };
    entries.map(entry).collect()
}

fn scalar(shape: &Shape, text: &str, path: Path) -> Result<Document, DecodeError> {
    let value = Document::from(text);
    let (read, expected) = match shape {
        Shape::Integer => (scalar::integer(&value), "an integer"),
        Shape::Float => (scalar::float(&value), "a number"),
        Shape::Boolean => return Ok(Document::from(text == "true")),
        Shape::Blob => (scalar::blob(&value), "base64"),
        Shape::Timestamp => (scalar::timestamp(&value), "a timestamp"),
        _ => return Ok(value),
    };
    read.ok_or_else(|| mismatch(path, &value, expected))
}
