//! Observers: who watches an execution, for the progress display and for coverage.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::event::{Event, Reason};
use crate::name::Name;
use crate::record::Simulation;
use crate::runbook::{Definition, StepDefinition};
use crate::status::Status;

/// Watches an execution.
pub trait Observer: Send + Sync {
    /// Something has happened. `view` shows the execution after it.
    ///
    /// It is in the store before the engine does or awaits anything more, and not always yet: what was told to a process that
    /// is killed in that moment may happen and be told again in the next one. Otherwise events of the past are not told again
    /// after a resume. The engine waits for this.
    fn observe(&self, event: &Event, view: &View);

    /// Whether it looks at all: nothing is shown to one that does not.
    fn watches(&self) -> bool {
        true
    }
}

/// Looks away.
impl Observer for () {
    fn observe(&self, _: &Event, _: &View) {}

    fn watches(&self) -> bool {
        false
    }
}

/// Two observers are one, too: the first is told first.
impl<A: Observer, B: Observer> Observer for (A, B) {
    fn observe(&self, event: &Event, view: &View) {
        self.0.observe(event, view);
        self.1.observe(event, view);
    }

    fn watches(&self) -> bool {
        self.0.watches() || self.1.watches()
    }
}

/// A borrowed observer is one, too.
impl<O: Observer + ?Sized> Observer for &O {
    fn observe(&self, event: &Event, view: &View) {
        (**self).observe(event, view);
    }

    fn watches(&self) -> bool {
        (**self).watches()
    }
}

/// A shared observer is one, too.
impl<O: Observer + ?Sized> Observer for Arc<O> {
    fn observe(&self, event: &Event, view: &View) {
        (**self).observe(event, view);
    }

    fn watches(&self) -> bool {
        (**self).watches()
    }
}

/// An execution at a moment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct View {
    /// The runbook.
    pub definition: &'static Definition,
    /// The execution.
    pub execution: Uuid,
    /// The steps in which it was started, from the outside in, as people call them.
    pub within: Vec<String>,
    /// Which of several targets it is for, if it or an execution around it is for one.
    pub target: Option<String>,
    /// What the answers come from, if not from AWS.
    pub simulation: Option<Simulation>,
    /// The status of the execution.
    pub status: Status,
    /// When the execution started.
    pub started: Timestamp,
    /// The moment: that of the event.
    pub now: Timestamp,
    /// The step under way, or the one that the event has ended.
    pub step: Option<StepView>,
    /// Why the execution has failed or is about to.
    pub failure: Option<String>,
}

impl View {
    /// How long the execution has been running.
    pub fn elapsed(&self) -> SignedDuration {
        self.now.duration_since(self.started)
    }
}

/// A step at a moment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StepView {
    /// The step as declared: its name, its action, what it waits for in words.
    pub definition: &'static StepDefinition,
    /// Its place in the document, from 0.
    pub index: usize,
    /// Its name, with the iterations of the loops around it: `stop[3]`.
    pub label: Name,
    /// Its status.
    pub status: Status,
    /// The attempt under way, from 1.
    pub attempt: u32,
    /// How many attempts there may be.
    pub max_attempts: u32,
    /// When the step started.
    pub started: Timestamp,
    /// How long it has taken up to this moment.
    pub elapsed: SignedDuration,
    /// When the attempt's time is up.
    pub deadline: Option<Timestamp>,
    /// Which calls may have been made twice.
    pub warning: Option<String>,
    /// What goes on inside.
    pub activity: Activity,
}

/// What a step does at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Activity {
    /// Nothing that takes time.
    Deciding,
    /// An API call is under way.
    Calling {
        /// The number of the call in its attempt, from 1.
        number: u32,
    },
    /// It waits.
    Waiting {
        /// Until when.
        until: Timestamp,
        /// Why.
        reason: Reason,
        /// For a poll, the value that was found instead of a desired one.
        found: Option<String>,
    },
    /// It waits for people.
    Listening {
        /// For an approval: how many there are, and how many are needed.
        approvals: Option<(usize, usize)>,
    },
    /// It waits for its next attempt.
    Retrying {
        /// Until when.
        until: Timestamp,
        /// Why the attempt before has failed.
        cause: String,
    },
    /// It has ended.
    Ended,
}
