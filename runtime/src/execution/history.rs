//! The history: every step that has started, as the record tells it.
//!
//! A step of `mainSteps` starts once at most, a step inside a loop once in every iteration that reaches it.

use jiff::Timestamp;

use crate::effect::Action;
use crate::failure::Failure;
use crate::runbook::Runbook;
use crate::script::Output;
use crate::status::Status;
use crate::value::{Document, Map};

use super::{Place, Running};

/// How much of the steps that have ended an execution remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// All that the record tells.
    Record,
    /// Nothing but what later steps may refer to: the record is made of the stored events.
    Outputs,
}

/// The steps that have started, in order; of those that have ended as much as is to be remembered.
#[derive(Debug)]
pub(super) struct History {
    memory: Memory,
    runs: Vec<(RunId, Box<Progress>)>,
    /// How many have started.
    started: usize,
}

/// A run of a step, by its position in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RunId(usize);

/// What the record keeps of a step that has started.
#[derive(Debug)]
pub(super) struct Progress {
    /// The place of the step.
    pub(super) place: usize,
    /// The step's name, after the iterations of the loops around it.
    pub(super) path: String,
    /// The iteration that it belongs to, inside a loop.
    pub(super) parent: Option<Parent>,
    pub(super) status: Status,
    pub(super) started: Timestamp,
    pub(super) ended: Option<Timestamp>,
    pub(super) attempt: u32,
    pub(super) inputs: Map,
    /// The limit of an attempt, where a reference gives it.
    pub(super) time_limit: Option<u64>,
    pub(super) outputs: Map,
    /// The whole answer, `OutputPayload`.
    pub(super) payload: Option<Document>,
    /// What the scripts of the last attempt have printed.
    pub(super) printed: Option<Output>,
    pub(super) failure: Option<Failure>,
    /// What calls may have been made twice.
    pub(super) warning: Option<String>,
    /// The step that a branch has chosen.
    pub(super) jump: Option<&'static str>,
}

/// An iteration of a loop.
#[derive(Clone, Debug)]
pub(super) struct Parent {
    /// The run of the loop.
    pub(super) run: RunId,
    /// Its number.
    pub(super) iteration: u32,
    /// What it is about.
    pub(super) item: Option<Document>,
}

impl History {
    /// No step has started.
    pub(super) const fn new(memory: Memory) -> Self {
        Self {
            memory,
            runs: Vec::new(),
            started: 0,
        }
    }

    /// The id of the run that starts next.
    pub(super) const fn next_id(&self) -> RunId {
        RunId(self.started)
    }

    /// Adds a run.
    pub(super) fn start(&mut self, progress: Progress) {
        if self.memory == Memory::Outputs {
            self.runs.retain(|(_, progress)| progress.ended.is_none());
        }
        self.runs.push((self.next_id(), Box::new(progress)));
        self.started += 1;
    }

    /// Every run that is remembered, in the order of their starts.
    pub(super) fn runs(&self) -> impl Iterator<Item = (RunId, &Progress)> {
        self.runs
            .iter()
            .map(|(run, progress)| (*run, progress.as_ref()))
    }

    /// A run.
    pub(super) fn get(&self, run: RunId) -> Option<&Progress> {
        let (_, progress) = self.runs.get(self.position(run)?)?;
        Some(progress)
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, run: RunId) -> Option<&mut Progress> {
        let position = self.position(run)?;
        let (_, progress) = self.runs.get_mut(position)?;
        Some(progress)
    }

    /// Where a run is kept: that it is the last one is almost always so.
    fn position(&self, run: RunId) -> Option<usize> {
        match self.runs.last() {
            Some((last, _)) if *last == run => Some(self.runs.len() - 1),
            _ => self.runs.binary_search_by_key(&run, |(id, _)| *id).ok(),
        }
    }
}

impl Progress {
    pub(super) fn new<R: Runbook>(
        running: &mut Running<R>,
        parent: Option<Parent>,
        now: Timestamp,
    ) -> Self {
        // Nobody but the record wants to know the inputs.
        let effect = running.effect.as_mut().ok();
        let inputs = effect.map(|effect| std::mem::take(&mut effect.inputs));
        let effect = running.effect.as_ref().ok();
        Self {
            place: running.place.index,
            path: running.path.clone(),
            parent,
            status: Status::InProgress,
            started: now,
            ended: None,
            attempt: running.attempt,
            inputs: inputs.unwrap_or_default(),
            time_limit: effect.and_then(|effect| effect.time_limit),
            outputs: Map::new(),
            payload: None,
            printed: None,
            failure: None,
            warning: None,
            jump: effect.and_then(|effect| match effect.action {
                Action::Jump(target) => target.and_then(Place::<R>::name_of),
                _ => None,
            }),
        }
    }
}
