//! Runs for several targets: letters for one of them, and going on where they were killed.

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use runbookc_tests::folder::Folder;
use runbookc_tests::paths::compiler;
use runbookc_tests::process::run;

use crate::{Machine, Run, statuses, user};

#[test]
fn letter_reaches_the_one_of_several_that_it_is_for() {
    let machine = Machine::new();
    let names = [
        "--target-parameter",
        "Secret",
        "--target",
        "one",
        "two",
        "three",
    ];
    let targets = [&names[..], &["--max-errors", "1"]].concat();
    let run = machine.start_until(&targets, |_| true);
    let ana = user("ana");
    let say = |what: &str, step: &str| run.tell(what, &[step, "--as", &ana]);

    // One runs first, and alone.
    wait_for_targets(&run, &["ask"]);
    // It has no process of its own: nobody drives it beside its parent, and no letter to it is lost.
    let shown = run.tell("show", &["--output", "json"]).json();
    let child = &shown["ChildExecutions"][0]["AutomationExecution"];
    let child = child["AutomationExecutionId"].as_str().unwrap();
    for command in ["resume", "cancel", "approve", "forget"] {
        let ran = machine.gate(&[command, child]).expect_code(2);
        let told = format!(
            "error: execution {child} belongs to execution {} of `gate`",
            run.id
        );
        assert!(ran.stderr.starts_with(&told), "{}", ran.stderr);
    }
    say("approve", "[1]/ask").expect_code(0);
    wait_for_targets(&run, &["look"]);
    say("resume", "[1]/look").expect_code(0);

    wait_for_targets(&run, &["Success", "ask", "ask"]);
    say("approve", "[3]/ask").expect_code(0);
    wait_for_targets(&run, &["Success", "ask", "look"]);
    say("reject", "[2]/ask").expect_code(0);
    wait_for_targets(&run, &["Success", "Failed", "look"]);
    say("resume", "[3]/look").expect_code(0);
    let record = run.end().expect_code(0).json();
    assert_eq!(
        statuses(&record),
        ["one Success", "two Failed", "three Success"]
    );
}

#[test]
fn run_for_several_targets_ends_after_those_under_way() {
    let machine = Machine::new();
    let targets = ["--target-parameter", "Secret", "--target", "one", "two"];
    let run = machine.start_until(&targets, |_| true);
    wait_for_targets(&run, &["ask"]);
    run.tell("stop", &["--complete"]).expect_code(0);
    let ana = user("ana");
    run.tell("approve", &["--as", &ana]).expect_code(0);
    wait_for_targets(&run, &["look"]);
    run.tell("resume", &["look", "--as", &ana]).expect_code(0);

    let record = run.end().expect_code(0).json();
    assert_eq!(statuses(&record), ["one Success", "two Pending"]);
}

/// Waits until the executions for the targets of a run are at these steps.
fn wait_for_targets(run: &Run<'_>, wanted: &[&str]) {
    let patience = Instant::now();
    let at = || {
        let shown = run.tell("show", &["--output", "json"]).json();
        let children = shown["ChildExecutions"].as_array().into_iter().flatten();
        let at = children.map(|child| {
            let execution = &child["AutomationExecution"];
            let step = execution["CurrentStepName"].as_str();
            let status = execution["AutomationExecutionStatus"].as_str();
            step.or(status).unwrap_or_default().to_owned()
        });
        at.collect::<Vec<_>>()
    };
    while at() != wanted {
        assert!(patience.elapsed() < Duration::from_secs(60), "{:?}", at());
        sleep(Duration::from_millis(20));
    }
}

const EACH: &str = "
schemaVersion: '0.3'
description: Tells who it is for, and naps.
parameters:
  Name: {type: String}
  Nap: {type: String, default: PT0S}
mainSteps:
  - name: tell
    action: aws:executeAwsApi
    inputs: {Service: sns, Api: Publish, TopicArn: 'arn:aws:sns:us-east-1:111122223333:names', Message: '{{ Name }}'}
  - name: nap
    action: aws:sleep
    inputs: {Duration: '{{ Nap }}'}
";

#[test]
fn run_for_several_targets_goes_on_where_it_was_killed() {
    let folder = Folder::new();
    let runbook = folder.write("each.yaml", EACH);
    let maps = "[{Name: ana}, {Name: ben, Nap: PT20S}, {Name: cas}, {Name: dan}]";
    let maps = folder.write("maps.yaml", maps);
    let binary = folder.path().join("each");
    run(compiler(["build", "--output"]).arg(&binary).arg(runbook)).expect_code(0);
    let machine = Machine::new();
    let each = |arguments: &[&str]| run(&mut machine.command(&binary, arguments));

    let mut command = machine.command(&binary, &["run", "--max-concurrency", "2"]);
    let command = command.arg("--target-maps").arg(maps).stdin(Stdio::null());
    let streams = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = streams.spawn().unwrap();
    // The others have come and gone; one naps.
    let summary = |record: &Value| record["AutomationExecution"]["TargetsSummary"].clone();
    let almost = json!({"TotalCount": 4, "StartedCount": 4, "CompletedCount": 3, "SuccessfulCount": 3, "FailedCount": 0});
    let patience = Instant::now();
    let (id, before) = loop {
        assert!(patience.elapsed() < Duration::from_secs(60), "nobody naps");
        sleep(Duration::from_millis(20));
        let list = each(&["list", "--output", "json"]).expect_code(0).json();
        let Some(id) = list[0]["AutomationExecutionId"].as_str().map(str::to_owned) else {
            continue;
        };
        let record = each(&["show", &id, "--output", "json"]).json();
        if summary(&record) == almost {
            break (id, record);
        }
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(machine.0.calls("Publish").len(), 4);

    let logs = each(&["logs", &id]).expect_code(0);
    for line in ["[Name=ana] tell", "[Name=ben Nap=PT20S] nap"] {
        assert!(logs.stdout.contains(line), "{line}\n{}", logs.stdout);
    }
    let resumed = each(&["resume", &id, "--output", "json"]).expect_code(0);
    // What had ended was not run again, and who napped went on.
    assert_eq!(machine.0.calls("Publish").len(), 4);
    let after = resumed.json();
    assert_eq!(summary(&after)["SuccessfulCount"], 4);
    assert_eq!(after["ChildExecutions"][0], before["ChildExecutions"][0]);
    assert_eq!(
        statuses(&after),
        [
            "Name=ana Success",
            "Name=ben Nap=PT20S Success",
            "Name=cas Success",
            "Name=dan Success"
        ]
    );
    assert!(
        resumed.stderr.contains("[Name=ben Nap=PT20S] nap"),
        "{}",
        resumed.stderr
    );
    assert!(!resumed.stderr.contains("[Name=ana]"), "{}", resumed.stderr);
}
