//! Loops: iterations, what leads out of them, and what becomes of the execution (spec 4.4, 5.15).

use runbook_runtime::effect::Effect;
use runbook_runtime::flow::{Flow, OnCancel, OnFailure};
use runbook_runtime::record::StepExecution;
use runbook_runtime::runbook::{Definition, StepDefinition};
use runbook_runtime::status::Status::{Cancelled, Failed, Success, TimedOut};
use runbook_runtime::value::{Document, InputError};
use serde_json::json;

use crate::procedures::Command;
use crate::toy::{
    Do, Outcome, Reply, Sheet, State, Step, call, definition, done, run, run_cancelled, step,
};

const EACH: Step = Step(0);
const AFTER: Step = Step(1);
const FIRST: Step = Step(2);
const SECOND: Step = Step(3);

const LOOP: Flow<Step> = Flow::then(AFTER).body(FIRST);
const FIRST_FLOW: Flow<Step> = Flow::then(SECOND).inside(EACH);
const SECOND_FLOW: Flow<Step> = Flow::last().inside(EACH);

const fn inside(step: StepDefinition) -> StepDefinition {
    StepDefinition {
        inside: Some("each"),
        ..step
    }
}

const fn declared(each: StepDefinition) -> [StepDefinition; 4] {
    [
        StepDefinition {
            action: "aws:loop",
            inputs: &[],
            calls: &[],
            ..each
        },
        step("after"),
        inside(step("first")),
        inside(step("second")),
    ]
}

/// A loop `each` of `first` and `second`, then `after`.
macro_rules! loops {
    ($($name:ident: $definition:expr, $effect:expr, $each:expr, $first:expr, $second:expr;)*) => { $(
        pub(crate) struct $name;

        impl Sheet for $name {
            const DEFINITION: &'static Definition =
                &definition("loops", &declared($definition));

            fn flow(step: Step) -> Flow<Step> {
                match step {
                    EACH => $each,
                    FIRST => $first,
                    SECOND => $second,
                    _ => Flow::last(),
                }
            }

            fn effect(step: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
                match step {
                    EACH => $effect,
                    _ => Ok(call()),
                }
            }

            /// As long as `second` has left something else than `done`.
            fn repeats(_: Step, state: &State) -> Result<bool, InputError> {
                let second = state.outputs.get(&SECOND.0);
                Ok(second.and_then(|outputs| outputs.get("value")) != Some(&json!("done")))
            }
        }
    )* };
}

fn for_two() -> Result<Effect<Do, Step>, InputError> {
    Effect::for_each::<String>(json!(["i-1", "i-2"]), None)
}

const fn unlimited(name: &'static str) -> StepDefinition {
    StepDefinition {
        time_limit: None,
        ..step(name)
    }
}

const PLAIN: StepDefinition = unlimited("each");
const LIMITED: StepDefinition = StepDefinition {
    time_limit: Some(60),
    ..PLAIN
};
const TRIED_TWICE: StepDefinition = StepDefinition {
    max_attempts: Some(2),
    ..LIMITED
};
const CONTINUE: Flow<Step> = FIRST_FLOW.on_failure(OnFailure::Continue);
const OUT: Flow<Step> = FIRST_FLOW
    .on_failure(OnFailure::Step(AFTER))
    .is_critical(false);

const DECIDED: StepDefinition = StepDefinition {
    decided_by: &["second"],
    ..PLAIN
};

