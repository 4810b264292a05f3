//! Children: runbooks that steps start in the same program (spec 5.11).

use std::any::Any;
use std::marker::PhantomData;
use std::time::Duration;

use runbook_runtime::caller::{BoxFuture, Call, CallError, Caller};
use runbook_runtime::cancel::CancelToken;
use runbook_runtime::child::{
    Answers, Child, ChildRunbook, Children, Connected, Connector, Fleet, OPERATION, World,
};
use runbook_runtime::clock::{Clock, VirtualClock};
use runbook_runtime::doubt::{Decision, OnUnknown};
use runbook_runtime::effect::{Effect, Operation, Request};
use runbook_runtime::engine::{Engine, EngineError};
use runbook_runtime::flow::{Flow, OnCancel};
use runbook_runtime::local::{Local, Outside, Performer, Permissions};
use runbook_runtime::parameters::Checked;
use runbook_runtime::procedure::RunCommand;
use runbook_runtime::record::Record;
use runbook_runtime::report::Summary;
use runbook_runtime::runbook::{Definition, ParameterDefinition, Runbook, StepDefinition};
use runbook_runtime::scope::Context;
use runbook_runtime::script::Credentials;
use runbook_runtime::status::Status::{self, Cancelled, Failed, Success, TimedOut};
use runbook_runtime::store::{MemoryStore, Store};
use runbook_runtime::value::{Document, InputError, Map, OutputError, Type};
use runbook_runtime::webhook::{Post, Posted};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::toy::{
    self, BreakingStore, Do, EXECUTION, Reply, Script, State, Step, definition, done, morning,
    start, step, unseen,
};

/// What the members of the family ask for.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Ask {
    Do(Do),
    Child(Box<Child>),
    Fleet(Box<Fleet>),
}

impl Request for Ask {
    fn operation(&self) -> &'static Operation {
        match self {
            Self::Do(request) => request.operation(),
            Self::Child(_) | Self::Fleet(_) => &OPERATION,
        }
    }

    fn local(&self) -> Option<Local<'_, Self>> {
        match self {
            Self::Do(_) => None,
            Self::Child(child) => Some(Local::Child(child)),
            Self::Fleet(fleet) => Some(Local::Fleet(fleet)),
        }
    }
}

impl From<Do> for Ask {
    fn from(request: Do) -> Self {
        Self::Do(request)
    }
}

impl From<Child> for Ask {
    fn from(child: Child) -> Self {
        Self::Child(Box::new(child))
    }
}

impl From<Fleet> for Ask {
    fn from(fleet: Fleet) -> Self {
        Self::Fleet(Box::new(fleet))
    }
}

/// A runbook of the family.
pub(crate) trait Member: Send + Sync + 'static {
    const DEFINITION: &'static Definition;

    fn flow(step: Step) -> Flow<Step>;

    fn effect(step: Step) -> Effect<Ask, Step>;
}

pub(crate) struct Of<M>(PhantomData<M>);

impl<M: Member> Runbook for Of<M> {
    type Step = Step;
    type State = State;
    type Request = Ask;

    const DEFINITION: &'static Definition = M::DEFINITION;
    const STEPS: &'static [Step] = &[Step(0), Step(1), Step(2)];

    fn flow(step: Step) -> Flow<Step> {
        M::flow(step)
    }

    fn start(parameters: &Map, context: Context) -> Result<State, InputError> {
        Ok(State::new(parameters, context))
    }

    fn assume_role(_: &State) -> Result<Option<String>, InputError> {
        Ok(None)
    }

    fn identity() -> Ask {
        Do(Map::new()).into()
    }

    fn effect(step: Step, _: &State) -> Result<Effect<Ask, Step>, InputError> {
        Ok(M::effect(step))
    }

    fn answer(step: Step, state: &mut State, answer: &Document) -> Result<(), OutputError> {
        let outputs = answer.as_object().cloned().unwrap_or_default();
        state.outputs.insert(step.0, outputs);
        Ok(())
    }

    fn outputs(step: Step, state: &State) -> Map {
        state.outputs.get(&step.0).cloned().unwrap_or_default()
    }
}

/// Does something, has a kid do more, and goes on.
pub(crate) struct Parent;

impl Member for Parent {
    const DEFINITION: &'static Definition = &Definition {
        children: &[ChildRunbook::of::<Of<Kid>>("kid")],
        ..definition(
            "parent",
            &[
                step("before"),
                StepDefinition {
                    action: "aws:executeAutomation",
                    time_limit: Some(600),
                    max_attempts: Some(2),
                    inputs: &[],
                    calls: &[],
                    ..step("kid")
                },
                step("after"),
            ],
        )
    };

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            2 => Flow::last(),
            number => Flow::then(Step(number + 1)),
        }
    }

    fn effect(step: Step) -> Effect<Ask, Step> {
        match step.0 {
            1 => {
                let name = ("Name".to_owned(), vec!["web".to_owned()]);
                Effect::run(Child::of::<Of<Kid>>([name]))
            }
            _ => Effect::call(Do(Map::new())),
        }
    }
}

