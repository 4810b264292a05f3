//! `aws:executeStateMachine`: a state machine is started and awaited (spec 5.14).

use serde_json::json;

use super::{Move, Procedure, code, text, told, without};
use crate::caller::CallError;
use crate::effect::{Request, inputs_of};
use crate::failure::{ACTION, COMPLETION};
use crate::value::{Document, Map};

/// Statuses in which an execution is not over.
const RUNNING: [&str; 2] = ["RUNNING", "PENDING_REDRIVE"];

/// What the step leaves, under the names that DescribeExecution has for it.
const OUTPUTS: [&str; 8] = [
    "executionArn",
    "stateMachineArn",
    "name",
    "input",
    "output",
    "startDate",
    "stopDate",
    "status",
];

/// Runs a state machine and waits until it has succeeded.
#[derive(Debug)]
pub struct RunStateMachine<Q> {
    /// StartExecution.
    pub start: Q,
    /// DescribeExecution, by the execution's ARN.
    pub describe: fn(String) -> Q,
    /// StopExecution, by the execution's ARN.
    pub stop: fn(String) -> Q,
}

/// How far the execution is.
#[derive(Debug)]
pub enum Stage {
    /// It is started.
    Start,
    /// It runs.
    Run {
        /// Its ARN.
        execution: String,
    },
}

impl<Q: Request> Procedure<Q> for RunStateMachine<Q> {
    type Stage = Stage;

    fn inputs(&self) -> Map {
        inputs_of(&self.start)
    }

    fn begin(&self) -> Stage {
        Stage::Start
    }

    fn request(&self, stage: &Stage) -> Q {
        match stage {
            Stage::Start => self.start.clone(),
            Stage::Run { execution } => (self.describe)(execution.clone()),
        }
    }

    fn answered(&self, stage: &Stage, answer: &Document) -> Move<Stage> {
        match stage {
            Stage::Start => told(answer, "StartExecution", "/executionArn", |execution| {
                Move::Next(Stage::Run { execution })
            }),
            Stage::Run { execution } => ran(execution, answer),
        }
    }

    fn refused(&self, stage: &Stage, error: &CallError) -> Option<Move<Stage>> {
        // A new execution is not known everywhere at once.
        let unknown = code(error) == "ExecutionDoesNotExist";
        match stage {
            Stage::Run { execution } if unknown => Some(not_yet(execution, "not there")),
            _ => None,
        }
    }

    fn hoped(&self, stage: &Stage) -> Option<Document> {
        matches!(stage, Stage::Run { .. }).then(|| json!({"status": "SUCCEEDED"}))
    }

    fn activity(&self, stage: &Stage) -> &'static str {
        match stage {
            Stage::Start => ACTION,
            Stage::Run { .. } => COMPLETION,
        }
    }

    fn started(&self, stage: &Stage) -> Option<Document> {
        match stage {
            Stage::Start => None,
            Stage::Run { execution } => Some(json!({"executionArn": execution})),
        }
    }

    fn stop(&self, stage: &Stage) -> Option<Q> {
        match stage {
            Stage::Start => None,
            Stage::Run { execution } => Some((self.stop)(execution.clone())),
        }
    }

    fn must_be_answered(&self, stage: &Stage) -> bool {
        matches!(stage, Stage::Start)
    }
}

fn ran(execution: &str, answer: &Document) -> Move<Stage> {
    let Some(status) = text(answer, "/status") else {
        return without("DescribeExecution", "status");
    };
    if RUNNING.contains(&status) {
        return not_yet(execution, status);
    }
    let outputs = OUTPUTS.into_iter().filter_map(|name| {
        let value = answer.get(name).filter(|value| !value.is_null())?;
        Some((name.to_owned(), value.clone()))
    });
    let outputs = Document::Object(outputs.collect());
    if status == "SUCCEEDED" {
        return Move::Done(outputs);
    }
    let mut cause = format!("Execution {execution} ended with status {status}");
    for reason in ["/error", "/cause"] {
        if let Some(reason) = text(answer, reason) {
            cause = format!("{cause}. {reason}");
        }
    }
    Move::Failed {
        cause,
        outputs: Some(outputs),
    }
}

fn not_yet(execution: &str, status: &str) -> Move<Stage> {
    Move::Again(format!("Execution {execution} is {status}"))
}