loops! {
    Asked: DECIDED, Effect::repeat(Some(3)), LOOP, FIRST_FLOW, SECOND_FLOW;
    Two: PLAIN, for_two(), LOOP, FIRST_FLOW, SECOND_FLOW;
    None_: PLAIN, Effect::for_each::<String>(json!([]), None), LOOP, FIRST_FLOW, SECOND_FLOW;
    OnlyOne: PLAIN, Effect::for_each::<i64>(json!([7, 8]), Some(1)), LOOP, FIRST_FLOW, SECOND_FLOW;
    NoList: PLAIN, Effect::for_each::<String>("i-1", None), LOOP.on_failure(OnFailure::Continue), FIRST_FLOW, SECOND_FLOW;
    WrongItem: PLAIN, Effect::for_each::<i64>(json!([1, "two"]), None), LOOP, FIRST_FLOW, SECOND_FLOW;
    TooOften: PLAIN, Effect::repeat(Some(101)), LOOP, FIRST_FLOW, SECOND_FLOW;
    TooMany: PLAIN, Effect::for_each::<String>(vec!["i"; 101], None), LOOP, FIRST_FLOW, SECOND_FLOW;
    MoreThanMost: PLAIN, Effect::for_each::<String>(vec!["i"; 101], Some(3)), LOOP, FIRST_FLOW, SECOND_FLOW;
    While: PLAIN, Effect::repeat(Some(3)), LOOP, FIRST_FLOW, SECOND_FLOW;
    EndsEarly: PLAIN, for_two(), LOOP, FIRST_FLOW.is_end(true), SECOND_FLOW;
    EndsEarlyAnyway: PLAIN, for_two(), LOOP, CONTINUE.is_end(true), SECOND_FLOW;
    Continues: PLAIN, for_two(), LOOP.on_failure(OnFailure::Continue), CONTINUE, SECOND_FLOW;
    ContinuesCritical: PLAIN, for_two(), LOOP, CONTINUE.is_critical(true), SECOND_FLOW;
    Aborts: PLAIN, for_two(), LOOP.on_failure(OnFailure::Continue), FIRST_FLOW, SECOND_FLOW;
    AbortsAtEnd: PLAIN, for_two(), LOOP, FIRST_FLOW.is_end(true), SECOND_FLOW;
    LeavesOnFailure: PLAIN, for_two(), LOOP, OUT, SECOND_FLOW;
    Leaves: PLAIN, for_two(), LOOP, FIRST_FLOW.next_step(AFTER), SECOND_FLOW;
    Limited: LIMITED, for_two(), LOOP, FIRST_FLOW, SECOND_FLOW;
    LimitedByReference: PLAIN, for_two()?.within(60), LOOP, FIRST_FLOW, SECOND_FLOW;
    LimitedContinues: LIMITED, for_two(), LOOP.on_failure(OnFailure::Continue), FIRST_FLOW, SECOND_FLOW;
    Twice: TRIED_TWICE, for_two(), LOOP, FIRST_FLOW, SECOND_FLOW;
    CancelOut: PLAIN, for_two(), LOOP, FIRST_FLOW.on_cancel(OnCancel::Step(AFTER)), SECOND_FLOW;
    CancelInside: PLAIN, for_two(), LOOP, FIRST_FLOW.on_cancel(OnCancel::Step(SECOND)), SECOND_FLOW;
}

fn good(_: &str, _: u32, _: u32) -> Reply {
    done()
}

fn first_fails_second_time(step: &str, _: u32, _: u32) -> Reply {
    match step {
        "each[2]/first" => Reply::Error("Unlucky"),
        _ => done(),
    }
}

fn slow(_: &str, _: u32, _: u32) -> Reply {
    Reply::Slow(20, json!({}))
}

const ALL: &str =
    "each Success, first Success, second Success, first Success, second Success, after Success";

#[tokio::test]
async fn body_runs_once_for_each_item() {
    let outcome = run::<Two>(good).await;
    assert_eq!(outcome.steps().join(", "), ALL);
    assert_eq!(
        outcome.calls,
        [
            "each[1]/first/1/1",
            "each[1]/second/1/1",
            "each[2]/first/1/1",
            "each[2]/second/1/1",
            "after/1/1",
        ]
    );
}

#[tokio::test]
async fn record_tells_the_iteration_of_each_run() {
    let outcome = run::<Two>(good).await;
    let steps = &outcome.record.automation_execution.step_executions;
    let parents: Vec<_> = steps.iter().map(parent).collect();
    assert_eq!(
        parents,
        [
            None,
            of(1, "i-1"),
            of(1, "i-1"),
            of(2, "i-2"),
            of(2, "i-2"),
            None
        ]
    );
    let mut ids: Vec<_> = steps.iter().map(|step| step.step_execution_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 6);
    let inside = steps
        .iter()
        .find_map(|step| step.parent_step_details.as_ref());
    let inside = inside.unwrap();
    assert_eq!(
        (
            inside.around.step_name.as_ref(),
            inside.around.action.as_ref()
        ),
        ("each", "aws:loop")
    );
    assert_eq!(
        Some(inside.around.step_execution_id),
        steps.first().unwrap().step_execution_id
    );

    let each = outcome.record.step("each").unwrap();
    let (inputs, outputs) = (
        each.inputs.as_ref().unwrap(),
        each.outputs.as_ref().unwrap(),
    );
    assert_eq!(json!(inputs), json!({"Iterators": "[\"i-1\",\"i-2\"]"}));
    assert_eq!(
        json!(outputs),
        json!({"CurrentIteration": ["2"], "CurrentIteratorValue": ["i-2"]})
    );
}

fn parent(step: &StepExecution) -> Option<(u32, Option<String>)> {
    let details = step.parent_step_details.as_ref()?;
    Some((
        details.iteration,
        details.iterator_value.as_deref().map(str::to_owned),
    ))
}

fn of(iteration: u32, item: &str) -> Option<(u32, Option<String>)> {
    Some((iteration, Some(item.to_owned())))
}

#[tokio::test]
async fn no_item_is_no_iteration_and_a_success() {
    let outcome = run::<None_>(good).await;
    assert_eq!(outcome.steps().join(", "), "each Success, after Success");
}

