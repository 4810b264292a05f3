//! The official SDK crates, cut down to the operations that a runbook calls.
//!
//! Takes an unpacked `aws-sdk-*` crate and gives a copy of it that holds what
//! the wanted operations reach, and builds in a fraction of the time. The copy
//! consists of the original text of the items that are kept, so what compiles
//! is what the SDK's authors wrote.

mod callers;
mod error;
mod files;
mod item;
mod krate;
mod operations;
mod package;
mod parts;
mod paths;
mod reach;
mod requests;
mod write;

use std::collections::BTreeSet;
use std::panic;
use std::path::Path;
use std::thread;

use krate::Krate;
use reach::Wanted;

pub use callers::aws_config_operations;
pub use error::PruneError;
pub use operations::operations_of;

/// What to keep of one crate.
#[derive(Clone, Copy, Debug)]
pub struct Pruning<'a> {
    /// The name of the crate, such as `aws-sdk-ecs`.
    pub krate: &'a str,
    /// Its unpacked source, as cargo keeps it.
    pub source: &'a Path,
    /// The API names of the operations to keep, such as `RunTask`.
    pub operations: &'a BTreeSet<String>,
}

/// What pruning did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// The API names of the operations that are kept: the wanted ones, and those that their code calls.
    pub operations: BTreeSet<String>,
}

/// Which extras of the kept operations are kept; generated code uses none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// Paginators, and waiters for which all operations are kept.
    pub helpers: bool,
}

/// Writes a pruned copy of a crate into `destination`, a new and empty folder.
pub fn prune(pruning: &Pruning<'_>, destination: &Path) -> Result<Pruned, PruneError> {
    prune_with(pruning, Extras::default(), destination)
}

/// Writes a pruned copy of a crate that holds extras for those who program with it.
pub fn prune_with(
    pruning: &Pruning<'_>,
    extras: Extras,
    destination: &Path,
) -> Result<Pruned, PruneError> {
    // The lexer keeps every text it has seen for the sake of its spans, until its thread ends.
    thread::scope(|scope| {
        let pruned = scope
            .spawn(|| prune_here(pruning, extras, destination))
            .join();
        pruned.unwrap_or_else(|panic| panic::resume_unwind(panic))
    })
}

fn prune_here(
    pruning: &Pruning<'_>,
    extras: Extras,
    destination: &Path,
) -> Result<Pruned, PruneError> {
    let operations = operations::Operations::read(pruning.source)?;
    let wanted = Wanted {
        known: operations.modules(),
        operations: operations.modules_of(pruning)?,
        helpers: extras.helpers,
    };
    let kept = reach::reach(Krate::open(pruning.source)?, wanted)?;
    let operations = operations.names(&kept.operations);
    package::write(pruning, &operations, destination)?;
    write::sources(&kept, &destination.join("src"))?;
    Ok(Pruned { operations })
}
