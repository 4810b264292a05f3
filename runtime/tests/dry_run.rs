//! Dry runs through the command line: the way, the calls with their inputs, and nothing done.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may panic"
)]

mod ecs_run_task;

use std::ffi::OsString;
use std::io::Write;
use std::sync::{Arc, Mutex};

use ecs_run_task::EcsRunTask;
use expect_test::expect;
use runbook_runtime::cli::{Console, Exit, Program, Stream};
use runbook_runtime::report::Form;
use serde_json::{Value, json};

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// A dry run; gives the exit code, and what was printed as a result and beside it.
fn run(arguments: &[&str]) -> (Exit, String, String) {
    let (output, errors) = (Buffer::default(), Buffer::default());
    let mut console = Console {
        input: Box::new(std::io::empty()),
        asks: false,
        output: Stream::new(output.clone()),
        errors: Stream::new(errors.clone()),
        form: Form::Lines,
        state: None,
    };
    let before = ["runbook", "run", "--dry-run"];
    let arguments = before.iter().chain(arguments).map(OsString::from);
    let exit = Program::<EcsRunTask>::new().execute(arguments, &mut console);
    (exit, output.text(), errors.text())
}

/// What is shown of the way, without how the run ended.
fn shown(output: &str) -> String {
    let lines = output.lines().filter(|line| line.starts_with("dry run "));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn way_and_calls_are_shown_with_what_is_invented() {
    let (exit, output, errors) = run(&["--Cluster", "demo"]);
    assert_eq!(exit, Exit::Success);
    expect![[r#"
        dry run  lambda1  would call lambda.Invoke
        dry run      FunctionName: test
        dry run  ecs  would call ecs.RunTask
        dry run      cluster: demo
        dry run      count: 1
        dry run  wait  would call ecs.DescribeTasks
        dry run      cluster: demo
        dry run      tasks: ["‹taskArn›"]
        dry run  lambda2  would call lambda.Invoke
        dry run      FunctionName: test
        dry run of ecs-run-task
    "#]]
    .assert_eq(&shown(&output));
    assert!(
        errors.contains("as arn:aws:iam::‹Account›:user/‹UserName›"),
        "{errors}"
    );
}

#[test]
fn record_has_all_calls() {
    let (exit, output, _) = run(&["--Cluster", "demo", "--output", "json"]);
    assert_eq!(exit, Exit::Success);
    let record: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(record["Simulation"], json!({"DryRun": "Nothing"}));
    let calls = record["Calls"].as_array().unwrap();
    let names: Vec<_> = calls
        .iter()
        .map(|call| call["Operation"].as_str().unwrap())
        .collect();
    expect!["lambda.Invoke ecs.RunTask ecs.DescribeTasks lambda.Invoke"]
        .assert_eq(&names.join(" "));
    assert!(calls.iter().all(|call| call["Answered"] == "Invented"));
}

#[test]
fn ways_for_several_targets_are_told_by_their_numbers() {
    let targets = ["--target-parameter", "Cluster", "--target", "one", "two"];
    let (exit, output, _) = run(&targets);
    assert_eq!(exit, Exit::Success);
    expect![[r#"
        dry run  [1]  would run for one
        dry run  [2]  would run for two
        dry run  [1]/lambda1  would call lambda.Invoke
        dry run      FunctionName: test
        dry run  [1]/ecs  would call ecs.RunTask
        dry run      cluster: one
        dry run      count: 1
        dry run  [1]/wait  would call ecs.DescribeTasks
        dry run      cluster: one
        dry run      tasks: ["‹taskArn›"]
        dry run  [1]/lambda2  would call lambda.Invoke
        dry run      FunctionName: test
        dry run  [2]/lambda1  would call lambda.Invoke
        dry run      FunctionName: test
        dry run  [2]/ecs  would call ecs.RunTask
        dry run      cluster: two
        dry run      count: 1
        dry run  [2]/wait  would call ecs.DescribeTasks
        dry run      cluster: two
        dry run      tasks: ["‹taskArn›"]
        dry run  [2]/lambda2  would call lambda.Invoke
        dry run      FunctionName: test
        dry run of ecs-run-task
    "#]]
    .assert_eq(&shown(&output));
    let (_, output, _) = run(&[&targets[..], &["--output", "json"]].concat());
    let record: Value = serde_json::from_str(&output).unwrap();
    let summary = &record["AutomationExecution"]["TargetsSummary"];
    assert_eq!(summary["SuccessfulCount"], 2);
}

#[test]
fn of_many_targets_the_first_are_shown() {
    let targets = [
        "--target-parameter",
        "Cluster",
        "--target",
        "a",
        "b",
        "c",
        "d",
        "e",
    ];
    let (exit, output, errors) = run(&targets);
    assert_eq!(exit, Exit::Success);
    assert!(
        errors.contains("note: shown are the first 3 targets; 2 more are left out\n"),
        "{errors}"
    );
    assert!(
        output.contains("[3]  would run for c\n") && !output.contains("[4]"),
        "{output}"
    );
}
