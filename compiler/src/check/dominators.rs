//! Which steps have certainly given their outputs before another one: every way there leads through them.
//!
//! Asked for every use of an output, so it has to be answered without following the ways again.

use super::graph::{Edge, Graph};
use crate::ir::StepId;

/// For every step, what all ways to it have in common.
///
/// A step is two nodes: one where it runs, and one behind it where it has given its outputs. A node dominates another one
/// if every way there leads through it.
pub(super) struct Dominators {
    /// The ancestors of each node in the tree of dominators: the nearest, that at two, at four, at eight generations.
    ancestors: Vec<Vec<usize>>,
    /// How far each node is from the root of the tree; nothing for one that no way leads to.
    depths: Vec<Option<usize>>,
}

impl Dominators {
    /// The dominators in a graph whose ways begin at `starts`; none if there are circles. `gives` says whether a step has
    /// outputs after an edge.
    pub(super) fn of(
        graph: &Graph,
        starts: impl IntoIterator<Item = StepId>,
        gives: impl Fn(&Edge) -> bool,
    ) -> Option<Self> {
        let ways = Ways::new(graph, starts, gives);
        let order = ways.order()?;
        let mut dominators = Self {
            ancestors: Vec::new(),
            depths: vec![None; ways.next.len()],
        };
        dominators.grow(&order, &ways.before());
        Some(dominators)
    }

    /// Whether every way to a step leads through one that then has its outputs.
    pub(super) fn always_gives(&self, giver: StepId, step: StepId) -> bool {
        let (giver, step) = (gave(giver), runs(step));
        match (self.depth(giver), self.depth(step)) {
            (Some(above), Some(below)) if above <= below => {
                self.climb(step, below - above) == giver
            }
            _ => false,
        }
    }

    /// Hangs every node below the nearest one that all ways to it have in common; those are finished before it.
    fn grow(&mut self, order: &[usize], before: &[Vec<usize>]) {
        let count = self.depths.len();
        let mut generation = 1;
        while generation < count.max(2) {
            self.ancestors.push((0..count).collect());
            generation *= 2;
        }
        for node in order {
            let ways = before.get(*node).map_or(&[][..], Vec::as_slice);
            let known = ways.iter().copied();
            let mut known = known.filter(|other| self.depth(*other).is_some());
            let first = known.next();
            let nearest = first.map(|first| known.fold(first, |one, other| self.meet(one, other)));
            let depth = nearest.map_or(0, |nearest| self.depth(nearest).unwrap_or_default() + 1);
            if let Some(place) = self.depths.get_mut(*node) {
                *place = Some(depth);
            }
            let mut ancestor = nearest.unwrap_or(*node);
            for generation in 0..self.ancestors.len() {
                let list = self.ancestors.get_mut(generation);
                if let Some(place) = list.and_then(|list| list.get_mut(*node)) {
                    *place = ancestor;
                }
                ancestor = self.ancestor(generation, ancestor);
            }
        }
    }

    /// The nearest common ancestor of two nodes.
    fn meet(&self, one: usize, other: usize) -> usize {
        let depth = |node| self.depth(node).unwrap_or_default();
        let least = depth(one).min(depth(other));
        let mut one = self.climb(one, depth(one) - least);
        let mut other = self.climb(other, depth(other) - least);
        if one == other {
            return one;
        }
        for generation in (0..self.ancestors.len()).rev() {
            let above = (
                self.ancestor(generation, one),
                self.ancestor(generation, other),
            );
            if above.0 != above.1 {
                (one, other) = above;
            }
        }
        self.ancestor(0, one)
    }

    /// The ancestor so many levels above.
    fn climb(&self, node: usize, levels: usize) -> usize {
        (0..self.ancestors.len())
            .filter(|generation| levels >> generation & 1 == 1)
            .fold(node, |node, generation| self.ancestor(generation, node))
    }

    fn ancestor(&self, generation: usize, node: usize) -> usize {
        let list = self.ancestors.get(generation);
        let ancestor = list.and_then(|list| list.get(node));
        ancestor.copied().unwrap_or(node)
    }

    fn depth(&self, node: usize) -> Option<usize> {
        self.depths.get(node).copied().flatten()
    }
}

const fn runs(step: StepId) -> usize {
    step.index() * 2
}

const fn gave(step: StepId) -> usize {
    step.index() * 2 + 1
}

/// The graph of the nodes. The last one is the root, which leads to all starts.
struct Ways {
    next: Vec<Vec<usize>>,
}

impl Ways {
    fn new(
        graph: &Graph,
        starts: impl IntoIterator<Item = StepId>,
        gives: impl Fn(&Edge) -> bool,
    ) -> Self {
        let mut next = vec![Vec::new(); graph.steps() * 2];
        next.push(starts.into_iter().map(runs).collect());
        let mut ways = Self { next };
        for step in (0..).map(StepId).take(graph.steps()) {
            ways.add(runs(step), gave(step));
        }
        for edge in &graph.edges {
            let from = match gives(edge) {
                true => gave(edge.from),
                false => runs(edge.from),
            };
            ways.add(from, runs(edge.to));
        }
        ways
    }

    fn add(&mut self, from: usize, to: usize) {
        if let Some(list) = self.next.get_mut(from) {
            list.push(to);
        }
    }

    fn before(&self) -> Vec<Vec<usize>> {
        let mut before = vec![Vec::new(); self.next.len()];
        for (from, next) in self.next.iter().enumerate() {
            for to in next {
                if let Some(list) = before.get_mut(*to) {
                    list.push(from);
                }
            }
        }
        before
    }

    fn after(&self, node: usize) -> &[usize] {
        self.next.get(node).map_or(&[], Vec::as_slice)
    }

    /// The nodes that can be reached from the root, each after all that lead to it; none if there are circles.
    fn order(&self) -> Option<Vec<usize>> {
        let root = self.next.len().checked_sub(1)?;
        let mut open = vec![0usize; self.next.len()];
        let mut reached = vec![false; self.next.len()];
        let mut queue = vec![root];
        let mut count = 0;
        while let Some(node) = queue.pop() {
            count += 1;
            for next in self.after(node) {
                if let Some(ways) = open.get_mut(*next) {
                    *ways += 1;
                }
                if let Some(reached) = reached.get_mut(*next).filter(|reached| !**reached) {
                    *reached = true;
                    queue.push(*next);
                }
            }
        }
        let mut order = Vec::with_capacity(count);
        queue.push(root);
        while let Some(node) = queue.pop() {
            order.push(node);
            for next in self.after(node) {
                let ways = open.get_mut(*next)?;
                *ways -= 1;
                if *ways == 0 {
                    queue.push(*next);
                }
            }
        }
        (order.len() == count).then_some(order)
    }
}
