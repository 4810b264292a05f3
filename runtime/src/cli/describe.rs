//! The command `describe`: what a runbook takes, does and leaves.

use clap::ArgMatches;
use serde_json::json;

use crate::flow::{Flow, OnCancel, OnFailure};
use crate::parameters::default_value;
use crate::pattern::Pattern;
use crate::runbook::{Bounds, Definition, ParameterDefinition, Runbook, StepDefinition};
use crate::value::Document;

use super::command::facts;
use super::console::Console;
use super::exit::Exit;

/// Prints the description that the arguments ask for.
pub(super) fn describe<R: Runbook>(matches: &ArgMatches, console: &Console) -> Exit {
    match matches.get_one::<String>("output").map(String::as_str) {
        Some("json") => console.print(&format!("{:#}\n", data::<R>()), Exit::Success),
        _ => console.print(&text::<R>(), Exit::Success),
    }
}

fn text<R: Runbook>() -> String {
    let definition = R::DEFINITION;
    let mut text = format!("{} (compiled from {})\n", definition.name, definition.file);
    for line in definition.description.trim().lines() {
        text.push_str(&format!("{line}\n"));
    }
    if let Some(role) = definition.assume_role {
        text.push_str(&format!("Runs under the role {role}\n"));
    }
    section(
        &mut text,
        "Parameters",
        definition.parameters.iter().map(parameter_text),
    );
    section(
        &mut text,
        "Variables",
        definition.variables.iter().map(variable_text),
    );
    section(
        &mut text,
        "Steps",
        steps::<R>().map(|(step, ways)| step_text(definition, step, &ways)),
    );
    section(
        &mut text,
        "Outputs",
        definition
            .outputs
            .iter()
            .map(|output| format!("  {}.{}\n", output.step, output.output)),
    );
    text
}

fn section(text: &mut String, title: &str, entries: impl Iterator<Item = String>) {
    let entries: String = entries.collect();
    if !entries.is_empty() {
        text.push_str(&format!("\n{title}\n{entries}"));
    }
}

fn parameter_text(parameter: &ParameterDefinition) -> String {
    let mut text = format!("  {}  {}\n", parameter.name, facts(parameter).join("; "));
    for line in parameter.description.trim().lines() {
        text.push_str(&format!("      {line}\n"));
    }
    text
}

fn variable_text(variable: &ParameterDefinition) -> String {
    let facts = facts(variable);
    let facts = facts.iter().map(|fact| match fact.as_str() {
        "required" => "no value at first",
        "optional" => "default: \"\"",
        fact => fact,
    });
    let facts: Vec<&str> = facts.collect();
    let mut text = format!("  {}  {}\n", variable.name, facts.join("; "));
    for line in variable.description.trim().lines() {
        text.push_str(&format!("      {line}\n"));
    }
    text
}

fn step_text(definition: &Definition, step: &StepDefinition, ways: &Ways) -> String {
    let width = definition
        .steps
        .iter()
        .map(|step| step.name.chars().count())
        .max();
    let name = format!("{:width$}", step.name, width = width.unwrap_or_default());
    let calls: String = step.calls.iter().map(|call| format!(" {call}")).collect();
    let waits = step
        .waits_for
        .map(|property| format!(" until {property}"))
        .unwrap_or_default();
    let limit = step
        .time_limit
        .map(|seconds| format!(", at most {seconds} s"))
        .unwrap_or_default();
    let attempts = match step.max_attempts {
        Some(attempts) if attempts > 1 => format!(", {attempts} attempts"),
        _ => String::new(),
    };
    let inside = step
        .inside
        .map(|around| format!(", inside {around}"))
        .unwrap_or_default();
    format!(
        "  {name}  {}{calls}{waits}{inside}{limit}{attempts}{}\n",
        step.action,
        ways.text(step)
    )
}

/// Where a step leads, by name.
struct Ways {
    success: Option<&'static str>,
    failure: Option<&'static str>,
    on_failure: Option<String>,
    on_cancel: Option<&'static str>,
}

