//! `runbookc types`: what goes into a runbook and its steps, and what comes out.

mod shape;
mod signature;
mod text;

use super::arguments::{Format, Types};
use super::error::CliError;
use super::levels::LevelFlags;
use super::{output, report};
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostics;
use crate::document::{self, Step};
use crate::source::Source;
use crate::syntax;
use signature::Signature;

pub(super) fn execute(arguments: &Types, catalogue: &Catalogue) -> Result<u8, CliError> {
    let (source, runbook) = report::compile(
        &arguments.file,
        &arguments.beside,
        &LevelFlags::default(),
        catalogue,
    )?;
    let signature = Signature::of(&runbook, &steps(&source));
    output::print(&match arguments.format {
        Format::Human => text::print(&signature),
        Format::Json => format!("{:#}\n", serde_json::json!(signature)),
    })?;
    Ok(0)
}

/// The steps as they are written, those inside loops too. What was to be said about them was said when they were
/// compiled.
fn steps(source: &Source) -> Vec<Step> {
    let mut said = Diagnostics::default();
    let tree = syntax::parse(source, &mut said);
    let document = tree.map(|tree| document::read(&tree, &mut said));
    let mut steps = Vec::new();
    flatten(document.unwrap_or_default().steps, &mut steps);
    steps
}

fn flatten(level: Vec<Step>, steps: &mut Vec<Step>) {
    for mut step in level {
        let body = std::mem::take(&mut step.body);
        steps.push(step);
        flatten(body, steps);
    }
}
