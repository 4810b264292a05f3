//! Executions that are cut off and continued, and journals that grow or break.

use std::time::Duration;

use runbook_runtime::clock::{Clock, VirtualClock};
use runbook_runtime::engine::{Engine, EngineError};
use runbook_runtime::event::{Change, Event};
use runbook_runtime::execution::Execution;
use runbook_runtime::status::Status::{self, Success, TimedOut};
use runbook_runtime::store::{MemoryStore, Store};
use serde_json::json;
use uuid::Uuid;

use crate::loops::{Limited, Twice};
use crate::loops_nested::{self, Nested};
use crate::procedures::{Command, endless};
use crate::sheets::*;
use crate::toy::{
    BreakingStore, EXECUTION, FullStore, Reply, Script, ScriptedCaller, Sheet, Toy, attempt, done,
    morning, run_cancelled, start,
};

/// Cuts an execution after each of its events, continues it, and compares the records.
async fn check_cuts<S: Sheet>(script: Script, cancel_after: Option<u64>) {
    let whole = run_cancelled::<S>(script, cancel_after).await.record;
    for cut in 1.. {
        let mut finished = false;
        let stores: [&dyn Store; 2] = [&MemoryStore::new(), &FullStore::default()];
        for store in stores {
            let (record, was_cut) = cut_and_resume::<S>(script, cancel_after, store, cut).await;
            assert_eq!(record, whole, "cut after event {cut}");
            finished = !was_cut;
        }
        if finished {
            break;
        }
    }
}

async fn cut_and_resume<S: Sheet>(
    script: Script,
    cancel_after: Option<u64>,
    store: &dyn Store,
    cut: usize,
) -> (runbook_runtime::record::Record, bool) {
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(script, &clock);
    let breaking = BreakingStore::new(store, cut);
    let record = match attempt::<S>(&caller, &clock, &breaking, cancel_after, None).await {
        Ok(record) => return (record, false),
        Err(EngineError::Store(_)) => {
            let last = store.events(EXECUTION).unwrap().last().unwrap().at;
            let clock = VirtualClock::new(last);
            let caller = ScriptedCaller::new(script, &clock);
            attempt::<S>(&caller, &clock, store, cancel_after, Some(EXECUTION)).await
        }
        Err(error) => Err(error),
    };
    (record.unwrap(), true)
}

#[tokio::test]
async fn cut_after_any_event_changes_nothing() {
    check_cuts::<Everything>(Everything::script, None).await;
    check_cuts::<Patient>(|_, _, _| Reply::Throttled, None).await;
    check_cuts::<WaitTwice>(|_, _, _| Reply::Answer(json!({"Status": "STARTING"})), None).await;
    check_cuts::<Thrice>(|_, _, _| Reply::Slow(100, json!({})), None).await;
    check_cuts::<Assert>(|_, _, _| done(), None).await;
    check_cuts::<ThriceWithoutInput>(|_, _, _| done(), None).await;
    check_cuts::<Jump>(|_, _, _| Reply::Error("Unlucky"), None).await;
    check_cuts::<Continue>(|_, _, _| Reply::Error("Unlucky"), None).await;
    check_cuts::<AbortAtEnd>(|_, _, _| done(), None).await;
    check_cuts::<SleepUntil>(|_, _, _| done(), None).await;
    check_cuts::<Command>(endless, None).await;
}

#[tokio::test]
async fn cut_after_any_event_of_a_loop_changes_nothing() {
    check_cuts::<Nested>(loops_nested::unlucky_once, None).await;
    check_cuts::<Nested>(|_, _, _| Reply::Slow(20, json!({})), None).await;
    check_cuts::<Nested>(|_, _, _| Reply::Slow(20, json!({})), Some(50)).await;
    check_cuts::<Nested>(|_, _, _| Reply::Slow(24, json!({})), None).await;
    check_cuts::<Twice>(|_, _, _| Reply::Slow(20, json!({})), None).await;
}

