//! What a run gives, and how it ends.

use expect_test::expect;
use runbook_runtime::caller::CallError;
use runbook_runtime::embed::RunError;
use runbook_runtime::status::Status;
use serde_json::json;
use uuid::Uuid;

use super::embedded::{Outputs, Parameters};
use super::{Request, Service, TASK, lines, with};

#[tokio::test]
async fn a_run_gives_its_outputs_as_they_are_declared() {
    let service = Service::answers();
    let finished = with(&service, Parameters::new("web").with("Count", 2))
        .await
        .unwrap();
    assert_eq!(finished.status(), Status::Success);
    assert!(finished.is_success());
    assert_eq!(finished.failure(), None);
    let outputs = Outputs {
        ecs_task_arn: Some(TASK.to_owned()),
    };
    assert_eq!(finished.outputs, outputs);
    let state = finished.state.as_ref().unwrap();
    assert_eq!(state.task_arn.as_deref(), Some(TASK));
    let supplied = finished.record.automation_execution.parameters.clone();
    assert_eq!(
        serde_json::to_value(supplied).unwrap(),
        json!({"Cluster": ["web"], "Count": ["2"]})
    );
    assert_eq!(finished.record.simulation, None);
    assert_eq!(
        service.calls(),
        [
            "GetCallerIdentity",
            "Invoke",
            "RunTask",
            "DescribeTasks",
            "DescribeTasks",
            "DescribeTasks",
            "Invoke"
        ]
    );
}

#[tokio::test]
async fn a_step_that_fails_is_no_error_until_success_is_asked_for() {
    let service = Service::scripted(|_, request| match request {
        Request::RunTask { .. } => Some(Err(CallError::Service {
            operation: "RunTask".to_owned(),
            code: "ClusterNotFoundException".to_owned(),
            message: "Cluster not found.".to_owned(),
            throttling: false,
        })),
        _ => None,
    });
    let run = with(&service, Parameters::new("web")).execution(Uuid::from_u128(7));
    let finished = run.await.unwrap();
    assert_eq!(finished.status(), Status::Failed);
    assert_eq!(finished.execution(), Uuid::from_u128(7));
    assert_eq!(finished.outputs, Outputs::default());
    let error = finished.into_success().unwrap_err();
    assert_eq!(error.status(), Status::Failed);
    expect!["execution 00000000-0000-0000-0000-000000000007 of runbook `ecs-run-task` has ended as Failed: Step fails when it is Execute/Cancelling action. An error occurred (ClusterNotFoundException) when calling the RunTask operation: Cluster not found. Please refer to Automation Service Troubleshooting Guide for more diagnosis details."].assert_eq(&error.to_string());
}

#[tokio::test]
async fn a_token_cancels() {
    let service = Service::scripted(|service, request| {
        if let Request::DescribeTasks { .. } = request {
            service.cancel.cancel();
        }
        None
    });
    let mut run = with(&service, Parameters::new("web")).cancel(service.cancel.clone());
    let events = run.events();
    let finished = run.await.unwrap();
    assert_eq!(finished.status(), Status::Cancelled);
    // It has started, so it is told.
    assert_eq!(finished.outputs.ecs_task_arn.as_deref(), Some(TASK));
    expect![[r#"
        0 s: started
        0 s: Lambda1: lambda1 started
        0 s: Lambda1: lambda1 calls
        0 s: Lambda1: lambda1 ended: Success
        0 s: Ecs: ecs started
        0 s: Ecs: ecs calls
        0 s: Ecs: ecs ended: Success
        0 s: Wait: wait started
        0 s: Wait: wait calls
        0 s: is being cancelled
        0 s: Wait: wait ended: Cancelled
        0 s: Lambda2: lambda2 started
        0 s: Lambda2: lambda2 calls
        0 s: Lambda2: lambda2 ended: Success
        0 s: ended: Cancelled
    "#]]
    .assert_eq(&lines(events).await);
}

#[tokio::test]
async fn the_child_of_a_token_cancels_alone_and_with_it() {
    use runbook_runtime::cancel::CancelToken;

    let shutdown = CancelToken::new();
    let (first, second) = (shutdown.child(), shutdown.child());
    let silent = || Service::silent_at("DescribeTasks");
    let (one, other) = (silent(), silent());
    let one = with(&one, Parameters::new("web")).cancel(first.clone());
    let mut other = with(&other, Parameters::new("web")).cancel(second);
    let ended = async {
        first.cancel();
        one.await.unwrap().status()
    };
    tokio::select! {
        finished = &mut other => panic!("{finished:?}"),
        status = ended => assert_eq!(status, Status::Cancelled),
    }
    shutdown.cancel();
    assert_eq!(other.await.unwrap().status(), Status::Cancelled);
}

#[tokio::test]
async fn a_token_lets_the_step_under_way_be_the_last() {
    let service = Service::scripted(|service, request| {
        if let Request::RunTask { .. } = request {
            service.cancel.cancel();
        }
        None
    });
    let run = with(&service, Parameters::new("web")).complete(service.cancel.clone());
    let finished = run.await.unwrap();
    assert_eq!(finished.status(), Status::Success);
    assert_eq!(service.calls(), ["GetCallerIdentity", "Invoke", "RunTask"]);
}

#[tokio::test]
async fn all_that_is_wrong_with_parameters_is_told_before_anything_is_done() {
    let service = Service::answers();
    let parameters = Parameters::new("Web 1")
        .with("Cuont", 2)
        .with("Function", "dead");
    let error = with(&service, parameters).await.unwrap_err();
    let RunError::Parameters(errors) = &error else {
        panic!("{error}");
    };
    assert_eq!(errors.problems.len(), 3);
    expect![[r#"
        the runbook has no parameter `Cuont`; did you mean `Count`?
        `Cluster` is the text "Web 1", which the pattern `[a-z]+` does not match
        `Function` cannot be the text "dead"; allowed are "test", "live""#]]
    .assert_eq(&error.to_string());
    assert!(service.calls().is_empty());
}
