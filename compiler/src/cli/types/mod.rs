//! `runbookc types`: what goes into a runbook and its steps, and what comes out.

mod shape;
mod signature;
mod text;

use super::arguments::{Format, Types};
use super::error::CliError;
use super::{output, report};
use crate::catalogue::Catalogue;
use signature::Signature;

pub(super) fn execute(arguments: &Types, catalogue: &Catalogue) -> Result<u8, CliError> {
    let (_, runbook) = report::compile(&arguments.file, catalogue)?;
    let signature = Signature::of(&runbook);
    output::print(&match arguments.format {
        Format::Human => text::print(&signature),
        Format::Json => format!("{:#}\n", serde_json::json!(signature)),
    })?;
    Ok(0)
}
