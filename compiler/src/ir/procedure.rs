//! Procedures: actions that are more than one call (spec 5.4 to 5.10, 5.14, 5.19, 5.20).
//!
//! What such an action does is written in the runtime, once; here is what it is handed for one step.

use super::{ApiCall, Expression, Texts};

/// A procedure of the runtime, and what it is handed.
#[derive(Clone, Debug)]
pub struct Procedure {
    /// Its name in the runtime: `MakeImage`.
    pub name: &'static str,
    /// Lists that several of its requests have: each an [`Expression::Shared`] of this name.
    pub shared: Vec<(&'static str, Texts)>,
    /// Its fields, in order.
    pub fields: Vec<(&'static str, Field)>,
    /// The step's inputs that no request carries, each with its text.
    pub constants: Vec<(&'static str, String)>,
}

/// What a field of a procedure holds.
#[derive(Clone, Debug)]
pub enum Field {
    /// A request.
    Call(ApiCall),
    /// A request that is not always made.
    OptionalCall(Option<ApiCall>),
    /// A function that makes a request from what earlier answers tell: the [`Expression::Told`] in the call's input.
    Later(ApiCall),
    /// The same, for a request that is not always made.
    OptionalLater(Option<ApiCall>),
    /// A function that takes such a request, with a text, and gives it with the text as the member of this name.
    Amended(ApiCall, &'static str),
    /// A value.
    Value(Expression),
    /// A variant of an enum of the runtime's: `InstanceState`, and `Stopped`.
    Variant(&'static str, &'static str),
    /// The variant of an enum of the runtime's that a text names.
    Named(&'static str, Expression),
}

impl Procedure {
    /// Every call that it makes or may make.
    pub fn calls(&self) -> impl Iterator<Item = &ApiCall> {
        self.fields.iter().filter_map(|(_, field)| field.call())
    }
}

impl Field {
    fn call(&self) -> Option<&ApiCall> {
        match self {
            Self::Call(call) | Self::Later(call) | Self::Amended(call, _) => Some(call),
            Self::OptionalCall(call) | Self::OptionalLater(call) => call.as_ref(),
            Self::Value(_) | Self::Variant(..) | Self::Named(..) => None,
        }
    }
}
