//! What is next: a pure function of what has happened.

use std::time::Duration;

use jiff::Timestamp;

use crate::caller::EffectId;
use crate::clock::later;
use crate::effect::{Action, Effect};
use crate::event::{Change, Reason};
use crate::failure::Failure;
use crate::flow::After;
use crate::name::Name;
use crate::policy::Policy;
use crate::runbook::Runbook;
use crate::status::Status;

use super::judge::{Judgement, Verdict, difference};
use super::loops::Return;
use super::{Cursor, Execution, Phase, Place, Running, Stop};

/// How long a call may take that is made when the time of its step is up: as long as any call (spec 4.2).
const LAST_LOOK: Duration = Duration::from_secs(25);

/// What the engine is to do.
pub enum Next<'a, Q> {
    /// Read these names from Parameter Store.
    Read(&'a [&'static str]),
    /// Find out who is calling.
    Identify,
    /// Make a call; when its deadline comes first, [`Execution::out_of_time`] says what that means.
    Call {
        /// Which one.
        effect: EffectId,
        /// What is called.
        request: &'a Q,
        /// When its time is up.
        deadline: Option<Timestamp>,
    },
    /// Wait for what people say; when its time is up first, [`Execution::out_of_time`] says what that means.
    Listen {
        /// When its time is up.
        deadline: Option<Timestamp>,
    },
    /// Make a change happen.
    Note {
        /// When, if not at once.
        not_before: Option<Timestamp>,
        /// The change.
        change: Change,
    },
    /// Nothing: the execution has ended.
    Nothing,
}

/// Why a step is cut off.
pub(super) enum Limit<'a, R: Runbook> {
    /// The time of the `onCancel` chain is up.
    Cancellation,
    /// The time that it had to stop is up.
    Stop,
    /// The time of a loop around it is up.
    Loop(&'a Running<R>),
}

impl<R: Runbook> Limit<'_, R> {
    /// What it means to the step.
    fn cut(&self, running: &Running<R>) -> Change {
        match self {
            Self::Cancellation => running.cancelled(After::Abort),
            Self::Stop => running.cancelled(After::End),
            Self::Loop(around) => Change::LoopTimedOut {
                step: around.name(),
            },
        }
    }
}

