//! The command line from outside: exit codes, outputs, files, and binaries that run.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod command;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use command::{Folder, GOOD, Outcome};

const SCENARIO: &str = "\
expect:
  status: Success
  steps:
    - wait: Success
";

#[test]
fn a_sound_runbook_passes() {
    let folder = Folder::new("sound");
    let checked = folder
        .write("wait.yaml", GOOD)
        .run(&["check", "wait.yaml"])
        .assert(0);
    assert_eq!(checked.stdout, "");
    assert_eq!(checked.stderr, "checked 1 runbook: no errors\n");
}

#[test]
fn errors_are_reported_and_set_the_exit_code() {
    let folder = Folder::new("faulty");
    folder.write(
        "wait.yaml",
        GOOD.replace("isEnd: true", "nextStep: nowhere"),
    );

    let checked = folder.run(&["check", "wait.yaml"]).assert(1);
    assert!(
        checked.stdout.contains("error[RB0203]"),
        "{}",
        checked.stdout
    );
    assert_eq!(checked.stderr, "checked 1 runbook: 1 error\n");

    let checked = folder
        .run(&["check", "--format", "json", "wait.yaml"])
        .assert(1);
    let findings: serde_json::Value = serde_json::from_str(&checked.stdout).unwrap();
    assert_eq!(findings[0]["code"], "RB0203");

    let built = folder.run(&["build", "wait.yaml"]).assert(1);
    assert!(built.stderr.contains("error[RB0203]"), "{}", built.stderr);
    assert!(
        built.stderr.contains("error: `wait.yaml` has 1 error"),
        "{}",
        built.stderr
    );
}

#[test]
fn runbooks_that_are_given_together_are_checked_against_each_other() {
    let folder = Folder::new("together");
    let parent = GOOD.replace(
        "aws:sleep\n    inputs:\n      Duration: '{{ Pause }}'",
        "aws:executeAutomation\n    inputs: {DocumentName: child, RuntimeParameters: {Paus: '{{ Pause }}'}}",
    );
    folder
        .write("parent.yaml", &parent)
        .write("child.yaml", GOOD)
        .write("other/child.yaml", GOOD);

    folder.run(&["check", "parent.yaml"]).assert(0);

    let both = folder
        .run(&["check", "parent.yaml", "child.yaml"])
        .assert(1);
    assert!(both.stdout.contains("RB0413"), "{}", both.stdout);
    assert!(
        both.stdout.contains("::: child.yaml:4:3"),
        "{}",
        both.stdout
    );

    let json = folder.run(&["check", "--format", "json", "parent.yaml", "child.yaml"]);
    let found: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(found[0]["file"], "parent.yaml");
    assert_eq!(found[0]["related"][0]["file"], "child.yaml");

    let build = [
        "build",
        "parent.yaml",
        "--with",
        "child.yaml",
        "--simulated",
    ];
    folder.run(&build).assert(1);

    let ambiguous = [
        "run",
        "parent.yaml",
        "--with",
        "child.yaml",
        "--with",
        "other/child.yaml",
    ];
    let ambiguous = folder.run(&ambiguous).assert(2);
    assert!(
        ambiguous.stderr.contains("are both called `child`"),
        "{}",
        ambiguous.stderr
    );
}

