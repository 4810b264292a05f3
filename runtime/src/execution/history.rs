//! The history: every step that has started, as the record tells it.
//!
//! The record is made here, step by step: what is known of a step when it starts is written down then, and what comes of
//! it when it ends. A step of `mainSteps` starts once at most, a step inside a loop once in every iteration that reaches it.

use std::sync::Arc;

use crate::name::Name;
use crate::record::{LoopDetails, StepExecution};
use crate::runbook::Runbook;
use crate::script::Output;

use super::Place;

/// How much of the steps that have ended an execution remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// All that the record tells.
    Record,
    /// Nothing but what later steps may refer to: the record is made of the stored events.
    Outputs,
}

/// The steps that have started, in order; of those that have ended as much as is to be remembered.
#[derive(Clone, Debug)]
pub(super) struct History {
    memory: Memory,
    runs: Vec<Run>,
    /// How many have started.
    started: usize,
}

/// A run of a step, by its position in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RunId(usize);

/// A step that has started.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) id: RunId,
    /// The place of the step.
    pub(super) place: usize,
    /// The place of the outermost loop around it; its own if there is none.
    pub(super) outermost: usize,
    /// The run of the loop around it.
    pub(super) parent: Option<RunId>,
    pub(super) attempt: u32,
    /// What the scripts of the last attempt have printed.
    pub(super) printed: Option<Box<Output>>,
    /// What the record tells of it to the steps inside, if it is a loop.
    pub(super) around: Option<Arc<LoopDetails>>,
    /// What the record tells of it.
    pub(super) step: StepExecution,
}

impl Run {
    /// Stands for a step that has not started.
    pub(super) fn pending<R: Runbook>(place: Place<R>) -> Self {
        let Place {
            index, definition, ..
        } = place;
        Self {
            id: RunId(usize::MAX),
            place: index,
            outermost: index,
            parent: None,
            attempt: 0,
            printed: None,
            around: None,
            step: StepExecution::pending(definition.name, definition.action),
        }
    }
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
    pub(super) fn start(&mut self, run: Run) {
        if self.memory == Memory::Outputs {
            let is_under_way = |run: &Run| run.step.execution_end_time.is_none();
            self.runs.retain(is_under_way);
        }
        if self.runs.capacity() == 0 {
            // Of many executions that wait, most are at one of their first steps.
            self.runs.reserve_exact(1);
        }
        self.runs.push(run);
        self.started += 1;
    }

    /// Every run that is remembered, in the order of their starts.
    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The same, to keep.
    pub(super) fn into_runs(self) -> Vec<Run> {
        self.runs
    }

    /// A run.
    pub(super) fn get(&self, run: RunId) -> Option<&Run> {
        self.runs.get(self.position(run)?)
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, run: RunId) -> Option<&mut Run> {
        let position = self.position(run)?;
        self.runs.get_mut(position)
    }

    /// The name of a step with the iterations of the loops around it: `stop[2][3]`.
    pub(super) fn label(&self, run: &Run) -> Name {
        if run.parent.is_none() {
            return run.step.step_name.clone();
        }
        let around = std::iter::successors(Some(run), |run| self.get(run.parent?));
        let parents = around.filter_map(|run| run.step.parent_step_details.as_ref());
        let iterations: Vec<u32> = parents.map(|parent| parent.iteration).collect();
        let name = run.step.step_name.clone();
        let iterations = iterations.iter().rev();
        iterations.fold(name, |label, iteration| {
            format!("{label}[{iteration}]").into()
        })
    }

    /// Where a run is kept.
    fn position(&self, run: RunId) -> Option<usize> {
        match self.memory {
            // Nothing is forgotten.
            Memory::Record => Some(run.0),
            Memory::Outputs => self.runs.binary_search_by_key(&run, |run| run.id).ok(),
        }
    }
}