#[tokio::test]
async fn cut_after_any_event_of_a_cancelled_execution_changes_nothing() {
    check_cuts::<CancelChain>(|_, _, _| done(), Some(60)).await;
    check_cuts::<CancelToC>(|_, _, _| Reply::Slow(20, json!({})), Some(10)).await;
    check_cuts::<Wait>(
        |_, _, _| Reply::Answer(json!({"Status": "STARTING"})),
        Some(100),
    )
    .await;
}

#[tokio::test]
async fn call_under_way_at_the_cut_is_made_again_and_answered_ones_are_not() {
    let store = MemoryStore::new();
    let script: Script = |_, _, _| done();
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(script, &clock);
    // Began, Identified, StepStarted a, Called, Answered, StepEnded, StepStarted b, Called.
    let breaking = BreakingStore::new(&store, 8);
    let cut = attempt::<Plain>(&caller, &clock, &breaking, None, None).await;
    assert!(matches!(cut, Err(EngineError::Store(_))));
    attempt::<Plain>(&caller, &clock, &store, None, Some(EXECUTION))
        .await
        .unwrap();
    assert_eq!(caller.calls(), ["a/1/1", "b/1/1", "b/1/1", "c/1/1"]);
}

#[tokio::test]
async fn time_in_which_nobody_worked_counts_against_no_limit() {
    let store = MemoryStore::new();
    let script: Script = |_, _, _| Reply::Slow(20, json!({}));
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(script, &clock);
    let breaking = BreakingStore::new(&store, 4);
    let cut = attempt::<Thrice>(&caller, &clock, &breaking, None, None).await;
    assert!(cut.is_err());
    clock
        .sleep_until(morning() + Duration::from_secs(7200))
        .await;
    let record = attempt::<Thrice>(&caller, &clock, &store, None, Some(EXECUTION))
        .await
        .unwrap();
    assert_eq!(record.status(), Success);
    assert_eq!(caller.calls(), ["a/1/1", "a/1/1"]);
}

/// Cuts an execution after some events and continues it hours later. Gives its status, and the seconds that it took then.
async fn continued_late<S: Sheet>(script: Script, cut: usize) -> (Status, i64) {
    let store = MemoryStore::new();
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(script, &clock);
    let breaking = BreakingStore::new(&store, cut);
    let cut = attempt::<S>(&caller, &clock, &breaking, None, None).await;
    assert!(matches!(cut, Err(EngineError::Store(_))));
    let noon = morning() + Duration::from_secs(4 * 3600);
    clock.sleep_until(noon).await;
    let record = attempt::<S>(&caller, &clock, &store, None, Some(EXECUTION))
        .await
        .unwrap();
    (record.status(), clock.now().duration_since(noon).as_secs())
}

#[tokio::test]
async fn sleep_that_ended_while_nobody_worked_is_over() {
    // Began, Identified, StepStarted, Waiting.
    let late = continued_late::<SleepUntil>(|_, _, _| done(), 4).await;
    assert_eq!(late, (Success, 0));
}

#[tokio::test]
async fn wait_whose_time_is_up_meanwhile_has_a_last_look() {
    let ready: Script = |_, _, number| match number {
        1 => Reply::Slow(1, json!({"Status": "STARTING"})),
        _ => Reply::Answer(json!({"Status": "READY"})),
    };
    let starting: Script = |_, _, _| Reply::Answer(json!({"Status": "STARTING"}));
    let stuck: Script = |_, _, number| match number {
        1 => Reply::Answer(json!({"Status": "STARTING"})),
        _ => Reply::Slow(3600, json!({"Status": "READY"})),
    };
    // Began, Identified, StepStarted, Called, Answered, Waiting, Called.
    assert_eq!(continued_late::<Wait>(ready, 6).await, (Success, 0));
    assert_eq!(continued_late::<Wait>(ready, 7).await, (Success, 0));
    assert_eq!(continued_late::<Wait>(starting, 7).await, (TimedOut, 0));
    assert_eq!(continued_late::<Wait>(stuck, 7).await, (TimedOut, 25));
}

