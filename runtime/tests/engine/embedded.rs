//! Runbooks that are part of a program: steps that wait for people, runbooks that start others, and loops.

use std::marker::PhantomData;
use std::sync::Arc;

use expect_test::{Expect, expect};
use runbook_runtime::approval::Approval;
use runbook_runtime::caller::{BoxFuture, Call, CallError, Caller};
use runbook_runtime::clock::VirtualClock;
use runbook_runtime::doubt::{Decision, OnUnknown};
use runbook_runtime::effect::Effect;
use runbook_runtime::embed::{Decisions, Embedded, Events, Happening, Own, Run, RunError};
use runbook_runtime::engine::EngineError;
use runbook_runtime::flow::Flow;
use runbook_runtime::parameters::Supplied;
use runbook_runtime::runbook::{Definition, Runbook, StepDefinition};
use runbook_runtime::signal::Signal;
use runbook_runtime::status::Status;
use runbook_runtime::store::MemoryStore;
use runbook_runtime::value::{Document, InputError, Map};
use serde_json::json;
use uuid::Uuid;

use crate::family::{Kid, Member, Of, Parent};
use crate::family_runs::Scripted;
use crate::toy::{
    Do, Reply, Sheet, State, Step, Toy, call, definition, done, morning, step, unseen,
};

/// No parameters, of whatever runbook.
pub(crate) struct Nothing<R>(PhantomData<R>);

impl<R> Nothing<R> {
    const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<R: Runbook> Supplied for Nothing<R> {
    type Runbook = R;

    fn supplied(&self) -> Map {
        Map::new()
    }
}

impl<S: Sheet> Embedded for Toy<S> {
    type Parameters = Nothing<Self>;
    type Outputs = Map;

    fn document_outputs(state: &State) -> Map {
        state.outputs.get(&0).cloned().unwrap_or_default()
    }
}

impl<M: Member> Embedded for Of<M> {
    type Parameters = Nothing<Self>;
    type Outputs = Map;

    fn document_outputs(state: &State) -> Map {
        state.outputs.get(&1).cloned().unwrap_or_default()
    }
}

/// Does whatever it is asked to.
struct Willing;

impl Caller<Do> for Willing {
    fn call<'a>(&'a self, call: &'a Call, _: &'a Do) -> BoxFuture<'a, Result<Document, CallError>> {
        let answer = match call.effect.step.is_empty() {
            true => {
                json!({"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/dev"})
            }
            false => json!({"Value": "done"}),
        };
        Box::pin(std::future::ready(Ok(answer)))
    }
}

fn run<S: Sheet>() -> Run<Toy<S>, Own<Toy<S>>> {
    Run::new(Nothing::new())
        .caller(Willing)
        .clock(VirtualClock::new(morning()))
}

/// What a stream has, a line each.
fn lines<R: Runbook<Step = Step>>(events: &mut Events<R>) -> String {
    let mut text = String::new();
    while let Some(progress) = events.try_next() {
        let step = progress.step.map(|step| format!("{}: ", step.0));
        text += &format!("{}{progress}\n", step.unwrap_or_default());
    }
    text
}

const OPS: &str = "arn:aws:iam::111122223333:user/ops";
const EVE: &str = "arn:aws:iam::111122223333:user/eve";

/// Asks `ops`, and goes on.
struct Asks;

impl Sheet for Asks {
    const DEFINITION: &'static Definition = &definition(
        "asks",
        &[
            StepDefinition {
                action: "aws:approve",
                time_limit: Some(3600),
                inputs: &[],
                ..step("ask")
            },
            step("go"),
        ],
    );

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::then(Step(1)),
            _ => Flow::last(),
        }
    }

    fn effect(step: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
        match step.0 {
            0 => Ok(Effect::approve(Approval::new(
                vec!["ops".to_owned()],
                None,
            )?)),
            _ => Ok(call()),
        }
    }
}

async fn asked(signals: impl IntoIterator<Item = Signal>, status: Status, expected: Expect) {
    let decisions = Decisions::new();
    signals
        .into_iter()
        .for_each(|signal| decisions.tell(signal));
    let mut run = run::<Asks>().signals(decisions.clone());
    let mut events = run.events();
    assert_eq!(run.await.unwrap().status(), status);
    let refusals = decisions.refusals().into_iter();
    let refusals = refusals.map(|(_, refusal)| format!("refused: {refusal}\n"));
    expected.assert_eq(&(lines(&mut events) + &refusals.collect::<String>()));
}

