//! People decide about real runs: decisions come in on standard input, under a role that Parameter Store names.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use runbookc_tests::folder::Folder;
use runbookc_tests::moto::Moto;
use runbookc_tests::paths::{compiler, repository};
use runbookc_tests::process::{Ran, run};
use runbookc_tests::stand_in::{ACCOUNT, Roles, StandIn};

const RUNBOOK: &str = "
schemaVersion: '0.3'
description: Asks before it goes on.
assumeRole: 'arn:{{ global:AWS_PARTITION }}:iam::{{ global:ACCOUNT_ID }}:role/{{ Role }}'
parameters:
  Role: {type: String, default: '{{ ssm:/gate/role }}'}
  Topic: {type: String, default: 'arn:aws:sns:us-east-1:123456789012:Automation-gate'}
  Approvers: {type: StringList}
  Patience: {type: Integer, default: 600}
  Stage: {type: String, default: '{{ ssm:/gate/stage }}'}
mainSteps:
  - name: ask
    action: aws:approve
    timeoutSeconds: '{{ Patience }}'
    onCancel: step:tell
    inputs:
      Approvers: ['{{ Approvers }}']
      NotificationArn: '{{ Topic }}'
      Message: 'Go on to {{ Stage }}?'
  - name: look
    action: aws:pause
    onCancel: step:tell
    inputs: {Message: 'Look at {{ Stage }}.'}
  - name: tell
    action: aws:executeAwsApi
    inputs: {Service: sns, Api: Publish, TopicArn: '{{ Topic }}', Message: 'done, {{ Stage }}'}
outputs: [ask.ApprovalStatus]
";

const MINE: &str = "arn:aws:sts::123456789012:assumed-role/gate/runbookc";

/// The binary, built once.
fn binary() -> &'static Path {
    static BINARY: OnceLock<(Folder, PathBuf)> = OnceLock::new();
    let (_, binary) = BINARY.get_or_init(|| {
        let folder = Folder::new();
        let runbook = folder.write("gate.yaml", RUNBOOK);
        let binary = folder.path().join("gate");
        run(compiler(["build", "--output"]).arg(&binary).arg(runbook)).expect_code(0);
        (folder, binary)
    });
    binary
}

/// An account with the role, the topic and the values that the runbook wants.
fn account() -> Moto {
    let moto = Moto::start();
    moto.script(&repository().join("tests/moto/setup_gate.py"), &json!({}));
    moto
}

/// Runs the binary with lines on standard input, which is closed behind them.
fn gate(seen_by: impl Fn(&mut Command), arguments: &[&str], lines: &str) -> Ran {
    gate_told_by(seen_by, arguments, |stdin| {
        // A run that ends before it has read everything closes the pipe.
        let _ = stdin.write_all(lines.as_bytes());
    })
}

/// The same with somebody who writes the lines.
fn gate_told_by(
    seen_by: impl Fn(&mut Command),
    arguments: &[&str],
    tell: impl FnOnce(&mut ChildStdin),
) -> Ran {
    let mut command = Command::new(binary());
    command.args(["run", "--output", "json"]).args(arguments);
    seen_by(&mut command);
    let shown = format!("{command:?}");
    let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = streams.stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    tell(&mut stdin);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    Ran {
        command: shown,
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn with_moto<'a>(moto: &'a Moto) -> impl Fn(&mut Command) + 'a {
    |command| {
        moto.seen_by(command);
    }
}

fn execution(ran: &Ran) -> Value {
    ran.json()["AutomationExecution"].take()
}

