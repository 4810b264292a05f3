//! Loops that are stopped: when their time is up, or by a cancellation (spec 4.2, 4.5).

use runbook_runtime::effect::Effect;
use runbook_runtime::flow::{Flow, OnCancel, OnFailure};
use runbook_runtime::runbook::{Definition, StepDefinition};
use runbook_runtime::status::Status::{Cancelled, Success, TimedOut};
use runbook_runtime::value::InputError;
use serde_json::json;

use crate::loops::{
    CancelInside, CancelOut, Limited, LimitedByReference, LimitedContinues, Twice, Two, for_two,
    good, slow, unlimited,
};
use crate::procedures::Command;
use crate::toy::{Do, Reply, Sheet, State, Step, call, definition, done, run, run_cancelled, step};

#[tokio::test]
async fn time_of_a_loop_covers_all_of_it() {
    for outcome in [
        run::<Limited>(slow).await,
        run::<LimitedByReference>(slow).await,
    ] {
        let steps = "each TimedOut, first Success, second Success, first Success";
        assert_eq!(outcome.steps().join(", "), steps);
        assert_eq!((outcome.record.status(), outcome.seconds()), (TimedOut, 60));
        assert!(
            outcome
                .cause("each")
                .ends_with("has not finished within 60 seconds.")
        );
    }
    let limit = run::<LimitedByReference>(good)
        .await
        .record
        .step("each")
        .unwrap()
        .timeout_seconds;
    assert_eq!(limit, Some(60));
    let outcome = run::<LimitedContinues>(slow).await;
    assert!(outcome.steps().join(", ").ends_with("after Success"));
    assert_eq!(outcome.record.status(), Success);
}

#[tokio::test]
async fn last_iteration_may_take_all_of_the_time() {
    let outcome = run::<Limited>(|_, _, _| Reply::Slow(15, json!({}))).await;
    assert!(outcome.steps().contains(&"each Success".to_owned()));
    assert_eq!(outcome.record.status(), Success);

    let outcome = run::<Limited>(|_, _, _| Reply::Slow(16, json!({}))).await;
    let steps = "each TimedOut, first Success, second Success, first Success, second Cancelled";
    assert_eq!(outcome.steps().join(", "), steps);
}

#[tokio::test]
async fn step_under_way_when_the_time_is_up_is_cancelled() {
    let script = |step: &str, _, _| match step {
        "each[1]/first" => Reply::Slow(24, json!({})),
        _ => Reply::Slow(23, json!({})),
    };
    let outcome = run::<Limited>(script).await;
    let steps = "each TimedOut, first Success, second Success, first Cancelled";
    assert_eq!(outcome.steps().join(", "), steps);
    assert_eq!((outcome.record.status(), outcome.seconds()), (TimedOut, 60));
}

#[tokio::test]
async fn another_attempt_begins_the_loop_anew() {
    let outcome = run::<Twice>(|step, _, _| match step {
        "each[1]/first" => Reply::Slow(24, json!({})),
        "each[1]/second" => Reply::Slow(24, json!({})),
        "each[2]/first" => Reply::Slow(24, json!({})),
        _ => done(),
    })
    .await;
    let steps = "each Success, first Success, second Success, first Cancelled, \
                 first Success, second Success, first Success, second Success, after Success";
    assert_eq!(outcome.steps().join(", "), steps);
    assert!(outcome.calls.contains(&"each.2[2]/second/1/1".to_owned()));
    assert_eq!(outcome.record.status(), Success);
}

#[tokio::test]
async fn cancelled_loop_ends_with_its_step() {
    let outcome = run_cancelled::<Two>(slow, Some(30)).await;
    assert_eq!(
        outcome.steps().join(", "),
        "each Cancelled, first Success, second Cancelled"
    );
    assert_eq!(
        (outcome.record.status(), outcome.seconds()),
        (Cancelled, 30)
    );
}

