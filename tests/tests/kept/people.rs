//! What people tell a run from another terminal.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{Machine, binaries, statuses, user};

#[test]
fn people_decide_from_another_terminal() {
    let machine = Machine::new();
    let run = machine.start(&[], "ask");

    let refused = run.tell("approve", &["--as", &user("eve")]).expect_code(1);
    let line = format!(
        "error: refused: {} is none of the approvers of `ask`: ana, ben\n",
        user("eve")
    );
    assert_eq!(refused.stderr, line);
    let refused = run.tell("resume", &["ask"]).expect_code(1);
    assert!(
        refused.stderr.contains("cannot be resumed"),
        "{}",
        refused.stderr
    );

    let asked = Instant::now();
    let approved = run
        .tell(
            "approve",
            &["ask", "--as", &user("ana"), "--comment", "fine"],
        )
        .expect_code(0);
    assert_eq!(approved.stdout, format!("approved by {}\n", user("ana")));
    assert!(asked.elapsed() < Duration::from_secs(5));

    machine.wait_for("look");
    run.tell("resume", &["look"]).expect_code(0);
    let ran = run.end().expect_code(0);
    let record = ran.json();
    assert_eq!(
        statuses(&record),
        ["nap Success", "ask Success", "look Success", "tidy Pending"]
    );
    let decision =
        &record["AutomationExecution"]["StepExecutions"][1]["Outputs"]["ApproverDecisions"][0];
    assert!(
        decision.as_str().unwrap().contains("\"Comment\":\"fine\""),
        "{decision}"
    );
    let closed = "standard input is closed: nobody here can decide about `ask`; it waits until";
    assert!(ran.stderr.contains(closed), "{}", ran.stderr);
}

#[test]
fn a_decision_before_its_time_is_refused() {
    let machine = Machine::new();
    let run = machine.start(&["--Nap", "PT1H"], "nap");
    let refused = run.tell("reject", &["--as", &user("ana")]).expect_code(1);
    assert_eq!(
        refused.stderr,
        "error: refused: no step waits for a signal\n"
    );
    run.tell("cancel", &[]).expect_code(0);
    run.end().expect_code(4);
}

#[test]
fn a_run_is_cancelled_from_another_terminal_and_its_handler_runs() {
    let machine = Machine::new();
    let run = machine.start(&["--Nap", "PT1H"], "nap");
    run.tell("cancel", &[]).expect_code(0);
    let record = run.end().expect_code(4).json();
    assert_eq!(
        statuses(&record),
        [
            "nap Cancelled",
            "ask Pending",
            "look Pending",
            "tidy Success"
        ]
    );
    let ended = machine.list()[0]["AutomationExecutionId"].clone();
    let late = machine
        .gate(&["cancel", ended.as_str().unwrap()])
        .expect_code(1);
    assert!(
        late.stderr.contains("has ended: Cancelled"),
        "{}",
        late.stderr
    );
}

#[test]
fn a_run_ends_after_the_step_under_way() {
    let machine = Machine::new();
    let run = machine.start(&["--Nap", "PT3S"], "nap");
    run.tell("stop", &["--complete"]).expect_code(0);
    let record = run.end().expect_code(0).json();
    assert_eq!(
        record["AutomationExecution"]["AutomationExecutionStatus"],
        "Success"
    );
    assert_eq!(
        statuses(&record),
        ["nap Success", "ask Pending", "look Pending", "tidy Pending"]
    );
}

#[test]
fn an_interactive_run_asks_before_each_step() {
    let machine = Machine::new();
    let mut command = machine.command(&binaries().1, &["run", "--interactive", "--output", "json"]);
    let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = streams.stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A step that is not the next one is not started.
    stdin.write_all(b"start ask\nstart nap\n").unwrap();
    machine.wait_for("ask");
    stdin.write_all(b"complete\n").unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{told}");
    let record: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(record["AutomationExecution"]["Mode"], "Interactive");
    assert_eq!(statuses(&record)[..2], ["nap Success", "ask Pending"]);
    assert!(
        told.contains("refused: `ask` does not wait for a signal, `nap` does"),
        "{told}"
    );

    // From another terminal.
    let run = machine.start_until(&["--interactive"], |newest| {
        newest["AutomationExecutionStatus"] == "Waiting"
    });
    run.tell("start", &["nap"]).expect_code(0);
    run.tell("stop", &["--complete"]).expect_code(0);
    assert_eq!(statuses(&run.end().expect_code(0).json())[1], "ask Pending");
}
