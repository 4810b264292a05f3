//! Calls that are made again: by what their services recognise them.

use runbook_runtime::clock::VirtualClock;
use runbook_runtime::engine::EngineError;
use runbook_runtime::status::Status::Failed;
use runbook_runtime::store::MemoryStore;
use serde_json::json;

use crate::loops_nested::Nested;
use crate::procedures::{Command, endless};
use crate::sheets::{Plain, Thrice, Wait};
use crate::toy::{
    BreakingStore, EXECUTION, Reply, Script, ScriptedCaller, Sheet, attempt, done, morning,
};

/// The calls of a run, and the first one with the same token for each.
async fn tokens<S: Sheet>(script: Script) -> (Vec<String>, Vec<usize>) {
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(script, &clock);
    let store = MemoryStore::new();
    attempt::<S>(&caller, &clock, &store, None, None)
        .await
        .unwrap();
    (caller.calls(), caller.tokens())
}

#[tokio::test]
async fn call_whose_connection_broke_is_the_same_call_in_the_next_attempt() {
    let (calls, tokens) = tokens::<Thrice>(|_, attempt, _| match attempt {
        1 => Reply::Lost,
        2 => Reply::Error("Unlucky"),
        _ => done(),
    })
    .await;
    assert_eq!(calls, ["a/1/1", "a/2/1", "a/3/1"]);
    // The second was answered, so the third is another one.
    assert_eq!(tokens, [0, 0, 2]);
}

#[tokio::test]
async fn call_whose_time_was_up_is_the_same_call_in_the_next_attempt() {
    let (_, tokens) = tokens::<Thrice>(|_, attempt, _| match attempt {
        1 | 2 => Reply::Slow(100, json!({})),
        _ => done(),
    })
    .await;
    assert_eq!(tokens, [0, 0, 0]);
}

#[tokio::test]
async fn answered_calls_are_others_in_every_step_and_iteration() {
    let (calls, tokens) = tokens::<Nested>(|_, _, _| done()).await;
    assert_eq!(tokens, (0..calls.len()).collect::<Vec<_>>());
    let (calls, tokens) = self::tokens::<Command>(endless).await;
    assert_eq!(tokens, (0..calls.len()).collect::<Vec<_>>());
}

#[tokio::test]
async fn call_that_was_throttled_and_then_lost_is_repeated_under_the_token_it_had_last() {
    let script: Script = |_, attempt, number| match (attempt, number) {
        (1, 1) => Reply::Throttled,
        (1, 2) => Reply::Lost,
        _ => done(),
    };
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(script, &clock);
    let store = MemoryStore::new();
    attempt::<Thrice>(&caller, &clock, &store, None, None)
        .await
        .unwrap();
    assert_eq!(caller.calls(), ["a/1/1", "a/1/2", "a/2/1"]);
    assert_eq!(caller.tokens(), [0, 1, 1]);
}

#[tokio::test]
async fn whatever_is_cut_off_is_continued_under_the_tokens_that_it_had() {
    async fn check<S: Sheet>(script: Script) {
        let (calls, whole) = tokens::<S>(script).await;
        for events in 1.. {
            let clock = VirtualClock::new(morning());
            let caller = ScriptedCaller::new(script, &clock);
            let store = MemoryStore::new();
            let breaking = BreakingStore::new(&store, events);
            match attempt::<S>(&caller, &clock, &breaking, None, None).await {
                Ok(_) => return,
                Err(error) => assert!(matches!(error, EngineError::Store(_))),
            }
            attempt::<S>(&caller, &clock, &store, None, Some(EXECUTION))
                .await
                .unwrap();
            // A call that was made twice is told twice.
            let (mut again, mut tokens) = (caller.calls(), caller.tokens());
            if let Some(twice) = (1..again.len()).find(|at| again[*at] == again[at - 1]) {
                assert_eq!(tokens[twice], tokens[twice - 1]);
                again.remove(twice);
                tokens.remove(twice);
                for token in &mut tokens[twice..] {
                    *token -= usize::from(*token > twice);
                }
            }
            assert_eq!(again, calls);
            assert_eq!(tokens, whole, "cut after {events} events");
        }
    }
    check::<Plain>(|_, _, _| done()).await;
    check::<Nested>(|_, _, _| done()).await;
    check::<Command>(endless).await;
    check::<Wait>(|_, _, number| match number {
        1..12 => Reply::Answer(json!({"Status": "STARTING"})),
        _ => Reply::Answer(json!({"Status": "AVAILABLE"})),
    })
    .await;
    check::<Thrice>(|_, attempt, number| match (attempt, number) {
        (1, 1) => Reply::Throttled,
        (1, 2) | (2, _) => Reply::Lost,
        _ => done(),
    })
    .await;
}

#[tokio::test]
async fn tokens_follow_from_the_execution_and_the_path_of_the_step() {
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(|_, _, _| Reply::Error("Unlucky"), &clock);
    let record = attempt::<Thrice>(&caller, &clock, &MemoryStore::new(), None, None).await;
    assert_eq!(record.unwrap().status(), Failed);
    let names = ["a/1/0", "a/1/1", "a/1/2"];
    let expected = names.map(|name| uuid::Uuid::new_v5(&EXECUTION, name.as_bytes()).to_string());
    assert_eq!(caller.token_texts(), expected);
}
