//! Pruned copies in the cache.
//!
//! ```text
//! sdk/<crate>-<version>.lock            held while a copy of this crate is made
//! sdk/<crate>-<version>/<hash>/         a copy, named by its operations and extras
//! sdk/<crate>-<version>/<hash>.json     its marker, written last: what the copy holds, and a hash of it
//! sdk/<crate>-<version>/<hash>.dev      cargo has compiled it in this profile
//! ```
//!
//! A copy counts only if its marker is by the same pruner and the hash is that
//! of the files: whatever a killed build, a full disk or another hand left is
//! made anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{PruningError, Wanted};
use crate::build::cache::Cache;
use crate::build::hash::{self, Hash};
use crate::build::prune::{self, Extras, Pruning};
use crate::build::{FileError, files};

/// The pruner's version: a hash of its source.
const PRUNER: &str = env!("RUNBOOKC_PRUNER");

/// A pruned crate.
#[derive(Clone, Debug)]
pub(in crate::build) struct Pruned {
    /// The name of the crate.
    pub(in crate::build) krate: String,
    /// Its version.
    pub(in crate::build) version: String,
    /// Its operations, perhaps more than were asked for.
    pub(in crate::build) operations: BTreeSet<String>,
    /// Where it is.
    pub(in crate::build) folder: PathBuf,
}

/// What is known about a copy.
#[derive(Debug, Deserialize, Serialize)]
struct Marker {
    pruner: String,
    operations: BTreeSet<String>,
    helpers: bool,
    contents: u64,
}

impl Pruned {
    /// Remembers that cargo has compiled the copy, so that it is preferred.
    pub(super) fn mark_compiled(&self, profile: &str) -> Result<(), FileError> {
        files::write_if_changed(&self.folder.with_extension(profile), &[]).map(drop)
    }
}

/// Finds a sound copy with the wanted operations, or makes one.
pub(super) fn copy(
    cache: &Cache,
    wanted: &Wanted<'_>,
    profile: &str,
) -> Result<Pruned, PruningError> {
    let folder = cache.sdk_folder(&wanted.package.name, &wanted.package.version);
    files::create_folder(&folder)?;
    let _guard = files::lock(&folder.with_added_extension("lock"))?;
    if let Some(found) = find(&folder, wanted, profile)? {
        return Ok(found);
    }
    make(&folder, wanted)
}

/// The sound copy to use, if there is one: what is compiled already comes first, then what is smallest.
fn find(folder: &Path, wanted: &Wanted<'_>, profile: &str) -> Result<Option<Pruned>, FileError> {
    let mut candidates = Vec::new();
    for path in files::entries(folder)? {
        let marker = path.with_extension("json");
        let Some(marker) = path.is_dir().then(|| Marker::read(&marker)).flatten() else {
            continue;
        };
        if marker.operations.is_superset(&wanted.operations) && marker.helpers == wanted.helpers {
            let is_compiled = path.with_extension(profile).exists();
            candidates.push((!is_compiled, marker.operations.len(), path, marker));
        }
    }
    candidates.sort_by(|one, other| (one.0, one.1, &one.2).cmp(&(other.0, other.1, &other.2)));
    let sound = |path: &Path, marker: &Marker| {
        contents(path).is_ok_and(|contents| contents == marker.contents)
    };
    let found = candidates
        .into_iter()
        .find(|(_, _, path, marker)| sound(path, marker));
    Ok(found.map(|(_, _, path, marker)| wanted.copy(marker.operations, path)))
}

/// Makes a copy beside its place and moves it there; the marker, which makes it count, comes last.
fn make(folder: &Path, wanted: &Wanted<'_>) -> Result<Pruned, PruningError> {
    remove_leftovers(folder)?;
    let place = folder.join(wanted.place());
    let staged = files::temporary_beside(&place);
    files::create_folder(&staged)?;
    let pruning = Pruning {
        krate: &wanted.package.name,
        source: &wanted.package.source,
        operations: &wanted.operations,
    };
    let extras = Extras {
        helpers: wanted.helpers,
    };
    prune::prune_with(&pruning, extras, &staged)?;
    let marker = Marker {
        pruner: PRUNER.to_owned(),
        operations: wanted.operations.clone(),
        helpers: wanted.helpers,
        contents: contents(&staged)?,
    };
    files::remove_folder(&place)?;
    files::rename(&staged, &place)?;
    marker.write(&place.with_extension("json"))?;
    Ok(wanted.copy(marker.operations, place))
}

impl Wanted<'_> {
    /// The name of the copy's folder.
    fn place(&self) -> String {
        let helpers = if self.helpers { "helpers" } else { "" };
        let operations = self.operations.iter().map(String::as_str);
        let hash = hash::of([PRUNER, helpers].into_iter().chain(operations));
        format!("{hash:016x}")
    }

    fn copy(&self, operations: BTreeSet<String>, folder: PathBuf) -> Pruned {
        Pruned {
            krate: self.package.name.clone(),
            version: self.package.version.clone(),
            operations,
            folder,
        }
    }
}

impl Marker {
    /// A marker by this very pruner.
    fn read(path: &Path) -> Option<Self> {
        let marker: Self = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        (marker.pruner == PRUNER).then_some(marker)
    }

    fn write(&self, path: &Path) -> Result<(), FileError> {
        let text = serde_json::json!(self).to_string();
        files::write(path, text.as_bytes())
    }
}

/// Removes what killed builds left. The lock is ours, so nobody works on it.
fn remove_leftovers(folder: &Path) -> Result<(), FileError> {
    for path in files::entries(folder)? {
        if files::is_temporary(&path) {
            files::remove_folder(&path)?;
        }
    }
    Ok(())
}

/// A hash of all files of a copy, with their paths.
fn contents(folder: &Path) -> Result<u64, FileError> {
    let mut hash = Hash::new();
    add(folder, folder, &mut hash)?;
    Ok(hash.finish())
}

fn add(root: &Path, folder: &Path, hash: &mut Hash) -> Result<(), FileError> {
    for path in files::entries(folder)? {
        if path.is_dir() {
            add(root, &path, hash)?;
            continue;
        }
        let bytes = fs::read(&path).map_err(FileError::new("read", &path))?;
        let name = path.strip_prefix(root).unwrap_or(&path);
        hash.add(name.as_os_str().as_encoded_bytes());
        hash.add(&bytes);
    }
    Ok(())
}
