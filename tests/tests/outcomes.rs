//! Real runs come out as the example's scenarios say, all five of them: the built binary calls a server whose tasks and
//! functions end as they are told.

use serde_json::{Value, json};

use runbook_runtime::simulate::Scenario;
use runbookc_tests::account::{Account, step_statuses};
use runbookc_tests::folder::read;
use runbookc_tests::moto::{Moto, Request};
use runbookc_tests::paths::{example, outside};

/// The steps of the example. Those of the seed do the same under other names.
const STEPS: [&str; 5] = [
    "exportOrders",
    "startReport",
    "waitForReport",
    "publishReport",
    "letLogsArrive",
];

/// One outcome, and the part of the account that makes it.
struct Outcome {
    scenario: &'static str,
    export: &'static str,
    task: &'static str,
    publish: &'static str,
    /// A text inside the FailureMessage.
    failure: &'static str,
}

const OUTCOMES: [Outcome; 5] = [
    Outcome {
        scenario: "report-published",
        export: "works",
        task: "exits-with-0:2",
        publish: "works",
        failure: "",
    },
    Outcome {
        scenario: "export-fails",
        export: "fails",
        task: "exits-with-0:2",
        publish: "works",
        failure: "database is read-only",
    },
    Outcome {
        scenario: "task-definition-unknown",
        export: "works",
        task: "exits-with-0:99",
        publish: "works",
        failure: "An error occurred (ClientException) when calling the RunTask operation",
    },
    Outcome {
        scenario: "report-crashes",
        export: "works",
        task: "exits-with-1:2",
        publish: "works",
        failure: "Step timed out",
    },
    Outcome {
        scenario: "publish-fails",
        export: "works",
        task: "exits-with-0:2",
        publish: "fails",
        failure: "database is read-only",
    },
];

#[test]
fn real_runs_of_the_example_have_the_five_outcomes() {
    let runbook = read(&example().join("runbook.yaml"));
    expect_outcomes(&runbook, |account, outcome| {
        json!({
            "ExportFunction": outcome.export,
            "PublishFunction": outcome.publish,
            "ReportTask": outcome.task,
            "ReportCluster": "reporting",
            "ReportSubnet": account.subnet,
            "ReportSecurityGroup": account.security_group,
        })
    });
}

#[test]
fn real_runs_of_the_seed_have_the_five_outcomes() {
    let Some(seed) = outside("RUNBOOKC_SEED") else {
        return eprintln!("skipped: set RUNBOOKC_SEED to the seed's runbook");
    };
    // Its subnet and its security group are placeholders.
    expect_outcomes(&read(&seed), |account, outcome| {
        json!({
            "FunctionName1": outcome.export,
            "FunctionName2": outcome.publish,
            "TaskDefName": outcome.task,
            "Cluster": "reporting",
            "Subnet": account.subnet,
            "SecurityGroupID": account.security_group,
        })
    });
}

fn expect_outcomes(runbook: &str, parameters: impl Fn(&Account, &Outcome) -> Value) {
    let contents = json!({
        "functions": {"works": {}, "fails": {"ERROR": "database is read-only"}},
        "tasks": {"exits-with-0": {}, "exits-with-1": {"EXIT_CODE": "1"}},
        "cluster": "reporting",
    });
    let runbook = with_short_wait(runbook);
    let account = Account::new(Moto::start_with_better_answers(), &contents, &runbook);
    for outcome in &OUTCOMES {
        expect_outcome(&account, outcome, &parameters(&account, outcome));
    }
}

/// The runbook with a wait that runs out while a test can wait for it.
fn with_short_wait(runbook: &str) -> String {
    let long = "timeoutSeconds: 300";
    assert_eq!(runbook.matches(long).count(), 1, "the wait has a timeout");
    runbook.replace(long, "timeoutSeconds: 8")
}

fn expect_outcome(account: &Account, outcome: &Outcome, parameters: &Value) {
    let file = format!("{}.yaml", outcome.scenario);
    let scenario = read(&example().join("scenarios").join(&file));
    let expected = Scenario::read(&scenario, &file).expect("a scenario").expect;
    let status = expected.status.expect("a scenario expects a status");

    account.moto.record();
    let execution = account.run(parameters, exit_code(&status));
    let requests = account.moto.recorded();

    assert_eq!(execution["AutomationExecutionStatus"], status, "{file}");
    let steps = expected.steps.expect("a scenario expects steps");
    assert_eq!(step_statuses(&execution), statuses(&steps), "{file}");
    let failure = execution["FailureMessage"].as_str().unwrap_or_default();
    assert!(failure.contains(outcome.failure), "{file}: {failure}");
    assert_eq!(failure.is_empty(), outcome.failure.is_empty(), "{file}");

    let mut calls: Vec<String> = requests.iter().filter_map(call).collect();
    let looks = calls.iter().filter(|call| *call == "ECS.DescribeTasks");
    let waited = calls.contains(&"ECS.DescribeTasks".to_owned());
    // The first look finds no exit code.
    assert!(!waited || looks.count() >= 2, "{file}: {calls:?}");
    calls.dedup();
    let expected = expected.calls.expect("a scenario expects calls");
    let expected: Vec<String> = expected.into_iter().map(|call| call.api).collect();
    assert_eq!(calls, expected, "{file}");
}

fn exit_code(status: &str) -> i32 {
    match status {
        "Success" => 0,
        "Failed" => 1,
        "TimedOut" => 3,
        other => panic!("no scenario ends as {other}"),
    }
}

/// The status of every step; those that a scenario does not name have not run.
fn statuses(ran: &[(String, String)]) -> Vec<&str> {
    let status = |step: &&str| {
        let found = ran.iter().find(|(name, _)| name == step);
        found.map_or("Pending", |(_, status)| status)
    };
    STEPS.iter().map(status).collect()
}

/// `ECS.RunTask`; nothing for a call that is no business of the runbook.
fn call(request: &Request) -> Option<String> {
    match (request.service.as_str(), &request.target) {
        ("ecs", Some(operation)) => Some(format!("ECS.{operation}")),
        ("lambda", _) if request.path.ends_with("/invocations") => Some("Lambda.Invoke".to_owned()),
        ("sts", _) => None,
        _ => panic!("an unexpected call: {request:?}"),
    }
}
