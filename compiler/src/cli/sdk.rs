//! `runbookc sdk`: pruned SDK crates for packages that runbookc does not build.

use std::env;
use std::path::{Path, PathBuf};

use super::arguments::{Beside, Prune, Sdk, SdkCommand};
use super::error::CliError;
use super::levels::LevelFlags;
use super::live::Live;
use super::{output, report};
use crate::build::{self, Cache, Embedding, Patch};
use crate::catalogue::Catalogue;
use crate::emit;

pub(super) fn execute(arguments: &Sdk, catalogue: &Catalogue) -> Result<u8, CliError> {
    match &arguments.command {
        SdkCommand::Prune(prune) => self::prune(prune, catalogue)?,
    }
    Ok(0)
}

fn prune(arguments: &Prune, catalogue: &Catalogue) -> Result<(), CliError> {
    let embedding = Embedding {
        folder: folder(&arguments.manifest_path)?,
        package: arguments.package.clone(),
        operations: operations(arguments, catalogue)?,
        offline: arguments.offline,
    };
    let output = arguments.output.as_deref();
    let output = output.map(|output| seen_from(&embedding.folder, output));
    let cache = Cache::locate()?;
    let patches = build::embed(&cache, &embedding, output.as_deref(), &mut Live::new())?;
    output::print(&entries(&patches))
}

/// The folder of a manifest.
fn folder(manifest: &Path) -> Result<PathBuf, CliError> {
    if !manifest.is_file() {
        let problem = format!("`{}` is no file", manifest.display());
        return Err(CliError::Usage(problem));
    }
    let manifest = std::path::absolute(manifest).unwrap_or_else(|_| manifest.to_owned());
    Ok(manifest.parent().map(PathBuf::from).unwrap_or_default())
}

/// A path as a manifest in a folder is to write it: relative only if it is so from there.
fn seen_from(folder: &Path, path: &Path) -> PathBuf {
    match env::current_dir() {
        Ok(current) if current != folder => current.join(path),
        _ => path.to_owned(),
    }
}

/// The operations that are given, and those that runbooks call.
fn operations(arguments: &Prune, catalogue: &Catalogue) -> Result<Vec<(String, String)>, CliError> {
    let given = arguments.operations.iter();
    let given = given.map(|written| operation(written, catalogue));
    let mut operations: Vec<_> = given.collect::<Result<_, _>>()?;
    for file in &arguments.runbooks {
        let (_, runbook) =
            report::compile(file, &Beside::default(), &LevelFlags::default(), catalogue)?;
        let called = emit::sdk_calls(&runbook).into_iter();
        operations.extend(called.map(|call| (call.krate, call.operation)));
    }
    Ok(operations)
}

/// Crate and operation of `ecs.RunTask`; the service may be named as runbooks do.
fn operation(written: &str, catalogue: &Catalogue) -> Result<(String, String), CliError> {
    let Some((service, operation)) = written.split_once('.') else {
        let problem = format!("`{written}` names no operation; write it as in `ecs.RunTask`");
        return Err(CliError::Usage(problem));
    };
    let name = service.strip_prefix("aws-sdk-").unwrap_or(service);
    let krate = match catalogue.find(name) {
        Some(service) => service.crate_name(),
        None => format!("aws-sdk-{name}"),
    };
    Ok((krate, operation.to_owned()))
}

/// The entries for cargo; a JSON string is a TOML string.
fn entries(patches: &[Patch]) -> String {
    let entries = patches.iter().map(|patch| {
        let operations: Vec<&str> = patch.operations.iter().map(String::as_str).collect();
        format!(
            "# {} {}: {}\n{} = {{ path = {} }}\n",
            patch.krate,
            patch.version,
            operations.join(", "),
            patch.krate,
            serde_json::Value::from(patch.folder.to_string_lossy())
        )
    });
    format!("[patch.crates-io]\n{}", entries.collect::<String>())
}