#[tokio::test]
async fn most_iterations_pass_over_the_rest() {
    let outcome = run::<OnlyOne>(good).await;
    let steps = "each Success, first Success, second Success, after Success";
    assert_eq!(outcome.steps().join(", "), steps);
    assert_eq!(run::<MoreThanMost>(good).await.calls.len(), 3 * 2 + 1);
}

#[tokio::test]
async fn loop_fails_by_itself_when_its_inputs_are_wrong() {
    let outcome = run::<NoList>(good).await;
    assert_eq!(outcome.steps().join(", "), "each Failed, after Success");
    assert_eq!(outcome.record.status(), Success);
    assert!(
        outcome
            .cause("each")
            .ends_with("`Iterators` is the text \"i-1\", but StringList is wanted.")
    );

    for (cause, text) in [
        (
            run::<WrongItem>(good).await,
            "`Iterators[1]` is the text \"two\", but Integer is wanted.",
        ),
        (
            run::<TooOften>(good).await,
            "`MaxIterations` is 101, but a loop has 1 to 100 iterations.",
        ),
        (
            run::<TooMany>(good).await,
            "`Iterators` has 101 items, but a loop has at most 100 iterations.",
        ),
    ] {
        assert_eq!(cause.steps().join(", "), "each Failed");
        assert_eq!(cause.record.status(), Failed);
        assert!(
            cause.cause("each").ends_with(text),
            "{}",
            cause.cause("each")
        );
    }
}

#[tokio::test]
async fn condition_is_asked_after_each_iteration() {
    let outcome = run::<While>(|step, _, _| match step {
        "each[1]/second" => Reply::Answer(json!({"Value": "not yet"})),
        _ => done(),
    })
    .await;
    assert_eq!(outcome.steps().join(", "), ALL);

    let outcome = run::<While>(|_, _, _| Reply::Answer(json!({"Value": "not yet"}))).await;
    assert_eq!(outcome.calls.len(), 3 * 2 + 1);
    assert_eq!(outcome.record.status(), Success);
}

#[tokio::test]
async fn outputs_of_the_iteration_before_are_gone() {
    // `second` leaves `done` first and nothing then, so that the condition holds again.
    let outcome = run::<While>(|step, _, _| match step {
        "each[1]/second" => Reply::Answer(json!({"Value": "not yet"})),
        "each[2]/second" => Reply::Answer(json!({})),
        _ => done(),
    })
    .await;
    assert_eq!(outcome.calls.len(), 3 * 2 + 1);
}

#[tokio::test]
async fn is_end_ends_the_iteration() {
    let outcome = run::<EndsEarly>(good).await;
    let steps = "each Success, first Success, first Success, after Success";
    assert_eq!(outcome.steps().join(", "), steps);

    let outcome = run::<EndsEarlyAnyway>(first_fails_second_time).await;
    let steps = "each Success, first Success, first Failed, after Success";
    assert_eq!(outcome.steps().join(", "), steps);
    assert_eq!(outcome.record.status(), Success);
}

#[tokio::test]
async fn body_that_continues_goes_on_inside() {
    let steps =
        "each Success, first Success, second Success, first Failed, second Success, after Success";
    let outcome = run::<Continues>(first_fails_second_time).await;
    assert_eq!(outcome.steps().join(", "), steps);
    assert_eq!(outcome.record.status(), Success);

    let outcome = run::<ContinuesCritical>(first_fails_second_time).await;
    assert_eq!(outcome.steps().join(", "), steps);
    assert_eq!(outcome.record.status(), Failed);
}

#[tokio::test]
async fn body_that_aborts_fails_the_loop_and_the_execution() {
    // The loop's own `onFailure` has no say.
    for outcome in [
        run::<Aborts>(first_fails_second_time).await,
        run::<AbortsAtEnd>(first_fails_second_time).await,
    ] {
        let steps = outcome.steps().join(", ");
        assert!(steps.starts_with("each Failed, first Success"), "{steps}");
        assert!(steps.ends_with("first Failed"), "{steps}");
        assert_eq!(outcome.record.status(), Failed);
        let message = outcome
            .record
            .automation_execution
            .failure_message
            .as_deref();
        for step in ["first", "each"] {
            let step = outcome.record.step(step).unwrap();
            assert_eq!(message, step.failure_message.as_deref());
        }
    }
}

#[tokio::test]
async fn jump_to_an_outer_step_leaves_the_loop() {
    let outcome = run::<LeavesOnFailure>(first_fails_second_time).await;
    let steps = "each Exited, first Success, second Success, first Failed, after Success";
    assert_eq!(outcome.steps().join(", "), steps);
    assert_eq!(outcome.record.status(), Success);

    let outcome = run::<Leaves>(good).await;
    assert_eq!(
        outcome.steps().join(", "),
        "each Exited, first Success, after Success"
    );
    assert_eq!(outcome.record.status(), Success);
}

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
