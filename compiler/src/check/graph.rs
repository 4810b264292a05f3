//! The step graph: which step can follow which (spec 4.4, 4.6).
//!
//! A loop and the steps beside it form one level, its body another. An edge from a body to a step outside is the
//! loop's own on the level of that step.

use std::collections::VecDeque;

use super::known;
use super::scope::Scope;
use super::uses::scalars;
use crate::document::{Handler, Step, Value};
use crate::ir::StepId;
use crate::source::{Span, Spanned};

/// The graph of a document.
pub(super) struct Graph {
    /// Every edge, in the order of the steps.
    pub(super) edges: Vec<Edge>,
    /// Whether these are all: false when some step's successors could not be read.
    pub(super) complete: bool,
    /// The edges that leave each step, by its position.
    outgoing: Vec<Vec<Edge>>,
}

/// One way from a step to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// Where it starts.
    pub(super) from: StepId,
    /// Where it leads.
    pub(super) to: StepId,
    /// When it is taken.
    pub(super) kind: EdgeKind,
    /// Where the jump is written; `None` for the step listed next.
    pub(super) span: Option<Span>,
}

/// When an edge is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EdgeKind {
    /// After success.
    Success,
    /// After failure or timeout.
    Failure,
    /// After cancellation.
    Cancel,
}

impl Graph {
    /// Reads the graph of a document; jumps that lead nowhere are left to the rule that reports them.
    pub(super) fn of(scope: &Scope<'_>) -> Self {
        let mut reader = Reader {
            scope,
            edges: Vec::new(),
            complete: true,
        };
        for (id, entry) in scope.entries() {
            reader.step(id, entry.step);
        }
        let Reader {
            edges, complete, ..
        } = reader;
        let mut outgoing = vec![Vec::new(); scope.entries().count()];
        for edge in &edges {
            if let Some(list) = outgoing.get_mut(edge.from.index()) {
                list.push(*edge);
            }
        }
        Self {
            edges,
            complete,
            outgoing,
        }
    }

    /// Whether no step leads back to itself.
    pub(super) fn is_acyclic(&self) -> bool {
        let mut open = vec![0usize; self.steps()];
        for edge in &self.edges {
            if let Some(ways) = open.get_mut(edge.to.index()) {
                *ways += 1;
            }
        }
        let steps = (0..).map(StepId).zip(&open);
        let free = steps.filter(|(_, ways)| **ways == 0);
        let mut free: Vec<StepId> = free.map(|(step, _)| step).collect();
        let mut done = 0;
        while let Some(step) = free.pop() {
            done += 1;
            for edge in self.leaving(step) {
                if let Some(ways) = open.get_mut(edge.to.index()) {
                    *ways -= 1;
                    if *ways == 0 {
                        free.push(edge.to);
                    }
                }
            }
        }
        done == self.steps()
    }

    /// How many steps there are.
    pub(super) const fn steps(&self) -> usize {
        self.outgoing.len()
    }

    /// The edges that leave a step.
    pub(super) fn leaving(&self, step: StepId) -> &[Edge] {
        self.outgoing.get(step.index()).map_or(&[], Vec::as_slice)
    }

    /// Follows all edges that `pass` allows.
    pub(super) fn walk(
        &self,
        starts: impl IntoIterator<Item = StepId>,
        pass: impl Fn(&Edge) -> bool,
    ) -> Walk {
        let mut walk = Walk {
            reached: vec![Reached::Never; self.outgoing.len()],
        };
        let mut queue = VecDeque::new();
        for start in starts {
            if walk.visit(start, Reached::Start) {
                queue.push_back(start);
            }
        }
        while let Some(step) = queue.pop_front() {
            for edge in self.leaving(step).iter().filter(|edge| pass(edge)) {
                if walk.visit(edge.to, Reached::By(*edge)) {
                    queue.push_back(edge.to);
                }
            }
        }
        walk
    }
}

/// The steps that were reached, each by a shortest way.
pub(super) struct Walk {
    reached: Vec<Reached>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reached {
    Never,
    Start,
    By(Edge),
}

impl Walk {
    /// Whether a step was reached.
    pub(super) fn reaches(&self, step: StepId) -> bool {
        self.reached
            .get(step.index())
            .is_some_and(|reached| *reached != Reached::Never)
    }

