//! The cache folder: the only place that is written without being asked for.
//!
//! ```text
//! crates/<name>-<hash>/                generated crates, one for each runbook file
//! crates/<name>.lock                   held while binaries of this name are built
//! sdk/                                 pruned SDK crates
//! originals/                           packages that name crates to fetch
//! failed/                              evidence about pruned crates that did not build
//! runbook-runtime-<version>-<hash>/    the carried runtime
//! target/                              shared by all builds; cargo guards it itself
//! use.lock                             shared by all builds; held alone by who clears the cache
//! ```

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::size::Sizes;
use super::{BuildError, FileError, files};

/// Tells backup tools that everything here can be made again.
const TAG: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55\n# A cache of runbookc.\n";

/// The cache folder.
#[derive(Clone, Debug)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The user's cache: `$RUNBOOKC_CACHE_DIR`, or a folder where the system keeps caches.
    pub fn locate() -> Result<Self, BuildError> {
        let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let root = root(&variable, env::home_dir()).ok_or(BuildError::NoCacheFolder)?;
        Self::at(&root)
    }

    /// A cache in a folder, which is made if it does not exist.
    pub fn at(root: &Path) -> Result<Self, BuildError> {
        // Cargo runs in another folder, so that a relative path would lead elsewhere.
        let root = std::path::absolute(root).map_err(FileError::new("find", root))?;
        files::write_if_changed(&root.join("CACHEDIR.TAG"), TAG)?;
        Ok(Self { root })
    }

    /// The folder of a generated crate.
    pub(super) fn crate_folder(&self, name: &str, key: u64) -> PathBuf {
        self.root.join("crates").join(format!("{name}-{key:016x}"))
    }

    /// The folder of the carried runtime.
    pub(super) fn runtime_folder(&self, version: &str, key: u64) -> PathBuf {
        self.root
            .join(format!("runbook-runtime-{version}-{key:016x}"))
    }

    /// Cargo's target folder.
    pub(super) fn target_folder(&self) -> PathBuf {
        self.root.join("target")
    }

    /// The folder of the pruned copies of a crate.
    pub(super) fn sdk_folder(&self, krate: &str, version: &str) -> PathBuf {
        self.root.join("sdk").join(format!("{krate}-{version}"))
    }

    /// The folder of a package that only names crates, so that cargo fetches them.
    pub(super) fn originals_folder(&self, key: u64) -> PathBuf {
        self.root.join("originals").join(format!("{key:016x}"))
    }

    /// The folder of the evidence about some pruned crates.
    pub(super) fn failed_folder(&self, key: u64) -> PathBuf {
        self.root.join("failed").join(format!("{key:016x}"))
    }

    /// Waits until no other process builds a binary of this name, which would have the same path in
    /// the target folder. The lock ends with the returned file, even if this process is killed.
    pub(super) fn lock(&self, name: &str) -> Result<File, FileError> {
        files::lock(&self.root.join("crates").join(format!("{name}.lock")))
    }

    /// Keeps the cache from being cleared until the returned file is dropped.
    pub(super) fn keep(&self) -> Result<File, FileError> {
        files::lock_shared(&self.use_lock())
    }

    fn use_lock(&self) -> PathBuf {
        self.root.join("use.lock")
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What it holds, and how many bytes each part takes on the disk.
    pub fn contents(&self) -> Result<Vec<Part>, FileError> {
        let (mut parts, mut sizes) = (Vec::new(), Sizes::default());
        for path in files::entries(&self.root)? {
            if path.is_dir() {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                parts.push(Part {
                    name: name.into_owned(),
                    bytes: sizes.add(&path)?,
                });
            }
        }
        Ok(parts)
    }

    /// Removes everything, as soon as no build uses it.
    pub fn clear(&self) -> Result<(), FileError> {
        // The lock file itself stays: somebody may be waiting for it.
        let lock = self.use_lock();
        let _guard = files::lock(&lock)?;
        for path in files::entries(&self.root)? {
            if path.is_dir() {
                files::remove_folder(&path)?;
            }
        }
        Ok(())
    }
}

/// A folder of the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// How much of the disk it takes.
    pub bytes: u64,
}

fn root(variable: &dyn Fn(&str) -> Option<OsString>, home: Option<PathBuf>) -> Option<PathBuf> {
    if let Some(folder) = variable("RUNBOOKC_CACHE_DIR") {
        return Some(folder.into());
    }
    // The XDG specification wants relative paths to be ignored.
    let xdg = variable("XDG_CACHE_HOME").map(PathBuf::from);
    let caches = xdg.filter(|path| path.is_absolute()).or_else(|| {
        if cfg!(windows) {
            variable("LOCALAPPDATA").map(PathBuf::from)
        } else if cfg!(target_os = "macos") {
            home.map(|home| home.join("Library/Caches"))
        } else {
            home.map(|home| home.join(".cache"))
        }
    });
    caches.map(|folder| folder.join("runbookc"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(variables: &[(&str, &str)]) -> Option<PathBuf> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(value))
        };
        root(&variable, Some("/home/ann".into()))
    }

    #[test]
    fn our_own_variable_comes_first() {
        let variables = [
            ("RUNBOOKC_CACHE_DIR", "here"),
            ("XDG_CACHE_HOME", "/caches"),
        ];
        assert_eq!(located(&variables), Some("here".into()));
    }

    #[test]
    fn xdg_comes_second() {
        assert_eq!(
            located(&[("XDG_CACHE_HOME", "/caches")]),
            Some("/caches/runbookc".into())
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn home_is_the_default_and_relative_xdg_is_ignored() {
        let default = Some(PathBuf::from("/home/ann/.cache/runbookc"));
        assert_eq!(located(&[]), default);
        assert_eq!(located(&[("XDG_CACHE_HOME", "caches")]), default);
    }
}
