//! Document outputs: a fixed sentence stands for what its step has not left (spec 7.4).

use runbook_runtime::effect::Effect;
use runbook_runtime::execution::Execution;
use runbook_runtime::flow::{Flow, OnCancel, OnFailure};
use runbook_runtime::runbook::{Definition, DocumentOutput, StepDefinition};
use runbook_runtime::status::Status;
use runbook_runtime::value::{Document, InputError};
use serde_json::json;

use crate::toy::{
    Do, Outcome, Reply, Script, Sheet, State, Step, Toy, call, definition, done, run,
    run_cancelled, step,
};

const SENTENCE: &str = "No output available yet because the step is not successfully executed";

/// Three steps, whose outputs are the document's.
struct Three;

impl Sheet for Three {
    const DEFINITION: &'static Definition = &Definition {
        outputs: &[output("a"), output("b"), output("c")],
        ..definition("three", &[LIMITED, step("b"), step("c")])
    };

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::then(Step(1))
                .on_failure(OnFailure::Step(Step(2)))
                .on_cancel(OnCancel::Step(Step(2))),
            1 => Flow::end(),
            _ => Flow::last(),
        }
    }

    fn effect(step: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
        Ok(match step.0 {
            0 => call().unless_function_error(),
            _ => call(),
        })
    }
}

const LIMITED: StepDefinition = StepDefinition {
    time_limit: Some(10),
    ..step("a")
};

const fn output(step: &'static str) -> DocumentOutput {
    DocumentOutput {
        step,
        output: "value",
    }
}

fn outputs(outcome: &Outcome) -> Document {
    let execution = outcome.record.automation_execution.clone();
    execution.outputs.into()
}

async fn played(script: Script) -> (Status, Document) {
    let outcome = run::<Three>(script).await;
    (outcome.record.status(), outputs(&outcome))
}

#[tokio::test]
async fn step_that_is_never_reached_has_the_sentence() {
    let (status, outputs) = played(|_, _, _| done()).await;
    assert_eq!(status, Status::Success);
    let expected = json!({"a.value": ["done"], "b.value": ["done"], "c.value": [SENTENCE]});
    assert_eq!(outputs, expected);
}

#[tokio::test]
async fn step_that_fails_has_the_sentence_whatever_it_has_left() {
    let expected = json!({"a.value": [SENTENCE], "b.value": [SENTENCE], "c.value": ["done"]});
    let (status, outputs) = played(|step, _, _| match step {
        "a" => Reply::Answer(json!({"FunctionError": "Unhandled", "Value": "half"})),
        _ => done(),
    })
    .await;
    assert_eq!((status, outputs), (Status::Failed, expected.clone()));

    let (status, outputs) = played(|step, _, _| match step {
        "a" => Reply::Slow(20, json!({"Value": "late"})),
        _ => done(),
    })
    .await;
    assert_eq!((status, outputs), (Status::TimedOut, expected));
}

#[tokio::test]
async fn step_that_is_cancelled_has_the_sentence() {
    let slow: Script = |step, _, _| match step {
        "a" => Reply::Slow(20, json!({"Value": "late"})),
        _ => done(),
    };
    let outcome = run_cancelled::<Three>(slow, Some(5)).await;
    assert_eq!(outcome.record.status(), Status::Cancelled);
    let expected = json!({"a.value": [SENTENCE], "b.value": [SENTENCE], "c.value": ["done"]});
    assert_eq!(outputs(&outcome), expected);
}

#[tokio::test]
async fn output_that_is_absent_although_its_step_has_succeeded_has_the_sentence() {
    let (status, outputs) = played(|_, _, _| Reply::Answer(json!({}))).await;
    assert_eq!(status, Status::Success);
    assert_eq!(outputs["a.value"], json!([SENTENCE]));
    assert_eq!(outputs["b.value"], json!([SENTENCE]));
}

#[tokio::test]
async fn sentence_is_there_from_the_start_and_goes_when_the_step_has_succeeded() {
    let outcome = run::<Three>(|_, _, _| done()).await;
    let mut shown = Vec::new();
    for count in 1..=outcome.events.len() {
        let events = outcome.events.iter().take(count);
        let execution = Execution::<Toy<Three>>::from_events(events).unwrap();
        let outputs = execution.record().automation_execution.outputs;
        assert_eq!(outputs.len(), 3);
        let known = outputs.values().filter(|value| **value == json!(["done"]));
        shown.push(known.count());
    }
    assert_eq!(shown.first(), Some(&0));
    assert_eq!(shown.last(), Some(&2));
    assert!(shown.is_sorted());
}
