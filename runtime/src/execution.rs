//! An execution: a pure fold over its events, and the pure function that says what is next.
//!
//! [`Execution::apply`] takes an event in, [`Execution::next`] decides from what it has made of them,
//! [`Execution::record`] and [`Execution::view`] show it. Nothing here waits, calls or asks for the time.
//!
//! Invariants: the same events give the same execution, whether superseded ones are among them or not; what is
//! held grows with the steps that have started, as the record does, never with the number of events. One that forgets
//! holds only what is under way. Taking in an event takes the same time however many there were before.

mod apply;
mod asking;
mod hearing;
mod history;
mod hope;
mod judge;
mod loops;
mod next;
mod open;
mod record;
mod running;
mod told;
mod view;

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use crate::effect::Effect;
use crate::event::{Beginning, Reason};
use crate::failure::Failure;
use crate::name::Name;
use crate::procedure::Course;
use crate::runbook::{Runbook, StepDefinition};
use crate::scope::Context;
use crate::status::Status;
use crate::value::{InputError, Map};

use hearing::Hearing;
use history::{History, RunId};
use judge::Judgement;
use loops::Return;

pub use apply::{Fold, JournalError};
pub use history::Memory;
pub(crate) use hope::Hope;
pub use next::Next;
pub(crate) use open::Open;

/// One run of a runbook, as far as it has come.
pub struct Execution<R: Runbook> {
    beginning: Arc<Beginning>,
    began: Timestamp,
    /// The parameters with what was read from Parameter Store, if something was.
    resolved: Option<Map>,
    /// The time of the last event.
    now: Timestamp,
    ended: Option<Timestamp>,
    status: Status,
    arn: Option<String>,
    /// There once the identity is known.
    state: Option<R::State>,
    cursor: Cursor<R>,
    /// The loops around the cursor, from the outside in.
    loops: Vec<Box<Running<R>>>,
    /// The steps that have started.
    history: History,
    /// The step that the last event about a step was about.
    latest: Option<RunId>,
    /// What the failures so far make of the execution, and the message of the one that did.
    verdict: Option<(Status, String)>,
    /// Once somebody has asked to cancel: when the `onCancel` chain must have ended.
    budget: Option<Timestamp>,
    /// Whether somebody has let the step before the cursor start.
    allowed: bool,
    /// Whether somebody has asked to end after the step under way.
    completes: bool,
}

/// Where an execution stands.
enum Cursor<R: Runbook> {
    /// These names are to be read from Parameter Store.
    Store(Vec<&'static str>),
    /// The identity of the caller is not known yet.
    Identity,
    /// A step is about to start.
    Before(Place<R>),
    /// A step waits until somebody lets it start.
    Asking(Place<R>),
    /// A step is under way.
    In(Box<Running<R>>),
    /// No step follows.
    Over,
    /// Nothing follows.
    Ended,
}

/// A step of the runbook.
#[derive(Debug)]
struct Place<R: Runbook> {
    index: usize,
    step: R::Step,
    definition: &'static StepDefinition,
}

/// The step under way.
struct Running<R: Runbook> {
    place: Place<R>,
    /// Its entry in the history.
    run: RunId,
    /// Its name, after the iterations of the loops around it: `each[3]/stop`.
    path: Name,
    /// What the step asks for; resolved once, when it starts (spec 8, row 18).
    effect: Result<Effect<R::Request, R::Step>, InputError>,
    attempt: u32,
    /// When the attempt started, less the time in which nobody worked on it.
    attempt_started: Timestamp,
    /// The number of effects in this attempt.
    calls: u32,
    /// How many answers there were, in all attempts.
    epoch: u32,
    /// Where its procedure stands, if it has one.
    standing: Option<Box<Standing<R::Request>>>,
    /// Which call of the attempt is made or tried again, from 1.
    call: u32,
    /// The number of effects before the first try of that call.
    before: u32,
    /// When the call under way was made, for the last time.
    called_at: Timestamp,
    /// Whether the last try may have been carried out although it got no answer.
    open: bool,
    /// What the attempt before has called without an answer, if that may be done twice.
    lost: Option<String>,
    /// Whether it was decided that the call under way is made again, though nobody knows whether it was made.
    resolved: bool,
    /// What there is to know about calls that may have been made twice.
    warning: Option<Box<str>>,
    /// What the last poll has found.
    found: Option<String>,
    /// Since when the service asks to slow down.
    throttled_since: Option<Timestamp>,
    /// The iteration under way, of a loop.
    iteration: u32,
    /// Whether a loop ends with its iteration, because the execution is being cancelled.
    is_last: bool,
    /// Once the time of a loop around it is up: when it must have stopped.
    cut: Option<Timestamp>,
    phase: Phase<R>,
}

/// Where a procedure stands.
struct Standing<Q> {
    course: Course<Q>,
    request: Q,
    /// Why the request is the one that stops what was started, if it is.
    stops: Option<Stop>,
}

/// Why what was started is stopped.
enum Stop {
    /// Somebody asked to cancel.
    Cancelled,
    /// The time of the attempt is up.
    Late(Box<Failure>),
}

/// What a step under way does.
enum Phase<R: Runbook> {
    /// An attempt begins.
    Ready,
    /// A call is under way, or was when the execution was cut off.
    Calling,
    /// A call has come back.
    Judged(Box<Judgement<R>>),
    /// It waits, within its attempt.
    Waiting { until: Timestamp, reason: Reason },
    /// It waits for people.
    Hearing(Box<Hearing>),
    /// It waits for its next attempt.
    Pausing { until: Timestamp, cause: String },
    /// The steps inside have come to an end.
    Back(Return<R>),
    /// It is to make the call that stops what it has started.
    Stopping,
    /// It is to end.
    Cancelling,
}

impl<R: Runbook> Execution<R> {
    /// The execution's id.
    pub fn id(&self) -> Uuid {
        self.beginning.execution
    }

