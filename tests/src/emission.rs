//! Generated crates, and cargo on them as their users run it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::folder::{files, read, write};
use crate::paths::{cache, compiler, kept, repository};
use crate::process::{cargo, run};

/// What is no part of what the compiler writes, but of what cargo does.
const NOT_EMITTED: &str = "Cargo.lock";

/// Emits the crate of a runbook into a folder.
pub fn emit_crate(runbook: &Path, folder: &Path) {
    let mut command = compiler(["build", "--emit", "crate", "--output"]);
    run(command.arg(folder).arg(runbook)).expect_code(0);
}

/// Emits the module of a runbook into a folder.
pub fn emit_module(runbook: &Path, folder: &Path) {
    emit_modules(runbook, &[], folder);
}

/// Emits the modules of a runbook, and of those that its steps may start, into a folder.
pub fn emit_modules(runbook: &Path, children: &[PathBuf], folder: &Path) {
    let mut command = compiler(["build", "--emit", "rust", "--output"]);
    command.arg(folder).arg(runbook);
    for child in children {
        command.arg("--with").arg(child);
    }
    run(&mut command).expect_code(0);
}

/// Every file of an emitted crate with its text.
pub fn emitted_files(folder: &Path) -> Vec<(PathBuf, String)> {
    let wanted = |path: &Path| path != Path::new(NOT_EMITTED);
    let files = files(folder, &wanted).into_iter();
    files
        .map(|file| (file.clone(), read(&folder.join(file))))
        .collect()
}

/// An empty folder for a crate that a test builds. It has the same path in every run, so that cargo
/// knows it again, and the versions of the SDK that the compiler carries.
pub fn crate_folder(name: &str) -> PathBuf {
    let folder = kept("crates").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("a folder of tests can be removed");
    }
    let lock = read(&repository().join("compiler/data/Cargo.lock"));
    write(&folder.join("Cargo.lock"), lock);
    folder
}

/// A copy of an emitted crate that a test may build and change.
pub fn copy(emitted: &Path, name: &str) -> PathBuf {
    let folder = crate_folder(name);
    for (file, text) in emitted_files(emitted) {
        write(&folder.join(file), text);
    }
    folder
}

/// Cargo in the folder of a generated crate, with this workspace's runtime.
pub fn cargo_in(folder: &Path, subcommand: &str) -> Command {
    let runtime = serde_json::Value::from(repository().join("runtime").to_string_lossy());
    let mut command = cargo(subcommand);
    command
        .current_dir(folder)
        .arg("--quiet")
        .args([
            "--config",
            &format!("patch.crates-io.runbook-runtime.path={runtime}"),
        ])
        .arg("--target-dir")
        .arg(cache().join("target"));
    command
}
