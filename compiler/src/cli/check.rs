//! `runbookc check`: everything that is wrong with runbooks.

use std::io;
use std::sync::Arc;

use super::arguments::{Check, Report};
use super::error::CliError;
use super::report::Total;
use super::{FAULTY, input, output};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostics, render};
use crate::source::Source;

pub(super) fn execute(arguments: &Check, catalogue: &Catalogue) -> Result<u8, CliError> {
    let levels = arguments.levels.levels()?;
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
    let diagnostics = compiled.map(|compiled| levels.apply(compiled.diagnostics));
    let checked: Vec<(Arc<Source>, Diagnostics)> = sources.into_iter().zip(diagnostics).collect();
    let total = Total::of(checked.iter().map(|(_, diagnostics)| diagnostics));
    let pairs: Vec<(&Source, &Diagnostics)> = checked
        .iter()
        .map(|(source, found)| (source.as_ref(), found))
        .collect();
    output::print(&report(&pairs, arguments.format))?;
    if !checked.is_empty() {
        // Not among the findings: programs read those.
        let runbooks = output::count(checked.len(), "runbook");
        output::error(&format!("checked {runbooks}: {}\n", total.text()));
    }
    Ok(unreadable.unwrap_or(if total.has_errors() { FAULTY } else { 0 }))
}

fn report(checked: &[(&Source, &Diagnostics)], format: Report) -> String {
    match format {
        Report::Human => human(checked),
        Report::Json => render::json(checked),
        Report::Sarif => {
            let folder = std::env::current_dir().unwrap_or_default();
            render::sarif(checked, &folder)
        }
        Report::Github => render::github(checked),
    }
}

fn human(checked: &[(&Source, &Diagnostics)]) -> String {
    let colour = output::colour(&io::stdout());
    let faulty = checked.iter().filter(|(_, found)| !found.is_empty());
    let texts = faulty.map(|(source, found)| render::human(source, found, colour) + "\n");
    texts.collect()
}
