//! Loops: iterations, and what leads out of them (spec 4.4, 4.7, 5.15).
//!
//! While steps inside a loop run, the loop waits among those around the cursor. It comes back when an iteration is over,
//! when a step has led to one outside, when a step has ended the execution, or when its time is up. Then it is the step
//! under way again, and decides by itself what follows; so several loops end one after the other, from the inside out.

use std::fmt::Write;

use jiff::Timestamp;

use crate::clock::later;
use crate::effect::{Action, Effect};
use crate::event::Change;
use crate::failure::Failure;
use crate::flow::After;
use crate::policy::Policy;
use crate::runbook::Runbook;
use crate::status::Status;
use crate::turns::Turns;
use crate::value::InputError;

use super::apply::{CANCEL_BUDGET, JournalError, known};
use super::next::Limit;
use super::{Cursor, Execution, Phase, Place, Running};

/// How the steps inside a loop have come to an end.
pub(super) enum Return<R: Runbook> {
    /// An iteration is over. Says whether another one follows.
    Iterated(Result<bool, InputError>),
    /// An iteration was cut off, because the time of this loop is up, or that of a loop around it.
    CutOff,
    /// A step has led to this one outside.
    Left(Place<R>),
    /// A step has ended the execution.
    Aborted(Status, Option<Box<Failure>>),
}

impl<R: Runbook> Execution<R> {
    /// Takes in that an iteration of the loop under way starts.
    pub(super) fn iteration_started(
        &mut self,
        name: &str,
        iteration: u32,
    ) -> Result<(), JournalError> {
        const MISPLACED: JournalError = JournalError::Misplaced("IterationStarted");
        let place = known::<R>(name)?;
        let first = R::flow(place.step).body.and_then(Place::of);
        let (Some(first), Some(mut around), Some(state)) =
            (first, self.leave(place), &mut self.state)
        else {
            return Err(MISPLACED);
        };
        let turn = around.turns().and_then(|turns| turns.turn(iteration));
        R::iterate(place.step, state, &turn.ok_or(MISPLACED)?);
        around.iteration = iteration;
        self.latest = Some(around.run);
        self.loops.push(around);
        self.cursor = Cursor::Before(first);
        Ok(())
    }

    /// Takes in that the time of a loop is up: the step under way inside of it is to stop.
    pub(super) fn loop_timed_out(&mut self) -> Result<(), JournalError> {
        let Cursor::In(running) = &mut self.cursor else {
            return Err(JournalError::Misplaced("LoopTimedOut"));
        };
        running.cancel();
        running.cut = Some(later(self.now, CANCEL_BUDGET));
        if let Some(step) = self.history.step_mut(running.run) {
            step.step_status = Status::Cancelling;
        }
        Ok(())
    }

    /// Goes where a step leads: on inside the loop around it, or back to that loop.
    pub(super) fn follow(
        &mut self,
        next: After<Place<R>>,
        status: Status,
        failure: Option<&Failure>,
    ) {
        let Some(mut around) = self.loops.pop() else {
            self.cursor = next.step().map_or(Cursor::Over, Cursor::Before);
            return;
        };
        around.phase = Phase::Back(match next {
            After::Step(place) if R::flow(place.step).inside == Some(around.place.step) => {
                self.loops.push(around);
                self.cursor = Cursor::Before(place);
                return;
            }
            After::Step(place) => Return::Left(place),
            After::End if status == Status::Cancelled => Return::CutOff,
            After::End => Return::Iterated(self.goes_on(&around)),
            After::Abort => Return::Aborted(status, failure.cloned().map(Box::new)),
        });
        self.cursor = Cursor::In(around);
    }

