//! The SDK crates of a build: resolved by cargo, compared with what the runbook
//! uses, and pruned to it.
//!
//! Cargo chooses the versions and fetches the sources; what it chose is pruned
//! into the cache, and cargo is pointed at the copies by `patch` settings on
//! its command line. Generated code is the same either way.

mod copies;
mod embed;
mod evidence;
mod gaps;
mod resolve;

use std::collections::{BTreeMap, BTreeSet};
use std::panic;
use std::path::PathBuf;
use std::thread;

pub use embed::{EmbedError, Embedding, Patch, embed};
pub use gaps::{Gap, Lack};

pub(super) use copies::Pruned;

use super::cache::Cache;
use super::cargo::{self, Invocation};
use super::failure::Cause;
use super::folder::CrateFolder;
use super::prune::{self, PruneError};
use super::{Audience, BuildError, Crate, FileError, Progress};
use crate::emit::SdkCall;
use evidence::Evidence;
use resolve::{Package, Resolved, resolve};

/// API names of operations, by SDK crate.
type Operations = BTreeMap<String, BTreeSet<String>>;

/// Builds a generated crate with the SDK; gives the path of its binary in the target folder.
pub(super) fn build(
    cache: &Cache,
    krate: &Crate,
    folder: &CrateFolder,
    invocation: &Invocation<'_>,
    audience: &mut dyn Audience,
) -> Result<PathBuf, BuildError> {
    let calls = &krate.calls;
    let resolved = resolve(invocation, audience).map_err(|error| without_crate(error, calls))?;
    folder.keep_lock()?;
    // A crate that is laid out in an unknown way is cargo's to judge.
    let gaps = gaps::gaps(calls, &resolved).unwrap_or_default();
    if !gaps.is_empty() {
        return Err(BuildError::NotInSdk(gaps));
    }
    let lacks = gaps::lacks(calls, &resolved);
    if !lacks.is_empty() {
        folder.update(&krate.files_without(&lacks))?;
    }
    let operations = operations(calls);
    let evidence = Evidence::of(cache, &resolved, &operations);
    if invocation.options.stock_sdk || evidence.is_there() {
        return cargo::build(invocation, audience);
    }
    match build_pruned(cache, &resolved, operations, folder, invocation, audience) {
        Err(Failure::Pruning { log, copies }) => {
            evidence.keep(&log, &copies)?;
            audience.unpruned(evidence.folder());
            folder.use_lock(&[])?;
            let built = cargo::build(invocation, audience);
            if built.is_err() {
                // It was not for the pruning.
                evidence.drop()?;
            }
            built
        }
        Err(Failure::Other(error)) => Err(error),
        Ok(binary) => Ok(binary),
    }
}

/// Why there is no binary with pruned crates.
enum Failure {
    /// Pruning is to blame, as far as can be seen.
    Pruning {
        log: String,
        copies: Vec<Pruned>,
    },
    Other(BuildError),
}

impl<E: Into<BuildError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

fn build_pruned(
    cache: &Cache,
    resolved: &Resolved,
    operations: Operations,
    folder: &CrateFolder,
    invocation: &Invocation<'_>,
    audience: &mut dyn Audience,
) -> Result<PathBuf, Failure> {
    audience.progress(Progress::Pruning);
    let profile = invocation.options.profile();
    let copies = wanted(resolved, operations, false)
        .map_err(PruningError::from)
        .and_then(|wanted| copies(cache, &wanted, profile));
    let copies = match copies {
        Ok(copies) => copies,
        Err(PruningError::File(error)) => return Err(error.into()),
        Err(PruningError::Prune(error)) => {
            return Err(Failure::Pruning {
                log: error.to_string(),
                copies: Vec::new(),
            });
        }
    };
    folder.use_lock(&copies)?;
    let mut invocation = invocation.clone();
    let patches = copies
        .iter()
        .map(|copy| cargo::patch(&copy.krate, &copy.folder));
    invocation.configuration.extend(patches);
    match cargo::build(&invocation, audience) {
        Ok(binary) => {
            for copy in &copies {
                copy.mark_compiled(profile)?;
            }
            Ok(binary)
        }
        Err(BuildError::Cargo(failure)) if blames(&failure.cause, &copies) => {
            Err(Failure::Pruning {
                log: failure.log,
                copies,
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a failure may come from something that a copy lacks: in it, or in what uses it.
fn blames(cause: &Cause, copies: &[Pruned]) -> bool {
    match cause {
        Cause::Generated(_) => true,
        Cause::Dependency(krate) => {
            krate == "aws-config" || copies.iter().any(|copy| copy.krate == *krate)
        }
        _ => false,
    }
}

/// Why there are no pruned copies.
#[derive(Debug, thiserror::Error)]
enum PruningError {
    /// The pruner does not understand a crate.
    #[error(transparent)]
    Prune(#[from] PruneError),
    /// The cache cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// A crate, and what is to be kept of it.
#[derive(Debug)]
struct Wanted<'a> {
    package: &'a Package,
    operations: BTreeSet<String>,
    /// Paginators and waiters too.
    helpers: bool,
}

/// Finds or makes a pruned copy of every crate that has wanted operations; all at the same time, because a large one
/// takes a second or two.
fn copies(
    cache: &Cache,
    wanted: &[Wanted<'_>],
    profile: &str,
) -> Result<Vec<Pruned>, PruningError> {
    thread::scope(|scope| {
        let workers: Vec<_> = wanted
            .iter()
            .map(|wanted| scope.spawn(|| copies::copy(cache, wanted, profile)))
            .collect();
        let joined = workers.into_iter().map(|worker| worker.join());
        joined
            .map(|copy| copy.unwrap_or_else(|panic| panic::resume_unwind(panic)))
            .collect()
    })
}

/// What is needed of every crate: the given operations, and those that `aws-config` calls for credentials.
fn wanted(
    resolved: &Resolved,
    mut operations: Operations,
    helpers: bool,
) -> Result<Vec<Wanted<'_>>, PruneError> {
    if let Some(config) = &resolved.config {
        for (krate, called) in prune::aws_config_operations(&config.source)? {
            operations.entry(krate).or_default().extend(called);
        }
    }
    let packages = resolved.sdk.iter();
    let wanted = packages.filter_map(|package| {
        let operations = operations.remove(&package.name)?;
        Some(Wanted {
            package,
            operations,
            helpers,
        })
    });
    Ok(wanted.collect())
}

fn operations(calls: &[SdkCall]) -> Operations {
    let mut operations = Operations::new();
    for call in calls {
        let of_crate = operations.entry(call.krate.clone()).or_default();
        of_crate.insert(call.operation.clone());
    }
    operations
}

/// Tells that there is no crate for a service in the runbook's own words.
fn without_crate(error: BuildError, calls: &[SdkCall]) -> BuildError {
    let BuildError::Cargo(failure) = &error else {
        return error;
    };
    let Cause::NoCrate(name) = &failure.cause else {
        return error;
    };
    let without = calls.iter().filter(|call| call.krate == *name);
    let gaps: Vec<Gap> = without.map(Gap::service).collect();
    if gaps.is_empty() {
        error
    } else {
        BuildError::NotInSdk(gaps)
    }
}