    /// The edges of a way from a start to a step.
    pub(super) fn way_to(&self, step: StepId) -> Vec<Edge> {
        let mut way = Vec::new();
        let mut at = step;
        while let Some(Reached::By(edge)) = self.reached.get(at.index()) {
            way.push(*edge);
            at = edge.from;
        }
        way.reverse();
        way
    }

    fn visit(&mut self, step: StepId, how: Reached) -> bool {
        match self.reached.get_mut(step.index()) {
            Some(reached) if *reached == Reached::Never => {
                *reached = how;
                true
            }
            _ => false,
        }
    }
}

struct Reader<'a> {
    scope: &'a Scope<'a>,
    edges: Vec<Edge>,
    complete: bool,
}

impl Reader<'_> {
    fn step(&mut self, id: StepId, step: &Step) {
        let ends = step.is_end.is_some_and(|end| end.value);
        let always_jumps = self.branch(id, step);
        let listed = self.listed_next(id).map(|next| (next, None));
        let next = match &step.next_step {
            Some(name) => self.target(id, name),
            None if ends => None,
            None => listed,
        };
        if let Some((to, span)) = next.filter(|_| !always_jumps) {
            self.edge(Edge {
                from: id,
                to,
                kind: EdgeKind::Success,
                span,
            });
        }
        match step.on_failure.as_ref().map(|handler| &handler.value) {
            Some(Handler::Step(name)) => self.jump(id, name, EdgeKind::Failure),
            Some(Handler::Continue) => {
                if let Some((to, span)) = next {
                    self.edge(Edge {
                        from: id,
                        to,
                        kind: EdgeKind::Failure,
                        span,
                    });
                }
            }
            Some(Handler::Abort) | None => {}
        }
        if let Some(Handler::Step(name)) = step.on_cancel.as_ref().map(|handler| &handler.value) {
            self.jump(id, name, EdgeKind::Cancel);
        }
    }

    /// The jumps of a branch; says whether one of them is always taken.
    fn branch(&mut self, id: StepId, step: &Step) -> bool {
        if step.action.value != "aws:branch" {
            // A misspelt branch would hide its targets.
            self.complete &= known::find(&step.action.value).is_some();
            return false;
        }
        let input = |name: &str| {
            step.inputs
                .iter()
                .find(|(key, _)| key.value == name)
                .map(|(_, value)| value)
        };
        let choices = input("Choices").and_then(Value::as_list);
        self.complete &= choices.is_some();
        for choice in choices.unwrap_or_default() {
            self.branch_jump(id, choice.get("NextStep"));
        }
        let default = input("Default");
        if default.is_some() {
            self.branch_jump(id, default);
        }
        default.is_some()
    }

    fn branch_jump(&mut self, id: StepId, target: Option<&Value>) {
        let Some((scalar, span)) = target.and_then(|target| scalars(target).next()) else {
            self.complete = false;
            return;
        };
        self.jump(
            id,
            &Spanned::new(scalar.text().to_owned(), span),
            EdgeKind::Success,
        );
    }

    fn jump(&mut self, id: StepId, name: &Spanned<String>, kind: EdgeKind) {
        if let Some((to, span)) = self.target(id, name) {
            self.edge(Edge {
                from: id,
                to,
                kind,
                span,
            });
        }
    }

    fn target(&mut self, from: StepId, name: &Spanned<String>) -> Option<(StepId, Option<Span>)> {
        let target = self.scope.step(&name.value);
        let visible = target.filter(|target| self.scope.is_visible(*target, from));
        self.complete &= visible.is_some();
        visible.map(|target| (target, Some(name.span)))
    }

    /// Adds an edge, on the level of the step it leads to.
    fn edge(&mut self, edge: Edge) {
        let level = self.scope.entry(edge.to).and_then(|entry| entry.parent);
        let from = self
            .scope
            .ancestor_at(edge.from, level)
            .unwrap_or(edge.from);
        self.edges.push(Edge { from, ..edge });
    }

    fn listed_next(&self, step: StepId) -> Option<StepId> {
        let parent = self.scope.entry(step)?.parent;
        let next = StepId(step.0.checked_add(1)?);
        (self.scope.entry(next)?.parent == parent).then_some(next)
    }
}
