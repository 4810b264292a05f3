//! A real run of the example: the built binary calls moto's server, which was not written for it.

use serde_json::{Value, json};
use uuid::Uuid;

use runbookc_tests::account::{Account, step_statuses};
use runbookc_tests::folder::read;
use runbookc_tests::moto::{Moto, Request};
use runbookc_tests::paths::example;

const SUCCESS: i32 = 0;
const FAILED: i32 = 1;

#[test]
fn binary_makes_the_calls_that_the_runbook_says() {
    let (account, parameters) = account();
    account.moto.record();
    let execution = account.run(&parameters, SUCCESS);

    expect_record(&execution, &parameters);
    let mut requests = account.moto.recorded();
    // Who is calling is for the record, and no business of the runbook.
    requests.retain(|request| request.service != "sts");
    expect_requests(&requests, &parameters, task(&execution));
    expect_token(&requests[1].body, &execution);
}

#[test]
fn error_of_the_service_fails_the_step() {
    let (account, mut parameters) = account();
    parameters["ReportTask"] = json!("night-report:99");
    let execution = account.run(&parameters, FAILED);

    let statuses = ["Success", "Failed", "Pending", "Pending", "Success"];
    assert_eq!(step_statuses(&execution), statuses, "{execution:#}");
    let message = execution["FailureMessage"].as_str().unwrap_or_default();
    assert!(
        message.contains("when calling the RunTask operation"),
        "{message}"
    );
}

/// An account that has what the example needs, and the names of it as parameters.
fn account() -> (Account, Value) {
    let contents = json!({
        "functions": {"night-export": {}, "night-publish": {}},
        "tasks": {"night-report": {}},
        "cluster": "night",
    });
    let runbook = read(&example().join("runbook.yaml"));
    let account = Account::new(Moto::start(), &contents, &runbook);
    let parameters = json!({
        "ExportFunction": "night-export",
        "PublishFunction": "night-publish",
        "ReportTask": "night-report:2",
        "ReportCluster": "night",
        "ReportSubnet": account.subnet,
        "ReportSecurityGroup": account.security_group,
    });
    (account, parameters)
}

fn expect_record(execution: &Value, parameters: &Value) {
    let statuses = ["Success", "Success", "Success", "Success", "Pending"];
    assert_eq!(step_statuses(execution), statuses, "{execution:#}");
    assert_eq!(execution["AutomationExecutionStatus"], "Success");
    for (name, value) in parameters.as_object().expect("the script prints a map") {
        assert_eq!(execution["Parameters"][name], json!([value]), "{name}");
    }
    let outputs =
        |index: usize, name: &str| execution["StepExecutions"][index]["Outputs"][name][0].clone();
    assert_eq!(outputs(0, "StatusCode"), "200");
    assert_eq!(outputs(3, "StatusCode"), "200");
    assert!(task(execution).starts_with("arn:aws:ecs:us-east-1:123456789012:task/night/"));
    let payload = outputs(1, "OutputPayload");
    let payload: Value = serde_json::from_str(payload.as_str().unwrap_or_default()).expect("JSON");
    assert_eq!(payload["tasks"][0]["taskArn"], task(execution));
    assert_eq!(payload["ResponseMetadata"]["HTTPStatusCode"], 200);
}

fn task(execution: &Value) -> &str {
    let task = &execution["StepExecutions"][1]["Outputs"]["taskArn"][0];
    task.as_str().expect("the step has its output")
}

fn expect_requests(requests: &[Request], parameters: &Value, task: &str) {
    let shown: Vec<String> = requests.iter().map(operation).collect();
    let export = "lambda /2015-03-31/functions/night-export/invocations";
    let publish = "lambda /2015-03-31/functions/night-publish/invocations";
    assert_eq!(shown, [export, "ecs RunTask", "ecs DescribeTasks", publish]);
    for request in requests {
        assert_eq!(
            (request.method.as_str(), request.region.as_str()),
            ("POST", "us-east-1")
        );
    }

    let run_task = json!({
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}],
        "cluster": "night",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": [parameters["ReportSubnet"]],
                "securityGroups": [parameters["ReportSecurityGroup"]],
                "assignPublicIp": "ENABLED",
            },
        },
        "taskDefinition": "night-report:2",
    });
    assert_eq!(without_token(&requests[1].body), run_task);
    assert_eq!(
        without_token(&requests[2].body),
        json!({"cluster": "night", "tasks": [task]})
    );
}

/// `ecs RunTask`
fn operation(request: &Request) -> String {
    let name = request.target.as_deref().unwrap_or(&request.path);
    format!("{} {name}", request.service)
}

/// What starts a task carries what ECS knows the call by when it comes again; the record has nothing of it.
fn expect_token(body: &str, execution: &Value) {
    let body: Value = serde_json::from_str(body).expect("the service speaks JSON");
    let id = execution["AutomationExecutionId"].as_str();
    let id = Uuid::parse_str(id.expect("an execution has an id")).expect("it is a UUID");
    let token = Uuid::new_v5(&id, b"startReport/1/0").to_string();
    assert_eq!(body["clientToken"], token);
    assert!(!execution.to_string().contains(&token));
}

/// A body without the idempotency token, which is another one in every execution.
fn without_token(body: &str) -> Value {
    let mut body: Value = serde_json::from_str(body).expect("the service speaks JSON");
    body.as_object_mut()
        .expect("a request is a map")
        .remove("clientToken");
    body
}
