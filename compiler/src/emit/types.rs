//! The types of the requests: for every operation a struct with just the members that this runbook gives.
//!
//! Where several steps call one operation, the struct has the members of all of them; a member that one of them
//! leaves out is optional.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use proc_macro2::Ident;

use super::names::{self, Unique};
use super::smithy::{self, Kind};
use super::whole::{Lacks, Wholes};
use crate::catalogue::{Member, Operation, Service, ShapeId, ShapeKind};
use crate::ir::{ApiCall, ApiField, ApiItem, ApiValue, Runbook};
use crate::repeat::{self, Form, Repeat, TokenMember};

/// All request types of a runbook.
#[derive(Debug)]
pub(crate) struct RequestTypes {
    /// The structs, in the order in which the steps first use them; operations before what they hold.
    pub(crate) structs: Vec<RequestStruct>,
    /// The shapes of what is handed whole to an API.
    pub(crate) wholes: Wholes,
    positions: BTreeMap<Key, usize>,
}

/// What a struct stands for: an operation's input, or a shape of a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Operation(String, String),
    Shape(String, ShapeId),
}

/// One struct, or an enum for a union.
#[derive(Debug)]
pub(crate) struct RequestStruct {
    /// Its name in Rust.
    pub(crate) name: Ident,
    /// The service it belongs to.
    pub(crate) service: Arc<Service>,
    /// The name of the operation or shape in the model.
    pub(crate) model_name: String,
    /// Its name in the SDK: the client's method for an operation, else the type.
    pub(crate) sdk: Ident,
    /// Whether it is the input of an operation.
    pub(crate) is_operation: bool,
    /// Whether exactly one member is given.
    pub(crate) is_union: bool,
    /// Whether it is no type of the SDK: choosing it in a union says everything.
    pub(crate) is_unit: bool,
    /// The members, in the order of the model.
    pub(crate) fields: Vec<RequestField>,
    /// By what an operation's calls are recognised, and what it means to make them again.
    pub(crate) repetition: Option<Repetition>,
}

/// What happens when a call is made again.
#[derive(Debug)]
pub(crate) struct Repetition {
    /// What it means, if the token is sent.
    pub(crate) repeat: Repeat,
    /// The token, where the operation takes one.
    pub(crate) token: Option<Token>,
}

/// A token, and where it goes.
#[derive(Debug)]
pub(crate) struct Token {
    /// The member.
    pub(crate) member: String,
    /// The form of the token that it takes.
    pub(crate) form: Form,
    /// Its setter in the SDK.
    pub(crate) setter: String,
    /// The file that declares the setter, below the crate's folder.
    pub(crate) file: PathBuf,
}

/// A member of a struct.
#[derive(Debug)]
pub(crate) struct RequestField {
    /// The name in the model.
    pub(crate) member: String,
    /// The name in Rust.
    pub(crate) name: Ident,
    /// Its name in the SDK: the variant in a union, else the setter.
    pub(crate) sdk: Ident,
    /// Its shape in the model.
    pub(crate) shape: ShapeId,
    /// Its type; a document where a value is handed to it whole.
    pub(crate) kind: FieldType,
    /// Whether some use leaves it out.
    pub(crate) optional: bool,
    /// Whether it holds a value of a type that holds it, so that it needs a box.
    pub(crate) boxed: bool,
    /// Whether the SDK may want a box.
    pub(crate) sdk_may_box: bool,
}

/// The type of a member; a struct by its position in [`RequestTypes::structs`].
pub(crate) type FieldType = Kind<usize>;

impl RequestTypes {
    /// The types that the calls of a runbook need.
    pub(crate) fn of(runbook: &Runbook) -> Self {
        let mut uses = Uses::default();
        for call in runbook.calls() {
            uses.find_wholes(&Key::operation(call), &call.service, &call.input);
        }
        for call in runbook.calls() {
            uses.call(call);
        }
        uses.types()
    }

    /// The struct of an operation's input.
    pub(crate) fn operation(&self, call: &ApiCall) -> &RequestStruct {
        self.get(&Key::operation(call))
    }

    /// The struct of a shape.
    pub(crate) fn shape(&self, service: &Service, shape: ShapeId) -> &RequestStruct {
        self.get(&Key::Shape(service.name.clone(), shape))
    }

