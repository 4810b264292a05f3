//! The fold: what an event makes of an execution. What one makes of the step under way is in `running`.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::caller::EffectId;
use crate::clock::later;
use crate::event::{Change, Event};
use crate::failure::{Failure, FailureType};
use crate::flow::After;
use crate::runbook::Runbook;
use crate::scope::Scope;
use crate::script::Output;
use crate::status::Status;
use crate::stored::{self, StoredErrors, StoredValues};
use crate::value::{InputError, Map};

use super::history::History;
use super::{Cursor, Execution, Memory, Place, Running};

/// How long the `onCancel` chain may take (spec 4.5).
pub(super) const CANCEL_BUDGET: Duration = Duration::from_secs(120);

/// Events that no execution of the runbook can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// There are no events.
    #[error("the journal is empty")]
    Empty,
    /// An event stands where it cannot; its kind is told.
    #[error("the journal has an event that cannot stand there: {0}")]
    Misplaced(&'static str),
    /// An event names a step that the runbook does not have.
    #[error("the journal names a step `{0}` that the runbook does not have")]
    UnknownStep(String),
    /// What was read from Parameter Store does not fit the runbook.
    #[error("what the journal has of Parameter Store cannot be used: {0}")]
    Stored(StoredErrors),
    /// The parameters of the journal do not fit the runbook.
    #[error("the parameters of the journal cannot be used: {0}")]
    Parameters(InputError),
}

/// An execution in the making: takes its events one by one, from wherever they are read.
pub struct Fold<R: Runbook> {
    memory: Memory,
    execution: Result<Option<Execution<R>>, JournalError>,
}

impl<R: Runbook> Fold<R> {
    /// No event yet. The execution is to remember this much.
    pub const fn new(memory: Memory) -> Self {
        Self {
            memory,
            execution: Ok(None),
        }
    }

    /// Takes in the next event; of several that cannot stand where they do the first counts.
    pub fn add(&mut self, event: &Event) {
        let Ok(execution) = &mut self.execution else {
            return;
        };
        let taken = match execution {
            Some(execution) => execution.apply(event),
            None => Execution::begin(event, self.memory).map(|begun| *execution = Some(begun)),
        };
        if let Err(error) = taken {
            self.execution = Err(error);
        }
    }

    /// The execution that has had these events; none if there were none.
    ///
    /// # Errors
    /// When no execution can have had them.
    pub fn finish(self) -> Result<Option<Execution<R>>, JournalError> {
        self.execution
    }
}

