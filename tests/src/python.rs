//! Virtual environments of Python, each made once.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::paths::kept;
use crate::process::run;

/// The interpreter of a virtual environment that has moto.
pub fn with_moto() -> PathBuf {
    with("python", "moto[server]==5.2.5")
}

/// The interpreter of a virtual environment that validates by JSON schemas.
pub fn with_jsonschema() -> PathBuf {
    with("python-jsonschema", "jsonschema==4.26.0")
}

/// The interpreter of a virtual environment with a package.
///
/// Tests may ask for it at the same time; an environment that was left half made is made anew.
fn with(folder: &str, package: &str) -> PathBuf {
    let folder = kept(folder);
    let lock = File::create(folder.join("lock")).expect("the lock file can be written");
    lock.lock().expect("the lock file can be locked");

    let environment = folder.join("environment");
    let python = environment.join("bin/python");
    let complete = environment.join("complete");
    if fs::read_to_string(&complete).is_ok_and(|installed| installed == package) {
        return python;
    }
    make(&environment, &python, package);
    fs::write(&complete, package).expect("the marker can be written");
    python
}

fn make(environment: &Path, python: &Path, package: &str) {
    if environment.exists() {
        fs::remove_dir_all(environment).expect("a half made environment can be removed");
    }
    let system = env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    run(Command::new(system).args(["-m", "venv"]).arg(environment)).expect_code(0);
    let install = ["-m", "pip", "install", "--quiet", package];
    run(Command::new(python).args(install)).expect_code(0);
}
