//! The shapes of what is handed whole to an API: every shape that such a value may reach, and what stands for it.
//!
//! Each has a static in `inputs.rs`, by which a step checks a value; a structure also has a function in `aws.rs`, which
//! makes it the SDK's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use proc_macro2::Ident;

use super::names::{self, Unique};
use super::smithy;
use crate::catalogue::{Bounds, Member, Service, ShapeId, ShapeKind, Structure};

/// Methods that a resolved SDK crate does not have, by crate and file: of members that are newer than it.
pub type Lacks = BTreeSet<(String, PathBuf, String)>;

/// The shapes, in the order in which they are reached.
#[derive(Debug)]
pub(crate) struct Wholes {
    /// The shapes that have a static.
    pub(crate) shapes: Vec<Whole>,
    /// What a value is handed to.
    roots: Vec<(Arc<Service>, ShapeId)>,
    lacks: Lacks,
    positions: BTreeMap<(String, ShapeId), usize>,
    names: Unique,
    functions: Unique,
}

/// A shape that is reached.
#[derive(Debug)]
pub(crate) struct Whole {
    /// The service it belongs to.
    pub(crate) service: Arc<Service>,
    /// The shape.
    pub(crate) shape: ShapeId,
    /// Its static.
    pub(crate) name: Ident,
    /// The function that makes the SDK's value of a structure.
    pub(crate) function: Ident,
}

/// The statics of the runtime, for shapes about which there is no more to say.
const PLAIN: [&str; 7] = [
    "STRING",
    "INTEGER",
    "FLOAT",
    "BOOLEAN",
    "TIMESTAMP",
    "BLOB",
    "DOCUMENT",
];

impl Default for Wholes {
    fn default() -> Self {
        Self {
            shapes: Vec::new(),
            roots: Vec::new(),
            lacks: Lacks::default(),
            positions: BTreeMap::new(),
            names: Unique::without(&PLAIN),
            functions: Unique::default(),
        }
    }
}

impl Wholes {
    /// Notes a shape to which a value is handed whole.
    pub(super) fn add(&mut self, service: &Arc<Service>, shape: ShapeId) {
        self.roots.push((Arc::clone(service), shape));
        self.reach(service, shape);
    }

    /// What of it can be sent with crates that lack some members.
    pub(super) fn without(&self, lacks: &Lacks) -> Self {
        let mut wholes = Self {
            lacks: lacks.clone(),
            ..Self::default()
        };
        for (service, shape) in &self.roots {
            wholes.add(service, *shape);
        }
        wholes
    }

    /// The members of a structure that can be sent.
    pub(super) fn members<'a>(
        &'a self,
        service: &'a Service,
        shape: ShapeId,
        structure: &'a Structure,
    ) -> impl Iterator<Item = &'a Member> {
        let krate = service.crate_name();
        let file = PathBuf::from(smithy::type_file(service, shape));
        let members = structure.members.iter();
        members.filter(move |member| {
            let method = smithy::member_method(structure, member);
            !self.lacks.contains(&(krate.clone(), file.clone(), method))
        })
    }

    fn reach(&mut self, service: &Arc<Service>, shape: ShapeId) {
        let key = (service.name.clone(), shape);
        if plain(service, shape).is_some() || self.positions.contains_key(&key) {
            return;
        }
        let found = service.shape(shape);
        self.positions.insert(key, self.shapes.len());
        let name = self.names.take_type(&names::constant(&found.name));
        let function = format!("whole_{}", names::snake(&smithy::type_name(service, shape)));
        let function = match found.kind {
            ShapeKind::Structure(_) => self.functions.take(&function),
            _ => function,
        };
        self.shapes.push(Whole {
            service: Arc::clone(service),
            shape,
            name: names::identifier(&name),
            function: names::identifier(&function),
        });
        match &found.kind {
            ShapeKind::Structure(structure) => {
                let members = self.members(service, shape, structure);
                let members: Vec<ShapeId> = members.map(|member| member.shape).collect();
                for member in members {
                    self.reach(service, member);
                }
            }
            ShapeKind::List(list) => self.reach(service, list.member.shape),
            ShapeKind::Map(map) => {
                self.reach(service, map.key.shape);
                self.reach(service, map.value.shape);
            }
            _ => {}
        }
    }

    /// The static of a shape, if it is not one of the runtime's.
    pub(crate) fn find(&self, service: &Service, shape: ShapeId) -> Option<&Whole> {
        let position = self.positions.get(&(service.name.clone(), shape))?;
        self.shapes.get(*position)
    }
}

/// The static of the runtime that says all about a shape, if there is one.
pub(crate) fn plain(service: &Service, shape: ShapeId) -> Option<&'static str> {
    Some(match &service.shape(shape).kind {
        ShapeKind::String(string) if least(string.length) == 0 => "STRING",
        ShapeKind::Integer(Bounds { min: None, .. })
        | ShapeKind::Long(Bounds { min: None, .. }) => "INTEGER",
        ShapeKind::Float(Bounds { min: None, .. })
        | ShapeKind::Double(Bounds { min: None, .. }) => "FLOAT",
        ShapeKind::Boolean => "BOOLEAN",
        ShapeKind::Timestamp(_) => "TIMESTAMP",
        ShapeKind::Blob(_) => "BLOB",
        ShapeKind::Document => "DOCUMENT",
        _ => return None,
    })
}

/// The least length.
pub(crate) fn least(length: Bounds<i64>) -> usize {
    usize::try_from(length.min.unwrap_or_default()).unwrap_or_default()
}
