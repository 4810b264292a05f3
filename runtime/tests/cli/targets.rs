//! Runs for several targets: how they are given, and what is told about each.

use expect_test::expect;
use runbook_runtime::cli::Exit;
use serde_json::{Value, json};

use crate::{Files, HAPPY, run};

/// The first of three clusters starts, the second does not, and the third would.
const THREE: &str = "
answers:
  Lambda.Invoke: {StatusCode: 200}
  ECS.RunTask: {tasks: [{taskArn: arn-1}]}
  '[2]/ecs': {error: {code: E, message: no room}}
  wait: {tasks: [{exitCode: 0}]}
";

#[test]
fn run_for_several_targets_is_told_by_target() {
    let files = Files::new("targets", &[("three.yaml", THREE)]);
    let scenario = files.path("three.yaml");
    let targets = [
        "--target-parameter",
        "Cluster",
        "--target",
        "one",
        "two",
        "three",
    ];
    let arguments = [&["run", "--simulate", &scenario][..], &targets].concat();
    let ran = run(&[&arguments[..], &["--max-concurrency", "1"]].concat());
    assert_eq!(ran.exit, Exit::Failed);
    expect![[r#"
        simulated  virtual  0:00  ecs-run-task starts, with the answers of three.yaml
        simulated  virtual  0:00  as arn:aws:iam::111122223333:user/simulated
        simulated  virtual  0:00    [one] ecs-run-task starts
        simulated  virtual  0:00    [one] as arn:aws:iam::111122223333:user/simulated
        simulated  virtual  0:00    [one] lambda1  InProgress        0 s  Lambda.Invoke
        simulated  virtual  0:00    [one] lambda1  Success           0 s
        simulated  virtual  0:00    [one] ecs      InProgress        0 s  ECS.RunTask
        simulated  virtual  0:00    [one] ecs      Success           0 s
        simulated  virtual  0:00    [one] wait     InProgress        0 s  ECS.DescribeTasks, waits for tasks[0].exitCode = 0
        simulated  virtual  0:00    [one] wait     Success           0 s
        simulated  virtual  0:00    [one] lambda2  InProgress        0 s  Lambda.Invoke
        simulated  virtual  0:00    [one] lambda2  Success           0 s
        simulated  virtual  0:00    [two] ecs-run-task starts
        simulated  virtual  0:00    [two] as arn:aws:iam::111122223333:user/simulated
        simulated  virtual  0:00    [two] lambda1  InProgress        0 s  Lambda.Invoke
        simulated  virtual  0:00    [two] lambda1  Success           0 s
        simulated  virtual  0:00    [two] ecs      InProgress        0 s  ECS.RunTask
        simulated  virtual  0:00    [two] ecs      Failed            0 s  An error occurred (E) when calling the RunTask operation: no room. → Sleep
        simulated  virtual  0:00    [two] Sleep    InProgress        0 s  sleeps 3 s
        simulated  virtual  0:03    [two] Sleep    Success           3 s
    "#]].assert_eq(&files.plain(&ran.errors));
    expect![[r#"
        simulated run of ecs-run-task
        1 of 3 targets succeeded, 1 failed, 1 was not started
        [two] ecs: An error occurred (E) when calling the RunTask operation: no room.
        simulated: Failed after 3 s of virtual time, with the answers of three.yaml
    "#]]
    .assert_eq(&files.plain(&ran.output));

    let tolerant = ["--max-errors", "34%", "--quiet", "--output", "json"];
    let ran = run(&[&arguments[..], &tolerant].concat());
    assert_eq!(ran.exit, Exit::Success);
    let record: Value = serde_json::from_str(&ran.output).unwrap();
    let execution = &record["AutomationExecution"];
    assert_eq!(
        execution["TargetsSummary"],
        json!({"TotalCount": 3, "StartedCount": 3, "CompletedCount": 3, "SuccessfulCount": 2, "FailedCount": 1})
    );
    let values = json!(["one", "two", "three"]);
    assert_eq!(execution["ResolvedTargets"]["ParameterValues"], values);
    assert_eq!(execution["TargetParameterName"], "Cluster");
    assert_eq!(execution["MaxErrors"], "34%");
    assert_eq!(
        execution["Targets"],
        json!([{"Key": "ParameterValues", "Values": values}])
    );
    let steps = execution["StepExecutions"].as_array().unwrap();
    let children = record["ChildExecutions"].as_array().unwrap();
    for (step, child) in steps.iter().zip(children) {
        let child = &child["AutomationExecution"];
        assert_eq!(step["StepName"], child["Target"]);
        assert_eq!(step["StepStatus"], child["AutomationExecutionStatus"]);
        assert_eq!(
            step["Outputs"]["ExecutionId"][0],
            child["AutomationExecutionId"]
        );
        assert_eq!(
            child["ParentAutomationExecutionId"],
            execution["AutomationExecutionId"]
        );
        assert_eq!(child["Parameters"], json!({"Cluster": [child["Target"]]}));
    }
}

#[test]
fn values_of_targets_can_be_masked() {
    let files = Files::new("masked", &[("it.yaml", HAPPY)]);
    let arguments = [
        "run",
        "--mask",
        "Cluster",
        "--simulate",
        &files.path("it.yaml"),
    ];
    let targets = [
        "--target-parameter",
        "Cluster",
        "--target",
        "hushhush",
        "quiet",
    ];
    let ran = run(&[&arguments[..], &targets].concat());
    assert_eq!(ran.exit, Exit::Success, "{}", ran.errors);
    assert!(ran.errors.contains("[***] lambda1"), "{}", ran.errors);
    for secret in ["hushhush", "quiet"] {
        assert!(!ran.errors.contains(secret), "{}", ran.errors);
    }

    let wrong = ["--target-parameter", "Cluster", "--target", "HUSHHUSH"];
    let ran = run(&[&arguments[..], &wrong].concat());
    assert_eq!(ran.exit, Exit::Usage);
    assert!(ran.errors.contains("***: `Cluster` is"), "{}", ran.errors);
    assert!(!ran.errors.contains("HUSH"), "{}", ran.errors);
}

#[test]
fn targets_may_give_several_parameters_each() {
    let maps = "[{Cluster: one, Count: 2}, {Cluster: two, Function: live}]";
    let files = Files::new("maps", &[("it.yaml", HAPPY), ("maps.yaml", maps)]);
    let arguments = [
        "run",
        "--output",
        "json",
        "--simulate",
        &files.path("it.yaml"),
    ];
    let maps = ["--target-maps", &files.path("maps.yaml"), "--Count", "3"];
    let ran = run(&[&arguments[..], &maps].concat());
    assert_eq!(ran.exit, Exit::Success, "{}", ran.errors);
    let record: Value = serde_json::from_str(&ran.output).unwrap();
    let parameters = |child: usize| {
        record["ChildExecutions"][child]["AutomationExecution"]["Parameters"].clone()
    };
    // What a target gives comes before what all have in common, the scenario's own included.
    assert_eq!(parameters(0), json!({"Cluster": ["one"], "Count": ["2"]}));
    assert_eq!(
        parameters(1),
        json!({"Cluster": ["two"], "Count": ["3"], "Function": ["live"]})
    );
    assert_eq!(
        record["AutomationExecution"]["TargetMaps"],
        json!([{"Cluster": ["one"], "Count": ["2"]}, {"Cluster": ["two"], "Function": ["live"]}])
    );
}

#[test]
fn targets_that_cannot_be_are_told_before_anything_runs() {
    let files = Files::new("wrong", &[("maps.yaml", "[{Cluster: one}, two]")]);
    let by = |query| ["--target-parameter", "Cluster", "--targets", query];
    let cases: [(&[&str], &str); 12] = [
        (
            &by("tag:Stage=prod"),
            "this binary cannot find what `tag:Stage=prod` means\nhelp: build it with `runbookc build --targets`",
        ),
        (
            &by("Stage=prod"),
            "targets cannot be found by `Stage`: write `tag:NAME=VALUE`",
        ),
        (&by("tag:Stage"), "`tag:Stage` needs a value"),
        (&by("ResourceGroup=a,b"), "`ResourceGroup` takes one value"),
        (
            &by("AWS::EC2::Instance=i-1"),
            "`AWS::EC2::Instance` takes `*`, for all instances",
        ),
        (
            &[
                "--target-parameter",
                "Cluster",
                "--target",
                "one",
                "TWO",
                "--Function",
                "prod",
            ],
            "  one: `Function` cannot be the text \"prod\"; allowed are \"test\", \"live\"\n  \
             TWO: `Cluster` is the text \"TWO\", which the pattern `[a-z]+` does not match",
        ),
        (
            &["--target-parameter", "Clustr", "--target", "one"],
            "`TargetParameterName` cannot be `Clustr`: the runbook `ecs-run-task` has no parameter `Clustr`",
        ),
        (
            &[
                "--target-parameter",
                "Cluster",
                "--target",
                "one",
                "--max-errors",
                "few",
            ],
            "`MaxErrors` is `few`, but a number from 0 on or a percentage",
        ),
        (
            &["--Cluster", "one", "--max-errors", "1"],
            "need --target, --targets or --target-maps",
        ),
        (&["--target-parameter", "Cluster"], "<--target <VALUE>...|"),
        (
            &["--target-maps", &files.path("maps.yaml")],
            "maps.yaml: each target is a map of parameters",
        ),
        (
            &["--target-maps", "nowhere.yaml"],
            "cannot read nowhere.yaml: ",
        ),
    ];
    for (arguments, expected) in cases {
        let ran = run(&[&["run"], arguments].concat());
        assert_eq!(ran.exit, Exit::Usage, "{arguments:?}: {}", ran.output);
        assert!(ran.errors.contains(expected), "{expected}\n{}", ran.errors);
    }
}
