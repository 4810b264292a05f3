//! Calls that an action makes by itself: requests by the service's model, from an action's inputs and from what
//! earlier answers tell.

use std::sync::Arc;

use crate::catalogue::{Catalogue, Operation, Service, ShapeId, ShapeKind};
use crate::document::{Step, Type};
use crate::ir::{ApiCall, ApiField, ApiItem, ApiValue, Data, Expression, Parameter};
use crate::source::Span;

/// A value on its way into a request.
#[derive(Clone, Debug)]
pub(super) enum Given {
    /// A value without parts, or a whole list of strings.
    Value(Expression),
    /// A list of strings.
    Strings(Vec<Element>),
    /// A list.
    List(Vec<Given>),
    /// A structure.
    Map(Vec<(&'static str, Given)>),
    /// Maps of values of any type, each encoded as a list of texts (spec 2.3).
    Encoded(Data),
    /// What was checked against the model already.
    Checked(ApiValue),
}

/// An element of a list of strings.
#[derive(Clone, Debug)]
pub(super) enum Element {
    /// A text.
    One(Expression),
    /// All elements of a list (spec 3.3).
    All(Expression),
}

/// An operation that an action calls.
pub(super) struct Called {
    pub(super) service: Arc<Service>,
    pub(super) operation: Operation,
}

impl Called {
    /// The operation; none if the service models lack it, which those that are embedded do not.
    pub(super) fn find(catalogue: &Catalogue, service: &str, operation: &str) -> Option<Self> {
        let service = catalogue.find(service)?;
        let operation = service.operation(operation)?.clone();
        Some(Self { service, operation })
    }

    /// The shape of a member of its input.
    pub(super) fn member(&self, name: &str) -> Option<ShapeId> {
        let structure = self.service.structure(self.operation.input?)?;
        Some(structure.member(name)?.shape)
    }

    /// A call of it by a step.
    pub(super) fn with(self, step: &Step, members: Vec<(&'static str, Given)>) -> Option<ApiCall> {
        self.at(step.action.span, members)
    }

    /// A call of it for the sake of what stands at a place.
    pub(super) fn at(self, span: Span, members: Vec<(&'static str, Given)>) -> Option<ApiCall> {
        let input = match self.operation.input {
            Some(input) => fields(&self.service, input, members)?,
            None => Vec::new(),
        };
        Some(ApiCall {
            written_service: self.service.name.clone(),
            written_api: self.operation.name.clone(),
            span,
            operation: self.operation,
            service: self.service,
            converts: true,
            input,
        })
    }
}

/// A call of an operation with these members.
pub(super) fn call(
    step: &Step,
    catalogue: &Catalogue,
    (service, operation): (&str, &str),
    members: Vec<(&'static str, Given)>,
) -> Option<ApiCall> {
    Called::find(catalogue, service, operation)?.with(step, members)
}

/// The call that reads what defaults take from Parameter Store, if any does (spec 2.4).
pub(in crate::check) fn stored(catalogue: &Catalogue, parameters: &[Parameter]) -> Option<ApiCall> {
    let mut stored = parameters.iter().flat_map(|parameter| &parameter.stored);
    stored.next()?;
    let called = Called::find(catalogue, "ssm", "GetParameters")?;
    called.at(Span::default(), vec![("Names", told_list("wanted"))])
}

/// A text.
pub(super) fn text(text: &str) -> Given {
    Given::Value(Expression::String(text.to_owned()))
}

/// A text that earlier answers tell. Generated code calls it `name`.
pub(super) fn told(name: &'static str) -> Given {
    Given::Value(Expression::Told(name, Type::String))
}

/// A list of strings that earlier answers tell.
pub(super) fn told_list(name: &'static str) -> Given {
    Given::Value(Expression::Told(name, Type::StringList))
}

/// The members of a structure, in the order of the model.
fn fields(
    service: &Service,
    shape: ShapeId,
    mut given: Vec<(&'static str, Given)>,
) -> Option<Vec<ApiField>> {
    let mut fields = Vec::new();
    for member in &service.structure(shape)?.members {
        if let Some(position) = given.iter().position(|(name, _)| *name == member.name) {
            let (_, value) = given.swap_remove(position);
            fields.push(ApiField {
                name: member.name.clone(),
                value: api_value(service, member.shape, value)?,
            });
        }
    }
    given.is_empty().then_some(fields)
}

fn api_value(service: &Service, shape: ShapeId, given: Given) -> Option<ApiValue> {
    Some(match (given, &service.shape(shape).kind) {
        (Given::Checked(value), _) => value,
        (Given::Encoded(data), _) => ApiValue::Encoded(shape, data),
        (Given::Value(expression), ShapeKind::List(_)) => ApiValue::Strings(shape, expression),
        (Given::Value(expression), _) => ApiValue::Scalar(shape, expression),
        (Given::List(elements), ShapeKind::List(list)) => {
            let elements = elements.into_iter();
            let items = elements.map(|element| api_value(service, list.member.shape, element));
            let items = items.map(|value| value.map(ApiItem::One));
            ApiValue::List(shape, items.collect::<Option<_>>()?)
        }
        (Given::Map(members), ShapeKind::Structure(_)) => {
            ApiValue::Structure(shape, fields(service, shape, members)?)
        }
        (Given::Strings(elements), ShapeKind::List(list)) => {
            let one = |expression| ApiItem::One(ApiValue::Scalar(list.member.shape, expression));
            let items = elements.into_iter().map(|element| match element {
                Element::One(expression) => one(expression),
                Element::All(expression) => ApiItem::Splice(expression),
            });
            ApiValue::List(shape, items.collect())
        }
        (Given::Strings(_) | Given::List(_) | Given::Map(_), _) => return None,
    })
}
