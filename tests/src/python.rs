//! A Python with moto's server, made once.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::paths::kept;
use crate::process::run;

const PACKAGE: &str = "moto[server]==5.2.5";

/// The interpreter of a virtual environment that has moto.
///
/// Tests may ask for it at the same time; an environment that was left half made is made anew.
pub fn with_moto() -> PathBuf {
    let folder = kept("python");
    let lock = File::create(folder.join("lock")).expect("the lock file can be written");
    lock.lock().expect("the lock file can be locked");

    let environment = folder.join("environment");
    let python = environment.join("bin/python");
    let complete = environment.join("complete");
    if fs::read_to_string(&complete).is_ok_and(|package| package == PACKAGE) {
        return python;
    }
    make(&environment, &python);
    fs::write(&complete, PACKAGE).expect("the marker can be written");
    python
}

fn make(environment: &Path, python: &Path) {
    if environment.exists() {
        fs::remove_dir_all(environment).expect("a half made environment can be removed");
    }
    let system = env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    run(Command::new(system).args(["-m", "venv"]).arg(environment)).expect_code(0);
    let install = ["-m", "pip", "install", "--quiet", PACKAGE];
    run(Command::new(python).args(install)).expect_code(0);
}
