//! Scripts and webhooks for real: a built binary runs the machine's Python, and calls moto's server.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use runbookc_tests::account::step_statuses;
use runbookc_tests::folder::{Folder, read};
use runbookc_tests::moto::Moto;
use runbookc_tests::paths::{compiler, repository};
use runbookc_tests::process::{Ran, run};
use runbookc_tests::python;

const SUCCESS: i32 = 0;
const FAILED: i32 = 1;
const TIMED_OUT: i32 = 3;
const CANCELLED: i32 = 4;
const NOT_RUN: i32 = 5;

/// One step for each thing that can be done, chosen by a parameter.
const RUNBOOK: &str = r#"
schemaVersion: '0.3'
assumeRole: '{{ Role }}'
parameters:
  Role: {type: String, default: ''}
  Do: {type: String}
  Hook: {type: String, default: chat}
  Count: {type: Integer, default: 3}
  Secret: {type: String, default: ''}
files:
  helpers.zip: {checksums: {sha256: CHECKSUM}}
mainSteps:
  - name: choose
    action: aws:branch
    inputs:
      Choices:
        - {NextStep: attached, Variable: '{{ Do }}', StringEquals: attached}
        - {NextStep: lacking, Variable: '{{ Do }}', StringEquals: lacking}
        - {NextStep: shell, Variable: '{{ Do }}', StringEquals: shell}
        - {NextStep: hook, Variable: '{{ Do }}', StringEquals: hook}
      Default: script
  - name: script
    action: aws:executeScript
    timeoutSeconds: 20
    inputs:
      Runtime: python3.11
      Handler: handler
      InputPayload: {do: '{{ Do }}', count: '{{ Count }}', many: ['{{ Do }}', 2, true], secret: '{{ Secret }}'}
      Script: |
        import os
        import signal
        import sys
        import time

        import boto3

        def handler(events, context):
            print("working as", os.getpid(), flush=True)
            print("trouble ahead", file=sys.stderr)
            return globals()[events["do"]](events, context)

        def value(events, context):
            return {"count": events["count"] * 2, "many": events["many"], "region": context["global:REGION"]}

        def nothing(events, context):
            pass

        def broken(events, context):
            return events["absent"]

        def large(events, context):
            return {"text": "x" * 200_000}

        def whisper(events, context):
            print("it is <" + events["secret"] + ">")
            raise ValueError("not <" + events["secret"] + ">")

        def slow(events, context):
            def tidy(*_):
                print("tidied up", flush=True)
                sys.exit(1)
            signal.signal(signal.SIGTERM, tidy)
            time.sleep(600)

        def identity(events, context):
            return {"arn": boto3.client("sts").get_caller_identity()["Arn"]}
    outputs:
      - {Name: Count, Selector: $.Payload.count, Type: Integer}
      - {Name: Arn, Selector: $.Payload.arn, Type: String}
    isEnd: true
  - name: attached
    action: aws:executeScript
    inputs:
      Runtime: python3.11
      Handler: helpers.tools.main
      Attachment: helpers.zip
    isEnd: true
  - name: lacking
    action: aws:executeScript
    inputs:
      Runtime: python3.11
      Handler: helpers.tools.absent
      Attachment: helpers.zip
    isEnd: true
  - name: shell
    action: aws:executeScript
    inputs:
      Runtime: PowerShell 7.4
      InputPayload: {count: '{{ Count }}'}
      Script: return $env:InputPayload
    isEnd: true
  - name: hook
    action: aws:invokeWebhook
    inputs: {IntegrationName: '{{ Hook }}'}
    isEnd: true
outputs:
  - script.Count
  - script.Arn
  - script.Payload
  - attached.Payload
  - shell.Payload
  - hook.Response
  - hook.ResponseCode
"#;

#[test]
fn scripts_and_webhooks_are_real() {
    let binary = Binary::build();
    a_value_comes_back(&binary);
    what_goes_wrong_is_told(&binary);
    permissions_are_those_of_the_role(&binary);
    what_is_masked_is_not_shown(&binary);
    a_script_ends_with_its_time(&binary);
    a_script_ends_with_its_execution(&binary);
    a_script_ends_with_a_killed_binary(&binary);
    attachments_are_carried(&binary);
    another_interpreter_is_found_by_the_path(&binary);
    what_is_missing_is_told_before_anything_runs(&binary);
    webhooks_are_sent_and_show_no_secret(&binary);
}

