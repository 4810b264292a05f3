//! What is kept when the pruned crates could not be built: a bug of ours, which
//! somebody has to be able to look at.
//!
//! ```text
//! failed/<hash>/cargo.log             what cargo or the pruner said
//! failed/<hash>/pruned.json           the crates, their versions and operations
//! failed/<hash>/<crate>-<version>/    the copies
//! ```
//!
//! The hash is that of the crates and operations. While the folder is there,
//! the same crates are not pruned again: the user has waited for that once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Operations, Pruned, Resolved};
use crate::build::cache::Cache;
use crate::build::{FileError, files, hash};

/// The place of the evidence about one set of pruned crates.
#[derive(Debug)]
pub(super) struct Evidence {
    folder: PathBuf,
    summary: String,
}

impl Evidence {
    /// The place for these crates and operations.
    pub(super) fn of(cache: &Cache, resolved: &Resolved, operations: &Operations) -> Self {
        let packages = resolved.sdk.iter().chain(&resolved.config);
        let versions = packages.map(|package| (&package.name, &package.version));
        let summary = json!({
            "pruner": env!("RUNBOOKC_PRUNER"),
            "crates": versions.collect::<BTreeMap<_, _>>(),
            "operations": operations,
        });
        let summary = format!("{summary:#}\n");
        Self {
            folder: cache.failed_folder(hash::of([&*summary])),
            summary,
        }
    }

    /// Where it is.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether these crates failed before.
    pub(super) fn is_there(&self) -> bool {
        self.folder.join("pruned.json").exists()
    }

    /// Keeps a log and the copies. The summary, which makes the evidence count, comes last.
    pub(super) fn keep(&self, log: &str, copies: &[Pruned]) -> Result<(), FileError> {
        for copy in copies {
            let name = format!("{}-{}", copy.krate, copy.version);
            files::copy_folder(&copy.folder, &self.folder.join(name))?;
        }
        files::write(&self.folder.join("cargo.log"), log.as_bytes())?;
        files::write(&self.folder.join("pruned.json"), self.summary.as_bytes())
    }

    /// Forgets it.
    pub(super) fn drop(&self) -> Result<(), FileError> {
        files::remove_folder(&self.folder)
    }
}
