//! `runbookc`: an ahead-of-time compiler for AWS SSM Automation runbooks.
//!
//! One stage after the other, each a module with one type in and one type out:
//!
//! ```text
//! Source ─ syntax ─► Node ─ document ─► Document ─ check ─► ir::Runbook ─ emit ─► files
//! ```
//!
//! Build scripts call [`build()`]; other build systems [`embed::compile`]; tools that only want to know what is wrong with a
//! runbook, [`compile`] or [`compile_all`]:
//!
//! ```
//! use runbookc::catalogue::Catalogue;
//! use runbookc::diagnostic::render;
//! use runbookc::source::Source;
//!
//! let text = "schemaVersion: '0.3'\nmainSteps:\n  - {name: nap, action: aws:sleep, inputs: {Duration: 5}}\n";
//! let source = Source::new("nap.yaml", text);
//! let compiled = runbookc::compile(&source, Catalogue::embedded());
//! assert!(compiled.runbook.is_none());
//! println!("{}", render::human(&source, &compiled.diagnostics, false));
//! ```
//!
//! The stages in between are public for the command, which is another crate, and for tools that go deeper; they change with
//! every version. Their comments name sections of the notes on the service's behaviour by which they were written: (spec 5.11).
//!
//! Everything a user can get wrong ends in a [`diagnostic::Diagnostic`]; the stages up to `check` always run to the
//! end, and only emission is gated by errors.

pub mod attachments;
#[cfg(feature = "cli")]
pub mod build;
pub mod catalogue;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod diagnostic;
pub mod document;
pub mod embed;
pub mod emit;
pub mod fix;
mod habits;
pub mod ir;
pub mod library;
mod link;
mod parallel;
pub mod permissions;
pub mod repeat;
mod silence;
pub mod source;
pub mod syntax;

pub use embed::{Embed, build};

use std::sync::Arc;

use catalogue::Catalogue;
use diagnostic::Diagnostics;
use library::{Entry, Library};
use source::Source;

/// A runbook after all checks.
#[derive(Debug)]
pub struct Compiled {
    /// The program; `None` if there are errors, in it or in a runbook that it starts.
    pub runbook: Option<ir::Runbook>,
    /// Everything that was found.
    pub diagnostics: Diagnostics,
}

/// Compiles one runbook, from text to the program that [`emit`] prints.
pub fn compile(source: &Source, catalogue: &Catalogue) -> Compiled {
    let mut diagnostics = Diagnostics::default();
    let runbook = read(source, &mut diagnostics).and_then(|document| {
        let library = Library::new(&[], &source.document);
        check::check(&document, source, library, catalogue, &mut diagnostics)
    });
    diagnostics.cut_cascades();
    silence::apply(source, &mut diagnostics);
    Compiled {
        runbook,
        diagnostics,
    }
}

/// Compiles runbooks that may start one another, each as [`compile`] does. One that starts a faulty one is none.
pub fn compile_all(sources: &[Arc<Source>], catalogue: &Catalogue) -> Vec<Compiled> {
    let mut entries = Vec::new();
    let mut found = Vec::new();
    let read = parallel::map(sources, |source| {
        let mut diagnostics = Diagnostics::default();
        let document = read(source, &mut diagnostics);
        (document, diagnostics)
    });
    for (source, (document, diagnostics)) in sources.iter().zip(read) {
        let position = document.is_some().then_some(entries.len());
        entries.extend(document.map(|document| Entry {
            source: Arc::clone(source),
            document,
        }));
        found.push((source, position, diagnostics));
    }
    let mut compiled = parallel::map(&found, |(source, position, diagnostics)| {
        let mut diagnostics = diagnostics.clone();
        let entry = position.and_then(|position| entries.get(position));
        let runbook = entry.and_then(|Entry { document, .. }| {
            let library = Library::new(&entries, &source.document);
            check::check(document, source, library, catalogue, &mut diagnostics)
        });
        diagnostics.cut_cascades();
        silence::apply(source, &mut diagnostics);
        Compiled {
            runbook,
            diagnostics,
        }
    });
    link::link(&mut compiled, sources);
    compiled
}

/// The document in a text; none if the text is no YAML.
fn read(source: &Source, diagnostics: &mut Diagnostics) -> Option<document::Document> {
    let tree = syntax::parse(source, diagnostics)?;
    Some(document::read(&tree, diagnostics))
}
