//! Cancellation and the chain that follows it (spec 4.5).

use runbook_runtime::cancel::CancelToken;
use runbook_runtime::clock::VirtualClock;
use runbook_runtime::engine::Engine;
use runbook_runtime::status::Status::{Cancelled, Pending};
use runbook_runtime::store::MemoryStore;
use serde_json::json;

use crate::sheets::*;
use crate::toy::{Outcome, Reply, ScriptedCaller, Toy, done, morning, run_cancelled, start};

fn check(outcome: &Outcome, steps: &str, seconds: i64) {
    assert_eq!(outcome.record.status(), Cancelled);
    assert_eq!(outcome.steps().join(", "), steps);
    assert_eq!(outcome.seconds(), seconds);
    assert_eq!(outcome.record.automation_execution.failure_message, None);
}

#[tokio::test]
async fn sleep_ends_when_it_is_cancelled() {
    let outcome = run_cancelled::<Sleep>(|_, _, _| done(), Some(30)).await;
    check(&outcome, "a Cancelled", 30);
}

#[tokio::test]
async fn call_is_let_go_and_its_chain_runs() {
    let script = |step: &str, _, _| match step {
        "a" => Reply::Slow(20, json!({})),
        _ => done(),
    };
    let outcome = run_cancelled::<CancelToC>(script, Some(10)).await;
    check(&outcome, "a Cancelled, c Success", 10);
}

#[tokio::test]
async fn without_a_chain_later_steps_stay_pending() {
    let script = |_: &str, _, _| Reply::Slow(20, json!({}));
    let outcome = run_cancelled::<Plain>(script, Some(30)).await;
    check(&outcome, "a Success, b Cancelled", 30);
}

#[tokio::test]
async fn pause_between_polls_ends_when_it_is_cancelled() {
    let script = |_: &str, _, _| Reply::Answer(json!({"Status": "STARTING"}));
    let outcome = run_cancelled::<Wait>(script, Some(5)).await;
    check(&outcome, "a Cancelled", 5);
}

#[tokio::test]
async fn chain_has_two_minutes() {
    let outcome = run_cancelled::<CancelChain>(|_, _, _| done(), Some(60)).await;
    check(
        &outcome,
        "sleep Cancelled, clean Success, slow Cancelled",
        60 + 120,
    );
}

#[tokio::test]
async fn chain_goes_on_by_its_own_failures() {
    let script = |step: &str, _, _| match step {
        "clean" => Reply::Error("Unlucky"),
        _ => done(),
    };
    let outcome = run_cancelled::<CancelChain>(script, Some(60)).await;
    check(&outcome, "sleep Cancelled, clean Failed", 60);
}

#[tokio::test]
async fn cancelled_before_it_starts_nothing_is_called() {
    let store = MemoryStore::new();
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
    let cancel = CancelToken::new();
    cancel.cancel();
    let engine = Engine::<Toy<Plain>>::new(&caller, &clock, &store).cancel(cancel);
    let record = engine.run(start()).await.unwrap();
    assert_eq!(record.status(), Cancelled);
    assert_eq!(record.step("a").unwrap().step_status, Pending);
    assert!(caller.calls().is_empty());
}
