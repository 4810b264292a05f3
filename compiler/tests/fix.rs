//! `check --fix` and `--diff`: what is certain is repaired, and everything else stays.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod command;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use command::{Folder, GOOD, Outcome};
use expect_test::expect;
use runbookc::catalogue::Catalogue;
use runbookc::diagnostic::{Diagnostic, Diagnostics, Severity};
use runbookc::source::Source;

/// Three mistakes, of which the second is hidden by the first: without a service there are no members.
const FAULTY: &str = "\
schemaVersion: 0.3 # a number
parameters:
  Cluster: {type: String}
mainSteps:
  - name: run
    action: aws:executeAwsApi
    inputs:
      Service: ecs
      Api:   DescribeTask
      clustre: {{Cluster}}   # kept
      tasks: ['ümlaut']
    nextStep: gone
";

const FIXED: &str = "\
schemaVersion: '0.3' # a number
parameters:
  Cluster: {type: String}
mainSteps:
  - name: run
    action: aws:executeAwsApi
    inputs:
      Service: ecs
      Api:   DescribeTasks
      cluster: '{{Cluster}}'   # kept
      tasks: ['ümlaut']
    nextStep: gone
";

fn read(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.0.join(name)).unwrap()
}

#[test]
fn certain_repairs_are_made_until_none_is_left_and_the_rest_is_reported() {
    let folder = Folder::new("fix");
    folder.write("run.yaml", FAULTY);
    let fixed = folder.run(&["check", "--fix", "run.yaml"]).assert(1);
    assert_eq!(read(&folder, "run.yaml"), FIXED);
    expect![[r#"
        fixed run.yaml:1:16 RB0107: quote it: `'0.3'`
        fixed run.yaml:9:14 RB0403: an operation with a similar name exists: `DescribeTasks`
        fixed run.yaml:10:16 RB0102: quote the whole value: `'{{Cluster}}'`
        fixed run.yaml:10:7 RB0404: a member with a similar name exists: `cluster`
        checked 1 runbook: 1 error
    "#]]
    .assert_eq(&fixed.stderr);
    assert!(fixed.stdout.contains("RB0203"), "{}", fixed.stdout);
    assert_eq!(folder.names(), ["run.yaml"]);

    let again = folder.run(&["check", "--fix", "run.yaml"]).assert(1);
    assert_eq!(read(&folder, "run.yaml"), FIXED);
    assert_eq!(again.stderr, "checked 1 runbook: 1 error\n");
}

#[test]
fn line_ends_a_byte_order_mark_and_the_end_of_the_file_stay() {
    let folder = Folder::new("fix-bytes");
    let as_written = |text: &str| format!("\u{feff}{}", text.trim_end().replace('\n', "\r\n"));
    folder.write("run.yaml", as_written(FAULTY));
    folder.run(&["check", "--fix", "run.yaml"]).assert(1);
    assert_eq!(read(&folder, "run.yaml"), as_written(FIXED));
}

#[test]
fn json_stays_json() {
    let folder = Folder::new("fix-json");
    let runbook = r#"{"schemaVersion": "0.3", "mainSteps": [
        {"name": "run", "action": "aws:sleeep", "inputs": {"Duration": "PT1S"}}]}"#;
    folder.write("run.json", runbook);
    folder.run(&["check", "--fix", "run.json"]).assert(0);
    assert_eq!(
        read(&folder, "run.json"),
        runbook.replace("sleeep", "sleep")
    );
}

#[test]
fn names_that_people_tell_apart_are_left_alone() {
    let folder = Folder::new("fix-apart");
    let runbook = "\
schemaVersion: '0.3'
mainSteps:
  - {name: stop1, action: aws:sleep, inputs: {Duration: PT1S}, nextStep: stop2}
  - {name: goA, action: aws:sleep, inputs: {Duration: PT1S}, nextStep: goB}
  - {name: ready, action: aws:sleep, inputs: {Duration: PT1S}, nextStep: reads}
  - {name: reader, action: aws:sleep, inputs: {Duration: PT1S}, isEnd: true}
";
    folder.write("run.yaml", runbook);
    folder.run(&["check", "--fix", "run.yaml"]).assert(1);
    assert_eq!(read(&folder, "run.yaml"), runbook);
}

