//! An AWS account on loopback that has what a runbook needs, and the runbook's binary.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::folder::Folder;
use crate::moto::Moto;
use crate::paths::{compiler, repository};
use crate::process::run;

/// The account and the binary that runs in it.
#[derive(Debug)]
pub struct Account {
    /// The server.
    pub moto: Moto,
    /// A subnet that exists.
    pub subnet: String,
    /// A security group that exists.
    pub security_group: String,
    folder: Folder,
    binary: PathBuf,
}

impl Account {
    /// Makes what `tests/moto/setup_ecs.py` is told to, and builds the runbook.
    pub fn new(moto: Moto, contents: &Value, runbook: &str) -> Self {
        let folder = Folder::new();
        let runbook = folder.write("runbook.yaml", runbook);
        let binary = folder.path().join("runbook");
        run(compiler(["build", "--output"]).arg(&binary).arg(runbook)).expect_code(0);

        let network = moto.script(&repository().join("tests/moto/setup_ecs.py"), contents);
        let id = |name: &str| network[name].as_str().expect("an id is text").to_owned();
        Self {
            subnet: id("subnet"),
            security_group: id("securityGroup"),
            moto,
            folder,
            binary,
        }
    }

    /// Runs the binary for real; gives the execution in its record.
    #[track_caller]
    pub fn run(&self, parameters: &Value, code: i32) -> Value {
        let file = self.folder.write("parameters.json", parameters.to_string());
        let mut command = Command::new(&self.binary);
        command
            .args(["run", "--output", "json", "--parameters"])
            .arg(file)
            .current_dir(self.folder.path());
        let ran = run(self.moto.seen_by(&mut command)).expect_code(code);
        ran.json()["AutomationExecution"].take()
    }
}

/// The status of every step of an execution, in the order of the runbook.
pub fn step_statuses(execution: &Value) -> Vec<&str> {
    let steps = execution["StepExecutions"].as_array().into_iter().flatten();
    steps
        .filter_map(|step| step["StepStatus"].as_str())
        .collect()
}
