//! Scenarios that are put together in Rust: they say the same as files do, and what is wrong with them is told in Rust's
//! terms.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may panic"
)]

#[path = "ecs_run_task/api.rs"]
mod api;
mod ecs_run_task;

use std::time::Duration;

use ecs_run_task::{EcsRunTask, Step};
use expect_test::{Expect, expect};
use runbook_runtime::cancel::CancelToken;
use runbook_runtime::json;
use runbook_runtime::simulate::{At, Said, Scenario, SimulationError, SimulationOutcome, run};
use runbook_runtime::status::Status;

/// Everything goes well.
fn happy() -> Scenario {
    Scenario::new()
        .on::<api::Invoke>(json!({"StatusCode": 200, "Payload": {"ok": true}}))
        .on::<api::RunTask>(json!({"tasks": [{"taskArn": "arn-1"}]}))
        .at(Step::Wait, json!({"tasks": [{"lastStatus": "PENDING"}]}))
        .at(
            Step::Wait,
            json!({"tasks": [{"lastStatus": "STOPPED", "exitCode": 0}]}),
        )
}

fn play(scenario: Scenario) -> Result<SimulationOutcome, SimulationError> {
    let mut scenario = scenario;
    scenario
        .parameters
        .insert("Cluster".to_owned(), json!("demo"));
    let run = run::<EcsRunTask>(scenario, &(), CancelToken::new());
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(run)
}

fn played(scenario: Scenario) -> SimulationOutcome {
    play(scenario).unwrap_or_else(|error| panic!("{error}"))
}

fn steps(outcome: &SimulationOutcome) -> Vec<String> {
    let passages = outcome.passages.iter();
    passages
        .map(|passage| format!("{}: {}", passage.step, passage.status))
        .collect()
}

fn unplayable(scenario: Scenario, expected: Expect) {
    expected.assert_eq(&play(scenario).unwrap_err().to_string());
}

fn read(text: &str) -> Scenario {
    Scenario::read(text, "it.yaml").unwrap()
}

#[test]
fn it_plays_as_the_same_file_does() {
    let in_rust = played(happy());
    let file = "
answers:
  lambda.Invoke: {StatusCode: 200, Payload: {ok: true}}
  ecs.RunTask: {tasks: [{taskArn: arn-1}]}
  wait:
    - {tasks: [{lastStatus: PENDING}]}
    - {tasks: [{lastStatus: STOPPED, exitCode: 0}]}
";
    let scenario = Scenario::read(file, "scenario").unwrap();
    assert_eq!(in_rust.record, played(scenario).record);
    assert_eq!(in_rust.record.status(), Status::Success);
    assert_eq!(in_rust.calls.len(), 5);
    assert_eq!(in_rust.unused, [""; 0]);
}

#[test]
fn errors_and_answers_stand_in_one_row() {
    let throttled = Scenario::new()
        .fails::<api::RunTask>("ThrottlingException", "slow down")
        .on::<api::RunTask>(json!({"tasks": [{"taskArn": "arn-1"}]}))
        .on::<api::Invoke>(json!({}))
        .fails::<api::DescribeTasks>("ClusterNotFoundException", "no such cluster");
    let outcome = played(throttled);
    assert_eq!(
        steps(&outcome),
        [
            "lambda1: Success",
            "ecs: Success",
            "wait: Failed",
            "Sleep: Success"
        ]
    );
    let message = outcome.record.step("wait").unwrap().failure_message.clone();
    expect!["Step fails when it is Execute/Cancelling action. An error occurred (ClusterNotFoundException) when calling the DescribeTasks operation: no such cluster. Please refer to Automation Service Troubleshooting Guide for more diagnosis details."].assert_eq(&message.unwrap());

    let failing = happy().fails_at(Step::Lambda1, "TooManyRequestsException", "later");
    assert_eq!(steps(&played(failing))[0], "lambda1: Failed");
}

#[test]
fn a_run_is_cancelled() {
    for scenario in [
        happy().cancel_during(Step::Wait),
        happy().cancel_during("wait"),
        happy().cancel_after(Duration::from_secs(1)),
    ] {
        assert_eq!(played(scenario).record.status(), Status::Cancelled);
    }
}

#[test]
fn it_plays_where_and_when_it_says() {
    let scenario = happy()
        .region("eu-west-1")
        .account("444455556666")
        .start("2026-03-01T12:00:00Z".parse().unwrap());
    let execution = played(scenario).record.automation_execution;
    assert_eq!(
        execution.execution_start_time.to_string(),
        "2026-03-01T12:00:00Z"
    );
    assert_eq!(
        execution.executed_by.unwrap(),
        "arn:aws:iam::444455556666:user/simulated"
    );
}

