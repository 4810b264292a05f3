//! Values of free form: JSON with references inside, such as an `InputPayload`.

use super::inputs;
use crate::check::scope::Scope;
use crate::diagnostic::Diagnostics;
use crate::document::{Scalar, Type, Value, ValueKind};
use crate::ir::{Data, Expression};
use crate::syntax::scalar::Reading;

/// An input that takes a StringMap: a mapping, a reference to one, or its JSON as text.
pub(super) fn map(
    value: &Value,
    name: &str,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Data> {
    match &value.kind {
        ValueKind::Map(_) => data(value, scope, diagnostics),
        _ => whole(value, name, Type::StringMap, scope, diagnostics),
    }
}

/// An input that takes a MapList: mappings, references to some, or their JSON as text; one alone is a list of one.
pub(super) fn maps(
    value: &Value,
    name: &str,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Data> {
    match &value.kind {
        ValueKind::Map(_) => Some(Data::List(vec![data(value, scope, diagnostics)?])),
        ValueKind::List(_) => data(value, scope, diagnostics),
        _ => whole(value, name, Type::MapList, scope, diagnostics),
    }
}

/// A scalar that stands for a map or for maps.
fn whole(
    value: &Value,
    name: &str,
    want: Type,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Data> {
    let expected = match want {
        Type::MapList => "a list of mappings",
        _ => "a mapping",
    };
    let ValueKind::Scalar(scalar) = &value.kind else {
        return inputs::reported(value, name, expected, scope, diagnostics);
    };
    if !scalar.template.is_literal() {
        let typed = scope.scalar(scalar, value.span, diagnostics);
        return inputs::coerced(typed, want, name, diagnostics).map(Data::Expression);
    }
    match (want, serde_json::from_str(scalar.text())) {
        (Type::StringMap, Ok(json @ serde_json::Value::Object(_)))
        | (Type::MapList, Ok(json @ serde_json::Value::Array(_))) => Some(of_json(json)),
        _ => inputs::reported(value, name, expected, scope, diagnostics),
    }
}

/// A value of any form, with its references.
pub(in crate::check) fn data(
    value: &Value,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Data> {
    match &value.kind {
        ValueKind::Null => Some(Data::Null),
        ValueKind::Unknown => None,
        ValueKind::Scalar(scalar) if scalar.template.is_literal() => Some(literal(scalar)),
        ValueKind::Scalar(scalar) => scope
            .scalar(scalar, value.span, diagnostics)
            .expression
            .map(Data::Expression),
        ValueKind::List(elements) => {
            let elements: Vec<Option<Data>> = elements
                .iter()
                .map(|element| data(element, scope, diagnostics))
                .collect();
            Some(Data::List(elements.into_iter().collect::<Option<_>>()?))
        }
        ValueKind::Map(entries) => {
            let entries: Vec<Option<(String, Data)>> = entries
                .iter()
                .map(|(key, value)| Some((key.value.clone(), data(value, scope, diagnostics)?)))
                .collect();
            Some(Data::Map(entries.into_iter().collect::<Option<_>>()?))
        }
    }
}

fn literal(scalar: &Scalar) -> Data {
    match scalar.source.reading() {
        Reading::Boolean(value) => Data::Boolean(value),
        Reading::Integer(Some(value)) => Data::Integer(value),
        Reading::Float => match scalar.text().parse::<f64>() {
            Ok(number) if number.is_finite() => Data::Number(number),
            _ => Data::Expression(Expression::String(scalar.text().to_owned())),
        },
        _ => Data::Expression(Expression::String(scalar.text().to_owned())),
    }
}

/// A JSON value.
/// A value without references.
pub(in crate::check) fn of_json(value: serde_json::Value) -> Data {
    match value {
        serde_json::Value::Null => Data::Null,
        serde_json::Value::Bool(value) => Data::Boolean(value),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(integer) => Data::Integer(integer),
            None => Data::Number(number.as_f64().unwrap_or_default()),
        },
        serde_json::Value::String(text) => Data::Expression(Expression::String(text)),
        serde_json::Value::Array(elements) => {
            Data::List(elements.into_iter().map(of_json).collect())
        }
        serde_json::Value::Object(members) => Data::Map(
            members
                .into_iter()
                .map(|(key, value)| (key, of_json(value)))
                .collect(),
        ),
    }
}
