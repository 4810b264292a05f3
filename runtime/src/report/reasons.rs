//! Why an execution has failed: which step it was, and what it said.

use std::fmt;

use crate::record::{Record, StepExecution};
use crate::status::Status;

use super::words::cause;

/// Of how many targets it is told.
const TOLD: usize = 10;

/// A sentence, and the step that it is about: `prepare/stop[2]: …`. Without a step it is about the execution.
struct Reason<'a> {
    step: String,
    message: &'a str,
}

/// Why an execution has failed, or some of its targets have; nothing if nobody knows.
pub(super) fn reasons(record: &Record) -> Vec<String> {
    let told = match record.automation_execution.targets_summary {
        Some(_) => of_targets(record),
        None => Vec::new(),
    };
    match reason(record) {
        Some(reason) if told.is_empty() => vec![reason.to_string()],
        _ => told,
    }
}

/// The runs for targets are the steps of such an execution.
fn of_targets(record: &Record) -> Vec<String> {
    let steps = record.automation_execution.step_executions.iter();
    let failed = steps.filter(|step| has_failed(step.step_status));
    let mut told = failed.map(|step| {
        let own = record.started_by(step).and_then(reason);
        let told = own.map_or_else(|| step.step_status.to_string(), |reason| reason.to_string());
        format!("[{}] {told}", step.step_name)
    });
    let mut lines: Vec<String> = told.by_ref().take(TOLD).collect();
    match told.count() {
        0 => {}
        rest => lines.push(format!("… and {rest} more")),
    }
    lines
}

fn reason(record: &Record) -> Option<Reason<'_>> {
    let message = record.automation_execution.failure_message.as_deref()?;
    let steps = record.labelled_steps().filter(|(_, step)| {
        step.step_status == record.status() && step.failure_message.as_deref() == Some(message)
    });
    // A loop fails with the words of a step inside of it, which stands behind it.
    let found = steps.min_by_key(|(_, step)| step.action == "aws:loop");
    Some(match found {
        Some((label, step)) => of_step(record, label, step),
        None => Reason {
            step: String::new(),
            message,
        },
    })
}

/// Why a step has failed: one of the execution that it has started, if that is known.
fn of_step<'a>(record: &'a Record, label: String, step: &'a StepExecution) -> Reason<'a> {
    match record.started_by(step).and_then(reason) {
        Some(Reason { step, message }) if step.is_empty() => Reason {
            step: label,
            message,
        },
        Some(Reason { step, message }) => Reason {
            step: format!("{label}/{step}"),
            message,
        },
        None => Reason {
            step: label,
            message: step.failure_message.as_deref().unwrap_or_default(),
        },
    }
}

const fn has_failed(status: Status) -> bool {
    matches!(status, Status::Failed | Status::TimedOut)
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = cause(self.message);
        match self.step.as_str() {
            "" => formatter.write_str(message),
            step => write!(formatter, "{step}: {message}"),
        }
    }
}
