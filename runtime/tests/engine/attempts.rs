//! Attempts, time limits, throttling, polls, and what answers mean (spec 4.1 to 4.3, 5.2, 5.16, 5.23).

use runbook_runtime::failure::{FailureStage, FailureType};
use runbook_runtime::status::Status::{self, Failed, Success, TimedOut};
use serde_json::json;

use crate::sheets::*;
use crate::toy::{Outcome, Reply, Script, Sheet, done, run};

/// Runs a runbook with one step `a`.
async fn check<S: Sheet>(script: Script, calls: &[&str], status: Status) -> Outcome {
    let outcome = run::<S>(script).await;
    assert_eq!(outcome.calls, calls);
    assert_eq!(outcome.record.status(), status);
    outcome
}

fn details(outcome: &Outcome) -> (FailureStage, FailureType) {
    let details = outcome
        .record
        .step("a")
        .unwrap()
        .failure_details
        .clone()
        .unwrap();
    (details.failure_stage, details.failure_type)
}

#[tokio::test]
async fn failed_attempts_are_repeated_after_growing_pauses() {
    let script = |_: &str, attempt, _| {
        if attempt < 3 {
            Reply::Error("Unlucky")
        } else {
            done()
        }
    };
    let outcome = check::<Thrice>(script, &["a/1/1", "a/2/1", "a/3/1"], Success).await;
    assert_eq!(outcome.seconds(), 1 + 2);
}

#[tokio::test]
async fn last_attempt_fails_the_step() {
    let script = |_: &str, _, _| Reply::Error("AccessDeniedException");
    let outcome = check::<Thrice>(script, &["a/1/1", "a/2/1", "a/3/1"], Failed).await;
    assert_eq!(
        outcome.cause("a"),
        "Step fails when it is Execute/Cancelling action. An error occurred (AccessDeniedException) \
         when calling the Do operation: No luck."
    );
    assert_eq!(
        details(&outcome),
        (FailureStage::Invocation, FailureType::Permission)
    );
}

#[tokio::test]
async fn inputs_that_cannot_be_made_or_sent_are_not_tried_again() {
    let outcome = check::<ThriceWithoutInput>(|_, _, _| done(), &[], Failed).await;
    assert_eq!(
        outcome.cause("a"),
        "Step fails when it is validating and resolving the step inputs. \
         Failed to resolve input: `look.Id` has no value."
    );
    assert_eq!(details(&outcome).0, FailureStage::InputValidation);

    let outcome = check::<Thrice>(|_, _, _| Reply::Unsendable, &["a/1/1"], Failed).await;
    assert_eq!(details(&outcome).0, FailureStage::InputValidation);
}

#[tokio::test]
async fn call_over_its_time_limit_times_out_at_the_limit() {
    let script = |_: &str, _, _| Reply::Slow(3600, json!({}));
    let outcome = check::<Thrice>(script, &["a/1/1", "a/2/1", "a/3/1"], TimedOut).await;
    assert_eq!(outcome.seconds(), 25 + 1 + 25 + 2 + 25);
    assert_eq!(
        outcome.cause("a"),
        "Step timed out while step is Execute/Cancelling action. \
         The action has not finished within 25 seconds."
    );
}

#[tokio::test]
async fn throttled_calls_are_repeated_within_the_patience_for_them() {
    let script = |_: &str, _, number| if number < 4 { Reply::Throttled } else { done() };
    let outcome = check::<Patient>(script, &["a/1/1", "a/1/2", "a/1/3", "a/1/4"], Success).await;
    assert_eq!(outcome.seconds(), 1 + 2 + 4);

    let outcome = run::<Patient>(|_, _, _| Reply::Throttled).await;
    assert_eq!(outcome.calls.len(), 6);
    assert_eq!(outcome.seconds(), 1 + 2 + 4 + 8 + 16);
    assert_eq!(
        details(&outcome),
        (FailureStage::Invocation, FailureType::Throttling)
    );
}

