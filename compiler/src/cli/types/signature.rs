//! The signature as data, which is also its JSON form.

use serde::Serialize;
use serde_json::Value;

use super::shape;
use crate::catalogue::Member;
use crate::check::{OwnInput, own_inputs, predefined};
use crate::document::{self, ValueKind};
use crate::ir::{ApiCall, Bounds, Output, OutputSource, Parameter, Runbook, Step, Variable, Work};
use crate::source::Spanned;

/// Everything typed in a runbook.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Signature {
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub parameters: Vec<ParameterType>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<ParameterType>,
    pub steps: Vec<StepType>,
    pub outputs: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ParameterType {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The type as written, where it names a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    pub required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_values: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_pattern: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Range>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub characters: Option<Range>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// Inclusive bounds; an end that is not there is open.
#[derive(Debug, Serialize)]
pub(super) struct Range {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StepType {
    pub name: String,
    pub line: usize,
    pub action: String,
    /// The loop around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<String>,
    /// The operation that is called: `ecs RunTask`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// All that the action takes, and the operation it calls by name.
    pub inputs: Vec<InputType>,
    pub outputs: Vec<OutputType>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InputType {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub required: bool,
    /// Whether the runbook gives it.
    pub given: bool,
    /// The values that the service's model knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// What a mapping, or each mapping in a list, holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberType>,
}

/// What a mapping in an input holds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MemberType {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub required: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OutputType {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Where it is in the answer, if the runbook says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// What it is, if the action has it by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'static str>,
}

impl Signature {
    /// The signature of a checked runbook, whose steps are written so.
    pub(super) fn of(runbook: &Runbook, written: &[document::Step]) -> Self {
        let outputs = runbook.outputs.iter();
        let steps = runbook.steps.iter().filter_map(|step| {
            let mut written = written.iter();
            Some((
                step,
                written.find(|written| written.name.value == step.name)?,
            ))
        });
        Self {
            name: runbook.name.clone(),
            description: runbook.description.trim().to_owned(),
            parameters: runbook.parameters.iter().map(parameter).collect(),
            variables: runbook.variables.iter().map(variable).collect(),
            steps: steps
                .map(|(checked, written)| step(runbook, checked, written))
                .collect(),
            outputs: outputs
                .map(|output| format!("{}.{}", output.step, output.output))
                .collect(),
        }
    }
}

fn parameter(parameter: &Parameter) -> ParameterType {
    let kind = parameter.kind.as_str();
    let written = &parameter.written_type;
    ParameterType {
        name: parameter.name.clone(),
        kind,
        resource: (written != kind).then(|| written.clone()),
        required: parameter.default.is_none(),
        default: parameter.default.clone(),
        allowed_values: parameter.allowed_values.clone(),
        allowed_pattern: parameter.allowed_pattern.clone(),
        items: range(parameter.items),
        characters: range(parameter.chars),
        description: parameter.description.trim().to_owned(),
    }
}

fn variable(variable: &Variable) -> ParameterType {
    ParameterType {
        required: false,
        ..parameter(&variable.declaration)
    }
}

fn range(bounds: Bounds) -> Option<Range> {
    let Bounds { min, max } = bounds;
    (min.is_some() || max.is_some()).then_some(Range { min, max })
}

fn step(runbook: &Runbook, step: &Step, written: &document::Step) -> StepType {
    // Lambda's own API goes by other names here.
    let named = own_inputs(&step.action)
        .iter()
        .any(|input| input.name == "Api");
    let call = step.work.call().filter(|_| named);
    StepType {
        name: step.name.clone(),
        line: step.line,
        action: step.action.clone(),
        inside: step.inside.map(|around| runbook.step(around).name.clone()),
        api: call.map(|call| format!("{} {}", call.service.name, call.operation.name)),
        inputs: inputs(runbook, step, written, call),
        outputs: outputs(step),
    }
}

/// The action's own inputs, then the members of the operation, those that must be given first.
fn inputs(
    runbook: &Runbook,
    step: &Step,
    written: &document::Step,
    call: Option<&ApiCall>,
) -> Vec<InputType> {
    let own = own_inputs(&step.action)
        .iter()
        .map(|input| match (&step.work, input.name) {
            (Work::Set { variable, .. }, "Value") => InputType {
                kind: runbook.variable(*variable).declaration.kind.as_str(),
                ..own_input(input, written)
            },
            _ => own_input(input, written),
        });
    let structure = call.and_then(|call| call.service.structure(call.operation.input?));
    let members = structure.map(shape::required_first).unwrap_or_default();
    let members = members.into_iter().zip(call.into_iter().cycle());
    own.chain(members.map(|(member, call)| input(call, member)))
        .collect()
}

fn own_input(input: &OwnInput, written: &document::Step) -> InputType {
    let is_given = |(key, value): &(Spanned<String>, document::Value)| {
        key.value == input.name && value.kind != ValueKind::Null
    };
    InputType {
        name: input.name.to_owned(),
        kind: input.kind.as_str(),
        required: input.required,
        given: written.inputs.iter().any(is_given),
        values: input
            .values
            .iter()
            .map(|value| (*value).to_owned())
            .collect(),
        members: Vec::new(),
    }
}

fn input(call: &ApiCall, member: &Member) -> InputType {
    let service = &call.service;
    let members = shape::members(service, member.shape);
    let inner = |member: &Member| MemberType {
        name: member.name.clone(),
        kind: shape::name(service, member.shape),
        required: member.required && !member.filled,
    };
    InputType {
        name: member.name.clone(),
        kind: shape::name(service, member.shape),
        required: member.required && !member.filled,
        given: call.input.iter().any(|field| field.name == member.name),
        values: shape::values(service, member.shape).to_vec(),
        members: members.into_iter().map(inner).collect(),
    }
}

/// The action's own outputs, whether anything uses them or not, then the declared ones.
fn outputs(step: &Step) -> Vec<OutputType> {
    let is_declared = |name: &str| {
        let mut declared = step.outputs.iter();
        declared.any(|output| output.name == name && selector(output).is_some())
    };
    let own = predefined(&step.action).iter();
    let is_loop = matches!(step.work, Work::Loop(_));
    let kept = |name: &str| step.outputs.iter().find(|output| output.name == name);
    let own = own
        // What a loop has depends on what it goes by.
        .filter(|(name, _)| !is_declared(name) && (!is_loop || kept(name).is_some()))
        .map(|(name, kind)| OutputType {
            name: (*name).to_owned(),
            kind: kept(name).map_or(*kind, |output| output.kind).as_str(),
            selector: None,
            description: description(name),
        });
    let declared = step.outputs.iter().filter_map(|output| {
        Some(OutputType {
            name: output.name.clone(),
            kind: output.kind.as_str(),
            selector: Some(selector(output)?),
            description: None,
        })
    });
    own.chain(declared).collect()
}

fn selector(output: &Output) -> Option<String> {
    match &output.source {
        OutputSource::Selected(selector) => Some(selector.text.clone()),
        _ => None,
    }
}

/// What an action's own output is (spec 3.6, 5.16).
fn description(name: &str) -> Option<&'static str> {
    Some(match name {
        "StatusCode" => "the HTTP status as text: '200'",
        "FunctionError" => "only where the function failed",
        "LogResult" => "the end of the log",
        "Payload" => "the result as JSON text",
        "CurrentIteration" => "the number of the iteration, from 1",
        "CurrentIteratorValue" => "the item of the iteration",
        "OutputPayload" => "all that the action returned, as JSON text",
        _ => return None,
    })
}