    /// The structs of operations.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &RequestStruct> {
        self.structs.iter().filter(|request| request.is_operation)
    }

    #[allow(
        clippy::indexing_slicing,
        reason = "every call of the runbook has been walked"
    )]
    fn get(&self, key: &Key) -> &RequestStruct {
        &self.structs[self.positions[key]]
    }
}

impl Key {
    fn operation(call: &ApiCall) -> Self {
        Self::Operation(call.service.name.clone(), call.operation.name.clone())
    }
}

/// How often each struct and each of its members is given.
#[derive(Default)]
struct Uses {
    order: Vec<(Key, Arc<Service>)>,
    structs: BTreeMap<Key, StructUses>,
    /// The members that some use hands a value to whole: they are documents in every use.
    whole: BTreeSet<(Key, String)>,
    wholes: Wholes,
}

#[derive(Default)]
struct StructUses {
    times: usize,
    members: BTreeMap<String, usize>,
}

impl Uses {
    fn call(&mut self, call: &ApiCall) {
        self.structure(Key::operation(call), &call.service, &call.input);
    }

    fn structure(&mut self, key: Key, service: &Arc<Service>, fields: &[ApiField]) {
        if !self.structs.contains_key(&key) {
            self.order.push((key.clone(), Arc::clone(service)));
        }
        let uses = self.structs.entry(key.clone()).or_default();
        uses.times += 1;
        for field in fields {
            *uses.members.entry(field.name.clone()).or_default() += 1;
        }
        for field in fields {
            if self.whole.contains(&(key.clone(), field.name.clone())) {
                self.wholes.add(service, field.value.shape());
            } else {
                self.value(service, &field.value);
            }
        }
    }

    /// Finds the members that a value is handed to whole.
    fn find_wholes(&mut self, key: &Key, service: &Service, fields: &[ApiField]) {
        for field in fields {
            let kind = smithy::kind(service, field.value.shape());
            if kind.holds_document() || is_whole(service, &field.value) {
                self.whole.insert((key.clone(), field.name.clone()));
            }
            self.find_wholes_in(service, &field.value);
        }
    }

    fn find_wholes_in(&mut self, service: &Service, value: &ApiValue) {
        match value {
            ApiValue::Structure(shape, fields) => {
                let key = Key::Shape(service.name.clone(), *shape);
                self.find_wholes(&key, service, fields);
            }
            ApiValue::List(_, items) => {
                for item in items {
                    if let ApiItem::One(value) = item {
                        self.find_wholes_in(service, value);
                    }
                }
            }
            ApiValue::Map(_, entries) => {
                for entry in entries {
                    self.find_wholes_in(service, &entry.value);
                }
            }
            ApiValue::Strings(..)
            | ApiValue::Scalar(..)
            | ApiValue::Float(..)
            | ApiValue::Encoded(..)
            | ApiValue::Whole(..) => {}
        }
    }

    fn value(&mut self, service: &Arc<Service>, value: &ApiValue) {
        match value {
            ApiValue::Structure(shape, fields) => {
                self.structure(Key::Shape(service.name.clone(), *shape), service, fields);
            }
            ApiValue::List(shape, items) => {
                if items.is_empty() {
                    self.nothing(service, *shape);
                }
                for item in items {
                    if let ApiItem::One(value) = item {
                        self.value(service, value);
                    }
                }
            }
            ApiValue::Map(shape, entries) => {
                if entries.is_empty() {
                    self.nothing(service, *shape);
                }
                for entry in entries {
                    self.value(service, &entry.value);
                }
            }
            ApiValue::Strings(..)
            | ApiValue::Scalar(..)
            | ApiValue::Float(..)
            | ApiValue::Encoded(..)
            | ApiValue::Whole(..) => {}
        }
    }

    /// An empty list or map holds no structure, but its type names one.
    fn nothing(&mut self, service: &Arc<Service>, shape: ShapeId) {
        match &service.shape(shape).kind {
            ShapeKind::List(list) => self.nothing(service, list.member.shape),
            ShapeKind::Map(map) => self.nothing(service, map.value.shape),
            ShapeKind::Structure(_) => {
                let key = Key::Shape(service.name.clone(), shape);
                if !self.structs.contains_key(&key) {
                    self.order.push((key.clone(), Arc::clone(service)));
                    self.structs.insert(key, StructUses::default());
                }
            }
            _ => {}
        }
    }

