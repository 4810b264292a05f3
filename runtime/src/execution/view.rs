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
            within: Vec::new(),
            target: self.beginning.target.clone(),
            simulation: self.beginning.simulation.clone(),
            status: self.status,
            started: self.began,
            now: self.now,
            step: self.step_view(),
            failure: self.verdict.as_ref().map(|(_, message)| message.clone()),
        }
    }

    fn step_view(&self) -> Option<StepView> {
        let latest = self.latest?;
        let run = self.history.run(latest)?;
        let step = self.history.step(latest)?;
        let definition = R::DEFINITION.steps.get(run.place)?;
        let running = match &self.cursor {
            Cursor::In(running) if running.run == latest => Some(running),
            _ => None,
        };
        let started = step.execution_start_time.unwrap_or(self.now);
        let ended = step.execution_end_time.unwrap_or(self.now);
        Some(StepView {
            definition,
            index: run.place,
            label: self.history.label(latest)?,
            status: step.step_status,
            attempt: run.attempt,
            max_attempts: definition.max_attempts.unwrap_or(1),
            started,
            elapsed: ended.duration_since(started),
            deadline: running.and_then(|running| running.deadline()),
            warning: step.warning_message.as_deref().map(str::to_owned),
            activity: running.map_or(Activity::Ended, |running| running.activity()),
        })
    }
}

impl<R: Runbook> Running<R> {
    fn activity(&self) -> Activity {
        match &self.phase {
            Phase::Ready
            | Phase::Judged(_)
            | Phase::Back(_)
            | Phase::Stopping
            | Phase::Cancelling => Activity::Deciding,
            Phase::Calling => Activity::Calling { number: self.calls },
            Phase::Waiting { until, reason } => Activity::Waiting {
                until: *until,
                reason: reason.clone(),
                found: self.found.clone(),
            },
            Phase::Hearing(hearing) => Activity::Listening {
                approvals: self
                    .approval()
                    .map(|approval| (approval.given(&hearing.decisions), approval.required)),
            },
            Phase::Pausing { until, cause } => Activity::Retrying {
                until: *until,
                cause: cause.clone(),
            },
        }
    }
}
