//! `aws:executeAutomation` of a runbook that is part of the same program (spec 5.11), once or for several targets (6.3).

use serde_json::json;

use super::{Move, Procedure, text};
use crate::effect::{Request, inputs_of};
use crate::failure::COMPLETION;
use crate::value::{Document, Map};

/// What a step starts in the same program, and waits for.
pub(crate) trait Stoppable: Clone + std::fmt::Debug + Send + Sync + 'static {
    /// The request to cancel it, and to wait for its end.
    fn to_stop(&self) -> Self;
}

/// It is run, and has to succeed.
impl<S: Stoppable, Q: Request + From<S>> Procedure<Q> for S {
    type Stage = ();

    fn inputs(&self) -> Map {
        inputs_of(&Q::from(self.clone()))
    }

    fn begin(&self) {}

    fn request(&self, (): &()) -> Q {
        self.clone().into()
    }

    fn answered(&self, (): &(), answer: &Document) -> Move<()> {
        ended(answer)
    }

    fn activity(&self, (): &()) -> &'static str {
        COMPLETION
    }

    fn stop(&self, (): &()) -> Option<Q> {
        Some(self.to_stop().into())
    }

    fn stops_when_late(&self) -> bool {
        true
    }
}

/// What the end of a child, or of several, means for the step.
fn ended(answer: &Document) -> Move<()> {
    // A scenario need not say how well it went.
    let status = text(answer, "/Status").unwrap_or("Success");
    let execution = text(answer, "/ExecutionId").unwrap_or_default();
    let outputs = json!({
        "Output": answer.get("Output").cloned().unwrap_or_else(|| json!([])),
        "ExecutionId": execution,
        "Status": status,
    });
    if status == "Success" {
        return Move::Done(outputs);
    }
    let mut cause = format!("Execution {execution} ended with status {status}");
    if let Some(reason) = text(answer, "/FailureMessage") {
        cause = format!("{cause}. {reason}");
    }
    Move::Failed {
        cause,
        outputs: Some(outputs),
    }
}