#[tokio::test]
async fn throttled_call_has_its_time_anew_whenever_it_is_made() {
    let outcome = run::<Thrice>(|_, _, _| Reply::Throttled).await;
    assert_eq!(outcome.record.status(), Failed);
    assert_eq!(outcome.seconds(), 3 * (1 + 2 + 4 + 8 + 16) + 1 + 2);
    assert_eq!(
        details(&outcome),
        (FailureStage::Invocation, FailureType::Throttling)
    );

    let outcome = run::<Thrice>(|_, attempt, number| match (attempt, number) {
        (1, 1..=4) => Reply::Throttled,
        (1, 5) => Reply::Slow(24, json!({})),
        _ => Reply::Error("Unexpected"),
    })
    .await;
    assert_eq!(outcome.record.status(), Success);
    assert_eq!(outcome.seconds(), 1 + 2 + 4 + 8 + 24);

    let outcome = run::<Thrice>(|_, attempt, number| match (attempt, number) {
        (1, 1) => Reply::Throttled,
        (1, 2) => Reply::Slow(26, json!({})),
        _ => done(),
    })
    .await;
    assert_eq!(outcome.seconds(), 1 + 25 + 1);

    // The pauses are none of its time, however short that is.
    let outcome = run::<Hasty>(|_, _, number| match number {
        1..=4 => Reply::Throttled,
        _ => Reply::Slow(2, json!({})),
    })
    .await;
    assert_eq!(outcome.record.status(), Success);
    assert_eq!(outcome.seconds(), 1 + 2 + 4 + 8 + 2);
}

#[tokio::test]
async fn wait_polls_ever_more_slowly_until_a_desired_value() {
    let script = |_: &str, _, number| match number {
        3 => Reply::Throttled,
        6 => Reply::Answer(json!({"Status": "READY"})),
        _ => Reply::Answer(json!({"Status": "STARTING"})),
    };
    let outcome = run::<Wait>(script).await;
    assert_eq!(outcome.record.status(), Success);
    assert_eq!(outcome.calls.len(), 6);
    assert_eq!(outcome.seconds(), 2 + 4 + 8 + 15 + 15);
}

#[tokio::test]
async fn wait_times_out_at_its_limit_and_says_what_it_saw() {
    let outcome = run::<WaitTwice>(|_, _, _| Reply::Answer(json!({"Status": "STARTING"}))).await;
    assert_eq!(outcome.record.status(), TimedOut);
    assert_eq!(outcome.seconds(), 60 + 1 + 60);
    assert_eq!(
        outcome.cause("a"),
        "Step timed out while step is Execute/Cancelling action. \
         The action has not finished within 60 seconds. The value of $.Status is the text \"STARTING\", \
         which is not among the desired values [\"READY\"]."
    );
}

#[tokio::test]
async fn error_while_polling_fails_the_attempt() {
    let script = |_: &str, attempt, _| match attempt {
        1 => Reply::Error("Unlucky"),
        _ => Reply::Answer(json!({"Status": "READY"})),
    };
    check::<WaitTwice>(script, &["a/1/1", "a/2/1"], Success).await;
}

#[tokio::test]
async fn assertion_compares_the_selected_value() {
    let ready = |_: &str, _, _| Reply::Answer(json!({"Status": "READY"}));
    check::<Assert>(ready, &["a/1/1"], Success).await;

    let outcome = check::<Assert>(|_, _, _| Reply::Answer(json!({})), &["a/1/1"], Failed).await;
    assert_eq!(details(&outcome).1, FailureType::Verification);
    assert_eq!(
        outcome.cause("a"),
        "Step fails when it is Execute/Cancelling action. The value of $.Status is no value, \
         which is not among the desired values [\"READY\"]."
    );
}

#[tokio::test]
async fn function_error_fails_the_step_and_keeps_its_outputs() {
    let script = |_: &str, _, _| {
        Reply::Answer(json!({
            "StatusCode": 200,
            "FunctionError": "Unhandled",
            "Payload": "{\"errorType\":\"KeyError\",\"errorMessage\":\"no key\"}",
            "Value": "half",
        }))
    };
    let outcome = check::<Invoke>(script, &["a/1/1"], Failed).await;
    assert_eq!(
        outcome.cause("a"),
        "Step fails when it is Execute/Cancelling action. \
         The Lambda function failed with Unhandled error: KeyError: no key."
    );
    let outputs = outcome.record.step("a").unwrap().outputs.clone().unwrap();
    assert_eq!(outputs.get("value"), Some(&json!(["half"])));
    let payload = "{\"StatusCode\":200,\"FunctionError\":\"Unhandled\",\
                   \"Payload\":{\"errorType\":\"KeyError\",\"errorMessage\":\"no key\"}}";
    assert_eq!(outputs.get("OutputPayload"), Some(&json!([payload])));
}

#[tokio::test]
async fn output_of_the_wrong_type_fails_the_step() {
    let script = |_: &str, _, _| Reply::Answer(json!({"Value": {}}));
    let outcome = check::<Patient>(script, &["a/1/1"], Failed).await;
    assert_eq!(
        details(&outcome),
        (FailureStage::PostVerification, FailureType::Verification)
    );
}
