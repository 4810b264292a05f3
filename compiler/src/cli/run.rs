//! `runbookc run`: builds a runbook and becomes its binary.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;

use super::arguments::Run;
use super::error::CliError;
use super::{build, report};
use crate::attachments::Missing;
use crate::catalogue::Catalogue;

pub(super) fn execute(arguments: &Run, catalogue: &Catalogue) -> Result<u8, CliError> {
    let simulated = simulates(&arguments.arguments);
    let missing = match simulated {
        true => Missing::Allowed,
        false => Missing::Refused,
    };
    let mut flags = arguments.flags.clone();
    flags.targets |= has(&arguments.arguments, "--targets");
    let (source, runbook) = report::compile_whole(
        &arguments.file,
        &arguments.beside,
        &arguments.levels,
        &flags,
        missing,
        catalogue,
    )?;
    let options = flags.options(simulated);
    let binary = build::binary(&arguments.file, &source, &runbook, &options, catalogue)?;

    let mut command = Command::new(&binary);
    command.arg("run").args(&arguments.arguments);
    replace(command, binary)
}

/// A run that only simulates needs no SDK, and neither does one that does nothing and is nowhere.
fn simulates(arguments: &[OsString]) -> bool {
    let has = |option| has(arguments, option);
    let reads = words(arguments).any(|word| word == "--dry-run=read");
    has("--simulate") || has("--dry-run") && !reads && !has("--region")
}

/// Whether an option is there, with a value or without.
fn has(arguments: &[OsString], option: &str) -> bool {
    words(arguments).any(|word| word.split('=').next() == Some(option))
}

/// The arguments that may be options.
fn words(arguments: &[OsString]) -> impl Iterator<Item = Cow<'_, str>> {
    let words = arguments
        .iter()
        .take_while(|word| *word != OsStr::new("--"));
    words.map(|word| word.to_string_lossy())
}

/// Becomes the binary: signals, exit code and terminal are its own.
#[cfg(unix)]
fn replace(mut command: Command, path: PathBuf) -> Result<u8, CliError> {
    use std::os::unix::process::CommandExt;

    let source = command.exec();
    Err(CliError::Start { path, source })
}

#[cfg(not(unix))]
fn replace(command: Command, path: PathBuf) -> Result<u8, CliError> {
    wait(command, path)
}

/// Runs a binary to its end; gives its exit code.
pub(super) fn wait(mut command: Command, path: PathBuf) -> Result<u8, CliError> {
    match command.status() {
        Ok(status) => Ok(exit_code(status)),
        Err(source) => Err(CliError::Start { path, source }),
    }
}

fn exit_code(status: std::process::ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        // As a shell says it.
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    let code = status.code().unwrap_or_default();
    u8::try_from(code).unwrap_or(u8::MAX)
}
