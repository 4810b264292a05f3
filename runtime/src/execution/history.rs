//! The history: every step that has started, as the record tells it.
//!
//! A step of `mainSteps` starts once at most, a step inside a loop once in every iteration that reaches it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::effect::Action;
use crate::failure::Failure;
use crate::runbook::Runbook;
use crate::script::Output;
use crate::status::Status;
use crate::value::{Document, Map};

use super::{Place, Running};

/// The steps that have started, in order.
#[derive(Debug, Default)]
pub(super) struct History {
    runs: Vec<Progress>,
    /// The last run of each step, by the step's place.
    last: BTreeMap<usize, RunId>,
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
    /// The id of the run that starts next.
    pub(super) fn next_id(&self) -> RunId {
        RunId(self.runs.len())
    }

    /// Adds a run.
    pub(super) fn start(&mut self, progress: Progress) {
        self.last.insert(progress.place, self.next_id());
        self.runs.push(progress);
    }

    /// Every run, in the order of their starts.
    pub(super) fn runs(&self) -> impl Iterator<Item = (RunId, &Progress)> {
        let runs = self.runs.iter().enumerate();
        runs.map(|(index, progress)| (RunId(index), progress))
    }

    /// A run.
    pub(super) fn get(&self, run: RunId) -> Option<&Progress> {
        self.runs.get(run.0)
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, run: RunId) -> Option<&mut Progress> {
        self.runs.get_mut(run.0)
    }

    /// The last run of a step.
    pub(super) fn last_of<R: Runbook>(&self, place: Place<R>) -> Option<(RunId, &Progress)> {
        let run = *self.last.get(&place.index)?;
        Some((run, self.get(run)?))
    }

    /// The same, to be changed.
    pub(super) fn last_mut<R: Runbook>(&mut self, place: Place<R>) -> Option<&mut Progress> {
        let run = *self.last.get(&place.index)?;
        self.get_mut(run)
    }
}

impl Progress {
    pub(super) fn new<R: Runbook>(
        running: &Running<R>,
        parent: Option<Parent>,
        now: Timestamp,
    ) -> Self {
        let effect = running.effect.as_ref().ok();
        Self {
            place: running.place.index,
            path: running.path.clone(),
            parent,
            status: Status::InProgress,
            started: now,
            ended: None,
            attempt: running.attempt,
            inputs: effect.map_or_else(Map::new, |effect| effect.inputs.clone()),
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
