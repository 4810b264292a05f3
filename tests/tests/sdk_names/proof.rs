//! The comparison of one model with the sources of its crate.

use std::collections::BTreeSet;
use std::fmt;

use runbookc::catalogue::{Operation, Service, ShapeId, Structure};
use runbookc::emit::smithy::{self, Kind};
use syn::Type;

use crate::krate::{Krate, Source, Taken, argument, arguments, last_segment};

/// What came of a comparison.
#[derive(Default)]
pub(crate) struct Proof {
    title: String,
    operations: usize,
    members: usize,
    types: usize,
    /// Names and types that are not as derived.
    pub(crate) wrong: Vec<String>,
    /// What the crate does not have.
    lacking: Vec<String>,
    /// What the model does not have.
    additional: Vec<String>,
}

/// Compares every operation, and every type that its input reaches.
pub(crate) fn prove(service: &Service, krate: &Krate) -> Proof {
    let mut walk = Walk {
        service,
        krate,
        proof: Proof {
            title: format!("{} {}", krate.name, krate.version),
            ..Proof::default()
        },
        seen: BTreeSet::new(),
    };
    let known = krate.operations();
    for operation in &service.operations {
        if known.contains(&operation.name) {
            walk.operation(operation);
        } else {
            walk.proof.lacking.push(operation.name.clone());
        }
    }
    let unknown = known
        .into_iter()
        .filter(|name| service.operation(name).is_none());
    walk.proof.additional.extend(unknown);
    walk.proof
}

struct Walk<'a> {
    service: &'a Service,
    krate: &'a Krate,
    proof: Proof,
    seen: BTreeSet<ShapeId>,
}

impl Walk<'_> {
    fn operation(&mut self, operation: &Operation) {
        self.proof.operations += 1;
        let method = smithy::method(operation);
        let Some(builder) = self.krate.client(&method) else {
            return self.wrong(format!("there is no method {method}"));
        };
        let file = smithy::builders_file(operation);
        let Some(setters) = self.krate.fluent_builder(&file, &builder) else {
            return self.wrong(format!("there is no {builder} in {file}"));
        };
        match operation.input {
            Some(input) => self.members(&operation.name, input, &setters),
            None if setters.is_empty() => {}
            None => self.additional(&operation.name, setters.keys()),
        }
    }

    fn shape(&mut self, shape: ShapeId) {
        let Some(structure) = self.service.structure(shape) else {
            return;
        };
        if !self.seen.insert(shape) {
            return;
        }
        self.proof.types += 1;
        let name = smithy::type_name(self.service, shape);
        let file = smithy::type_file(self.service, shape);
        if self.krate.type_file(&name) != Some(&file) {
            self.wrong(format!("{name} is not in {file}"));
        }
        match (self.krate.source(&name), structure.union) {
            (Source::Structure(taken), false) | (Source::Union(taken), true) => {
                self.members(&name, shape, &taken);
            }
            _ => self.wrong(format!(
                "{name} is no {}",
                if structure.union {
                    "union"
                } else {
                    "structure"
                }
            )),
        }
    }

    fn members(&mut self, owner: &str, shape: ShapeId, taken: &Taken) {
        let structure = self.service.structure(shape).cloned().unwrap_or_default();
        let (given, lacking): (Vec<_>, Vec<_>) = structure
            .members
            .iter()
            .partition(|member| taken.contains_key(&name_of(&structure, member)));
        let names: BTreeSet<_> = given
            .iter()
            .map(|member| name_of(&structure, member))
            .collect();
        let additional = taken
            .keys()
            .filter(|name| !names.contains(*name) && *name != "Unknown");
        let additional: Vec<_> = additional.collect();
        // Where both sides have something that the other has not, a name may be derived wrongly.
        let names = lacking
            .iter()
            .map(|member| format!("{owner}.{}", member.name));
        if additional.is_empty() {
            self.proof.lacking.extend(names);
        } else if lacking.is_empty() {
            self.additional(owner, additional.into_iter());
        } else {
            let names: Vec<_> = names.collect();
            self.wrong(format!("{names:?} may be {additional:?}"));
        }
        for member in given {
            self.proof.members += 1;
            let kind = smithy::member_kind(self.service, &structure, member);
            let found = &taken[&name_of(&structure, member)];
            let boxed = smithy::is_recursive(self.service, shape, member.shape);
            if !self.member_fits(&kind, found.as_ref(), boxed) {
                let found = found.as_ref().map(shown);
                self.wrong(format!(
                    "{owner}.{} takes {found:?}, not {kind:?}",
                    member.name
                ));
            }
            let getter = smithy::union_getter(member);
            if structure.union && !self.krate.has_getter(owner, &getter) {
                self.wrong(format!("{owner} has no {getter}"));
            }
            self.descend(&kind);
        }
    }

    fn descend(&mut self, kind: &Kind<ShapeId>) {
        match kind {
            Kind::List(element) | Kind::Map(element) => self.descend(element),
            Kind::Structure(shape) => self.shape(*shape),
            _ => {}
        }
    }

    fn member_fits(&self, kind: &Kind<ShapeId>, found: Option<&Type>, may_box: bool) -> bool {
        match (kind, found) {
            (Kind::Unit(_), found) => found.is_none(),
            (_, None) => false,
            (kind, Some(found)) => {
                let unboxed = argument(found, "Box").filter(|_| may_box);
                self.fits(kind, unboxed.unwrap_or(found))
            }
        }
    }

    /// Whether a type is the one that emission gives for a kind.
    fn fits(&self, kind: &Kind<ShapeId>, found: &Type) -> bool {
        let path = shown(found);
        match kind {
            Kind::String | Kind::IntegerText => path == "::std::string::String",
            Kind::Enum => self.is_text(found),
            Kind::Integer => matches!(&*path, "i8" | "i16" | "i32" | "i64"),
            Kind::Float => path == "f32",
            Kind::Double => path == "f64",
            Kind::Boolean => path == "bool",
            Kind::Timestamp => path == "::aws_smithy_types::DateTime",
            Kind::Blob => path == "::aws_smithy_types::Blob",
            Kind::Stream => path == "::aws_smithy_types::byte_stream::ByteStream",
            Kind::Document => path == "::aws_smithy_types::Document",
            Kind::List(element) => {
                argument(found, "Vec").is_some_and(|found| self.fits(element, found))
            }
            Kind::Map(value) => match arguments(found, "HashMap").as_slice() {
                [key, found] => self.is_text(key) && self.fits(value, found),
                _ => false,
            },
            Kind::Structure(shape) => {
                let name = smithy::type_name(self.service, *shape);
                path == format!("crate::types::{name}")
            }
            Kind::Unit(_) => false,
        }
    }

    /// A string, or an enum that can be made of one.
    fn is_text(&self, found: &Type) -> bool {
        let name = last_segment(found).unwrap_or_default();
        let path = shown(found);
        let is_enum = path == format!("crate::types::{name}") && self.krate.is_made_of_text(&name);
        is_enum || path == "::std::string::String"
    }

    fn wrong(&mut self, what: String) {
        self.proof
            .wrong
            .push(format!("{}: {what}", self.krate.name));
    }

    fn additional<'a>(&mut self, owner: &str, names: impl Iterator<Item = &'a String>) {
        let names = names.map(|name| format!("{owner}.{name}"));
        self.proof.additional.extend(names);
    }
}