#[test]
fn approval_and_resumption_come_in_on_standard_input() {
    let moto = account();
    moto.record();
    let arguments = ["--Approvers", "ana", "arn:aws:iam::123456789012:role/gate"];
    let arguments = [&arguments[..], &["--as", MINE]].concat();
    let input = "go on, please\n\napprove looks good\nresume look\n";
    let ran = gate(with_moto(&moto), &arguments, input).expect_code(0);
    let execution = execution(&ran);
    assert_eq!(execution["AutomationExecutionStatus"], "Success");
    assert_eq!(execution["ExecutedBy"], MINE);
    assert_eq!(
        execution["Outputs"],
        json!({"ask.ApprovalStatus": ["Approved"]})
    );
    let decision = &execution["StepExecutions"][0]["Outputs"]["ApproverDecisions"][0];
    let decision: Value = serde_json::from_str(decision.as_str().unwrap()).unwrap();
    assert_eq!(decision["Approver"], MINE);
    assert_eq!(decision["Comment"], "looks good");
    for line in [
        "took /gate/role, /gate/stage from Parameter Store",
        "waits for approval, 0 of 1 given",
        "`go on, please` is not understood: enter `approve ask` or `reject ask`; a comment may follow",
        &format!("approved by {MINE}: looks good"),
        "waits to be resumed",
        &format!("resumed by {MINE}"),
    ] {
        assert!(ran.stderr.contains(line), "{line}\n{}", ran.stderr);
    }
    let requests = moto.recorded();
    let published: Vec<&str> = requests
        .iter()
        .filter(|request| request.service == "sns")
        .map(|request| request.body.as_str())
        .collect();
    assert_eq!(published.len(), 2, "{published:?}");
    assert!(
        published[0].contains("Go+on+to+production%3F")
            || published[0].contains("Go%20on%20to%20production%3F")
    );
    assert!(published[0].contains("reject%20ask") || published[0].contains("reject+ask"));
}

#[test]
fn rejection_fails_the_run_with_its_comment() {
    let moto = account();
    let arguments = ["--Approvers", "ana"];
    let arguments = [
        &arguments[..],
        &["--as", "arn:aws:iam::123456789012:user/ana"],
    ]
    .concat();
    let ran = gate(with_moto(&moto), &arguments, "reject ask not today\n").expect_code(1);
    let execution = execution(&ran);
    assert_eq!(execution["AutomationExecutionStatus"], "Failed");
    let message = execution["FailureMessage"].as_str().unwrap();
    let rejected = "The step was rejected by arn:aws:iam::123456789012:user/ana: not today";
    assert!(message.contains(rejected), "{message}");
    assert_eq!(
        execution["Outputs"]["ask.ApprovalStatus"],
        json!(["No output available yet because the step is not successfully executed"])
    );
}

#[test]
fn refused_decisions_change_nothing_and_a_closed_input_is_told() {
    let moto = account();
    let arguments = ["--Approvers", "ana", "--Patience", "4"];
    let started = Instant::now();
    let input = b"caf\xe9\napprove\napprove look\nresume\n";
    let ran = gate_told_by(with_moto(&moto), &arguments, |stdin| {
        stdin.write_all(input).unwrap();
    });
    let ran = ran.expect_code(3);
    assert!(started.elapsed() >= Duration::from_secs(4));
    assert_eq!(execution(&ran)["AutomationExecutionStatus"], "TimedOut");
    for line in [
        // One that is no UTF-8 is not the end of all.
        "`caf\u{fffd}` is not understood: enter `approve ask` or `reject ask`",
        // Who has started the run decides, not the role that it runs under.
        "refused: arn:aws:sts::123456789012:user/moto is none of the approvers of `ask`: ana",
        "refused: `look` does not wait for a signal, `ask` does",
        "refused: `ask` cannot be resumed: it waits for a decision, approve or reject",
        "standard input is closed: nobody here can decide about `ask`; it waits until 20",
        "Within 4 seconds, 0 of 1 required approvals were given",
    ] {
        assert!(ran.stderr.contains(line), "{line}\n{}", ran.stderr);
    }
}

