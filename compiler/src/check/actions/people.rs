//! `aws:approve` and `aws:pause`: steps that wait for people (spec 5.1, 5.18).

mod enhanced;

use super::call::{Called, Given, text};
use super::inputs;
use super::typed::Inputs;
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Step, Type, Value, ValueKind};
use crate::ir::{Approve, Approvers, Expression, TextItem, Texts, Work};
use crate::source::Spanned;

/// The most approvers that a step can have.
const APPROVERS: usize = 10;

/// The most characters of `Message`.
const MESSAGE: usize = 4096;

/// What change templates have instead of `Approvers` and `NotificationArn`.
const ENHANCED: &str = "EnhancedApprovals";

/// Checks a step that waits for decisions.
pub(super) fn approve(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    let called = Called::find(scope.catalogue, "sns", "Publish")?;
    let mut inputs = Inputs::of(step, scope, diagnostics);
    let required = inputs.setting("MinRequiredApprovals");
    let message = inputs.setting("Message");
    long_message(&mut inputs, message.as_ref());
    let (approvers, topic) = match inputs.given(ENHANCED) {
        Some(value) => {
            for other in ["Approvers", "NotificationArn"] {
                inputs.exclusive(other, ENHANCED);
            }
            let enhanced = enhanced::enhanced(&mut inputs, ENHANCED, value, &called)?;
            too_many(&mut inputs, enhanced.count, enhanced.place);
            let most = enhanced.people;
            reachable(&mut inputs, most, enhanced.place, required.as_ref());
            (Approvers::Lines(enhanced.lines), enhanced.topic)
        }
        None => {
            inputs.needs("Approvers");
            let approvers = inputs.texts("Approvers");
            let topic = inputs.member(&called, "TopicArn", "NotificationArn");
            if let (Some(approvers), Some(place)) = (&approvers, inputs.given("Approvers")) {
                let count = count(approvers);
                if !too_many(&mut inputs, count, place) {
                    let most = count.unwrap_or(APPROVERS);
                    reachable(&mut inputs, Some(most), place, required.as_ref());
                }
            }
            if let Some(arn) = inputs.given("NotificationArn") {
                topic_name(&mut inputs, topic.as_ref(), arn);
            }
            (Approvers::Listed(approvers?), topic)
        }
    };
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
        approvers,
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

/// How many approvers there are, as far as that is known.
fn count(approvers: &Texts) -> Option<usize> {
    let Texts::List(items) = approvers else {
        return None;
    };
    let single = |item: &TextItem| matches!(item, TextItem::One(_));
    Some(items.len()).filter(|_| items.iter().all(single))
}

/// Reports a number of approvers that there cannot be; gives whether it is one.
fn too_many(inputs: &mut Inputs<'_, '_>, count: Option<usize>, place: &Value) -> bool {
    let Some(count) = count.filter(|count| !(1..=APPROVERS).contains(count)) else {
        return false;
    };
    let message = format!("`Approvers` names {count}, but takes 1 to {APPROVERS}");
    inputs.report(
        Diagnostic::error(Code::ViolatedConstraint, place.span, message)
            .label(match count {
                0 => "nobody could approve",
                _ => "too many",
            })
            .help("name a role that all of them can assume"),
    );
    true
}

/// Reports a number of approvals that is never reached: at most so many people can approve, if there is a limit.
fn reachable(
    inputs: &mut Inputs<'_, '_>,
    most: Option<usize>,
    approvers: &Value,
    required: Option<&Expression>,
) {
    let (Some(Expression::Integer(number)), Some(value)) =
        (required, inputs.given("MinRequiredApprovals"))
    else {
        return;
    };
    let reached = 1..=most.unwrap_or(usize::MAX);
    if usize::try_from(*number).is_ok_and(|number| reached.contains(&number)) {
        return;
    }
    let takes = most.map_or_else(|| "1 at least".to_owned(), |most| format!("1 to {most}"));
    let message = format!("`MinRequiredApprovals` is {number}, but takes {takes}");
    let report = Diagnostic::error(Code::ViolatedConstraint, value.span, message);
    inputs.report(match (number, most) {
        (1.., Some(most)) => report
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
fn topic_name(inputs: &mut Inputs<'_, '_>, topic: Option<&Given>, value: &Value) {
    let Some(Given::Value(Expression::String(arn))) = topic else {
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
