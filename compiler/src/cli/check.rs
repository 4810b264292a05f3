//! `runbookc check`: everything that is wrong with runbooks.

use std::io;
use std::sync::Arc;

use super::arguments::{Check, Format};
use super::error::CliError;
use super::report::Total;
use super::{FAULTY, input, output};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostics, render};
use crate::source::Source;

pub(super) fn execute(arguments: &Check, catalogue: &Catalogue) -> Result<u8, CliError> {
    let mut sources = Vec::new();
    let mut unreadable = None;
    for path in &arguments.files {
        match input::read(path) {
            Ok(source) => sources.push(Arc::new(source)),
            // The others are checked all the same.
            Err(error) => {
                let error = CliError::from(error);
                error.print();
                unreadable = Some(error.exit_code());
            }
        }
    }

    let compiled = crate::compile_all(&sources, catalogue).into_iter();
    let diagnostics = compiled.map(|compiled| compiled.diagnostics);
    let checked: Vec<(Arc<Source>, Diagnostics)> = sources.into_iter().zip(diagnostics).collect();
    let total = Total::of(checked.iter().map(|(_, diagnostics)| diagnostics));
    output::print(&match arguments.format {
        Format::Human => human(&checked, total),
        Format::Json => json(&checked),
    })?;
    Ok(unreadable.unwrap_or(if total.has_errors() { FAULTY } else { 0 }))
}

fn human(checked: &[(Arc<Source>, Diagnostics)], total: Total) -> String {
    let colour = output::colour(&io::stdout());
    let mut text = String::new();
    for (source, diagnostics) in checked.iter().filter(|(_, found)| !found.is_empty()) {
        text.push_str(&render::human(source, diagnostics, colour));
        text.push('\n');
    }
    let runbooks = output::count(checked.len(), "runbook");
    text.push_str(&format!("checked {runbooks}: {}\n", total.text()));
    text
}

fn json(checked: &[(Arc<Source>, Diagnostics)]) -> String {
    let pairs: Vec<(&Source, &Diagnostics)> = checked
        .iter()
        .map(|(source, found)| (source.as_ref(), found))
        .collect();
    let text = render::json(&pairs);
    format!("{}\n", text.trim_end())
}
