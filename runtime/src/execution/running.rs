//! The step under way: what events make of it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::caller::{CallError, EffectId};
use crate::effect::{Acceptance, Action, Effect, Request};
use crate::event::{Change, Event, Reason};
use crate::local::Local;
use crate::name::Name;
use crate::procedure::Course;
use crate::runbook::Runbook;
use crate::status::Status;
use crate::value::Document;

use super::apply::{JournalError, misplaced};
use super::history::RunId;
use super::judge::{self, Judgement};
use super::{Phase, Place, Running, Standing, Stop};

impl<R: Runbook> Running<R> {
    pub(super) fn new(
        place: Place<R>,
        run: RunId,
        path: Name,
        state: &R::State,
        now: Timestamp,
    ) -> Self {
        let mut running = Self {
            place,
            run,
            path,
            effect: R::effect(place.step, state),
            attempt: 1,
            attempt_started: now,
            calls: 0,
            epoch: 0,
            standing: None,
            call: 1,
            before: 0,
            called_at: now,
            open: false,
            lost: None,
            resolved: false,
            warning: None,
            found: None,
            throttled_since: None,
            iteration: 0,
            is_last: false,
            cut: None,
            phase: Phase::Ready,
        };
        running.begin_procedure();
        running
    }

    pub(super) fn apply(
        &mut self,
        event: &Event,
        state: &mut R::State,
    ) -> Result<(), JournalError> {
        match &event.change {
            Change::AttemptStarted { attempt, .. } => self.attempt_started(*attempt, event.at),
            Change::Called { effect } => {
                self.called_at = event.at;
                self.called(effect);
                self.open = true;
                self.resolved = false;
            }
            Change::Resolved { decision, .. } => self.resolve(*decision, event.at),
            Change::Answered { effect, answer } => {
                self.called(effect);
                self.open = false;
                self.answered(answer, event.at, state);
            }
            Change::Refused { effect, error } => {
                self.called(effect);
                self.open = error.leaves_open();
                self.refused(error, event.at, state);
            }
            Change::Waiting { until, reason, .. } => self.waits(*until, reason.clone()),
            Change::AwaitsSignal { .. } => self.awaits_signal(event.at, state),
            Change::Signalled { signal, .. } => {
                let heard = self.signalled(signal, event.at, state);
                heard.map_err(|_| misplaced(event))?;
            }
            Change::OutOfTime { failure, .. } => self.stop(Stop::Late(failure.clone())),
            Change::AttemptFailed {
                failure, retry_at, ..
            } => {
                let cause = failure.message.clone();
                self.lost = self.operation().filter(|_| self.may_be_done_twice());
                self.standing = None;
                self.phase = Phase::Pausing {
                    until: *retry_at,
                    cause,
                };
            }
            _ => return Err(misplaced(event)),
        }
        Ok(())
    }

    fn attempt_started(&mut self, attempt: u32, now: Timestamp) {
        self.attempt = attempt;
        self.attempt_started = now;
        self.warn_of_repetition();
        self.calls = 0;
        self.before = 0;
        self.found = None;
        self.throttled_since = None;
        self.phase = Phase::Ready;
        self.begin_procedure();
    }

    fn called(&mut self, effect: &EffectId) {
        self.calls = effect.number;
        self.epoch = effect.epoch;
        self.phase = Phase::Calling;
    }

    fn answered(&mut self, answer: &Arc<Document>, at: Timestamp, state: &mut R::State) {
        self.epoch += 1;
        self.throttled_since = None;
        self.found = self
            .expectation()
            .map(|expectation| judge::found(expectation, answer));
        let judgement = judge::answered(self, answer, at, state);
        self.take_in(judgement);
    }

    fn refused(&mut self, error: &CallError, at: Timestamp, state: &mut R::State) {
        self.epoch += u32::from(error.is_answer());
        let judgement = judge::refused(self, error, at, state);
        self.take_in(judgement);
    }

    fn take_in(&mut self, mut judgement: Judgement<R>) {
        if let Some(course) = judgement.onward.take() {
            self.go_on(course);
        }
        self.found = judgement.found.take().or(self.found.take());
        self.phase = Phase::Judged(Box::new(judgement));
    }

