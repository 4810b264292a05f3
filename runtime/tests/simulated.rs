//! Simulated runs of embedded runbooks: what came of them, typed, and what is asserted of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may panic"
)]

#[path = "ecs_run_task/api.rs"]
mod api;
mod ecs_run_task;
#[path = "ecs_run_task/embedded.rs"]
mod embedded;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use expect_test::{Expect, expect};
use runbook_runtime::cancel::CancelToken;
use runbook_runtime::embed::{Happening, Run, Simulated};
use runbook_runtime::json;
use runbook_runtime::simulate::{ExpectedCall, Scenario};
use runbook_runtime::status::Status;
use uuid::Uuid;

use ecs_run_task::{EcsRunTask, Step};
use embedded::{Parameters, run};

const TASK: &str = "arn:aws:ecs:us-east-1:111122223333:task/one";

/// Everything goes well; the task has ended at the third look.
fn happy() -> Scenario {
    let looks = ["PENDING", "RUNNING"].map(|status| json!({"tasks": [{"lastStatus": status}]}));
    let scenario = Scenario::new()
        .on::<api::Invoke>(json!({"StatusCode": 200}))
        .on::<api::RunTask>(json!({"tasks": [{"taskArn": TASK}]}));
    let scenario = looks.into_iter().fold(scenario, |scenario, look| {
        scenario.on::<api::DescribeTasks>(look)
    });
    scenario.on::<api::DescribeTasks>(json!({"tasks": [{"exitCode": 0}]}))
}

async fn simulated(scenario: Scenario) -> Simulated<EcsRunTask> {
    let run = run(Parameters::new("demo").with("Count", 2));
    run.simulate(scenario).await.unwrap()
}

async fn refused(run: Run<EcsRunTask>, scenario: Scenario, expected: Expect) {
    let error = run.simulate(scenario).await.unwrap_err();
    expected.assert_eq(&error.to_string());
}

/// The message of an assertion that does not hold.
fn fails(assertion: impl FnOnce(), expected: Expect) {
    let panicked = catch_unwind(AssertUnwindSafe(assertion)).unwrap_err();
    expected.assert_eq(panicked.downcast_ref::<String>().unwrap());
}

#[tokio::test]
async fn what_came_of_it_has_types() {
    let simulated = simulated(happy()).await;
    assert_eq!(simulated.status(), Status::Success);
    assert_eq!(simulated.failure(), None);
    assert_eq!(simulated.outputs.ecs_task_arn.as_deref(), Some(TASK));
    assert_eq!(
        simulated.steps(),
        [Step::Lambda1, Step::Ecs, Step::Wait, Step::Lambda2].map(|step| (step, Status::Success))
    );
    assert_eq!(simulated.calls.len(), 6);
    assert_eq!(
        simulated.calls_of::<api::RunTask>(),
        [json!({"cluster": "demo", "count": 2})]
    );
    assert_eq!(simulated.calls_of::<api::DescribeTasks>().len(), 3);
    assert!(simulated.state.is_some());
}

#[tokio::test]
async fn waiting_takes_virtual_time() {
    let stuck = happy().at(Step::Wait, json!({"tasks": [{"lastStatus": "PENDING"}]}));
    let simulated = simulated(stuck).await;
    assert_eq!(simulated.status(), Status::TimedOut);
    assert_eq!(simulated.elapsed(), Duration::from_secs(303));
}

#[tokio::test]
async fn what_happened_is_asserted() {
    let simulated = simulated(happy()).await;
    simulated.assert_status(Status::Success);
    simulated.assert_all_used();
    simulated.assert_as_expected();
    simulated.assert_called::<api::RunTask>(json!({"count": 2}));
    simulated.assert_calls([
        ExpectedCall::of::<api::Invoke>(json!({"FunctionName": "test"})),
        ExpectedCall::of::<api::RunTask>(json!({"cluster": "demo", "platformVersion": null})),
        ExpectedCall::of::<api::DescribeTasks>(json!({"tasks": [TASK]})),
        ExpectedCall::of::<api::Invoke>(json!({})),
    ]);
}

