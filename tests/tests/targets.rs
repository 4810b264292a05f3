//! Targets that are found: by a tag, a resource group, and all instances, with a binary that is built for it.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use runbookc_tests::folder::Folder;
use runbookc_tests::moto::Moto;
use runbookc_tests::paths::{compiler, repository};
use runbookc_tests::process::{Ran, run};

/// Calls itself what a search calls, with a member that a search does not give.
const RUNBOOK: &str = "
schemaVersion: '0.3'
description: Looks at an instance.
parameters:
  InstanceId: {type: 'AWS::EC2::Instance::Id', default: i-0123456789abcdef0}
  Thing: {type: String, default: none}
  TopicArn: {type: String, default: none}
  Link: {type: String, default: 'arn:none', allowedPattern: 'arn:.*'}
mainSteps:
  - name: look
    action: aws:executeAwsApi
    inputs: {Service: ec2, Api: DescribeInstances, InstanceIds: ['{{ InstanceId }}']}
    outputs: [{Name: Id, Selector: '$.Reservations[0].Instances[0].InstanceId', Type: String}]
outputs: [look.Id]
";

fn binary() -> &'static (Folder, PathBuf) {
    static BINARY: OnceLock<(Folder, PathBuf)> = OnceLock::new();
    BINARY.get_or_init(|| {
        let folder = Folder::new();
        let runbook = folder.write("look.yaml", RUNBOOK);
        let binary = folder.path().join("look");
        let mut build = compiler(["build", "--targets", "--output"]);
        run(build.arg(&binary).arg(runbook)).expect_code(0);
        (folder, binary)
    })
}

/// A run whose targets are found by a query.
fn query(command: &mut Command, parameter: &str, query: &str) {
    command.args(["run", "--output", "json", "--target-parameter", parameter]);
    command.args(["--targets", query]);
}

fn resolved(ran: &Ran) -> Vec<String> {
    let values = ran.json()["AutomationExecution"]["ResolvedTargets"]["ParameterValues"].take();
    serde_json::from_value(values).unwrap()
}

fn sorted(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values
}

fn texts(value: &Value) -> Vec<String> {
    sorted(serde_json::from_value(value.clone()).unwrap())
}

#[test]
fn real_resources_are_found_page_by_page() {
    let moto = Moto::start_with_better_answers();
    // More than one page of the tagging API has.
    let script = repository().join("tests/moto/setup_targets.py");
    let made = moto.script(&script, &json!({"tagged": 55}));
    let look = |parameter: &str, text: &str, more: &[&str]| {
        let mut command = Command::new(&binary().1);
        query(&mut command, parameter, text);
        run(moto.seen_by(command.args(more)))
    };

    moto.record();
    let ran = look(
        "InstanceId",
        "tag:Stage=test,prod",
        &["--max-concurrency", "20"],
    )
    .expect_code(0);
    let tagged = texts(&made["tagged"]);
    assert_eq!(sorted(resolved(&ran)), tagged);
    assert!(
        ran.stderr.contains("found 55 targets: i-"),
        "{}",
        ran.stderr
    );
    let pages = moto.recorded();
    let pages = pages.iter().filter(|request| request.service == "tagging");
    let pages: Vec<Value> = pages
        .map(|page| serde_json::from_str(&page.body).unwrap())
        .collect();
    let first = json!({
        "TagFilters": [{"Key": "Stage", "Values": ["test", "prod"]}],
        "ResourceTypeFilters": ["ec2:instance"],
    });
    assert_eq!(pages.len(), 2);
    assert_eq!(pages[0], first);
    assert!(pages[1]["PaginationToken"].is_string());

    let record = ran.json();
    let execution = &record["AutomationExecution"];
    let targets = json!([{"Key": "tag:Stage", "Values": ["test", "prod"]}]);
    assert_eq!(execution["Targets"], targets);
    assert_eq!(execution["TargetsSummary"]["SuccessfulCount"], 55);
    for (step, child) in execution["StepExecutions"]
        .as_array()
        .unwrap()
        .iter()
        .zip(record["ChildExecutions"].as_array().unwrap())
    {
        let child = &child["AutomationExecution"];
        assert_eq!(step["StepName"], child["Target"]);
        assert_eq!(child["Outputs"]["look.Id"][0], child["Target"]);
    }

    let group = "Key=ResourceGroup,Values=web";
    assert_eq!(
        sorted(resolved(&look(
            "InstanceId",
            group,
            &["--max-concurrency", "50%"]
        ))),
        tagged
    );
    let plain = made["plain"][0].as_str().unwrap();
    let buckets = ["--target-type", "AWS::S3::Bucket"];
    let any = [&buckets[..], &["--dry-run=read", "--InstanceId", plain]].concat();
    assert!(
        look("Thing", "ResourceGroup=web", &any)
            .expect_code(0)
            .stderr
            .contains("found 1 target: things\n")
    );

    // Neither what is terminated nor what has no tag is missing or too much.
    let all = look("InstanceId", "AWS::EC2::Instance=*", &["--dry-run=read"]).expect_code(0);
    assert!(
        all.stderr.contains("found 56 targets: i-"),
        "{}",
        all.stderr
    );
    assert!(
        all.stderr
            .contains("shown are the first 3 targets; 53 more are left out"),
        "{}",
        all.stderr
    );
    assert_eq!(
        all.json()["AutomationExecution"]["TargetsSummary"]["TotalCount"],
        3
    );

    let none = look("InstanceId", "tag:Stage=dev", &[]).expect_code(5);
    let line = "error: nothing to run for: there is no AWS::EC2::Instance that has the tag `Stage` with `dev`\n";
    assert_eq!(none.stderr, line);
    let none = look("InstanceId", "ResourceGroup=none", &[]).expect_code(5);
    assert!(
        none.stderr.starts_with("error: cannot find the targets: "),
        "{}",
        none.stderr
    );
}

