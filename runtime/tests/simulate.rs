//! Scenarios: how they are read, what they answer, how a run is judged by them, and what they cover.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may panic"
)]

mod ecs_run_task;

use ecs_run_task::EcsRunTask;
use expect_test::{Expect, expect};
use runbook_runtime::cancel::CancelToken;
use runbook_runtime::record::Simulation;
use runbook_runtime::runbook::{Definition, StepDefinition};
use runbook_runtime::simulate::{Coverage, Scenario, SimulationError, SimulationOutcome, run};
use runbook_runtime::status::Status;

/// Everything goes well.
const HAPPY: &str = "
parameters: {Cluster: demo}
answers:
  Lambda.Invoke: {StatusCode: 200, Payload: {ok: true}}
  ecs.RunTask: {tasks: [{taskArn: arn-1}]}
  wait:
    - {tasks: [{lastStatus: PENDING}]}
    - {tasks: [{lastStatus: RUNNING}]}
    - {tasks: [{lastStatus: STOPPED, exitCode: 0}]}
";

fn play(text: &str) -> Result<SimulationOutcome, SimulationError> {
    let scenario = Scenario::read(text, "it.yaml").unwrap_or_else(|errors| panic!("{errors}"));
    let run = run::<EcsRunTask>(scenario, &(), CancelToken::new());
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(run)
}

fn played(text: &str) -> SimulationOutcome {
    play(text).unwrap_or_else(|error| panic!("{error}"))
}

fn steps(outcome: &SimulationOutcome) -> Vec<String> {
    let passages = outcome.passages.iter();
    passages
        .map(|passage| format!("{}: {}", passage.step, passage.status))
        .collect()
}

fn unmet(text: &str, expected: Expect) {
    let outcome = played(text);
    let lines: Vec<_> = outcome.unmet.iter().map(ToString::to_string).collect();
    expected.assert_eq(&lines.join("\n"));
}

fn unreadable(text: &str, expected: Expect) {
    let errors = Scenario::read(text, "it.yaml").unwrap_err();
    expected.assert_eq(&errors.to_string());
}

fn unplayable(text: &str, expected: Expect) {
    expected.assert_eq(&play(text).unwrap_err().to_string());
}

#[test]
fn a_list_of_answers_serves_successive_calls_and_its_last_repeats() {
    let outcome = played(HAPPY);
    assert_eq!(outcome.record.status(), Status::Success);
    assert_eq!(
        steps(&outcome),
        [
            "lambda1: Success",
            "ecs: Success",
            "wait: Success",
            "lambda2: Success"
        ]
    );
    assert_eq!(outcome.calls.len(), 6);
    assert_eq!(
        outcome.record.simulation,
        Some(Simulation::Scenario("it.yaml".into()))
    );
}

#[test]
fn a_step_is_answered_before_its_api() {
    let outcome = played(&format!(
        "{HAPPY}  lambda2: {{StatusCode: 200, FunctionError: Handled}}"
    ));
    let statuses = steps(&outcome);
    assert_eq!(
        (statuses[0].as_str(), statuses[3].as_str()),
        ("lambda1: Success", "lambda2: Failed")
    );
}

#[test]
fn an_error_of_a_service_fails_the_step() {
    let outcome = played(
        "
parameters: {Cluster: demo}
answers:
  Lambda.Invoke: {StatusCode: 200}
  ecs: {error: {code: ClusterNotFoundException, message: no such cluster}}
expect:
  status: Failed
  steps: [{lambda1: Success}, {ecs: Failed}, {Sleep: Success}]
  outputs: {ecs.taskArn: null}
  failure: ClusterNotFoundException
  calls: [Lambda.Invoke, {ECS.RunTask: {cluster: demo, count: 1}}]
",
    );
    assert_eq!(outcome.unmet, []);
    assert_eq!(outcome.unused, [""; 0]);
}

#[test]
fn a_throttled_call_is_repeated() {
    let outcome = played(&HAPPY.replace(
        "{tasks: [{taskArn: arn-1}]}",
        "[{error: {code: ThrottlingException, message: slow down}}, {tasks: [{taskArn: arn-1}]}]",
    ));
    assert_eq!(outcome.record.status(), Status::Success);
}

