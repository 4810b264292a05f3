//! Calls that are open: nobody knows whether they were made (see [`crate::doubt`]).

use jiff::Timestamp;

use crate::caller::EffectId;
use crate::doubt::{Decision, Doubt};
use crate::effect::{Repeat, Request};
use crate::failure::{Failure, FailureType};
use crate::local::Local;
use crate::runbook::Runbook;
use crate::value::Document;

use super::judge::{Judgement, Verdict};
use super::{Cursor, Execution, Phase, Running};

/// A call that was under way when the execution was cut off.
pub(crate) enum Open {
    /// Nobody knows whether it was made.
    Doubt(EffectId, Doubt),
    /// It is a child, of which is known how far it has come.
    Child(EffectId),
}

impl<R: Runbook> Execution<R> {
    /// The call under way, if it cannot just be made again. What a scenario answers is never in doubt.
    pub(crate) fn open(&self) -> Option<Open> {
        let Cursor::In(running) = &self.cursor else {
            return None;
        };
        if !matches!(running.phase, Phase::Calling) || self.beginning.simulation.is_some() {
            return None;
        }
        let request = running.request()?;
        let effect = running.effect_id(running.calls);
        if let Some(Local::Child(_) | Local::Fleet(_)) = request.local() {
            return Some(Open::Child(effect));
        }
        let unknown = request.operation().repeat == Repeat::Unknown && !running.resolved;
        unknown.then(|| {
            let doubt = Doubt {
                execution: self.id(),
                step: effect.label(),
                operation: request.operation().full_name(),
                // A request is a struct with string keys: its serialization cannot fail.
                inputs: serde_json::to_value(request).unwrap_or(Document::Null),
                at: running.called_at,
            };
            Open::Doubt(effect, doubt)
        })
    }
}

impl<R: Runbook> Running<R> {
    /// Goes on as it was decided.
    pub(super) fn resolve(&mut self, decision: Decision, at: Timestamp) {
        let Some(operation) = self.operation() else {
            return;
        };
        match decision {
            Decision::Repeat => {
                self.resolved = true;
                let warning = format!(
                    "The execution was cut off while {operation} was called, and nobody knows whether that was done. It \
                     was called again."
                );
                self.warning = Some(warning.into());
            }
            Decision::Fail => {
                let cause = format!(
                    "The execution was cut off while {operation} was called, and nobody knows whether that was done. It \
                     was not called again"
                );
                let failure = Failure::during(self.activity_text(), FailureType::Action, &cause);
                self.phase = Phase::Judged(Box::new(Judgement::of(Verdict::Rejected(failure), at)));
            }
        }
    }

    /// Whether the last try got no answer, and another one may do the same again.
    pub(super) fn may_be_done_twice(&self) -> bool {
        let unknown = |request: &R::Request| request.operation().repeat == Repeat::Unknown;
        self.open && self.request().is_some_and(unknown)
    }

    /// Notes that the attempt that begins may do what the one before has done already.
    pub(super) fn warn_of_repetition(&mut self) {
        if let Some(operation) = self.lost.take() {
            let (before, attempt) = (self.attempt - 1, self.attempt);
            let warning = format!(
                "Attempt {before} got no answer to {operation}, which may have been done all the same. Attempt {attempt} \
                 calls it again."
            );
            self.warning = Some(warning.into());
        }
    }

    /// What the step calls now.
    pub(super) fn operation(&self) -> Option<String> {
        let request = self.request()?;
        Some(request.operation().full_name())
    }
}
