//! The command in folders of tests.
#![allow(dead_code, reason = "each test uses its part")]
#![allow(unreachable_pub, reason = "a module of several crates of tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A sound runbook.
pub const GOOD: &str = "\
description: Waits a moment
schemaVersion: '0.3'
parameters:
  Pause:
    type: String
    description: How long to wait
    default: PT5M
mainSteps:
  - name: wait
    action: aws:sleep
    inputs:
      Duration: '{{ Pause }}'
    isEnd: true
";

/// A folder of one test, outside of any repository.
pub struct Folder(pub PathBuf);

impl Folder {
    /// A new one, of the name of the test.
    pub fn new(test: &str) -> Self {
        // Always the same path, so that the cache is not filled with crates of paths that are gone.
        let folder = std::env::temp_dir().join(format!("runbookc-cli-{test}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// Writes a file into it.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// The compiler, in this folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runbookc"));
        command
            .args(arguments)
            .current_dir(&self.0)
            .env("RUNBOOKC_CACHE_DIR", cache());
        command
    }

    /// Runs the compiler in this folder.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(self.command(arguments).output().unwrap())
    }

    /// What lies in it.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What came of a command.
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// What came of it.
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Ends the test if the exit code is another one.
    #[track_caller]
    pub fn assert(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        self
    }
}

/// One cache for all tests and runs: what a user's second build finds.
fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("runbookc-cache")
}