#[test]
fn what_was_found_is_kept_and_not_looked_for_again() {
    let moto = Moto::start_with_better_answers();
    let script = repository().join("tests/moto/setup_targets.py");
    let made = moto.script(&script, &json!({"tagged": 30}));
    let look = |arguments: &[&str]| {
        let mut command = Command::new(&binary().1);
        run(moto.seen_by(command.args(arguments)))
    };
    let mut command = Command::new(&binary().1);
    query(&mut command, "InstanceId", "tag:Stage=prod");
    let command = command
        .args(["--max-concurrency", "1"])
        .stdin(Stdio::null());
    let streams = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = moto.seen_by(streams).spawn().unwrap();
    let patience = Instant::now();
    let id = loop {
        assert!(patience.elapsed() < Duration::from_secs(60), "nothing ends");
        let list = look(&["list", "--output", "json"]).expect_code(0).json();
        let Some(id) = list[0]["AutomationExecutionId"].as_str().map(str::to_owned) else {
            continue;
        };
        let record = look(&["show", &id, "--output", "json"]).json();
        let summary = &record["AutomationExecution"]["TargetsSummary"];
        if summary["CompletedCount"].as_u64() >= Some(2) {
            break id;
        }
    };
    child.kill().unwrap();
    child.wait().unwrap();

    moto.record();
    let resumed = look(&["resume", &id, "--output", "json"]).expect_code(0);
    assert_eq!(sorted(resolved(&resumed)), texts(&made["tagged"]));
    let summary = resumed.json()["AutomationExecution"]["TargetsSummary"].take();
    assert_eq!(summary["SuccessfulCount"], 30);
    let recorded = moto.recorded();
    assert!(recorded.iter().all(|request| request.service != "tagging"));
    assert!(recorded.iter().any(|request| request.service == "ec2"));
}

/// Plays a scenario, with targets that are found by a query.
fn simulated(answers: &str, parameter: &str, text: &str) -> Ran {
    let folder = Folder::new();
    let scenario = folder.write(
        "it.yaml",
        format!("answers:\n  look: {{Reservations: []}}\n{answers}"),
    );
    let mut command = Command::new(&binary().1);
    query(&mut command, parameter, text);
    run(command.arg("--simulate").arg(scenario))
}

