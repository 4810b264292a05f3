//! `aws:executeAutomation` of a runbook that the service runs: it is started and awaited (spec 5.11).

use serde_json::json;

use super::{Move, Procedure, code, renamed, text, told, without};
use crate::caller::CallError;
use crate::effect::{Request, inputs_of};
use crate::failure::{ACTION, COMPLETION};
use crate::value::{Document, Map};

/// Statuses in which an execution is not over.
const RUNNING: [&str; 4] = ["Pending", "InProgress", "Waiting", "Cancelling"];

/// Has the service run a runbook and waits until it has succeeded.
#[derive(Debug)]
pub struct RunAutomation<Q> {
    /// StartAutomationExecution.
    pub start: Q,
    /// GetAutomationExecution, by the execution's id.
    pub get: fn(String) -> Q,
    /// StopAutomationExecution, by the execution's id.
    pub stop: fn(String) -> Q,
}

/// How far the execution is.
#[derive(Debug)]
pub enum Stage {
    /// It is started.
    Start,
    /// It runs.
    Run {
        /// Its id.
        execution: String,
    },
}

impl<Q: Request> Procedure<Q> for RunAutomation<Q> {
    type Stage = Stage;

    fn inputs(&self) -> Map {
        renamed(
            inputs_of(&self.start),
            &[("Parameters", "RuntimeParameters")],
        )
    }

    fn begin(&self) -> Stage {
        Stage::Start
    }

    fn request(&self, stage: &Stage) -> Q {
        match stage {
            Stage::Start => self.start.clone(),
            Stage::Run { execution } => (self.get)(execution.clone()),
        }
    }

    fn answered(&self, stage: &Stage, answer: &Document) -> Move<Stage> {
        match stage {
            Stage::Start => told(
                answer,
                "StartAutomationExecution",
                "/AutomationExecutionId",
                |execution| Move::Later(Stage::Run { execution }),
            ),
            Stage::Run { execution } => ran(execution, answer),
        }
    }

    fn refused(&self, stage: &Stage, error: &CallError) -> Option<Move<Stage>> {
        // A new execution is not known everywhere at once.
        let unknown = code(error) == "AutomationExecutionNotFoundException";
        match stage {
            Stage::Run { execution } if unknown => Some(not_yet(execution, "not there")),
            _ => None,
        }
    }

    fn hoped(&self, stage: &Stage) -> Option<Document> {
        let succeeded = json!({"AutomationExecution": {"AutomationExecutionStatus": "Success"}});
        matches!(stage, Stage::Run { .. }).then_some(succeeded)
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
            Stage::Run { execution } => Some(json!({"ExecutionId": execution})),
        }
    }

    fn stop(&self, stage: &Stage) -> Option<Q> {
        match stage {
            Stage::Start => None,
            Stage::Run { execution } => Some((self.stop)(execution.clone())),
        }
    }

    fn stops_when_late(&self) -> bool {
        true
    }

    fn must_be_answered(&self, stage: &Stage) -> bool {
        matches!(stage, Stage::Start)
    }
}

fn ran(execution: &str, answer: &Document) -> Move<Stage> {
    let Some(status) = text(answer, "/AutomationExecution/AutomationExecutionStatus") else {
        return without("GetAutomationExecution", "AutomationExecutionStatus");
    };
    if RUNNING.contains(&status) {
        return not_yet(execution, status);
    }
    let outputs = json!({
        "Output": output(answer),
        "ExecutionId": execution,
        "Status": status,
    });
    if status == "Success" {
        return Move::Done(outputs);
    }
    let mut cause = format!("Execution {execution} ended with status {status}");
    if let Some(reason) = text(answer, "/AutomationExecution/FailureMessage") {
        cause = format!("{cause}. {reason}");
    }
    Move::Failed {
        cause,
        outputs: Some(outputs),
    }
}

/// All values of the document's outputs, one after another.
fn output(answer: &Document) -> Vec<&Document> {
    let outputs = answer.pointer("/AutomationExecution/Outputs");
    let outputs = outputs.and_then(Document::as_object).into_iter().flatten();
    let values = outputs.filter_map(|(_, values)| values.as_array());
    values.flatten().collect()
}

fn not_yet(execution: &str, status: &str) -> Move<Stage> {
    Move::Again(format!("Execution {execution} is {status}"))
}
