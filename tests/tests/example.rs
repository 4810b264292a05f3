//! The example's five outcomes, simulated.

use std::path::PathBuf;

use serde_json::Value;

use runbookc_tests::paths::{compiler, example};
use runbookc_tests::process::run;

/// What the binary ends with.
const SUCCESS: i32 = 0;
const FAILED: i32 = 1;
const TIMED_OUT: i32 = 3;

#[test]
fn all_scenarios_come_out_as_expected_and_cover_everything() {
    let ran = run(compiler(["test"]).arg(runbook())).expect_code(0);
    assert!(
        ran.stdout.contains("coverage: 5 of 5 steps, 8 of 8 ways"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("5 of 5 scenarios came out as expected"),
        "{}",
        ran.stdout
    );
}

#[test]
fn success_never_reaches_the_sleep() {
    expect(
        "report-published",
        SUCCESS,
        "Success",
        ["Success", "Success", "Success", "Success", "Pending"],
    );
}

#[test]
fn failure_of_the_first_function_leads_to_the_sleep() {
    expect(
        "export-fails",
        FAILED,
        "Failed",
        ["Failed", "Pending", "Pending", "Pending", "Success"],
    );
}

#[test]
fn unknown_task_definition_leads_to_the_sleep() {
    expect(
        "task-definition-unknown",
        FAILED,
        "Failed",
        ["Success", "Failed", "Pending", "Pending", "Success"],
    );
}

#[test]
fn wait_that_runs_out_leads_to_the_sleep() {
    expect(
        "report-crashes",
        TIMED_OUT,
        "TimedOut",
        ["Success", "Success", "TimedOut", "Pending", "Success"],
    );
}

#[test]
fn failure_of_the_last_function_does_not_lead_to_the_sleep() {
    expect(
        "publish-fails",
        FAILED,
        "Failed",
        ["Success", "Success", "Success", "Failed", "Pending"],
    );
}

#[test]
fn wait_lasts_its_whole_time_on_the_virtual_clock() {
    let record = record("report-crashes", TIMED_OUT);
    let wait = &record["StepExecutions"][2];
    let moment = |name: &str| seconds(&wait[name]);
    assert_eq!(
        moment("ExecutionEndTime") - moment("ExecutionStartTime"),
        300,
        "{wait:#}"
    );
}

#[test]
fn outputs_and_failures_are_in_the_record() {
    let published = record("report-published", SUCCESS);
    let steps = &published["StepExecutions"];
    let arn = &steps[1]["Outputs"]["taskArn"][0];
    assert!(
        arn.as_str()
            .is_some_and(|arn| arn.starts_with("arn:aws:ecs:")),
        "{arn}"
    );
    assert_eq!(steps[0]["Outputs"]["StatusCode"][0], "200");

    let unknown = record("task-definition-unknown", FAILED);
    let message = unknown["FailureMessage"].as_str().unwrap_or_default();
    assert!(message.contains("(ClientException)"), "{message}");
    assert!(message.contains("TaskDefinition not found."), "{message}");
}

fn runbook() -> PathBuf {
    example().join("runbook.yaml")
}

/// The execution in the record of a simulated run.
#[track_caller]
fn record(scenario: &str, code: i32) -> Value {
    let scenario = example().join(format!("scenarios/{scenario}.yaml"));
    let mut command = compiler(["run"]);
    command
        .arg(runbook())
        .args(["--", "--output", "json", "--simulate"])
        .arg(scenario);
    run(&mut command).expect_code(code).json()["AutomationExecution"].take()
}

/// Plays a scenario and compares the final status and the statuses of the five steps.
#[track_caller]
fn expect(scenario: &str, code: i32, status: &str, steps: [&str; 5]) {
    let record = record(scenario, code);
    let listed = record["StepExecutions"]
        .as_array()
        .expect("a record lists its steps");
    let statuses: Vec<&Value> = listed.iter().map(|step| &step["StepStatus"]).collect();
    assert_eq!(record["AutomationExecutionStatus"], status, "{record:#}");
    assert_eq!(statuses, steps, "{record:#}");
}

/// Seconds since midnight of `2026-01-01T12:05:00+00:00`.
fn seconds(moment: &Value) -> u32 {
    let text = moment.as_str().expect("a moment is a text");
    let clock = text
        .split('T')
        .nth(1)
        .and_then(|clock| clock.get(..8))
        .expect("a moment has a clock");
    clock.split(':').fold(0, |sum, part| {
        sum * 60 + part.parse::<u32>().expect("clocks have digits")
    })
}