impl<R: Runbook> Execution<R> {
    /// What the engine is to do now.
    pub fn next(&self, policy: &Policy) -> Next<'_, R::Request> {
        match &self.cursor {
            Cursor::Store(names) => Next::Read(names),
            Cursor::Identity => Next::Identify,
            Cursor::Before(place) => now(self.before(*place, policy)),
            Cursor::Asking(_) => Next::Listen {
                deadline: self.next_loop_limit().map(|(deadline, _)| deadline),
            },
            Cursor::In(running) => self.within_limits(running, self.in_step(running, policy)),
            Cursor::Over => self.end(),
            Cursor::Ended => Next::Nothing,
        }
    }

    /// What it means that the deadline of the call under way has come, or that of a wait for people.
    pub fn out_of_time(&self, policy: &Policy) -> Change {
        let running = match (&self.cursor, self.loops.last()) {
            (Cursor::In(running), _) => running,
            // The time of a loop is up while somebody thinks about what is inside of it.
            (Cursor::Asking(_), Some(around)) => {
                let late = self.late(around, policy);
                return late.unwrap_or_else(|| around.cancelled(After::End));
            }
            _ => {
                return Change::Ended {
                    status: self.final_status(),
                };
            }
        };
        match self.limit(running) {
            Some((moment, limit))
                if running.deadline().is_none_or(|deadline| deadline > moment) =>
            {
                limit.cut(running)
            }
            _ => running.timed_out(policy),
        }
    }

    /// Whether it sleeps until a moment that the runbook names, which is one of the clock on the wall.
    pub(crate) fn sleeps_by_the_clock(&self) -> bool {
        let Cursor::In(running) = &self.cursor else {
            return false;
        };
        let action = running.effect.as_ref().map(|effect| &effect.action);
        matches!(action, Ok(Action::SleepUntil(_)))
    }

    /// What comes before a step: its start, or the end of what has no time left for it.
    fn before(&self, place: Place<R>, policy: &Policy) -> Change {
        let out_of_budget = self.budget.is_some_and(|budget| self.now >= budget);
        let is_over = out_of_budget || (self.completes && self.budget.is_none());
        match self.loops.last() {
            Some(around) if is_over => around.cancelled(After::Abort),
            None if is_over => Change::Ended {
                status: self.final_status(),
            },
            Some(around) => match self.late(around, policy) {
                Some(change) => change,
                None => self.start_of(place),
            },
            None => self.start_of(place),
        }
    }

    /// The start of a step, or the question whether it may.
    fn start_of(&self, place: Place<R>) -> Change {
        let step = place.known_name();
        match self.is_asked_before() {
            true => Change::AwaitsStart { step },
            false => Change::StepStarted { step },
        }
    }

    /// What the step under way does next.
    fn in_step<'a>(&'a self, running: &'a Running<R>, policy: &Policy) -> Next<'a, R::Request> {
        match &running.phase {
            // An iteration that was the last one may take all of the time.
            Phase::Back(Return::Iterated(Ok(true)) | Return::CutOff) => {
                match self.late(running, policy) {
                    Some(change) => now(change),
                    None => running.next(policy),
                }
            }
            _ => running.next(policy),
        }
    }

    /// Cuts what a step may do to the time that there is for it.
    fn within_limits<'a>(
        &self,
        running: &Running<R>,
        next: Next<'a, R::Request>,
    ) -> Next<'a, R::Request> {
        let Some((limit, why)) = self.limit(running) else {
            return next;
        };
        match next {
            Next::Note {
                not_before: Some(moment),
                ..
            } if moment > limit => Next::Note {
                not_before: Some(limit),
                change: why.cut(running),
            },
            Next::Call {
                effect,
                request,
                deadline,
            } => Next::Call {
                effect,
                request,
                deadline: {
                    let limit = running.last_look(limit);
                    Some(deadline.map_or(limit, |deadline| deadline.min(limit)))
                },
            },
            Next::Listen { deadline } => Next::Listen {
                deadline: Some(deadline.map_or(limit, |deadline| deadline.min(limit))),
            },
            next => next,
        }
    }

    /// When the time of what the step under way does is up.
    pub(super) fn deadline(&self, running: &Running<R>) -> Option<Timestamp> {
        let limit = self.limit(running).map(|(limit, _)| limit);
        [running.deadline(), limit].into_iter().flatten().min()
    }

    /// When the step under way is cut off, and why.
    fn limit(&self, running: &Running<R>) -> Option<(Timestamp, Limit<'_, R>)> {
        let budget = self.budget.map(|budget| (budget, Limit::Cancellation));
        let around = match running.cut {
            Some(cut) => Some((cut, Limit::Stop)),
            None => self.next_loop_limit(),
        };
        let limits = [budget, around].into_iter().flatten();
        let (moment, why) = limits.min_by_key(|(moment, _)| *moment)?;
        Some(match running.stops_a_child() {
            // Its own two minutes may have begun a little later.
            true => (later(moment, LAST_LOOK), why),
            false => (moment, why),
        })
    }

    fn end(&self) -> Next<'_, R::Request> {
        now(Change::Ended {
            status: self.final_status(),
        })
    }

    /// Spec 4.4: cancelled, else what the failures that count make of it.
    fn final_status(&self) -> Status {
        match (&self.budget, &self.verdict) {
            (Some(_), _) => Status::Cancelled,
            (None, Some((status, _))) => *status,
            (None, None) => Status::Success,
        }
    }
}