impl Ways {
    fn of<R: Runbook>(flow: Flow<R::Step>) -> Self {
        let on_failure = flow.on_failure.map(|on_failure| match on_failure {
            OnFailure::Abort => "Abort".to_owned(),
            OnFailure::Continue => "Continue".to_owned(),
            OnFailure::Step(step) => format!("step:{}", name_of::<R>(step).unwrap_or_default()),
        });
        Self {
            success: flow.after_success(None).step().and_then(name_of::<R>),
            failure: flow.after_failure().step().and_then(name_of::<R>),
            on_failure,
            on_cancel: match flow.on_cancel {
                Some(OnCancel::Step(step)) => name_of::<R>(step),
                _ => None,
            },
        }
    }

    fn text(&self, step: &StepDefinition) -> String {
        let way = |name: &str, to: Option<&str>| {
            to.map(|to| format!("; {name} → {to}")).unwrap_or_default()
        };
        let end = match step.inside {
            Some(_) => "end of the iteration",
            None => "end",
        };
        let next = way("then", Some(self.success.unwrap_or(end)));
        format!(
            "{next}{}{}",
            way("on failure", self.failure),
            way("on cancel", self.on_cancel)
        )
    }
}

fn steps<R: Runbook>() -> impl Iterator<Item = (&'static StepDefinition, Ways)> {
    let declared = R::DEFINITION.steps.iter().zip(R::STEPS);
    declared.map(|(declared, step)| (declared, Ways::of::<R>(R::flow(*step))))
}

fn name_of<R: Runbook>(step: R::Step) -> Option<&'static str> {
    let place = R::STEPS.iter().position(|known| *known == step)?;
    R::DEFINITION.steps.get(place).map(|step| step.name)
}

fn data<R: Runbook>() -> Document {
    let definition = R::DEFINITION;
    let outputs = definition.outputs.iter();
    json!({
        "name": definition.name,
        "file": definition.file,
        "hash": definition.hash,
        "description": definition.description,
        "assumeRole": definition.assume_role,
        "parameters": definition.parameters.iter().map(parameter_data).collect::<Vec<_>>(),
        "variables": definition.variables.iter().map(variable_data).collect::<Vec<_>>(),
        "steps": steps::<R>().map(|(step, ways)| step_data(step, &ways)).collect::<Vec<_>>(),
        "outputs": outputs.map(|output| format!("{}.{}", output.step, output.output)).collect::<Vec<_>>(),
    })
}

fn parameter_data(parameter: &ParameterDefinition) -> Document {
    let literal = |text: &&str| serde_json::from_str(text).unwrap_or_else(|_| json!(text));
    let range = |bounds: Bounds| json!({"min": bounds.min, "max": bounds.max});
    let default = default_value(parameter);
    json!({
        "name": parameter.name,
        "type": parameter.written_type,
        "valueType": parameter.kind,
        "description": parameter.description,
        "required": default.is_none(),
        "default": default,
        "allowedValues": parameter.allowed_values.iter().map(literal).collect::<Vec<Document>>(),
        "allowedPattern": parameter.allowed_pattern.map(Pattern::as_str),
        "items": range(parameter.items),
        "chars": range(parameter.chars),
    })
}

fn variable_data(variable: &ParameterDefinition) -> Document {
    let mut data = parameter_data(variable);
    if let Document::Object(members) = &mut data {
        members.shift_remove("required");
    }
    data
}

fn step_data(step: &StepDefinition, ways: &Ways) -> Document {
    json!({
        "name": step.name,
        "action": step.action,
        "inside": step.inside,
        "line": step.line,
        "calls": step.calls,
        "waitsFor": step.waits_for,
        "timeLimitSeconds": step.time_limit,
        "maxAttempts": step.max_attempts,
        "next": ways.success,
        "onFailure": ways.on_failure,
        "onCancel": ways.on_cancel,
    })
}
