//! `runbookc`: an ahead-of-time compiler for AWS SSM Automation runbooks.
//!
//! One stage after the other, each a module with one type in and one type out:
//!
//! ```text
//! Source ─ syntax ─► Node ─ document ─► Document ─ check ─► ir::Runbook ─ emit ─► files
//! ```
//!
//! Everything a user can get wrong ends in a [`diagnostic::Diagnostic`]; the stages up to `check` always run to the
//! end, and only emission is gated by errors.

pub mod catalogue;
pub mod diagnostic;
pub mod document;
pub mod emit;
pub mod ir;
pub mod source;
pub mod syntax;