    fn types(self) -> RequestTypes {
        let keys = self.order.iter().map(|(key, _)| key.clone());
        let positions: BTreeMap<Key, usize> = keys.zip(0..).collect();
        let names = type_names(&self.order);
        let mut structs: Vec<RequestStruct> = self
            .order
            .iter()
            .zip(names)
            .filter_map(|((key, service), name)| {
                let uses = self.structs.get(key)?;
                Some(self.request_struct(key, service, uses, name, &positions))
            })
            .collect();
        box_cycles(&mut structs);
        RequestTypes {
            structs,
            wholes: self.wholes,
            positions,
        }
    }

    fn request_struct(
        &self,
        key: &Key,
        service: &Arc<Service>,
        uses: &StructUses,
        name: String,
        positions: &BTreeMap<Key, usize>,
    ) -> RequestStruct {
        let operation = match key {
            Key::Operation(_, operation) => service.operation(operation),
            Key::Shape(..) => None,
        };
        let shape = match key {
            Key::Operation(..) => operation.and_then(|operation| operation.input),
            Key::Shape(_, shape) => Some(*shape),
        };
        let fields = shape.map(|shape| self.request_fields(key, service, shape, uses, positions));
        let structure = shape.and_then(|shape| service.structure(shape));
        let sdk = match (operation, shape) {
            (Some(operation), _) => smithy::method(operation),
            (None, Some(shape)) => smithy::type_name(service, shape),
            (None, None) => String::new(),
        };
        RequestStruct {
            name: names::identifier(&name),
            service: Arc::clone(service),
            model_name: model_name(key, service).to_owned(),
            sdk: names::identifier(&sdk),
            is_operation: matches!(key, Key::Operation(..)),
            is_union: structure.is_some_and(|structure| structure.union),
            is_unit: shape.is_some_and(|shape| smithy::is_unit(service.shape(shape))),
            fields: fields.unwrap_or_default(),
            repetition: operation.map(|operation| Repetition::of(service, operation)),
        }
    }

    fn request_fields(
        &self,
        key: &Key,
        service: &Service,
        shape: ShapeId,
        uses: &StructUses,
        positions: &BTreeMap<Key, usize>,
    ) -> Vec<RequestField> {
        let mut unique = Unique::default();
        let structure = service.structure(shape).cloned().unwrap_or_default();
        let field = |member: &Member| {
            let times = *uses.members.get(&member.name)?;
            let sdk = if structure.union {
                smithy::variant(member)
            } else {
                smithy::setter(member)
            };
            let whole = self.whole.contains(&(key.clone(), member.name.clone()));
            let kind = match whole {
                true => Kind::Document,
                false => smithy::member_kind(service, &structure, member)
                    .map(&|shape| position(service, *shape, positions)),
            };
            Some(RequestField {
                member: member.name.clone(),
                name: names::identifier(&unique.take(&names::snake(&member.name))),
                sdk: names::identifier(&sdk),
                shape: member.shape,
                kind,
                optional: times < uses.times,
                boxed: false,
                sdk_may_box: smithy::is_recursive(service, shape, member.shape),
            })
        };
        structure.members.iter().filter_map(field).collect()
    }
}

impl Repetition {
    fn of(service: &Service, operation: &Operation) -> Self {
        let token = repeat::token(service, operation);
        Self {
            repeat: repeat::repeat(service, operation),
            token: token.map(|TokenMember { member, form }| Token {
                setter: smithy::setter_of(&member),
                file: smithy::builders_file(operation).into(),
                member,
                form,
            }),
        }
    }
}

impl RequestStruct {
    /// The token that is sent where a runbook gives none itself; none where the resolved crate lacks the member.
    pub(crate) fn token(&self, lacks: &Lacks) -> Option<&Token> {
        let token = self.repetition.as_ref()?.token.as_ref()?;
        let lack = (
            self.service.crate_name(),
            token.file.clone(),
            token.setter.clone(),
        );
        (!lacks.contains(&lack)).then_some(token)
    }

