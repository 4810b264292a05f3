//! The command `test`: scenarios that are played, what they leave uncovered, and where they are not as expected.

use expect_test::expect;
use runbook_runtime::cli::Exit;

use crate::{Files, HAPPY, run};

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
