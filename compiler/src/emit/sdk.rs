//! What a runbook calls of the SDK, and where the SDK's sources have it.
//!
//! Taken before anything is built, to compare it with the crates that cargo resolved.

use std::path::PathBuf;

use super::smithy;
use crate::catalogue::{Service, ShapeId, Structure};
use crate::ir::{ApiCall, ApiField, ApiItem, ApiValue, Runbook};
use crate::source::Span;

/// A call of an operation.
#[derive(Clone, Debug)]
pub struct SdkCall {
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

/// What a runbook calls, in the order of its steps.
pub fn sdk_calls(runbook: &Runbook) -> Vec<SdkCall> {
    runbook.calls().map(sdk_call).collect()
}

fn sdk_call(call: &ApiCall) -> SdkCall {
    let mut setters = Setters {
        service: &call.service,
        found: Vec::new(),
    };
    let file = smithy::builders_file(&call.operation);
    let input = call.operation.input;
    let input = input.and_then(|input| call.service.structure(input));
    if let Some(input) = input {
        setters.fields("", &file, input, &call.input);
    }
    SdkCall {
        krate: call.service.crate_name(),
        service: call.written_service.clone(),
        operation: call.operation.name.clone(),
        span: call.span,
        setters: setters.found,
    }
}

struct Setters<'a> {
    service: &'a Service,
    found: Vec<SdkSetter>,
}

impl Setters<'_> {
    fn fields(&mut self, around: &str, file: &str, structure: &Structure, fields: &[ApiField]) {
        for field in fields {
            let Some(member) = structure.member(&field.name) else {
                continue;
            };
            let path = format!("{around}{}", field.name);
            self.found.push(SdkSetter {
                member: path.clone(),
                file: file.into(),
                method: if structure.union {
                    smithy::union_getter(member)
                } else {
                    smithy::setter(member)
                },
            });
            self.value(&path, &field.value);
        }
    }

    fn value(&mut self, path: &str, value: &ApiValue) {
        match value {
            ApiValue::Structure(shape, fields) => self.structure(path, *shape, fields),
            ApiValue::List(_, items) => {
                for item in items {
                    if let ApiItem::One(value) = item {
                        self.value(path, value);
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
}