#[test]
fn run_cannot_start_without_its_defaults_and_says_which() {
    let moto = Moto::start();
    let ran = gate(
        with_moto(&moto),
        &["--Approvers", "ana", "--Role", "gate"],
        "",
    )
    .expect_code(5);
    let line = "gate.yaml:10: the default of parameter `Stage` is {{ssm:/gate/stage}}, but Parameter Store has nothing under this name";
    assert!(ran.stderr.contains(line), "{}", ran.stderr);
}

#[test]
fn denied_role_is_explained_with_the_ways_out() {
    let aws = StandIn::start(Roles::Denied);
    let seen_by = |command: &mut Command| {
        aws.seen_by(command);
    };
    let parameters = ["--Approvers", "test", "--Role", "gate", "--Stage", "test"];
    let ran = gate(seen_by, &parameters, "").expect_code(5);
    for line in [
        &format!(
            "the role arn:aws:iam::{ACCOUNT}:role/gate cannot be assumed: AccessDenied: User: test is not authorized to \
             perform: sts:AssumeRole\nhelp: "
        ),
        "a runbook's role usually trusts ssm.amazonaws.com only; let its trust policy name you too",
        "--role caller",
    ] {
        assert!(ran.stderr.contains(line), "{line}\n{}", ran.stderr);
    }
    assert!(aws.calls("Publish").is_empty());

    // With the switch that the message names it goes on, as whoever has started it.
    let arguments = [&parameters[..], &["--role", "caller"]].concat();
    let ran = gate(seen_by, &arguments, "approve\nresume\n").expect_code(0);
    assert_eq!(
        execution(&ran)["ExecutedBy"],
        format!("arn:aws:iam::{ACCOUNT}:user/test")
    );
    assert_eq!(aws.calls("AssumeRole").len(), 1);
    assert!(aws.calls("Publish").iter().all(|call| call.key == "test"));
}

#[test]
fn role_that_is_no_arn_is_told_before_anything_is_asked() {
    let aws = StandIn::start(Roles::Denied);
    let seen_by = |command: &mut Command| {
        aws.seen_by(command);
    };
    let parameters = ["--Approvers", "test", "--Role", "gate", "--Stage", "test"];
    let arguments = [&parameters[..], &["--role", "gate"]].concat();
    let ran = gate(seen_by, &arguments, "").expect_code(2);
    let line = "runbook, caller or the ARN of a role is needed";
    assert!(ran.stderr.contains(line), "{}", ran.stderr);
    assert!(aws.calls("GetCallerIdentity").is_empty());
}

