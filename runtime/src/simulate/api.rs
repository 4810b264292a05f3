//! How scenarios name operations: `ECS.RunTask`, the service in any case.

use crate::effect::Operation;
use crate::name::Name;
use crate::runbook::{Definition, StepDefinition};

/// Actions that call no API but those that the runbook names.
const CALL_NOTHING: [&str; 6] = [
    "aws:approve",
    "aws:branch",
    "aws:loop",
    "aws:pause",
    "aws:sleep",
    "aws:updateVariable",
];

/// The step of this name; that of a child is called after the step that starts it: `prepare/stop`.
pub(super) fn step(definition: &Definition, name: &str) -> Option<&'static StepDefinition> {
    match name.split_once('/') {
        None => definition.step(name),
        Some((outer, inner)) => step(definition.child(outer)?.definition, inner),
    }
}

/// Every step, those of children too, with the names they have in a scenario.
pub(super) fn all_steps(definition: &Definition) -> Vec<(String, &'static StepDefinition)> {
    let own = definition.steps.iter();
    let mut steps: Vec<_> = own.map(|step| (step.name.to_owned(), step)).collect();
    for child in definition.children {
        let inner = all_steps(child.definition).into_iter();
        steps.extend(inner.map(|(name, step)| (format!("{}/{name}", child.step), step)));
    }
    steps
}

/// Whether a step may call an API.
pub(super) fn may_call(step: &StepDefinition) -> bool {
    !step.calls.is_empty() || !CALL_NOTHING.contains(&step.action)
}

/// The action, if all that a step of it does is local: a script, or a runbook that is part of the program.
pub(super) fn local_action(step: &StepDefinition) -> Option<&'static str> {
    const LOCAL: [&str; 2] = ["aws:executeScript", "aws:invokeWebhook"];
    let runs_child = step.action == "aws:executeAutomation" && step.calls.is_empty();
    (runs_child || LOCAL.contains(&step.action)).then_some(step.action)
}

/// The name to show for a call: as the runbook writes it, else as the catalogue does.
pub(super) fn display_name(
    definition: &Definition,
    step_name: &str,
    operation: &Operation,
) -> Name {
    match step(definition, step_name).map(|step| step.calls) {
        Some([only]) if operation.service != "aws" => only.into(),
        _ => operation.full_name().into(),
    }
}

/// Whether a name is that of a call by one step: `makeImage.CreateImage`.
pub(super) fn is_call_of_step(name: &str, step: &str, operation: &str) -> bool {
    name.split_once('.') == Some((step, operation))
}

/// A step, or a call of a step, of certain iterations.
pub(super) struct InIterations {
    /// The name without them: `stop`, or `stop.StopInstances`.
    pub(super) name: String,
    /// How many there are, one for each loop around the step; none if it is about all of them.
    pub(super) count: usize,
}

impl InIterations {
    /// Reads `stop[2]`, or `stop[2][1].StopInstances`; none where the brackets hold something else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let Some((name, rest)) = text.split_once('[') else {
            let (name, count) = (text.to_owned(), 0);
            return Some(Self { name, count });
        };
        let (numbers, rest) = rest.rsplit_once(']')?;
        let mut count = 0;
        for number in numbers.split("][") {
            number.parse::<u32>().ok().filter(|number| *number > 0)?;
            count += 1;
        }
        let name = format!("{name}{rest}");
        Some(Self { name, count })
    }
}

/// Whether two names are of the same operation.
pub(super) fn same_api(left: &str, right: &str) -> bool {
    match (left.split_once('.'), right.split_once('.')) {
        (Some((left_service, left_name)), Some((right_service, right_name))) => {
            left_service.eq_ignore_ascii_case(right_service) && left_name == right_name
        }
        _ => left == right && left.starts_with("aws:"),
    }
}
