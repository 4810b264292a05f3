//! The runbook, simulated: no AWS, no time that passes, and every step and call by its type.

use std::time::Duration;

use restarts::announce::api::Publish;
use restarts::restart_service::api::{DescribeServices, UpdateService};
use restarts::restart_service::{self, Parameters, Step};
use runbook_runtime::simulate::Scenario;
use runbook_runtime::status::Status;
use serde_json::{Value, json};

const TOPIC: &str = "arn:aws:sns:eu-central-1:111122223333:ops";

#[tokio::test]
async fn new_tasks_are_waited_for() {
    let scenario = accepted()
        .on::<DescribeServices>(rollout("IN_PROGRESS"))
        .on::<DescribeServices>(rollout("COMPLETED"));
    let run = restart_service::run(parameters());
    let simulated = run.simulate(scenario).await.unwrap();

    simulated.assert_status(Status::Success);
    assert_eq!(simulated.outputs.restart_tasks, Some(2));
    let forced = json!({"cluster": "web", "service": "shop", "forceNewDeployment": true});
    assert_eq!(simulated.calls_of::<UpdateService>(), [forced]);
    simulated.assert_not_called::<Publish>();
    simulated.assert_all_used();
}

#[tokio::test]
async fn restart_is_announced_to_a_topic() {
    let scenario = accepted()
        .on::<DescribeServices>(rollout("COMPLETED"))
        .on::<Publish>(json!({"MessageId": "m-1"}));
    let run = restart_service::run(parameters().topic(TOPIC));
    let simulated = run.simulate(scenario).await.unwrap();

    simulated.assert_status(Status::Success);
    let message = "shop in web has been restarted (2 tasks)";
    simulated.assert_called::<Publish>(json!({"TopicArn": TOPIC, "Message": message}));
}

#[tokio::test]
async fn restart_counts_even_if_nobody_hears_of_it() {
    let scenario = accepted()
        .on::<DescribeServices>(rollout("COMPLETED"))
        .fails::<Publish>("NotFoundException", "Topic does not exist");
    let run = restart_service::run(parameters().topic(TOPIC));
    let simulated = run.simulate(scenario).await.unwrap();

    simulated.assert_status(Status::Success);
    assert_eq!(
        simulated.steps().last(),
        Some(&(Step::Announce, Status::Failed))
    );
}

#[tokio::test]
async fn service_that_is_not_there_is_not_waited_for() {
    let scenario = Scenario::new().fails_at(
        Step::Restart,
        "ServiceNotFoundException",
        "Service not found.",
    );
    let run = restart_service::run(parameters());
    let simulated = run.simulate(scenario).await.unwrap();

    simulated.assert_status(Status::Failed);
    assert_eq!(simulated.steps(), [(Step::Restart, Status::Failed)]);
    assert!(simulated.failure().unwrap().contains("Service not found."));
}

#[tokio::test]
async fn tasks_have_a_quarter_of_an_hour() {
    let scenario = accepted().on::<DescribeServices>(rollout("IN_PROGRESS"));
    let run = restart_service::run(parameters());
    let simulated = run.simulate(scenario).await.unwrap();

    simulated.assert_status(Status::TimedOut);
    assert_eq!(simulated.elapsed(), Duration::from_secs(15 * 60));
}

fn parameters() -> Parameters {
    Parameters::new("web", "shop".parse().unwrap())
}

/// A service with two tasks, which may be restarted.
fn accepted() -> Scenario {
    let service = json!({"desiredCount": 2, "deployments": [{"id": "ecs-svc/1"}]});
    Scenario::new().on::<UpdateService>(json!({"service": service}))
}

/// A deployment in this state.
fn rollout(state: &str) -> Value {
    json!({"services": [{"deployments": [{"rolloutState": state}]}]})
}