fn name_of(structure: &Structure, member: &runbookc::catalogue::Member) -> String {
    if structure.union {
        smithy::variant(member)
    } else {
        smithy::setter(member)
    }
}

/// A type as the sources write it, without its arguments.
fn shown(kind: &Type) -> String {
    let Type::Path(path) = kind else {
        return "something that is no path".to_owned();
    };
    let root = path.path.leading_colon.as_ref().map_or("", |_| "::");
    let segments = path.path.segments.iter();
    let segments: Vec<_> = segments.map(|segment| segment.ident.to_string()).collect();
    format!("{root}{}", segments.join("::"))
}

impl Proof {
    /// All of them together, without their lists.
    pub(crate) fn sum(proofs: &[Proof]) -> String {
        let sum = |count: fn(&Proof) -> usize| proofs.iter().map(count).sum::<usize>();
        format!(
            "together: {} operations, {} members, {} nested types; {} wrong, {} not in the crates, {} not in the models",
            sum(|proof| proof.operations),
            sum(|proof| proof.members),
            sum(|proof| proof.types),
            sum(|proof| proof.wrong.len()),
            sum(|proof| proof.lacking.len()),
            sum(|proof| proof.additional.len()),
        )
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}: {} operations, {} members, {} nested types; {} wrong, {} not in the crate, {} not in the model",
            self.title,
            self.operations,
            self.members,
            self.types,
            self.wrong.len(),
            self.lacking.len(),
            self.additional.len(),
        )?;
        for lacking in &self.lacking {
            write!(formatter, "\n  not in the crate: {lacking}")?;
        }
        for additional in &self.additional {
            write!(formatter, "\n  not in the model: {additional}")?;
        }
        Ok(())
    }
}
