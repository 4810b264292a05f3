//! Inputs with every member that a runbook can give, made from the models.

use std::collections::BTreeMap;
use std::path::Path;

use runbookc::catalogue::{Bounds, Member, Operation, Service, ShapeId, ShapeKind, Structure};
use runbookc::emit::smithy;
use runbookc_tests::sdk::Unpacked;
use serde_json::{Map, Value, json};

/// Makes inputs of one service's operations.
pub(crate) struct Inputs<'a> {
    service: &'a Service,
    /// Where there is a crate, only what it has is given: it may be older than the model.
    krate: Option<&'a Unpacked>,
    /// Whether optional members are given too.
    all: bool,
    /// Whether members with parts are handed over whole, by references.
    handed: bool,
    /// The structures around the value; one within itself is given once more, and no deeper.
    around: Vec<ShapeId>,
    /// How often each union was made: every time another member is chosen.
    unions: BTreeMap<ShapeId, usize>,
}

impl<'a> Inputs<'a> {
    pub(crate) fn new(service: &'a Service, krate: Option<&'a Unpacked>) -> Self {
        Self {
            service,
            krate,
            all: true,
            handed: false,
            around: Vec::new(),
            unions: BTreeMap::new(),
        }
    }

    /// An input with all members, if runbooks can call the operation at all.
    pub(crate) fn whole(&mut self, operation: &Operation) -> Option<Value> {
        self.all = true;
        self.of(operation)
    }

    /// An input with all members, those with parts as references to the parameters `Map` and `Maps`.
    pub(crate) fn handed(&mut self, operation: &Operation) -> Option<Value> {
        self.all = true;
        self.handed = true;
        let input = self.of(operation);
        self.handed = false;
        input
    }

    /// An input with required members only, if runbooks can call the operation at all.
    pub(crate) fn least(&mut self, operation: &Operation) -> Option<Value> {
        self.all = false;
        self.of(operation)
    }

    fn of(&mut self, operation: &Operation) -> Option<Value> {
        if operation.event_stream_input || self.answers_with_a_stream(operation) {
            return None;
        }
        let Some(input) = operation.input else {
            return Some(json!({}));
        };
        let file = smithy::builders_file(operation);
        self.members(self.service.structure(input)?, &file)
    }

    fn answers_with_a_stream(&self, operation: &Operation) -> bool {
        let output = operation.output.and_then(|id| self.service.structure(id));
        let mut members = output.iter().flat_map(|output| &output.members);
        operation.event_stream_output || members.any(|member| member.streaming)
    }

    fn members(&mut self, structure: &Structure, file: &str) -> Option<Value> {
        let mut given = Map::new();
        let wanted = |member: &&Member| self.all || member.required;
        let wanted: Vec<_> = structure.members.iter().filter(wanted).collect();
        for member in wanted {
            // At the top, both are the step's own inputs.
            let is_own = self.around.is_empty() && ["Service", "Api"].contains(&&*member.name);
            let setter = smithy::setter(member);
            let value = (!is_own).then(|| self.member(member, file, &setter));
            match value.flatten() {
                Some(value) => _ = given.insert(member.name.clone(), value),
                None if member.required => return None,
                None => {}
            }
        }
        Some(given.into())
    }

    fn member(&mut self, member: &Member, file: &str, method: &str) -> Option<Value> {
        let known = self
            .krate
            .is_none_or(|krate| krate.declares(Path::new(file), method));
        // Runbooks give no streams.
        (known && !member.streaming)
            .then(|| self.value(member.shape))
            .flatten()
    }

    /// The reference that is handed over in place of a value with parts.
    fn reference(&self, shape: ShapeId) -> Option<Value> {
        let reference = match &self.service.shape(shape).kind {
            ShapeKind::Structure(structure) if structure.event_stream => return None,
            ShapeKind::Structure(_) | ShapeKind::Map(_) | ShapeKind::Document => "{{ Map }}",
            ShapeKind::List(list) => match self.service.shape(list.member.shape).kind {
                ShapeKind::Structure(_) | ShapeKind::Map(_) => "{{ Maps }}",
                _ => return None,
            },
            _ => return None,
        };
        Some(json!(reference))
    }

    fn value(&mut self, shape: ShapeId) -> Option<Value> {
        let at_the_top = self.around.is_empty();
        if let Some(reference) = self.reference(shape).filter(|_| self.handed && at_the_top) {
            return Some(reference);
        }
        Some(match &self.service.shape(shape).kind {
            ShapeKind::Structure(structure) => self.structure(shape, structure)?,
            ShapeKind::List(list) => {
                let count = list.length.min.unwrap_or(1).max(1);
                let elements = (0..count).map(|_| self.value(list.member.shape));
                elements.collect::<Option<Vec<_>>>()?.into()
            }
            ShapeKind::Map(map) => {
                let key = self.value(map.key.shape)?;
                json!({ key.as_str()?: self.value(map.value.shape)? })
            }
            ShapeKind::String(string) => match string.enumeration.first() {
                Some(first) => json!(first),
                None => json!("x".repeat(usize::try_from(within(1, string.length)).ok()?)),
            },
            ShapeKind::Integer(bounds) | ShapeKind::Long(bounds) => json!(within(1, *bounds)),
            ShapeKind::Float(bounds) | ShapeKind::Double(bounds) => {
                json!(bounds.min.unwrap_or(0.5))
            }
            ShapeKind::Boolean => json!(true),
            ShapeKind::Timestamp(_) => json!("2026-01-02T03:04:05Z"),
            ShapeKind::Blob(_) => json!("bytes"),
            ShapeKind::Document => json!({ "any": [1, -2.5, "value"] }),
        })
    }

    fn structure(&mut self, shape: ShapeId, structure: &Structure) -> Option<Value> {
        let depth = self.around.iter().filter(|around| **around == shape);
        if structure.event_stream || depth.count() > 1 {
            return None;
        }
        let file = smithy::type_file(self.service, shape);
        self.around.push(shape);
        let value = if structure.union {
            self.union(shape, structure, &file)
        } else {
            self.members(structure, &file)
        };
        self.around.pop();
        value
    }

    /// The next member in turn that can be given.
    fn union(&mut self, shape: ShapeId, structure: &Structure, file: &str) -> Option<Value> {
        let turn = self.unions.entry(shape).or_default();
        let first = *turn;
        *turn += 1;
        let members = structure.members.iter().cycle().skip(first);
        let mut values = members.take(structure.members.len()).map(|member| {
            let value = self.member(member, file, &smithy::union_getter(member));
            Some(json!({ &*member.name: value? }))
        });
        values.find_map(|value| value)
    }
}

fn within(wished: i64, bounds: Bounds<i64>) -> i64 {
    wished
        .max(bounds.min.unwrap_or(wished))
        .min(bounds.max.unwrap_or(i64::MAX))
}