    pub(super) fn cancel(&mut self) {
        let standing = self.standing.as_mut();
        if let Some(why) = standing.and_then(|standing| standing.stops.as_mut()) {
            *why = Stop::Cancelled;
            return;
        }
        self.phase = Phase::Cancelling;
        self.stop(Stop::Cancelled);
    }

    /// Stops what was started, if there is a call for that.
    fn stop(&mut self, why: Stop) {
        let Some(standing) = &mut self.standing else {
            return;
        };
        if let Some(request) = standing.course.stop() {
            standing.request = request;
            standing.stops = Some(why);
            self.throttled_since = None;
            self.call += 1;
            self.before = self.calls;
            self.phase = Phase::Stopping;
        }
    }

    fn waits(&mut self, until: Timestamp, reason: Reason) {
        self.throttled_since = match &reason {
            Reason::Throttled { since } => Some(**since),
            Reason::Sleep | Reason::Poll => None,
        };
        self.phase = Phase::Waiting { until, reason };
    }

    /// Leaves the state as the step makes it, and gives what the record keeps of the last answer, or of what has been
    /// started before.
    pub(super) fn leave_behind(
        mut self,
        status: Status,
        state: &mut R::State,
    ) -> Option<Arc<Document>> {
        let phase = std::mem::replace(&mut self.phase, Phase::Ready);
        let kept = Self::kept(phase).or_else(|| {
            let started = Arc::new(self.standing.as_ref()?.course.started()?);
            judge::accept(&self, &started, state).1
        });
        match self.effect.map(|effect| effect.action) {
            Ok(Action::Set(value)) if status == Status::Success => {
                // The effect has checked the value: it has the variable's type.
                let _ = R::answer(self.place.step, state, &value);
            }
            // What an answer before the last one has left does not stay: there were no outputs before the step.
            Ok(Action::Call(..) | Action::Run(_) | Action::Approve(..)) if kept.is_none() => {
                let _ = R::answer(self.place.step, state, &Document::Null);
            }
            _ => {}
        }
        kept
    }
    /// The procedure at its beginning, if the step has one.
    fn begin_procedure(&mut self) {
        let course = match self.effect.as_ref().map(|effect| &effect.action) {
            Ok(Action::Run(course)) => Some(course.clone()),
            _ => None,
        };
        self.call = 0;
        self.standing = None;
        match course {
            Some(course) => self.go_on(course),
            None => self.call = 1,
        }
    }

    /// The procedure reaches another stage.
    pub(super) fn go_on(&mut self, course: Course<R::Request>) {
        self.call += 1;
        self.before = self.calls;
        self.found = None;
        self.standing = Some(Box::new(Standing {
            request: course.request(),
            course,
            stops: None,
        }));
    }

    /// The request that the step makes now.
    pub(super) fn request(&self) -> Option<&R::Request> {
        match (&self.standing, &self.effect) {
            (Some(standing), _) => Some(&standing.request),
            (
                None,
                Ok(Effect {
                    action: Action::Call(request, _) | Action::Approve(_, Some(request)),
                    ..
                }),
            ) => Some(request),
            _ => None,
        }
    }

    /// Whether a call is all that the attempt does, so that its limit is that of the call.
    pub(super) fn makes_one_call(&self) -> bool {
        matches!(
            &self.effect,
            Ok(Effect {
                action: Action::Call(_, acceptance),
                ..
            }) if !matches!(acceptance, Acceptance::Until(_))
        )
    }

    /// Whether what was started is being stopped.
    pub(super) fn stops(&self) -> bool {
        self.standing
            .as_ref()
            .is_some_and(|standing| standing.stops.is_some())
    }

    /// Whether that is an execution in the same program, which comes to its end by itself.
    pub(super) fn stops_a_child(&self) -> bool {
        let asked = self.request().and_then(Request::local);
        self.stops() && matches!(asked, Some(Local::Child(_) | Local::Fleet(_)))
    }

    /// How often the call was tried.
    pub(super) fn tries(&self) -> u32 {
        self.calls.saturating_sub(self.before)
    }

    /// Whether what is going on can be left at once.
    pub(super) fn can_be_interrupted(&self) -> bool {
        let standing = self.standing.as_ref();
        let calling = matches!(self.phase, Phase::Calling);
        !(calling && standing.is_some_and(|standing| standing.course.must_be_answered()))
    }
}
