//! `runbookc explain`: what a diagnostic means, with a wrong and a right example.

use super::arguments::Explain;
use super::error::CliError;
use super::output;
use crate::diagnostic::Code;

pub(super) fn execute(arguments: &Explain) -> Result<u8, CliError> {
    match &arguments.code {
        Some(written) if !arguments.list => explain(written)?,
        _ => output::print(&list())?,
    }
    Ok(0)
}

fn explain(written: &str) -> Result<(), CliError> {
    let code: Code = written.parse()?;
    output::print(code.explanation())
}

fn list() -> String {
    let lines = Code::ALL
        .iter()
        .map(|code| format!("{}  {}\n", code.as_str(), code.title()));
    lines.collect()
}