#[tokio::test]
async fn a_program_approves() {
    let signals = [
        Signal::approve(EVE),
        Signal::approve(OPS).comment("go ahead"),
    ];
    asked(
        signals,
        Status::Success,
        expect![[r#"
        started
        0: ask started
        0: ask waits for approvals: 0 of 1
        0: ask approved by arn:aws:iam::111122223333:user/ops: go ahead
        0: ask ended: Success
        1: go started
        1: go calls
        1: go ended: Success
        ended: Success
        refused: arn:aws:iam::111122223333:user/eve is none of the approvers of `ask`: ops
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_program_rejects() {
    let signals = [Signal::reject(OPS).to("ask")];
    asked(signals, Status::Failed, expect![[r#"
        started
        0: ask started
        0: ask waits for approvals: 0 of 1
        0: ask rejected by arn:aws:iam::111122223333:user/ops
        0: ask ended: Failed: Step fails when it is Execute/Cancelling action. The step was rejected by arn:aws:iam::111122223333:user/ops. Please refer to Automation Service Troubleshooting Guide for more diagnosis details.
        ended: Failed: Step fails when it is Execute/Cancelling action. The step was rejected by arn:aws:iam::111122223333:user/ops. Please refer to Automation Service Troubleshooting Guide for more diagnosis details.
    "#]]).await;
}

#[tokio::test]
async fn what_is_said_to_another_step_waits_for_it() {
    let signals = [Signal::approve(OPS).to("other")];
    asked(signals, Status::TimedOut, expect![[r#"
        started
        0: ask started
        0: ask waits for approvals: 0 of 1
        0: ask ended: TimedOut: Step timed out while step is Execute/Cancelling action. Within 3600 seconds, 0 of 1 required approvals were given. Please refer to Automation Service Troubleshooting Guide for more diagnosis details.
        ended: TimedOut: Step timed out while step is Execute/Cancelling action. Within 3600 seconds, 0 of 1 required approvals were given. Please refer to Automation Service Troubleshooting Guide for more diagnosis details.
    "#]]).await;
}

/// What is decided while the step waits already.
#[tokio::test]
async fn a_program_decides_when_it_is_asked() {
    let decisions = Decisions::new();
    let mut run = Run::<Toy<Asks>>::new(Nothing::new())
        .caller(Willing)
        .signals(decisions.clone());
    let mut events = run.events();
    let finished = tokio::spawn(run);
    while let Some(progress) = events.next().await {
        if let Happening::Listening { approvals } = progress.what {
            assert_eq!(approvals, Some((0, 1)));
            decisions.tell(Signal::approve(OPS));
        }
    }
    assert!(finished.await.unwrap().unwrap().is_success());
}

#[tokio::test]
async fn an_interactive_run_waits_before_every_step() {
    let decisions = Decisions::new();
    for signal in [
        Signal::start(OPS),
        Signal::approve(OPS),
        Signal::start(OPS).to("go"),
    ] {
        decisions.tell(signal);
    }
    let run = run::<Asks>().signals(decisions).interactive(true);
    let finished = run.await.unwrap();
    assert!(finished.is_success());
    assert_eq!(finished.record.automation_execution.mode, "Interactive");
}

/// Something that works, for two instances.
struct Each;

impl Sheet for Each {
    const DEFINITION: &'static Definition = &definition(
        "each",
        &[
            StepDefinition {
                action: "aws:loop",
                time_limit: None,
                inputs: &[],
                calls: &[],
                ..step("each")
            },
            StepDefinition {
                inside: Some("each"),
                ..step("stop")
            },
        ],
    );

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::last().body(Step(1)),
            _ => Flow::last().inside(Step(0)),
        }
    }

    fn effect(step: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
        match step.0 {
            0 => Effect::for_each::<String>(json!(["i-1", "i-2"]), None),
            _ => Ok(call()),
        }
    }
}

#[tokio::test]
async fn steps_inside_of_loops_have_their_iteration() {
    let mut run = run::<Each>();
    let mut events = run.events();
    assert!(run.await.unwrap().is_success());
    expect![[r#"
        started
        0: each started
        0: each iteration 1
        1: stop[1] started
        1: stop[1] calls
        1: stop[1] ended: Success
        0: each iteration 2
        1: stop[2] started
        1: stop[2] calls
        1: stop[2] ended: Success
        0: each ended: Success
        ended: Success
    "#]]
    .assert_eq(&lines(&mut events));
}

fn happy(step: &str, _: u32, number: u32) -> Reply {
    match (step, number) {
        ("command", 1) => Reply::Answer(json!({"Command": {"CommandId": "c-1"}})),
        ("command", _) => Reply::Answer(json!({"Commands": [{"Status": "Success"}]})),
        _ => done(),
    }
}

#[tokio::test]
async fn what_a_child_does_is_told_with_the_steps_around_it() {
    let mut run = Run::<Of<Parent>>::new(Nothing::new())
        .caller(Scripted(happy, None))
        .child::<Of<Kid>>(Scripted(happy, None))
        .clock(VirtualClock::new(morning()));
    let mut events = run.events();
    let finished = run.await.unwrap();
    assert!(finished.is_success());
    assert_eq!(finished.record.child_executions.len(), 1);
    assert_eq!(finished.outputs["Status"], "Success");
    expect![[r#"
        started
        0: before started
        0: before calls
        0: before ended: Success
        1: kid started
        1: kid calls
        kid started
        kid/begin started
        kid/begin calls
        kid/begin ended: Success
        kid/command started
        kid/command calls
        kid/command waits
        kid/command calls, 2 times now
        kid/command calls, 3 times now
        kid/command ended: Success
        kid/clean started
        kid/clean calls
        kid/clean ended: Success
        kid ended: Success
        1: kid ended: Success
        2: after started
        2: after calls
        2: after ended: Success
        ended: Success
    "#]]
    .assert_eq(&lines(&mut events));
}

#[tokio::test]
async fn a_child_for_which_nobody_calls_fails_its_step() {
    let run = Run::<Of<Parent>>::new(Nothing::new()).execution(Uuid::from_u128(7));
    let run = run.caller(Scripted(happy, None));
    let finished = run.clock(VirtualClock::new(morning())).await.unwrap();
    assert_eq!(finished.status(), Status::Failed);
    expect!["Step fails when it is Poll action status for completion. Execution d2ed1fc6-faec-5cef-9643-fcfb4364133e ended with status Failed. nobody makes the calls of runbook `kid`: the run has callers of its own, and needs one for it, too (`.child::<…>(…)`). Please refer to Automation Service Troubleshooting Guide for more diagnosis details."].assert_eq(finished.failure().unwrap());
}

/// Does once what nobody recognises when it is done again.
struct Dares;

impl Sheet for Dares {
    const DEFINITION: &'static Definition = &definition("dares", &[step("dare")]);

    fn flow(_: Step) -> Flow<Step> {
        Flow::last()
    }

    fn effect(_: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
        Ok(Effect::call(unseen()))
    }
}

/// Knows who calls, and else says nothing.
struct Silent;

impl Caller<Do> for Silent {
    fn call<'a>(
        &'a self,
        call: &'a Call,
        request: &'a Do,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        match call.effect.step.is_empty() {
            true => Willing.call(call, request),
            false => Box::pin(std::future::pending()),
        }
    }
}

#[tokio::test]
async fn a_call_that_may_have_been_made_wants_a_decision() {
    let (store, execution) = (Arc::new(MemoryStore::new()), Uuid::from_u128(7));
    let run = Run::<Toy<Dares>>::new(Nothing::new()).caller(Silent);
    let run = run.store(Arc::clone(&store)).execution(execution);
    tokio::select! {
        biased;
        finished = run => panic!("{finished:?}"),
        () = std::future::ready(()) => {}
    }
    let resume = || {
        let run = Run::<Toy<Dares>>::resume(execution).caller(Willing);
        run.store(Arc::clone(&store))
    };
    let error = resume().await.unwrap_err();
    assert!(
        matches!(error, RunError::Engine(EngineError::Doubt(_))),
        "{error}"
    );
    let finished = resume().on_unknown(OnUnknown::Do(Decision::Repeat)).await;
    assert!(finished.unwrap().is_success());
}