/// Does something, and runs a command; whatever becomes of it, cleans up.
pub(crate) struct Kid;

impl Member for Kid {
    const DEFINITION: &'static Definition = &Definition {
        parameters: &[ParameterDefinition {
            name: "Name",
            kind: Type::String,
            written_type: "String",
            description: "",
            default: None,
            allowed_values: &[
                r#""web""#,
                r#""app""#,
                r#""db""#,
                r#""cache""#,
                r#""locked""#,
                r#""nameless""#,
                r#""revoked""#,
            ],
            allowed_pattern: None,
            items: runbook_runtime::runbook::Bounds::NONE,
            chars: runbook_runtime::runbook::Bounds::NONE,
        }],
        ..definition(
            "kid",
            &[
                step("begin"),
                StepDefinition {
                    time_limit: None,
                    ..step("command")
                },
                step("clean"),
            ],
        )
    };

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::then(Step(1)),
            1 => Flow::then(Step(2)).on_cancel(OnCancel::Step(Step(2))),
            _ => Flow::last(),
        }
    }

    fn effect(step: Step) -> Effect<Ask, Step> {
        let by_id = |_: String| Do(Map::new()).into();
        match step.0 {
            1 => Effect::run(RunCommand {
                agents: None,
                send: Do(Map::new()).into(),
                command: by_id,
                invocations: by_id,
                cancel: by_id,
            }),
            _ => Effect::call(Do(Map::new())),
        }
    }
}

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

/// Answers by a script, wherever it is asked; slowly only where it has a clock.
#[derive(Clone, Copy)]
pub(crate) struct Scripted(pub(crate) Script, pub(crate) Option<&'static VirtualClock>);

impl Caller<Ask> for Scripted {
    fn call<'a>(
        &'a self,
        call: &'a Call,
        _: &'a Ask,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        let reply = match call.effect.step.is_empty() {
            true => {
                Ok(json!({"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/dev"}))
            }
            false => {
                let reply = (self.0)(&call.effect.step, call.effect.attempt, call.effect.number);
                match (reply, self.1) {
                    (Reply::Answer(answer), _) => Ok(answer),
                    (Reply::Slow(seconds, answer), Some(clock)) => {
                        return Box::pin(async move {
                            clock.sleep(Duration::from_secs(seconds)).await;
                            Ok(answer)
                        });
                    }
                    (Reply::Error(code), _) => Err(CallError::Connection(code.to_owned())),
                    _ => Err(CallError::Connection("unwritten".to_owned())),
                }
            }
        };
        Box::pin(std::future::ready(reply))
    }
}

/// Answers nothing.
struct Mute;

impl Caller<Ask> for Mute {
    fn call<'a>(&'a self, _: &'a Call, _: &'a Ask) -> BoxFuture<'a, Result<Document, CallError>> {
        let error = CallError::Connection("nobody answers".to_owned());
        Box::pin(std::future::ready(Err(error)))
    }
}

struct Nowhere;

impl Outside for Nowhere {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CallError>> {
        Box::pin(async { Err(CallError::Connection("nowhere".to_owned())) })
    }

    fn post<'a>(&'a self, _: &'a Post) -> BoxFuture<'a, Result<Posted, CallError>> {
        Box::pin(async { Err(CallError::Connection("nowhere".to_owned())) })
    }
}

/// Connects kids with the script; some of them not always.
struct Gate {
    scripted: Scripted,
    /// Whether the parent was cut off, and goes on.
    resumed: bool,
}

impl Connector for Gate {
    fn connect<'a>(
        &'a self,
        _: &'static Definition,
        _: Uuid,
        parameters: &'a Checked,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, CallError>> {
        let name = parameters.values.get("Name").and_then(Document::as_str);
        if name == Some("locked") || (name == Some("revoked") && self.resumed) {
            let error = CallError::Connection("the role cannot be assumed".to_owned());
            return Box::pin(std::future::ready(Err(error)));
        }
        let connected: Connected<Ask> = Connected {
            caller: match name {
                Some("nameless") => Box::new(Mute),
                _ => Box::new(self.scripted),
            },
            outside: Box::new(Nowhere),
            region: "eu-west-1".to_owned(),
            permissions: Permissions::None,
        };
        Box::pin(std::future::ready(Ok(
            Box::new(connected) as Box<dyn Any + Send>
        )))
    }
}

/// Runs the parent, or continues it.
pub(crate) async fn attempt<M: Member>(
    script: Script,
    clock: &VirtualClock,
    store: &dyn Store,
    cancel_after: Option<u64>,
    resumed: bool,
) -> Result<Record, EngineError> {
    let way = Way {
        cancel_after,
        resumed,
        ..Way::of(script)
    };
    attempt_of::<M>(way, clock, store).await
}

/// Runs the parent, which somebody asks after some seconds to start nothing more.
pub(crate) async fn completed<M: Member>(script: Script, after: u64) -> Record {
    let (clock, store) = (VirtualClock::new(morning()), MemoryStore::new());
    let way = Way::of(script);
    let complete = way.complete.clone();
    let work = attempt_of::<M>(way, &clock, &store);
    let somebody = async {
        clock.sleep(Duration::from_secs(after)).await;
        complete.cancel();
        std::future::pending().await
    };
    tokio::select! {
        biased;
        record = work => record.unwrap(),
        never = somebody => never,
    }
}

