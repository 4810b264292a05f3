//! Folders that are gone after the test.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder of one test.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// A new, empty folder.
    #[allow(clippy::new_without_default, reason = "it makes something")]
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("runbookc-tests-{}-{number}", process::id()));
        fs::create_dir_all(&path).expect("the temporary folder can be written");
        Self { path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file into it.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path.join(name);
        write(&path, text);
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind in the temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Writes a file and the folders that it needs.
pub fn write(path: &Path, text: impl AsRef<[u8]>) {
    let folder = path.parent().expect("a file lies in a folder");
    fs::create_dir_all(folder).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}

/// Reads a text file.
#[track_caller]
pub fn read(path: &Path) -> String {
    match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => panic!("cannot read {}: {error}", path.display()),
    }
}

/// What cargo leaves in a package that somebody has built where it lies.
const BUILT: &str = "target";

/// Every file below a folder that `wanted` takes, by its path from there on, sorted; nothing that cargo has built.
pub fn files(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(folder, Path::new(""), wanted, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, prefix: &Path, wanted: &dyn Fn(&Path) -> bool, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("a folder can be read");
    for entry in entries {
        let path = entry.expect("an entry can be read").path();
        let name = prefix.join(path.file_name().expect("an entry has a name"));
        if name.ends_with(BUILT) || !wanted(&name) {
            continue;
        }
        if path.is_dir() {
            collect(&path, &name, wanted, found);
        } else {
            found.push(name);
        }
    }
}
