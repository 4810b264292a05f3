//! `check DIR`: runbooks are found among everything else, and checked together.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod command;

use command::{Folder, GOOD};
use serde_json::Value;

const FAULTY: &str = "\
schemaVersion: '0.3'
mainSteps:
  - {name: rest, action: aws:sleep, inputs: {Duration: PT1S}, nextStep: gone}
";

/// The files of the findings, in the order of the findings.
fn files(stdout: &str) -> Vec<String> {
    let findings: Vec<Value> = serde_json::from_str(stdout).unwrap();
    let files = findings.iter();
    files
        .map(|finding| finding["file"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn runbooks_are_found_by_their_version_and_reported_by_their_paths() {
    let folder = Folder::new("walk");
    let json = r#"{"schemaVersion": "0.3", "mainSteps":
        [{"name": "rest", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}, "nextStep": "gone"}]}"#;
    let template = format!(
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Document:\n    Type: AWS::SSM::Document\n    Properties:\n      Content:\n        {}",
        FAULTY.trim_end().replace('\n', "\n        ")
    );
    let json_template =
        format!(r#"{{"Resources": {{"D": {{"Properties": {{"Content": {json}}}}}}}}}"#);
    folder
        .write("b/faulty.yaml", FAULTY)
        .write("b/a/faulty.YML", FAULTY)
        .write("b/good.yaml", GOOD)
        .write("a/faulty.json", json)
        .write(
            "a/indented.yaml",
            FAULTY
                .replace("schema", "  schema")
                .replace("\n", "\n  ")
                .replace("    schema", "  schema")
                .trim_end(),
        )
        .write("a/number.yaml", FAULTY.replace("'0.3'", "0.3 # a number"))
        .write(
            "a/quoted.yaml",
            FAULTY.replace("schemaVersion", "\"schemaVersion\""),
        )
        .write(
            "a/flow.yaml",
            "{schemaVersion: '0.3', mainSteps: [], nope: 1}\n",
        )
        // None of these is a runbook.
        .write("others/template.yaml", template)
        .write("others/template.json", json_template)
        .write("others/command.yaml", FAULTY.replace("0.3", "2.2"))
        .write("others/command.json", json.replace("0.3", "2.2"))
        .write(
            "others/scenario.yaml",
            "description: schemaVersion is 0.3\n",
        )
        .write("others/list.json", "[1, 2]")
        .write("others/broken.yaml", "a: [")
        .write(
            "others/latin.yaml",
            b"schemaVersion: '0.3'\nmainSteps: \xe9\n",
        )
        .write("others/empty.yaml", "")
        .write("others/README.md", FAULTY)
        // Nor is anybody interested in these.
        .write(".hidden/faulty.yaml", FAULTY)
        .write(".gitignore", "/target\n*.tmp.yaml\n")
        .write("target/faulty.yaml", FAULTY)
        .write("b/faulty.tmp.yaml", FAULTY);
    let checked = folder.run(&["check", "--format", "json", "."]).assert(1);
    assert_eq!(
        checked.stderr,
        "checked 8 runbooks, passed over 9 other files: 8 errors and 1 warning\n"
    );
    let mut found = files(&checked.stdout);
    found.dedup();
    assert_eq!(
        found,
        [
            "a/faulty.json",
            "a/flow.yaml",
            "a/indented.yaml",
            "a/number.yaml",
            "a/quoted.yaml",
            "b/a/faulty.YML",
            "b/faulty.yaml",
        ]
    );
    // Whoever names a file means it.
    let named = folder.run(&["check", "others/command.yaml"]).assert(1);
    assert!(named.stdout.contains("RB0107"), "{}", named.stdout);
}

#[test]
fn what_means_to_be_a_runbook_is_reported_even_if_it_cannot_be_parsed() {
    let folder = Folder::new("walk-malformed");
    folder
        .write("block.yaml", FAULTY.replace("inputs: {", "inputs: {{{"))
        .write("braces.json", r#"{"schemaVersion": "0.3", "mainSteps": [}"#)
        .write(
            "template.json",
            r#"{"Resources": {"Content": {"schemaVersion": "0.3", "mainSteps": [}}}"#,
        );
    let checked = folder.run(&["check", "--format", "json", "."]).assert(1);
    assert_eq!(files(&checked.stdout), ["block.yaml", "braces.json"]);
}

#[test]
fn runbooks_of_a_folder_start_one_another() {
    let folder = Folder::new("walk-children");
    let parent = GOOD.replace(
        "aws:sleep\n    inputs:\n      Duration: '{{ Pause }}'",
        "aws:executeAutomation\n    inputs: {DocumentName: child, RuntimeParameters: {Paus: '{{ Pause }}'}}",
    );
    folder
        .write("parents/parent.yaml", parent)
        .write("children/child/runbook.yaml", GOOD);
    let checked = folder.run(&["check", "."]).assert(1);
    assert!(checked.stdout.contains("RB0413"), "{}", checked.stdout);
    assert!(
        checked
            .stdout
            .contains("::: children/child/runbook.yaml:4:3"),
        "{}",
        checked.stdout
    );
}

#[test]
fn files_and_folders_go_together_and_nothing_is_checked_twice() {
    let folder = Folder::new("walk-twice");
    folder
        .write("a/faulty.yaml", FAULTY)
        .write("good.yaml", GOOD);
    let arguments = [
        "check",
        "--format",
        "json",
        "good.yaml",
        "a/faulty.yaml",
        "a",
    ];
    let checked = folder.run(&arguments).assert(1);
    assert_eq!(files(&checked.stdout), ["a/faulty.yaml"]);
    assert_eq!(checked.stderr, "checked 2 runbooks: 1 error\n");
}

#[test]
fn a_folder_without_runbooks_is_a_mistake() {
    let folder = Folder::new("walk-empty");
    folder.write("a/other.yaml", "a: 1\n");
    let checked = folder.run(&["check", "a"]).assert(2);
    assert_eq!(checked.stderr, "error: there is no runbook in `a`\n");
}

#[test]
fn many_runbooks_give_the_same_report_every_time() {
    let folder = Folder::new("walk-many");
    for number in 0..60 {
        folder.write(&format!("{}/r{number}.yaml", number % 7), FAULTY);
    }
    let report = || folder.run(&["check", "."]).assert(1).stdout;
    let first = report();
    assert_eq!(first.matches("RB0203").count(), 60);
    for _ in 0..3 {
        assert_eq!(report(), first);
    }
}

#[test]
fn repairs_are_made_in_all_runbooks_of_a_folder() {
    let folder = Folder::new("walk-fix");
    let number = GOOD.replace("'0.3'", "0.3");
    folder
        .write("a/one.yaml", &number)
        .write("b/two.yaml", &number)
        .write("b/other.yaml", "schemaVersion: 2.2\n");
    folder.run(&["check", "--fix", "."]).assert(0);
    for (name, text) in [("a/one.yaml", GOOD), ("b/two.yaml", GOOD)] {
        assert_eq!(std::fs::read_to_string(folder.0.join(name)).unwrap(), text);
    }
}
