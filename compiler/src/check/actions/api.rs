//! API calls by name: `Service`, `Api`, and the operation's own inputs (spec 5.12).

use std::sync::Arc;

use super::inputs::{self, listed};
use crate::catalogue::{Catalogue, Operation, Service, ShapeId, ShapeKind};
use crate::check::scope::Scope;
use crate::check::shapes;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Near};
use crate::document::{Step, Value};
use crate::habits;
use crate::ir::{ApiCall, Work};
use crate::permissions;
use crate::source::{Span, Spanned};

/// The inputs that name the operation.
const NAMING: [&str; 2] = ["Service", "Api"];

/// The most operations that a help lists.
const LISTED: usize = 8;

/// Checks `aws:executeAwsApi`.
pub(super) fn execute(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    call(step, &[], scope, diagnostics).map(Work::Call)
}

/// Checks the call that a step names. The inputs in `others` are the action's own and not the operation's.
pub(super) fn call(
    step: &Step,
    others: &[&str],
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<ApiCall> {
    let own = || NAMING.iter().chain(others).copied();
    let meant: Vec<&Spanned<String>> = own().filter_map(|name| inputs::meant(step, name)).collect();
    let is_member =
        |key: &Spanned<String>| !own().any(|name| name == key.value) && !meant.contains(&key);
    let members: Vec<&(Spanned<String>, Value)> = step
        .inputs
        .iter()
        .filter(|(key, _)| is_member(key))
        .collect();
    let Some(named) = Named::read(step, scope.catalogue, diagnostics) else {
        for (_, value) in members {
            inputs::references(value, scope, diagnostics);
        }
        return None;
    };
    let supported = supported(&named, diagnostics);
    let callable = callable(&named, own(), diagnostics);
    let input = shapes::input(
        &shapes::Operand {
            scope,
            service: &named.service,
            operation: &named.operation,
            place: inputs::place(step),
            converts: false,
            complete: step.inputs_known && callable.is_some(),
        },
        &members,
        diagnostics,
    );
    supported?;
    callable?;
    Some(ApiCall {
        input: input?,
        service: named.service,
        written_service: named.written_service,
        written_api: named.written_api,
        span: named.span,
        operation: named.operation,
        converts: false,
    })
}

/// The operation a step calls, if its names are right; says nothing about them.
pub(super) fn operation_of(
    step: &Step,
    catalogue: &Catalogue,
) -> Option<(Arc<Service>, Operation)> {
    let text = |name| {
        inputs::given(step, name)
            .and_then(Value::as_scalar)
            .map(|scalar| scalar.text().trim())
    };
    let service = catalogue.find(text("Service")?)?;
    let operation = service.operation(text("Api")?)?.clone();
    Some((service, operation))
}

/// The operation that `Service` and `Api` name.
struct Named {
    service: Arc<Service>,
    written_service: String,
    operation: Operation,
    written_api: String,
    span: Span,
}

impl Named {
    fn read(step: &Step, catalogue: &Catalogue, diagnostics: &mut Diagnostics) -> Option<Self> {
        let service = inputs::required(step, "Service", diagnostics);
        let api = inputs::required(step, "Api", diagnostics);
        let service =
            service.and_then(|value| inputs::literal(value, "Service", "the service", diagnostics));
        let api = api.and_then(|value| inputs::literal(value, "Api", "the operation", diagnostics));
        let written_service = service?;
        let Some(service) = catalogue.find(&written_service.value) else {
            let api = api.as_ref().map(|api| api.value.as_str());
            diagnostics.push(unknown_service(&written_service, api, catalogue));
            return None;
        };
        let api = api?;
        let Some(operation) = service.operation(&api.value) else {
            diagnostics.push(unknown_operation(&api, &service, catalogue));
            return None;
        };
        diagnostics.extend(deprecated(operation, &service, &api));
        Some(Self {
            operation: operation.clone(),
            service,
            written_service: written_service.value,
            written_api: api.value,
            span: api.span,
        })
    }
}

/// The report of an operation that the model says not to use.
fn deprecated(
    operation: &Operation,
    service: &Service,
    written: &Spanned<String>,
) -> Option<Diagnostic> {
    if !operation.deprecated {
        return None;
    }
    let message = format!(
        "the operation `{}` of `{}` is deprecated",
        operation.name, service.name
    );
    let report = Diagnostic::warning(Code::DeprecatedOperation, written.span, message)
        .label("AWS advises against it");
    let report = match &operation.deprecated_message {
        Some(reason) => report.note(format!("AWS says: {reason}")),
        None => report,
    };
    Some(match successor(operation, service) {
        Some(name) => report.help(format!("`{name}` has taken its place")),
        None => report.help("look in the API reference for what takes its place"),
    })
}

/// What has the same name with a version behind it: `GetBucketLifecycle` is followed by `GetBucketLifecycleConfiguration`.
fn successor<'service>(operation: &Operation, service: &'service Service) -> Option<&'service str> {
    let others = service.operations.iter().filter(|other| !other.deprecated);
    let mut longer = others.filter(|other| {
        let rest = other.name.strip_prefix(operation.name.as_str());
        let said = operation.deprecated_message.as_deref().unwrap_or_default();
        let named = said
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .any(|word| word == other.name);
        named || matches!(rest, Some("V2" | "2" | "Configuration"))
    });
    longer.next().map(|other| other.name.as_str())
}

