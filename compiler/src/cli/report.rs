//! Shows findings, and stops a command whose runbook has errors.

use std::io;
use std::path::Path;

use super::error::CliError;
use super::{input, output};
use crate::Compiled;
use crate::attachments::{self, Missing};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostics, Severity, render};
use crate::ir::Runbook;
use crate::source::Source;

/// Reads and compiles a runbook that a command is to work with. Findings go to standard error.
pub(super) fn compile(path: &Path, catalogue: &Catalogue) -> Result<(Source, Runbook), CliError> {
    let source = input::read(path)?;
    let Compiled {
        runbook,
        diagnostics,
    } = crate::compile(&source, catalogue);
    match runbook {
        Some(runbook) => {
            show(&source, &diagnostics);
            Ok((source, runbook))
        }
        None => Err(refuse(&source, &diagnostics)),
    }
}

/// The same for a command that builds: with what is in the attachments.
pub(super) fn compile_whole(
    path: &Path,
    attachments: Option<&Path>,
    missing: Missing,
    catalogue: &Catalogue,
) -> Result<(Source, Runbook), CliError> {
    let (source, mut runbook) = compile(path, catalogue)?;
    let folder = attachments::folder(attachments, path);
    let diagnostics = attachments::load(&mut runbook, &folder, missing);
    match diagnostics.has_errors() {
        true => Err(refuse(&source, &diagnostics)),
        false => Ok((source, runbook)),
    }
}

/// Shows what keeps a command from working with a runbook; gives the error to end with.
pub(super) fn refuse(source: &Source, diagnostics: &Diagnostics) -> CliError {
    show(source, diagnostics);
    let total = Total::of([diagnostics]);
    CliError::Faulty(format!("`{}` has {}", source.name, total.text()))
}

fn show(source: &Source, diagnostics: &Diagnostics) {
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
}

impl Total {
    /// Counts findings.
    pub(super) fn of<'a>(all: impl IntoIterator<Item = &'a Diagnostics>) -> Self {
        let mut total = Self {
            errors: 0,
            warnings: 0,
        };
        for diagnostic in all.into_iter().flat_map(Diagnostics::iter) {
            match diagnostic.severity {
                Severity::Error => total.errors += 1,
                Severity::Warning => total.warnings += 1,
            }
        }
        total
    }

    /// Whether an error is among them.
    pub(super) const fn has_errors(self) -> bool {
        self.errors > 0
    }

    /// `2 errors and 1 warning`
    pub(super) fn text(self) -> String {
        let errors = output::count(self.errors, "error");
        let warnings = output::count(self.warnings, "warning");
        match (self.errors, self.warnings) {
            (0, 0) => "no errors".to_owned(),
            (_, 0) => errors,
            (0, _) => warnings,
            _ => format!("{errors} and {warnings}"),
        }
    }
}