    /// Makes the innermost loop the step under way, if an event is about it while a step inside has not started yet.
    pub(super) fn come_back(&mut self, place: Place<R>) {
        let starts = matches!(self.cursor, Cursor::Before(_) | Cursor::Asking(_));
        let is_innermost = |around: &Running<R>| around.place.index == place.index;
        if let Some(around) = self.loops.pop_if(|around| starts && is_innermost(around)) {
            self.cursor = Cursor::In(around);
        }
    }

    /// Whether another iteration of a loop follows.
    fn goes_on(&self, around: &Running<R>) -> Result<bool, InputError> {
        let (Some(turns), Some(state)) = (around.turns(), &self.state) else {
            return Ok(false);
        };
        if turns.turn(around.iteration + 1).is_none() {
            return Ok(false);
        }
        match turns.are_conditional() {
            true => R::repeats(around.place.step, state),
            false => Ok(true),
        }
    }

    /// The end of a loop between two of its steps, if its time is up or that of a loop around it.
    pub(super) fn late(&self, around: &Running<R>, policy: &Policy) -> Option<Change> {
        let is_late = |around: &Running<R>| {
            let deadline = around.deadline().filter(|_| !around.is_last);
            deadline.is_some_and(|deadline| deadline <= self.now)
        };
        if is_late(around) {
            return Some(around.timed_out(policy));
        }
        let mut outer = self.loops.iter().filter(|outer| outer.run != around.run);
        outer
            .any(|outer| is_late(outer))
            .then(|| around.cancelled(After::End))
    }

    /// When the time of a loop around the cursor is up.
    pub(super) fn next_loop_limit(&self) -> Option<(Timestamp, Limit<'_, R>)> {
        let loops = self.loops.iter().filter(|around| !around.is_last);
        let limits =
            loops.filter_map(|around| Some((around.deadline()?, Limit::Loop(around.as_ref()))));
        limits.min_by_key(|(deadline, _)| *deadline)
    }
}

impl<R: Runbook> Running<R> {
    /// Whether it is a loop.
    pub(super) fn is_loop(&self) -> bool {
        self.turns().is_some()
    }

    /// The iterations that it may have, if it is a loop.
    pub(super) fn turns(&self) -> Option<&Turns> {
        match &self.effect {
            Ok(Effect {
                action: Action::Loop(turns),
                ..
            }) => Some(turns),
            _ => None,
        }
    }

    /// The path of a step inside: `each[3]/stop`, or `each.2[3]/stop` in a second attempt.
    pub(super) fn path_of(&self, inside: &str) -> String {
        /// What most iterations need between the two names.
        const BETWEEN: usize = "[100]/".len();
        let mut path = String::with_capacity(self.path.len() + BETWEEN + inside.len());
        path.push_str(&self.path);
        if self.attempt > 1 {
            path.push_str(&format!(".{}", self.attempt));
        }
        // Nothing is in the way of writing into a text.
        let _ = write!(path, "[{}]/", self.iteration);
        path.push_str(inside);
        path
    }

    /// The first iteration of an attempt, if there is one.
    pub(super) fn first_turn(&self, turns: &Turns) -> Change {
        match turns.turn(1) {
            Some(_) => self.turn(1),
            None => self.succeeded(None),
        }
    }

    /// What follows the end of the steps inside.
    pub(super) fn back(&self, end: &Return<R>) -> Change {
        match end {
            Return::Left(place) => self.ended(Status::Exited, None, After::Step(place.step)),
            Return::Aborted(status, failure) => self.ended(*status, failure.clone(), After::Abort),
            Return::Iterated(_) | Return::CutOff if self.is_last => self.cancelled(After::Abort),
            Return::CutOff => self.cancelled(After::End),
            Return::Iterated(Ok(true)) => self.turn(self.iteration + 1),
            Return::Iterated(Ok(false)) => self.succeeded(None),
            Return::Iterated(Err(error)) => self.failed(Failure::input(error)),
        }
    }

    fn turn(&self, iteration: u32) -> Change {
        Change::IterationStarted {
            step: self.name(),
            iteration,
        }
    }
}
