//! Advice: what a sound runbook does that its author may not expect.
//!
//! Takes a program without errors, and reports warnings and hints about it; it changes nothing. One file per rule. Only
//! a program gets advice, so that a mistake that was reported never shows a second time as something odd.

mod unused;

use super::scope::Scope;
use super::uses::Uses;
use crate::diagnostic::Diagnostics;

/// What the rules look at.
pub(super) struct Program<'a> {
    /// The document, and what its names mean.
    pub(super) scope: &'a Scope<'a>,
    /// Where its outputs, variables and parameters are used.
    pub(super) uses: &'a Uses<'a>,
}

/// Applies every rule.
pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    unused::check(program, diagnostics);
}
