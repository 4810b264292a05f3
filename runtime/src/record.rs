//! The record of an execution, in the shape of `aws ssm get-automation-execution`.
//!
//! Members, spellings and presence are the service's, so that tools made for it can read this. What the service
//! does not know stands beside `AutomationExecution`, never in it.

mod inputs;
mod time;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::failure::{FailureStage, FailureType};
use crate::name::{Name, Named};
use crate::status::Status;
use crate::value::Document;

pub use inputs::Inputs;

/// Lists of texts by name, in the order of the runbook.
pub type Texts = Named<Document>;

/// The record of an execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Record {
    /// What the service would tell.
    pub automation_execution: AutomationExecution,
    /// There only when the answers did not come from AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulation: Option<Simulation>,
    /// What scripts have printed, by step; not there if nothing was. The service keeps that in CloudWatch Logs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub script_output: Vec<ScriptOutput>,
    /// The calls that a dry run would have made, in order; there only for one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<PlannedCall>,
    /// The ways that a dry run has taken because of invented values; there only for one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invented_choices: Vec<InventedChoice>,
    /// The records of the runbooks that steps have started and that are part of the same program; not there if there are
    /// none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub child_executions: Vec<Record>,
}

impl Record {
    /// How far the execution is.
    pub fn status(&self) -> Status {
        self.automation_execution.automation_execution_status
    }

    /// A step by its name; one inside a loop as it has run last.
    pub fn step(&self, name: &str) -> Option<&StepExecution> {
        let mut steps = self.automation_execution.step_executions.iter();
        steps.rfind(|step| step.step_name == name)
    }

    /// The steps, each with what people call it: one inside a loop with its iterations, `stop[2][3]`.
    pub(crate) fn labelled_steps(&self) -> impl Iterator<Item = (String, &StepExecution)> {
        let mut iterations: BTreeMap<Option<Uuid>, String> = BTreeMap::new();
        let steps = self.automation_execution.step_executions.iter();
        steps.map(move |step| {
            let around = step.parent_step_details.as_ref().map(|parent| {
                let outer = iterations.get(&Some(parent.around.step_execution_id));
                format!("{}[{}]", outer.map_or("", String::as_str), parent.iteration)
            });
            let around = around.unwrap_or_default();
            let label = format!("{}{around}", step.step_name);
            iterations.insert(step.step_execution_id, around);
            (label, step)
        })
    }

    /// The record of what a step has started in the same program.
    pub(crate) fn started_by(&self, step: &StepExecution) -> Option<&Self> {
        self.child_of_id(step.started()?)
    }

    /// The record of what was started under this id.
    pub(crate) fn child_of_id(&self, id: Uuid) -> Option<&Self> {
        let mut children = self.child_executions.iter();
        children.find(|child| child.automation_execution.automation_execution_id == id)
    }
}

/// Says that an execution was simulated, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Simulation {
    /// The answers came from this scenario.
    Scenario(Arc<str>),
    /// Nothing was done, and the answers were invented.
    DryRun(Reading),
}

/// What a dry run really reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reading {
    /// Nothing.
    Nothing,
    /// What calls that only read give.
    Aws,
}

/// A call that a dry run would have made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PlannedCall {
    /// The step; one inside a loop with its iteration, `stop[2]`, one of a child after the step that starts it, `prepare/stop`.
    pub step_name: String,
    /// What would be called: `ecs.RunTask`, `aws:executeScript`.
    pub operation: String,
    /// With what. Texts in `‹…›` are invented.
    pub inputs: crate::value::Document,
    /// Where the answer came from.
    pub answered: Answered,
}

/// Where an answer of a dry run came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answered {
    /// It was invented.
    Invented,
    /// It was read from AWS.
    Read,
    /// From a runbook of the same program, in a dry run as well.
    Child,
}

/// A way that a dry run has taken because of invented values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InventedChoice {
    /// The step that has chosen it.
    pub step_name: String,
    /// The steps with the invented outputs.
    pub decided_by: Vec<String>,
    /// Where it leads; not there if it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step: Option<String>,
    /// How often it goes round, if it is a loop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iterations: Option<u32>,
}

/// What the script of a step has printed, in its last attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ScriptOutput {
    /// The step; one inside a loop with its iteration: `check[2]`.
    pub step_name: String,
    /// The end of its standard output.
    pub standard_output: String,
    /// The end of its standard error.
    pub standard_error: String,
}

