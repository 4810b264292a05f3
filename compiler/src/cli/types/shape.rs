//! The shapes of a service in the words of runbooks.

use crate::catalogue::{Member, Service, ShapeId, ShapeKind, Structure};

/// The type of a shape's values: `StringList`, `MapList`, `Integer`.
///
/// What no type of the document language is goes by a word of its own.
pub(super) fn name(service: &Service, shape: ShapeId) -> &'static str {
    match &service.shape(shape).kind {
        ShapeKind::Structure(_) | ShapeKind::Map(_) => "StringMap",
        ShapeKind::List(list) => match &service.shape(list.member.shape).kind {
            ShapeKind::Structure(_) | ShapeKind::Map(_) => "MapList",
            ShapeKind::String(_) | ShapeKind::Blob(_) | ShapeKind::Timestamp(_) => "StringList",
            _ => "List",
        },
        ShapeKind::String(_) | ShapeKind::Blob(_) => "String",
        ShapeKind::Timestamp(_) => "Timestamp",
        ShapeKind::Integer(_) | ShapeKind::Long(_) => "Integer",
        ShapeKind::Float(_) | ShapeKind::Double(_) => "Number",
        ShapeKind::Boolean => "Boolean",
        ShapeKind::Document => "JSON",
    }
}

/// The members of a structure, or of the structures in a list.
pub(super) fn members(service: &Service, shape: ShapeId) -> Vec<&Member> {
    match &service.shape(shape).kind {
        ShapeKind::Structure(structure) => required_first(structure),
        ShapeKind::List(list) => match &service.shape(list.member.shape).kind {
            ShapeKind::Structure(structure) => required_first(structure),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The members in the order of the model, those that must be given before the others.
pub(super) fn required_first(structure: &Structure) -> Vec<&Member> {
    let mut members: Vec<&Member> = structure.members.iter().collect();
    members.sort_by_key(|member| !member.required || member.filled);
    members
}

/// The values that the model knows for a string; empty if it is free.
pub(super) fn values(service: &Service, shape: ShapeId) -> &[String] {
    match &service.shape(shape).kind {
        ShapeKind::String(string) => &string.enumeration,
        _ => &[],
    }
}
