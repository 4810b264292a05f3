//! Simulated runs: what a scenario answers instead of AWS, and what comes of that, typed.

use std::fmt;
use std::time::Duration;

use crate::caller::BoxFuture;
use crate::effect::ApiCall;
use crate::record::Record;
use crate::simulate::{
    self, MadeCall, Passage, Played, Scenario, SimulationError, SimulationOutcome, Stops, Unmet,
};
use crate::status::Status;
use crate::value::Document;

use super::Embedded;
use super::perform::Audience;
use super::run::{Run, Work};

impl<R: Embedded, C> Run<R, C> {
    /// Plays a scenario in virtual time instead: it answers every call, and nothing real is reached. Five minutes of
    /// waiting take none.
    ///
    /// What the run was told of parameters, of who watches and of when to stop counts; time, Region, account, store and
    /// what people say are the scenario's. A scenario that was read from a file may have parameters, too: those of the run
    /// count instead, name by name.
    ///
    /// # Errors
    /// When the scenario speaks of what the runbook does not have, or has no usable answer for a call; when parameters
    /// cannot be used; and for an execution that was to be resumed. A step that fails is none: see [`Simulated::status`].
    pub fn simulate(
        self,
        mut scenario: Scenario,
    ) -> BoxFuture<'static, Result<Simulated<R>, SimulationError>> {
        let Self { work, options, .. } = self;
        Box::pin(async move {
            match work {
                Work::Start(supplied) => scenario.parameters.extend(supplied),
                Work::Resume(execution) => return Err(SimulationError::Resumed(execution)),
            }
            let audience = Audience(&options.observers);
            let stops = Stops {
                cancel: options.cancel.clone(),
                complete: options.complete.clone(),
            };
            let played = simulate::play::<R>(scenario, &audience, stops);
            Ok(Simulated::of(played.await?))
        })
    }
}

/// What came of a simulated run, which need not be a success.
///
/// The methods that begin with `assert_` panic with a message that shows what has happened: they are for tests.
#[non_exhaustive]
pub struct Simulated<R: Embedded> {
    /// The record of the execution, in the shape of `aws ssm get-automation-execution`.
    pub record: Record,
    /// The document's outputs, each as far as there is a value for it.
    pub outputs: R::Outputs,
    /// The state at the end, with what every step has left; none if it ended before it was known who calls.
    pub state: Option<R::State>,
    /// The steps that ran, in order, those of other runbooks that steps have started among them.
    pub passages: Vec<Passage>,
    /// The calls that were made, in order, those of other runbooks that steps have started among them. Each poll and each
    /// repetition is one; the one that tells who calls is left out.
    pub calls: Vec<MadeCall>,
    /// The answers and signals of the scenario that nothing asked for.
    pub unused: Vec<String>,
    /// What came out otherwise than the file of the scenario expects.
    pub unmet: Vec<Unmet>,
}

impl<R: Embedded> Simulated<R> {
    fn of(played: Played<R>) -> Self {
        let Played { outcome, state } = played;
        let SimulationOutcome {
            record,
            passages,
            calls,
            unmet,
            unused,
            ..
        } = outcome;
        Self {
            record,
            outputs: state.as_ref().map(R::document_outputs).unwrap_or_default(),
            state,
            passages,
            calls,
            unused,
            unmet,
        }
    }

    /// How the execution has ended: `Success`, `Failed`, `TimedOut` or `Cancelled`.
    pub fn status(&self) -> Status {
        self.record.status()
    }

    /// Why it has failed, if it has.
    pub fn failure(&self) -> Option<&str> {
        self.record.automation_execution.failure_message.as_deref()
    }

    /// The steps of the runbook that ran, in order, each with how it ended: one inside a loop once for each time that it
    /// ran. [`Simulated::passages`] tells the iterations apart, and what other runbooks did.
    pub fn steps(&self) -> Vec<(R::Step, Status)> {
        let own = self.passages.iter().filter_map(|passage| {
            let place = R::DEFINITION.place(&passage.step)?;
            Some((*R::STEPS.get(place)?, passage.status))
        });
        own.collect()
    }

    /// The inputs of every call of an operation, in order, under the members' own names.
    pub fn calls_of<C: ApiCall>(&self) -> Vec<Document> {
        let calls = self.calls.iter().filter(|call| call.is_of::<C>());
        calls.map(|call| call.inputs.clone()).collect()
    }

    /// How much virtual time it took.
    pub fn elapsed(&self) -> Duration {
        let execution = &self.record.automation_execution;
        let end = execution.execution_end_time;
        let elapsed = end.map(|end| end.duration_since(execution.execution_start_time));
        elapsed
            .map(|elapsed| elapsed.unsigned_abs())
            .unwrap_or_default()
    }
}

// Derived, these would ask the same of the runbook.
impl<R: Embedded> Clone for Simulated<R> {
    fn clone(&self) -> Self {
        Self {
            record: self.record.clone(),
            outputs: self.outputs.clone(),
            state: self.state.clone(),
            passages: self.passages.clone(),
            calls: self.calls.clone(),
            unused: self.unused.clone(),
            unmet: self.unmet.clone(),
        }
    }
}

impl<R: Embedded> fmt::Debug for Simulated<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Simulated")
            .field("record", &self.record)
            .field("outputs", &self.outputs)
            .field("state", &self.state)
            .field("passages", &self.passages)
            .field("calls", &self.calls)
            .field("unused", &self.unused)
            .field("unmet", &self.unmet)
            .finish()
    }
}
