//! Where things are.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::process::{cargo, run};

/// The folder of the workspace.
pub fn repository() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the tests lie in the workspace")
}

/// The folder of the example.
pub fn example() -> PathBuf {
    repository().join("examples/ecs-run-task")
}

/// Cargo's target folder, also when it is not in the workspace.
pub fn target() -> PathBuf {
    let test = env::current_exe().expect("a running test has a path");
    // target/debug/deps/test
    let target = test.ancestors().nth(3);
    target.expect("cargo puts tests three folders deep").into()
}

/// Where tests keep what the next run can use again.
pub fn kept(name: &str) -> PathBuf {
    let folder = target().join("tests").join(name);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// The compiler's cache: all tests share what their runbooks are built of.
pub fn cache() -> PathBuf {
    kept("cache")
}

/// The compiler, built once.
pub fn runbookc() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let target = target();
        // The whole workspace chooses the features, as it does for `cargo test --workspace`.
        let mut build = cargo("build");
        build
            .args([
                "--quiet",
                "--workspace",
                "--bin",
                "runbookc",
                "--target-dir",
            ])
            .arg(&target)
            .current_dir(repository());
        run(&mut build).expect_code(0);
        target.join("debug/runbookc")
    })
}

/// The compiler with arguments, in a folder that is not the repository.
pub fn compiler<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(runbookc());
    command
        .args(arguments)
        .env("RUNBOOKC_CACHE_DIR", cache())
        .env("NO_COLOR", "1")
        .current_dir(env::temp_dir());
    command
}

/// Data that the repository does not carry: what a variable names. Nothing without it, which the test has to say.
pub fn outside(variable: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env::var_os(variable)?);
    assert!(
        path.exists(),
        "{variable} names {}, which does not exist",
        path.display()
    );
    Some(path)
}
