//! Advice: what a sound runbook does that its author may not expect.
//!
//! Takes a program without errors, and reports warnings and hints about it; it changes nothing. One file per rule. Only
//! a program gets advice, so that a mistake that was reported never shows a second time as something odd.

mod braces;
mod choices;
mod compared;
mod invocations;
mod repeats;
mod rescues;
mod unused;
mod waits;

use super::graph::Graph;
use super::scope::Scope;
use super::uses::Uses;
use crate::diagnostic::Diagnostics;
use crate::{document, ir};

/// What the rules look at.
pub(super) struct Program<'a> {
    /// The document, and what its names mean.
    pub(super) scope: &'a Scope<'a>,
    /// Where its outputs, variables and parameters are used.
    pub(super) uses: &'a Uses<'a>,
    /// Where its steps lead.
    pub(super) graph: &'a Graph,
    /// The parameters.
    pub(super) parameters: &'a [ir::Parameter],
    /// The steps.
    pub(super) steps: &'a [ir::Step],
}

impl<'a> Program<'a> {
    /// Every step, as it was written and as it was understood.
    fn steps(&self) -> impl Iterator<Item = (&'a document::Step, &'a ir::Step)> {
        let written = self.scope.entries().map(|(_, entry)| entry.step);
        written.zip(self.steps)
    }
}

/// Applies every rule.
pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    braces::check(program, diagnostics);
    unused::check(program, diagnostics);
    choices::check(program, diagnostics);
    compared::check(program, diagnostics);
    waits::check(program, diagnostics);
    repeats::check(program, diagnostics);
    rescues::check(program, diagnostics);
    invocations::check(program, diagnostics);
}