#[test]
fn what_is_said_in_rust_counts_instead_of_what_a_file_says_about_the_same() {
    let file = "
answers:
  Lambda.Invoke: {}
  ECS.RunTask: {tasks: [{taskArn: arn-1}]}
  wait: {tasks: [{exitCode: 0}]}
";
    let outcome = played(read(file));
    assert_eq!(outcome.record.status(), Status::Success);

    let full = "no room";
    let outcome = played(read(file).fails::<api::RunTask>("ClusterFull", full));
    assert_eq!(steps(&outcome)[1], "ecs: Failed");
    assert_eq!(outcome.unused, ["wait"]);

    let outcome = played(read(file).at(Step::Wait, json!({"tasks": [{"exitCode": 1}]})));
    assert_eq!(steps(&outcome)[2], "wait: TimedOut");
}

#[test]
fn answers_that_nothing_asks_for_are_told_as_they_are_written() {
    let outcome = played(
        happy()
            .at(Step::Lambda1, json!({}))
            .at("lambda2", json!({})),
    );
    assert_eq!(outcome.unused, [".on::<api::Invoke>(…)"]);

    let outcome = played(happy().at("ecs", json!({"tasks": [{"taskArn": "arn-2"}]})));
    assert_eq!(outcome.unused, [".on::<api::RunTask>(…)"]);
}

#[test]
fn parts_of_what_a_step_does_are_named_as_in_files() {
    let key = |at: At| Scenario::new().at(at, json!({})).stubs[0].key.name.clone();
    let nested = At::step(Step::Ecs).iteration(2).iteration(1);
    assert_eq!(key(nested.call::<api::RunTask>()), "ecs[2][1].RunTask");
    let child = At::step(Step::Ecs).iteration(3).child(Step::Wait);
    assert_eq!(key(child.iteration(1)), "ecs[3]/wait[1]");
}

#[test]
fn what_is_wrong_is_told_at_once_and_as_it_is_written() {
    unplayable(
        happy()
            .on::<api::RunTask>(json!(["no answer"]))
            .at("Lambda1", json!({}))
            .at(Step::Sleep, json!({}))
            .at("wait[2]", json!({}))
            .runs(Step::Ecs)
            .cancel_during("weit")
            .stored("/app/image", json!({"a": 1}))
            .says(Step::Wait, Said::approve()),
        expect![[r#"
            scenario: `.on::<api::RunTask>(…)` is a list of 1 element, but an answer, such as {} for an empty one, belongs there
            scenario: `.stored("/app/image", …)` is a map, but a text belongs there
            scenario: `.at("Lambda1", …)`: the runbook has no step `Lambda1`; did you mean `lambda1`?
            scenario: `.at(Step::Sleep, …)`: the step calls no API, so that nothing will ask for this answer (aws:sleep)
            scenario: `.at("wait[2]", …)`: `wait` is not inside a loop, so that it has no iterations
            scenario: `.runs(Step::Ecs)`: only scripts can really run; write what is answered instead
            scenario: `.says(Step::Wait, …)`: the step waits for nobody (aws:waitForAwsResourceProperty)
            scenario: `.cancel_during("weit")`: the runbook has no step `weit`; did you mean `wait`?"#]],
    );
    unplayable(
        happy().stored("/app/image", "ami-1"),
        expect![[
            r#"scenario: `.stored("/app/image", …)`: no default of the runbook takes this from Parameter Store"#
        ]],
    );
}

#[test]
fn an_answer_that_is_missing_or_impossible_is_told_as_it_is_to_be_written() {
    unplayable(
        Scenario::new().at(Step::Lambda1, json!({})),
        expect![[
            r#"scenario has no answer for the call of ECS.RunTask by the step `ecs`: add one by `.on::<api::RunTask>(json!({…}))` or `.at("ecs", json!({…}))` (its answer may hold tasks)"#
        ]],
    );
    unplayable(
        happy().on::<api::RunTask>(json!({"task": []})),
        expect![
            "scenario: `.on::<api::RunTask>(…)`, answer no. 2 of ECS.RunTask: $.task is not in the answer of this operation; did you mean `tasks`?"
        ],
    );
    unplayable(
        Scenario::new().at(Step::Lambda1, json!({"StatusCode": "ok"})),
        expect![[
            r#"scenario: `.at(Step::Lambda1, …)`, the answer of Lambda.Invoke: $.StatusCode is the text "ok", but AWS returns an integer"#
        ]],
    );
}
