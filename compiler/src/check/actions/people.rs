//! `aws:approve` and `aws:pause`: steps that wait for people (spec 5.1, 5.18).

use super::call::{Called, Given, text};
use super::inputs;
use super::typed::Inputs;
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Step, Type, ValueKind};
use crate::ir::{Approve, Expression, TextItem, Texts, Work};
use crate::source::{Span, Spanned};

/// The most approvers that a step can have.
const APPROVERS: usize = 10;

/// The most characters of `Message`.
const MESSAGE: usize = 4096;

/// What change templates have instead of `Approvers`.
const ENHANCED: &str = "EnhancedApprovals";

/// Checks a step that waits for decisions.
pub(super) fn approve(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    if let Some((key, value)) = step.inputs.iter().find(|(key, _)| key.value == ENHANCED) {
        inputs::references(value, scope, diagnostics);
        diagnostics.push(enhanced(key.span));
        return None;
    }
    let called = Called::find(scope.catalogue, "sns", "Publish")?;
    let mut inputs = Inputs::of(step, scope, diagnostics);
    let approvers = inputs.texts("Approvers");
    let required = inputs.setting("MinRequiredApprovals");
    let message = inputs.setting("Message");
    let topic = inputs.member(&called, "TopicArn", "NotificationArn");
    if let Some(approvers) = &approvers {
        numbers(&mut inputs, approvers, required.as_ref());
    }
    long_message(&mut inputs, message.as_ref());
    topic_name(&mut inputs, topic.as_ref());
    inputs.sound()?;

    let notice = Given::Value(Expression::Told("notice", Type::String));
    let notification = match topic {
        Some(topic) => Some(called.with(
            step,
            vec![
                ("TopicArn", topic),
                ("Subject", text("Approval required")),
                ("Message", notice),
            ],
        )?),
        None => None,
    };
    Some(Work::Approve(Box::new(Approve {
        approvers: approvers?,
        required,
        message,
        notification,
    })))
}

/// Checks a step that waits for somebody to say that it may go on. It is documented to take nothing, but published
/// runbooks give it a message, and the service accepts anything.
pub(super) fn pause(step: &Step, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Work> {
    const MESSAGE: &str = "Message";
    let others = step.inputs.iter().filter(|(key, _)| key.value != MESSAGE);
    for (key, value) in others {
        inputs::references(value, scope, diagnostics);
        if value.kind != ValueKind::Null {
            diagnostics.push(ignored(key));
        }
    }
    let message = match inputs::given(step, MESSAGE) {
        Some(value) => Some(inputs::text(value, MESSAGE, scope, diagnostics)?),
        None => None,
    };
    step.inputs_known.then_some(Work::Pause(message))
}

fn ignored(key: &Spanned<String>) -> Diagnostic {
    let message = format!("`aws:pause` takes nothing but a `Message`, and ignores `{key}`");
    Diagnostic::warning(Code::UnknownInput, key.span, message)
        .label("without effect")
        .help("remove it; what people should know can stand in `Message`")
}

fn enhanced(span: Span) -> Diagnostic {
    let message = format!("`{ENHANCED}` is not supported yet");
    Diagnostic::error(Code::UnsupportedFeature, span, message)
        .label("part of a change template, not of a runbook")
        .help("name the users and roles under `Approvers`")
}

/// How many approvers there are, as far as that is known, and how many are needed.
fn numbers(inputs: &mut Inputs<'_, '_>, approvers: &Texts, required: Option<&Expression>) {
    let count = match approvers {
        Texts::List(items) => {
            let single = |item: &TextItem| matches!(item, TextItem::One(_));
            Some(items.len()).filter(|_| items.iter().all(single))
        }
        Texts::Whole(_) => None,
    };
    if let (Some(count), Some(value)) = (count, inputs.given("Approvers"))
        && !(1..=APPROVERS).contains(&count)
    {
        let message = format!("`Approvers` names {count}, but takes 1 to {APPROVERS}");
        inputs.report(
            Diagnostic::error(Code::ViolatedConstraint, value.span, message)
                .label(match count {
                    0 => "nobody could approve",
                    _ => "too many",
                })
                .help("name a role that all of them can assume"),
        );
        return;
    }
    let most = count.unwrap_or(APPROVERS);
    let (Some(Expression::Integer(number)), Some(value)) =
        (required, inputs.given("MinRequiredApprovals"))
    else {
        return;
    };
    if usize::try_from(*number).is_ok_and(|number| (1..=most).contains(&number)) {
        return;
    }
    let message = format!("`MinRequiredApprovals` is {number}, but takes 1 to {most}");
    let report = Diagnostic::error(Code::ViolatedConstraint, value.span, message);
    inputs.report(match (number, inputs.given("Approvers")) {
        (1.., Some(approvers)) => report
            .label("never reached")
            .context(approvers.span, format!("{most} at most can approve"))
            .help("name more approvers, or require fewer"),
        _ => report
            .label("must be positive")
            .help("leave it out if one approval is enough"),
    });
}

fn long_message(inputs: &mut Inputs<'_, '_>, message: Option<&Expression>) {
    let (Some(Expression::String(text)), Some(value)) = (message, inputs.given("Message")) else {
        return;
    };
    let length = text.chars().count();
    if length > MESSAGE {
        let message = format!("`Message` has {length} characters, but takes {MESSAGE} at most");
        inputs.report(
            Diagnostic::error(Code::ViolatedConstraint, value.span, message).label("too long"),
        );
    }
}

/// The service's own role may publish to such topics only.
fn topic_name(inputs: &mut Inputs<'_, '_>, topic: Option<&Given>) {
    let (Some(Given::Value(Expression::String(arn))), Some(value)) =
        (topic, inputs.given("NotificationArn"))
    else {
        return;
    };
    let name = arn.rsplit(':').next().unwrap_or(arn);
    if !name.starts_with("Automation") {
        let message = format!("the name of the topic `{name}` does not begin with `Automation`");
        let span = value.as_scalar().map_or(value.span, inputs::text_span);
        inputs.diagnostics.push(
            Diagnostic::warning(Code::ViolatedConstraint, span, message)
                .label("not as documented")
                .help("take a topic whose name begins so")
                .note("the managed policies of Automation allow no others"),
        );
    }
}
