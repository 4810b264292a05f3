//! From generated files to a binary: the cache, the carried runtime, and cargo.
//!
//! Takes the files that `emit` made and gives the path of a binary. Nothing is
//! written outside of the cache folder, and nothing in it is ever trusted
//! because it is there: files are compared, and cargo judges what it compiled.

mod cache;
mod cargo;
mod emission;
mod error;
mod failure;
mod files;
mod format;
mod hash;
mod lock;
mod manifest;
mod progress;
pub mod prune;
mod runtime;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

pub use cache::Cache;
pub use emission::{module, vendor, write as write_folder};
pub use error::{BuildError, FileError};
pub use failure::{CargoFailure, Cause};
pub use format::format;
pub use progress::Progress;

use crate::emit::{self, File};
use crate::ir::Runbook;

/// What kind of binary is wanted.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Optimized.
    pub release: bool,
    /// Without the SDK: the binary only simulates.
    pub simulated: bool,
    /// The newest SDK crates instead of those that the carried lock file names.
    pub latest_sdk: bool,
    /// Without the network.
    pub offline: bool,
    /// Only SDK crates that the carried lock file names.
    pub locked: bool,
}

/// A generated crate and where it comes from.
#[derive(Clone, Debug)]
pub struct Crate {
    /// The name of the crate and of its binary.
    pub name: String,
    /// The document's path: each document has a folder of its own in the cache, which later builds update.
    pub runbook: PathBuf,
    /// The SDK crates it calls.
    pub sdk_crates: Vec<String>,
    /// Its files.
    pub files: Vec<File>,
}

impl Crate {
    /// Emits a runbook; `path` and `text` are the document's.
    pub fn new(runbook: &Runbook, path: &Path, text: &str) -> Self {
        Self {
            name: emit::crate_name(runbook),
            runbook: path.to_owned(),
            sdk_crates: emit::sdk_operations(runbook).into_keys().collect(),
            files: emit::krate(runbook, text),
        }
    }
}

/// Builds a generated crate in the cache; gives the path of the binary, which is in the cache too.
///
/// `progress` is called with the news, if it is there.
pub fn build(
    cache: &Cache,
    krate: &Crate,
    options: &Options,
    progress: Option<&mut dyn FnMut(Progress)>,
) -> Result<PathBuf, BuildError> {
    check_locked(krate, options)?;
    let folder = crate_folder(cache, krate, options);

    let _guard = cache.lock(&krate.name)?;
    let runtime = runtime::unpack(cache)?;
    write_crate(&folder, &identified(&krate.files, &folder), options)?;
    let invocation = cargo::Invocation {
        name: &krate.name,
        folder: &folder,
        target: &cache.target_folder(),
        configuration: &[runtime::patch(&runtime)],
        options,
    };
    let built = cargo::build(&invocation, progress)?;
    keep(&built, &folder, options)
}

/// Copies a binary to where the user wants it, in one step.
pub fn install(binary: &Path, target: &Path) -> Result<(), FileError> {
    files::copy(binary, target)
}

/// Writes a text file in one step.
pub fn write_file(path: &Path, text: &str) -> Result<(), FileError> {
    files::write(path, text.as_bytes())
}

fn check_locked(krate: &Crate, options: &Options) -> Result<(), BuildError> {
    let missing = lock::missing(&krate.sdk_crates);
    if options.locked && !options.simulated && !missing.is_empty() {
        return Err(BuildError::NotLocked(missing));
    }
    Ok(())
}

fn crate_folder(cache: &Cache, krate: &Crate, options: &Options) -> PathBuf {
    let path = std::path::absolute(&krate.runbook).unwrap_or_else(|_| krate.runbook.clone());
    let sdk = if options.latest_sdk {
        "latest"
    } else {
        lock::CARRIED
    };
    let identity = [&*path.to_string_lossy(), env!("CARGO_PKG_VERSION"), sdk];
    cache.crate_folder(&krate.name, hash::of(identity))
}

/// The files with a version that tells the crate from others of the same name: to cargo, crates in one target folder
/// that agree in name and version are one, and the younger one's binary would be taken for the older one's.
fn identified(files: &[File], folder: &Path) -> Vec<File> {
    let identity = hash::of([&*folder.to_string_lossy()]);
    let version = format!("version = \"0.0.0+{identity}\"\n");
    let files = files.iter().cloned();
    files
        .map(|file| match file.path.as_str() {
            "Cargo.toml" => File {
                text: file.text.replacen("version = \"0.0.0\"\n", &version, 1),
                ..file
            },
            _ => file,
        })
        .collect()
}

/// Brings the crate's folder up to date.
///
/// The lock file goes first and the manifest last: a build that is killed in between leaves a
/// manifest that differs, so that the next one begins from the carried lock file again.
fn write_crate(folder: &Path, files: &[File], options: &Options) -> Result<(), FileError> {
    let (manifest, others): (Vec<&File>, Vec<&File>) =
        files.iter().partition(|file| file.path == "Cargo.toml");
    let unchanged = manifest.iter().all(|file| holds(folder, file));
    write_lock(&folder.join("Cargo.lock"), unchanged, options)?;
    for file in others.into_iter().chain(manifest) {
        files::write_if_changed(&folder.join(&file.path), file.text.as_bytes())?;
    }
    let keep: HashSet<PathBuf> = files.iter().map(|file| folder.join(&file.path)).collect();
    files::remove_sources(&folder.join("src"), &|path| !keep.contains(path))
}

/// A changed manifest begins from the carried lock file again; the newest SDK from none at all.
fn write_lock(path: &Path, unchanged: bool, options: &Options) -> Result<(), FileError> {
    if options.latest_sdk {
        // Without the network, the versions of the last time are the newest there are.
        return if options.offline {
            Ok(())
        } else {
            files::remove(path)
        };
    }
    if unchanged && path.exists() {
        return Ok(());
    }
    files::write(path, lock::CARRIED.as_bytes())
}

fn holds(folder: &Path, file: &File) -> bool {
    files::holds(&folder.join(&file.path), file.text.as_bytes())
}

/// Gives the binary a place of its own: the one in the target folder is overwritten by the next
/// runbook of the same name.
fn keep(built: &Path, folder: &Path, options: &Options) -> Result<PathBuf, BuildError> {
    let profile = if options.release { "release" } else { "dev" };
    let kind = if options.simulated {
        "simulated"
    } else {
        "aws"
    };
    let name = built.file_name().unwrap_or_default();
    let kept = folder
        .join("bin")
        .join(format!("{profile}-{kind}"))
        .join(name);
    files::link(built, &kept)?;
    Ok(kept)
}
