//! Where steps lead, and what their failures make of the execution (spec 4.4).

use std::pin::Pin;

use runbook_runtime::status::Status::{self, Failed, Success, TimedOut};
use serde_json::json;

use crate::sheets::*;
use crate::toy::{Outcome, Reply, Script, Sheet, done, run};

type Run = Pin<Box<dyn Future<Output = Outcome>>>;

/// What it shows, the runbook, its answers, the steps that ran, the final status.
type Row = (
    &'static str,
    fn(Script) -> Run,
    Script,
    &'static str,
    Status,
);

fn run_of<S: Sheet>(script: Script) -> Run {
    Box::pin(run::<S>(script))
}

fn good(_: &str, _: u32, _: u32) -> Reply {
    done()
}

fn a_fails(step: &str, _: u32, _: u32) -> Reply {
    if step == "a" {
        Reply::Error("Unlucky")
    } else {
        done()
    }
}

fn a_is_slow(step: &str, _: u32, _: u32) -> Reply {
    if step == "a" {
        Reply::Slow(26, json!({}))
    } else {
        done()
    }
}

fn a_is_slow_and_c_fails(step: &str, _: u32, _: u32) -> Reply {
    match step {
        "a" => Reply::Slow(26, json!({})),
        "c" => Reply::Error("Unlucky"),
        _ => done(),
    }
}

#[tokio::test]
async fn steps_lead_where_the_table_of_transitions_says() {
    #[rustfmt::skip]
    let table: Vec<Row> = vec![
        ("success",                run_of::<Plain>,                 good,      "a Success, b Success, c Success", Success),
        ("nextStep",               run_of::<NextStep>,              good,      "a Success, c Success", Success),
        ("isEnd",                  run_of::<AbortAtEnd>,            good,      "a Success", Success),
        ("Abort",                  run_of::<Plain>,                 a_fails,   "a Failed", Failed),
        ("Abort, uncritical",      run_of::<AbortUncritical>,       a_fails,   "a Failed", Failed),
        ("Abort at the end",       run_of::<AbortAtEnd>,            a_fails,   "a Failed", Failed),
        ("Abort, timeout",         run_of::<Plain>,                 a_is_slow, "a TimedOut", TimedOut),
        ("step:c",                 run_of::<Jump>,                  a_fails,   "a Failed, c Success", Failed),
        ("step:c, timeout",        run_of::<Jump>,                  a_is_slow, "a TimedOut, c Success", TimedOut),
        ("step:c, both",           run_of::<Jump>,                  a_is_slow_and_c_fails, "a TimedOut, c Failed", Failed),
        ("step:c, uncritical",     run_of::<JumpUncritical>,        a_fails,   "a Failed, c Success", Success),
        ("step:c at the end",      run_of::<JumpAtEnd>,             a_fails,   "a Failed", Failed),
        ("the same, uncritical",   run_of::<JumpAtEndUncritical>,   a_fails,   "a Failed", Success),
        ("Continue",               run_of::<Continue>,              a_fails,   "a Failed, b Success, c Success", Success),
        ("Continue, critical",     run_of::<ContinueCritical>,      a_fails,   "a Failed, b Success, c Success", Failed),
        ("Continue at the end",    run_of::<ContinueAtEnd>,         a_fails,   "a Failed", Success),
        ("the same, critical",     run_of::<ContinueAtEndCritical>, a_fails,   "a Failed", Failed),
        ("branch",                 run_of::<Chosen>,                good,      "a Success, c Success", Success),
        ("branch at the end",      run_of::<ChosenAtEnd>,           good,      "a Success, c Success", Success),
        ("no choice",              run_of::<NotChosen>,             good,      "a Success, b Success", Success),
        ("no choice at the end",   run_of::<NotChosenAtEnd>,        good,      "a Success", Success),
    ];
    for (row, run, script, steps, status) in table {
        let outcome = run(script).await;
        assert_eq!(outcome.steps().join(", "), steps, "{row}");
        assert_eq!(outcome.record.status(), status, "{row}");
    }
}

#[tokio::test]
async fn execution_tells_the_message_of_the_step_that_made_it_fail() {
    let outcome = run::<Jump>(a_is_slow_and_c_fails).await;
    let message = outcome.record.automation_execution.failure_message.clone();
    let c = outcome.record.step("c").unwrap();
    assert_eq!(message.as_deref(), c.failure_message.as_deref());

    let outcome = run::<Continue>(a_fails).await;
    assert_eq!(outcome.record.automation_execution.failure_message, None);
    assert!(outcome.record.step("a").unwrap().failure_message.is_some());
}
