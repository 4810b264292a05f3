//! Invented answers: values of the right shape, marked where they are texts.

use crate::decode::{Location, Member, Response, Shape};
use crate::parameters;
use crate::runbook::{ParameterDefinition, Runbook, SelectedOutput};
use crate::selector::{Matches, Select};
use crate::stored::{StoredValue, StoredValues};
use crate::value::{Document, Map, Text, Type};

use super::plant::plant;

/// How deep structures that hold themselves are followed.
const DEEPEST: usize = 12;

/// A text that says what it stands for.
pub(super) fn marked(name: &str) -> String {
    format!("‹{name}›")
}

/// Whether a value has an invented text somewhere.
pub(super) fn is_invented(value: &Document) -> bool {
    match value {
        Document::String(text) => text.contains('‹') && text.contains('›'),
        Document::Array(elements) => elements.iter().any(is_invented),
        Document::Object(members) => {
            let mut members = members.iter();
            members.any(|(name, value)| name.contains('‹') || is_invented(value))
        }
        _ => false,
    }
}

/// An answer of an operation.
pub(super) fn answer(response: &Response) -> Document {
    Document::Object(members(response.members(), &mut Vec::new()))
}

fn members(members: &'static [Member], around: &mut Vec<*const Shape>) -> Map {
    let mut invented = Map::new();
    for member in members {
        // There are no further pages.
        if member.name.eq_ignore_ascii_case("NextToken") {
            continue;
        }
        let value = match (member.location, member.shape) {
            (Location::Status, _) => Some(200.into()),
            (_, shape) => self::value(member.name, shape, around),
        };
        if let Some(value) = value {
            invented.insert(member.name.to_owned(), value);
        }
    }
    invented
}

/// A value of a shape; nothing where it would hold itself.
fn value(name: &str, shape: &'static Shape, around: &mut Vec<*const Shape>) -> Option<Document> {
    let address: *const Shape = shape;
    if around.contains(&address) || around.len() > DEEPEST {
        return None;
    }
    around.push(address);
    let value = match shape {
        Shape::Structure(structure) => {
            let chosen = match structure.union {
                true => structure.members.get(..1).unwrap_or_default(),
                false => structure.members,
            };
            Document::Object(members(chosen, around))
        }
        Shape::List(list) => Document::Array(
            self::value(name, list.element, around)
                .into_iter()
                .collect(),
        ),
        Shape::Map(map) => {
            let value = self::value(name, map.value, around);
            let entries = value.map(|value| (marked("key"), value));
            Document::Object(entries.into_iter().collect())
        }
        Shape::String | Shape::Blob | Shape::Document => marked(name).into(),
        Shape::Timestamp => "2026-01-01T00:00:00+00:00".into(),
        Shape::Integer => 1.into(),
        Shape::Float => 1.0.into(),
        Shape::Boolean => true.into(),
    };
    around.pop();
    Some(value)
}

/// Puts a value where a step selects an output, if there is none that can become it.
pub(crate) fn provide(answer: &mut Document, output: &SelectedOutput) {
    let SelectedOutput { selector, kind } = output;
    let selected = answer.select(selector);
    let is_there = match &selected.matches {
        Matches::None => false,
        Matches::One(value) => becomes(value, *kind),
        Matches::Many(values) => !values.is_empty(),
    };
    if !is_there {
        let name = selector
            .text
            .rsplit(['.', '\''])
            .find(|part| !part.is_empty());
        plant(
            answer,
            selector.segments,
            of_type(name.unwrap_or("value"), *kind),
        );
    }
}

fn becomes(value: &Document, kind: Type) -> bool {
    match kind {
        Type::String => !value.is_null(),
        Type::Integer => value.is_i64(),
        Type::Boolean => value.is_boolean(),
        Type::StringMap => value.is_object(),
        Type::StringList | Type::MapList => value.is_array(),
    }
}

fn of_type(name: &str, kind: Type) -> Document {
    let name = marked(name.trim_end_matches(']'));
    match kind {
        Type::String => name.into(),
        Type::StringList => vec![name].into(),
        Type::Integer => 1.into(),
        Type::Boolean => true.into(),
        Type::StringMap => Document::Object(Map::new()),
        Type::MapList => Document::Array(vec![Document::Object(Map::new())]),
    }
}

/// What might be given to a parameter.
#[cfg(feature = "cli")]
pub(crate) fn given(parameter: &ParameterDefinition) -> Document {
    let allowed = parameters::allowed(parameter);
    allowed.unwrap_or_else(|| of_type(parameter.name, parameter.kind))
}

/// What Parameter Store might hold for the defaults of a runbook.
pub(crate) fn stored<R: Runbook>(names: &[&str]) -> StoredValues {
    let names = names.iter().map(|&name| {
        let takes = |parameter: &&ParameterDefinition| {
            let mut defaults = R::STORED.iter();
            defaults.any(|default| default.name == name && default.parameter == parameter.name)
        };
        // What several take has to suit the one that takes the least.
        let parameters = R::DEFINITION.parameters.iter().filter(takes);
        let parameter = parameters.max_by_key(|parameter| demands(parameter.kind));
        (name.to_owned(), stored_value(name, parameter))
    });
    names.collect()
}

/// How few texts become a type.
const fn demands(kind: Type) -> u8 {
    match kind {
        Type::String => 0,
        Type::StringList => 1,
        Type::MapList | Type::StringMap => 2,
        Type::Boolean | Type::Integer => 3,
    }
}

fn stored_value(name: &str, parameter: Option<&ParameterDefinition>) -> StoredValue {
    let kind = parameter.map_or(Type::String, |parameter| parameter.kind);
    let allowed = parameter.and_then(parameters::allowed);
    let text = match (allowed, kind) {
        (Some(value), _) => value.text(),
        (None, Type::String | Type::StringList) => marked(name),
        (None, Type::Integer) => "1".to_owned(),
        (None, Type::Boolean) => "true".to_owned(),
        (None, Type::StringMap) => "{}".to_owned(),
        (None, Type::MapList) => "[]".to_owned(),
    };
    let kind = match kind {
        Type::StringList => "StringList",
        _ => "String",
    };
    StoredValue {
        kind: kind.to_owned(),
        text,
    }
}
