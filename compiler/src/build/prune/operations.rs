//! Which operations a crate has.
//!
//! The list of modules in `src/operation.rs` is the list of operations, and the
//! comment above each names it as the API does. A pruned copy has no comments,
//! so only originals can be read.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use super::{PruneError, Pruning};

/// The API names of the operations that this version of a crate has.
pub fn operations_of(source: &Path) -> Result<BTreeSet<String>, PruneError> {
    Ok(Operations::read(source)?.by_name.into_keys().collect())
}

/// The operations of a crate.
#[derive(Debug)]
pub(super) struct Operations {
    /// The module of each, by its API name.
    by_name: BTreeMap<String, String>,
    modules: HashSet<String>,
}

impl Operations {
    pub(super) fn read(source: &Path) -> Result<Self, PruneError> {
        let path = source.join("src/operation.rs");
        let text = fs::read_to_string(&path).map_err(PruneError::file("read", &path))?;
        let by_name: BTreeMap<_, _> = modules(&text).collect();
        if by_name.is_empty() {
            return Err(PruneError::layout(source, "a list of operations"));
        }
        let modules = by_name.values().cloned().collect();
        Ok(Self { by_name, modules })
    }

    /// The modules of all.
    pub(super) fn modules(&self) -> &HashSet<String> {
        &self.modules
    }

    /// The modules of those that are wanted.
    pub(super) fn modules_of(&self, pruning: &Pruning<'_>) -> Result<BTreeSet<String>, PruneError> {
        let modules = pruning.operations.iter().map(|name| {
            let module = self.by_name.get(name).cloned();
            module.ok_or_else(|| PruneError::NoOperation {
                krate: pruning.krate.to_owned(),
                operation: name.clone(),
            })
        });
        modules.collect()
    }

    /// The API names of some modules.
    pub(super) fn names(&self, modules: &BTreeSet<String>) -> BTreeSet<String> {
        let names = self
            .by_name
            .iter()
            .filter(|(_, module)| modules.contains(*module));
        names.map(|(name, _)| name.clone()).collect()
    }
}

/// The operations' API names and modules.
fn modules(text: &str) -> impl Iterator<Item = (String, String)> {
    let lines = text.lines().zip(text.lines().skip(1));
    lines.filter_map(|(comment, module)| {
        let name = comment
            .strip_prefix("/// Types for the `")?
            .split('`')
            .next()?;
        let module = module.strip_prefix("pub mod ")?.strip_suffix(';')?;
        Some((name.to_owned(), module.to_owned()))
    })
}
