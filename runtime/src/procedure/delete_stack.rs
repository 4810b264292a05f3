//! `aws:deleteStack`: a stack is deleted by its id, so that no newer one of its name is meant, and awaited (spec 5.10).

use serde_json::json;

use super::{Move, Procedure, is_no_stack, text, told};
use crate::caller::CallError;
use crate::effect::{Request, inputs_of};
use crate::failure::{ACTION, COMPLETION};
use crate::value::{Document, Map};

/// Deletes a stack and waits until it is gone.
#[derive(Debug)]
pub struct DeleteStack<Q> {
    /// DescribeStacks, by what the step calls the stack.
    pub look: Q,
    /// DeleteStack, by what the step calls the stack.
    pub delete: Q,
    /// The same DeleteStack, by the id of the stack.
    pub of_id: fn(Q, String) -> Q,
    /// DescribeStacks, by the id of the stack.
    pub describe: fn(String) -> Q,
}

/// How far the stack is.
#[derive(Debug)]
pub enum Stage {
    /// It is looked up.
    Look,
    /// Its deletion is ordered.
    Delete {
        /// Its id.
        stack: String,
    },
    /// It is on its way out.
    Gone {
        /// Its id.
        stack: String,
    },
}

impl<Q: Request> Procedure<Q> for DeleteStack<Q> {
    type Stage = Stage;

    fn inputs(&self) -> Map {
        inputs_of(&self.delete)
    }

    fn begin(&self) -> Stage {
        Stage::Look
    }

    fn request(&self, stage: &Stage) -> Q {
        match stage {
            Stage::Look => self.look.clone(),
            Stage::Delete { stack } => (self.of_id)(self.delete.clone(), stack.clone()),
            Stage::Gone { stack } => (self.describe)(stack.clone()),
        }
    }

    fn answered(&self, stage: &Stage, answer: &Document) -> Move<Stage> {
        match stage {
            Stage::Look => told(answer, "DescribeStacks", "/Stacks/0/StackId", |stack| {
                Move::Next(Stage::Delete { stack })
            }),
            Stage::Delete { stack } => Move::Next(Stage::Gone {
                stack: stack.clone(),
            }),
            Stage::Gone { stack } => gone(stack, answer),
        }
    }

    fn refused(&self, stage: &Stage, error: &CallError) -> Option<Move<Stage>> {
        // A stack that is gone for long is not known any more, not even by its id.
        let absent = matches!(stage, Stage::Gone { .. }) && is_no_stack(error);
        absent.then(done)
    }

    fn hoped(&self, stage: &Stage) -> Option<Document> {
        let gone = json!({"Stacks": [{"StackStatus": "DELETE_COMPLETE"}]});
        matches!(stage, Stage::Gone { .. }).then_some(gone)
    }

    fn activity(&self, stage: &Stage) -> &'static str {
        match stage {
            Stage::Look | Stage::Delete { .. } => ACTION,
            Stage::Gone { .. } => COMPLETION,
        }
    }
}

fn gone(stack: &str, answer: &Document) -> Move<Stage> {
    match text(answer, "/Stacks/0/StackStatus") {
        Some("DELETE_COMPLETE") => done(),
        Some("DELETE_FAILED") => {
            let cause = format!("Stack {stack} entered unexpected state: DELETE_FAILED");
            Move::failed(match text(answer, "/Stacks/0/StackStatusReason") {
                Some(reason) => format!("{cause}. {reason}"),
                None => cause,
            })
        }
        status => Move::Again(format!("Stack {stack} is {}", status.unwrap_or("there"))),
    }
}

fn done() -> Move<Stage> {
    Move::Done(Document::Object(Map::new()))
}
