//! Embedding: a runbook as a part of another program, typed from its parameters to its outputs.
//!
//! The module that `runbookc::build` makes of a runbook implements [`Embedded`], and its function `run` gives a [`Run`]:
//! what is to be run, to be told how, and then awaited.

#[cfg(feature = "aws")]
use crate::aws::SdkConfig;
#[cfg(feature = "aws")]
use crate::caller::Caller;
use crate::cancel::CancelToken;
use crate::parameters::Supplied;
use crate::record::Record;
use crate::runbook::Runbook;
use crate::status::Status;
use crate::value::Map;

use std::fmt::Debug;

use uuid::Uuid;

/// A runbook that another program runs. Generated code implements it.
pub trait Embedded: Runbook {
    /// What is supplied to it.
    type Parameters: Supplied<Runbook = Self>;
    /// The document's outputs, each as far as there is a value for it.
    type Outputs: Clone + Debug + Default + Send + Sync + 'static;

    /// The document's outputs as `state` has them.
    fn document_outputs(state: &Self::State) -> Self::Outputs;
}

/// A runbook whose calls the AWS SDK makes. Generated code implements it, in the module beside that of the runbook.
#[cfg(feature = "aws")]
#[diagnostic::on_unimplemented(
    message = "nothing calls AWS for runbook `{Self}`",
    label = "this run needs a caller",
    note = "a runbook is compiled with its calls if the crate that includes it has `aws-sdk-…` crates and \
            `runbook-runtime` with feature `aws`; `.caller(…)` takes a caller of your own"
)]
pub trait OnAws: Runbook {
    /// Makes the calls of the runbook with a configured SDK.
    fn caller(config: &SdkConfig) -> Box<dyn Caller<Self::Request>>;

    /// Adds the runbooks that its steps start.
    fn children(_backends: &mut Backends) {}
}

/// Who makes the calls of the runbooks that steps start.
#[derive(Default)]
pub struct Backends(
    #[cfg(feature = "aws")] Vec<(&'static str, Box<dyn std::any::Any + Send + Sync>)>,
);

#[cfg(feature = "aws")]
impl Backends {
    /// Adds a runbook that steps start, and those that its own steps start.
    pub fn add<R: OnAws>(&mut self) {
        let name = R::DEFINITION.name;
        if self.0.iter().all(|(known, _)| *known != name) {
            let caller: fn(&SdkConfig) -> Box<dyn Caller<R::Request>> = R::caller;
            self.0.push((name, Box::new(caller)));
            R::children(self);
        }
    }
}

/// The AWS SDK makes the calls.
#[derive(Clone, Debug, Default)]
pub struct Aws {
    #[cfg(feature = "aws")]
    config: Option<SdkConfig>,
}

/// A run of a runbook: what is to be done, and how. `C` says who makes its calls.
#[must_use = "nothing runs before it is awaited"]
#[expect(dead_code, reason = "what runs it is yet to come")]
pub struct Run<R: Embedded, C = Aws> {
    work: Work<R>,
    calls: C,
    cancel: CancelToken,
}

/// What is to be done.
#[expect(dead_code, reason = "what runs it is yet to come")]
enum Work<R: Embedded> {
    /// An execution starts with what was supplied.
    Start(Map, std::marker::PhantomData<fn() -> R>),
    /// An execution goes on.
    Resume(Uuid),
}

impl<R: Embedded> Run<R> {
    /// A new execution, with these parameters.
    pub fn new(parameters: R::Parameters) -> Self {
        Self::of(Work::Start(parameters.supplied(), std::marker::PhantomData))
    }

    /// An execution that was cut off, and that the store has.
    pub fn resume(execution: Uuid) -> Self {
        Self::of(Work::Resume(execution))
    }

    fn of(work: Work<R>) -> Self {
        Self {
            work,
            calls: Aws::default(),
            cancel: CancelToken::new(),
        }
    }
}

#[cfg(feature = "aws")]
impl<R: Embedded> Run<R> {
    /// Makes the calls with this configuration of the SDK, instead of with that of the machine.
    pub fn aws(mut self, config: SdkConfig) -> Self {
        self.calls.config = Some(config);
        self
    }
}

impl<R: Embedded, C> Run<R, C> {
    /// Stops the execution when `cancel` asks for it.
    pub fn cancel(self, cancel: CancelToken) -> Self {
        Self { cancel, ..self }
    }
}

/// What came of a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finished<R: Embedded> {
    /// The record of the execution.
    pub record: Record,
    /// The document's outputs, each as far as there is a value for it.
    pub outputs: R::Outputs,
}

impl<R: Embedded> Finished<R> {
    /// How the execution has ended.
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
}
