//! Whole references in API inputs: they keep their type, and Boto3 takes no other (spec 3.3, 5.12).

use super::{Walk, in_brackets, type_of, wanted};
use crate::catalogue::{Service, ShapeId, ShapeKind};
use crate::check::actions;
use crate::check::scope::Typed;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Type, Value};
use crate::ir::{ApiItem, ApiValue, Expression};

/// What a reference of some type does in a place.
enum Use {
    /// It is the value.
    Direct,
    /// Its only element is the value (spec 3.3).
    OnlyElement,
    /// It is all elements of the list.
    Elements,
    /// It fits, but is not translated yet.
    Unsupported,
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
            Use::Unsupported => self.unsupported_reference(&typed, have),
            Use::Refused if self.operand.converts => self.converted(typed, have, shape),
            Use::Refused => self.refused(value, &typed, have, shape),
        }
    }

    /// A reference that an action takes although Boto3 would not (spec 3.3).
    fn converted(&mut self, typed: Typed, have: Type, shape: ShapeId) -> Option<ApiValue> {
        let want = type_of(self.kind(shape));
        let name = self.name();
        if have == want {
            return self.unsupported_reference(&typed, have);
        }
        let expression = actions::coerced(typed, want, &name, self.diagnostics)?;
        Some(match self.kind(shape) {
            ShapeKind::List(_) => ApiValue::Strings(shape, expression),
            _ => ApiValue::Scalar(shape, expression),
        })
    }

    /// An element that is exactly one reference; a StringList is spliced in.
    pub(super) fn item_reference(&mut self, element: &Value, shape: ShapeId) -> Option<ApiItem> {
        let typed = self.typed(element)?;
        let have = typed.kind?;
        match (have, self.kind(shape)) {
            (
                Type::StringList,
                ShapeKind::String(_) | ShapeKind::Blob(_) | ShapeKind::Timestamp(_),
            ) => Some(ApiItem::Splice(typed.expression?)),
            (Type::MapList, ShapeKind::Structure(_) | ShapeKind::Map(_)) => {
                self.unsupported_reference(&typed, have)
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
            (Type::StringList, ShapeKind::List(list)) => self.elements(list.member.shape),
            (Type::MapList, ShapeKind::List(list)) => match self.kind(list.member.shape) {
                ShapeKind::Structure(_) | ShapeKind::Map(_) | ShapeKind::Document => {
                    Use::Unsupported
                }
                _ => Use::Refused,
            },
            (Type::MapList | Type::StringMap, ShapeKind::Structure(_) | ShapeKind::Map(_))
            | (_, ShapeKind::Document) => Use::Unsupported,
            (Type::Integer, ShapeKind::Timestamp(_)) => Use::Unsupported,
            _ => Use::Refused,
        }
    }

    fn elements(&self, element: ShapeId) -> Use {
        match self.kind(element) {
            ShapeKind::String(_) => Use::Elements,
            ShapeKind::Blob(_) | ShapeKind::Timestamp(_) | ShapeKind::Document => Use::Unsupported,
            _ => Use::Refused,
        }
    }

    fn unsupported_reference<T>(&mut self, typed: &Typed, have: Type) -> Option<T> {
        let message = format!(
            "{}, {}, as the whole of `{}` is not supported yet",
            actions::what(typed),
            actions::with_article(have),
            self.name()
        );
        let report = Diagnostic::error(Code::UnsupportedFeature, typed.span, message)
            .label(format!("this is {}", actions::with_article(have)))
            .help("write out the members, with references to Strings, Integers, Booleans and StringLists");
        self.diagnostics.push(actions::declared(report, typed));
        None
    }

    fn refused<T>(
        &mut self,
        value: &Value,
        typed: &Typed,
        have: Type,
        shape: ShapeId,
    ) -> Option<T> {
        let wanted = wanted(self.kind(shape));
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
            (_, ShapeKind::List(_) | ShapeKind::Structure(_) | ShapeKind::Map(_)) => {
                report.help(format!("write out {wanted}, with references inside"))
            }
            (_, kind) => actions::other_type(report, typed, type_of(kind)),
        };
        self.diagnostics.push(actions::declared(report, typed));
        None
    }
}
