//! Pruned crates for a package that runbookc does not build itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::resolve::used_by;
use super::{Operations, Package, PruningError, Resolved, copies, resolve, wanted};
use crate::build::cache::Cache;
use crate::build::cargo::Invocation;
use crate::build::prune::{self, PruneError};
use crate::build::{Audience, BuildError, FileError, Options, files, hash};
use crate::diagnostic::{Near, similar};

/// What is to be pruned, and for whom.
#[derive(Clone, Debug)]
pub struct Embedding {
    /// The folder of the package, or of its workspace.
    pub folder: PathBuf,
    /// The package, if not all of the workspace.
    pub package: Option<String>,
    /// The operations that it calls, by crate: `aws-sdk-ecs` and `RunTask` or `run_task`.
    pub operations: Vec<(String, String)>,
    /// Without the network.
    pub offline: bool,
}

/// A pruned crate to put in the place of an official one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// The crate.
    pub krate: String,
    /// Its version.
    pub version: String,
    /// The API names of the operations that it still has.
    pub operations: BTreeSet<String>,
    /// Where it is.
    pub folder: PathBuf,
}

/// Why there are no pruned crates.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// Cargo does not give the crates, or the cache cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A crate cannot be pruned.
    #[error(transparent)]
    Prune(#[from] PruneError),
    /// The workspace has no such package.
    #[error("there is no package `{0}` in the workspace")]
    NoPackage(String),
    /// The package does not use a crate.
    #[error("{krate} is not among the crates that the package is built on{}", meant(similar.as_deref()))]
    NotUsed {
        /// The crate.
        krate: String,
        /// One with a similar name that is.
        similar: Option<String>,
    },
    /// A crate has no such operation.
    #[error("{krate} {version} has no operation `{operation}`{}", meant(similar.as_deref()))]
    NoOperation {
        /// The crate.
        krate: String,
        /// Its version.
        version: String,
        /// The operation.
        operation: String,
        /// One with a similar name.
        similar: Option<String>,
    },
    /// The folder for the copies holds something else.
    #[error("`{}` was not written by runbookc; choose another folder", .0.display())]
    Occupied(PathBuf),
}

fn meant(similar: Option<&str>) -> String {
    similar.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

impl From<FileError> for EmbedError {
    fn from(error: FileError) -> Self {
        Self::Build(error.into())
    }
}

impl From<PruningError> for EmbedError {
    fn from(error: PruningError) -> Self {
        match error {
            PruningError::Prune(error) => error.into(),
            PruningError::File(error) => error.into(),
        }
    }
}

/// Prunes the SDK crates that a package is built on to the operations that it calls, with their paginators and
/// waiters. The copies are in the cache, or below `output`, each in a folder of its crate's name.
pub fn embed(
    cache: &Cache,
    embedding: &Embedding,
    output: Option<&Path>,
    audience: &mut dyn Audience,
) -> Result<Vec<Patch>, EmbedError> {
    let options = Options {
        offline: embedding.offline,
        ..Options::default()
    };
    let _kept = cache.keep()?;
    let invocation = Invocation {
        name: "",
        folder: &embedding.folder,
        target: &cache.target_folder(),
        configuration: Vec::new(),
        options: &options,
    };
    let package = embedding.package.as_deref();
    let used = used_by(package, &invocation, audience)?;
    let used = used.ok_or_else(|| EmbedError::NoPackage(package.unwrap_or_default().to_owned()))?;
    let originals = originals(cache, &used, &options, audience)?;
    let operations = operations(embedding, &originals)?;
    let wanted = wanted(&originals, operations, true)?;
    let copies = super::copies(cache, &wanted, options.profile())?;
    copies
        .into_iter()
        .map(|copy| {
            let folder = match output {
                Some(output) => install(&copy, output)?,
                None => copy.folder,
            };
            Ok(Patch {
                krate: copy.krate,
                version: copy.version,
                operations: copy.operations,
                folder,
            })
        })
        .collect()
}

/// The crates as the registry has them: the package may be patched already.
fn originals(
    cache: &Cache,
    used: &Resolved,
    options: &Options,
    audience: &mut dyn Audience,
) -> Result<Resolved, EmbedError> {
    let packages = used.sdk.iter().chain(&used.config);
    let dependencies: String = packages
        .map(|Package { name, version, .. }| {
            format!("{name} = {{ version = \"={version}\", default-features = false }}\n")
        })
        .collect();
    let manifest = format!(
        "[package]\nname = \"originals\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}"
    );
    let folder = cache.originals_folder(hash::of([&*manifest]));
    files::write_if_changed(&folder.join("Cargo.toml"), manifest.as_bytes())?;
    files::write_if_changed(&folder.join("src/lib.rs"), &[])?;
    let invocation = Invocation {
        name: "originals",
        folder: &folder,
        target: &cache.target_folder(),
        configuration: Vec::new(),
        options,
    };
    Ok(resolve(&invocation, audience)?)
}

/// The operations as their crates name them.
fn operations(embedding: &Embedding, originals: &Resolved) -> Result<Operations, EmbedError> {
    let mut found = Operations::new();
    for (krate, operation) in &embedding.operations {
        let mut packages = originals.sdk.iter();
        let Some(package) = packages.find(|package| package.name == *krate) else {
            let names = originals.sdk.iter().map(|package| &*package.name);
            return Err(EmbedError::NotUsed {
                similar: similar(krate, names).map(Near::into_name),
                krate: krate.clone(),
            });
        };
        let name = operation_of(package, operation)?;
        found.entry(krate.clone()).or_default().insert(name);
    }
    Ok(found)
}

/// The operation that is meant by `RunTask` or `run_task`.
fn operation_of(package: &Package, written: &str) -> Result<String, EmbedError> {
    let known = prune::operations_of(&package.source)?;
    let plain = |name: &str| name.replace('_', "").to_lowercase();
    let meant = known.iter().find(|name| plain(name) == plain(written));
    meant.cloned().ok_or_else(|| EmbedError::NoOperation {
        krate: package.name.clone(),
        version: package.version.clone(),
        operation: written.to_owned(),
        similar: similar(written, known.iter().map(String::as_str)).map(Near::into_name),
    })
}

/// Puts a copy below a folder of the user's, in the place of an earlier one.
fn install(copy: &copies::Pruned, output: &Path) -> Result<PathBuf, EmbedError> {
    let folder = output.join(&copy.krate);
    if folder.exists() && !folder.join("PRUNED.md").exists() {
        return Err(EmbedError::Occupied(folder));
    }
    let staged = files::temporary_beside(&folder);
    let placed = files::copy_folder(&copy.folder, &staged)
        .and_then(|()| files::remove_folder(&folder))
        .and_then(|()| files::rename(&staged, &folder));
    if placed.is_err() {
        // The first error is the one that matters.
        let _ = files::remove_folder(&staged);
    }
    placed?;
    Ok(folder)
}
