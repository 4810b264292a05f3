//! Interactive executions: somebody lets every step start, and may end them between two (spec 6.2, 7.2.5).

use crate::event::Change;
use crate::runbook::Runbook;
use crate::signal::{Awaited, Refusal, Signal, SignalKind, Wanted};
use crate::status::Status;

use super::{Cursor, Execution, Place};

impl<R: Runbook> Execution<R> {
    /// Whether somebody is asked before the next step. Once an execution is cancelled, its handlers run by themselves.
    pub(super) fn is_asked_before(&self) -> bool {
        self.beginning.interactive && !self.allowed && self.budget.is_none()
    }

    /// Waits until somebody lets a step start.
    pub(super) fn awaits_start(&mut self, place: Place<R>) {
        self.cursor = Cursor::Asking(place);
        self.status = Status::Waiting;
    }

    /// The step may start.
    pub(super) fn start_allowed(&mut self, place: Place<R>) {
        self.cursor = Cursor::Before(place);
        self.status = Status::InProgress;
        self.allowed = true;
    }

    /// No step is to start any more.
    pub(super) fn complete_requested(&mut self) {
        self.completes = true;
        if let Cursor::Asking(place) = self.cursor {
            self.cursor = Cursor::Before(place);
            self.status = Status::InProgress;
        }
    }

    /// The step that waits to be let start.
    pub(super) fn start_awaited<'a>(
        &'a self,
        place: Place<R>,
        caller: &'a str,
        account: &'a str,
    ) -> Awaited<'a> {
        Awaited {
            step: place.name(),
            label: self.label_of(place),
            wanted: Wanted::Start,
            since: self.now,
            deadline: self.next_loop_limit().map(|(deadline, _)| deadline),
            caller,
            account,
        }
    }

    /// What a signal means while no step is under way.
    pub(super) fn hear_start(&self, signal: &Signal) -> Result<Change, Refusal> {
        let Cursor::Asking(place) = self.cursor else {
            return Err(Refusal::NothingWaits);
        };
        let step = place.name();
        let is_called = |named: &String| named == step || *named == self.label_of(place);
        if let Some(named) = signal.step.as_ref().filter(|named| !is_called(named)) {
            return Err(Refusal::OtherStep {
                named: named.clone(),
                waiting: step.to_owned(),
            });
        }
        match signal.kind {
            SignalKind::Start => Ok(Change::StartAllowed {
                step: place.known_name(),
                signal: Box::new(signal.clone()),
            }),
            kind => Err(Refusal::OtherKind {
                step: step.to_owned(),
                kind,
                wanted: SignalKind::Start,
            }),
        }
    }

    /// A step before its start, with the iterations of the loops around it: `stop[3]`.
    fn label_of(&self, place: Place<R>) -> String {
        match self.loops.last() {
            Some(around) => crate::caller::label(&around.path_of(place.name())),
            None => place.name().to_owned(),
        }
    }
}