fn unknown_service(
    written: &Spanned<String>,
    api: Option<&str>,
    catalogue: &Catalogue,
) -> Diagnostic {
    let message = format!("AWS has no service `{written}`");
    let report = Diagnostic::error(Code::UnknownService, written.span, message)
        .label("no service has this name");
    let is_upper = !written
        .value
        .contains(|letter: char| letter.is_ascii_lowercase());
    let in_style = |name: &str| match is_upper {
        true => name.to_ascii_uppercase(),
        false => name.to_owned(),
    };
    let near = match plain_service(&written.value, catalogue) {
        Some(name) => {
            return report.edit(
                written.span,
                in_style(&name),
                "Boto3 knows it by another name",
            );
        }
        None => catalogue.similar(&written.value, api),
    };
    let near: Vec<String> = near.into_iter().map(in_style).collect();
    match near.as_slice() {
        [] => newer(report, catalogue).help("write the name that Boto3 knows it by, as in `ecs`"),
        [near] => report.edit(written.span, near, "a service with a similar name exists"),
        several => report.help(format!(
            "services with similar names exist: {}",
            listed(several)
        )),
    }
}

/// The service of a name that IAM has for it, or of a longer one: `ec2.amazonaws.com`, `aws-sdk-ec2`, and the ARN by which
/// a state machine calls an operation.
fn plain_service(written: &str, catalogue: &Catalogue) -> Option<String> {
    let plain = written.trim_end_matches(".amazonaws.com");
    let plain = plain.trim_start_matches("arn:aws:states:::");
    let plain = plain.trim_start_matches("aws-sdk");
    let plain = plain.trim_start_matches([':', '-']);
    let plain = plain.split(':').next().unwrap_or(plain);
    if let Some(name) = habits::meant(habits::SERVICES, plain) {
        return Some(name.to_owned());
    }
    let bare = plain.strip_prefix("Amazon").or(plain.strip_prefix("AWS"));
    let bare = bare.map(|bare| bare.trim_start().to_ascii_lowercase());
    let names = [Some(plain.to_owned()), bare];
    let mut found = names
        .iter()
        .flatten()
        .filter_map(|name| catalogue.find(name));
    found.next().map(|service| service.name.clone())
}

fn unknown_operation(
    written: &Spanned<String>,
    service: &Service,
    catalogue: &Catalogue,
) -> Diagnostic {
    let message = format!(
        "the service `{}` has no operation `{written}`",
        service.name
    );
    let report = Diagnostic::error(Code::UnknownOperation, written.span, message)
        .label("no operation has this name");
    let operations = service.operations.iter();
    let names = operations.map(|operation| operation.name.as_str());
    match service.similar_operation(&written.value) {
        Some(near) => report.edit(
            written.span,
            Near::chosen(&written.value, near, names),
            "an operation with a similar name exists",
        ),
        None => {
            let meant = permissions::operations_of(&service.name, &written.value);
            match meant.as_slice() {
                [] => newer(report, catalogue).help(related_operations(&written.value, service)),
                [only] => report.edit(
                    written.span,
                    *only,
                    "IAM has another name for the operation",
                ),
                several => report.help(format!(
                    "this is the action that IAM has for {}",
                    listed(several)
                )),
            }
        }
    }
}

