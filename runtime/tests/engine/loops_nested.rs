//! Loops inside of loops (spec 5.15).

use runbook_runtime::effect::Effect;
use runbook_runtime::flow::{Flow, OnFailure};
use runbook_runtime::runbook::{Definition, StepDefinition};
use runbook_runtime::status::Status::{Failed, Success, TimedOut};
use runbook_runtime::value::{Document, InputError};
use serde_json::json;

use crate::loops::{good, slow, unlimited};
use crate::toy::{
    Do, Outcome, Reply, Sheet, State, Step, call, definition, done, run, run_cancelled, step,
};

/// A loop of a loop: `outer` of `inner` of `work`, and of `later`, which leads out of both when it fails.
pub(crate) struct Nested;

impl Sheet for Nested {
    const DEFINITION: &'static Definition = &definition(
        "nested",
        &[
            StepDefinition {
                time_limit: Some(60),
                ..step("outer")
            },
            StepDefinition {
                inside: Some("outer"),
                ..unlimited("inner")
            },
            StepDefinition {
                inside: Some("inner"),
                ..step("work")
            },
            StepDefinition {
                inside: Some("outer"),
                ..step("later")
            },
            step("after"),
        ],
    );

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::then(Step(4)).body(Step(1)),
            1 => Flow::then(Step(3)).inside(Step(0)).body(Step(2)),
            2 => Flow::last()
                .inside(Step(1))
                .on_failure(OnFailure::Step(Step(4))),
            3 => Flow::last().inside(Step(0)),
            _ => Flow::last(),
        }
    }

    fn effect(step: Step, state: &State) -> Result<Effect<Do, Step>, InputError> {
        match step.0 {
            0 => Effect::for_each::<String>(json!(["a", "b"]), None),
            1 => {
                let outer = state
                    .turns
                    .get(&0)
                    .and_then(|turn| turn.get("CurrentIteration"));
                let count = outer.and_then(Document::as_i64).unwrap_or_default();
                Effect::for_each::<i64>((0..count).collect::<Vec<_>>(), None)
            }
            _ => Ok(call()),
        }
    }
}

pub(crate) fn unlucky_once(step: &str, _: u32, _: u32) -> Reply {
    match step {
        "outer[2]/inner[2]/work" => Reply::Error("Unlucky"),
        _ => done(),
    }
}

fn paths(outcome: &Outcome) -> String {
    outcome.calls.join(" ").replace("/1/1", "")
}

#[tokio::test]
async fn loops_inside_of_loops_begin_anew_in_each_iteration() {
    let outcome = run::<Nested>(good).await;
    assert_eq!(
        paths(&outcome),
        "outer[1]/inner[1]/work outer[1]/later outer[2]/inner[1]/work outer[2]/inner[2]/work outer[2]/later after"
    );
    assert_eq!(
        outcome.steps().join(", "),
        "outer Success, inner Success, work Success, later Success, \
         inner Success, work Success, work Success, later Success, after Success"
    );
}

#[tokio::test]
async fn jump_out_of_several_loops_leaves_them_all() {
    let outcome = run::<Nested>(unlucky_once).await;
    assert_eq!(
        outcome.steps().join(", "),
        "outer Exited, inner Success, work Success, later Success, \
         inner Exited, work Success, work Failed, after Success"
    );
    assert_eq!(outcome.record.status(), Failed);
}

#[tokio::test]
async fn time_of_an_outer_loop_ends_the_inner_ones() {
    let outcome = run::<Nested>(slow).await;
    assert_eq!(
        outcome.steps().join(", "),
        "outer TimedOut, inner Success, work Success, later Success, inner Cancelled, work Success"
    );
    let outcome = run::<Nested>(|_, _, _| Reply::Slow(24, json!({}))).await;
    assert_eq!(
        outcome.steps().join(", "),
        "outer TimedOut, inner Success, work Success, later Success, inner Cancelled, work Cancelled"
    );
    assert_eq!((outcome.record.status(), outcome.seconds()), (TimedOut, 60));
}

#[tokio::test]
async fn loops_inside_of_loops_are_cancelled_together() {
    let outcome = run_cancelled::<Nested>(slow, Some(50)).await;
    assert_eq!(
        outcome.steps().join(", "),
        "outer Cancelled, inner Success, work Success, later Success, inner Cancelled, work Cancelled"
    );
}

/// Ten times a hundred times a hundred branches that choose nothing.
struct HundredThousand;

impl Sheet for HundredThousand {
    const DEFINITION: &'static Definition = &definition(
        "thousands",
        &[
            unlimited("a"),
            StepDefinition {
                inside: Some("a"),
                ..unlimited("b")
            },
            StepDefinition {
                inside: Some("b"),
                ..unlimited("c")
            },
            StepDefinition {
                inside: Some("c"),
                ..step("d")
            },
        ],
    );

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::last().body(Step(1)),
            1 => Flow::last().inside(Step(0)).body(Step(2)),
            2 => Flow::last().inside(Step(1)).body(Step(3)),
            _ => Flow::last().inside(Step(2)),
        }
    }

    fn effect(step: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
        match step.0 {
            0 => Effect::for_each::<String>(vec!["x"; 10], None),
            1 | 2 => Effect::for_each::<String>(vec!["x"; 100], None),
            _ => Ok(Effect::jump(None)),
        }
    }
}

#[test]
fn hundred_thousand_turns_need_no_deeper_stack_and_no_more_time_each() {
    // A thread with little stack: a recursion per turn would not fit.
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime
            .block_on(run::<HundredThousand>(good))
            .record
            .status()
    };
    let thread = std::thread::Builder::new().stack_size(512 * 1024);
    let started = std::time::Instant::now();
    assert_eq!(thread.spawn(work).unwrap().join().unwrap(), Success);
    // Quadratic time would be minutes.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
