//! Shows findings, and stops a command whose runbook has errors.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::{Beside, Flags};
use super::error::CliError;
use super::levels::LevelFlags;
use super::{input, output};
use crate::attachments::{self, Missing};
use crate::catalogue::Catalogue;
use crate::check;
use crate::diagnostic::{Diagnostics, Severity, render};
use crate::ir::{Runbook, Search};
use crate::source::Source;

/// Reads and compiles a runbook that a command is to work with, and those that it may start. Findings go to standard
/// error.
pub(super) fn compile(
    path: &Path,
    beside: &Beside,
    levels: &LevelFlags,
    catalogue: &Catalogue,
) -> Result<(Arc<Source>, Runbook), CliError> {
    let levels = levels.levels()?;
    let paths = std::iter::once(path).chain(beside.children.iter().map(PathBuf::as_path));
    let sources = paths.map(|path| Ok(Arc::new(input::read(path)?)));
    let sources: Vec<Arc<Source>> = sources.collect::<Result<_, CliError>>()?;
    distinct(&sources)?;
    let mut compiled = crate::compile_all(&sources, catalogue);
    for compiled in &mut compiled {
        compiled.diagnostics = levels.apply(std::mem::take(&mut compiled.diagnostics));
    }
    let mut found = sources.into_iter().zip(compiled);
    let first = found.next();
    let mut faulty = Vec::new();
    for (source, compiled) in found {
        show(&source, &compiled.diagnostics);
        if compiled.diagnostics.has_errors() {
            faulty.push(source.document.clone());
        }
    }
    let Some((source, compiled)) = first else {
        unreachable!("a path gives a source or an error");
    };
    if compiled.diagnostics.has_errors() {
        return Err(refuse(&source, &compiled.diagnostics));
    }
    show(&source, &compiled.diagnostics);
    let sound = compiled.runbook.filter(|runbook| {
        let mut linked = runbook.linked.iter();
        !linked.any(|linked| faulty.contains(&linked.runbook.name))
    });
    match sound {
        Some(runbook) => Ok((source, runbook)),
        None => Err(CliError::Faulty(match faulty.is_empty() {
            false => format!("`{}` starts a runbook that has errors", source.name),
            true => format!(
                "`{}` has no errors, and cannot be compiled all the same: this is a mistake of runbookc",
                source.name
            ),
        })),
    }
}

/// The same for a command that builds: with what is in the attachments, and the calls that find targets if they are
/// wanted.
pub(super) fn compile_whole(
    path: &Path,
    beside: &Beside,
    levels: &LevelFlags,
    flags: &Flags,
    missing: Missing,
    catalogue: &Catalogue,
) -> Result<(Arc<Source>, Runbook), CliError> {
    let (source, mut runbook) = compile(path, beside, levels, catalogue)?;
    if flags.targets {
        runbook.search = Some(search(catalogue)?);
    }
    let attachments = flags.attachments.as_deref();
    for linked in &mut runbook.linked {
        let folder = attachments::folder(attachments, Path::new(&linked.source.name));
        let diagnostics = attachments::load(&mut linked.runbook, &folder, missing);
        if diagnostics.has_errors() {
            return Err(refuse(&linked.source, &diagnostics));
        }
    }
    let folder = attachments::folder(attachments, path);
    let diagnostics = attachments::load(&mut runbook, &folder, missing);
    match diagnostics.has_errors() {
        true => Err(refuse(&source, &diagnostics)),
        false => Ok((source, runbook)),
    }
}

fn search(catalogue: &Catalogue) -> Result<Search, CliError> {
    check::search(catalogue).ok_or_else(|| {
        let problem = "the service models lack calls that find targets: build without --targets";
        CliError::Usage(problem.to_owned())
    })
}

/// Steps find a runbook by its name, so no two may have the same.
fn distinct(sources: &[Arc<Source>]) -> Result<(), CliError> {
    for (index, source) in sources.iter().enumerate() {
        let mut before = sources.iter().take(index);
        if let Some(other) = before.find(|other| other.document == source.document) {
            return Err(CliError::Usage(format!(
                "`{}` and `{}` are both called `{}`; a step could not tell which it starts",
                other.name, source.name, source.document
            )));
        }
    }
    Ok(())
}

/// Shows what keeps a command from working with a runbook; gives the error to end with.
pub(super) fn refuse(source: &Source, diagnostics: &Diagnostics) -> CliError {
    show(source, diagnostics);
    let total = Total::of([diagnostics]);
    CliError::Faulty(format!("`{}` has {}", source.name, total.text()))
}

/// Shows what was found in a runbook.
pub(super) fn show(source: &Source, diagnostics: &Diagnostics) {
    if !diagnostics.is_empty() {
        let colour = output::colour(&io::stderr());
        let text = render::human(source, diagnostics, colour);
        output::error(&format!("{text}\n"));
    }
}

/// How much was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Total {
    errors: usize,
    warnings: usize,
    hints: usize,
}

impl Total {
    /// Counts findings.
    pub(super) fn of<'a>(all: impl IntoIterator<Item = &'a Diagnostics>) -> Self {
        let mut total = Self {
            errors: 0,
            warnings: 0,
            hints: 0,
        };
        for diagnostic in all.into_iter().flat_map(Diagnostics::iter) {
            match diagnostic.severity {
                Severity::Error => total.errors += 1,
                Severity::Warning => total.warnings += 1,
                Severity::Hint => total.hints += 1,
            }
        }
        total
    }

    /// Whether an error is among them.
    pub(super) const fn has_errors(self) -> bool {
        self.errors > 0
    }

    /// `2 errors, 1 warning and 3 hints`
    pub(super) fn text(self) -> String {
        let counted = [
            (self.errors, "error"),
            (self.warnings, "warning"),
            (self.hints, "hint"),
        ];
        let found = counted.into_iter().filter(|(count, _)| *count > 0);
        let mut found: Vec<String> = found
            .map(|(count, thing)| output::count(count, thing))
            .collect();
        match found.pop() {
            None => "no errors".to_owned(),
            Some(last) if found.is_empty() => last,
            Some(last) => format!("{} and {last}", found.join(", ")),
        }
    }
}
