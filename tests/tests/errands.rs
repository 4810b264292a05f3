//! Commands, state machines, automations and children, for real: the built binary calls moto's server.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use runbookc_tests::folder::Folder;
use runbookc_tests::moto::{Moto, Request};
use runbookc_tests::paths::{compiler, kept, repository};
use runbookc_tests::process::run;

const SUCCESS: i32 = 0;
const FAILED: i32 = 1;
const TIMED_OUT: i32 = 3;
const CANCELLED: i32 = 4;

const ERRANDS: &str = r#"
schemaVersion: '0.3'
description: Runs a command, a state machine, an automation of the service's and one of its own.
parameters:
  Instance: {type: String, default: i-0123456789abcdef0}
  Commands: {type: StringList, default: [date]}
  Patience: {type: Integer, default: 60}
  Machine: {type: String}
  Given: {type: StringMap, default: {Say: [one, two]}}
  Role: {type: String}
mainSteps:
  - name: command
    action: aws:runCommand
    timeoutSeconds: '{{ Patience }}'
    inputs:
      DocumentName: AWS-RunShellScript
      InstanceIds: ['{{ Instance }}']
      Parameters: {commands: ['{{ Commands }}', exit 0]}
  - name: machine
    action: aws:executeStateMachine
    inputs:
      stateMachineArn: '{{ Machine }}'
      input: '{"day": "{{ command.Status }}"}'
  - name: automation
    action: aws:executeAutomation
    inputs:
      DocumentName: Company-Say
      RuntimeParameters: '{{ Given }}'
  - name: own
    action: aws:executeAutomation
    inputs:
      DocumentName: helper
      RuntimeParameters:
        Words: '{{ automation.Output }}'
        Role: '{{ Role }}'
outputs:
  - command.Output
  - machine.output
  - automation.Output
  - own.Output
"#;

const HELPER: &str = r#"
schemaVersion: '0.3'
assumeRole: '{{ Role }}'
parameters:
  Words: {type: StringList}
  Role: {type: String, default: ''}
mainSteps:
  - name: look
    action: aws:executeAwsApi
    inputs: {Service: sts, Api: GetCallerIdentity}
    outputs:
      - {Name: Arn, Selector: $.Arn, Type: String}
outputs:
  - look.Arn
"#;

/// A server with what the errands need, and the binary.
struct Office {
    moto: Moto,
    folder: Folder,
    parameters: Value,
}

impl Office {
    fn open() -> Self {
        let moto = Moto::start_with_better_answers();
        moto.interpret_state_machines();
        let machine = json!({
            "StartAt": "Greet",
            "States": {"Greet": {"Type": "Pass", "Result": {"orders": 7}, "End": true}},
        });
        let wanted = json!({"machine": machine, "document": "Company-Say"});
        let made = moto.script(&repository().join("tests/moto/setup_errands.py"), &wanted);
        Self {
            moto,
            folder: Folder::new(),
            parameters: json!({"Machine": made["machine"], "Role": made["role"]}),
        }
    }

    fn command(&self, parameters: Value) -> Command {
        let mut all = self.parameters.clone();
        let given = parameters.as_object().expect("a map").clone();
        all.as_object_mut().expect("a map").extend(given);
        let file = self.folder.write("parameters.json", all.to_string());
        let mut command = Command::new(binary());
        command
            .args(["run", "--output", "json", "--parameters"])
            .arg(file);
        self.moto.seen_by(&mut command);
        command
    }

    #[track_caller]
    fn run(&self, parameters: Value, code: i32) -> Value {
        run(&mut self.command(parameters)).expect_code(code).json()
    }

    /// Starts the binary, and asks it to stop once it has made a call.
    fn interrupted(&self, parameters: Value, after: &str) -> Value {
        let started = self
            .command(parameters)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let binary = started.expect("the binary starts");
        self.wait_for(after);
        interrupt(&binary);
        let output = binary.wait_with_output().expect("the binary ends");
        assert_eq!(output.status.code(), Some(CANCELLED));
        serde_json::from_slice(&output.stdout).expect("the record is JSON")
    }

