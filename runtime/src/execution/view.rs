//! The execution as observers see it.

use crate::observer::{Activity, StepView, View};
use crate::runbook::Runbook;

use super::{Cursor, Execution, Phase, Running};

impl<R: Runbook> Execution<R> {
    /// The execution at the moment of its last event.
    pub fn view(&self) -> View {
        View {
            definition: R::DEFINITION,
            execution: self.id(),
            simulated: self.beginning.simulation.is_some(),
            status: self.status,
            started: self.began,
            now: self.now,
            step: self.step_view(),
            failure: self.verdict.as_ref().map(|(_, message)| message.clone()),
        }
    }

    fn step_view(&self) -> Option<StepView> {
        let place = self.latest?;
        let progress = self.steps.get(&place.index)?;
        let running = match &self.cursor {
            Cursor::In(running) => Some(running),
            _ => None,
        };
        Some(StepView {
            definition: place.definition,
            index: place.index,
            status: progress.status,
            attempt: progress.attempt,
            max_attempts: place.definition.max_attempts.unwrap_or(1),
            started: progress.started,
            elapsed: progress
                .ended
                .unwrap_or(self.now)
                .duration_since(progress.started),
            deadline: running.and_then(|running| running.deadline()),
            activity: running.map_or(Activity::Ended, |running| running.activity()),
        })
    }
}

impl<R: Runbook> Running<R> {
    fn activity(&self) -> Activity {
        match &self.phase {
            Phase::Ready | Phase::Judged(_) | Phase::Stopping | Phase::Cancelling => {
                Activity::Deciding
            }
            Phase::Calling => Activity::Calling { number: self.calls },
            Phase::Waiting { until, reason } => Activity::Waiting {
                until: *until,
                reason: *reason,
                found: self.found.clone(),
            },
            Phase::Pausing { until, cause } => Activity::Retrying {
                until: *until,
                cause: cause.clone(),
            },
        }
    }
}
