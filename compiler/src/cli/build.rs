//! `runbookc build`: a native binary, or the source it is made of.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::arguments::{Build, Emit};
use super::error::CliError;
use super::live::Live;
use super::{output, report};
use crate::attachments::Missing;
use crate::build::{self, BuildError, Cache, Crate, Options};
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostics;
use crate::emit;
use crate::ir::{self, Runbook};
use crate::source::Source;

pub(super) fn execute(arguments: &Build, catalogue: &Catalogue) -> Result<u8, CliError> {
    if arguments.vendor && arguments.emit != Some(Emit::Crate) {
        return Err(CliError::Usage(
            "--vendor goes with --emit crate".to_owned(),
        ));
    }
    let missing = match (arguments.emit, arguments.simulated) {
        (Some(Emit::Ir), _) | (None, true) => Missing::Allowed,
        _ => Missing::Refused,
    };
    let (source, runbook) = report::compile_whole(
        &arguments.file,
        &arguments.beside,
        &arguments.levels,
        &arguments.flags,
        missing,
        catalogue,
    )?;
    match arguments.emit {
        Some(Emit::Crate) => emit_crate(arguments, &source, &runbook)?,
        Some(Emit::Rust) => emit_rust(arguments, &runbook)?,
        Some(Emit::Ir) => emit_ir(arguments, &runbook)?,
        None => emit_binary(arguments, &source, &runbook, catalogue)?,
    }
    Ok(0)
}

/// Builds the binary of a runbook in the cache; gives its path.
pub(super) fn binary(
    file: &Path,
    source: &Source,
    runbook: &Runbook,
    options: &Options,
    catalogue: &Catalogue,
) -> Result<PathBuf, CliError> {
    let cache = Cache::locate()?;
    let krate = Crate::new(runbook, file, &source.text);
    let built = build::build(&cache, &krate, options, &mut Live::new());
    built.map_err(|error| match error {
        BuildError::NotInSdk(gaps) => {
            let found = |name: &str| {
                let mut diagnostics = Diagnostics::default();
                let gaps = gaps.iter().filter(|gap| gap.runbook == name);
                diagnostics.extend(gaps.map(|gap| gap.diagnostic(catalogue)));
                diagnostics
            };
            for linked in &runbook.linked {
                report::show(&linked.source, &found(&linked.runbook.name));
            }
            report::refuse(source, &found(&runbook.name))
        }
        error => error.into(),
    })
}

fn emit_binary(
    arguments: &Build,
    source: &Source,
    runbook: &Runbook,
    catalogue: &Catalogue,
) -> Result<(), CliError> {
    let start = Instant::now();
    let options = arguments.flags.options(arguments.simulated);
    let cached = binary(&arguments.file, source, runbook, &options, catalogue)?;
    let binary = match &arguments.output {
        Some(target) if target.is_dir() => {
            let problem = format!("`{}` is a folder; name the binary", target.display());
            return Err(CliError::Usage(problem));
        }
        Some(target) => {
            build::install(&cached, target)?;
            target
        }
        None => &cached,
    };
    let seconds = start.elapsed().as_secs_f32();
    let kind = if arguments.simulated {
        ", for simulation only"
    } else {
        ""
    };
    output::error(&format!(
        "built `{}` in {seconds:.1} s{kind}\n",
        source.name
    ));
    output::print(&format!("{}\n", binary.display()))
}

fn emit_crate(arguments: &Build, source: &Source, runbook: &Runbook) -> Result<(), CliError> {
    let Some(folder) = &arguments.output else {
        return Err(CliError::Usage(
            "--emit crate needs --output DIR".to_owned(),
        ));
    };
    let mut files = build::format(Crate::new(runbook, &arguments.file, &source.text).files);
    if arguments.vendor {
        files = build::vendor(files);
    }
    Ok(build::write_folder(folder, &files)?)
}

fn emit_rust(arguments: &Build, runbook: &Runbook) -> Result<(), CliError> {
    let files = build::format(emit::modules(runbook));
    if let Some(folder) = &arguments.output {
        return Ok(build::write_folder(folder, &files)?);
    }
    for file in &files {
        output::print(&format!("// ==> {} <==\n\n{}\n", file.path, file.text))?;
    }
    Ok(())
}

fn emit_ir(arguments: &Build, runbook: &Runbook) -> Result<(), CliError> {
    let text = ir::print(runbook);
    match &arguments.output {
        Some(path) => Ok(build::write_file(path, &text)?),
        None => output::print(&text),
    }
}
