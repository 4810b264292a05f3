//! What a binary tells about its runbook: help, and the command `describe`.

use expect_test::expect;
use runbook_runtime::cli::Exit;
use serde_json::{Value, json};

use crate::run;

#[test]
fn help_shows_every_parameter_with_its_facts() {
    let ran = run(&["run", "--help"]);
    assert_eq!(ran.exit, Exit::Success);
    // How lines are broken depends on the width of the terminal.
    let help = ran.output.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "--Cluster <TEXT> The cluster to run in. [String; required; pattern: [a-z]+] [alias: --cluster]",
        "--Count <INTEGER> [Integer; default: 1] [alias: --count]",
        r#"--Function <TEXT> [String; default: "test"; allowed: "test", "live"]"#,
        "--param <NAME=VALUE> Any parameter by its name; for lists once per element",
        "--output <text|json> What to print: a summary, or data for programs [default: text]",
        "Exit codes: 0 Success; of `test`: everything came out as expected 1 Failed;",
        "6 the scenario cannot be played: a missing or an impossible answer",
    ] {
        assert!(help.contains(part), "{part}\n{help}");
    }
}

#[test]
fn describe_shows_parameters_steps_and_outputs() {
    let ran = run(&["describe"]);
    expect![[r#"
        ecs-run-task (compiled from ecs-run-task.yaml)
        Run a task and wait for it.
        Runs under the role arn:aws:iam::{{global:ACCOUNT_ID}}:role/runbook

        Parameters
          Cluster  String; required; pattern: [a-z]+
              The cluster to run in.
          Count  Integer; default: 1
          Function  String; default: "test"; allowed: "test", "live"

        Steps
          lambda1  aws:invokeLambdaFunction Lambda.Invoke; then → ecs; on failure → Sleep
          ecs      aws:executeAwsApi ECS.RunTask; then → wait; on failure → Sleep
          wait     aws:waitForAwsResourceProperty ECS.DescribeTasks until tasks[0].exitCode = 0, at most 300 s; then → lambda2; on failure → Sleep; on cancel → lambda2
          lambda2  aws:invokeLambdaFunction Lambda.Invoke; then → end
          Sleep    aws:sleep; then → end

        Outputs
          ecs.taskArn
    "#]]
    .assert_eq(&ran.output);
    let data: Value = serde_json::from_str(&run(&["describe", "--output", "json"]).output).unwrap();
    assert_eq!(
        data["parameters"][2]["allowedValues"],
        json!(["test", "live"])
    );
    assert_eq!(data["steps"][2]["onFailure"], "step:Sleep");
}