fn a_value_comes_back(binary: &Binary) {
    let ran = binary
        .run(&["--Do", "value", "--Count", "21"])
        .expect_code(SUCCESS);
    let record = ran.json();
    let execution = &record["AutomationExecution"];
    assert_eq!(execution["Outputs"]["script.Count"], json!(["42"]));
    let payload = text(&execution["Outputs"]["script.Payload"][0]);
    let payload: Value = serde_json::from_str(payload).expect("a map is JSON text");
    let expected = json!({"count": 42, "many": ["value", 2, true], "region": "us-east-1"});
    assert_eq!(payload, expected);

    let inputs = &execution["StepExecutions"][1]["Inputs"];
    assert_eq!(inputs["Runtime"], "\"python3.11\"");
    assert_eq!(inputs["Handler"], "\"handler\"");
    let input = r#"{"do":"value","count":21,"many":["value",2,true],"secret":""}"#;
    assert_eq!(inputs["InputPayload"], input);

    let printed = &record["ScriptOutput"][0];
    assert_eq!(printed["StepName"], "script");
    assert!(text(&printed["StandardOutput"]).starts_with("working as "));
    assert_eq!(printed["StandardError"], "trouble ahead\n");
    assert!(!ran.stderr.contains("trouble ahead"), "{}", ran.stderr);

    let ran = binary.run(&["--Do", "nothing", "-v"]).expect_code(SUCCESS);
    assert!(
        ran.stderr.contains("stderr | trouble ahead"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("stdout | working as "),
        "{}",
        ran.stderr
    );
}

fn what_goes_wrong_is_told(binary: &Binary) {
    let ran = binary.run(&["--Do", "broken"]).expect_code(FAILED);
    let message = failure(&ran);
    let start = "Step fails when it is Poll action status for completion. Traceback (most recent call last):\n";
    assert!(message.starts_with(start), "{message}");
    assert!(message.contains("customer_script.py\", line "), "{message}");
    let end = "\nKeyError - 'absent'. Please refer to Automation Service Troubleshooting Guide for more diagnosis details.";
    assert!(message.ends_with(end), "{message}");
    assert!(
        ran.stderr.contains("stderr | trouble ahead"),
        "{}",
        ran.stderr
    );

    let ran = binary.run(&["--Do", "large"]).expect_code(FAILED);
    let expected = "The handler returned 200011 bytes of JSON, but no more than 102400 are allowed";
    assert!(failure(&ran).contains(expected), "{}", failure(&ran));
}

fn permissions_are_those_of_the_role(binary: &Binary) {
    let identity = |arguments: &[&str], code| {
        let ran = binary.run(&[&["--Do", "identity"], arguments].concat());
        ran.expect_code(code)
    };
    let nobody = identity(&[], FAILED);
    assert!(
        failure(&nobody).contains("NoCredentialsError"),
        "{}",
        failure(&nobody)
    );

    let role = "arn:aws:iam::123456789012:role/scripts";
    let assumed = identity(&["--Role", role], SUCCESS);
    let arn = assumed.json()["AutomationExecution"]["Outputs"]["script.Arn"][0].take();
    assert!(text(&arn).contains("assumed-role/scripts/"), "{arn}");

    let caller = identity(&["--script-credentials", "caller"], SUCCESS);
    let arn = caller.json()["AutomationExecution"]["Outputs"]["script.Arn"][0].take();
    assert!(!text(&arn).contains("assumed-role"), "{arn}");
}

/// Neither on the streams, nor to who looks later, nor where the journal keeps what scripts print.
fn what_is_masked_is_not_shown(binary: &Binary) {
    const SECRET: &str = r#"say "friend" \ and enter"#;
    let folder = Folder::new();
    let state = folder.path().display().to_string();
    let arguments = [
        "--Do",
        "whisper",
        "--Secret",
        SECRET,
        "--mask",
        "Secret",
        "-v",
        "--state-dir",
        &state,
    ];
    let ran = binary.run(&arguments).expect_code(FAILED);
    assert!(
        ran.stderr.contains("stdout | it is <***>"),
        "{}",
        ran.stderr
    );
    let record = ran.json();
    let execution = &record["AutomationExecution"];
    assert_eq!(execution["Parameters"]["Secret"], json!(["***"]));
    assert!(
        failure(&ran).contains("ValueError - not <***>"),
        "{}",
        failure(&ran)
    );
    let id = text(&execution["AutomationExecutionId"]);

    let look = |arguments: &[&str]| {
        let mut command = Command::new(&binary.path);
        run(command.args(arguments).args(["--state-dir", &state]))
    };
    let shown = look(&["show", "--output", "json", id]);
    let logged = look(&["logs", id]);
    let listed = look(&["list"]);
    assert!(logged.stdout.contains("it is <***>"), "{}", logged.stdout);
    for seen in [ran, shown, logged, listed] {
        for stream in [seen.stdout, seen.stderr] {
            assert!(!stream.contains("friend"), "{stream}");
        }
    }
    let is_any = |_: &Path| true;
    let kept = runbookc_tests::folder::files(folder.path(), &is_any).into_iter();
    let kept = kept.map(|file| fs::read(folder.path().join(file)).expect("the journal is a file"));
    let kept = String::from_utf8_lossy(&kept.collect::<Vec<_>>().concat()).into_owned();
    assert!(kept.contains("it is <***>") && !kept.contains("it is <say"));
    // A run that goes on needs the parameter.
    assert!(kept.contains("friend"));
}

fn a_script_ends_with_its_time(binary: &Binary) {
    let start = Instant::now();
    let ran = binary
        .run(&["--Do", "slow", "--Count", "1"])
        .expect_code(TIMED_OUT);
    assert!(start.elapsed() > Duration::from_secs(20));
    let start = "Step timed out while step is Poll action status for completion. ";
    assert!(failure(&ran).starts_with(start), "{}", failure(&ran));
    assert_tidied(&ran.json());
}

fn a_script_ends_with_its_execution(binary: &Binary) {
    let mut command = binary.command(&["--Do", "slow"]);
    let running = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let running = running.expect("the binary starts");
    // It has to be under way; how long that takes depends on the machine.
    thread::sleep(Duration::from_secs(4));
    let id = running.id().to_string();
    run(Command::new("kill").args(["-INT", &id])).expect_code(0);
    let output = running.wait_with_output().expect("the binary ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(CANCELLED), "{stderr}");
    let record: Value = serde_json::from_slice(&output.stdout).expect("there is a record");
    let statuses = step_statuses(&record["AutomationExecution"]);
    assert_eq!(statuses.get(1), Some(&"Cancelled"), "{record:#}");
    assert_tidied(&record);
}

/// A binary that is killed can clean nothing up: its script does, and ends.
fn a_script_ends_with_a_killed_binary(binary: &Binary) {
    let folder = Folder::new();
    let mut command = binary.command(&["--Do", "slow"]);
    command.env("TMPDIR", folder.path()).stdout(Stdio::null());
    let mut running = command.stderr(Stdio::null()).spawn().expect("it starts");
    let left = || {
        fs::read_dir(folder.path())
            .expect("the folder is there")
            .count()
    };
    let wait_until = |holds: &dyn Fn(usize) -> bool| {
        for _ in 0..600 {
            if holds(left()) {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("{} folders are there", left());
    };
    // The script's own, and that of its answer.
    wait_until(&|left| left == 2);
    thread::sleep(Duration::from_secs(2));
    running.kill().expect("it is killed");
    running.wait().expect("it has ended");
    wait_until(&|left| left == 0);
}

fn attachments_are_carried(binary: &Binary) {
    let ran = binary.run(&["--Do", "attached"]).expect_code(SUCCESS);
    let outputs = &ran.json()["AutomationExecution"]["Outputs"];
    assert_eq!(outputs["attached.Payload"], json!(["from the archive"]));

    let ran = binary.run(&["--Do", "lacking"]).expect_code(FAILED);
    let expected = "AttributeError - module 'helpers.tools' has no attribute 'absent'";
    assert!(failure(&ran).contains(expected), "{}", failure(&ran));
}

/// What stands in for PowerShell does what the driver does, so this shows how scripts get there, and no more.
fn another_interpreter_is_found_by_the_path(binary: &Binary) {
    let ran = binary.run(&["--Do", "shell"]).expect_code(SUCCESS);
    let outputs = &ran.json()["AutomationExecution"]["Outputs"];
    let payload = text(&outputs["shell.Payload"][0]);
    let payload: Value = serde_json::from_str(payload).expect("a map is JSON text");
    let script = "return $env:InputPayload";
    assert_eq!(payload, json!({"input": {"count": 3}, "script": script}));
}

fn what_is_missing_is_told_before_anything_runs(binary: &Binary) {
    let nowhere = Folder::new();
    let mut command = binary.command(&["--Do", "value"]);
    let ran = run(command.env("PATH", nowhere.path())).expect_code(NOT_RUN);
    let expected =
        "error: nothing has run: `python3` is not installed, which runs scripts in Python\n";
    assert!(ran.stderr.starts_with(expected), "{}", ran.stderr);

    // An interpreter that finds none of the packages.
    let bare = Folder::new();
    let python = python::with_moto();
    let text = format!("#!/bin/sh\nexec {} -S \"$@\"\n", python.display());
    executable(&bare.write("python3", text));
    let mut command = binary.command(&["--Do", "value"]);
    let ran = run(command.env("PATH", before_path(bare.path()))).expect_code(NOT_RUN);
    let expected = "the script of step `script` imports `boto3`, but ";
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("-m pip install boto3"),
        "{}",
        ran.stderr
    );
}

fn webhooks_are_sent_and_show_no_secret(binary: &Binary) {
    let server = WebhookServer::start();
    let url = |path: &str| format!("https://localhost:{}/{path}", server.port);
    let integrations = json!({
        "chat": {"url": url("t0ken"), "headers": {"X-Key": "s3cret"}, "payload": {"text": "hello"}},
        "refused": {"url": url("refused/t0ken")},
        "plain": {"url": format!("http://localhost:{}/t0ken", server.port)},
        "closed": {"url": "https://localhost:1/t0ken", "headers": {"X-Key": "s3cret"}},
        "broken": "t0ken",
    });
    binary.moto.script(
        &repository().join("tests/moto/integrations.py"),
        &integrations,
    );
    let send = |name: &str, code| {
        let mut command = binary.command(&["--Do", "hook", "--Hook", name]);
        command.env(
            "SSL_CERT_FILE",
            server.folder.path().join("certificate.pem"),
        );
        let ran = run(&mut command).expect_code(code);
        for secret in ["t0ken", "s3cret", "localhost"] {
            assert!(!ran.stdout.contains(secret), "{name}: {}", ran.stdout);
            assert!(!ran.stderr.contains(secret), "{name}: {}", ran.stderr);
        }
        ran
    };

    let outputs = send("chat", SUCCESS).json()["AutomationExecution"]["Outputs"].take();
    assert_eq!(outputs["hook.Response"], json!(["thank you"]));
    assert_eq!(outputs["hook.ResponseCode"], json!(["202"]));
    let requests = read(&server.folder.path().join("requests"));
    let request: Value = serde_json::from_str(requests.trim()).expect("one request");
    assert_eq!(request["path"], "/t0ken");
    assert_eq!(request["body"], r#"{"text":"hello"}"#);
    assert_eq!(request["headers"]["x-key"], "s3cret");
    assert_eq!(request["headers"]["content-type"], "application/json");

    for (name, expected) in [
        ("refused", "The webhook answered with the status 403"),
        ("plain", "its `url` does not begin with https://"),
        ("closed", "The webhook cannot be sent: "),
        ("broken", "its parameter is no JSON with a `url`"),
        (
            "absent",
            "An error occurred (ParameterNotFound) when calling the GetParameter operation",
        ),
    ] {
        let message = failure(&send(name, FAILED));
        assert!(message.contains(expected), "{name}: {message}");
    }
}

/// The binary of the runbook, and where it runs.
struct Binary {
    moto: Moto,
    folder: Folder,
    path: PathBuf,
}

impl Binary {
    fn build() -> Self {
        let folder = Folder::new();
        let checksum = archive(&folder);
        let runbook = folder.write("runbook.yaml", RUNBOOK.replace("CHECKSUM", &checksum));
        let path = folder.path().join("runbook");
        run(compiler(["build", "--output"]).arg(&path).arg(runbook)).expect_code(0);
        // What the binary needs it carries.
        fs::remove_file(folder.path().join("helpers.zip")).expect("the archive can be removed");
        executable(&folder.write("pwsh", STAND_IN));
        Self {
            moto: Moto::start(),
            folder,
            path,
        }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        run(&mut self.command(arguments))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command.args(["run", "--output", "json"]).args(arguments);
        let python = python::with_moto();
        let folder = python.parent().expect("the interpreter lies in a folder");
        let path = env::join_paths([
            self.folder.path(),
            folder,
            Path::new("/usr/bin"),
            Path::new("/bin"),
        ]);
        self.moto
            .seen_by(&mut command)
            .env("PATH", path.expect("paths have no colons"))
            .current_dir(self.folder.path());
        command
    }
}

/// Speaks for PowerShell: tells a version, or writes down the input and the text of the script as what was returned.
const STAND_IN: &str = r#"#!/usr/bin/env python3
import json, os, sys
if "PSVersionTable" in sys.argv[-1]:
    print('{"version": [7, 4]}')
else:
    with open(os.environ["RUNBOOK_SCRIPT"]) as script:
        returned = {"input": json.loads(os.environ["InputPayload"]), "script": script.read()}
    with open(os.environ["RUNBOOK_ANSWER"], "w") as answer:
        json.dump({"returned": returned}, answer)
"#;

/// Makes the attachment; gives its checksum.
fn archive(folder: &Folder) -> String {
    let make = r#"
import hashlib, zipfile
with zipfile.ZipFile("helpers.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("helpers/__init__.py", "")
    archive.writestr("helpers/tools.py", "def main(events, context):\n    return 'from the archive'\n")
print(hashlib.sha256(open("helpers.zip", "rb").read()).hexdigest())
"#;
    let mut python = Command::new(python::with_moto());
    let ran = run(python.args(["-c", make]).current_dir(folder.path()));
    ran.expect_code(0).stdout.trim().to_owned()
}

/// Takes what webhooks send.
struct WebhookServer {
    server: Child,
    folder: Folder,
    port: String,
}

impl WebhookServer {
    fn start() -> Self {
        let folder = Folder::new();
        let mut command = Command::new(python::with_moto());
        command
            .arg(repository().join("tests/moto/webhook.py"))
            .arg(folder.path());
        let server = command.spawn().expect("the server starts");
        let file = folder.path().join("port");
        for _ in 0..300 {
            if file.exists() {
                break;
            }
            thread::sleep(Duration::from_millis(100));
        }
        Self {
            server,
            port: read(&file),
            folder,
        }
    }
}

impl Drop for WebhookServer {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn failure(ran: &Ran) -> String {
    let message = ran.json()["AutomationExecution"]["FailureMessage"].take();
    text(&message).to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A script was asked to end, did so in its own way, and is gone.
#[track_caller]
fn assert_tidied(record: &Value) {
    let printed = text(&record["ScriptOutput"][0]["StandardOutput"]);
    let lines: Vec<&str> = printed.lines().collect();
    let [first, last] = lines[..] else {
        panic!("{printed}");
    };
    assert_eq!(last, "tidied up");
    let id = first.strip_prefix("working as ");
    assert_gone(id.expect("the script has told its process"));
}

#[track_caller]
fn assert_gone(process: &str) {
    // A process that was killed may still have to be reaped.
    for _ in 0..50 {
        let state = fs::read_to_string(format!("/proc/{process}/stat"));
        if state.map_or(true, |state| state.contains(") Z ")) {
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("process {process} is still there");
}

fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("modes can be set");
}

/// The search path, with a folder before it.
fn before_path(folder: &Path) -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(env::split_paths(&path));
    env::join_paths(folders).expect("paths have no colons")
}
