//! Simulated runs: what is printed about them, and the exit codes that tell how they ended.

use expect_test::expect;
use runbook_runtime::cli::{Exit, Program};
use runbook_runtime::report::Form;
use serde_json::Value;

use crate::ecs_run_task::EcsRunTask;
use crate::{Files, HAPPY, console, run};

#[test]
fn a_simulated_run_says_so_in_every_line() {
    let files = Files::new("lines", &[("it.yaml", HAPPY)]);
    let ran = run(&["run", "--simulate", &files.path("it.yaml")]);
    assert_eq!(ran.exit, Exit::Success);
    expect![[r#"
        simulated  virtual  0:00  ecs-run-task starts, with the answers of it.yaml
        simulated  virtual  0:00  as arn:aws:iam::111122223333:user/simulated
        simulated  virtual  0:00  lambda1  InProgress        0 s  Lambda.Invoke
        simulated  virtual  0:00  lambda1  Success           0 s
        simulated  virtual  0:00  ecs      InProgress        0 s  ECS.RunTask
        simulated  virtual  0:00  ecs      Success           0 s
        simulated  virtual  0:00  wait     InProgress        0 s  ECS.DescribeTasks, waits for tasks[0].exitCode = 0
        simulated  virtual  0:00  wait     InProgress        0 s  waits for tasks[0].exitCode = 0, found no value
        simulated  virtual  0:02  wait     Success           2 s
        simulated  virtual  0:02  lambda2  InProgress        0 s  Lambda.Invoke
        simulated  virtual  0:02  lambda2  Success           0 s
    "#]]
    .assert_eq(&files.plain(&ran.errors));
    expect![[r#"
        simulated run of ecs-run-task
        ecs.taskArn  arn-1
        simulated: Success after 2 s of virtual time, with the answers of it.yaml
    "#]]
    .assert_eq(&files.plain(&ran.output));
}

#[test]
fn a_terminal_keeps_one_line_per_step() {
    let files = Files::new("terminal", &[("it.yaml", HAPPY)]);
    let program = Program::<EcsRunTask>::new();
    let arguments = ["run", "--simulate", &files.path("it.yaml")];
    let ran = console::execute(Form::Live { colour: false }, &program, &arguments, "");
    let overwritten = |line: &str| {
        line.rsplit("\r\x1b[2K")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let lines: Vec<_> = ran.errors.lines().map(overwritten).collect();
    expect![[r#"
        simulated  virtual  0:00  ecs-run-task starts, with the answers of it.yaml
        simulated  virtual  0:00  as arn:aws:iam::111122223333:user/simulated
        simulated  virtual  0:00  lambda1  Success           0 s
        simulated  virtual  0:00  ecs      Success           0 s
        simulated  virtual  0:02  wait     Success           2 s
        simulated  virtual  0:02  lambda2  Success           0 s"#]]
    .assert_eq(&files.plain(&lines.join("\n")));
}

#[test]
fn the_record_alone_is_printed_for_programs() {
    let files = Files::new("json", &[("it.yaml", HAPPY)]);
    let ran = run(&[
        "run",
        "--output",
        "json",
        "--simulate",
        &files.path("it.yaml"),
    ]);
    let record: Value = serde_json::from_str(&ran.output).unwrap();
    assert_eq!(
        record["AutomationExecution"]["AutomationExecutionStatus"],
        "Success"
    );
    assert_eq!(record["Simulation"]["Scenario"], files.path("it.yaml"));
}

#[test]
fn exit_codes_tell_how_a_run_ended() {
    let never = HAPPY.replace("{tasks: [{exitCode: 0}]}", "{tasks: [{exitCode: 1}]}");
    let failing = format!("{HAPPY}  lambda1: {{error: {{code: E, message: m}}}}");
    let cancelled = format!("{HAPPY}cancel: {{during: wait}}");
    let missing = HAPPY.replace("ECS.RunTask", "lambda2");
    let impossible = HAPPY.replace("taskArn", "taskARN");
    let cases = [
        ("happy", HAPPY, Exit::Success),
        ("failing", &failing, Exit::Failed),
        ("never", &never, Exit::TimedOut),
        ("cancelled", &cancelled, Exit::Cancelled),
        ("missing", &missing, Exit::Simulation),
        ("impossible", &impossible, Exit::Simulation),
        ("broken", "answers: [", Exit::Simulation),
        ("parameters", "parameters: {Cluster: 1}", Exit::Usage),
    ];
    let files = Files::new("codes", &[]);
    for (name, text, exit) in cases {
        std::fs::write(files.path(name), text).unwrap();
        let ran = run(&["run", "--quiet", "--simulate", &files.path(name)]);
        assert_eq!(ran.exit, exit, "{name}: {}{}", ran.output, ran.errors);
    }
}

#[test]
fn a_binary_without_aws_can_only_simulate() {
    let ran = run(&["run", "--Cluster", "demo"]);
    assert_eq!(ran.exit, Exit::NotRun);
    assert_eq!(
        ran.errors,
        "error: this binary was built without AWS and can only simulate: run --simulate FILE\n"
    );
}
