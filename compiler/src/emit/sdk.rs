//! What a runbook calls of the SDK, and where the SDK's sources have it.
//!
//! Taken before anything is built, to compare it with the crates that cargo resolved.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::smithy;
use crate::catalogue::{Service, ShapeId, ShapeKind, Structure};
use crate::ir::{ApiCall, ApiField, ApiItem, ApiValue, Runbook};
use crate::repeat::{self, TokenMember};
use crate::source::Span;

/// A call of an operation.
#[derive(Clone, Debug)]
pub struct SdkCall {
    /// The runbook that makes it.
    pub runbook: String,
    /// The crate: `aws-sdk-ecs`.
    pub krate: String,
    /// The service, in the runbook's words.
    pub service: String,
    /// The operation's API name: `RunTask`.
    pub operation: String,
    /// Where the runbook names the operation.
    pub span: Span,
    /// What the call sets, nested structures included.
    pub setters: Vec<SdkSetter>,
    /// What else it may set, and can do without: what a value that is handed whole to a member may hold beneath it, and the
    /// token by which the call is recognised.
    pub reached: Vec<SdkSetter>,
}

/// A member that a call gives, and the method of the SDK that stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdkSetter {
    /// The member with those around it: `networkConfiguration.awsvpcConfiguration`.
    pub member: String,
    /// The file, below the crate's folder, that declares the method.
    pub file: PathBuf,
    /// The method: `set_awsvpc_configuration`, or `as_ss` for a member of a union.
    pub method: String,
}

/// What a runbook calls, in the order of its steps; then what those call that its steps start.
pub fn sdk_calls(runbook: &Runbook) -> Vec<SdkCall> {
    let linked = runbook.linked.iter().map(|linked| &linked.runbook);
    let runbooks = std::iter::once(runbook).chain(linked);
    let calls = runbooks.flat_map(|runbook| {
        let calls = runbook.calls();
        calls.map(|call| sdk_call(&runbook.name, call))
    });
    calls.collect()
}

fn sdk_call(runbook: &str, call: &ApiCall) -> SdkCall {
    let mut setters = Setters {
        service: &call.service,
        found: Vec::new(),
        reached: Vec::new(),
        seen: BTreeSet::new(),
    };
    let file = smithy::builders_file(&call.operation);
    let input = call.operation.input;
    let input = input.and_then(|input| call.service.structure(input));
    if let Some(input) = input {
        setters.fields("", &file, input, &call.input);
    }
    setters.token(&file, call);
    SdkCall {
        runbook: runbook.to_owned(),
        krate: call.service.crate_name(),
        service: call.written_service.clone(),
        operation: call.operation.name.clone(),
        span: call.span,
        setters: setters.found,
        reached: setters.reached,
    }
}

struct Setters<'a> {
    service: &'a Service,
    found: Vec<SdkSetter>,
    reached: Vec<SdkSetter>,
    seen: BTreeSet<ShapeId>,
}

impl Setters<'_> {
    /// The token that is sent where the author gives none. The call is one without it, too.
    fn token(&mut self, file: &str, call: &ApiCall) {
        let token = repeat::token(&call.service, &call.operation);
        let given = |member: &str| call.input.iter().any(|field| field.name == member);
        if let Some(TokenMember { member, .. }) = token.filter(|token| !given(&token.member)) {
            self.reached.push(SdkSetter {
                file: file.into(),
                method: smithy::setter_of(&member),
                member,
            });
        }
    }

    fn fields(&mut self, around: &str, file: &str, structure: &Structure, fields: &[ApiField]) {
        for field in fields {
            let Some(member) = structure.member(&field.name) else {
                continue;
            };
            let path = format!("{around}{}", field.name);
            self.found.push(SdkSetter {
                member: path.clone(),
                file: file.into(),
                method: smithy::member_method(structure, member),
            });
            self.value(&path, &field.value);
        }
    }

    fn value(&mut self, path: &str, value: &ApiValue) {
        match value {
            ApiValue::Structure(shape, fields) => self.structure(path, *shape, fields),
            ApiValue::Whole(shape, _) => self.reach(path, *shape),
            ApiValue::List(_, items) => {
                for item in items {
                    match item {
                        ApiItem::One(value) => self.value(path, value),
                        ApiItem::Splice(_) => self.reach(path, value.shape()),
                    }
                }
            }
            ApiValue::Map(_, entries) => {
                for entry in entries {
                    self.value(path, &entry.value);
                }
            }
            ApiValue::Strings(..)
            | ApiValue::Scalar(..)
            | ApiValue::Float(..)
            | ApiValue::Encoded(..) => {}
        }
    }

    fn structure(&mut self, path: &str, shape: ShapeId, fields: &[ApiField]) {
        if let Some(structure) = self.service.structure(shape) {
            let file = smithy::type_file(self.service, shape);
            self.fields(&format!("{path}."), &file, structure, fields);
        }
    }

    /// All that a shape may hold.
    fn reach(&mut self, path: &str, shape: ShapeId) {
        match &self.service.shape(shape).kind {
            ShapeKind::List(list) => self.reach(path, list.member.shape),
            ShapeKind::Map(map) => self.reach(path, map.value.shape),
            ShapeKind::Structure(structure) if self.seen.insert(shape) => {
                let file = PathBuf::from(smithy::type_file(self.service, shape));
                for member in &structure.members {
                    let path = format!("{path}.{}", member.name);
                    self.reached.push(SdkSetter {
                        member: path.clone(),
                        file: file.clone(),
                        method: smithy::member_method(structure, member),
                    });
                    self.reach(&path, member.shape);
                }
            }
            _ => {}
        }
    }
}
