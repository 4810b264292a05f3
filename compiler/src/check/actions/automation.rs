//! `aws:executeAutomation` (spec 5.11).

mod fleet;

use super::call::{self, Called, Given, text, told};
use super::inputs::text_span;
use super::typed::{Inputs, Members};
use crate::check::children::{self, Start, Target};
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Step, Value};
use crate::ir::{Child, Field, Procedure, Targets, Work};

const SERVICE: &str = "ssm";

/// The members of StartAutomationExecution, and the inputs that they are; without those that have any type.
const MEMBERS: [(&str, &str); 8] = [
    ("DocumentName", "DocumentName"),
    ("DocumentVersion", "DocumentVersion"),
    ("TargetParameterName", "TargetParameterName"),
    ("Targets", "Targets"),
    ("MaxConcurrency", "MaxConcurrency"),
    ("MaxErrors", "MaxErrors"),
    ("TargetLocations", "TargetLocations"),
    ("Tags", "Tags"),
];

/// Checks a step that starts another runbook.
pub(super) fn run(step: &Step, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Work> {
    let called = Called::find(scope.catalogue, SERVICE, "StartAutomationExecution")?;
    let mut inputs = Inputs::of(step, scope, diagnostics);
    let members = members(&called, &mut inputs);
    let child = child(&mut inputs, &members);
    let parameters = members.iter().find_map(|(name, value)| match value {
        Given::Encoded(data) if *name == "Parameters" => Some(data.clone()),
        _ => None,
    });
    inputs.sound()?;
    match child {
        Some((name, targets)) => Some(Work::Child(Child {
            name,
            parameters,
            targets,
        })),
        None => by_service(step, called, members, scope),
    }
}

/// Checks what is given to a runbook that is at hand. Gives its name if it is run here, and the targets that it is run for:
/// with targets that have to be looked up, or in other accounts, the service runs it.
fn child(inputs: &mut Inputs<'_, '_>, members: &Members) -> Option<(String, Option<Targets>)> {
    let name = inputs.given("DocumentName")?.as_scalar()?;
    let name = Some(name).filter(|name| name.template.is_literal())?;
    let child = inputs.scope.library.find(name.text().trim())?;
    let maps = inputs.given("TargetMaps");
    let values = inputs.given("Targets").and_then(fleet::values);
    let target = match (maps, inputs.given("TargetParameterName")) {
        (Some(maps), _) => Target::Maps(maps),
        (None, Some(name)) => Target::Parameter(name, values),
        (None, None) => Target::None,
    };
    let start = Start {
        step: inputs.step,
        name: text_span(name),
        child,
        parameters: inputs.given("RuntimeParameters"),
        target,
    };
    inputs.reported(|scope, diagnostics| children::check(&start, scope, diagnostics));
    let looked_up = inputs.given("Targets").is_some() && values.is_none();
    if looked_up || inputs.given("TargetLocations").is_some() {
        return None;
    }
    let targets = fleet::targets(inputs, members);
    let version = inputs.given("DocumentVersion");
    inputs.reported(|_, diagnostics| diagnostics.extend(version.map(without_effect)));
    Some((child.source.document.clone(), targets))
}

fn without_effect(version: &Value) -> Diagnostic {
    let message = "`DocumentVersion` of a runbook that is given along has no effect";
    Diagnostic::warning(Code::IneffectiveProperty, version.span, message)
        .label("a file has no versions")
        .help("remove it, or leave the runbook to the service: do not give it along")
}

/// The members of the request.
fn members(called: &Called, inputs: &mut Inputs<'_, '_>) -> Members {
    let mut members = inputs.members(called, &MEMBERS);
    let encoded = [
        ("Parameters", "RuntimeParameters"),
        ("TargetMaps", "TargetMaps"),
    ];
    members.extend(encoded.into_iter().filter_map(|(member, input)| {
        let value = inputs.encoded(input)?;
        Some((member, value))
    }));
    fleet::rate(inputs, &members);
    inputs.exclusive("Targets", "TargetMaps");
    together(inputs, "Targets", "TargetParameterName");
    together(inputs, "TargetParameterName", "Targets");
    members
}

/// Reports an input that is nothing without another one.
fn together(inputs: &mut Inputs<'_, '_>, given: &str, missing: &str) {
    let Some(value) = inputs.given(given) else {
        return;
    };
    if inputs.given(missing).is_none() && inputs.step.inputs_known {
        let message = format!(
            "step `{}` gives `{given}` without `{missing}`",
            inputs.step.name
        );
        inputs.report(
            Diagnostic::error(Code::MissingInput, value.span, message)
                .label(format!("needs `{missing}` beside it"))
                .help(format!("add `{missing}` under `inputs`")),
        );
    }
}

/// The runbook is started and run by the service.
fn by_service(step: &Step, called: Called, members: Members, scope: &Scope<'_>) -> Option<Work> {
    let call = |operation: &str, more| {
        let mut members = vec![("AutomationExecutionId", told("execution"))];
        members.extend(more);
        call::call(step, scope.catalogue, (SERVICE, operation), members)
    };
    let cancel = Some(("Type", text("Cancel")));
    Some(Work::Procedure(Procedure {
        name: "RunAutomation",
        shared: Vec::new(),
        fields: vec![
            ("start", Field::Call(called.with(step, members)?)),
            ("get", Field::Later(call("GetAutomationExecution", None)?)),
            (
                "stop",
                Field::Later(call("StopAutomationExecution", cancel)?),
            ),
        ],
        constants: Vec::new(),
    }))
}
