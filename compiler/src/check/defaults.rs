//! Literal values as values of a declared type (spec 2.2): defaults and allowed values.

use serde_json::{Map, Number, Value as Json};

use crate::document::{Scalar, Type, Value, ValueKind};
use crate::syntax::scalar::Reading;

/// A literal of the wrong type.
pub(super) struct WrongType;

/// A default as its type; `None` when its parts were reported already.
///
/// Text with references in it is taken for what it will be: it is resolved when the runbook starts (spec 3.4).
pub(super) fn default(value: &Value, kind: Type) -> Result<Option<Json>, WrongType> {
    if let Some(scalar) = value
        .as_scalar()
        .filter(|scalar| !scalar.template.is_literal())
    {
        return Ok(Some(Json::String(scalar.text().to_owned())));
    }
    match kind {
        Type::String => scalar(value, |scalar| Some(text(scalar))),
        Type::Integer => scalar(value, integer),
        Type::Boolean => scalar(value, |scalar| scalar.source.as_bool().map(Json::Bool)),
        Type::StringList => string_list(value),
        Type::StringMap => container(value, Json::is_object),
        Type::MapList => container(value, is_list_of_maps),
    }
}

/// An allowed value of a parameter of this type; quoted `'true'` is as good as `true` here.
pub(super) fn allowed(value: &Value, kind: Type) -> Result<Option<Json>, WrongType> {
    match kind {
        Type::Boolean => scalar(value, |scalar| boolean(scalar).map(Json::Bool)),
        Type::StringList if value.as_scalar().is_some() => {
            scalar(value, |scalar| Some(text(scalar)))
        }
        Type::StringMap | Type::MapList => Ok(json(value)),
        _ => default(value, kind),
    }
}

/// The text of a value that constraints on text look at; maps have none.
pub(super) fn texts(value: &Json) -> Vec<String> {
    match value {
        Json::String(text) => vec![text.clone()],
        Json::Number(number) => vec![number.to_string()],
        Json::Bool(value) => vec![value.to_string()],
        Json::Array(elements) => elements.iter().flat_map(texts).collect(),
        Json::Null | Json::Object(_) => Vec::new(),
    }
}

type Read = Result<Option<Json>, WrongType>;

fn scalar(value: &Value, read: impl Fn(&Scalar) -> Option<Json>) -> Read {
    match &value.kind {
        ValueKind::Scalar(scalar) => read(scalar).map(Some).ok_or(WrongType),
        ValueKind::Unknown => Ok(None),
        _ => Err(WrongType),
    }
}

fn text(scalar: &Scalar) -> Json {
    Json::String(scalar.text().to_owned())
}

/// An integer; digits in quotes are accepted as well (spec 2.2).
fn integer(scalar: &Scalar) -> Option<Json> {
    let quoted = || {
        if scalar.is_plain() {
            None
        } else {
            scalar.text().trim().parse().ok()
        }
    };
    scalar.source.as_integer().or_else(quoted).map(Json::from)
}

fn boolean(scalar: &Scalar) -> Option<bool> {
    scalar
        .source
        .as_bool()
        .or_else(|| match scalar.text().to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })
}

fn string_list(value: &Value) -> Read {
    match &value.kind {
        // The guide shows an empty text for an empty list (spec 2.2).
        ValueKind::Scalar(scalar) if scalar.text().is_empty() => Ok(Some(Json::Array(Vec::new()))),
        ValueKind::Scalar(scalar) => parsed(scalar, |json| match json {
            Json::Array(elements) => elements.iter().all(Json::is_string),
            _ => false,
        }),
        ValueKind::List(elements) => {
            let texts: Result<Vec<Option<Json>>, WrongType> =
                elements.iter().map(scalar_or_report).collect();
            Ok(texts?
                .into_iter()
                .collect::<Option<Vec<Json>>>()
                .map(Json::Array))
        }
        ValueKind::Unknown => Ok(None),
        ValueKind::Map(_) | ValueKind::Null => Err(WrongType),
    }
}

fn scalar_or_report(element: &Value) -> Read {
    scalar(element, |scalar| Some(text(scalar)))
}

/// A map or a list of maps, or the JSON text of one (spec 2.2).
fn container(value: &Value, fits: impl Fn(&Json) -> bool) -> Read {
    match &value.kind {
        ValueKind::Unknown => Ok(None),
        ValueKind::Scalar(scalar) => parsed(scalar, fits),
        _ => match json(value) {
            Some(json) if !fits(&json) => Err(WrongType),
            json => Ok(json),
        },
    }
}

fn parsed(scalar: &Scalar, fits: impl Fn(&Json) -> bool) -> Read {
    let json = serde_json::from_str(scalar.text()).ok();
    json.filter(fits).map(Some).ok_or(WrongType)
}

fn is_list_of_maps(json: &Json) -> bool {
    json.as_array()
        .is_some_and(|elements| elements.iter().all(Json::is_object))
}

/// A value as JSON, scalars as YAML reads them; `None` where a part was reported already.
pub(super) fn json(value: &Value) -> Option<Json> {
    match &value.kind {
        ValueKind::Null => Some(Json::Null),
        ValueKind::Scalar(scalar) => Some(plain(scalar)),
        ValueKind::List(elements) => elements
            .iter()
            .map(json)
            .collect::<Option<Vec<Json>>>()
            .map(Json::Array),
        ValueKind::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| Some((key.value.clone(), json(value)?)));
            entries
                .collect::<Option<Map<String, Json>>>()
                .map(Json::Object)
        }
        ValueKind::Unknown => None,
    }
}

fn plain(scalar: &Scalar) -> Json {
    let number = || {
        scalar
            .text()
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .map(Json::Number)
    };
    match scalar.source.reading() {
        Reading::Boolean(value) => Json::Bool(value),
        Reading::Integer(Some(value)) => Json::from(value),
        Reading::Float => number().unwrap_or_else(|| text(scalar)),
        Reading::Null => Json::Null,
        _ => text(scalar),
    }
}
