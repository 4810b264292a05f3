//! `aws:invokeLambdaFunction`: Lambda's Invoke under other names (spec 5.16).

use super::data;
use super::inputs;
use super::own::LAMBDA;
use crate::catalogue::{Catalogue, Operation, Service};
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Step, Type, ValueKind};
use crate::ir::{ApiCall, ApiField, ApiValue, Expression, Work};
use crate::source::Span;
use std::sync::Arc;

/// The inputs of Invoke by their names.
type Fields = Vec<(&'static str, Expression)>;

/// Checks the inputs of a step and translates them into a call of Invoke.
pub(super) fn invoke(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    let known = inputs::all_known(step, diagnostics);
    if known {
        inputs::required(step, "FunctionName", diagnostics);
    }
    let fields = fields(step, scope, diagnostics);
    let input_payload = match inputs::given(step, "InputPayload") {
        Some(value) => Some(data::map(value, "InputPayload", scope, diagnostics)?),
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
    let report = inputs::no_json(value, "Payload", "Lambda");
    diagnostics.extend(report.map(|report| {
        report.help("write JSON, or give a mapping as `InputPayload` instead of `Payload`")
    }));
    Some(text.map(|text| ("Payload", text)))
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
        converts: true,
        input,
    })
}
