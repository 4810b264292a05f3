//! `runbookc test`: runs the scenarios of runbooks.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::arguments::{Beside, Test};
use super::error::CliError;
use super::{build, report, run};
use crate::attachments::Missing;
use crate::catalogue::Catalogue;
use crate::source::Source;

pub(super) fn execute(arguments: &Test, catalogue: &Catalogue) -> Result<u8, CliError> {
    if arguments.files.len() > 1 && !arguments.scenarios.is_empty() {
        let problem = "--scenarios goes with one runbook: scenarios name its steps";
        return Err(CliError::Usage(problem.to_owned()));
    }
    let mut worst = 0;
    for file in &arguments.files {
        let beside = beside(file, arguments);
        let code = match test(file, &beside, arguments, catalogue) {
            Err(CliError::Faulty(problem)) => {
                let error = CliError::Faulty(problem);
                error.print();
                error.exit_code()
            }
            code => code?,
        };
        worst = worst.max(code);
    }
    Ok(worst)
}

/// What a runbook may start: those that are given along, and the others that are tested, if their names say which is
/// which.
fn beside(file: &Path, arguments: &Test) -> Beside {
    let name = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Source::new(path.to_string_lossy(), "").document
    };
    let mut children = arguments.beside.children.clone();
    for other in arguments.files.iter().filter(|other| *other != file) {
        let mut taken = children.iter().map(|child| name(child));
        if name(other) != name(file) && !taken.any(|taken| taken == name(other)) {
            children.push(other.clone());
        }
    }
    Beside { children }
}

fn test(
    file: &Path,
    beside: &Beside,
    arguments: &Test,
    catalogue: &Catalogue,
) -> Result<u8, CliError> {
    let (source, runbook) = report::compile_whole(
        file,
        beside,
        &arguments.levels,
        &arguments.flags,
        Missing::Allowed,
        catalogue,
    )?;
    let scenarios = scenarios(file, &arguments.scenarios)?;
    let options = arguments.flags.options(true);
    let binary = build::binary(file, &source, &runbook, &options, catalogue)?;

    let mut command = Command::new(&binary);
    command.arg("test").args(scenarios);
    run::wait(command, binary)
}

/// The files that are given, or those of the folder beside the runbook.
fn scenarios(file: &Path, given: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    if given.is_empty() {
        return folder(&file.with_file_name("scenarios"));
    }
    let mut files = Vec::new();
    for path in given {
        if path.is_dir() {
            files.extend(folder(path)?);
        } else if path.exists() {
            files.push(path.clone());
        } else {
            return Err(CliError::Usage(format!(
                "`{}` does not exist",
                path.display()
            )));
        }
    }
    Ok(files)
}

/// The YAML files of a folder, by name.
fn folder(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    let none = |reason: &str| {
        let problem = format!("no scenarios: `{}` {reason}", path.display());
        CliError::Usage(format!("{problem}; name them with --scenarios"))
    };
    let entries = fs::read_dir(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => none("does not exist"),
        _ => none(&format!("cannot be read ({error})")),
    })?;
    let paths = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = paths.filter(|path| is_yaml(path)).collect();
    files.sort();
    if files.is_empty() {
        Err(none("holds no YAML files"))
    } else {
        Ok(files)
    }
}

fn is_yaml(path: &Path) -> bool {
    let extension = path.extension();
    extension.is_some_and(|extension| extension == "yaml" || extension == "yml")
}
