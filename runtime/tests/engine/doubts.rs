//! Calls that were under way when the execution was cut off, or were given up, and that no service recognises.

use runbook_runtime::cancel::CancelToken;
use runbook_runtime::clock::VirtualClock;
use runbook_runtime::doubt::Decision::{self, Fail, Repeat};
use runbook_runtime::doubt::{Doubt, OnUnknown};
use runbook_runtime::effect::Effect;
use runbook_runtime::engine::{Engine, EngineError};
use runbook_runtime::event::Change;
use runbook_runtime::flow::{Flow, OnFailure};
use runbook_runtime::record::Record;
use runbook_runtime::runbook::{Definition, StepDefinition};
use runbook_runtime::status::Status::{Cancelled, Failed, Success};
use runbook_runtime::store::{MemoryStore, Store};
use runbook_runtime::value::InputError;
use serde_json::json;

use crate::toy::{
    BreakingStore, Do, EXECUTION, Reply, Script, ScriptedCaller, Sheet, State, Step, Toy, attempt,
    definition, done, morning, run, step, unseen,
};

/// A step that does in three attempts what nobody recognises, and one that cleans up after it.
struct Daring;

impl Sheet for Daring {
    const DEFINITION: &'static Definition = &definition(
        "daring",
        &[
            StepDefinition {
                max_attempts: Some(3),
                ..step("dare")
            },
            step("clean"),
        ],
    );

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::last().on_failure(OnFailure::Step(Step(1))),
            _ => Flow::last(),
        }
    }

    fn effect(step: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
        Ok(match step.0 {
            0 => Effect::call(unseen()),
            _ => crate::toy::call(),
        })
    }
}

/// A journal that ends with a call: Began, Identified, StepStarted, Called.
async fn cut_off(caller: &ScriptedCaller<'_>, clock: &VirtualClock) -> MemoryStore {
    let store = MemoryStore::new();
    let breaking = BreakingStore::new(&store, 4);
    let cut = attempt::<Daring>(caller, clock, &breaking, None, None).await;
    assert!(matches!(cut, Err(EngineError::Store(_))));
    assert_eq!(caller.calls(), ["dare/1/1"]);
    store
}

async fn decided(
    caller: &ScriptedCaller<'_>,
    clock: &VirtualClock,
    store: &dyn Store,
    decision: Decision,
) -> Result<Record, EngineError> {
    let engine = Engine::<Toy<Daring>>::new(caller, clock, store);
    let engine = engine.on_unknown(OnUnknown::Do(decision));
    engine.resume(EXECUTION).await
}

fn warning(record: &Record) -> Option<&str> {
    record.step("dare")?.warning_message.as_deref()
}

#[tokio::test]
async fn nothing_goes_on_before_somebody_has_decided() {
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
    let store = cut_off(&caller, &clock).await;
    let before = store.events(EXECUTION).unwrap();

    let asked = attempt::<Daring>(&caller, &clock, &store, None, Some(EXECUTION)).await;

    let Err(EngineError::Doubt(doubt)) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(
        doubt.to_string(),
        "nobody knows whether step dare has called toy.DoUnseen: the execution was cut off while it was about to, at \
         2026-01-31T08:00:00Z, with {\"Unseen\":true}"
    );
    assert_eq!(doubt.execution, EXECUTION);
    let script = Doubt {
        inputs: json!({"Script": "x".repeat(1000), "Payload": {"a": [1, "short"]}}),
        ..*doubt.clone()
    };
    let told = script.to_string();
    assert!(
        told.ends_with("x…\",\"Payload\":{\"a\":[1,\"short\"]}}"),
        "{told}"
    );
    assert!(told.len() < 500, "{told}");
    assert_eq!(store.events(EXECUTION).unwrap(), before);
    assert_eq!(caller.calls(), ["dare/1/1"]);
}

#[tokio::test]
async fn nobody_is_asked_about_a_call_that_is_cancelled() {
    for on_unknown in [OnUnknown::Ask, OnUnknown::Do(Repeat)] {
        let clock = VirtualClock::new(morning());
        let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
        let store = cut_off(&caller, &clock).await;
        let cancel = CancelToken::new();
        cancel.cancel();

        let engine = Engine::<Toy<Daring>>::new(&caller, &clock, &store).cancel(cancel);
        let record = engine.on_unknown(on_unknown).resume(EXECUTION).await;

        let record = record.unwrap();
        assert_eq!(record.status(), Cancelled);
        assert_eq!(warning(&record), None);
        assert_eq!(caller.calls(), ["dare/1/1"]);
    }
}

