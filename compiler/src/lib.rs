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

#[cfg(feature = "cli")]
pub mod build;
pub mod catalogue;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod diagnostic;
pub mod document;
pub mod emit;
pub mod ir;
pub mod source;
pub mod syntax;

use catalogue::Catalogue;
use diagnostic::Diagnostics;
use source::Source;

/// A runbook after all checks.
#[derive(Debug)]
pub struct Compiled {
    /// The program; `None` if there are errors.
    pub runbook: Option<ir::Runbook>,
    /// Everything that was found.
    pub diagnostics: Diagnostics,
}

/// Compiles one runbook, from text to the program that [`emit`] prints.
pub fn compile(source: &Source, catalogue: &Catalogue) -> Compiled {
    let mut diagnostics = Diagnostics::default();
    let Some(tree) = syntax::parse(source, &mut diagnostics) else {
        return Compiled {
            runbook: None,
            diagnostics,
        };
    };
    let document = document::read(&tree, &mut diagnostics);
    let runbook = check::check(&document, source, catalogue, &mut diagnostics);
    Compiled {
        runbook,
        diagnostics,
    }
}