/// A list is meant, perhaps of another operation: with the name alone, the selector would not match either.
#[test]
fn a_name_in_a_selector_is_repaired_only_if_the_rest_fits() {
    let folder = Folder::new("fix-selector");
    let runbook = "\
schemaVersion: '0.3'
mainSteps:
  - name: change
    action: aws:executeAwsApi
    inputs: {Service: elasticache, Api: ModifyReplicationGroup, ReplicationGroupId: a}
    outputs:
      - {Name: one, Selector: '$.ReplicationGroups[0].Status', Type: String}
      - {Name: two, Selector: '$.ReplicationGroups.Status', Type: String}
";
    folder.write("run.yaml", runbook);
    folder.run(&["check", "--fix", "run.yaml"]).assert(0);
    assert_eq!(
        read(&folder, "run.yaml"),
        runbook.replace("Groups.Status", "Group.Status")
    );
}

#[test]
fn a_diff_is_shown_and_nothing_written() {
    let folder = Folder::new("fix-diff");
    folder.write("run.yaml", FAULTY).write("good.yaml", GOOD);
    let shown = folder.run(&["check", "--diff", "run.yaml", "good.yaml"]);
    let shown = shown.assert(1);
    expect![[r#"
        --- run.yaml
        +++ run.yaml
        @@ -1,4 +1,4 @@
        -schemaVersion: 0.3 # a number
        +schemaVersion: '0.3' # a number
         parameters:
           Cluster: {type: String}
         mainSteps:
        @@ -6,7 +6,7 @@
             action: aws:executeAwsApi
             inputs:
               Service: ecs
        -      Api:   DescribeTask
        -      clustre: {{Cluster}}   # kept
        +      Api:   DescribeTasks
        +      cluster: '{{Cluster}}'   # kept
               tasks: ['ümlaut']
             nextStep: gone
    "#]]
    .assert_eq(&shown.stdout);
    assert_eq!(read(&folder, "run.yaml"), FAULTY);
    assert!(
        shown.stderr.starts_with("checked 2 runbooks: "),
        "{}",
        shown.stderr
    );
}

#[test]
fn standard_input_is_repaired_to_standard_output() {
    let folder = Folder::new("fix-stdin");
    for (text, fixed, code) in [(FAULTY, FIXED, 1), (GOOD, GOOD, 0)] {
        let mut child = folder
            .command(&["check", "--fix", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
        drop(stdin);
        let outcome = Outcome::of(child.wait_with_output().unwrap()).assert(code);
        assert_eq!(outcome.stdout, fixed);
        assert_eq!(outcome.stderr.contains("RB0203"), code == 1);
    }
}

#[test]
fn flags_and_comments_keep_repairs_away() {
    let folder = Folder::new("fix-allowed");
    let number = GOOD.replace("'0.3'", "0.3");
    folder.write("run.yaml", &number);
    folder
        .run(&["check", "--fix", "--allow", "RB0107", "run.yaml"])
        .assert(0);
    assert_eq!(read(&folder, "run.yaml"), number);
    let comment = number.replace("0.3", "0.3 # runbookc: allow RB0107 -- old tools");
    folder.write("run.yaml", &comment);
    folder.run(&["check", "--fix", "run.yaml"]).assert(0);
    assert_eq!(read(&folder, "run.yaml"), comment);
}

/// Behind the name of the operation, three mistakes are hidden that have no certain repair.
#[test]
fn what_would_be_worse_is_not_written() {
    let folder = Folder::new("fix-worse");
    let runbook = "\
schemaVersion: '0.3'
mainSteps:
  - name: run
    action: aws:executeAwsApi
    inputs:
      Service: ecs
      Api: DescribeTask
      cluster: []
      tasks: wrong
      include: {}
";
    folder.write("run.yaml", runbook);
    let fixed = folder.run(&["check", "--fix", "run.yaml"]).assert(1);
    assert_eq!(read(&folder, "run.yaml"), runbook);
    assert!(
        fixed.stderr.starts_with(
            "note: some repairs of `run.yaml` are left out: with them it would have 3 errors instead of 1\n"
        ),
        "{}",
        fixed.stderr
    );
}

#[cfg(unix)]
#[test]
fn permissions_and_symlinks_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = Folder::new("fix-link");
    folder.write("real/run.yaml", FAULTY);
    let real = folder.0.join("real/run.yaml");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real/run.yaml", folder.0.join("run.yaml")).unwrap();
    folder.run(&["check", "--fix", "run.yaml"]).assert(1);
    assert_eq!(read(&folder, "real/run.yaml"), FIXED);
    assert!(folder.0.join("run.yaml").is_symlink());
    assert_eq!(
        fs::metadata(&real).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert_eq!(fs::read_dir(folder.0.join("real")).unwrap().count(), 1);
}

/// Every certain suggestion of all faulty runbooks of the tests, each made alone: its finding is gone, and no error is new
/// but in what the finding hid.
#[test]
fn certain_suggestions_repair_what_they_are_about() {
    let mut made = 0;
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")) {
        let text = fs::read_to_string(&path).unwrap();
        let source = Source::new("runbook.yaml", text);
        let found = check(&source);
        for finding in found.iter() {
            for suggestion in finding.suggestions.iter().filter(|offer| offer.certain) {
                let mut text = source.text.clone();
                for edit in suggestion.edits.iter().rev() {
                    text.replace_range(edit.span.range(), &edit.replacement);
                }
                let after = check(&source.with_text(text));
                let is_there = |other: &Diagnostic| {
                    other.code == finding.code && other.message == finding.message
                };
                let count = |found: &Diagnostics| found.iter().filter(|f| is_there(f)).count();
                assert!(
                    count(&after) < count(&found),
                    "{}: {}: {}",
                    path.display(),
                    finding.message,
                    suggestion.words()
                );
                made += 1;
            }
        }
    }
    assert!(made > 50, "{made}");
}

fn check(source: &Source) -> Diagnostics {
    runbookc::compile(source, Catalogue::embedded()).diagnostics
}

/// All faulty runbooks of the tests together are no worse afterwards, and nothing is certain any more.
#[test]
fn repairing_comes_to_an_end() {
    let paths = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics"));
    let mut repaired = 0;
    for path in paths {
        let source = Source::new("runbook.yaml", fs::read_to_string(&path).unwrap());
        let sources = [Arc::new(source)];
        let all = |sources: &[Arc<Source>]| sources.iter().map(|source| check(source)).collect();
        let fixed = runbookc::fix::fix(&sources, all);
        let [fixed] = fixed.as_slice() else { panic!() };
        let errors = |source: &Source| {
            let found = check(source);
            let errors = found.iter();
            errors
                .filter(|finding| finding.severity == Severity::Error)
                .count()
        };
        assert!(errors(&fixed.source) <= errors(&sources[0]));
        if fixed.given_up.is_none() {
            let again = runbookc::fix::fix(&[Arc::clone(&fixed.source)], all);
            assert_eq!(again[0].fixes, [], "{}", path.display());
        }
        repaired += fixed.fixes.len();
    }
    assert!(repaired > 50, "{repaired}");
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let inside = paths.flat_map(|path| match path.is_dir() {
        true => files(&path),
        false => vec![path],
    });
    let mut paths: Vec<_> = inside.collect();
    paths.sort();
    paths
}