/// The operations about the same things, else some of those there are.
fn related_operations(written: &str, service: &Service) -> String {
    let all = || {
        service
            .operations
            .iter()
            .map(|operation| operation.name.as_str())
    };
    let noun = |name: &str| {
        let start = name
            .get(1..)?
            .find(|letter: char| letter.is_ascii_uppercase())?;
        name.get(start + 1..)
            .map(|noun| noun.trim_end_matches('s').to_owned())
    };
    let about = noun(written);
    let related: Vec<&str> = all()
        .filter(|name| about.is_some() && noun(name) == about)
        .take(LISTED)
        .collect();
    if !related.is_empty() {
        return format!(
            "operations on the same resource exist: {}",
            listed(&related)
        );
    }
    // Of many, the first ones of the alphabet tell nobody anything.
    let reads = |name: &&str| name.starts_with("Describe") || name.starts_with("List");
    match service.operations.len() {
        count if count > LISTED => match all().find(reads) {
            Some(example) => format!("it has {count} operations, such as `{example}`"),
            None => format!("it has {count} operations, named as in its API reference"),
        },
        _ => format!("it has {}", listed(&all().collect::<Vec<_>>())),
    }
}

fn newer(report: Diagnostic, catalogue: &Catalogue) -> Diagnostic {
    report.note(format!(
        "as of {}, the date of the service models in this compiler",
        catalogue.date()
    ))
}

/// Reports operations that exchange events or answer with a stream (spec 5.12).
fn supported(named: &Named, diagnostics: &mut Diagnostics) -> Option<()> {
    let Named {
        operation,
        service,
        span,
        ..
    } = named;
    let reason = if operation.event_stream_input || operation.event_stream_output {
        "it exchanges a stream of events"
    } else if is_streamed(service, operation.output) {
        "its answer is a stream"
    } else {
        return Some(());
    };
    let message = format!(
        "the operation `{}` of `{}` is not supported yet",
        operation.name, service.name
    );
    let report = Diagnostic::error(Code::UnsupportedFeature, *span, message).label(reason);
    diagnostics.push(
        report.help(match (service.name.as_str(), operation.name.as_str()) {
            ("lambda", "Invoke") => "use `aws:invokeLambdaFunction`, which makes this call",
            _ => {
                "let a Lambda function make the call, and run that with `aws:invokeLambdaFunction`"
            }
        }),
    );
    None
}

/// Reports operations that need an input which no step can give, because the action has one of that name itself.
fn callable<'a>(
    named: &Named,
    mut own: impl Iterator<Item = &'a str>,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let Named {
        operation,
        service,
        span,
        ..
    } = named;
    let input = operation.input.and_then(|shape| service.structure(shape));
    let hidden = own.find(|name| {
        let member = input.and_then(|input| input.member(name));
        member.is_some_and(|member| member.required && !member.filled)
    });
    let Some(name) = hidden else { return Some(()) };
    let message = format!(
        "`{}` of `{}` needs `{name}`, and no step can give it",
        operation.name, service.name
    );
    diagnostics.push(
        Diagnostic::error(Code::MissingInput, *span, message)
            .label("this cannot be called by name")
            .note(format!(
                "`{name}` is an input of the action itself, and is not sent"
            ))
            .help("make the call in an `aws:executeScript` step, or in a Lambda function"),
    );
    None
}

fn is_streamed(service: &Service, shape: Option<ShapeId>) -> bool {
    let structure = shape.and_then(|shape| service.structure(shape));
    structure.is_some_and(|structure| {
        structure.members.iter().any(|member| {
            let streamed =
                |kind: &ShapeKind| matches!(kind, ShapeKind::Blob(blob) if blob.streaming);
            member.streaming || streamed(&service.shape(member.shape).kind)
        })
    })
}
