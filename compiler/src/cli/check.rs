//! `runbookc check`: everything that is wrong with runbooks.

use std::io;
use std::sync::Arc;

use super::arguments::{Check, Report};
use super::error::CliError;
use super::report::Total;
use super::{FAULTY, fix, input, output};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostics, render};
use crate::source::Source;

pub(super) fn execute(arguments: &Check, catalogue: &Catalogue) -> Result<u8, CliError> {
    let levels = arguments.levels.levels()?;
    let check = |sources: &[Arc<Source>]| -> Vec<Diagnostics> {
        let compiled = crate::compile_all(sources, catalogue).into_iter();
        let diagnostics = compiled.map(|compiled| levels.apply(compiled.diagnostics));
        diagnostics.collect()
    };
    let (mut sources, mut unusable) = read(arguments);
    if arguments.diff {
        fix::show(&sources, &crate::fix::fix(&sources, check))?;
    } else if arguments.fix {
        let fixed = crate::fix::fix(&sources, check);
        let (written, failure) = fix::write(&sources, fixed);
        sources = written;
        unusable = unusable.or(failure);
    }

    let found = check(&sources);
    let checked: Vec<(&Source, &Diagnostics)> =
        sources.iter().map(AsRef::as_ref).zip(&found).collect();
    let total = Total::of(&found);
    match arguments {
        // Standard output has the differences.
        Check { diff: true, .. } => {}
        // Standard output has the text.
        Check { fix: true, .. } if has_stdin(&sources) => {
            output::error(&report(&checked, arguments.format, &io::stderr()));
        }
        _ => output::print(&report(&checked, arguments.format, &io::stdout()))?,
    }
    if !checked.is_empty() {
        // Not among the findings: programs read those.
        let runbooks = output::count(checked.len(), "runbook");
        output::error(&format!("checked {runbooks}: {}\n", total.text()));
    }
    Ok(match unusable {
        Some(error) => error.exit_code(),
        None if total.has_errors() => FAULTY,
        None => 0,
    })
}

/// Reads all runbooks that can be read; gives what keeps the first other one from it.
fn read(arguments: &Check) -> (Vec<Arc<Source>>, Option<CliError>) {
    let mut sources = Vec::new();
    let mut unreadable = None;
    for path in &arguments.files {
        match input::read(path) {
            Ok(source) => sources.push(Arc::new(source)),
            // The others are checked all the same.
            Err(error) => {
                let error = CliError::from(error);
                error.print();
                unreadable.get_or_insert(error);
            }
        }
    }
    (sources, unreadable)
}

fn has_stdin(sources: &[Arc<Source>]) -> bool {
    sources.iter().any(|source| source.name == input::STDIN)
}

fn report(
    checked: &[(&Source, &Diagnostics)],
    format: Report,
    stream: &impl io::IsTerminal,
) -> String {
    match format {
        Report::Human => human(checked, output::colour(stream)),
        Report::Json => render::json(checked),
        Report::Sarif => {
            let folder = std::env::current_dir().unwrap_or_default();
            render::sarif(checked, &folder)
        }
        Report::Github => render::github(checked),
    }
}

fn human(checked: &[(&Source, &Diagnostics)], colour: bool) -> String {
    let faulty = checked.iter().filter(|(_, found)| !found.is_empty());
    let texts = faulty.map(|(source, found)| render::human(source, found, colour) + "\n");
    texts.collect()
}
