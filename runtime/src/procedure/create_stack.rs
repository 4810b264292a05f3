//! `aws:createStack`: what is left of an earlier try is removed, then a stack is created and awaited (spec 5.7).

use serde_json::json;

use super::{Move, Procedure, is_no_stack, text, told, without};
use crate::caller::CallError;
use crate::effect::{Request, inputs_of};
use crate::failure::{ACTION, COMPLETION};
use crate::value::{Document, Map};

/// Creates a stack and waits until it is complete.
#[derive(Debug)]
pub struct CreateStack<Q> {
    /// DescribeStacks, by the name of the stack.
    pub look: Q,
    /// DeleteStack, by the name of the stack: for one that could not be created before.
    pub remove: Q,
    /// CreateStack.
    pub create: Q,
    /// DescribeStacks, by the id of the stack.
    pub describe: fn(String) -> Q,
}

/// How far the stack is.
#[derive(Debug)]
pub enum Stage {
    /// Is there one of this name?
    Look,
    /// There is one, rolled back, and it is deleted.
    Remove,
    /// It is ordered.
    Create,
    /// It is on its way.
    Complete {
        /// Its id.
        stack: String,
    },
}

impl<Q: Request> Procedure<Q> for CreateStack<Q> {
    type Stage = Stage;

    fn inputs(&self) -> Map {
        inputs_of(&self.create)
    }

    fn begin(&self) -> Stage {
        Stage::Look
    }

    fn request(&self, stage: &Stage) -> Q {
        match stage {
            Stage::Look => self.look.clone(),
            Stage::Remove => self.remove.clone(),
            Stage::Create => self.create.clone(),
            Stage::Complete { stack } => (self.describe)(stack.clone()),
        }
    }

    fn answered(&self, stage: &Stage, answer: &Document) -> Move<Stage> {
        match stage {
            Stage::Look => looked(answer),
            Stage::Remove => Move::Later(Stage::Look),
            Stage::Create => told(answer, "CreateStack", "/StackId", |stack| {
                Move::Next(Stage::Complete { stack })
            }),
            Stage::Complete { stack } => completed(stack, answer),
        }
    }

    fn refused(&self, stage: &Stage, error: &CallError) -> Option<Move<Stage>> {
        let absent = is_no_stack(error);
        match stage {
            Stage::Look if absent => Some(Move::Next(Stage::Create)),
            // A new stack is not known everywhere at once.
            Stage::Complete { stack } if absent => Some(not_yet(stack, "not there")),
            _ => None,
        }
    }

    fn hoped(&self, stage: &Stage) -> Option<Document> {
        let complete =
            json!({"Stacks": [{"StackStatus": "CREATE_COMPLETE", "StackStatusReason": null}]});
        matches!(stage, Stage::Complete { .. }).then_some(complete)
    }

    fn activity(&self, stage: &Stage) -> &'static str {
        match stage {
            Stage::Complete { .. } => COMPLETION,
            Stage::Look | Stage::Remove | Stage::Create => ACTION,
        }
    }

    fn started(&self, stage: &Stage) -> Option<Document> {
        match stage {
            Stage::Look | Stage::Remove | Stage::Create => None,
            Stage::Complete { stack } => Some(json!({"StackId": stack})),
        }
    }

    fn must_be_answered(&self, stage: &Stage) -> bool {
        matches!(stage, Stage::Create)
    }
}

/// What an existing stack of the same name means. One that is neither busy nor rolled back is for CreateStack to refuse.
fn looked(answer: &Document) -> Move<Stage> {
    let name = text(answer, "/Stacks/0/StackName").unwrap_or_default();
    match text(answer, "/Stacks/0/StackStatus") {
        Some("ROLLBACK_COMPLETE") => Move::Next(Stage::Remove),
        Some(status) if status.ends_with("_IN_PROGRESS") => not_yet(name, status),
        _ => Move::Next(Stage::Create),
    }
}

fn completed(stack: &str, answer: &Document) -> Move<Stage> {
    let Some(status) = text(answer, "/Stacks/0/StackStatus") else {
        return without("DescribeStacks", "StackStatus");
    };
    if ["CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"].contains(&status) {
        return not_yet(stack, status);
    }
    let reason = text(answer, "/Stacks/0/StackStatusReason").unwrap_or_default();
    let outputs = json!({"StackId": stack, "StackStatus": status, "StackStatusReason": reason});
    if status == "CREATE_COMPLETE" {
        return Move::Done(outputs);
    }
    let mut cause = format!("Stack {stack} entered unexpected state: {status}");
    if !reason.is_empty() {
        cause = format!("{cause}. {reason}");
    }
    Move::Failed {
        cause,
        outputs: Some(outputs),
    }
}

fn not_yet(stack: &str, status: &str) -> Move<Stage> {
    Move::Again(format!("Stack {stack} is {status}"))
}
