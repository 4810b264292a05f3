//! What the official SDK calls the things of AWS's models, and what its setters take.
//!
//! The SDK is generated from the same models, so its names follow from them by the rules of its generator, smithy-rs.
//! Emission takes every such name and type from here; the test `tests/sdk_names` compares them with the crates' sources.

use std::collections::BTreeSet;

use super::names;
use crate::catalogue::{Member, Operation, Service, Shape, ShapeId, ShapeKind, Structure};

/// What the SDK takes for a value of the model. Its structures are known by `S`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind<S> {
    /// `String`.
    String,
    /// An enum that can be made of text.
    Enum,
    /// A signed number, of any width.
    Integer,
    /// `String`, though it is a number.
    IntegerText,
    /// `f32`.
    Float,
    /// `f64`.
    Double,
    /// `bool`.
    Boolean,
    /// `DateTime`.
    Timestamp,
    /// `Blob`.
    Blob,
    /// `ByteStream`: bytes that are sent piece by piece.
    Stream,
    /// `Document`, of any form.
    Document,
    /// `Vec`.
    List(Box<Kind<S>>),
    /// `HashMap`, its keys being strings or enums that can be made of text.
    Map(Box<Kind<S>>),
    /// A struct, or an enum for a union.
    Structure(S),
    /// Nothing at all: the choice of this member of a union says everything, and its shape is no type of the SDK.
    Unit(S),
}

impl<S> Kind<S> {
    /// Whether values of any form stand in it, beside its structures.
    pub fn holds_document(&self) -> bool {
        match self {
            Self::Document => true,
            Self::List(element) | Self::Map(element) => element.holds_document(),
            _ => false,
        }
    }

    /// The same kind with structures known otherwise.
    pub fn map<T>(&self, structure: &impl Fn(&S) -> T) -> Kind<T> {
        match self {
            Self::String => Kind::String,
            Self::Enum => Kind::Enum,
            Self::Integer => Kind::Integer,
            Self::IntegerText => Kind::IntegerText,
            Self::Float => Kind::Float,
            Self::Double => Kind::Double,
            Self::Boolean => Kind::Boolean,
            Self::Timestamp => Kind::Timestamp,
            Self::Blob => Kind::Blob,
            Self::Stream => Kind::Stream,
            Self::Document => Kind::Document,
            Self::List(element) => Kind::List(Box::new(element.map(structure))),
            Self::Map(value) => Kind::Map(Box::new(value.map(structure))),
            Self::Structure(known) => Kind::Structure(structure(known)),
            Self::Unit(known) => Kind::Unit(structure(known)),
        }
    }
}

/// The crate as code names it: `aws_sdk_ecs`.
pub fn krate(service: &Service) -> String {
    service.crate_name().replace('-', "_")
}

/// The client's method for an operation: `run_task`.
pub fn method(operation: &Operation) -> String {
    names::snake(&operation.name)
}

/// The module of an operation, in the crate's module `operation`: `run_task`.
pub fn module(operation: &Operation) -> String {
    names::snake(&operation.name)
}

/// The file of a structure's or union's type, below the crate's folder: `src/types/_aws_vpc_configuration.rs`.
pub fn type_file(service: &Service, shape: ShapeId) -> String {
    format!("src/types/_{}.rs", names::snake(&type_name(service, shape)))
}

/// The file of an operation's builders, below the crate's folder: `src/operation/run_task/builders.rs`.
pub fn builders_file(operation: &Operation) -> String {
    format!("src/operation/{}/builders.rs", module(operation))
}

/// The setter of a member, of an operation and of a nested builder: `set_capacity_provider_strategy`.
///
/// No setter is a reserved word, so none is spelled otherwise than its member.
pub fn setter(member: &Member) -> String {
    setter_of(&member.name)
}

/// The setter of a member of this name.
pub fn setter_of(member: &str) -> String {
    format!("set_{}", names::snake(member))
}

/// The method that shows whether the SDK has a member: its setter, or the getter of its variant.
pub fn member_method(structure: &Structure, member: &Member) -> String {
    if structure.union {
        union_getter(member)
    } else {
        setter(member)
    }
}

/// The type of a structure or union in the crate's module `types`: `AwsVpcConfiguration`.
///
/// In Smithy an operation and a shape cannot have the same name, so there the shape has another.
pub fn type_name(service: &Service, shape: ShapeId) -> String {
    let name = &service.shape(shape).name;
    let mut operations = service.operations.iter();
    if operations.any(|operation| operation.name == *name) {
        pascal(&format!("{name}Shape"))
    } else {
        pascal(name)
    }
}