/// An execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AutomationExecution {
    /// The execution.
    pub automation_execution_id: Uuid,
    /// The name of the runbook.
    pub document_name: String,
    /// Always `1`: a file has no versions.
    pub document_version: String,
    /// When it started.
    #[serde(with = "time")]
    pub execution_start_time: Timestamp,
    /// When it ended.
    #[serde(
        default,
        with = "time::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub execution_end_time: Option<Timestamp>,
    /// How far it is.
    pub automation_execution_status: Status,
    /// All steps of `mainSteps` in document order, each loop followed by the steps that have run inside of it.
    pub step_executions: Vec<StepExecution>,
    /// Always false.
    pub step_executions_truncated: bool,
    /// The parameters as supplied, each a list of texts.
    pub parameters: Texts,
    /// The variables, each a list of texts; there only if the runbook declares some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables: Option<Texts>,
    /// The document's outputs, each a list of texts.
    pub outputs: Texts,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_message: Option<String>,
    /// Which of several targets it is for, if it is for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// `Auto`; `Interactive` if every step waits until somebody lets it start.
    pub mode: String,
    /// The execution that started it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_automation_execution_id: Option<Uuid>,
    /// The ARN of the identity that the runbook ran under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executed_by: Option<String>,
    /// The step under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_step_name: Option<String>,
    /// Its action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_action: Option<String>,
    /// The parameter that the targets give values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_parameter_name: Option<String>,
    /// The targets as given: `{Key, Values}`; mostly there are none.
    pub targets: Vec<Texts>,
    /// The targets as given, if each gives values to several parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub target_maps: Vec<Texts>,
    /// The values that are targets.
    pub resolved_targets: ResolvedTargets,
    /// How many executions may run at once, as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_concurrency: Option<String>,
    /// How many may fail before no more are started, as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_errors: Option<String>,
    /// How many executions there are for the targets, if it is for some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets_summary: Option<TargetsSummary>,
}

/// How far the executions for several targets are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct TargetsSummary {
    /// How many targets there are.
    pub total_count: usize,
    /// For how many an execution has started.
    pub started_count: usize,
    /// How many have ended.
    pub completed_count: usize,
    /// How many have succeeded.
    pub successful_count: usize,
    /// How many have ended otherwise.
    pub failed_count: usize,
}

/// The values that are the targets of an execution.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResolvedTargets {
    /// Values of a parameter; mostly there are none.
    pub parameter_values: Vec<String>,
    /// Always false.
    pub truncated: bool,
}

/// A step of an execution. One that has not started has a name, an action and a status only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct StepExecution {
    /// The step.
    pub step_name: Name,
    /// Its action.
    pub action: Name,
    /// `timeoutSeconds` as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u64>,
    /// `onFailure` as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<Name>,
    /// `maxAttempts` as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// When it started.
    #[serde(
        default,
        with = "time::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub execution_start_time: Option<Timestamp>,
    /// When it ended.
    #[serde(
        default,
        with = "time::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub execution_end_time: Option<Timestamp>,
    /// How far it is.
    pub step_status: Status,
    /// The resolved inputs, each as JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Inputs>,
    /// The outputs, each a list of texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Texts>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_message: Option<Box<str>>,
    /// Which calls may have been made twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning_message: Option<Box<str>>,
    /// Where and how it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_details: Option<Box<FailureDetails>>,
    /// The execution of this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_execution_id: Option<Uuid>,
    /// Always empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden_parameters: Option<NoParameters>,
    /// `isEnd` as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_end: Option<bool>,
    /// `nextStep` as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step: Option<Name>,
    /// `isCritical` as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_critical: Option<bool>,
    /// Where the finished step could lead: to one step, always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_next_steps: Option<[Name; 1]>,
    /// The iteration that it belongs to, inside a loop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_step_details: Option<ParentStepDetails>,
}

impl StepExecution {
    /// The execution that the step has started.
    pub(crate) fn started(&self) -> Option<Uuid> {
        let id = self.outputs.as_ref()?.get("ExecutionId")?.get(0)?;
        id.as_str()?.parse().ok()
    }

    /// A step that has not started.
    pub(crate) fn pending(name: impl Into<Name>, action: &'static &'static str) -> Self {
        Self {
            step_name: name.into(),
            action: action.into(),
            timeout_seconds: None,
            on_failure: None,
            max_attempts: None,
            execution_start_time: None,
            execution_end_time: None,
            step_status: Status::Pending,
            inputs: None,
            outputs: None,
            failure_message: None,
            warning_message: None,
            failure_details: None,
            step_execution_id: None,
            overridden_parameters: None,
            is_end: None,
            next_step: None,
            is_critical: None,
            valid_next_steps: None,
            parent_step_details: None,
        }
    }
}

/// No parameters: none are ever overridden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoParameters {}

/// The iteration of a loop in which a step has run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ParentStepDetails {
    /// The loop, which the steps of all its iterations share.
    #[serde(flatten)]
    pub around: Arc<LoopDetails>,
    /// The number of the iteration, from 1.
    pub iteration: u32,
    /// What the iteration is about: a text, or JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iterator_value: Option<Box<str>>,
}

/// A loop that has run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct LoopDetails {
    /// The execution of the loop.
    pub step_execution_id: Uuid,
    /// The loop.
    pub step_name: Name,
    /// Its action.
    pub action: Name,
}

/// Where and how a step failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct FailureDetails {
    /// Where.
    pub failure_stage: FailureStage,
    /// How.
    pub failure_type: FailureType,
    /// What is known about it.
    pub details: BTreeMap<String, Vec<String>>,
}