    /// What it started from.
    pub fn beginning(&self) -> &Beginning {
        &self.beginning
    }

    /// How far it is.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The time of its last event.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The state of the runbook; there once the identity is known.
    pub fn state(&self) -> Option<&R::State> {
        self.state.as_ref()
    }

    /// Whether a request to cancel would change anything.
    pub fn can_be_cancelled(&self) -> bool {
        let can_stop = match &self.cursor {
            Cursor::In(running) => running.can_be_interrupted(),
            Cursor::Over | Cursor::Ended => false,
            Cursor::Store(_) | Cursor::Identity | Cursor::Before(_) | Cursor::Asking(_) => true,
        };
        self.budget.is_none() && can_stop
    }

    /// Whether a request to end after the step under way would change anything.
    pub fn can_be_completed(&self) -> bool {
        let goes_on = !matches!(self.cursor, Cursor::Over | Cursor::Ended);
        self.budget.is_none() && !self.completes && goes_on
    }

    /// Whether it waits for somebody to let a step start.
    pub(crate) fn asks(&self) -> bool {
        matches!(self.cursor, Cursor::Asking(_))
    }

    fn context(&self, arn: &str, account: &str) -> Context {
        Context {
            execution_id: self.id().to_string(),
            account_id: account.to_owned(),
            region: self.beginning.region.clone(),
            partition: arn.split(':').nth(1).unwrap_or("aws").to_owned(),
            now: self.now,
        }
    }
}

impl<R: Runbook> Place<R> {
    /// All steps, those of `mainSteps` first.
    fn all() -> impl Iterator<Item = Self> {
        (0..R::STEPS.len()).filter_map(Self::at)
    }

    fn at(index: usize) -> Option<Self> {
        Some(Self {
            index,
            step: *R::STEPS.get(index)?,
            definition: R::DEFINITION.steps.get(index)?,
        })
    }

    fn named(name: &str) -> Option<Self> {
        Self::at(R::DEFINITION.place(name)?)
    }

    fn of(step: R::Step) -> Option<Self> {
        Self::at(R::place(step))
    }

    /// The name of a step.
    fn name_of(step: R::Step) -> Option<Name> {
        Some(Self::of(step)?.known_name())
    }

    fn name(&self) -> &'static str {
        self.definition.name
    }

    /// The same, to be kept.
    fn known_name(&self) -> Name {
        (&self.definition.name).into()
    }
}

impl<R: Runbook> Clone for Place<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Runbook> Copy for Place<R> {}