    fn wait_for(&self, operation: &str) {
        let start = Instant::now();
        while !self
            .moto
            .recorded_so_far()
            .iter()
            .any(|request| is(request, operation))
        {
            assert!(start.elapsed() < Duration::from_secs(60), "no {operation}");
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// The operations that the server was asked for since `record`, each once.
    fn operations(&self) -> Vec<String> {
        let mut operations: Vec<String> = Vec::new();
        for request in self.moto.recorded() {
            let name = request.target.unwrap_or(request.service);
            if !operations.contains(&name) {
                operations.push(name);
            }
        }
        operations
    }
}

fn is(request: &Request, operation: &str) -> bool {
    request.target.as_deref() == Some(operation)
}

fn interrupt(process: &Child) {
    let id = process.id().to_string();
    run(Command::new("kill").args(["-INT", &id])).expect_code(0);
}

/// The binary of the errands, which all tests share.
fn binary() -> std::path::PathBuf {
    static BUILT: std::sync::OnceLock<std::path::PathBuf> = std::sync::OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let folder = Folder::new();
        let errands = folder.write("errands.yaml", ERRANDS);
        let helper = folder.write("helper.yaml", HELPER);
        let binary = kept("errands").join("errands");
        let mut build = compiler(["build", "--output"]);
        build.arg(&binary).arg(errands).arg("--with").arg(helper);
        run(&mut build).expect_code(0);
        binary
    });
    built.clone()
}

#[test]
fn errands_are_run_one_after_another() {
    let office = Office::open();
    let record = office.run(json!({}), SUCCESS);

    let execution = &record["AutomationExecution"];
    assert_eq!(
        execution["Outputs"]["command.Output"],
        json!(["date\nexit 0"])
    );
    assert_eq!(
        execution["Outputs"]["machine.output"],
        json!([r#"{"orders": 7}"#])
    );
    assert_eq!(
        execution["Outputs"]["automation.Output"],
        json!(["one", "two"])
    );

    let child = &record["ChildExecutions"][0]["AutomationExecution"];
    assert_eq!(
        child["ParentAutomationExecutionId"],
        execution["AutomationExecutionId"]
    );
    assert_eq!(child["Parameters"]["Words"], json!(["one", "two"]));
    let arn = execution["Outputs"]["own.Output"][0]
        .as_str()
        .unwrap_or_default();
    assert!(arn.contains(":assumed-role/helper/"), "{arn}");
    assert_eq!(child["ExecutedBy"], arn);
}

#[test]
fn failures_tell_what_has_failed() {
    let office = Office::open();
    let message = |record: &Value| {
        let message = record["AutomationExecution"]["FailureMessage"].as_str();
        message.unwrap_or_default().to_owned()
    };

    let record = office.run(json!({"Commands": ["exit 1"]}), FAILED);
    let text = message(&record);
    assert!(text.contains("returns unexpected invocation result: \n{Status=[Failed], ResponseCode=[1], Output=[exit 1\nexit 0]"), "{text}");

    let record = office.run(json!({"Given": {"Fail": "yes"}}), FAILED);
    let text = message(&record);
    assert!(
        text.contains("ended with status Failed. it was to fail."),
        "{text}"
    );

    let record = office.run(
        json!({"Machine": "arn:aws:states:us-east-1:123456789012:stateMachine:none"}),
        FAILED,
    );
    let text = message(&record);
    assert!(
        text.contains("(StateMachineDoesNotExist) when calling the StartExecution operation"),
        "{text}"
    );
}

#[test]
fn command_is_cancelled_when_its_time_is_up() {
    let office = Office::open();
    office.moto.record();
    office.run(json!({"Commands": ["sleep"], "Patience": 8}), TIMED_OUT);

    let operations = office.operations();
    assert_eq!(
        operations.last().map(String::as_str),
        Some("CancelCommand"),
        "{operations:?}"
    );
}

#[test]
fn automation_is_stopped_when_the_run_is_cancelled() {
    let office = Office::open();
    office.moto.record();
    let record = office.interrupted(json!({"Given": {"Sleep": "yes"}}), "GetAutomationExecution");

    assert_eq!(
        record["AutomationExecution"]["AutomationExecutionStatus"],
        "Cancelled"
    );
    let operations = office.operations();
    assert_eq!(
        operations.last().map(String::as_str),
        Some("StopAutomationExecution"),
        "{operations:?}"
    );
}
