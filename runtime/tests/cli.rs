//! The command line of a runbook's binary: flags, precedence, exit codes, what is printed.
#![cfg(all(feature = "cli", feature = "journal"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may panic"
)]

mod console;
mod ecs_run_task;

use std::path::PathBuf;

use console::Ran;
use ecs_run_task::EcsRunTask;
use expect_test::expect;
use runbook_runtime::cli::{Exit, Program};
use runbook_runtime::report::Form;
use runbook_runtime::runbook::Runbook;
use serde_json::{Value, json};

const HAPPY: &str = "
description: everything goes well
parameters: {Cluster: demo}
answers:
  Lambda.Invoke: {StatusCode: 200}
  ECS.RunTask: {tasks: [{taskArn: arn-1}]}
  wait: [{tasks: [{lastStatus: RUNNING}]}, {tasks: [{exitCode: 0}]}]
";

fn execute<R: Runbook>(program: &Program<R>, arguments: &[&str], input: &'static str) -> Ran {
    console::execute(Form::Lines, program, arguments, input)
}

fn run(arguments: &[&str]) -> Ran {
    execute(&Program::<EcsRunTask>::new(), arguments, "")
}

/// Files of a test, in a folder of their own that goes with it.
struct Files(PathBuf);

impl Files {
    fn new(test: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("runbook-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            std::fs::write(folder.join(name), text).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// Text without the place where the files happen to lie.
    fn plain(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.0.display()), "")
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn supplied(arguments: &[&str], input: &'static str) -> Value {
    let files = Files::new(
        &arguments
            .join("")
            .replace(|letter: char| !letter.is_alphanumeric(), ""),
        &[
            ("it.yaml", HAPPY),
            (
                "parameters.yaml",
                "Cluster: file\nCount: 2\nFunction: live\n",
            ),
        ],
    );
    let arguments: Vec<_> = arguments
        .iter()
        .map(|argument| argument.replace("FILES", &files.0.display().to_string()))
        .collect();
    let mut all = vec!["run", "--output", "json", "--quiet", "--simulate"];
    let scenario = files.path("it.yaml");
    all.push(&scenario);
    all.extend(arguments.iter().map(String::as_str));
    let ran = execute(&Program::<EcsRunTask>::new(), &all, input);
    assert_eq!((ran.exit, ran.errors.as_str()), (Exit::Success, ""));
    let record: Value = serde_json::from_str(&ran.output).unwrap();
    record["AutomationExecution"]["Parameters"].clone()
}

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
fn nearer_sources_of_parameters_win() {
    assert_eq!(supplied(&[], ""), json!({"Cluster": ["demo"]}));
    assert_eq!(
        supplied(&["--parameters", "FILES/parameters.yaml"], ""),
        json!({"Cluster": ["file"], "Count": ["2"], "Function": ["live"]})
    );
    assert_eq!(
        supplied(
            &[
                "--parameters",
                "FILES/parameters.yaml",
                "--param",
                "Cluster=param",
                "--param",
                "Count=3",
                "--Count",
                "4"
            ],
            ""
        ),
        json!({"Cluster": ["param"], "Count": ["4"], "Function": ["live"]})
    );
    assert_eq!(
        supplied(&["--cluster", "alias"], ""),
        json!({"Cluster": ["alias"]})
    );
    assert_eq!(
        supplied(&["--parameters", "-"], r#"{"Count": ["7"]}"#),
        json!({"Cluster": ["demo"], "Count": ["7"]})
    );
}

#[test]
fn all_problems_with_parameters_are_told_before_anything_runs() {
    let ran = run(&[
        "run",
        "--Count",
        "many",
        "--param",
        "Fun=x",
        "--Function",
        "prod",
    ]);
    assert_eq!((ran.exit, ran.output.as_str()), (Exit::Usage, ""));
    expect![[r#"
        error: 4 problems with the parameters
          the runbook has no parameter `Fun`
          `Cluster` (String) is required, but not given: The cluster to run in.
          `Count`: the text "many" is not an Integer in decimal digits
          `Function` cannot be the text "prod"; allowed are "test", "live"
    "#]]
    .assert_eq(&ran.errors);
}

#[test]
fn an_unknown_flag_is_refused_with_a_near_one() {
    let ran = run(&["run", "--Clustr", "x"]);
    assert_eq!(ran.exit, Exit::Usage);
    assert!(ran.errors.contains("--Cluster"), "{}", ran.errors);
}

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

#[test]
fn test_plays_scenarios_and_shows_what_they_leave_uncovered() {
    let expecting = format!("{HAPPY}  lambda2: {{StatusCode: 200}}\nexpect: {{status: Failed}}");
    let files = Files::new(
        "test",
        &[
            ("a.yaml", HAPPY),
            ("b.yaml", &expecting),
            (
                "c.yaml",
                "description: the file is not finished\nparameters: {Cluster: demo}",
            ),
            ("notes.txt", "no scenario"),
        ],
    );
    let ran = run(&["test", &files.0.display().to_string()]);
    expect![[r#"
        simulated: 3 scenarios of ecs-run-task
        ok     a.yaml: everything goes well
        FAIL   b.yaml: everything goes well
               b.yaml:9:18: the status is Success, not Failed
        ERROR  c.yaml
               c.yaml has no answer for the call of Lambda.Invoke by the step `lambda1`: write one under `answers:`, as `lambda1: {…}` or `Lambda.Invoke: {…}` (its answer may hold StatusCode, FunctionError, Payload)
        coverage: 4 of 5 steps, 4 of 9 ways between them
          never ran:    Sleep
          never taken:  lambda1 fails → Sleep
          never taken:  ecs fails → Sleep
          never taken:  wait fails → Sleep
          never taken:  wait is cancelled → lambda2
        simulated: 1 of 3 scenarios came out as expected
    "#]]
    .assert_eq(&files.plain(&ran.output));
    assert_eq!(ran.exit, Exit::Simulation);
    assert_eq!(run(&["test", &files.path("a.yaml")]).exit, Exit::Success);
    assert_eq!(
        run(&["test", &files.path("a.yaml"), &files.path("b.yaml")]).exit,
        Exit::Failed
    );
}

/// Names in quotes, with dots and with brackets in them, values of several lines, an alias, and characters of several bytes.
const ELSEWHERE: &str = "\
description: ä
parameters: {\"Cluster\": &name demo}
answers:
  'Lambda.Invoke': {StatusCode: 200}
  ecs:
    - tasks: [{'taskArn': ä}]
  wait[1]: {tasks: [{exitCode: 0}]}
  lambda2:
    StatusCode: 200
    Payload: |
      done
expect:
  status: >-
    Failed
  steps: [{lambda1: Success}, {ecs: Success}, {wait: TimedOut}]
  outputs:
    ecs.taskArn: [ü]
  calls:
    - Lambda.Invoke
    - ECS.RunTask: {cluster: 'ö', tags: [{key: a}]}
    - ECS.DescribeTasks
    - Lambda.Invoke: {FunctionName: *name}
";

#[test]
fn what_is_not_as_expected_is_told_at_its_line() {
    let wait = ELSEWHERE.replace("wait[1]", "wait");
    let fewer = wait.replace(", {wait: TimedOut}", "");
    let files = Files::new(
        "places",
        &[
            ("a.yaml", ELSEWHERE),
            ("b.yaml", &wait),
            ("c.yaml", &fewer.replace("    - ECS.DescribeTasks\n", "")),
            (
                "d.json",
                "{\n  \"answers\": {\"ecs\": {\n    \"error\": \"E\"}}}",
            ),
            ("e.yaml", &wait.replace("'taskArn'", "'taskarn'")),
            (
                "f.yaml",
                &wait.replace("expect:", "  lambda1: {StatusCode: 200}\nexpect:"),
            ),
        ],
    );
    let ran = run(&["test", &files.0.display().to_string()]);
    // How far second lines are indented depends on the folder.
    let told = files.plain(&ran.output);
    let told = told.lines().map(|line| format!("{}\n", line.trim_start()));
    expect![[r#"
        simulated: 6 scenarios of ecs-run-task
        ERROR  a.yaml
        a.yaml:7:3: `answers.wait[1]`: `wait` is not inside a loop, so that it has no iterations
        FAIL   b.yaml: ä
        b.yaml:13:11: the status is Success, not Failed
        b.yaml:15:47: these steps ran:   lambda1: Success, ecs: Success, wait: Success, lambda2: Success
        expected instead:  lambda1: Success, ecs: Success, wait: TimedOut
        b.yaml:17:18: the output ecs.taskArn is "ä", not "ü"
        b.yaml:20:30: ECS.RunTask was called by ecs with cluster = "demo", not "ö"
        b.yaml:20:41: ECS.RunTask was called by ecs with tags = (nothing), not [{"key":"a"}]
        b.yaml:2:25: Lambda.Invoke was called by lambda2 with FunctionName = "test", not "demo"
        FAIL   c.yaml: ä
        c.yaml:13:11: the status is Success, not Failed
        c.yaml:15:10: these steps ran:   lambda1: Success, ecs: Success, wait: Success, lambda2: Success
        expected instead:  lambda1: Success, ecs: Success
        c.yaml:17:18: the output ecs.taskArn is "ä", not "ü"
        c.yaml:21:7: these calls were made: Lambda.Invoke, ECS.RunTask, ECS.DescribeTasks, Lambda.Invoke
        expected instead:      Lambda.Invoke, ECS.RunTask, Lambda.Invoke
        ERROR  d.json
        d.json:3:14: `answers.ecs.error` is the text "E", but an error such as `{code: ThrottlingException, message: slow down}` belongs there
        ERROR  e.yaml
        e.yaml:6:16: `answers.ecs`, the answer of ECS.RunTask: $.tasks[0].taskarn is not in the answer of this operation; did you mean `taskArn`?
        FAIL   f.yaml: ä
        f.yaml:14:11: the status is Success, not Failed
        f.yaml:16:47: these steps ran:   lambda1: Success, ecs: Success, wait: Success, lambda2: Success
        expected instead:  lambda1: Success, ecs: Success, wait: TimedOut
        f.yaml:18:18: the output ecs.taskArn is "ä", not "ü"
        f.yaml:21:30: ECS.RunTask was called by ecs with cluster = "demo", not "ö"
        f.yaml:21:41: ECS.RunTask was called by ecs with tags = (nothing), not [{"key":"a"}]
        f.yaml:2:25: Lambda.Invoke was called by lambda2 with FunctionName = "test", not "demo"
        f.yaml:4:3: nothing asked for the answer `Lambda.Invoke`
        coverage: 4 of 5 steps, 4 of 9 ways between them
        never ran:    Sleep
        never taken:  lambda1 fails → Sleep
        never taken:  ecs fails → Sleep
        never taken:  wait fails → Sleep
        never taken:  wait is cancelled → lambda2
        simulated: 0 of 6 scenarios came out as expected
    "#]].assert_eq(&told.collect::<String>());
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