#[tokio::test]
async fn call_that_is_made_again_is_told_in_the_record() {
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
    let store = cut_off(&caller, &clock).await;

    let record = decided(&caller, &clock, &store, Repeat).await.unwrap();

    assert_eq!(record.status(), Success);
    assert_eq!(caller.calls(), ["dare/1/1", "dare/1/1"]);
    assert_eq!(
        warning(&record),
        Some(
            "The execution was cut off while toy.DoUnseen was called, and nobody knows whether that was done. It was \
             called again."
        )
    );
}

#[tokio::test]
async fn step_that_is_to_fail_makes_no_other_attempt_and_its_handler_runs() {
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
    let store = cut_off(&caller, &clock).await;

    let record = decided(&caller, &clock, &store, Fail).await.unwrap();

    assert_eq!(caller.calls(), ["dare/1/1", "clean/1/1"]);
    assert_eq!(record.status(), Failed);
    let dare = record.step("dare").unwrap();
    assert_eq!(dare.step_status, Failed);
    assert_eq!(
        dare.failure_message.as_deref(),
        Some(
            "Step fails when it is Execute/Cancelling action. The execution was cut off while toy.DoUnseen was called, \
             and nobody knows whether that was done. It was not called again. Please refer to Automation Service \
             Troubleshooting Guide for more diagnosis details."
        )
    );
    assert_eq!(warning(&record), None);
}

#[tokio::test]
async fn decision_outlives_another_cut() {
    for decision in [Repeat, Fail] {
        let clock = VirtualClock::new(morning());
        let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
        let store = cut_off(&caller, &clock).await;
        // Resumed, Resolved, and nothing that follows.
        let breaking = BreakingStore::new(&store, 2);
        let cut = decided(&caller, &clock, &breaking, decision).await;
        assert!(matches!(cut, Err(EngineError::Store(_))));
        let events = store.events(EXECUTION).unwrap();
        let last = events.last().unwrap();
        assert!(matches!(last.change, Change::Resolved { .. }), "{last:?}");

        let resumed = attempt::<Daring>(&caller, &clock, &store, None, Some(EXECUTION)).await;

        let record = resumed.unwrap();
        assert_eq!(record.status() == Success, decision == Repeat);
        assert_eq!(warning(&record).is_some(), decision == Repeat);
    }
}

#[tokio::test]
async fn call_that_was_answered_leaves_nothing_to_decide() {
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
    for events in [3, 5] {
        let store = MemoryStore::new();
        let breaking = BreakingStore::new(&store, events);
        let cut = attempt::<Daring>(&caller, &clock, &breaking, None, None).await;
        assert!(matches!(cut, Err(EngineError::Store(_))));
        let resumed = attempt::<Daring>(&caller, &clock, &store, None, Some(EXECUTION)).await;
        assert_eq!(warning(&resumed.unwrap()), None, "cut after {events}");
    }
}

#[tokio::test]
async fn attempt_that_may_do_something_twice_says_so() {
    async fn warned(script: Script) -> Option<String> {
        let outcome = run::<Daring>(script).await;
        assert_eq!(outcome.record.status(), Success);
        warning(&outcome.record).map(str::to_owned)
    }
    let lost = warned(|_, attempt, _| match attempt {
        1 => Reply::Lost,
        _ => done(),
    });
    assert_eq!(
        lost.await.as_deref(),
        Some(
            "Attempt 1 got no answer to toy.DoUnseen, which may have been done all the same. Attempt 2 calls it again."
        )
    );
    let late = warned(|_, attempt, _| match attempt {
        1 | 2 => Reply::Slow(100, json!({})),
        _ => done(),
    });
    assert!(late.await.unwrap().starts_with("Attempt 2 got no answer"));
    let answered = warned(|_, attempt, _| match attempt {
        1 => Reply::Error("Unlucky"),
        _ => done(),
    });
    assert_eq!(answered.await, None);
}

#[tokio::test]
async fn attempt_that_is_recognised_warns_of_nothing() {
    let outcome = run::<crate::sheets::Thrice>(|_, attempt, _| match attempt {
        1 => Reply::Lost,
        _ => done(),
    })
    .await;
    assert_eq!(outcome.record.status(), Success);
    assert_eq!(outcome.record.step("a").unwrap().warning_message, None);
}