impl<R: Runbook> Execution<R> {
    /// The execution that has had these events.
    ///
    /// # Errors
    /// When it cannot have had them.
    pub fn from_events<'a>(
        events: impl IntoIterator<Item = &'a Event>,
    ) -> Result<Self, JournalError> {
        let mut fold = Fold::new(Memory::Record);
        events.into_iter().for_each(|event| fold.add(event));
        fold.finish()?.ok_or(JournalError::Empty)
    }

    /// The execution that begins with an event, and that remembers this much.
    ///
    /// # Errors
    /// When none begins with it.
    pub fn begin(event: &Event, memory: Memory) -> Result<Self, JournalError> {
        let Change::Began(beginning) = &event.change else {
            return Err(misplaced(event));
        };
        let names = stored::names::<R>(&beginning.supplied);
        Ok(Self {
            resolved: None,
            beginning: Arc::clone(beginning),
            began: event.at,
            now: event.at,
            ended: None,
            status: Status::Pending,
            arn: None,
            state: None,
            cursor: match names.is_empty() {
                true => Cursor::Identity,
                false => Cursor::Store(names),
            },
            loops: Vec::new(),
            history: History::new(memory, R::STEPS.len()),
            latest: None,
            verdict: None,
            budget: None,
            allowed: false,
            completes: false,
        })
    }

    /// Takes in what has happened.
    ///
    /// # Errors
    /// When it cannot have happened now.
    pub fn apply(&mut self, event: &Event) -> Result<(), JournalError> {
        self.now = event.at;
        match &event.change {
            Change::Read { values } => {
                let resolved = self.with_stored(values).map_err(JournalError::Stored)?;
                self.resolved = Some(resolved);
                self.cursor = Cursor::Identity;
            }
            Change::Identified { arn, account } => self.identified(arn, account)?,
            Change::NotStarted { problem } => self.given_up(problem),
            Change::Resumed { since } => self.resumed(*since),
            Change::StepStarted { step } => self.step_started(step)?,
            Change::StepEnded {
                step,
                status,
                failure,
                next,
            } => {
                let place = self.place_of(step)?;
                let next = match next {
                    After::Step(name) => After::Step(place.way_to(name)?),
                    After::End => After::End,
                    After::Abort => After::Abort,
                };
                self.step_ended(place, *status, failure.as_deref())?;
                self.follow(next, *status, failure.as_deref());
            }
            Change::Printed { effect, output } => self.printed(effect, output)?,
            Change::IterationStarted { step, iteration } => {
                self.iteration_started(step, *iteration)?;
            }
            Change::LoopTimedOut { .. } => self.loop_timed_out()?,
            Change::CancelRequested => self.cancel_requested(),
            Change::CompleteRequested => self.complete_requested(),
            Change::AwaitsStart { step } => self.awaits_start(known::<R>(step)?),
            Change::StartAllowed { step, .. } => self.start_allowed(known::<R>(step)?),
            Change::Ended { status } => {
                self.status = *status;
                self.ended = Some(event.at);
                self.cursor = Cursor::Ended;
            }
            _ => self.running(event)?,
        }
        Ok(())
    }

    /// The parameters with what was read from Parameter Store.
    ///
    /// # Errors
    /// When something is not there, or cannot be used.
    pub(crate) fn with_stored(&self, values: &StoredValues) -> Result<Map, StoredErrors> {
        stored::resolved::<R>(&self.beginning.parameters, &self.beginning.supplied, values)
    }

    /// Whether the runbook can start, if this is who runs it.
    ///
    /// # Errors
    /// When a parameter has not the type that the runbook wants.
    pub(crate) fn check_start(&self, identified: &Change) -> Result<(), InputError> {
        match identified {
            Change::Identified { arn, account } => self.start(arn, account).map(drop),
            _ => Ok(()),
        }
    }

    fn start(&self, arn: &str, account: &str) -> Result<R::State, InputError> {
        let parameters = self.resolved.as_ref();
        let parameters = parameters.unwrap_or(&self.beginning.parameters);
        R::start(parameters, self.context(arn, account))
    }

    fn identified(&mut self, arn: &str, account: &str) -> Result<(), JournalError> {
        self.state = Some(self.start(arn, account).map_err(JournalError::Parameters)?);
        // What the steps may refer to is in the state now.
        self.resolved = None;
        self.arn = Some(arn.to_owned());
        self.status = Status::InProgress;
        self.cursor = Place::all().next().map_or(Cursor::Over, Cursor::Before);
        Ok(())
    }

    /// Nobody can run it: what is under way has failed.
    fn given_up(&mut self, problem: &str) {
        let failure = Failure::action(FailureType::Action, problem);
        let current = match std::mem::replace(&mut self.cursor, Cursor::Over) {
            Cursor::In(running) => Some(running),
            _ => None,
        };
        let around = std::mem::take(&mut self.loops);
        for running in current.into_iter().chain(around.into_iter().rev()) {
            if let Some(step) = self.history.step_mut(running.run) {
                step.step_status = Status::Failed;
                step.execution_end_time = Some(self.now);
                step.fail(&failure);
            }
        }
        self.verdict = Some((Status::Failed, problem.to_owned()));
    }

    /// Goes on after a time in which nobody worked. Waits and their limits have gone on by the clock on the wall; what has
    /// to be done by us, now or again, has the time that it had: a call under way, and the end of what is cancelled.
    fn resumed(&mut self, since: Timestamp) {
        let lost = Duration::try_from(self.now.duration_since(since)).unwrap_or_default();
        let shift = |moment: &mut Timestamp| *moment = later(*moment, lost);
        if let Some(budget) = &mut self.budget {
            shift(budget);
        }
        let current = match &mut self.cursor {
            Cursor::In(running) => Some(running),
            _ => None,
        };
        for running in current.into_iter().chain(&mut self.loops) {
            running.called_at = self.now;
            let moments = [&mut running.throttled_since, &mut running.cut];
            moments.into_iter().flatten().for_each(shift);
        }
    }

    fn step_started(&mut self, name: &str) -> Result<(), JournalError> {
        let place = self.place_of(name)?;
        let Some(state) = &mut self.state else {
            return Err(JournalError::Misplaced("StepStarted"));
        };
        state.context_mut().now = self.now;
        self.allowed = false;
        let path = match self.loops.last() {
            Some(around) => around.path_of(place.name()).into(),
            None => place.known_name(),
        };
        let id = self.history.next_id();
        let mut running = Box::new(Running::new(place, id, path, state, self.now));
        let (run, step) = self.run(&mut running);
        self.history.start(run, step);
        self.latest = Some(id);
        self.cursor = Cursor::In(running);
        Ok(())
    }

    /// Settles what a step leaves behind.
    fn step_ended(
        &mut self,
        place: Place<R>,
        status: Status,
        failure: Option<&Failure>,
    ) -> Result<(), JournalError> {
        let (Some(running), Some(state)) = (self.leave(place), &mut self.state) else {
            return Err(JournalError::Misplaced("StepEnded"));
        };
        let run = running.run;
        let is_loop = running.is_loop();
        let flow = R::flow(place.step);
        let valid_next_steps = running.valid_next_steps(&flow);
        let answer = running.leave_behind(status, state);
        if let Some(step) = self.history.step_mut(run) {
            step.step_status = status;
            step.execution_end_time = Some(self.now);
            step.valid_next_steps = valid_next_steps;
            if let Some(failure) = failure {
                step.fail(failure);
            }
            if is_loop || answer.is_some() {
                step.leave(&R::outputs(place.step, state), answer.as_deref());
            }
        }
        self.latest = Some(run);
        let failed = matches!(status, Status::Failed | Status::TimedOut);
        if failed && flow.failure_counts() {
            self.count(status, failure);
        }
        Ok(())
    }

    /// Leaves the step under way, or the innermost loop before a step inside has started.
    pub(super) fn leave(&mut self, place: Place<R>) -> Option<Box<Running<R>>> {
        self.come_back(place);
        match std::mem::replace(&mut self.cursor, Cursor::Over) {
            Cursor::In(running) if running.place.index == place.index => Some(running),
            _ => None,
        }
    }

    /// Failed outweighs TimedOut (spec 8, row 3); of equals the first gives the message.
    fn count(&mut self, status: Status, failure: Option<&Failure>) {
        let outweighed = match &self.verdict {
            None => true,
            Some((before, _)) => *before == Status::TimedOut && status == Status::Failed,
        };
        if outweighed {
            let message = failure.map(|failure| failure.message.clone());
            self.verdict = Some((status, message.unwrap_or_default()));
        }
    }

    fn printed(&mut self, effect: &EffectId, output: &Output) -> Result<(), JournalError> {
        let Cursor::In(running) = &self.cursor else {
            return Err(JournalError::Misplaced("Printed"));
        };
        if let Some(run) = self.history.run_mut(running.run)
            && running.path == effect.step
        {
            run.printed = Some(Box::new(output.clone()));
        }
        Ok(())
    }

    fn cancel_requested(&mut self) {
        self.budget = Some(later(self.now, CANCEL_BUDGET));
        self.status = Status::Cancelling;
        self.loops
            .iter_mut()
            .for_each(|around| around.is_last = true);
        match &mut self.cursor {
            Cursor::In(running) => {
                running.cancel();
                running.cut = None;
                if let Some(step) = self.history.step_mut(running.run) {
                    step.step_status = Status::Cancelling;
                }
            }
            _ => self.follow(After::Abort, Status::Cancelled, None),
        }
    }

    /// What happens inside a step.
    fn running(&mut self, event: &Event) -> Result<(), JournalError> {
        if let Change::AttemptFailed { step, .. } = &event.change {
            self.come_back(known::<R>(step)?);
        }
        let (Cursor::In(running), Some(state)) = (&mut self.cursor, &mut self.state) else {
            return Err(misplaced(event));
        };
        running.apply(event, state)?;
        self.latest = Some(running.run);
        if let Some(run) = self.history.run_mut(running.run) {
            if run.attempt != running.attempt {
                run.printed = None;
            }
            run.attempt = running.attempt;
        }
        if let Some(step) = self.history.step_mut(running.run) {
            step.warning_message.clone_from(&running.warning);
        }
        self.show_waiting();
        Ok(())
    }
}

