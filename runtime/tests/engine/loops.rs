//! Loops: iterations, what leads out of them, and what becomes of the execution (spec 4.4, 5.15).

use runbook_runtime::effect::Effect;
use runbook_runtime::flow::{Flow, OnCancel, OnFailure};
use runbook_runtime::record::StepExecution;
use runbook_runtime::report::Summary;
use runbook_runtime::runbook::{Definition, StepDefinition};
use runbook_runtime::status::Status::{Failed, Success};
use runbook_runtime::value::InputError;
use serde_json::json;

use crate::toy::{Do, Reply, Sheet, State, Step, call, definition, done, run, step};

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

pub(crate) fn for_two() -> Result<Effect<Do, Step>, InputError> {
    Effect::for_each::<String>(json!(["i-1", "i-2"]), None)
}

pub(crate) const fn unlimited(name: &'static str) -> StepDefinition {
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

pub(crate) fn good(_: &str, _: u32, _: u32) -> Reply {
    done()
}

fn first_fails_second_time(step: &str, _: u32, _: u32) -> Reply {
    match step {
        "each[2]/first" => Reply::Error("Unlucky"),
        _ => done(),
    }
}

pub(crate) fn slow(_: &str, _: u32, _: u32) -> Reply {
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
        let told = Summary(&outcome.record).to_string();
        assert!(
            told.contains("\nfirst[2]: ") || told.starts_with("first[2]: "),
            "{told}"
        );
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