#[test]
fn standard_input_is_checked() {
    let folder = Folder::new("stdin");
    let mut command = folder.command(&["check", "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(GOOD.as_bytes())
        .unwrap();
    Outcome::of(child.wait_with_output().unwrap()).assert(0);
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = Folder::new("unreadable");
    folder
        .write("latin.yaml", b"description: x\nschemaVersion: \xe9\n")
        .write("a/b.yaml", GOOD);
    let cases = [
        ("nothing.yaml", "error: `nothing.yaml` does not exist\n"),
        (
            "latin.yaml",
            "error: `latin.yaml` is not text in UTF-8 (line 2)\n",
        ),
    ];
    for (file, message) in cases {
        for command in ["check", "build", "types", "test", "run"] {
            assert_eq!(folder.run(&[command, file]).assert(2).stderr, message);
        }
    }
    for command in ["build", "types", "test", "run"] {
        let message = "error: `a` is a folder; name the runbook in it\n";
        assert_eq!(folder.run(&[command, "a"]).assert(2).stderr, message);
    }
    // The others are checked all the same.
    let checked = folder.run(&["check", "nothing.yaml", "a/b.yaml"]).assert(2);
    assert!(
        checked.stderr.ends_with("checked 1 runbook: no errors\n"),
        "{}",
        checked.stderr
    );
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let folder = Folder::new("pipe");
    let mut command = folder.command(&["explain", "--list"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command
        .stdout(writer)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn codes_are_explained() {
    let folder = Folder::new("explain");
    let explained = folder.run(&["explain", "rb0203"]).assert(0);
    assert!(
        explained.stdout.starts_with("# RB0203"),
        "{}",
        explained.stdout
    );
    assert!(
        folder
            .run(&["explain", "--list"])
            .assert(0)
            .stdout
            .contains("RB0101  malformed YAML")
    );
    let unknown = folder.run(&["explain", "RB0293"]).assert(2);
    assert!(
        unknown.stderr.contains("a similar one is `RB0203`"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn permissions_are_printed() {
    let folder = Folder::new("permissions");
    folder.write(
        "look.yaml",
        "schemaVersion: '0.3'
mainSteps:
  - name: look
    action: aws:executeAwsApi
    inputs: {Service: s3, Api: ListBuckets}
  - name: count
    action: aws:executeScript
    inputs: {Runtime: python3.11, Handler: main, Script: 'def main(events, context): pass'}
",
    );
    let printed = folder.run(&["iam", "look.yaml"]).assert(0);
    let policy: serde_json::Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!(policy["Statement"][0]["Action"][0], "s3:ListAllMyBuckets");
    assert_eq!(
        printed.stderr,
        "note: `count`: what its script calls is not known here\n"
    );
    let table = folder
        .run(&["iam", "--format", "table", "look.yaml"])
        .assert(0);
    assert_eq!(table.stdout, "look  s3:ListAllMyBuckets\n");
}

#[test]
fn types_are_shown() {
    let folder = Folder::new("types");
    folder.write("wait.yaml", GOOD);
    let shown = folder.run(&["types", "wait.yaml"]).assert(0).stdout;
    assert!(
        shown.contains("  Pause  String  default \"PT5M\"\n"),
        "{shown}"
    );
    let shown = folder
        .run(&["types", "--format", "json", "wait.yaml"])
        .assert(0)
        .stdout;
    let signature: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(signature["parameters"][0]["type"], "String");
    assert_eq!(signature["steps"][0]["action"], "aws:sleep");
}

#[test]
fn types_are_those_of_the_action_and_of_the_operation_it_names() {
    const RUNBOOK: &str = "\
schemaVersion: '0.3'
mainSteps:
  - name: invoke
    action: aws:invokeLambdaFunction
    inputs: {FunctionName: orders, InputPayload: {Id: 1}}
  - name: run
    action: aws:executeAwsApi
    inputs: {Service: ecs, Api: RunTask, taskDefinition: web}
    outputs:
      - {Name: task, Selector: '$.tasks[0].taskArn', Type: String}
";
    let folder = Folder::new("types-of-steps");
    folder.write("run.yaml", RUNBOOK);
    let json = folder.run(&["types", "--format", "json", "run.yaml"]);
    let signature: serde_json::Value = serde_json::from_str(&json.assert(0).stdout).unwrap();
    let names = |step: usize, what: &str| -> Vec<String> {
        let list = signature["steps"][step][what].as_array().unwrap();
        let entries = list.iter();
        entries
            .map(|entry| {
                format!(
                    "{} {}",
                    entry["name"].as_str().unwrap(),
                    entry["type"].as_str().unwrap()
                )
            })
            .collect()
    };
    assert_eq!(
        names(0, "inputs"),
        [
            "FunctionName String",
            "Qualifier String",
            "InvocationType String",
            "LogType String",
            "ClientContext String",
            "InputPayload StringMap",
            "Payload String"
        ]
    );
    assert_eq!(signature["steps"][0]["inputs"][3]["given"], false);
    assert_eq!(signature["steps"][0]["inputs"][5]["given"], true);
    assert_eq!(
        names(0, "outputs"),
        [
            "StatusCode String",
            "FunctionError String",
            "LogResult String",
            "Payload String",
            "OutputPayload String"
        ]
    );
    assert_eq!(
        names(1, "inputs")[..4],
        [
            "Service String",
            "Api String",
            "taskDefinition String",
            "capacityProviderStrategy MapList"
        ]
    );
    assert_eq!(names(1, "outputs"), ["OutputPayload String", "task String"]);
    let shown = folder.run(&["types", "run.yaml"]).assert(0).stdout;
    assert!(
        shown.contains("      StatusCode     String  the HTTP status as text: '200'\n"),
        "{shown}"
    );
}

#[test]
fn a_crate_is_emitted_and_nothing_foreign_overwritten() {
    let folder = Folder::new("emit");
    folder
        .write("wait.yaml", GOOD)
        .write("mine/notes.txt", "mine");

    let emit = |target| folder.run(&["build", "wait.yaml", "--emit", "crate", "-o", target]);
    let refused = emit("mine").assert(2);
    assert!(
        refused.stderr.contains("was not written by runbookc"),
        "{}",
        refused.stderr
    );
    emit("new").assert(0);
    emit("new").assert(0);
    assert_eq!(folder.names(), ["mine", "new", "wait.yaml"]);
    assert!(folder.0.join("new/src/main.rs").exists());
    assert!(!folder.0.join("new/vendor").exists());
    assert_eq!(fs::read_dir(folder.0.join("mine")).unwrap().count(), 1);

    let vendor = [
        "build",
        "wait.yaml",
        "--emit",
        "crate",
        "--vendor",
        "-o",
        "new",
    ];
    folder.run(&vendor).assert(0);
    assert!(
        folder
            .0
            .join("new/vendor/runbook-runtime/Cargo.toml")
            .exists()
    );
}

#[test]
fn a_module_is_emitted_to_standard_output() {
    let folder = Folder::new("rust");
    let emitted = folder
        .write("wait.yaml", GOOD)
        .run(&["build", "wait.yaml", "--emit", "rust"]);
    let emitted = emitted.assert(0).stdout;
    assert!(emitted.contains("// ==> wait/flow.rs <=="), "{emitted}");
    assert!(!emitted.contains("main.rs <=="), "{emitted}");
}

#[test]
fn missing_scenarios_are_said() {
    let folder = Folder::new("no-scenarios");
    let tested = folder
        .write("wait.yaml", GOOD)
        .run(&["test", "wait.yaml"])
        .assert(2);
    assert!(
        tested.stderr.contains("`scenarios` does not exist"),
        "{}",
        tested.stderr
    );
}

#[test]
fn a_lock_that_does_not_suffice_is_said_before_building() {
    let folder = Folder::new("locked");
    let call = "aws:executeAwsApi\n    inputs:\n      Service: kms\n      Api: ListKeys";
    let runbook = GOOD.replace(
        "aws:sleep\n    inputs:\n      Duration: '{{ Pause }}'",
        call,
    );
    let built = folder
        .write("keys.yaml", runbook)
        .run(&["build", "--locked", "keys.yaml"]);
    assert!(built.assert(3).stderr.contains("does not hold aws-sdk-kms"));
}

/// Builds with cargo, which takes a while the first time.
#[test]
fn a_runbook_is_built_tested_and_run_from_anywhere() {
    let folder = Folder::new("build");
    folder
        .write("wait.yaml", GOOD)
        .write("scenarios/plain.yaml", SCENARIO);

    folder.run(&["test", "wait.yaml"]).assert(0);
    let scenario = "scenarios/plain.yaml";
    folder
        .run(&["run", "wait.yaml", "--", "--simulate", scenario])
        .assert(0);
    folder.write("scenarios/other.yaml", "expect:\n  status: Failed\n");
    folder.run(&["test", "wait.yaml"]).assert(1);
    folder
        .run(&["test", "wait.yaml", "--scenarios", scenario])
        .assert(0);
    assert_eq!(folder.names(), ["scenarios", "wait.yaml"]);

    folder
        .run(&["build", "--simulated", "wait.yaml", "-o", "bin/wait"])
        .assert(0);
    let mut binary = Command::new(folder.0.join("bin/wait"));
    let tested = binary
        .args(["test", scenario])
        .current_dir(&folder.0)
        .output()
        .unwrap();
    Outcome::of(tested).assert(0);
}

/// Two runbooks of one name share a place in the target folder.
#[test]
fn builds_at_once_do_not_mix_up_their_binaries() {
    let folders = ["one", "two"].map(|name| {
        let folder = Folder::new(name);
        folder.write(
            "pause.yaml",
            GOOD.replace("How long", &format!("{name}, how long")),
        );
        folder
    });
    let built = folders.each_ref().map(|folder| {
        let mut command = folder.command(&["build", "--simulated", "pause.yaml", "-o", "pause"]);
        command
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    });
    for child in built {
        Outcome::of(child.wait_with_output().unwrap()).assert(0);
    }
    for (folder, name) in folders.iter().zip(["one", "two"]) {
        let binary = folder.0.join("pause");
        let help = Command::new(binary)
            .args(["run", "--help"])
            .output()
            .unwrap();
        let help = Outcome::of(help).assert(0).stdout;
        assert!(help.contains(&format!("{name}, how long")), "{help}");
    }
}

/// What a killed build or another hand left in the cache is not believed.
#[test]
fn a_damaged_cache_is_repaired() {
    let folder = Folder::new("damaged");
    folder.write("mended.yaml", GOOD);
    let build = || {
        folder
            .run(&["build", "--simulated", "mended.yaml"])
            .assert(0)
            .stdout
    };
    let binary = PathBuf::from(build().trim_end());
    let source = binary.ancestors().nth(3).unwrap().join("src/main.rs");
    fs::write(&source, "fn main() { compile_error!(\"half").unwrap();

    assert_eq!(PathBuf::from(build().trim_end()), binary);
    assert!(!fs::read_to_string(source).unwrap().contains("half"));
}

#[test]
fn missing_cargo_is_explained() {
    let folder = Folder::new("no-cargo");
    folder.write("wait.yaml", GOOD);
    let mut command = folder.command(&["build", "--simulated", "wait.yaml"]);
    let built = command.env("CARGO", "/nowhere/cargo").output().unwrap();
    let built = Outcome::of(built).assert(3);
    assert!(
        built.stderr.contains("install Rust from https://rustup.rs"),
        "{}",
        built.stderr
    );
}

#[test]
fn the_input_payload_of_an_invocation_is_sent() {
    let folder = Folder::new("payload");
    let runbook = "\
schemaVersion: '0.3'
mainSteps:
  - name: call
    action: aws:invokeLambdaFunction
    inputs: {FunctionName: nightly, InputPayload: {day: monday}}
";
    let emitted = folder
        .write("call.yaml", runbook)
        .run(&["build", "--emit", "rust", "call.yaml"])
        .assert(0)
        .stdout;
    for line in ["payload: payload.to_string(),", ".set_payload(Some("] {
        assert!(emitted.contains(line), "{emitted}");
    }
}
