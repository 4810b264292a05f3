//! What comes of a run.

use std::fmt;

use uuid::Uuid;

use crate::record::Record;
use crate::status::Status;

use super::Embedded;

/// What came of a run, which need not be a success.
#[non_exhaustive]
pub struct Finished<R: Embedded> {
    /// The record of the execution, in the shape of `aws ssm get-automation-execution`.
    pub record: Record,
    /// The document's outputs, each as far as there is a value for it.
    pub outputs: R::Outputs,
    /// The state at the end, with what every step has left; none if it ended before it was known who calls.
    pub state: Option<R::State>,
    /// What was worth knowing before it ran, about the scripts for instance.
    pub notes: Vec<String>,
}

impl<R: Embedded> Finished<R> {
    /// How the execution has ended: `Success`, `Failed`, `TimedOut` or `Cancelled`.
    pub fn status(&self) -> Status {
        self.record.status()
    }

    /// Whether it has succeeded.
    pub fn is_success(&self) -> bool {
        self.status() == Status::Success
    }

    /// The execution.
    pub fn execution(&self) -> Uuid {
        self.record.automation_execution.automation_execution_id
    }

    /// Why it has failed, if it has.
    pub fn failure(&self) -> Option<&str> {
        self.record.automation_execution.failure_message.as_deref()
    }

    /// The same, if it has succeeded.
    ///
    /// # Errors
    /// When it has ended otherwise.
    pub fn into_success(self) -> Result<Self, Unsuccessful> {
        match self.is_success() {
            true => Ok(self),
            false => Err(Unsuccessful {
                record: Box::new(self.record),
            }),
        }
    }
}

// Derived, these would ask the same of the runbook.
impl<R: Embedded> Clone for Finished<R> {
    fn clone(&self) -> Self {
        Self {
            record: self.record.clone(),
            outputs: self.outputs.clone(),
            state: self.state.clone(),
            notes: self.notes.clone(),
        }
    }
}

impl<R: Embedded> fmt::Debug for Finished<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Finished")
            .field("record", &self.record)
            .field("outputs", &self.outputs)
            .field("state", &self.state)
            .field("notes", &self.notes)
            .finish()
    }
}

/// An execution that has ended otherwise than in success.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", words(.record))]
#[non_exhaustive]
pub struct Unsuccessful {
    /// The record of the execution.
    pub record: Box<Record>,
}

impl Unsuccessful {
    /// How the execution has ended: `Failed`, `TimedOut` or `Cancelled`.
    pub fn status(&self) -> Status {
        self.record.status()
    }

    /// Why it has failed, if it has.
    pub fn failure(&self) -> Option<&str> {
        self.record.automation_execution.failure_message.as_deref()
    }
}

/// `execution 0f1e… of runbook restart-instance has ended as Failed: …`
fn words(record: &Record) -> String {
    let execution = &record.automation_execution;
    let text = format!(
        "execution {} of runbook `{}` has ended as {}",
        execution.automation_execution_id,
        execution.document_name,
        record.status()
    );
    match &execution.failure_message {
        Some(message) => format!("{text}: {message}"),
        None => text,
    }
}