#[test]
fn waiting_takes_virtual_time_only() {
    let outcome = played(&HAPPY.replace(
        "{tasks: [{lastStatus: STOPPED, exitCode: 0}]}",
        "{tasks: [{exitCode: 1}]}",
    ));
    assert_eq!(outcome.record.status(), Status::TimedOut);
    let execution = &outcome.record.automation_execution;
    let took = execution
        .execution_end_time
        .unwrap()
        .duration_since(execution.execution_start_time);
    assert_eq!(took.as_secs(), 303);
}

#[test]
fn answers_look_as_boto3_gives_them() {
    let outcome = played(HAPPY);
    let outputs = outcome.record.step("ecs").unwrap().outputs.clone().unwrap();
    expect![[r#"{"taskArn":["arn-1"],"OutputPayload":["{\"tasks\":[{\"taskArn\":\"arn-1\"}],\"ResponseMetadata\":{\"HTTPStatusCode\":200,\"RetryAttempts\":0}}"]}"#]]
    .assert_eq(&serde_json::to_string(&outputs).unwrap());
}

#[test]
fn a_payload_may_be_written_as_the_value_that_it_holds() {
    let text = HAPPY.replace("{ok: true}", r#"'{"ok":true}'"#);
    let outputs = |text| played(text).record.step("lambda1").unwrap().outputs.clone();
    assert_eq!(outputs(&text), outputs(HAPPY));
}

#[test]
fn the_caller_belongs_to_the_account_of_the_scenario() {
    let outcome = played(&format!("account: '444455556666'\n{HAPPY}"));
    let executed_by = outcome.record.automation_execution.executed_by.unwrap();
    assert_eq!(executed_by, "arn:aws:iam::444455556666:user/simulated");
}

#[test]
fn the_same_scenario_gives_the_same_record() {
    assert_eq!(played(HAPPY).record, played(HAPPY).record);
}

#[test]
fn a_run_can_be_cancelled_during_a_step_or_after_a_time() {
    for cancel in ["during: wait", "after: PT1S"] {
        let outcome = played(&format!("{HAPPY}cancel: {{{cancel}}}"));
        assert_eq!(outcome.record.status(), Status::Cancelled, "{cancel}");
        assert_eq!(
            steps(&outcome),
            [
                "lambda1: Success",
                "ecs: Success",
                "wait: Cancelled",
                "lambda2: Success"
            ]
        );
    }
}

#[test]
fn what_came_out_otherwise_is_told() {
    unmet(
        &format!(
            "{HAPPY}
expect:
  status: Failed
  failure: no such cluster
  steps: [{{lambda1: Success}}, {{ecs: Failed}}]
  outputs: {{ecs.taskArn: arn-2, ecs.OutputPayload: null}}
  calls: [Lambda.Invoke, ECS.RunTask]
"
        ),
        expect![[r#"
            the status is Success, not Failed
            the failure message does not contain "no such cluster": (there is none)
            these steps ran:   lambda1: Success, ecs: Success, wait: Success, lambda2: Success
              expected instead:  lambda1: Success, ecs: Failed
            the output ecs.taskArn is "arn-1", not "arn-2"
            the output ecs.OutputPayload is "{\"tasks\":[{\"taskArn\":\"arn-1\"}],\"ResponseMetadata\":{\"HTTPStatusCode\":200,\"RetryAttempts\":0}}", not absent
            these calls were made: Lambda.Invoke, ECS.RunTask, ECS.DescribeTasks, Lambda.Invoke
              expected instead:      Lambda.Invoke, ECS.RunTask"#]],
    );
}

#[test]
fn polls_that_repeat_a_call_count_once_and_inputs_are_compared_as_subsets() {
    unmet(
        &format!(
            "{HAPPY}
expect:
  calls:
    - Lambda.Invoke
    - ECS.RunTask: {{cluster: live}}
    - ECS.DescribeTasks: {{tasks: [arn-1]}}
    - lambda.Invoke: {{FunctionName: test, Qualifier: '1'}}
"
        ),
        expect![[r#"
            ECS.RunTask was called by ecs with cluster = "demo", not "live"
            Lambda.Invoke was called by lambda2 with Qualifier = (nothing), not "1""#]],
    );
}

#[test]
fn outputs_are_compared_with_the_values_of_the_record() {
    unmet(
        &format!(
            "{HAPPY}
expect:
  outputs:
    ecs.taskArn: [arn-1]
    ecs.OutputPayload: {{ResponseMetadata: {{RetryAttempts: 0, HTTPStatusCode: 200}}, tasks: [{{taskArn: arn-1}}]}}
"
        ),
        expect![""],
    );
}

#[test]
fn answers_that_nothing_asks_for_are_told() {
    let outcome = played(&format!(
        "{HAPPY}  lambda1: {{StatusCode: 200}}\n  lambda2: {{StatusCode: 200}}"
    ));
    assert_eq!(outcome.unused, ["Lambda.Invoke"]);
}

#[test]
fn mistakes_in_a_file_are_told_at_once() {
    unreadable(
        "
description: x
answer: {}
start: yesterday
answers:
  ecs: []
  wait:
  lambda1: {error: {kode: x}}
cancel: {afer: PT3S}
expect:
  status: Done
  steps: [lambda1]
",
        expect![[r#"
            it.yaml:3:1: `answer` is not something a scenario can say; did you mean `answers`?
            it.yaml:4:8: `start` is the text "yesterday", but an instant such as 2026-01-31T12:00:00Z belongs there
            it.yaml:6:8: `answers.ecs` is an empty list, but at least one answer belongs there
            it.yaml:7:8: `answers.wait` is null, but an answer, such as {} for an empty one, belongs there
            it.yaml:8:21: `answers.lambda1.error.kode` is not something a scenario can say; did you mean `code`?
            it.yaml:8:20: `answers.lambda1.error.code` is null, but an error code such as ThrottlingException belongs there
            it.yaml:9:10: `cancel.afer` is not something a scenario can say; did you mean `after`?
            it.yaml:11:11: `expect.status` is the text "Done", but Success, Failed, TimedOut or Cancelled belongs there
            it.yaml:12:11: `expect.steps[0]` is the text "lambda1", but one step with its status, such as `stop: Success`, belongs there"#]],
    );
}

#[test]
fn what_is_no_scenario_is_told_what_one_says() {
    unreadable(
        "- answers: {}",
        expect!["it.yaml:1:1: the scenario is a list of 1 element, but a map belongs there"],
    );
    unreadable(
        "{inputs: {}, cancel: {when: PT3S}}",
        expect![[r#"
            it.yaml:1:2: `inputs` is not something a scenario can say; what it can say here: description, parameters, region, account, start, answers, ssm, signals, cancel, expect
            it.yaml:1:23: `cancel.when` is not something a scenario can say; what it can say here: during, after"#]],
    );
}

#[test]
fn a_key_must_not_stand_twice() {
    unreadable(
        "answers:\n  ecs: {}\n  ecs: {}\n",
        expect![[r#"it.yaml:2:3: answers: duplicate entry with key "ecs""#]],
    );
}

#[test]
fn names_that_the_runbook_does_not_have_are_told() {
    unplayable(
        "
answers:
  Lambda1: {}
  ecs.RunTasks: {}
  Sleep: {}
cancel: {during: weit}
expect:
  steps: [{lamda1: Success}]
  outputs: {esc.taskArn: x}
  calls: [S3.GetObject]
",
        expect![[r#"
            it.yaml:3:3: `answers.Lambda1`: the runbook has no step `Lambda1`; did you mean `lambda1`?
            it.yaml:4:3: `answers.ecs.RunTasks`: the runbook has no call `ecs.RunTasks`; did you mean `ECS.RunTask`?
            it.yaml:5:3: `answers.Sleep`: the step calls no API, so that nothing will ask for this answer (aws:sleep)
            it.yaml:6:18: `cancel.during`: the runbook has no step `weit`; did you mean `wait`?
            it.yaml:8:12: `expect.steps[0].lamda1`: the runbook has no step `lamda1`; did you mean `lambda1`?
            it.yaml:9:13: `expect.outputs.esc.taskArn`: the runbook has no step `esc`; did you mean `ecs`?
            it.yaml:10:11: `expect.calls[0]`: the runbook has no call `S3.GetObject`"#]],
    );
}

/// A loop `each` of `stop`, inside a loop `outer`.
static LOOPS: Definition = Definition {
    name: "loops",
    file: "loops.yaml",
    hash: "",
    description: "",
    assume_role: None,
    parameters: &[],
    variables: &[],
    steps: &[
        step("outer", None),
        step("each", Some("outer")),
        step("stop", Some("each")),
    ],
    outputs: &[],
    children: &[],
};

const fn step(name: &'static str, inside: Option<&'static str>) -> StepDefinition {
    StepDefinition {
        name,
        action: "aws:executeAwsApi",
        inside,
        line: 1,
        timeout_seconds: None,
        time_limit: None,
        max_attempts: None,
        inputs: &[],
        calls: &["EC2.StopInstances"],
        waits_for: None,
        selected: &[],
        decided_by: &[],
    }
}

#[test]
fn iterations_are_named_for_each_loop_around_a_step() {
    let scenario = "
answers:
  stop: {}
  stop[2][1]: {}
  each[3]: {}
  stop[2]: {}
  stop[0][1]: {}
  outer[1]: {}
  stop[x][1].StopInstances: {}
expect:
  steps: [{'stop[1][1][1]': Success}]
  variables: {count: 1}
";
    let scenario = Scenario::read(scenario, "it.yaml").unwrap();
    let errors = scenario.check(&LOOPS).unwrap_err().to_string();
    expect![[r#"
        it.yaml:6:3: `answers.stop[2]`: an iteration is named by numbers from 1, one for each loop around the step: `stop[1][1]`
        it.yaml:7:3: `answers.stop[0][1]`: an iteration is named by numbers from 1, one for each loop around the step: `stop[1][1]`
        it.yaml:8:3: `answers.outer[1]`: `outer` is not inside a loop, so that it has no iterations
        it.yaml:9:3: `answers.stop[x][1].StopInstances`: an iteration is named by numbers from 1, one for each loop around the step: `stop[1][1]`
        it.yaml:11:12: `expect.steps[0].stop[1][1][1]`: an iteration is named by numbers from 1, one for each loop around the step: `stop[1][1]`
        it.yaml:12:15: `expect.variables.count`: the runbook has no variable `count`"#]].assert_eq(&errors);
}

#[test]
fn a_call_without_an_answer_ends_the_simulation_and_says_what_to_write() {
    unplayable(
        "parameters: {Cluster: demo}\nanswers:\n  lambda1: {}\n",
        expect![
            "it.yaml has no answer for the call of ECS.RunTask by the step `ecs`: write one under `answers:`, as `ecs: {…}` or `ECS.RunTask: {…}` (its answer may hold tasks)"
        ],
    );
}

#[test]
fn an_answer_that_aws_could_not_give_ends_the_simulation() {
    unplayable(
        &HAPPY.replace("lastStatus: RUNNING", "lastState: RUNNING"),
        expect![
            "it.yaml:8:17: `answers.wait[1]`, the answer of ECS.DescribeTasks: $.tasks[0].lastState is not in the answer of this operation; did you mean `lastStatus`?"
        ],
    );
}

#[test]
fn parameters_of_a_scenario_are_checked() {
    unplayable(
        "parameters: {Cluster: D, Count: x}",
        expect![[r#"
            it.yaml:1:23: `Cluster` is the text "D", which the pattern `[a-z]+` does not match
            it.yaml:1:33: `Count`: the text "x" is not an Integer in decimal digits"#]],
    );
}

#[test]
fn coverage_tells_the_steps_and_ways_that_no_scenario_took() {
    let mut coverage = Coverage::new::<EcsRunTask>();
    coverage.add(&played(HAPPY).passages);
    expect![[r#"
        coverage: 4 of 5 steps, 4 of 9 ways between them
          never ran:    Sleep
          never taken:  lambda1 fails → Sleep
          never taken:  ecs fails → Sleep
          never taken:  wait fails → Sleep
          never taken:  wait is cancelled → lambda2"#]]
    .assert_eq(&coverage.to_string());
}

#[test]
fn what_the_documentation_shows_of_scenarios_can_be_read() {
    let text = include_str!("../../compiler/docs/scenarios.md");
    let blocks = text.split("```yaml\n").skip(1);
    let blocks: Vec<&str> = blocks.filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty(), "there are examples");
    for block in blocks {
        if let Err(errors) = Scenario::read(block, "scenarios.md") {
            panic!("{errors}\n{block}");
        }
    }
}
