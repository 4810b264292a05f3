//! From generated files to a binary: the cache, the carried runtime, and cargo.
//!
//! Takes the files that `emit` made and gives the path of a binary. Nothing is
//! written outside of the cache folder, and nothing in it is ever trusted
//! because it is there: files are compared, and cargo judges what it compiled.
//!
//! A build for real runs asks cargo which SDK crates it chooses, compares them
//! with what the runbook uses, prunes them to it, and has cargo build with the
//! pruned copies; with the whole crates, should those not compile.

mod cache;
mod cargo;
mod emission;
mod error;
mod failure;
mod files;
mod folder;
mod format;
mod hash;
mod lock;
mod manifest;
mod progress;
pub mod prune;
mod runtime;
mod sdk;
mod size;

use std::path::{Path, PathBuf};

pub use cache::{Cache, Part};
pub use emission::{vendor, write as write_folder};
pub use error::{BuildError, FileError};
pub use failure::{CargoFailure, Cause};
pub use format::format;
pub use progress::{Audience, Progress};
pub use sdk::{EmbedError, Embedding, Gap, Lack, Patch, embed};

use crate::emit::{self, File, Lacks, SdkCall};
use crate::ir::Runbook;
use cargo::Invocation;
use folder::CrateFolder;

/// What kind of binary is wanted.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Optimized.
    pub release: bool,
    /// Without the SDK: the binary only simulates.
    pub simulated: bool,
    /// The newest SDK crates instead of those that the carried lock file names.
    pub latest_sdk: bool,
    /// The whole SDK crates instead of pruned ones.
    pub stock_sdk: bool,
    /// Without the network.
    pub offline: bool,
    /// Only SDK crates that the carried lock file names.
    pub locked: bool,
}

impl Options {
    /// What cargo calls the kind of compilation.
    const fn profile(&self) -> &'static str {
        if self.release { "release" } else { "dev" }
    }
}

/// A generated crate and where it comes from.
#[derive(Clone, Debug)]
pub struct Crate {
    /// The name of the crate and of its binary.
    pub name: String,
    /// The document's path: each document has a folder of its own in the cache, which later builds update.
    pub runbook: PathBuf,
    /// What it calls of the SDK.
    pub calls: Vec<SdkCall>,
    /// Its files.
    pub files: Vec<File>,
    program: Runbook,
    text: String,
}

impl Crate {
    /// Emits a runbook; `path` and `text` are the document's.
    pub fn new(runbook: &Runbook, path: &Path, text: &str) -> Self {
        Self {
            name: emit::crate_name(runbook),
            runbook: path.to_owned(),
            calls: emit::sdk_calls(runbook),
            files: emit::krate(runbook, text),
            program: runbook.clone(),
            text: text.to_owned(),
        }
    }

    /// The files for SDK crates that lack these members.
    fn files_without(&self, lacks: &Lacks) -> Vec<File> {
        emit::krate_without(&self.program, &self.text, lacks)
    }
}

/// Builds a generated crate in the cache; gives the path of the binary, which is in the cache too.
pub fn build(
    cache: &Cache,
    krate: &Crate,
    options: &Options,
    audience: &mut dyn Audience,
) -> Result<PathBuf, BuildError> {
    check_locked(krate, options)?;
    let _kept = cache.keep()?;
    let _guard = cache.lock(&krate.name)?;
    let runtime = runtime::unpack(cache)?;
    let folder = CrateFolder::of(cache, krate, options);
    folder.write(&krate.files, options)?;

    let invocation = Invocation {
        name: &krate.name,
        folder: folder.path(),
        target: &cache.target_folder(),
        configuration: vec![cargo::patch(runtime::NAME, &runtime)],
        options,
    };
    let built = if options.simulated {
        cargo::build(&invocation, audience)?
    } else {
        sdk::build(cache, krate, &folder, &invocation, audience)?
    };
    Ok(folder.keep(&built, options)?)
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
    let missing = lock::missing(krate.calls.iter().map(|call| &*call.krate));
    if options.locked && !options.simulated && !missing.is_empty() {
        return Err(BuildError::NotLocked(missing));
    }
    Ok(())
}
