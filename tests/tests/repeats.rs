//! Calls that are made again, or may be, or never are: a real binary, and an AWS that breaks off.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use uuid::Uuid;

use runbookc_tests::folder::{Folder, write};
use runbookc_tests::paths::compiler;
use runbookc_tests::process::{Ran, run};
use runbookc_tests::scripted::{Reply, Scripted};

const RUNBOOK: &str = "
schemaVersion: '0.3'
description: Starts what a token is for, and calls a function, which takes none.
parameters:
  Dares: {type: Boolean, default: false}
mainSteps:
  - name: look
    action: aws:executeAwsApi
    inputs: {Service: ecs, Api: DescribeClusters}
    outputs: [{Name: Arn, Selector: '$.clusters[0].clusterArn', Type: String}]
  - name: choose
    action: aws:branch
    inputs:
      Choices: [{NextStep: dare, Variable: '{{ Dares }}', BooleanEquals: true}]
  - name: start
    action: aws:executeAwsApi
    maxAttempts: 3
    inputs: {Service: ecs, Api: RunTask, cluster: '{{ look.Arn }}', taskDefinition: report}
    outputs: [{Name: Arn, Selector: '$.tasks[0].taskArn', Type: String}]
  - name: hasStarted
    action: aws:branch
    inputs:
      Choices: [{NextStep: go, Variable: '{{ start.Arn }}', StartsWith: 'arn:'}]
      Default: own
  - name: go
    action: aws:executeAwsApi
    inputs: {Service: stepfunctions, Api: StartExecution, stateMachineArn: 'arn:machine'}
  - name: own
    action: aws:executeAwsApi
    inputs: {Service: ecs, Api: RunTask, taskDefinition: report, clientToken: mine}
    isEnd: true
  - name: dare
    action: aws:invokeLambdaFunction
    onFailure: step:mourn
    inputs: {FunctionName: dare}
  - name: mourn
    action: aws:sleep
    inputs: {Duration: PT0S}
";

/// The binary, built once.
fn binary() -> &'static PathBuf {
    static BINARY: OnceLock<(Folder, PathBuf)> = OnceLock::new();
    let (_, binary) = BINARY.get_or_init(|| {
        let folder = Folder::new();
        let runbook = folder.path().join("again.yaml");
        write(&runbook, RUNBOOK);
        let binary = folder.path().join("again");
        run(compiler(["build", "--output"]).arg(&binary).arg(runbook)).expect_code(0);
        (folder, binary)
    });
    binary
}

/// An AWS, and a folder for state.
struct Machine {
    aws: Scripted,
    state: Folder,
}

