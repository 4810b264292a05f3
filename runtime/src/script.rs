//! Scripts: what `aws:executeScript` runs, as a real process (spec 5.13).
//!
//! Takes a script with its input and gives the value that its handler returned, or why there is none, and what it has
//! printed. Every attempt has a fresh private folder, a cleaned environment and a process group of its own; none of
//! them outlives it. The script's text is a file that the interpreter reads: it never passes through a shell, and the
//! value comes back by a file of its own, since standard output belongs to the script.

mod answer;
mod attachment;
mod environment;
mod error;
mod interpreter;
mod output;
mod probe;
mod process;
mod sandbox;

use std::future::Future;
use std::time::Duration;

pub use attachment::Attachment;
pub use environment::{Aws, Credentials};
pub use error::ScriptError;
pub use interpreter::{Language, Runtime};
pub use output::{Kept, Output};
pub use probe::{Note, ProbeError, Requirement, probe};

use crate::value::{Document, Map};
use process::Ended;
use sandbox::Sandbox;

/// The most that a script may return, in bytes of JSON (spec 5.13).
pub const LARGEST_PAYLOAD: usize = 100 * 1024;

/// The most elements of a returned list; the others are cut off (spec 5.13).
pub const LONGEST_LIST: usize = 100;

/// A script as a step gives it, its references resolved.
#[derive(Clone, Debug)]
pub struct Script {
    /// What interprets it.
    pub language: Language,
    /// `Script`; empty where the code is in the attachment.
    pub text: String,
    /// `Handler`: `function`, or `file.function` in an attachment. PowerShell has none.
    pub handler: Option<String>,
    /// `InputPayload`, which becomes the first argument.
    pub payload: Map,
    /// The second argument: what the service tells a handler about its execution.
    pub context: Map,
    /// The file that `Attachment` names, its checksum verified.
    pub attachment: Option<Attachment>,
}

/// What surrounds a script.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// As whom it calls AWS, and where.
    pub aws: Aws,
    /// How long a script that is asked to end may take before it is killed.
    pub grace: Duration,
}

impl Surroundings {
    /// The surroundings of a real run.
    pub const fn new(aws: Aws) -> Self {
        Self {
            aws,
            grace: Duration::from_secs(2),
        }
    }
}

/// One run of a script.
#[derive(Debug)]
pub struct Run<T> {
    /// How it ended.
    pub ending: Ending<T>,
    /// What it has printed.
    pub output: Output,
    /// What could not be removed afterwards, and why.
    pub left_behind: Option<String>,
}

/// How a run ended.
#[derive(Debug)]
pub enum Ending<T> {
    /// By itself: the action's answer, the root of its selectors (spec 3.7).
    Finished(Result<Document, ScriptError>),
    /// It was stopped, for this reason.
    Stopped(T),
}

/// Runs a script to its end, or until `stop` says that it must end now, as a deadline or a cancellation does.
///
/// A run that is dropped kills what it has started.
pub async fn run<T>(
    script: &Script,
    surroundings: &Surroundings,
    stop: impl Future<Output = T>,
) -> Run<T> {
    let sandbox = match Sandbox::new(script) {
        Ok(sandbox) => sandbox,
        Err(error) => return Run::not_started(error),
    };
    let (ending, output) = perform(script, surroundings, &sandbox, stop).await;
    Run {
        ending,
        output,
        left_behind: sandbox.remove(),
    }
}

async fn perform<T>(
    script: &Script,
    surroundings: &Surroundings,
    sandbox: &Sandbox,
    stop: impl Future<Output = T>,
) -> (Ending<T>, Output) {
    let command = interpreter::command(script, &surroundings.aws, sandbox);
    let input = interpreter::input(script);
    let ran = match process::run(command, input.as_deref(), surroundings.grace, stop).await {
        Ok(ran) => ran,
        Err(error) => {
            let error = ScriptError::starting(script.language, &error);
            return (Ending::Finished(Err(error)), Output::default());
        }
    };
    let ending = match ran.ended {
        Ended::Stopped(reason) => Ending::Stopped(reason),
        Ended::Exited(status) => {
            Ending::Finished(answer::read(&sandbox.answer(), status, &ran.output))
        }
    };
    (ending, ran.output)
}

impl<T> Run<T> {
    fn not_started(error: ScriptError) -> Self {
        Self {
            ending: Ending::Finished(Err(error)),
            output: Output::default(),
            left_behind: None,
        }
    }
}
