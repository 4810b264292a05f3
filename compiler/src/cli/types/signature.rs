//! The signature as data, which is also its JSON form.

use serde::Serialize;
use serde_json::Value;

use super::shape;
use crate::catalogue::Member;
use crate::ir::{ApiCall, Bounds, Output, OutputSource, Parameter, Runbook, Step};

/// Everything typed in a runbook.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Signature {
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub parameters: Vec<ParameterType>,
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
    /// The operation that is called: `ecs RunTask`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// All that the operation takes.
    pub inputs: Vec<InputType>,
    pub outputs: Vec<OutputType>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InputType {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub required: bool,
    /// Whether the runbook gives it.
    pub given: bool,
    /// The values that the service's model knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
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
}

impl Signature {
    /// The signature of a checked runbook.
    pub(super) fn of(runbook: &Runbook) -> Self {
        let outputs = runbook.outputs.iter();
        Self {
            name: runbook.name.clone(),
            description: runbook.description.trim().to_owned(),
            parameters: runbook.parameters.iter().map(parameter).collect(),
            steps: runbook.steps.iter().map(step).collect(),
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

fn range(bounds: Bounds) -> Option<Range> {
    let Bounds { min, max } = bounds;
    (min.is_some() || max.is_some()).then_some(Range { min, max })
}

fn step(step: &Step) -> StepType {
    let call = step.work.call();
    StepType {
        name: step.name.clone(),
        line: step.line,
        action: step.action.clone(),
        api: call.map(|call| format!("{} {}", call.service.name, call.operation.name)),
        inputs: call.map(inputs).unwrap_or_default(),
        outputs: step.outputs.iter().map(output).collect(),
    }
}

fn inputs(call: &ApiCall) -> Vec<InputType> {
    let structure = call
        .operation
        .input
        .and_then(|shape| call.service.structure(shape));
    let members = structure.map(|structure| structure.members.iter());
    members
        .into_iter()
        .flatten()
        .map(|member| input(call, member))
        .collect()
}

fn input(call: &ApiCall, member: &Member) -> InputType {
    InputType {
        name: member.name.clone(),
        kind: shape::name(&call.service, member.shape),
        required: member.required,
        given: call.input.iter().any(|field| field.name == member.name),
        values: shape::values(&call.service, member.shape).to_vec(),
    }
}

fn output(output: &Output) -> OutputType {
    OutputType {
        name: output.name.clone(),
        kind: output.kind.as_str(),
        selector: match &output.source {
            OutputSource::Selected(selector) => Some(selector.text.clone()),
            _ => None,
        },
    }
}
