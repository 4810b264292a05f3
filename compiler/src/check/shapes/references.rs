//! Whole references in API inputs: they keep their type, and Boto3 takes no other (spec 3.3, 5.12).

use super::{Walk, in_brackets, several, type_of, wanted};
use crate::catalogue::{Service, ShapeId, ShapeKind, Structure};
use crate::check::actions;
use crate::check::scope::Typed;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Type, Value};
use crate::ir::{ApiItem, ApiValue, Data, Expression};

/// What a reference of some type does in a place.
enum Use {
    /// It is the value.
    Direct,
    /// Its only element is the value (spec 3.3).
    OnlyElement,
    /// It is all elements of the list.
    Elements,
    /// Its text is the value.
    Text,
    /// It may be the value: that shows once it is there.
    Whole,
    /// Boto3 refuses it.
    Refused,
}

impl<'a> Walk<'a, '_> {
    /// A value that is exactly one reference.
    pub(super) fn reference(&mut self, value: &Value, shape: ShapeId) -> Option<ApiValue> {
        let typed = self.typed(value)?;
        self.referenced(value, typed, shape)
    }

    fn referenced(&mut self, value: &Value, typed: Typed, shape: ShapeId) -> Option<ApiValue> {
        let have = typed.kind?;
        match self.use_of(have, shape) {
            Use::Direct => Some(ApiValue::Scalar(shape, typed.expression?)),
            Use::OnlyElement => {
                let want = type_of(self.kind(shape));
                Some(ApiValue::Scalar(
                    shape,
                    Expression::Coerce(Box::new(typed.expression?), want),
                ))
            }
            Use::Elements => Some(ApiValue::Strings(shape, typed.expression?)),
            Use::Text => Some(ApiValue::Scalar(
                shape,
                Expression::Coerce(Box::new(typed.expression?), Type::String),
            )),
            Use::Whole => Some(ApiValue::Whole(shape, Data::Expression(typed.expression?))),
            Use::Refused if self.operand.converts => self.converted(value, typed, have, shape),
            Use::Refused => self.refused(value, &typed, have, shape),
        }
    }

    /// A reference that an action takes although Boto3 would not (spec 3.3).
    fn converted(
        &mut self,
        value: &Value,
        typed: Typed,
        have: Type,
        shape: ShapeId,
    ) -> Option<ApiValue> {
        let want = self.list_type(shape).unwrap_or(type_of(self.kind(shape)));
        if have == want {
            return self.refused(value, &typed, have, shape);
        }
        let name = self.name();
        let expression = match want {
            Type::Integer | Type::Boolean => actions::spelt(typed, want, &name, self.diagnostics)?,
            _ => actions::coerced(typed, want, &name, self.diagnostics)?,
        };
        Some(match want {
            Type::StringList => ApiValue::Strings(shape, expression),
            Type::StringMap | Type::MapList => ApiValue::Whole(shape, Data::Expression(expression)),
            Type::String | Type::Integer | Type::Boolean => ApiValue::Scalar(shape, expression),
        })
    }

    /// The type of the document that the values of a list have.
    fn list_type(&self, shape: ShapeId) -> Option<Type> {
        let ShapeKind::List(list) = self.kind(shape) else {
            return None;
        };
        Some(match self.kind(list.member.shape) {
            ShapeKind::Structure(_) | ShapeKind::Map(_) => Type::MapList,
            _ => Type::StringList,
        })
    }

    /// An element that is exactly one reference; the elements of a list are spliced in.
    pub(super) fn item_reference(&mut self, element: &Value, shape: ShapeId) -> Option<ApiItem> {
        let typed = self.typed(element)?;
        let have = typed.kind?;
        match (have, self.kind(shape)) {
            (
                Type::StringList,
                ShapeKind::String(_)
                | ShapeKind::Blob(_)
                | ShapeKind::Timestamp(_)
                | ShapeKind::Document,
            )
            | (Type::MapList, ShapeKind::Structure(_) | ShapeKind::Map(_) | ShapeKind::Document) => {
                Some(ApiItem::Splice(typed.expression?))
            }
            _ => self.referenced(element, typed, shape).map(ApiItem::One),
        }
    }

    fn typed(&mut self, value: &Value) -> Option<Typed> {
        let scalar = value.as_scalar()?;
        Some(
            self.operand
                .scope
                .scalar(scalar, value.span, self.diagnostics),
        )
    }

    fn kind(&self, shape: ShapeId) -> &'a ShapeKind {
        let service: &'a Service = self.operand.service;
        &service.shape(shape).kind
    }

    fn use_of(&self, have: Type, shape: ShapeId) -> Use {
        match (have, self.kind(shape)) {
            (Type::String, ShapeKind::String(_) | ShapeKind::Blob(_) | ShapeKind::Timestamp(_))
            | (
                Type::Integer,
                ShapeKind::Integer(_)
                | ShapeKind::Long(_)
                | ShapeKind::Float(_)
                | ShapeKind::Double(_),
            )
            | (Type::Boolean, ShapeKind::Boolean) => Use::Direct,
            (
                Type::StringList,
                ShapeKind::String(_) | ShapeKind::Blob(_) | ShapeKind::Timestamp(_),
            ) => Use::OnlyElement,
            (Type::StringList, ShapeKind::List(list)) => match self.kind(list.member.shape) {
                ShapeKind::String(_) | ShapeKind::Blob(_) | ShapeKind::Timestamp(_) => {
                    Use::Elements
                }
                ShapeKind::Document => Use::Whole,
                _ => Use::Refused,
            },
            (Type::MapList, ShapeKind::List(list)) => match self.kind(list.member.shape) {
                ShapeKind::Structure(_) | ShapeKind::Map(_) | ShapeKind::Document => Use::Whole,
                _ => Use::Refused,
            },
            (Type::StringMap, ShapeKind::Structure(_) | ShapeKind::Map(_))
            | (_, ShapeKind::Document) => Use::Whole,
            (Type::Integer, ShapeKind::Timestamp(_)) => Use::Text,
            _ => Use::Refused,
        }
    }

    fn refused<T>(
        &mut self,
        value: &Value,
        typed: &Typed,
        have: Type,
        shape: ShapeId,
    ) -> Option<T> {
        let wanted = match self.kind(shape) {
            ShapeKind::List(list) if have.is_list() => {
                format!("a list{}", several(self.kind(list.member.shape)))
            }
            kind => wanted(kind).to_owned(),
        };
        let message = format!(
            "`{}` takes {wanted}, but {} is {}",
            self.name(),
            actions::what(typed),
            actions::with_article(have)
        );
        let report = Diagnostic::error(Code::WrongReferenceType, typed.span, message)
            .label(format!("this is {}", actions::with_article(have)))
            .note("Boto3, which makes the call, converts nothing");
        let report = match (have, self.kind(shape)) {
            (Type::String, ShapeKind::List(_)) => in_brackets(report, value),
            (Type::String, ShapeKind::Structure(structure)) if is_attribute(structure) => {
                report.help("say of which type it is: `{S: …}` for a text, `{N: …}` for a number")
            }
            (_, ShapeKind::List(_) | ShapeKind::Structure(_) | ShapeKind::Map(_)) => {
                report.help(format!("write out {wanted}, with references inside"))
            }
            (_, kind) => actions::other_type(report, typed, type_of(kind)),
        };
        self.diagnostics.push(actions::declared(report, typed));
        None
    }
}

/// Whether a structure is a value of DynamoDB, with a member for each type.
fn is_attribute(structure: &Structure) -> bool {
    ["S", "N", "BOOL"]
        .iter()
        .all(|name| structure.member(name).is_some())
}
