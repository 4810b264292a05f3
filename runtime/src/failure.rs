//! Failures of steps, and the sentences that the service says about them (spec 7.3, 7.5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::caller::CallError;
use crate::value::{InputError, OutputError};

/// Why a step has failed or timed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Where it failed.
    pub stage: FailureStage,
    /// How.
    pub kind: FailureType,
    /// The whole sentence of the record.
    pub message: String,
    /// What is known about it, by name.
    pub details: BTreeMap<String, Vec<String>>,
}

/// Where a step fails (`FailureStage`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureStage {
    /// Before anything was done: the inputs cannot be made or sent.
    InputValidation,
    /// While the action was carried out.
    Invocation,
    /// Afterwards: the answer is not what the step needs.
    PostVerification,
}

/// How a step fails (`FailureType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureType {
    /// The action failed.
    Action,
    /// Access was denied.
    Permission,
    /// The service asked to slow down until the patience was over.
    Throttling,
    /// A value is not what it should be.
    Verification,
    /// It is nobody's fault who wrote or runs the runbook.
    Internal,
}

/// The stage texts of spec 7.5.
pub(crate) const ACTION: &str = "Execute/Cancelling action";
pub(crate) const COMPLETION: &str = "Poll action status for completion";
pub(crate) const AGENT: &str = "verifying the SSM Agent availability on the target instance(s)";
pub(crate) const COMMAND: &str = "verifying the command has completed";
pub(crate) const LAUNCH: &str = "launching the instance(s)";
pub(crate) const READY: &str = "verifying launched instance(s) are ready to be used";
const INPUTS: &str = "validating and resolving the step inputs";
const OUTPUTS: &str = "verifying the step outputs";

impl Failure {
    /// A failure while the action was carried out. `cause` is the sentence that tells why, without what surrounds it.
    pub fn action(kind: FailureType, cause: &str) -> Self {
        Self::during(ACTION, kind, cause)
    }

    /// A failure while the action did what `activity` says.
    pub(crate) fn during(activity: &str, kind: FailureType, cause: &str) -> Self {
        Self::failed(FailureStage::Invocation, kind, activity, cause)
    }

    /// A script has failed; `cause` is its traceback, or the sentence that tells why.
    pub fn script(cause: &str) -> Self {
        let stage = FailureStage::Invocation;
        Self::failed(stage, FailureType::Action, COMPLETION, cause)
    }

    /// The inputs cannot be made.
    pub fn input(error: &InputError) -> Self {
        match error {
            InputError::Refused { .. } => Self::inputs(&error.to_string()),
            _ => Self::inputs(&format!("Failed to resolve input: {error}")),
        }
    }

    /// The outputs cannot be made.
    pub fn output(error: &OutputError) -> Self {
        let cause = format!("Failed to convert output: {error}");
        let stage = FailureStage::PostVerification;
        Self::failed(stage, FailureType::Verification, OUTPUTS, &cause)
    }

    /// The answer does not show a desired value.
    pub fn undesired(cause: &str) -> Self {
        let stage = FailureStage::PostVerification;
        Self::failed(stage, FailureType::Verification, ACTION, cause)
    }

    /// The time limit of the attempt is over.
    pub fn timed_out(activity: &str, cause: &str) -> Self {
        Self {
            stage: FailureStage::Invocation,
            kind: FailureType::Action,
            message: sentence("Step timed out while step is", activity, cause),
            details: BTreeMap::new(),
        }
    }

    /// A call gave no usable answer. `cause` says so.
    pub fn call(error: &CallError, activity: &str, cause: &str) -> Self {
        match error {
            CallError::Service {
                operation,
                code,
                throttling,
                ..
            } => Self::during(activity, type_of(code, *throttling), cause)
                .detail("ErrorCode", code)
                .detail("Operation", operation),
            CallError::Input(_) => Self::inputs(cause),
            CallError::Script(error) => error.into(),
            CallError::Connection(_) | CallError::Webhook(_) => {
                Self::during(activity, FailureType::Action, cause)
            }
            CallError::Response { operation, .. } => {
                Self::during(activity, FailureType::Internal, cause).detail("Operation", operation)
            }
        }
    }

    /// Adds what is known about it.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<String>) -> Self {
        self.details
            .entry(name.to_owned())
            .or_default()
            .push(value.into());
        self
    }

    /// Whether another attempt may end differently: inputs are resolved once per step, so they stay as they are.
    pub fn may_be_repeated(&self) -> bool {
        self.stage != FailureStage::InputValidation
    }

    fn inputs(cause: &str) -> Self {
        let stage = FailureStage::InputValidation;
        Self::failed(stage, FailureType::Verification, INPUTS, cause)
    }

    fn failed(stage: FailureStage, kind: FailureType, activity: &str, cause: &str) -> Self {
        Self {
            stage,
            kind,
            message: sentence(beginning(activity), activity, cause),
            details: BTreeMap::new(),
        }
    }
}

/// The codes by which services refuse access.
fn type_of(code: &str, throttling: bool) -> FailureType {
    match code {
        _ if throttling => FailureType::Throttling,
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "AuthorizationError"
        | "AuthorizationErrorException"
        | "NotAuthorized" => FailureType::Permission,
        _ => FailureType::Action,
    }
}

/// The service shortens its words about a launch, and nowhere else.
fn beginning(activity: &str) -> &'static str {
    match activity {
        LAUNCH => "Step fails when it's",
        _ => "Step fails when it is",
    }
}

fn sentence(start: &str, activity: &str, cause: &str) -> String {
    let cause = cause.trim_end();
    let stop = if cause.ends_with('.') { "" } else { "." };
    format!(
        "{start} {activity}. {cause}{stop} \
         Please refer to Automation Service Troubleshooting Guide for more diagnosis details."
    )
}
