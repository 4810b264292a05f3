//! Signals: what people tell a running execution, and where that comes from.
//!
//! A step that waits for people asks a source for one signal after the other. What a signal means is decided in
//! [`crate::execution`], from the events alone; a source only brings it, and hears when it was refused.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::approval::{Approval, Decision};
use crate::caller::BoxFuture;

/// Brings signals.
pub trait Signals: Send + Sync {
    /// The next signal; may take for ever. One that was on its way when this is dropped comes the next time.
    fn next<'a>(&'a self, awaited: &'a Awaited<'a>) -> BoxFuture<'a, Signal>;

    /// A signal was refused, and nothing has changed.
    fn refused(&self, _signal: &Signal, _refusal: &Refusal) {}
}

/// Nobody ever says anything.
impl Signals for () {
    fn next<'a>(&'a self, _: &'a Awaited<'a>) -> BoxFuture<'a, Signal> {
        Box::pin(std::future::pending())
    }
}

/// A shared source is one, too.
impl<S: Signals + ?Sized> Signals for Arc<S> {
    fn next<'a>(&'a self, awaited: &'a Awaited<'a>) -> BoxFuture<'a, Signal> {
        (**self).next(awaited)
    }

    fn refused(&self, signal: &Signal, refusal: &Refusal) {
        (**self).refused(signal, refusal);
    }
}

/// What somebody tells an execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// What is said.
    pub kind: SignalKind,
    /// The step that it is for; the one that waits, if it does not say.
    pub step: Option<String>,
    /// The ARN of who says it.
    pub by: String,
    /// What they add.
    pub comment: Option<String>,
    /// The number of the letter in the journal that has brought it, if one has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<i64>,
}

impl Signal {
    /// Something that whoever has the ARN `by` says to the step that waits.
    pub fn new(kind: SignalKind, by: impl Into<String>) -> Self {
        Self {
            kind,
            step: None,
            by: by.into(),
            comment: None,
            letter: None,
        }
    }

    /// Yes, to a step that waits for an approval.
    pub fn approve(by: impl Into<String>) -> Self {
        Self::new(SignalKind::Approve, by)
    }

    /// No, to the same.
    pub fn reject(by: impl Into<String>) -> Self {
        Self::new(SignalKind::Reject, by)
    }

    /// Go on, to a step that pauses.
    pub fn resume(by: impl Into<String>) -> Self {
        Self::new(SignalKind::Resume, by)
    }

    /// Begin, to a step of an interactive execution.
    pub fn start(by: impl Into<String>) -> Self {
        Self::new(SignalKind::Start, by)
    }

    /// For this step only: `ask`, `ask[3]` for its third iteration, `prepare/ask` for one of a runbook that `prepare` starts.
    #[must_use]
    pub fn to(self, step: impl Into<String>) -> Self {
        Self {
            step: Some(step.into()),
            ..self
        }
    }

    /// With a comment, which the record shows.
    #[must_use]
    pub fn comment(self, comment: impl Into<String>) -> Self {
        Self {
            comment: Some(comment.into()),
            ..self
        }
    }
}

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignalKind {
    /// Yes, to a step that waits for an approval.
    Approve,
    /// No, to the same.
    Reject,
    /// Go on, to a step that pauses.
    Resume,
    /// Begin, to a step of an interactive execution.
    Start,
}

/// A step that waits for people.
#[derive(Clone, Debug)]
pub struct Awaited<'a> {
    /// The step.
    pub step: &'static str,
    /// The same with the iterations of the loops around it: `ask[3]`.
    pub label: String,
    /// What it waits for.
    pub wanted: Wanted<'a>,
    /// Since when.
    pub since: Timestamp,
    /// Until when, if there is a limit.
    pub deadline: Option<Timestamp>,
    /// The ARN that the execution runs under.
    pub caller: &'a str,
    /// The account that it runs in.
    pub account: &'a str,
}

/// What a step waits for.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// Decisions.
    Decisions {
        /// What is to be decided, and by whom.
        approval: &'a Approval,
        /// Those that there are, in order.
        made: &'a [Decision],
    },
    /// Somebody who says that it may go on.
    Resumption {
        /// What they are told.
        message: Option<&'a str>,
    },
    /// Somebody who says that it may begin.
    Start,
}

/// Why a signal was refused (the service's `InvalidAutomationSignalException`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No step waits for people.
    #[error("no step waits for a signal")]
    NothingWaits,
    /// Another step waits.
    #[error("`{named}` does not wait for a signal, `{waiting}` does")]
    OtherStep {
        /// The step that the signal is for.
        named: String,
        /// The step that waits.
        waiting: String,
    },
    /// The step waits for something else.
    #[error("`{step}` cannot be {}: {}", participle(*.kind), wish(*.wanted))]
    OtherKind {
        /// The step that waits.
        step: String,
        /// What was said.
        kind: SignalKind,
        /// What it waits for.
        wanted: SignalKind,
    },
    /// Somebody who has no say.
    #[error("{by} is none of the approvers of `{step}`: {}", .approvers.join(", "))]
    NoApprover {
        /// Who wants to decide.
        by: String,
        /// The step that waits.
        step: String,
        /// Who may.
        approvers: Vec<String>,
    },
    /// Somebody who has had their say.
    #[error("{by} has decided about `{step}` already, and nobody decides twice")]
    Again {
        /// Who wants to decide.
        by: String,
        /// The step that waits.
        step: String,
    },
    /// Somebody in whose place another has had their say.
    #[error("{by} would decide about `{step}` as {approver}, but so has {other} already")]
    Taken {
        /// Who wants to decide.
        by: String,
        /// The step that waits.
        step: String,
        /// The entry of `Approvers`.
        approver: String,
        /// Who has decided by it.
        other: String,
    },
}

/// What a signal of a kind makes of a step.
pub(crate) const fn participle(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::Approve => "approved",
        SignalKind::Reject => "rejected",
        SignalKind::Resume => "resumed",
        SignalKind::Start => "started",
    }
}

/// What a step waits for.
const fn wish(wanted: SignalKind) -> &'static str {
    match wanted {
        SignalKind::Approve | SignalKind::Reject => "it waits for a decision, approve or reject",
        SignalKind::Resume => "it waits to be resumed",
        SignalKind::Start => "it waits to be started",
    }
}

impl fmt::Display for Signal {
    /// `approved by arn:aws:iam::111122223333:user/ops: looks good`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} by {}", participle(self.kind), self.by)?;
        match &self.comment {
            Some(comment) => write!(formatter, ": {comment}"),
            None => Ok(()),
        }
    }
}
