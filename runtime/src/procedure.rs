//! Procedures: the actions that are more than one call (spec 5.4 to 5.10, 5.14, 5.19, 5.20).
//!
//! A procedure is a table. For each of its stages it has the request that is made there, and says what an answer means:
//! on to another stage, once more, done, failed. It is only ever asked, never changed, so a poll that found nothing
//! leaves no trace, and the engine may forget it. Generated code hands over the requests, and functions that make the
//! later ones from what earlier answers have told; which services there are is none of a procedure's business.

mod change_instance_state;
mod course;
mod create_stack;
mod create_tags;
mod delete_image;
mod delete_stack;
mod instances;
mod make_image;
mod run_automation;
mod run_child;
mod run_command;
mod run_instances;
mod run_state_machine;

use std::fmt::Debug;

pub use change_instance_state::{ChangeInstanceState, InstanceState};
pub use course::Course;
pub use create_stack::CreateStack;
pub use create_tags::{AddTags, CreateTags};
pub use delete_image::DeleteImage;
pub use delete_stack::DeleteStack;
pub use make_image::MakeImage;
pub use run_automation::RunAutomation;
pub(crate) use run_child::Stoppable;
pub use run_command::RunCommand;
pub use run_instances::RunInstances;
pub use run_state_machine::RunStateMachine;

use crate::caller::CallError;
use crate::effect::Request;
use crate::failure::COMPLETION;
use crate::value::{Document, Map};

/// What an action of several calls does.
pub trait Procedure<Q: Request>: Debug + Send + Sync + 'static {
    /// How far it is, with what has to be known there.
    type Stage: Debug + Send + Sync + 'static;

    /// The step's inputs as the record shows them, beyond those that the step's definition holds already.
    fn inputs(&self) -> Map;

    /// Where it begins.
    fn begin(&self) -> Self::Stage;

    /// The request that is made at a stage.
    fn request(&self, stage: &Self::Stage) -> Q;

    /// What the answer to it means.
    fn answered(&self, stage: &Self::Stage, answer: &Document) -> Move<Self::Stage>;

    /// What an error means, if not that the attempt has failed. Throttling is the engine's own business.
    fn refused(&self, _stage: &Self::Stage, _error: &CallError) -> Option<Move<Self::Stage>> {
        None
    }

    /// What goes on at a stage, in the words of the service (spec 7.5).
    fn activity(&self, _stage: &Self::Stage) -> &'static str {
        COMPLETION
    }

    /// What is said about an error that fails the attempt.
    fn complaint(&self, _stage: &Self::Stage, error: &CallError) -> String {
        error.to_string()
    }

    /// What the answer shows when what is polled for has come; what is null is not there. Nothing where any answer will do.
    fn hoped(&self, _stage: &Self::Stage) -> Option<Document> {
        None
    }

    /// The outputs that tell what has been started, for a step that ends before it is done: a handler may look after it.
    fn started(&self, _stage: &Self::Stage) -> Option<Document> {
        None
    }

    /// The request that stops what has been started, for a step that is cancelled (spec 4.5).
    fn stop(&self, _stage: &Self::Stage) -> Option<Q> {
        None
    }

    /// Whether what has been started is stopped when the time of an attempt is up, too.
    fn stops_when_late(&self) -> bool {
        false
    }

    /// Whether the request starts something that could not be stopped if its answer were not awaited.
    fn must_be_answered(&self, _stage: &Self::Stage) -> bool {
        false
    }
}

/// What follows an answer.
#[derive(Debug)]
pub enum Move<S> {
    /// Another stage.
    Next(S),
    /// Another stage, after a pause.
    Later(S),
    /// The same request again, after a pause. The sentence says what was found.
    Again(String),
    /// The action has succeeded, with these outputs.
    Done(Document),
    /// The attempt has failed.
    Failed {
        /// Why, as a sentence.
        cause: String,
        /// Outputs that are kept all the same.
        outputs: Option<Document>,
    },
}

impl<S> Move<S> {
    /// A failure that leaves nothing behind.
    pub(crate) fn failed(cause: impl Into<String>) -> Self {
        Self::Failed {
            cause: cause.into(),
            outputs: None,
        }
    }

    fn map<T>(self, onward: impl FnOnce(S) -> T) -> Move<T> {
        match self {
            Self::Next(stage) => Move::Next(onward(stage)),
            Self::Later(stage) => Move::Later(onward(stage)),
            Self::Again(found) => Move::Again(found),
            Self::Done(outputs) => Move::Done(outputs),
            Self::Failed { cause, outputs } => Move::Failed { cause, outputs },
        }
    }
}

/// The text at a JSON pointer.
fn text<'a>(answer: &'a Document, pointer: &str) -> Option<&'a str> {
    answer.pointer(pointer)?.as_str()
}

/// The texts of a member of every element of a list: those at `/State` of all `Images`.
fn texts<'a>(answer: &'a Document, list: &str, pointer: &'a str) -> Vec<&'a str> {
    let elements = answer.get(list).and_then(Document::as_array);
    let elements = elements.into_iter().flatten();
    elements
        .filter_map(|element| text(element, pointer))
        .collect()
}

/// The texts of a list among the inputs.
fn elements(inputs: &Map, name: &str) -> Vec<String> {
    let list = inputs.get(name).and_then(Document::as_array);
    let texts = list.into_iter().flatten().filter_map(Document::as_str);
    texts.map(str::to_owned).collect()
}

/// What follows from a text that every answer of an operation has, at a JSON pointer.
fn told<S>(
    answer: &Document,
    operation: &str,
    pointer: &str,
    onward: impl FnOnce(String) -> Move<S>,
) -> Move<S> {
    match text(answer, pointer) {
        Some(text) => onward(text.to_owned()),
        None => without(operation, pointer.rsplit('/').next().unwrap_or(pointer)),
    }
}

/// An answer lacks what every such answer has.
fn without<S>(operation: &str, member: &str) -> Move<S> {
    Move::failed(format!("The answer of {operation} has no {member}"))
}

/// The code of an error of the service.
fn code(error: &CallError) -> &str {
    match error {
        CallError::Service { code, .. } => code,
        _ => "",
    }
}

/// Whether CloudFormation says that there is no such stack, for which it has no code of its own.
fn is_no_stack(error: &CallError) -> bool {
    match error {
        CallError::Service { code, message, .. } => {
            code == "ValidationError" && message.contains("does not exist")
        }
        _ => false,
    }
}

/// Gives members of a request the names that the step's inputs have.
fn renamed(mut members: Map, names: &[(&str, &str)]) -> Map {
    for (member, input) in names {
        if let Some(value) = members.shift_remove(*member) {
            members.insert((*input).to_owned(), value);
        }
    }
    members
}
