//! Dry runs through the command line: the way, the calls with their inputs, and nothing done.
#![cfg(feature = "cli")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may panic"
)]

mod console;
mod ecs_run_task;

use console::Ran;
use ecs_run_task::EcsRunTask;
use expect_test::expect;
use runbook_runtime::cli::{Exit, Program};
use runbook_runtime::report::Form;
use serde_json::{Value, json};

/// A dry run; gives the exit code, and what was printed as a result and beside it.
fn run(arguments: &[&str]) -> (Exit, String, String) {
    let arguments = [["run", "--dry-run"].as_slice(), arguments].concat();
    let program = Program::<EcsRunTask>::new();
    let Ran {
        exit,
        output,
        errors,
    } = console::execute(Form::Lines, &program, &arguments, "");
    (exit, output, errors)
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
