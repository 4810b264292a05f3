//! One run of a script, from its folders to its answer.

use std::future::Future;
use std::time::Duration;

use super::process::Ended;
use super::sandbox::Sandbox;
use super::{Aws, Output, Printing, Script, ScriptError, answer, command, process};
use crate::value::Document;

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

/// Runs a script to its end, or until `stop` says that it must end now, as a deadline or a cancellation does. What it
/// prints goes to `printing`.
///
/// A run that is dropped kills what it has started.
pub async fn run<T>(
    script: &Script,
    surroundings: &Surroundings,
    printing: &Printing,
    stop: impl Future<Output = T>,
) -> Run<T> {
    let sandbox = match Sandbox::new(script) {
        Ok(sandbox) => sandbox,
        Err(error) => {
            return Run {
                ending: Ending::Finished(Err(error)),
                output: Output::default(),
                left_behind: None,
            };
        }
    };
    let ending = perform(script, surroundings, &sandbox, printing, stop).await;
    Run {
        ending,
        output: printing.output(),
        left_behind: sandbox.remove(),
    }
}

async fn perform<T>(
    script: &Script,
    surroundings: &Surroundings,
    sandbox: &Sandbox,
    printing: &Printing,
    stop: impl Future<Output = T>,
) -> Ending<T> {
    let command = command::command(script, &surroundings.aws, sandbox);
    let input = command::input(script);
    let grace = surroundings.grace;
    match process::run(command, input.as_deref(), grace, printing, stop).await {
        Ok(Ended::Stopped(reason)) => Ending::Stopped(reason),
        Ok(Ended::Exited(status)) => {
            let output = printing.output();
            Ending::Finished(answer::read(&sandbox.answer(), status, &output))
        }
        Err(error) => {
            let error = ScriptError::starting(script.runtime.language, &error);
            Ending::Finished(Err(error))
        }
    }
}
