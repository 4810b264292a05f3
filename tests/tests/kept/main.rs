//! Runs that outlive their process, and people who tell them something from elsewhere: a real binary, several processes.

mod forgotten;
mod killed;
mod people;
mod targets;
mod told;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use runbookc_tests::folder::Folder;
use runbookc_tests::paths::compiler;
use runbookc_tests::process::{Ran, run};
use runbookc_tests::stand_in::{ACCOUNT, Roles, StandIn};

const RUNBOOK: &str = "
schemaVersion: '0.3'
description: Sleeps, asks and pauses.
parameters:
  Nap: {type: String, default: PT0S}
  Secret: {type: String, default: none}
mainSteps:
  - name: nap
    action: aws:sleep
    onCancel: step:tidy
    inputs: {Duration: '{{ Nap }}'}
  - name: ask
    action: aws:approve
    inputs: {Approvers: [ana, ben], Message: 'Go on?'}
  - name: look
    action: aws:pause
    onCancel: step:tidy
    inputs: {}
    isEnd: true
  - name: tidy
    action: aws:executeAwsApi
    inputs: {Service: sts, Api: GetCallerIdentity}
    isEnd: true
outputs: [ask.ApprovalStatus]
";

/// Binaries of the runbook and of another version of it, built once.
fn binaries() -> &'static (Folder, PathBuf, PathBuf) {
    static BINARIES: OnceLock<(Folder, PathBuf, PathBuf)> = OnceLock::new();
    BINARIES.get_or_init(|| {
        let folder = Folder::new();
        let build = |folder_name: &str, text: &str| {
            let runbook = folder.path().join(folder_name).join("gate.yaml");
            runbookc_tests::folder::write(&runbook, text);
            let binary = folder.path().join(folder_name).join("gate");
            run(compiler(["build", "--output"]).arg(&binary).arg(runbook)).expect_code(0);
            binary
        };
        let first = build("first", RUNBOOK);
        let second = build("second", &RUNBOOK.replace("Go on?", "Really go on?"));
        (folder, first, second)
    })
}

fn user(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{name}")
}

/// A machine with an AWS, and a folder for state.
struct Machine(StandIn);

impl Machine {
    fn new() -> Self {
        Self(StandIn::start(Roles::Denied))
    }

    fn command(&self, binary: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary);
        self.0.seen_by(command.args(arguments));
        command
    }

    fn gate(&self, arguments: &[&str]) -> Ran {
        run(&mut self.command(&binaries().1, arguments))
    }

    /// Starts a run whose standard input is closed, and waits until it has come to a step.
    fn start(&self, arguments: &[&str], step: &str) -> Run<'_> {
        self.start_until(arguments, |newest| is_at(newest, step))
    }

    /// The same, until something else holds.
    fn start_until(&self, arguments: &[&str], holds: impl Fn(&Value) -> bool) -> Run<'_> {
        let mut command = self.command(&binaries().1, &["run", "--output", "json"]);
        let streams = command.args(arguments).stdin(Stdio::null());
        let streams = streams.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = streams.spawn().unwrap();
        let id = self.wait_until(holds);
        Run {
            machine: self,
            child,
            id,
        }
    }

    /// Waits until the newest run is at a step, and gives its id.
    fn wait_for(&self, step: &str) -> String {
        self.wait_until(|newest| is_at(newest, step))
    }

    fn wait_until(&self, holds: impl Fn(&Value) -> bool) -> String {
        let patience = Instant::now();
        while patience.elapsed() < Duration::from_secs(60) {
            if let Some(newest) = self.list().first().filter(|newest| holds(newest)) {
                return newest["AutomationExecutionId"].as_str().unwrap().to_owned();
            }
            sleep(Duration::from_millis(20));
        }
        panic!("{:?}", self.list());
    }

    fn list(&self) -> Vec<Value> {
        let list = self.gate(&["list", "--output", "json"]).expect_code(0);
        list.json().as_array().unwrap().clone()
    }
}

struct Run<'a> {
    machine: &'a Machine,
    child: Child,
    id: String,
}

impl Run<'_> {
    /// Runs a command about the run.
    fn tell(&self, command: &str, arguments: &[&str]) -> Ran {
        let arguments = [&[command, &self.id[..8]], arguments].concat();
        self.machine.gate(&arguments)
    }

    fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.id
    }

    fn end(self) -> Ran {
        let output = self.child.wait_with_output().unwrap();
        Ran {
            command: "run".to_owned(),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Whether a run is at a step, and waits for somebody there unless it naps.
fn is_at(run: &Value, step: &str) -> bool {
    run["CurrentStepName"] == step
        && (step == "nap" || run["AutomationExecutionStatus"] == "Waiting")
}

fn statuses(record: &Value) -> Vec<String> {
    let steps = record["AutomationExecution"]["StepExecutions"]
        .as_array()
        .unwrap();
    let status = |step: &Value| {
        format!(
            "{} {}",
            step["StepName"].as_str().unwrap(),
            step["StepStatus"].as_str().unwrap()
        )
    };
    steps.iter().map(status).collect()
}
