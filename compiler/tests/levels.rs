//! What becomes of warnings: flags, and comments in the runbook.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod command;

use command::{Folder, GOOD};
use serde_json::Value;

/// A runbook with a warning, RB0215 on line 11.
fn doubtful() -> String {
    GOOD.replace(
        "    action: aws:sleep\n",
        "    action: aws:sleep\n    isCritical: false\n",
    )
}

/// Code, severity and line of what `check` finds.
fn found(folder: &Folder, arguments: &[&str], code: i32) -> Vec<(String, String, u64)> {
    let arguments = [&["check", "--format", "json"], arguments].concat();
    let checked = folder.run(&arguments).assert(code);
    let findings: Vec<Value> = serde_json::from_str(&checked.stdout).unwrap();
    let text = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_owned();
    let findings = findings.iter();
    findings
        .map(|finding| {
            let line = finding["line"].as_u64().unwrap();
            (text(finding, "code"), text(finding, "severity"), line)
        })
        .collect()
}

fn finding(code: &str, severity: &str, line: u64) -> (String, String, u64) {
    (code.to_owned(), severity.to_owned(), line)
}

#[test]
fn warnings_are_allowed_and_denied() {
    let folder = Folder::new("levels");
    folder.write("wait.yaml", doubtful());
    let warning = [finding("RB0215", "warning", 11)];
    let error = [finding("RB0215", "error", 11)];
    let check = |flags: &[&str], code| found(&folder, &[&["wait.yaml"], flags].concat(), code);

    assert_eq!(check(&[], 0), warning);
    assert_eq!(check(&["--deny", "warnings"], 1), error);
    assert_eq!(check(&["--deny", "RB0215"], 1), error);
    assert_eq!(check(&["--deny=rb0201,rb0215"], 1), error);
    assert_eq!(check(&["--deny", "RB0201"], 0), warning);
    assert_eq!(check(&["--allow", "RB0215"], 0), []);
    assert_eq!(
        check(&["--allow", "RB0201", "--allow", "RB0215"], 0),
        [],
        "flags are repeated"
    );
    assert_eq!(check(&["--deny", "warnings", "--allow", "RB0215"], 0), []);
    assert_eq!(
        check(&["--deny", "warnings", "--warn", "RB0215"], 0),
        warning
    );
    assert_eq!(
        check(&["--allow", "RB0215", "--deny", "warnings"], 0),
        [],
        "the order is of no account"
    );
}

#[test]
fn denied_warnings_say_by_what() {
    let folder = Folder::new("denied");
    folder.write("wait.yaml", doubtful());
    let checked = folder.run(&["check", "--deny", "warnings", "wait.yaml"]);
    let checked = checked.assert(1);
    assert!(
        checked
            .stdout
            .contains("= note: a warning, denied by `--deny warnings`"),
        "{}",
        checked.stdout
    );
    assert_eq!(checked.stderr, "checked 1 runbook: 1 error\n");
}

#[test]
fn errors_are_not_allowed() {
    let folder = Folder::new("errors-stand");
    folder.write(
        "wait.yaml",
        GOOD.replace("isEnd: true", "nextStep: nowhere"),
    );
    for flag in ["--allow", "--warn"] {
        let checked = folder.run(&["check", flag, "RB0203", "wait.yaml"]);
        let note = format!("= note: an error stands in spite of `{flag} RB0203`");
        let checked = checked.assert(1);
        assert!(checked.stdout.contains(&note), "{}", checked.stdout);
    }
}

#[test]
fn codes_of_flags_exist_and_agree() {
    let folder = Folder::new("unknown-code");
    folder.write("wait.yaml", GOOD);
    for flag in ["--allow", "--warn", "--deny"] {
        let checked = folder.run(&["check", flag, "RB0293", "wait.yaml"]);
        let checked = checked.assert(2);
        assert!(
            checked
                .stderr
                .contains("there is no code `RB0293`; a similar one is `RB0203`"),
            "{}",
            checked.stderr
        );
    }
    let flags = ["--allow", "RB0215", "--deny", "RB0215"];
    for command in ["check", "build", "run", "test"] {
        let ran = folder.run(&[&[command, "wait.yaml"], &flags[..]].concat());
        assert_eq!(
            ran.assert(2).stderr,
            "error: --deny RB0215 contradicts --allow RB0215\n"
        );
    }
}

#[test]
fn what_is_denied_is_not_built() {
    let folder = Folder::new("denied-build");
    let parent = GOOD.replace(
        "aws:sleep\n    inputs:\n      Duration: '{{ Pause }}'",
        "aws:executeAutomation\n    inputs: {DocumentName: child, RuntimeParameters: {Pause: '{{ Pause }}'}}",
    );
    folder
        .write("wait.yaml", doubtful())
        .write("parent.yaml", parent)
        .write("child.yaml", doubtful());
    let emit = |file: &str, flags: &[&str]| {
        let command = ["build", "--emit", "ir", "-o", "out", file];
        folder.run(&[&command, flags].concat())
    };
    let deny = ["--deny", "warnings"];

    emit("wait.yaml", &[]).assert(0);
    let refused = emit("wait.yaml", &deny).assert(1).stderr;
    assert!(
        refused.ends_with("error: `wait.yaml` has 1 error\n"),
        "{refused}"
    );
    let with = ["--with", "child.yaml"];
    emit("parent.yaml", &with).assert(0);
    let refused = emit("parent.yaml", &[&with[..], &deny].concat())
        .assert(1)
        .stderr;
    assert!(
        refused.ends_with("error: `parent.yaml` starts a runbook that has errors\n"),
        "{refused}"
    );
    for command in ["run", "test"] {
        folder
            .run(&[command, "wait.yaml", "--deny", "RB0215"])
            .assert(1);
    }
}

#[test]
fn comments_silence_what_flags_would_deny() {
    let folder = Folder::new("comments");
    let comment = "isCritical: false # runbookc: allow RB0215 -- for the next release";
    folder.write(
        "wait.yaml",
        doubtful().replace("isCritical: false", comment),
    );
    assert_eq!(found(&folder, &["--deny", "warnings", "wait.yaml"], 0), []);

    let unused = GOOD.replace(
        "isEnd: true",
        "isEnd: true # runbookc: allow RB0215 -- for the next release",
    );
    folder.write("wait.yaml", unused);
    assert_eq!(
        found(&folder, &["wait.yaml"], 0),
        [finding("RB0110", "warning", 13)]
    );
}