#[tokio::test]
async fn assertions_that_do_not_hold_show_what_has_happened() {
    let simulated = simulated(happy().at(Step::Lambda2, json!({"FunctionError": "Handled"}))).await;
    fails(
        || simulated.assert_status(Status::Success),
        expect![[r#"
        the status is Failed, not Success: Step fails when it is Execute/Cancelling action. The Lambda function failed with Handled error. Please refer to Automation Service Troubleshooting Guide for more diagnosis details.
          these steps ran: lambda1: Success, ecs: Success, wait: Success, lambda2: Failed"#]],
    );
    fails(
        || simulated.assert_called::<api::RunTask>(json!({"cluster": "live", "count": 3})),
        expect![[r#"
            no call of ecs.RunTask has {"cluster":"live","count":3}; there are:
              ECS.RunTask by ecs: {"cluster":"demo","count":2}
                cluster = "demo", not "live"
                count = 2, not 3"#]],
    );
    fails(
        || simulated.assert_not_called::<api::RunTask>(),
        expect![[r#"
            ecs.RunTask was called:
              ECS.RunTask by ecs: {"cluster":"demo","count":2}"#]],
    );
    fails(
        || simulated.assert_calls([ExpectedCall::of::<api::Invoke>(json!({}))]),
        expect![[r#"
            these calls were made: Lambda.Invoke, ECS.RunTask, ECS.DescribeTasks, Lambda.Invoke
              expected instead:      lambda.Invoke"#]],
    );
    let others = [
        ExpectedCall::of::<api::Invoke>(json!({})),
        ExpectedCall::of::<api::RunTask>(json!({"cluster": "demo"})),
        ExpectedCall::of::<api::DescribeTasks>(json!({})),
        ExpectedCall::of::<api::Invoke>(json!({"FunctionName": "live"})),
    ];
    fails(
        || simulated.assert_calls(others),
        expect![[r#"Lambda.Invoke was called by lambda2 with FunctionName = "test", not "live""#]],
    );
}

#[tokio::test]
async fn answers_that_nothing_asked_for_fail_an_assertion() {
    let failing = happy().fails::<api::RunTask>("ClusterNotFoundException", "no such cluster");
    let failing = failing.fails_at(Step::Ecs, "ClusterNotFoundException", "no such cluster");
    let simulated = simulated(failing).await;
    simulated.assert_not_called::<api::DescribeTasks>();
    fails(
        || simulated.assert_all_used(),
        expect![[r#"
        nothing asked for
          .on::<api::RunTask>(…)
          .on::<api::DescribeTasks>(…)
        of the scenario; these calls were made:
          Lambda.Invoke by lambda1: {"FunctionName":"test"}
          ECS.RunTask by ecs: {"cluster":"demo","count":2}"#]],
    );
    fails(
        || simulated.assert_called::<api::DescribeTasks>(json!({})),
        expect![[r#"
            ecs.DescribeTasks was not called; these calls were made:
              Lambda.Invoke by lambda1: {"FunctionName":"test"}
              ECS.RunTask by ecs: {"cluster":"demo","count":2}"#]],
    );
}

#[tokio::test]
async fn a_file_and_a_program_say_it_together() {
    let file = "
parameters: {Cluster: of-file, Function: live}
answers:
  Lambda.Invoke: {StatusCode: 200}
expect: {status: Failed, calls: [Lambda.Invoke]}
";
    let scenario = Scenario::read(file, "failing.yaml").unwrap();
    let scenario = scenario
        .on::<api::RunTask>(json!({"tasks": [{"taskArn": TASK}]}))
        .at(Step::Wait, json!({"tasks": [{"exitCode": 0}]}));
    let simulated = simulated(scenario).await;
    simulated.assert_called::<api::Invoke>(json!({"FunctionName": "live"}));
    simulated.assert_called::<api::RunTask>(json!({"cluster": "demo"}));
    fails(
        || simulated.assert_as_expected(),
        expect![[r#"
        the status is Success, not Failed
        these calls were made: Lambda.Invoke, ECS.RunTask, ECS.DescribeTasks, Lambda.Invoke
          expected instead:      Lambda.Invoke"#]],
    );
}

#[tokio::test]
async fn who_watches_and_who_stops_it_are_those_of_the_run() {
    let mut run = run(Parameters::new("demo"));
    let mut events = run.events();
    let simulated = run.simulate(happy()).await.unwrap();
    let mut polls = 0;
    while let Some(progress) = events.next().await {
        polls += usize::from(matches!(progress.what, Happening::Polled { .. }));
    }
    assert_eq!((simulated.status(), polls), (Status::Success, 2));

    let cancel = CancelToken::new();
    cancel.cancel();
    let cancelled = embedded::run(Parameters::new("demo")).cancel(cancel);
    let cancelled = cancelled.simulate(happy()).await.unwrap();
    assert_eq!(cancelled.status(), Status::Cancelled);
}

#[tokio::test]
async fn what_cannot_be_played_is_told() {
    let demo = || run(Parameters::new("demo"));
    refused(demo(), Scenario::new(), expect![[r#"scenario has no answer for the call of Lambda.Invoke by the step `lambda1`: add one by `.on::<api::Invoke>(json!({…}))` or `.at("lambda1", json!({…}))` (its answer may hold StatusCode, FunctionError, Payload)"#]]).await;
    refused(demo(), happy().at("lamda1", json!({})), expect![[r#"scenario: `.at("lamda1", …)`: the runbook has no step `lamda1`; did you mean `lambda1`?"#]]).await;
    refused(
        run(Parameters::new("D").with("Count", "x")),
        happy(),
        expect![[r#"
            `Cluster` is the text "D", which the pattern `[a-z]+` does not match
            `Count`: the text "x" is not an Integer in decimal digits"#]],
    )
    .await;
    let file = Scenario::read("parameters: {Clutser: demo}", "it.yaml").unwrap();
    refused(
        demo(),
        file,
        expect!["it.yaml:1:14: the runbook has no parameter `Clutser`; did you mean `Cluster`?"],
    )
    .await;
    let resumed = Run::resume(Uuid::nil());
    refused(resumed, happy(), expect!["a scenario plays from the beginning: execution 00000000-0000-0000-0000-000000000000 cannot go on in it"]).await;
}

#[tokio::test]
async fn it_runs_beside_everything_else() {
    let simulating = tokio::spawn(run(Parameters::new("demo")).simulate(happy()));
    assert_eq!(simulating.await.unwrap().unwrap().status(), Status::Success);
}
