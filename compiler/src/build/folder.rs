//! The folder of a generated crate in the cache.
//!
//! Beside the crate's files it holds `resolved.lock`, the versions that cargo
//! chose. Cargo's own `Cargo.lock` begins from it in every build: a build with
//! pruned crates leaves one that only fits these.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::cache::Cache;
use super::sdk::Pruned;
use super::{Crate, FileError, Options, files, hash, lock};
use crate::emit::File;

/// The folder of a generated crate.
#[derive(Debug)]
pub(super) struct CrateFolder {
    path: PathBuf,
}

impl CrateFolder {
    /// The folder that belongs to a document.
    pub(super) fn of(cache: &Cache, krate: &Crate, options: &Options) -> Self {
        let path = std::path::absolute(&krate.runbook).unwrap_or_else(|_| krate.runbook.clone());
        let sdk = if options.latest_sdk {
            "latest"
        } else {
            lock::CARRIED
        };
        let identity = [&*path.to_string_lossy(), env!("CARGO_PKG_VERSION"), sdk];
        Self {
            path: cache.crate_folder(&krate.name, hash::of(identity)),
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Brings the folder up to date.
    ///
    /// The lock file goes first and the manifest last: a build that is killed in between leaves a
    /// manifest that differs, so that the next one begins from the carried lock file again.
    pub(super) fn write(&self, files: &[File], options: &Options) -> Result<(), FileError> {
        let files = self.identified(files);
        let (manifest, others): (Vec<&File>, Vec<&File>) =
            files.iter().partition(|file| file.path == "Cargo.toml");
        let unchanged = manifest.iter().all(|file| self.holds(file));
        self.write_lock(unchanged, options)?;
        for file in others.into_iter().chain(manifest) {
            files::write_if_changed(&self.path.join(&file.path), file.text.as_bytes())?;
        }
        let keep: HashSet<PathBuf> = files
            .iter()
            .map(|file| self.path.join(&file.path))
            .collect();
        files::remove_sources(&self.path.join("src"), &|path| !keep.contains(path))
    }

    /// Brings the sources up to date with what the SDK turned out to have; the manifest is the same.
    pub(super) fn update(&self, files: &[File]) -> Result<(), FileError> {
        for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
            files::write_if_changed(&self.path.join(&file.path), file.text.as_bytes())?;
        }
        Ok(())
    }

    /// Keeps the versions that cargo has chosen.
    pub(super) fn keep_lock(&self) -> Result<(), FileError> {
        let lock = files::read(&self.lock())?;
        files::write_if_changed(&self.resolved(), lock.as_bytes()).map(drop)
    }

    /// Gives cargo the versions that were chosen, some of them as pruned copies.
    pub(super) fn use_lock(&self, pruned: &[Pruned]) -> Result<(), FileError> {
        let resolved = files::read(&self.resolved())?;
        let is_pruned = |name: &str| pruned.iter().any(|copy| copy.krate == name);
        let text = lock::local(&resolved, &is_pruned);
        files::write_if_changed(&self.lock(), text.as_bytes()).map(drop)
    }

    /// Gives the binary a place of its own: the one in the target folder is overwritten by the next
    /// runbook of the same name.
    pub(super) fn keep(&self, built: &Path, options: &Options) -> Result<PathBuf, FileError> {
        let profile = options.profile();
        let kind = if options.simulated {
            "simulated"
        } else {
            "aws"
        };
        let folder = self.path.join("bin").join(format!("{profile}-{kind}"));
        let kept = folder.join(built.file_name().unwrap_or_default());
        files::link(built, &kept)?;
        Ok(kept)
    }

    fn lock(&self) -> PathBuf {
        self.path.join("Cargo.lock")
    }

    fn resolved(&self) -> PathBuf {
        self.path.join("resolved.lock")
    }

    /// The files with a version that tells the crate from others of the same name: to cargo, crates in one target
    /// folder that agree in name and version are one, and the younger one's binary would be taken for the older one's.
    fn identified(&self, files: &[File]) -> Vec<File> {
        let identity = hash::of([&*self.path.to_string_lossy()]);
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

    /// A changed manifest begins from the carried lock file again; the newest SDK from none at all.
    fn write_lock(&self, unchanged: bool, options: &Options) -> Result<(), FileError> {
        if options.latest_sdk && !options.offline {
            files::remove(&self.resolved())?;
            return files::remove(&self.lock());
        }
        // Without the network, the versions of the last time are the newest there are.
        if (unchanged || options.latest_sdk) && self.resolved().exists() {
            return self.use_lock(&[]);
        }
        files::remove(&self.resolved())?;
        files::write(&self.lock(), lock::CARRIED.as_bytes())
    }

    fn holds(&self, file: &File) -> bool {
        files::holds(&self.path.join(&file.path), file.text.as_bytes())
    }
}
