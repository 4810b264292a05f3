//! Children: runbooks that steps start in the same program (spec 5.11).

use std::time::Duration;

use runbook_runtime::child::{Child, ChildRunbook};
use runbook_runtime::clock::{Clock, VirtualClock};
use runbook_runtime::doubt::{Decision, OnUnknown};
use runbook_runtime::effect::Effect;
use runbook_runtime::engine::EngineError;
use runbook_runtime::flow::{Flow, OnCancel};
use runbook_runtime::record::Record;
use runbook_runtime::report::Summary;
use runbook_runtime::runbook::Definition;
use runbook_runtime::status::Status::{Cancelled, Failed, Success, TimedOut};
use runbook_runtime::store::{MemoryStore, Store};
use serde_json::json;

use crate::family::{Ask, Kid, Member, Of, Parent};
use crate::family_runs::{
    Scripted, Way, attempt, attempt_of, cut_everywhere, endless, expect, fails, succeeds,
};
use crate::toy::{
    BreakingStore, EXECUTION, Reply, Script, Step, definition, done, morning, step, unseen,
};

/// Starts one that does what nobody recognises.
struct Careful;

impl Member for Careful {
    const DEFINITION: &'static Definition = &Definition {
        children: &[ChildRunbook::of::<Of<Daring>>("kid")],
        ..definition("careful", &[step("kid")])
    };

    fn flow(_: Step) -> Flow<Step> {
        Flow::last()
    }

    fn effect(_: Step) -> Effect<Ask, Step> {
        Effect::run(Child::of::<Of<Daring>>([]))
    }
}

struct Daring;

impl Member for Daring {
    const DEFINITION: &'static Definition = &definition("daring", &[step("dare")]);

    fn flow(_: Step) -> Flow<Step> {
        Flow::last()
    }

    fn effect(_: Step) -> Effect<Ask, Step> {
        Effect::call(unseen())
    }
}

/// Has one that needs more than two minutes to stop.
struct Boss;

impl Member for Boss {
    const DEFINITION: &'static Definition = &Definition {
        children: &[ChildRunbook::of::<Of<Sluggish>>("kid")],
        ..definition("boss", &[step("kid")])
    };

    fn flow(_: Step) -> Flow<Step> {
        Flow::last()
    }

    fn effect(_: Step) -> Effect<Ask, Step> {
        Effect::run(Child::of::<Of<Sluggish>>([]))
    }
}

struct Sluggish;

impl Member for Sluggish {
    const DEFINITION: &'static Definition =
        &definition("sluggish", &[step("command"), step("rest")]);

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::then(Step(1)).on_cancel(OnCancel::Step(Step(1))),
            _ => Flow::last(),
        }
    }

    fn effect(step: Step) -> Effect<Ask, Step> {
        match step.0 {
            0 => Kid::effect(Step(1)),
            _ => Effect::sleep("PT5M").unwrap(),
        }
    }
}

async fn run(script: Script, cancel_after: Option<u64>) -> Record {
    let (clock, store) = (VirtualClock::new(morning()), MemoryStore::new());
    let record = attempt::<Parent>(script, &clock, &store, cancel_after, false).await;
    record.unwrap()
}

#[tokio::test]
async fn child_is_an_execution_of_its_own() {
    let record = run(succeeds, None).await;

    expect(
        &record,
        Success,
        &[
            "parent: before Success, kid Success, after Success",
            "kid: begin Success, command Success, clean Success",
        ],
    );
    let child = &record.child_executions[0].automation_execution;
    assert_eq!(child.parent_automation_execution_id, Some(EXECUTION));
    assert_eq!(child.parameters.get("Name"), Some(&json!(["web"])));
    let outputs = record.step("kid").unwrap().outputs.clone().unwrap();
    let id = child.automation_execution_id.to_string();
    assert_eq!(outputs.get("ExecutionId"), Some(&json!([id])));
}

