//! The command line of a runbook's binary: flags, precedence, exit codes, what is printed.
#![cfg(all(feature = "cli", feature = "journal"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may panic"
)]

#[path = "../console/mod.rs"]
mod console;
#[path = "../ecs_run_task/mod.rs"]
mod ecs_run_task;

mod described;
mod parameters;
mod runs;
mod scenarios;
mod targets;

use std::path::PathBuf;

use console::Ran;
use ecs_run_task::EcsRunTask;
use runbook_runtime::cli::Program;
use runbook_runtime::report::Form;

const HAPPY: &str = "
description: everything goes well
parameters: {Cluster: demo}
answers:
  Lambda.Invoke: {StatusCode: 200}
  ECS.RunTask: {tasks: [{taskArn: arn-1}]}
  wait: [{tasks: [{lastStatus: RUNNING}]}, {tasks: [{exitCode: 0}]}]
";

/// Runs a command that finds nothing on its standard input.
fn run(arguments: &[&str]) -> Ran {
    reading(arguments, "")
}

fn reading(arguments: &[&str], input: &'static str) -> Ran {
    let program = Program::<EcsRunTask>::new();
    console::execute(Form::Lines, &program, arguments, input)
}

/// Files of a test, in a folder of their own that goes with it.
struct Files(PathBuf);

impl Files {
    fn new(test: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("runbook-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            std::fs::write(folder.join(name), text).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// Text without the place where the files happen to lie.
    fn plain(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.0.display()), "")
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