impl Machine {
    fn new(script: impl Fn(&str, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            aws: Scripted::start(script),
            state: Folder::new(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        self.aws.seen_by(&mut command);
        command
            .env("XDG_STATE_HOME", self.state.path())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        run(&mut self.command(arguments))
    }

    /// A run that was killed while the function was called.
    fn killed(&self) -> String {
        let mut command = self.command(&["run", "--Dares", "true"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut child = child.unwrap();
        let patience = Instant::now();
        while self.aws.asked("invocations").is_empty() {
            assert!(patience.elapsed() < Duration::from_secs(60));
            sleep(Duration::from_millis(10));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let list = self
            .run(&["list", "--output", "json"])
            .expect_code(0)
            .json();
        list[0]["AutomationExecutionId"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

fn good(operation: &str, _: usize) -> Reply {
    Reply::Answer(match operation {
        "DescribeClusters" => json!({"clusters": [{"clusterArn": "arn:nightly"}]}),
        "RunTask" => json!({"tasks": [{"taskArn": "arn:task"}]}),
        "StartExecution" => json!({"executionArn": "arn:execution", "startDate": 1}),
        _ => json!({}),
    })
}

#[test]
fn call_that_was_lost_is_repeated_under_its_token_and_an_answered_one_is_not() {
    let machine = Machine::new(|operation, before| match (operation, before) {
        // The SDK tries three times.
        ("RunTask", 0..3) => Reply::HangUp,
        ("RunTask", 3) => Reply::Error("ClusterNotFoundException"),
        _ => good(operation, before),
    });
    let record = machine
        .run(&["run", "--output", "json"])
        .expect_code(0)
        .json();

    let execution = record["AutomationExecution"]["AutomationExecutionId"].as_str();
    let execution = Uuid::parse_str(execution.unwrap()).unwrap();
    let token = |name: &str| Uuid::new_v5(&execution, name.as_bytes()).to_string();
    let (first, second) = (token("start/1/0"), token("start/1/1"));
    let sent: Vec<Value> = machine.aws.asked("RunTask");
    let sent: Vec<&Value> = sent.iter().map(|body| &body["clientToken"]).collect();
    assert_eq!(sent, [&first, &first, &first, &first, &second, "mine"]);
    let started = machine.aws.asked("StartExecution");
    assert_eq!(started[0]["name"], token("go/1/0"));
    let record = record.to_string();
    assert!(!record.contains(&first) && !record.contains(&token("go/1/0")));
    assert!(!record.contains("WarningMessage"));
}

#[test]
fn run_that_was_killed_in_a_call_that_may_be_done_twice_waits_for_a_decision() {
    let machine = Machine::new(|operation, before| match (operation, before) {
        ("invocations", 0) => Reply::Silence,
        _ => good(operation, before),
    });
    let id = machine.killed();

    let asked = machine.run(&["resume", &id]).expect_code(5);
    let said = &asked.stderr;
    assert!(
        said.contains("error: nobody knows whether step dare has called lambda.Invoke"),
        "{said}"
    );
    assert!(said.contains("\"FunctionName\":\"dare\""), "{said}");
    assert!(said.contains("--on-unknown repeat"), "{said}");
    assert_eq!(machine.aws.asked("invocations").len(), 1);

    let resumed = machine.run(&["resume", &id, "--on-unknown", "repeat", "--output", "json"]);
    let resumed = resumed.expect_code(0);
    assert_eq!(machine.aws.asked("invocations").len(), 2);
    let step = dare(&resumed.json());
    assert_eq!(step["StepStatus"], "Success");
    let warning = step["WarningMessage"].as_str().unwrap();
    assert!(warning.contains("nobody knows whether that was done"));
    assert!(resumed.stderr.contains(warning), "{}", resumed.stderr);
}

#[test]
fn call_that_is_not_to_be_made_again_fails_its_step() {
    let machine = Machine::new(|operation, before| match operation {
        "invocations" => Reply::Silence,
        _ => good(operation, before),
    });
    let id = machine.killed();

    let failed = machine.run(&["resume", &id, "--on-unknown", "fail", "--output", "json"]);
    let record = failed.expect_code(1).json();

    assert_eq!(machine.aws.asked("invocations").len(), 1);
    let step = dare(&record);
    assert_eq!(step["StepStatus"], "Failed");
    let message = step["FailureMessage"].as_str().unwrap();
    assert!(message.contains("It was not called again"), "{message}");
    let steps = record["AutomationExecution"]["StepExecutions"].as_array();
    let last = steps.unwrap().last().unwrap();
    assert_eq!(
        (&last["StepName"], &last["StepStatus"]),
        (&json!("mourn"), &json!("Success"))
    );
}

fn dare(record: &Value) -> Value {
    let steps = record["AutomationExecution"]["StepExecutions"]
        .as_array()
        .unwrap();
    let dare = steps.iter().find(|step| step["StepName"] == "dare");
    dare.unwrap().clone()
}

#[test]
fn dry_run_calls_nothing_and_shows_what_would_be_called() {
    let machine = Machine::new(good);
    let shown = machine
        .run(&["run", "--dry-run", "--region", "eu-west-1"])
        .expect_code(0);

    assert_eq!(machine.aws.operations(), [""; 0]);
    assert_eq!(machine.aws.asked("GetCallerIdentity").len(), 0);
    assert_eq!(
        shown.stdout,
        "\
dry run  look  would call ecs.DescribeClusters
dry run  start  would call ecs.RunTask
dry run      cluster: ‹clusterArn›
dry run      taskDefinition: report
dry run  hasStarted  leads to own because of what is invented of start
dry run  own  would call ecs.RunTask
dry run      taskDefinition: report
dry run      clientToken: mine
dry run of again
dry run: Success after 0 s of virtual time; nothing was done, and what stands in ‹…› is invented
"
    );
    let lines = shown.stderr.lines();
    assert!(lines.clone().count() > 5);
    for line in lines {
        assert!(line.starts_with("dry run  virtual "), "{line}");
    }
}

#[test]
fn dry_run_that_reads_calls_only_what_reads() {
    let machine = Machine::new(good);
    let shown = machine
        .run(&["run", "--dry-run=read", "--output", "json"])
        .expect_code(0);

    assert_eq!(machine.aws.operations(), ["DescribeClusters"]);
    let record = shown.json();
    assert_eq!(record["Simulation"], json!({"DryRun": "Aws"}));
    let calls = record["Calls"].as_array().unwrap();
    let calls: Vec<(&Value, &Value)> = calls
        .iter()
        .map(|call| (&call["Operation"], &call["Answered"]))
        .collect();
    let (read, invented) = (json!("Read"), json!("Invented"));
    let (describe, run) = (json!("ecs.DescribeClusters"), json!("ecs.RunTask"));
    assert_eq!(
        calls,
        [(&describe, &read), (&run, &invented), (&run, &invented)]
    );
    assert_eq!(record["Calls"][1]["Inputs"]["cluster"], "arn:nightly");
    assert_eq!(
        record["InventedChoices"],
        json!([{"StepName": "hasStarted", "DecidedBy": ["start"], "NextStep": "own"}])
    );
    let list = machine
        .run(&["list", "--output", "json"])
        .expect_code(0)
        .json();
    assert_eq!(list, json!([]));
}