    /// What it means to make a call again.
    pub(crate) fn repeat(&self, lacks: &Lacks) -> Repeat {
        match self.repetition.as_ref().map(|repetition| repetition.repeat) {
            Some(Repeat::Recognised) if self.token(lacks).is_none() => Repeat::Unknown,
            Some(repeat) => repeat,
            None => Repeat::Unknown,
        }
    }

    /// The field in which a runbook gives a member itself.
    pub(crate) fn field(&self, member: &str) -> Option<&RequestField> {
        self.fields.iter().find(|field| field.member == member)
    }
}

/// The model's own names; a name that two services share has the service before it.
fn type_names(order: &[(Key, Arc<Service>)]) -> Vec<String> {
    let mut unique = Unique::without(&[
        "Request",
        "Local",
        "Script",
        "Webhook",
        "Child",
        "Operation",
        "Repeat",
        "Serialize",
        "BTreeMap",
        "Document",
        "String",
        "Vec",
        "Option",
        "Box",
        "From",
    ]);
    let mut seen: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (key, service) in order {
        let services = seen.entry(plain_name(key, service)).or_default();
        services.insert(&service.name);
    }
    let shared = |name: &str| seen.get(name).is_some_and(|services| services.len() > 1);
    order
        .iter()
        .map(|(key, service)| {
            let name = plain_name(key, service);
            if shared(&name) {
                unique.take_type(&format!("{}{name}", names::pascal(&service.name)))
            } else {
                unique.take_type(&name)
            }
        })
        .collect()
}

fn plain_name(key: &Key, service: &Service) -> String {
    match key {
        Key::Operation(_, operation) => names::pascal(operation),
        Key::Shape(_, shape) => smithy::type_name(service, *shape),
    }
}

fn model_name<'a>(key: &'a Key, service: &'a Service) -> &'a str {
    match key {
        Key::Operation(_, operation) => operation,
        Key::Shape(_, shape) => &service.shape(*shape).name,
    }
}

fn position(service: &Service, shape: ShapeId, positions: &BTreeMap<Key, usize>) -> usize {
    let key = Key::Shape(service.name.clone(), shape);
    let position = positions.get(&key).copied();
    position.unwrap_or_else(|| unreachable!("every structure of a given member has been walked"))
}

/// Whether a value is, or has beside its structures, something that is handed over whole.
pub(crate) fn is_whole(service: &Service, value: &ApiValue) -> bool {
    match value {
        ApiValue::Whole(..) => true,
        ApiValue::List(shape, items) => items.iter().any(|item| match item {
            ApiItem::One(value) => is_whole(service, value),
            ApiItem::Splice(_) => !is_list_of_texts(service, *shape),
        }),
        ApiValue::Map(_, entries) => entries.iter().any(|entry| is_whole(service, &entry.value)),
        ApiValue::Structure(..)
        | ApiValue::Strings(..)
        | ApiValue::Scalar(..)
        | ApiValue::Float(..)
        | ApiValue::Encoded(..) => false,
    }
}

fn is_list_of_texts(service: &Service, shape: ShapeId) -> bool {
    let ShapeKind::List(list) = &service.shape(shape).kind else {
        return false;
    };
    matches!(
        service.shape(list.member.shape).kind,
        ShapeKind::String(_) | ShapeKind::Blob(_) | ShapeKind::Timestamp(_)
    )
}

/// Boxes the members through which a struct would hold itself.
fn box_cycles(structs: &mut [RequestStruct]) {
    let edges: Vec<Vec<usize>> = structs
        .iter()
        .map(|request| {
            let fields = request.fields.iter();
            fields.filter_map(RequestField::direct_struct).collect()
        })
        .collect();
    for (position, request) in structs.iter_mut().enumerate() {
        for field in &mut request.fields {
            field.boxed = field
                .direct_struct()
                .is_some_and(|target| reaches(&edges, target, position));
        }
    }
}

fn reaches(edges: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(position) = open.pop() {
        if position == to {
            return true;
        }
        if seen.insert(position) {
            open.extend(edges.get(position).into_iter().flatten());
        }
    }
    false
}

impl RequestField {
    fn direct_struct(&self) -> Option<usize> {
        match self.kind {
            Kind::Structure(position) => Some(position),
            _ => None,
        }
    }
}