#[tokio::test]
async fn call_inside_a_loop_whose_time_is_up_meanwhile_is_made_and_answered() {
    // Began, Identified, StepStarted each, IterationStarted, StepStarted first, Called.
    let slow: Script = |_, _, _| Reply::Slow(10, json!({}));
    assert_eq!(continued_late::<Limited>(slow, 6).await, (TimedOut, 10));
    let stuck: Script = |_, _, _| Reply::Slow(3600, json!({}));
    assert_eq!(continued_late::<Limited>(stuck, 6).await, (TimedOut, 25));
}

#[tokio::test]
async fn polls_of_hours_leave_a_journal_of_a_few_events() {
    let script: Script = |_, _, _| Reply::Answer(json!({"Status": "STARTING"}));
    let outcome = run_cancelled::<Wait>(script, None).await;
    assert!(outcome.calls.len() > 200);
    assert!(outcome.events.len() < 10, "{:#?}", outcome.events);
}

#[tokio::test]
async fn superseded_events_can_be_missing() {
    let store = FullStore::default();
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(Everything::script, &clock);
    let whole = attempt::<Everything>(&caller, &clock, &store, None, None)
        .await
        .unwrap();
    let events = store.events(EXECUTION).unwrap();
    let compact = MemoryStore::new();
    compact.append(EXECUTION, events.clone()).unwrap();
    let compact = compact.events(EXECUTION).unwrap();
    assert!(compact.len() < events.len());
    for events in [events, compact] {
        assert_eq!(
            Execution::<Toy<Everything>>::from_events(&events)
                .unwrap()
                .record(),
            whole
        );
    }
}

#[tokio::test]
async fn finished_execution_is_not_touched_again() {
    let store = MemoryStore::new();
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
    let record = attempt::<Plain>(&caller, &clock, &store, None, None)
        .await
        .unwrap();
    let events = store.events(EXECUTION).unwrap();
    let again = attempt::<Plain>(&caller, &clock, &store, None, Some(EXECUTION))
        .await
        .unwrap();
    assert_eq!(again, record);
    assert_eq!(store.events(EXECUTION).unwrap(), events);
}

#[tokio::test]
async fn executions_that_cannot_start_or_continue_say_why() {
    let store = MemoryStore::new();
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
    let engine = Engine::<Toy<Plain>>::new(&caller, &clock, &store);

    let unknown = engine.resume(EXECUTION).await;
    assert!(matches!(unknown, Err(EngineError::Unknown(EXECUTION))));

    engine.run(start()).await.unwrap();
    assert!(matches!(
        engine.run(start()).await,
        Err(EngineError::Known(EXECUTION))
    ));

    let other = Engine::<Toy<Everything>>::new(&caller, &clock, &store)
        .resume(EXECUTION)
        .await;
    assert!(matches!(other, Err(EngineError::OtherRunbook { .. })));

    let mut broken = start();
    broken.execution = Uuid::from_u128(2);
    broken.parameters.insert("Broken".to_owned(), true.into());
    assert!(matches!(
        engine.run(broken).await,
        Err(EngineError::Parameters(_))
    ));
}

#[tokio::test]
async fn nothing_runs_for_a_caller_without_identity() {
    let store = MemoryStore::new();
    let clock = VirtualClock::new(morning());
    let script: Script = |step, _, _| {
        if step.is_empty() {
            Reply::Stranger
        } else {
            done()
        }
    };
    let caller = ScriptedCaller::new(script, &clock);
    let record = attempt::<Plain>(&caller, &clock, &store, None, None).await;
    let message = record.unwrap_err().to_string();
    assert!(
        message.starts_with("cannot find out who is calling: An error occurred (ExpiredToken)")
    );
    assert!(caller.calls().is_empty());
}

#[test]
fn journals_that_make_no_sense_are_refused() {
    let event = |change| Event {
        at: morning(),
        change,
    };
    let ended = event(Change::Ended { status: Success });
    assert!(Execution::<Toy<Plain>>::from_events(&[]).is_err());
    assert!(Execution::<Toy<Plain>>::from_events(&[ended]).is_err());
}

#[test]
fn runs_may_move_between_threads() {
    fn check<T: Send>(_: T) {}
    let store = MemoryStore::new();
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
    let engine = Engine::<Toy<Plain>>::new(&caller, &clock, &store);
    check(engine.run(start()));
    check(engine.resume(EXECUTION));
}
