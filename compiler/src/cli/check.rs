//! `runbookc check`: everything that is wrong with runbooks.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::{Check, Report};
use super::error::CliError;
use super::input::InputError;
use super::report::Total;
use super::{FAULTY, fix, folder, input, output};
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
    let Input {
        mut sources,
        others,
        unreadable: mut unusable,
    } = Input::read(&arguments.paths);
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
        let passed = match others {
            0 => String::new(),
            _ => format!(", passed over {}", output::count(others, "other file")),
        };
        output::error(&format!("checked {runbooks}{passed}: {}\n", total.text()));
    }
    Ok(match unusable {
        Some(error) => error.exit_code(),
        None if total.has_errors() => FAULTY,
        None => 0,
    })
}

/// What is to be checked.
#[derive(Default)]
struct Input {
    sources: Vec<Arc<Source>>,
    /// How many files below folders are no runbooks.
    others: usize,
    /// What keeps the first runbook that cannot be read from it.
    unreadable: Option<CliError>,
}

impl Input {
    /// Reads all runbooks that can be read, each once.
    fn read(paths: &[PathBuf]) -> Self {
        let mut input = Self::default();
        for path in paths {
            if path.is_dir() {
                input.folder(path);
            } else {
                match input::read(path) {
                    Ok(source) => input.add(source),
                    Err(error) => input.fail(error),
                }
            }
        }
        let mut names = HashSet::new();
        let mut sources = std::mem::take(&mut input.sources);
        sources.retain(|source| names.insert(source.name.clone()));
        Self { sources, ..input }
    }

    fn folder(&mut self, path: &Path) {
        let folder = folder::walk(path);
        if folder.runbooks.is_empty() && folder.unreadable.is_empty() {
            self.fail(InputError::NoRunbook(path.to_owned()));
        }
        self.others += folder.others;
        folder
            .runbooks
            .into_iter()
            .for_each(|source| self.add(source));
        folder
            .unreadable
            .into_iter()
            .for_each(|error| self.fail(error));
    }

    fn add(&mut self, source: Source) {
        self.sources.push(Arc::new(source));
    }

    /// The others are checked all the same.
    fn fail(&mut self, error: InputError) {
        let error = CliError::from(error);
        error.print();
        self.unreadable.get_or_insert(error);
    }
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
