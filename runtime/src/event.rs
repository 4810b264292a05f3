//! Events: what has happened in an execution, in order. An execution is nothing but its events.
//!
//! Every event is stored before the engine goes on, so that an execution can be continued after any of them. There are a
//! few for each step, so they are small: what is large and rare lies elsewhere, and the names of steps are those of the
//! program.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::caller::{CallError, EffectId};
use crate::doubt::Decision;
use crate::failure::Failure;
use crate::flow::After;
use crate::name::Name;
use crate::record::Simulation;
use crate::script::Output;
use crate::signal::Signal;
use crate::status::Status;
use crate::stored::StoredValues;
use crate::value::{Document, Map};

/// Something that has happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When. Orchestration knows no other time than that of events.
    pub at: Timestamp,
    /// What.
    pub change: Change,
}

/// What has happened. Steps are named, not numbered: a journal can be read without its runbook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Change {
    /// The execution was accepted.
    Began(Arc<Beginning>),
    /// What defaults of parameters take from Parameter Store is known.
    Read {
        /// The values by their names there.
        values: StoredValues,
    },
    /// The caller of the APIs is known.
    Identified {
        /// The ARN of the identity.
        arn: Box<str>,
        /// The account it belongs to.
        account: Box<str>,
    },
    /// It cannot start, or not go on: a child that nobody can run ends with this, and so does its step under way.
    NotStarted {
        /// Why.
        problem: String,
    },
    /// An execution that was cut off goes on.
    Resumed {
        /// When it was cut off, as far as is known: the time of the event before.
        since: Timestamp,
    },
    /// Nobody knew whether a call was made before the execution was cut off, and this was decided.
    Resolved {
        /// Which one.
        effect: EffectId,
        /// What becomes of it.
        decision: Decision,
    },
    /// A step starts, with its first attempt.
    StepStarted {
        /// The step.
        step: Name,
    },
    /// An iteration of the loop under way starts.
    IterationStarted {
        /// The loop.
        step: Name,
        /// The iteration, from 1.
        iteration: u32,
    },
    /// A step waits until somebody lets it start, because the execution is interactive.
    AwaitsStart {
        /// The step.
        step: Name,
    },
    /// Somebody has let the step start.
    StartAllowed {
        /// The step.
        step: Name,
        /// What was said.
        signal: Box<Signal>,
    },
    /// Another attempt of the step under way starts.
    AttemptStarted {
        /// The step.
        step: Name,
        /// The attempt, from 1.
        attempt: u32,
    },
    /// A call is about to be made. If no answer follows, nobody knows whether it was.
    Called {
        /// Which one.
        effect: EffectId,
    },
    /// A call was answered.
    Answered {
        /// Which one.
        effect: EffectId,
        /// The answer, as Boto3 gives it.
        answer: Arc<Document>,
    },
    /// An effect has printed something, which its script did before what follows was known.
    Printed {
        /// Which one.
        effect: EffectId,
        /// What.
        output: Box<Output>,
    },
    /// A call gave no usable answer.
    Refused {
        /// Which one.
        effect: EffectId,
        /// Why.
        error: Box<CallError>,
    },
    /// The step waits.
    Waiting {
        /// The step.
        step: Name,
        /// The attempt.
        attempt: u32,
        /// Until when.
        until: Timestamp,
        /// For what.
        reason: Reason,
    },
    /// The step waits for people.
    AwaitsSignal {
        /// The step.
        step: Name,
        /// The attempt.
        attempt: u32,
    },
    /// Somebody has told the step under way something that counts.
    Signalled {
        /// The step.
        step: Name,
        /// The attempt.
        attempt: u32,
        /// What.
        signal: Box<Signal>,
    },
    /// The time of an attempt is up, and what it has started is to be stopped.
    OutOfTime {
        /// The step.
        step: Name,
        /// The attempt.
        attempt: u32,
        /// Why the attempt has timed out.
        failure: Box<Failure>,
    },
    /// An attempt has failed or timed out, and another will follow.
    AttemptFailed {
        /// The step.
        step: Name,
        /// The attempt.
        attempt: u32,
        /// `Failed` or `TimedOut`.
        status: Status,
        /// Why.
        failure: Box<Failure>,
        /// When the next attempt starts.
        retry_at: Timestamp,
    },
    /// A step has ended.
    StepEnded {
        /// The step.
        step: Name,
        /// `Success`, `Failed`, `TimedOut`, `Cancelled` or `Exited`.
        status: Status,
        /// Why, if it has not succeeded.
        failure: Option<Box<Failure>>,
        /// What follows.
        next: After<Name>,
    },
    /// The time of a loop is up while a step inside runs, which is stopped.
    LoopTimedOut {
        /// The loop.
        step: Name,
    },
    /// Somebody asked the execution to stop.
    CancelRequested,
    /// Somebody asked the execution to end after the step under way.
    CompleteRequested,
    /// The execution has ended.
    Ended {
        /// How.
        status: Status,
    },
}

impl Change {
    /// The kind of the change, as the journal writes it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Began(_) => "Began",
            Self::Read { .. } => "Read",
            Self::Identified { .. } => "Identified",
            Self::NotStarted { .. } => "NotStarted",
            Self::Resumed { .. } => "Resumed",
            Self::Resolved { .. } => "Resolved",
            Self::StepStarted { .. } => "StepStarted",
            Self::IterationStarted { .. } => "IterationStarted",
            Self::AwaitsStart { .. } => "AwaitsStart",
            Self::StartAllowed { .. } => "StartAllowed",
            Self::AttemptStarted { .. } => "AttemptStarted",
            Self::Called { .. } => "Called",
            Self::Answered { .. } => "Answered",
            Self::Printed { .. } => "Printed",
            Self::Refused { .. } => "Refused",
            Self::Waiting { .. } => "Waiting",
            Self::AwaitsSignal { .. } => "AwaitsSignal",
            Self::Signalled { .. } => "Signalled",
            Self::OutOfTime { .. } => "OutOfTime",
            Self::AttemptFailed { .. } => "AttemptFailed",
            Self::StepEnded { .. } => "StepEnded",
            Self::LoopTimedOut { .. } => "LoopTimedOut",
            Self::CancelRequested => "CancelRequested",
            Self::CompleteRequested => "CompleteRequested",
            Self::Ended { .. } => "Ended",
        }
    }
}

/// What an execution starts from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beginning {
    /// The execution.
    pub execution: Uuid,
    /// The execution that started it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Uuid>,
    /// Whether it runs the runbook for several targets, each an execution of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_targets: bool,
    /// Which of several targets it is for, if it is for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The name of the runbook.
    pub runbook: String,
    /// The hash of its text. Another text cannot continue the execution.
    pub hash: String,
    /// The parameters, complete and typed.
    pub parameters: Map,
    /// Those of them that the user supplied.
    pub supplied: Map,
    /// The region.
    pub region: String,
    /// What the answers come from, if not from AWS.
    pub simulation: Option<Simulation>,
    /// Whether every step waits until somebody lets it start.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interactive: bool,
}

/// Why a step waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// It is its job: `aws:sleep`.
    Sleep,
    /// The answer did not show a desired value yet.
    Poll,
    /// The service asked to slow down.
    Throttled {
        /// When it asked for the first time, without an answer since.
        since: Box<Timestamp>,
    },
}
