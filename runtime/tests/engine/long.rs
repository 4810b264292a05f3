//! Long executions: what is held does not grow with them.

use runbook_runtime::clock::VirtualClock;
use runbook_runtime::effect::Effect;
use runbook_runtime::event::Change;
use runbook_runtime::execution::{Execution, Fold, Memory};
use runbook_runtime::flow::Flow;
use runbook_runtime::runbook::{Definition, StepDefinition};
use runbook_runtime::store::Store;
use runbook_runtime::value::InputError;

use crate::toy::{
    Do, EXECUTION, FullStore, ScriptedCaller, Sheet, State, Step, Toy, attempt, call, definition,
    done, morning, step,
};

/// Three loops, each inside the other: 10 × 10 × 100 calls.
struct Deep;

const fn inside(name: &'static str, inside: Option<&'static str>) -> StepDefinition {
    StepDefinition {
        inside,
        time_limit: None,
        ..step(name)
    }
}

impl Sheet for Deep {
    const DEFINITION: &'static Definition = &definition(
        "deep",
        &const {
            [
                inside("outer", None),
                inside("middle", Some("outer")),
                inside("inner", Some("middle")),
                inside("ask", Some("inner")),
            ]
        },
    );

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::last().body(Step(1)),
            3 => Flow::last().inside(Step(2)),
            around => Flow::last().body(Step(around + 1)).inside(Step(around - 1)),
        }
    }

    fn effect(step: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
        match step.0 {
            2 => Effect::repeat(Some(100)),
            3 => Ok(call()),
            _ => Effect::repeat(Some(10)),
        }
    }

    fn repeats(_: Step, _: &State) -> Result<bool, InputError> {
        Ok(true)
    }
}

#[tokio::test]
async fn an_execution_that_is_kept_elsewhere_remembers_only_what_is_under_way() {
    let (clock, store) = (VirtualClock::new(morning()), FullStore::default());
    let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
    let record = attempt::<Deep>(&caller, &clock, &store, None, None)
        .await
        .unwrap();
    let ended = |execution: &Execution<Toy<Deep>>| {
        let record = execution.record();
        let steps = record.automation_execution.step_executions.into_iter();
        steps
            .filter(|step| step.execution_end_time.is_some())
            .count()
    };
    let (mut all, mut most) = (Fold::<Toy<Deep>>::new(Memory::Record), 0);
    let mut execution: Option<Execution<Toy<Deep>>> = None;
    let mut seen = 0;
    store
        .read(EXECUTION, &mut |event| {
            all.add(&event);
            match &mut execution {
                Some(execution) => execution.apply(&event).unwrap(),
                None => execution = Some(Execution::begin(&event, Memory::Outputs).unwrap()),
            }
            seen += 1;
            // A look at every thousandth event is enough, and those of the whole record are many.
            if seen % 1_000 == 0 || matches!(event.change, Change::Ended { .. }) {
                most = most.max(ended(execution.as_ref().unwrap()));
            }
        })
        .unwrap();
    // The last step that has ended is shown until another one starts; at the end, it and the loops around it.
    assert!((1..=4).contains(&most), "{most}");
    // The record has all of them nevertheless.
    assert_eq!(all.finish().unwrap().unwrap().record(), record);
    assert!(record.automation_execution.step_executions.len() > 10_000);
}