#[tokio::test]
async fn every_attempt_is_another_child() {
    let record = run(fails, None).await;

    let kid = "kid: begin Success, command Failed";
    expect(
        &record,
        Failed,
        &["parent: before Success, kid Failed", kid, kid],
    );
    let [first, second] = record.child_executions.as_slice() else {
        panic!("two children");
    };
    let id = |record: &Record| record.automation_execution.automation_execution_id;
    assert_ne!(id(first), id(second));
    let told = Summary(&record).to_string();
    assert!(told.starts_with("kid/command: "), "{told}");
}

#[tokio::test]
async fn child_is_cancelled_with_its_parent_and_when_its_time_is_up() {
    let kid = "kid: begin Success, command Cancelled, clean Success";
    let record = run(endless, Some(60)).await;
    expect(
        &record,
        Cancelled,
        &["parent: before Success, kid Cancelled", kid],
    );

    let record = run(endless, None).await;
    expect(
        &record,
        TimedOut,
        &["parent: before Success, kid TimedOut", kid, kid],
    );
}

#[tokio::test]
async fn child_that_begins_to_stop_later_than_its_parent_comes_to_its_end() {
    let (clock, store) = (VirtualClock::new(morning()), MemoryStore::new());
    let clock: &'static VirtualClock = Box::leak(Box::new(clock));
    // What starts the command is awaited before anything is stopped.
    let slow: Script = |step, _, number| match (step, number) {
        ("command", 1) => Reply::Slow(5, json!({"Command": {"CommandId": "c-1"}})),
        _ => done(),
    };
    let way = Way {
        scripted: Scripted(slow, Some(clock)),
        cancel_after: Some(2),
        ..Way::of(slow)
    };
    let record = attempt_of::<Boss>(way, clock, &store).await.unwrap();
    let kid = "sluggish: command Cancelled, rest Cancelled";
    expect(&record, Cancelled, &["boss: kid Cancelled", kid]);
    assert_eq!(record.child_executions[0].status(), Cancelled);
    assert_eq!(clock.now(), morning() + Duration::from_secs(5 + 120));
}

#[tokio::test]
async fn family_that_is_cut_off_after_any_event_ends_as_it_would_have() {
    let cases: [(Script, Option<u64>); 4] = [
        (succeeds, None),
        (fails, None),
        (endless, None),
        (endless, Some(60)),
    ];
    for (script, cancel_after) in cases {
        cut_everywhere::<Parent>(script, cancel_after).await;
    }
}

#[tokio::test]
async fn doubt_about_the_call_of_a_child_is_told_before_its_parent_goes_on() {
    let (clock, store) = (VirtualClock::new(morning()), MemoryStore::new());
    let go_on = |store, resumed, on_unknown| {
        let way = Way {
            resumed,
            on_unknown,
            ..Way::of(succeeds)
        };
        attempt_of::<Careful>(way, &clock, store)
    };
    // Two of the parent, with its call, and as many of the child.
    let cut = BreakingStore::new(&store, 8);
    assert!(go_on(&cut, false, OnUnknown::Ask).await.is_err());
    let before = store.events(EXECUTION).unwrap();

    let asked = go_on(&store, true, OnUnknown::Ask).await;
    let Err(EngineError::Doubt(doubt)) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(
        (&*doubt.step, &*doubt.operation),
        ("kid/dare", "toy.DoUnseen")
    );
    assert_eq!(store.events(EXECUTION).unwrap(), before);

    let repeated = go_on(&store, true, OnUnknown::Do(Decision::Repeat)).await;
    let record = repeated.unwrap();
    expect(
        &record,
        Success,
        &["careful: kid Success", "daring: dare Success"],
    );
    assert_eq!(record.step("kid").unwrap().warning_message, None);
    let dared = record.child_executions[0].step("dare").unwrap();
    assert!(dared.warning_message.is_some());
}