#[test]
fn parameter_values_on_the_command_line_may_hold_references() {
    let aws = StandIn::start(Roles::Expire(Duration::from_secs(3600)));
    let seen_by = |command: &mut Command| {
        aws.seen_by(command);
    };
    let arguments = [
        "--Approvers",
        "test",
        "{{ global:AWS_PARTITION }}-ops",
        "--Role",
        "gate",
        "--Stage",
        "{{ Role }} of {{ global:ACCOUNT_ID }} in {{global:REGION}}, not {{ Unknown }}",
    ];
    let ran = gate(seen_by, &arguments, "approve\nresume\n").expect_code(0);
    let execution = execution(&ran);
    let inputs = &execution["StepExecutions"][0]["Inputs"];
    assert_eq!(
        inputs["Message"],
        format!("\"Go on to gate of {ACCOUNT} in us-east-1, not {{{{ Unknown }}}}?\"")
    );
    assert_eq!(inputs["Approvers"], r#"["test","aws-ops"]"#);
    // The record shows what was supplied.
    assert_eq!(execution["Parameters"]["Stage"], json!([arguments[6]]));
}

#[test]
fn a_profile_that_there_is_not_is_told() {
    let aws = StandIn::start(Roles::Denied);
    let folder = Folder::new();
    let known = folder.write("config", "[profile stage]\nregion = us-east-1\n");
    let broken = folder.write("broken", "[profile stage\n");
    let run_with = |profile: &str, file: &Path| {
        let seen_by = |command: &mut Command| {
            let seen = aws.seen_by(command).env("AWS_PROFILE", profile);
            seen.env("AWS_CONFIG_FILE", file);
        };
        gate(seen_by, &["--Approvers", "test", "--Role", "gate"], "").expect_code(5)
    };
    for (profile, hint) in [
        ("stagee", "; did you mean `stage`?"),
        ("production", "; there are stage"),
    ] {
        let told = run_with(profile, &known).stderr;
        let expected =
            format!("AWS_PROFILE is `{profile}`, and there is no such profile{hint}\nhelp: ");
        assert!(told.contains(&expected), "{told}");
    }
    let told = run_with("stage", &broken).stderr;
    assert!(
        told.contains("the configuration of AWS cannot be read"),
        "{told}"
    );
    assert!(told.contains("on line 1"), "{told}");
    assert!(aws.calls("GetCallerIdentity").is_empty());
}

#[test]
fn somebody_at_a_terminal_is_asked() {
    let aws = StandIn::start(Roles::Denied);
    let entries = json!([
        ["enter `approve ask` or `reject ask`", "yes"],
        ["`yes` is not understood", "approve ask fine"],
        ["enter `resume look`", "resume"],
    ]);
    let ran = gate_at_a_terminal(&aws, &entries).expect_code(0);
    for text in [
        "Go on to test?",
        "`ask` needs 1 of these to approve: test, ana",
        "it waits until 20",
        &format!("approved by arn:aws:iam::{ACCOUNT}:user/test: fine"),
        "Look at test.",
        "`look` pauses",
        "ask.ApprovalStatus  Approved",
        "gate: Success after",
    ] {
        assert!(ran.stdout.contains(text), "{text}\n{}", ran.stdout);
    }
}

#[test]
fn question_can_be_answered_with_a_cancellation() {
    let aws = StandIn::start(Roles::Denied);
    let entries = json!([["enter `approve ask` or `reject ask`", "\u{3}"]]);
    let ran = gate_at_a_terminal(&aws, &entries).expect_code(4);
    for text in ["stopping: onCancel steps run", "gate: Cancelled after"] {
        assert!(ran.stdout.contains(text), "{text}\n{}", ran.stdout);
    }
    // The notification, and what `onCancel` leads to.
    assert_eq!(aws.calls("Publish").len(), 2, "{}", ran.stdout);
}

/// Runs the binary at a terminal, as a user called test.
fn gate_at_a_terminal(aws: &StandIn, entries: &Value) -> Ran {
    let mut command = Command::new("python3");
    command
        .arg(repository().join("tests/terminal.py"))
        .arg(entries.to_string())
        .arg(binary())
        .args(["run", "--role", "caller", "--Approvers", "test", "ana"])
        .args(["--Role", "gate", "--Stage", "test"]);
    run(aws.seen_by(&mut command).env("TERM", "xterm"))
}

#[test]
fn credentials_of_a_role_are_renewed_in_a_long_run() {
    let aws = StandIn::start(Roles::Expire(Duration::from_secs(3)));
    let seen_by = |command: &mut Command| {
        aws.seen_by(command);
    };
    let parameters = ["--Approvers", "test", "--Role", "gate", "--Stage", "test"];
    let slowly = |stdin: &mut ChildStdin| {
        let _ = stdin.write_all(b"approve\n");
        sleep(Duration::from_secs(4));
        let _ = stdin.write_all(b"resume\n");
    };
    let ran = gate_told_by(seen_by, &parameters, slowly).expect_code(0);
    let published = aws.calls("Publish");
    let keys: Vec<&str> = published.iter().map(|call| call.key.as_str()).collect();
    assert_eq!(keys.len(), 2, "{}", ran.stderr);
    assert!(keys.iter().all(|key| key.starts_with("ROLE")), "{keys:?}");
    assert_ne!(keys[0], keys[1]);
}