impl<R: Runbook> Running<R> {
    fn next(&self, policy: &Policy) -> Next<'_, R::Request> {
        match &self.phase {
            Phase::Ready => self.begin(),
            Phase::Calling => self.call(),
            Phase::Judged(judgement) => now(self.judged(judgement, policy)),
            Phase::Waiting { until, reason } => self.waiting(*until, reason, policy),
            Phase::Pausing { until, .. } => Next::Note {
                not_before: Some(*until),
                change: Change::AttemptStarted {
                    step: self.name(),
                    attempt: self.attempt + 1,
                },
            },
            Phase::Hearing(_) => Next::Listen {
                deadline: self.deadline(),
            },
            Phase::Back(end) => now(self.back(end)),
            Phase::Stopping => now(self.next_call()),
            Phase::Cancelling => now(self.halted()),
        }
    }

    /// The first thing of an attempt.
    fn begin(&self) -> Next<'_, R::Request> {
        now(match &self.effect {
            Err(error) => self.failed(Failure::input(error)),
            Ok(Effect { action, .. }) => match action {
                Action::Call(..) | Action::Run(_) | Action::Approve(_, Some(_)) => self.next_call(),
                Action::Approve(_, None) | Action::Pause(_) => self.listen(),
                Action::Sleep(length) => {
                    self.wait(later(self.attempt_started, *length), Reason::Sleep)
                }
                Action::SleepUntil(moment) => self.wait(*moment, Reason::Sleep),
                Action::Jump(target) => self.succeeded(*target),
                Action::Loop(turns) => self.first_turn(turns),
                Action::Set(_) => self.succeeded(None),
            },
        })
    }

    fn call(&self) -> Next<'_, R::Request> {
        match self.request() {
            Some(request) => Next::Call {
                effect: self.effect_id(self.calls),
                request,
                deadline: self.call_deadline(),
            },
            // Only a step that calls can have been calling.
            None => now(self.succeeded(None)),
        }
    }

    /// Until when the call under way is awaited.
    pub(super) fn call_deadline(&self) -> Option<Timestamp> {
        Some(self.last_look(self.deadline()?))
    }

    /// Until when the call under way is awaited, if there is a limit. One that is made when that is past already, because
    /// the machine was off meanwhile, is a last look, whose answer counts.
    fn last_look(&self, limit: Timestamp) -> Timestamp {
        match self.called_at < limit {
            true => limit,
            false => later(self.called_at, LAST_LOOK),
        }
    }

    /// What follows an answer.
    fn judged(&self, judgement: &Judgement<R>, policy: &Policy) -> Change {
        let at = judgement.at;
        match &judgement.verdict {
            Verdict::Accepted => self.succeeded(None),
            Verdict::NotYet => self.wait(later(at, policy.poll.after(self.tries())), Reason::Poll),
            Verdict::Onward { pause: false } => self.next_call(),
            Verdict::Onward { pause: true } => {
                self.wait(later(at, policy.poll.first), Reason::Poll)
            }
            Verdict::Stopped => self.stopped(at, policy),
            Verdict::Throttled { since, failure } => {
                let again = later(at, policy.retry.after(self.tries()));
                match again <= later(*since, policy.throttling) {
                    true => self.wait(
                        again,
                        Reason::Throttled {
                            since: Box::new(*since),
                        },
                    ),
                    false if self.stops() => self.stopped(at, policy),
                    false => self.attempt_over(Status::Failed, failure.clone(), at, policy),
                }
            }
            Verdict::Failed(failure) => {
                self.attempt_over(Status::Failed, failure.clone(), at, policy)
            }
            Verdict::Announced => self.listen(),
            // Nobody is asked again about what they have rejected.
            Verdict::Rejected(failure) => self.failed(failure.clone()),
            Verdict::Late => self.timed_out(policy),
        }
    }

    /// What follows a wait: its end, or that of the attempt's time.
    fn waiting(&self, until: Timestamp, reason: &Reason, policy: &Policy) -> Next<'_, R::Request> {
        // A call that is throttled has its time anew whenever it is made.
        let deadline = self.deadline().filter(|_| !self.makes_one_call());
        let (not_before, change) = match (deadline, reason) {
            (Some(deadline), _) if until >= deadline => (deadline, self.timed_out(policy)),
            (_, Reason::Sleep) => (until, self.succeeded(None)),
            (_, Reason::Poll | Reason::Throttled { .. }) => (until, self.next_call()),
        };
        Next::Note {
            not_before: Some(not_before),
            change,
        }
    }

    pub(super) fn timed_out(&self, policy: &Policy) -> Change {
        let at = self.deadline().unwrap_or(self.attempt_started);
        let seconds = self.time_limit().unwrap_or_default();
        let mut cause = format!("The action has not finished within {seconds} seconds");
        if let (Some(expectation), Some(found)) = (self.expectation(), &self.found) {
            cause = format!("{cause}. {}", difference(expectation, found));
        } else if let (Some(_), Some(found)) = (&self.standing, &self.found) {
            cause.clone_from(found);
        } else if let Some(too_few) = self.too_few_approvals(seconds) {
            cause = too_few;
        }
        let failure = Failure::timed_out(self.activity_text(), &cause);
        match self.must_be_stopped() {
            true => Change::OutOfTime {
                step: self.name(),
                attempt: self.attempt,
                failure: Box::new(failure),
            },
            false => self.attempt_over(Status::TimedOut, failure, at, policy),
        }
    }

    /// Whether there is something to stop now that the time of the attempt is up.
    fn must_be_stopped(&self) -> bool {
        let running = self
            .standing
            .as_ref()
            .filter(|standing| standing.stops.is_none());
        running.is_some_and(|standing| {
            standing.course.stops_when_late() && standing.course.stop().is_some()
        })
    }

    /// What follows once what was started is stopped, or cannot be.
    fn stopped(&self, at: Timestamp, policy: &Policy) -> Change {
        match self.standing.as_ref().map(|standing| &standing.stops) {
            Some(Some(Stop::Late(failure))) => {
                self.attempt_over(Status::TimedOut, failure.as_ref().clone(), at, policy)
            }
            _ => self.halted(),
        }
    }

    /// Another attempt where one is left, else the end of the step.
    fn attempt_over(
        &self,
        status: Status,
        failure: Failure,
        at: Timestamp,
        policy: &Policy,
    ) -> Change {
        let last = self.attempt >= self.max_attempts() || !failure.may_be_repeated();
        match last {
            true => self.ended(
                status,
                Some(Box::new(failure)),
                R::flow(self.place.step).after_failure(),
            ),
            false => Change::AttemptFailed {
                step: self.name(),
                attempt: self.attempt,
                status,
                failure: Box::new(failure),
                retry_at: later(at, policy.retry.after(self.attempt)),
            },
        }
    }

    pub(super) fn max_attempts(&self) -> u32 {
        self.place.definition.max_attempts.unwrap_or(1)
    }

    pub(super) fn succeeded(&self, jump: Option<R::Step>) -> Change {
        let next = R::flow(self.place.step).after_success(jump);
        self.ended(Status::Success, None, next)
    }

    pub(super) fn failed(&self, failure: Failure) -> Change {
        let next = R::flow(self.place.step).after_failure();
        self.ended(Status::Failed, Some(Box::new(failure)), next)
    }

    /// The end of a step that was to stop.
    fn halted(&self) -> Change {
        self.cancelled(match self.cut {
            Some(_) => After::End,
            None => R::flow(self.place.step).after_cancel(),
        })
    }

    pub(super) fn cancelled(&self, next: After<R::Step>) -> Change {
        self.ended(Status::Cancelled, None, next)
    }

    pub(super) fn ended(
        &self,
        status: Status,
        failure: Option<Box<Failure>>,
        next: After<R::Step>,
    ) -> Change {
        Change::StepEnded {
            step: self.name(),
            status,
            failure,
            next: next.map(|step| Place::<R>::name_of(step).unwrap_or_default()),
        }
    }

    fn next_call(&self) -> Change {
        Change::Called {
            effect: self.effect_id(self.calls + 1),
        }
    }

    pub(super) fn effect_id(&self, number: u32) -> EffectId {
        EffectId {
            step: self.path.clone(),
            attempt: self.attempt,
            call: self.call,
            number,
            epoch: self.epoch,
        }
    }

    fn wait(&self, until: Timestamp, reason: Reason) -> Change {
        Change::Waiting {
            step: self.name(),
            attempt: self.attempt,
            until,
            reason,
        }
    }

    fn listen(&self) -> Change {
        Change::AwaitsSignal {
            step: self.name(),
            attempt: self.attempt,
        }
    }

    pub(super) fn name(&self) -> Name {
        self.place.known_name()
    }
}

fn now<'a, Q>(change: Change) -> Next<'a, Q> {
    Next::Note {
        not_before: None,
        change,
    }
}
