//! How scenarios name operations: `ECS.RunTask`, the service in any case.

use crate::effect::Operation;
use crate::runbook::{Definition, StepDefinition};

/// Actions that call no API whatever their inputs are.
const CALL_NOTHING: [&str; 5] = [
    "aws:branch",
    "aws:loop",
    "aws:pause",
    "aws:sleep",
    "aws:updateVariable",
];

/// The step of this name.
pub(super) fn step<'a>(definition: &'a Definition, name: &str) -> Option<&'a StepDefinition> {
    definition.steps.iter().find(|step| step.name == name)
}

/// Whether a step may call an API.
pub(super) fn may_call(step: &StepDefinition) -> bool {
    !step.calls.is_empty() || !CALL_NOTHING.contains(&step.action)
}

/// The name of an operation: `ecs.RunTask`; what is local is called by its action.
pub(super) fn full_name(operation: &Operation) -> String {
    let Operation { service, name, .. } = operation;
    match *service {
        "aws" => format!("aws:{name}"),
        _ => format!("{service}.{name}"),
    }
}

/// The action, if all that a step of it does is local.
pub(super) fn local_action(step: &StepDefinition) -> Option<&'static str> {
    (step.action == "aws:executeScript").then_some(step.action)
}

/// The name to show for a call: as the runbook writes it, else as the catalogue does.
pub(super) fn display_name(
    definition: &Definition,
    step_name: &str,
    operation: &Operation,
) -> String {
    let name = full_name(operation);
    match step(definition, step_name).map(|step| step.calls) {
        Some([only]) => (*only).to_owned(),
        _ => name,
    }
}

/// Whether a name is that of a call by one step: `makeImage.CreateImage`.
pub(super) fn is_call_of_step(name: &str, step: &str, operation: &str) -> bool {
    name.split_once('.') == Some((step, operation))
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