/// How a parent runs.
struct Way {
    scripted: Scripted,
    cancel_after: Option<u64>,
    resumed: bool,
    on_unknown: OnUnknown,
    complete: CancelToken,
}

impl Way {
    /// From its beginning to its end.
    fn of(script: Script) -> Self {
        Self {
            scripted: Scripted(script, None),
            cancel_after: None,
            resumed: false,
            on_unknown: OnUnknown::Ask,
            complete: CancelToken::new(),
        }
    }
}

/// Runs any member in some way.
async fn attempt_of<M: Member>(
    way: Way,
    clock: &VirtualClock,
    store: &dyn Store,
) -> Result<Record, EngineError> {
    let Way {
        scripted,
        cancel_after,
        resumed,
        on_unknown,
        complete,
    } = way;
    let gate = Gate { scripted, resumed };
    let world = World {
        clock,
        store,
        observer: &(),
        signals: &(),
        answers: Answers::Aws(&gate),
        on_unknown,
        dry_run: None,
    };
    let performer = Performer::new(&scripted, &Nowhere, "eu-west-1", Permissions::None)
        .children(Children::new(world, EXECUTION).complete(complete.clone()));
    let cancel = CancelToken::new();
    let engine = Engine::<Of<M>>::new(&performer, clock, store)
        .on_unknown(on_unknown)
        .complete(complete)
        .cancel(cancel.clone());
    let work = async {
        match resumed {
            true => engine.resume(EXECUTION).await,
            false => engine.run(start()).await,
        }
    };
    let canceller = async {
        match cancel_after {
            Some(seconds) => {
                clock
                    .sleep_until(morning() + Duration::from_secs(seconds))
                    .await
            }
            None => std::future::pending().await,
        }
        cancel.cancel();
        std::future::pending().await
    };
    tokio::select! {
        biased;
        record = work => record,
        never = canceller => never,
    }
}

async fn run(script: Script, cancel_after: Option<u64>) -> Record {
    let (clock, store) = (VirtualClock::new(morning()), MemoryStore::new());
    let record = attempt::<Parent>(script, &clock, &store, cancel_after, false).await;
    record.unwrap()
}

/// `kid: work Success, command Failed` for every execution, the parent first.
pub(crate) fn steps(record: &Record) -> Vec<String> {
    let name = &record.automation_execution.document_name;
    let own = format!("{name}: {}", toy::steps(record).join(", "));
    let children = record.child_executions.iter().flat_map(self::steps);
    std::iter::once(own).chain(children).collect()
}

/// A command that ends with a status at its third look; the kid's other steps are done at once.
fn ends(step: &str, number: u32, status: &str) -> Reply {
    match (step, number) {
        ("command", 1) => Reply::Answer(json!({"Command": {"CommandId": "c-1"}})),
        ("command", 2 | 3) => Reply::Answer(json!({"Commands": [{"Status": "InProgress"}]})),
        ("command", 4) => Reply::Answer(json!({"Commands": [{"Status": status}]})),
        _ => done(),
    }
}

pub(crate) fn succeeds(step: &str, _: u32, number: u32) -> Reply {
    ends(step, number, "Success")
}

pub(crate) fn fails(step: &str, _: u32, number: u32) -> Reply {
    ends(step, number, "Failed")
}

pub(crate) fn endless(step: &str, _: u32, number: u32) -> Reply {
    match (step, number) {
        ("command", 1) => Reply::Answer(json!({"Command": {"CommandId": "c-1"}})),
        ("command", _) => Reply::Answer(json!({"Commands": [{"Status": "InProgress"}]})),
        _ => done(),
    }
}

#[track_caller]
pub(crate) fn expect(record: &Record, status: Status, expected: &[&str]) {
    assert_eq!(record.status(), status);
    assert_eq!(steps(record), expected);
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

/// Cuts a run off after every event, and expects that it ends as it does without.
pub(crate) async fn cut_everywhere<M: Member>(script: Script, cancel_after: Option<u64>) {
    let (clock, store) = (VirtualClock::new(morning()), MemoryStore::new());
    let whole = attempt::<M>(script, &clock, &store, cancel_after, false).await;
    let whole = whole.unwrap();
    for cut in 1.. {
        let kept = MemoryStore::new();
        let breaking = BreakingStore::new(&kept, cut);
        let clock = VirtualClock::new(morning());
        let Err(_) = attempt::<M>(script, &clock, &breaking, cancel_after, false).await else {
            assert!(cut > 20, "only {cut} events");
            break;
        };
        // Another process, at the time of the cut: nothing is left but the store.
        let clock = VirtualClock::new(clock.now());
        let record = attempt::<M>(script, &clock, &kept, cancel_after, true).await;
        let record = record.unwrap();
        assert_eq!(steps(&record), steps(&whole), "cut after event {cut}");
        assert_eq!(record.status(), whole.status(), "cut after event {cut}");
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