#[tokio::test]
async fn chain_after_a_cancelled_step_may_leave_the_loop() {
    let outcome = run_cancelled::<CancelOut>(slow, Some(10)).await;
    let steps = "each Exited, first Cancelled, after Success";
    assert_eq!(outcome.steps().join(", "), steps);
    assert_eq!(outcome.record.status(), Cancelled);
}

#[tokio::test]
async fn chain_inside_a_loop_ends_with_the_iteration() {
    let outcome = run_cancelled::<CancelInside>(slow, Some(10)).await;
    let steps = "each Cancelled, first Cancelled, second Success";
    assert_eq!(outcome.steps().join(", "), steps);
    assert_eq!(outcome.record.status(), Cancelled);
}

/// A loop that is what follows a cancelled sleep.
struct CancelledIntoLoop;

impl Sheet for CancelledIntoLoop {
    const DEFINITION: &'static Definition = &definition(
        "into",
        &[
            step("sleep"),
            unlimited("each"),
            StepDefinition {
                inside: Some("each"),
                ..step("clean")
            },
        ],
    );

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::end().on_cancel(OnCancel::Step(Step(1))),
            1 => Flow::last().body(Step(2)),
            _ => Flow::last().inside(Step(1)),
        }
    }

    fn effect(step: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
        match step.0 {
            0 => Effect::sleep("PT1H"),
            1 => Effect::for_each::<String>(vec!["x"; 10], None),
            _ => Ok(call()),
        }
    }
}

#[tokio::test]
async fn loop_after_a_cancellation_runs_within_the_two_minutes() {
    let outcome = run_cancelled::<CancelledIntoLoop>(good, Some(60)).await;
    assert_eq!(outcome.calls.len(), 10);
    assert_eq!(
        (outcome.record.status(), outcome.seconds()),
        (Cancelled, 60)
    );
    assert!(outcome.steps().contains(&"each Success".to_owned()));

    let outcome = run_cancelled::<CancelledIntoLoop>(slow, Some(60)).await;
    assert_eq!(outcome.calls.len(), 6);
    assert_eq!(
        (outcome.record.status(), outcome.seconds()),
        (Cancelled, 60 + 120)
    );
    assert!(outcome.steps().contains(&"each Cancelled".to_owned()));
}

/// A loop with a minute for a command that never ends.
struct LoopOfCommands;

impl Sheet for LoopOfCommands {
    const DEFINITION: &'static Definition = &definition(
        "commands",
        &[
            StepDefinition {
                time_limit: Some(60),
                ..step("each")
            },
            StepDefinition {
                inside: Some("each"),
                ..unlimited("command")
            },
        ],
    );

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::last().body(Step(1)).on_failure(OnFailure::Continue),
            _ => Flow::last().inside(Step(0)),
        }
    }

    fn effect(step: Step, state: &State) -> Result<Effect<Do, Step>, InputError> {
        match step.0 {
            0 => for_two(),
            _ => Command::effect(Step(0), state),
        }
    }
}

#[tokio::test]
async fn what_was_started_is_stopped_when_the_time_of_the_loop_is_up() {
    let script = |_: &str, _, number| match number {
        1 => Reply::Answer(json!({"Command": {"CommandId": "c-1"}})),
        _ => Reply::Answer(json!({"Commands": [{"CommandId": "c-1", "Status": "InProgress"}]})),
    };
    let outcome = run::<LoopOfCommands>(script).await;
    assert_eq!(
        outcome.steps().join(", "),
        "each TimedOut, command Cancelled"
    );
    assert_eq!((outcome.record.status(), outcome.seconds()), (Success, 60));
    let kinds: Vec<&str> = outcome
        .events
        .iter()
        .map(|event| event.change.name())
        .collect();
    let end = [
        "LoopTimedOut",
        "Called",
        "Answered",
        "StepEnded",
        "StepEnded",
        "Ended",
    ];
    assert!(kinds.ends_with(&end), "{kinds:?}");
}
