//! `aws:invokeLambdaFunction`: Lambda's Invoke under other names (spec 5.16).

use super::inputs;
use super::own::LAMBDA;
use crate::catalogue::{Catalogue, Operation, Service};
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Scalar, Step, Type, Value, ValueKind};
use crate::ir::{ApiCall, ApiField, ApiValue, Data, Expression, Work};
use crate::source::Span;
use crate::syntax::scalar::Reading;
use std::sync::Arc;

/// The inputs of Invoke by their names.
type Fields = Vec<(&'static str, Expression)>;

/// Checks the inputs of a step and translates them into a call of Invoke.
pub(super) fn invoke(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    let before = diagnostics.len();
    inputs::unknown(step, diagnostics);
    let known = diagnostics.len() == before;
    if known {
        inputs::required(step, "FunctionName", diagnostics);
    }
    let fields = fields(step, scope, diagnostics);
    let input_payload = match inputs::given(step, "InputPayload") {
        Some(value) => Some(input_payload(value, scope, diagnostics)?),
        None => None,
    };
    inputs::given(step, "FunctionName").filter(|_| known)?;
    let mut fields = fields?;
    if input_payload.is_some() {
        fields.push(("Payload", Expression::Told("payload", Type::String)));
    }
    let call = call(fields, step.action.span, scope.catalogue)?;
    Some(Work::Invoke {
        call,
        input_payload,
    })
}

/// The inputs that are texts. Logs come back by default, where the answer is waited for.
fn fields(step: &Step, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Fields> {
    let mut found: Vec<Option<(&'static str, Expression)>> = Vec::new();
    for name in ["FunctionName", "Qualifier", "ClientContext"] {
        if let Some(value) = inputs::given(step, name) {
            found.push(inputs::text(value, name, scope, diagnostics).map(|text| (name, text)));
        }
    }
    for input in LAMBDA.iter().filter(|input| !input.values.is_empty()) {
        if let Some(value) = inputs::given(step, input.name) {
            let text = inputs::one_of(value, input, scope, diagnostics);
            found.push(text.map(|text| (input.name, text)));
        }
    }
    found.extend(payload(step, scope, diagnostics));
    let mut fields: Fields = found.into_iter().collect::<Option<_>>()?;
    if !fields.iter().any(|(name, _)| *name == "LogType") && waits(&fields) {
        fields.push(("LogType", Expression::String("Tail".to_owned())));
    }
    Some(fields)
}

/// Whether the invocation certainly waits for its answer.
fn waits(fields: &Fields) -> bool {
    let kind = fields.iter().find(|(name, _)| *name == "InvocationType");
    kind.is_none_or(|(_, kind)| *kind == Expression::String("RequestResponse".to_owned()))
}

/// `Payload`, unless `InputPayload` takes its place.
fn payload(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Option<(&'static str, Expression)>> {
    let (key, value) = step.inputs.iter().find(|(key, _)| key.value == "Payload")?;
    if matches!(value.kind, ValueKind::Map(_)) {
        inputs::references(value, scope, diagnostics);
        let message = "a mapping as `Payload` is not supported";
        diagnostics.push(
            Diagnostic::error(Code::UnsupportedFeature, key.span, message)
                .label("this takes JSON as text")
                .edit(key.span, "InputPayload", "`InputPayload` takes a mapping"),
        );
        return Some(None);
    }
    let value = inputs::given(step, "Payload")?;
    let text = inputs::text(value, "Payload", scope, diagnostics);
    if inputs::given(step, "InputPayload").is_some() {
        diagnostics.push(
            Diagnostic::warning(
                Code::IneffectiveProperty,
                key.span,
                "`Payload` beside `InputPayload` has no effect",
            )
            .label("this is not sent")
            .help("remove one of the two"),
        );
        return None;
    }
    if let Some(Expression::String(text)) = &text {
        diagnostics.extend(no_json(text, value));
    }
    Some(text.map(|text| ("Payload", text)))
}

fn no_json(text: &str, value: &Value) -> Option<Diagnostic> {
    let error = serde_json::from_str::<serde_json::Value>(text).err()?;
    let message = "`Payload` is not valid JSON, and Lambda takes nothing else";
    let report =
        Diagnostic::error(Code::ViolatedConstraint, value.span, message).label(error.to_string());
    let report =
        report.help("write JSON, or give a mapping as `InputPayload` instead of `Payload`");
    (!text.trim().is_empty()).then_some(report)
}

fn input_payload(value: &Value, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Data> {
    match &value.kind {
        ValueKind::Map(_) => data(value, scope, diagnostics),
        ValueKind::Scalar(scalar) if !scalar.template.is_literal() => {
            let typed = scope.scalar(scalar, value.span, diagnostics);
            inputs::coerced(typed, Type::StringMap, "InputPayload", diagnostics)
                .map(Data::Expression)
        }
        ValueKind::Scalar(scalar) => match serde_json::from_str(scalar.text()) {
            Ok(serde_json::Value::Object(members)) => {
                Some(of_json(serde_json::Value::Object(members)))
            }
            _ => inputs::reported(value, "InputPayload", "a mapping", scope, diagnostics),
        },
        _ => inputs::reported(value, "InputPayload", "a mapping", scope, diagnostics),
    }
}

/// A value of any form, with its references.
fn data(value: &Value, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Data> {
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

fn of_json(value: serde_json::Value) -> Data {
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

/// The call of Invoke, its members in the order of the model.
fn call(mut fields: Fields, span: Span, catalogue: &Catalogue) -> Option<ApiCall> {
    let service: Arc<Service> = catalogue.find("lambda")?;
    let operation: Operation = service.operation("Invoke")?.clone();
    let members = &service.structure(operation.input?)?.members;
    let mut input = Vec::new();
    for member in members {
        if let Some(position) = fields.iter().position(|(name, _)| *name == member.name) {
            let (_, text) = fields.swap_remove(position);
            input.push(ApiField {
                name: member.name.clone(),
                value: ApiValue::Scalar(member.shape, text),
            });
        }
    }
    Some(ApiCall {
        service,
        written_service: "lambda".to_owned(),
        written_api: "Invoke".to_owned(),
        span,
        operation,
        input,
    })
}