impl<R: Runbook> Execution<R> {
    /// The step of a name, which mostly is the one at the cursor.
    fn place_of(&self, name: &str) -> Result<Place<R>, JournalError> {
        let place = match &self.cursor {
            Cursor::Before(place) | Cursor::Asking(place) => Some(*place),
            Cursor::In(running) => Some(running.place),
            Cursor::Store(_) | Cursor::Identity | Cursor::Over | Cursor::Ended => None,
        };
        match place.filter(|place| place.name() == name) {
            Some(place) => Ok(place),
            None => known::<R>(name),
        }
    }
}

impl<R: Runbook> Place<R> {
    /// The step of a name, to which this one leads: mostly it is its successor, or what a branch chooses.
    fn way_to(self, name: &str) -> Result<Self, JournalError> {
        let flow = R::flow(self.step);
        let ways = flow
            .successor()
            .into_iter()
            .chain(flow.choices.iter().copied());
        let mut places = ways.filter_map(Self::of);
        match places.find(|place| place.name() == name) {
            Some(place) => Ok(place),
            None => known::<R>(name),
        }
    }
}

pub(super) fn known<R: Runbook>(name: &str) -> Result<Place<R>, JournalError> {
    Place::named(name).ok_or_else(|| JournalError::UnknownStep(name.to_owned()))
}

pub(super) fn misplaced(event: &Event) -> JournalError {
    JournalError::Misplaced(event.change.name())
}
