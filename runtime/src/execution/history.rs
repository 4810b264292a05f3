//! The history: every step that has started, as the record tells it.
//!
//! The record is made here, step by step: what is known of a step when it starts is written down then, and what comes of
//! it when it ends. A step of `mainSteps` starts once at most, a step inside a loop once in every iteration that reaches it.

use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::name::Name;
use crate::record::{LoopDetails, StepExecution};
use crate::script::Output;

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
    /// What the record tells of each of them: a list of its own, which the record takes over.
    steps: Vec<StepExecution>,
    /// How many have started.
    started: usize,
    /// How many there are in the runbook.
    declared: usize,
}

/// A run of a step, by its number in the history, from 1: so whether there is one takes no room of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RunId(NonZeroUsize);

/// A step that has started.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) id: RunId,
    /// The place of the step.
    pub(super) place: usize,
    /// The run of the loop around it.
    pub(super) parent: Option<RunId>,
    pub(super) attempt: u32,
    /// What the scripts of the last attempt have printed.
    pub(super) printed: Option<Box<Output>>,
    /// What the record tells of it to the steps inside, if it is a loop.
    pub(super) around: Option<Arc<LoopDetails>>,
}

impl History {
    /// None of so many steps has started.
    pub(super) const fn new(memory: Memory, declared: usize) -> Self {
        Self {
            memory,
            runs: Vec::new(),
            steps: Vec::new(),
            started: 0,
            declared,
        }
    }

    /// The id of the run that starts next.
    pub(super) const fn next_id(&self) -> RunId {
        RunId(NonZeroUsize::MIN.saturating_add(self.started))
    }

    /// Adds a run, and what the record tells of it.
    pub(super) fn start(&mut self, run: Run, step: StepExecution) {
        if self.memory == Memory::Outputs {
            self.forget();
        }
        if self.steps.len() == self.steps.capacity() {
            let room = self.room();
            self.runs.reserve_exact(room);
            self.steps.reserve_exact(room);
        }
        self.runs.push(run);
        self.steps.push(step);
        self.started += 1;
    }

    /// For how many more there is to be room, now that there is none.
    fn room(&self) -> usize {
        /// Of many executions that wait, most are at one of their first steps.
        const FIRST: usize = 16;
        match self.steps.len() {
            0 => 1,
            some @ 1..FIRST => some,
            // Who has come so far mostly goes on to the end, and a long list that grows by and by is copied again and again.
            many => self.declared.saturating_sub(many).max(many),
        }
    }

    /// Forgets the runs that have ended.
    fn forget(&mut self) {
        let is_under_way = |step: &StepExecution| step.execution_end_time.is_none();
        let mut under_way = self.steps.iter().map(is_under_way);
        self.runs.retain(|_| under_way.next().unwrap_or(true));
        self.steps.retain(is_under_way);
    }

    /// Every run that is remembered, in the order of their starts.
    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// What the record tells of them, in the same order.
    pub(super) fn into_steps(self) -> Vec<StepExecution> {
        self.steps
    }

    /// A run.
    pub(super) fn run(&self, run: RunId) -> Option<&Run> {
        self.runs.get(self.position(run)?)
    }

    /// The same, to be changed.
    pub(super) fn run_mut(&mut self, run: RunId) -> Option<&mut Run> {
        let position = self.position(run)?;
        self.runs.get_mut(position)
    }

    /// What the record tells of a run.
    pub(super) fn step(&self, run: RunId) -> Option<&StepExecution> {
        self.steps.get(self.position(run)?)
    }

    /// The same, to be changed.
    pub(super) fn step_mut(&mut self, run: RunId) -> Option<&mut StepExecution> {
        let position = self.position(run)?;
        self.steps.get_mut(position)
    }

    /// The name of a step with the iterations of the loops around it: `stop[2][3]`.
    pub(super) fn label(&self, run: RunId) -> Option<Name> {
        let name = self.step(run)?.step_name.clone();
        if self.run(run)?.parent.is_none() {
            return Some(name);
        }
        let around = std::iter::successors(Some(run), |run| self.run(*run)?.parent);
        let parents = around.filter_map(|run| self.step(run)?.parent_step_details.as_ref());
        let iterations: Vec<u32> = parents.map(|parent| parent.iteration).collect();
        let iterations = iterations.iter().rev();
        Some(iterations.fold(name, |label, iteration| {
            format!("{label}[{iteration}]").into()
        }))
    }

    /// Where a run is kept.
    fn position(&self, run: RunId) -> Option<usize> {
        match self.memory {
            // Nothing is forgotten.
            Memory::Record => Some(run.0.get() - 1),
            Memory::Outputs => self.runs.binary_search_by_key(&run, |run| run.id).ok(),
        }
    }
}
