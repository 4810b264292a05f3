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
const ACTION: &str = "Execute/Cancelling action";
const INPUTS: &str = "validating and resolving the step inputs";
const OUTPUTS: &str = "verifying the step outputs";

impl Failure {
    /// A failure while the action was carried out. `cause` is the sentence that tells why, without what surrounds it.
    pub fn action(kind: FailureType, cause: &str) -> Self {
        Self::failed(FailureStage::Invocation, kind, ACTION, cause)
    }

    /// The inputs cannot be made.
    pub fn input(error: &InputError) -> Self {
        Self::inputs(&format!("Failed to resolve input: {error}"))
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
    pub fn timed_out(cause: &str) -> Self {
        Self {
            stage: FailureStage::Invocation,
            kind: FailureType::Action,
            message: sentence("Step timed out while step is", ACTION, cause),
            details: BTreeMap::new(),
        }
    }

    /// A call gave no usable answer.
    pub fn call(error: &CallError) -> Self {
        let cause = error.to_string();
        match error {
            CallError::Service {
                operation,
                code,
                throttling,
                ..
            } => Self::action(type_of(code, *throttling), &cause)
                .detail("ErrorCode", code)
                .detail("Operation", operation),
            CallError::Input(_) => Self::inputs(&cause),
            CallError::Connection(_) => Self::action(FailureType::Action, &cause),
            CallError::Response { operation, .. } => {
                Self::action(FailureType::Internal, &cause).detail("Operation", operation)
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
            message: sentence("Step fails when it is", activity, cause),
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

fn sentence(start: &str, activity: &str, cause: &str) -> String {
    let cause = cause.trim_end();
    let stop = if cause.ends_with('.') { "" } else { "." };
    format!(
        "{start} {activity}. {cause}{stop} \
         Please refer to Automation Service Troubleshooting Guide for more diagnosis details."
    )
}
