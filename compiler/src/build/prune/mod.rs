//! The official SDK crates, cut down to the operations that a runbook calls.
//!
//! Takes an unpacked `aws-sdk-*` crate and gives a copy of it that holds what
//! the wanted operations reach, and builds in a fraction of the time. The copy
//! consists of the original text of the items that are kept, so what compiles
//! is what the SDK's authors wrote.

mod copy;
mod error;
mod operations;

use std::collections::BTreeSet;
use std::path::Path;

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// How many Rust files the copy has.
    pub files: usize,
    /// How many lines of Rust the original has.
    pub lines_before: usize,
    /// How many lines of Rust the copy has.
    pub lines_after: usize,
}

/// Writes a pruned copy of a crate into `destination`, a new and empty folder.
pub fn prune(pruning: &Pruning<'_>, destination: &Path) -> Result<Pruned, PruneError> {
    let known = operations_of(pruning.source)?;
    if let Some(operation) = pruning.operations.difference(&known).next() {
        return Err(PruneError::NoOperation {
            krate: pruning.krate.to_owned(),
            operation: operation.clone(),
        });
    }
    copy::folder(pruning.source, destination)
}
