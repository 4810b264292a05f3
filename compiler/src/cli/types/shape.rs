//! The shapes of a service in words.

use crate::catalogue::{Service, ShapeId, ShapeKind};

/// The type of a shape's values: `List<String>`, `NetworkConfiguration`.
///
/// Structures go by their names, so that recursive ones end.
pub(super) fn name(service: &Service, shape: ShapeId) -> String {
    let shape = service.shape(shape);
    let plain = match &shape.kind {
        ShapeKind::Structure(_) => &*shape.name,
        ShapeKind::List(list) => return format!("List<{}>", nested(service, list.member.shape)),
        ShapeKind::Map(map) => {
            return format!("Map<String, {}>", nested(service, map.value.shape));
        }
        ShapeKind::String(_) => "String",
        ShapeKind::Integer(_) | ShapeKind::Long(_) => "Integer",
        ShapeKind::Float(_) | ShapeKind::Double(_) => "Number",
        ShapeKind::Boolean => "Boolean",
        ShapeKind::Blob(_) => "Blob",
        ShapeKind::Timestamp(_) => "Timestamp",
        ShapeKind::Document => "JSON",
    };
    plain.to_owned()
}

/// Lists of lists go by name too: some shapes contain themselves without a structure in between.
fn nested(service: &Service, shape: ShapeId) -> String {
    match &service.shape(shape).kind {
        ShapeKind::List(_) | ShapeKind::Map(_) => service.shape(shape).name.clone(),
        _ => name(service, shape),
    }
}

/// The values that the model knows for a string; empty if it is free.
pub(super) fn values(service: &Service, shape: ShapeId) -> &[String] {
    match &service.shape(shape).kind {
        ShapeKind::String(string) => &string.enumeration,
        _ => &[],
    }
}