#[test]
fn parameter_takes_ids_unless_it_wants_arns() {
    let answers = "
  ResourceGroupsTaggingAPI.GetResources:
    - PaginationToken: more
      ResourceTagMappingList:
        - ResourceARN: arn:aws:ec2:us-east-1:111122223333:instance/i-1
        - ResourceARN: arn:aws:cloudformation:us-east-1:111122223333:stack/web/0f1e2d3c
        - ResourceARN: arn:aws:rds:us-east-1:111122223333:db:orders
    - PaginationToken: ''
      ResourceTagMappingList:
        - ResourceARN: arn:aws:s3:::things
        - ResourceARN: arn:aws:sns:us-east-1:111122223333:news
        - ResourceARN: arn:aws:ec2:us-east-1:111122223333:instance/i-1
";
    let found =
        |parameter: &str| resolved(&simulated(answers, parameter, "tag:Stage=prod").expect_code(0));
    let topic = "arn:aws:sns:us-east-1:111122223333:news";
    assert_eq!(found("Thing"), ["i-1", "web", "orders", "things", topic]);
    for parameter in ["TopicArn", "Link"] {
        let arns = found(parameter);
        assert_eq!(arns[0], "arn:aws:ec2:us-east-1:111122223333:instance/i-1");
        assert_eq!(arns.len(), 5);
    }
}

#[test]
fn group_tells_its_members_of_the_type_or_why_not() {
    let answers = "
  resource-groups.ListGroupResources:
    - NextToken: more
      Resources:
        - Identifier: {ResourceArn: 'arn:aws:s3:::things', ResourceType: 'AWS::S3::Bucket'}
    - ResourceIdentifiers:
        - {ResourceArn: 'arn:aws:ec2:us-east-1:1:instance/i-0123456789abcdef1', ResourceType: 'AWS::EC2::Instance'}
";
    let ran = simulated(answers, "InstanceId", "ResourceGroup=web").expect_code(0);
    assert_eq!(resolved(&ran), ["i-0123456789abcdef1"]);
    let ran = simulated(answers, "Thing", "resource-groups:Name=web").expect_code(0);
    assert_eq!(resolved(&ran), ["things", "i-0123456789abcdef1"]);

    let broken = "
  resource-groups.ListGroupResources:
    QueryErrors: [{ErrorCode: CLOUDFORMATION_STACK_INACTIVE, Message: the stack is gone}]
";
    let ran = simulated(broken, "Thing", "ResourceGroup=web").expect_code(6);
    let problem =
        "the group `web` cannot tell its members: CLOUDFORMATION_STACK_INACTIVE: the stack is gone";
    assert!(ran.stderr.contains(problem), "{}", ran.stderr);
}

#[test]
fn instances_that_are_gone_are_no_targets() {
    let answers = "
  ec2.DescribeInstances:
    - Reservations:
        - Instances:
            - {InstanceId: i-0123456789abcdef1, State: {Name: stopped}}
            - {InstanceId: i-0123456789abcdef2, State: {Name: terminated}}
      NextToken: more
    - Reservations: [{Instances: [{InstanceId: i-0123456789abcdef3, State: {Name: running}}]}]
";
    let ran = simulated(answers, "InstanceId", "AWS::EC2::Instance=*").expect_code(0);
    assert_eq!(
        resolved(&ran),
        ["i-0123456789abcdef1", "i-0123456789abcdef3"]
    );
}

#[test]
fn dry_run_that_reads_nothing_shows_one_target() {
    let mut command = Command::new(&binary().1);
    query(&mut command, "InstanceId", "tag:Stage=prod");
    let ran = run(command.arg("--dry-run")).expect_code(0);
    let note = "note: shown is one target; --dry-run=read finds out which there are\n";
    assert!(ran.stderr.contains(note), "{}", ran.stderr);
    let calls = &ran.json()["Calls"];
    assert_eq!(calls[0]["Inputs"]["InstanceIds"], json!(["‹InstanceId›"]));
}

#[test]
fn search_without_an_answer_is_told() {
    let ran = simulated("", "Thing", "tag:Stage=prod").expect_code(6);
    assert!(ran.stderr.contains("GetResources"), "{}", ran.stderr);
}
