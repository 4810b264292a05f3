//! Coverage: the steps of a runbook, and the ways between them, that no scenario has taken.
//!
//! Counted are the ways that the runbook writes down: where each step leads when it succeeds, and,
//! where `onFailure` or `onCancel` say something, when it fails or is cancelled.

use std::collections::BTreeSet;
use std::fmt;

use crate::flow::{After, Flow, OnCancel};
use crate::name::Name;
use crate::runbook::{Definition, Runbook};
use crate::status::Status;

use super::trace::Passage;

/// What several scenarios of one runbook have covered.
#[derive(Clone, Debug)]
pub struct Coverage {
    definition: &'static Definition,
    edges: Vec<Edge>,
    steps: BTreeSet<Name>,
    taken: BTreeSet<Edge>,
}

/// A way from a step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The step.
    pub from: Name,
    /// How the step ends.
    pub outcome: Outcome,
    /// What follows.
    pub to: After<Name>,
}

/// How a step ends, as far as ways go: a timeout takes that of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It succeeds.
    Success,
    /// It fails or times out.
    Failure,
    /// It is cancelled.
    Cancellation,
}

impl Coverage {
    /// Nothing is covered yet.
    pub fn new<R: Runbook>() -> Self {
        let definition = R::DEFINITION;
        Self {
            definition,
            edges: edges::<R>(),
            steps: BTreeSet::new(),
            taken: BTreeSet::new(),
        }
    }

    /// Adds what one run has passed.
    pub fn add(&mut self, passages: &[Passage]) {
        // The steps of a child are covered by the scenarios of its own runbook.
        let own = passages
            .iter()
            .filter(|passage| !passage.step.contains('/'));
        for passage in own {
            self.steps.insert(passage.step.clone());
            self.taken.insert(Edge {
                from: passage.step.clone(),
                outcome: Outcome::of(passage.status),
                to: passage.next.clone(),
            });
        }
    }

    /// The steps that never ran, in document order.
    pub fn missing_steps(&self) -> Vec<&'static str> {
        let names = self.definition.steps.iter().map(|step| step.name);
        names.filter(|name| !self.steps.contains(*name)).collect()
    }

    /// The ways that were never taken, in document order, without those from steps that never ran.
    pub fn missing_edges(&self) -> Vec<&Edge> {
        let ran = |edge: &&Edge| self.steps.contains(&edge.from);
        self.edges
            .iter()
            .filter(ran)
            .filter(|edge| !self.taken.contains(*edge))
            .collect()
    }

    /// How many steps there are and how many of them ran.
    pub fn step_count(&self) -> (usize, usize) {
        let all = self.definition.steps.len();
        (all, all - self.missing_steps().len())
    }

    /// How many ways there are and how many of them were taken.
    pub fn edge_count(&self) -> (usize, usize) {
        let taken = self
            .edges
            .iter()
            .filter(|edge| self.taken.contains(*edge))
            .count();
        (self.edges.len(), taken)
    }
}

impl Outcome {
    fn of(status: Status) -> Self {
        match status {
            Status::Success => Self::Success,
            Status::Cancelled => Self::Cancellation,
            _ => Self::Failure,
        }
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match self.outcome {
            Outcome::Success => "succeeds",
            Outcome::Failure => "fails",
            Outcome::Cancellation => "is cancelled",
        };
        match &self.to {
            After::Step(to) => write!(formatter, "{} {outcome} → {to}", self.from),
            After::End | After::Abort => write!(formatter, "{} {outcome} → end", self.from),
        }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (steps, covered_steps) = self.step_count();
        let (edges, covered_edges) = self.edge_count();
        write!(
            formatter,
            "coverage: {covered_steps} of {steps} steps, {covered_edges} of {edges} ways between them"
        )?;
        for step in self.missing_steps() {
            write!(formatter, "\n  never ran:    {step}")?;
        }
        for edge in self.missing_edges() {
            let step = self.definition.step(&edge.from);
            let inside = step.is_some_and(|step| step.inside.is_some());
            let level = match edge.to {
                After::End if inside => " of the iteration",
                _ => "",
            };
            write!(formatter, "\n  never taken:  {edge}{level}")?;
        }
        Ok(())
    }
}

/// All ways of a runbook, in document order.
fn edges<R: Runbook>() -> Vec<Edge> {
    let steps = R::STEPS.iter().zip(R::DEFINITION.steps);
    let edges = steps.flat_map(|(step, declared)| {
        let ways = ways(R::flow(*step));
        ways.into_iter().map(|(outcome, to)| Edge {
            from: (&declared.name).into(),
            outcome,
            to: to.map(|step| name_of::<R>(step).unwrap_or_default()),
        })
    });
    // Several choices may lead to one step.
    let mut seen = BTreeSet::new();
    edges.filter(|edge| seen.insert(edge.clone())).collect()
}

fn ways<S: Copy + 'static>(flow: Flow<S>) -> Vec<(Outcome, After<S>)> {
    let choices = flow.choices.iter().copied().chain(flow.otherwise);
    let mut ways: Vec<_> = choices
        .map(|step| (Outcome::Success, After::Step(step)))
        .collect();
    // A branch with a default always jumps.
    if flow.otherwise.is_none() {
        ways.push((Outcome::Success, flow.after_success(None)));
    }
    if flow.on_failure.is_some() {
        ways.push((Outcome::Failure, flow.after_failure()));
    }
    if let Some(OnCancel::Step(step)) = flow.on_cancel {
        ways.push((Outcome::Cancellation, After::Step(step)));
    }
    ways
}

fn name_of<R: Runbook>(step: R::Step) -> Option<Name> {
    let place = R::STEPS.iter().position(|known| *known == step)?;
    let step = R::DEFINITION.steps.get(place)?;
    Some((&step.name).into())
}