/// The variant for a member of a union: `AttributeValue::Ss`.
///
/// Every union of the SDK has an `Unknown` of its own, and `Self` cannot be a variant.
pub fn variant(member: &Member) -> String {
    let name = pascal(&member.name);
    match name.as_str() {
        "Unknown" | "Self" => format!("{name}Value"),
        _ => name,
    }
}

/// The method of a union that gives its value if it is that of a member: `as_ss`.
pub fn union_getter(member: &Member) -> String {
    format!("as_{}", names::snake(&member.name))
}

/// What the setter of a member takes, or what the variant of a union holds.
pub fn member_kind(service: &Service, structure: &Structure, member: &Member) -> Kind<ShapeId> {
    let shape = service.shape(member.shape);
    match &shape.kind {
        ShapeKind::Blob(blob) if blob.streaming || member.streaming => Kind::Stream,
        ShapeKind::Structure(_) if structure.union && is_unit(shape) => Kind::Unit(member.shape),
        ShapeKind::Integer(_) if is_text(service, member) => Kind::IntegerText,
        _ => kind(service, member.shape),
    }
}

/// What the SDK takes for a shape.
pub fn kind(service: &Service, shape: ShapeId) -> Kind<ShapeId> {
    let nested = |shape| Box::new(kind(service, shape));
    match &service.shape(shape).kind {
        ShapeKind::Structure(_) => Kind::Structure(shape),
        ShapeKind::List(list) => Kind::List(nested(list.member.shape)),
        ShapeKind::Map(map) => Kind::Map(nested(map.value.shape)),
        ShapeKind::Integer(_) | ShapeKind::Long(_) => Kind::Integer,
        ShapeKind::Float(_) => Kind::Float,
        ShapeKind::Double(_) => Kind::Double,
        ShapeKind::Boolean => Kind::Boolean,
        ShapeKind::Timestamp(_) => Kind::Timestamp,
        ShapeKind::Blob(_) => Kind::Blob,
        ShapeKind::String(string) if string.enumeration.is_empty() => Kind::String,
        ShapeKind::String(_) => Kind::Enum,
        ShapeKind::Document => Kind::Document,
    }
}

/// Whether a number is a string in the model that the SDK is made from. botocore keeps the type that it always had.
fn is_text(service: &Service, member: &Member) -> bool {
    service.name == "s3" && member.name == "PartNumberMarker"
}

/// Whether a shape is Smithy's own for a member of a union without a value. Other empty structures are structs.
pub fn is_unit(shape: &Shape) -> bool {
    let empty =
        matches!(&shape.kind, ShapeKind::Structure(structure) if structure.members.is_empty());
    empty && shape.name == "Unit"
}

/// Whether a structure can hold itself through a member of the shape `held`, without a list or map between.
///
/// The SDK boxes one member of every such circle; which one is its own affair.
pub fn is_recursive(service: &Service, structure: ShapeId, held: ShapeId) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![held];
    while let Some(shape) = open.pop() {
        let Some(found) = service.structure(shape) else {
            continue;
        };
        if shape == structure {
            return true;
        }
        if seen.insert(shape) {
            open.extend(found.members.iter().map(|member| member.shape));
        }
    }
    false
}

/// `DBInstance` → `DbInstance`, `MemoryMiB` → `MemoryMiB`.
///
/// The generator splits the names of types and variants by an older rule than those of methods: it knows no whole words.
fn pascal(name: &str) -> String {
    let is_separator = |character: char| matches!(character, '_' | '-' | ' ');
    let mut pascal = String::new();
    let mut before = None;
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        let after = characters.peek();
        let begins = match before {
            None => true,
            Some(before) if is_separator(before) => true,
            Some('A'..='Z') => {
                character.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase)
            }
            Some('a'..='z' | '0'..='9') => character.is_ascii_uppercase(),
            Some(_) => false,
        };
        before = Some(character);
        if begins {
            pascal.push(character.to_ascii_uppercase());
        } else {
            pascal.push(character.to_ascii_lowercase());
        }
    }
    pascal.retain(|character| !is_separator(character));
    pascal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_called_as_in_the_sdk() {
        for (name, expected) in [
            ("AwsVpcConfiguration", "AwsVpcConfiguration"),
            ("DBInstance", "DbInstance"),
            ("NULL", "Null"),
            ("MemoryGiBPerVCpuRequest", "MemoryGiBPerVCpuRequest"),
            ("AbpV1_0_x", "AbpV10X"),
            ("s3Location", "S3Location"),
        ] {
            assert_eq!(pascal(name), expected);
        }
    }
}
