//! Runbooks written by hand, a caller that answers by the number of the call, and a journal that breaks.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use runbook_runtime::caller::{BoxFuture, Call, CallError, Caller};
use runbook_runtime::cancel::CancelToken;
use runbook_runtime::clock::{Clock, VirtualClock};
use runbook_runtime::decode::{Protocol, Response};
use runbook_runtime::effect::{Effect, Operation, Repeat, Request};
use runbook_runtime::engine::{Engine, EngineError, Start};
use runbook_runtime::event::Event;
use runbook_runtime::flow::Flow;
use runbook_runtime::record::Record;
use runbook_runtime::runbook::{Definition, Runbook, StepDefinition};
use runbook_runtime::scope::{Context, Scope};
use runbook_runtime::store::{MemoryStore, Store, StoreError};
use runbook_runtime::turns::Turn;
use runbook_runtime::value::{Document, InputError, Map, OutputError, Type};
use serde::{Serialize, Serializer};
use serde_json::json;
use uuid::Uuid;

pub(crate) const EXECUTION: Uuid = Uuid::from_u128(0x0f1e_2d3c_4b5a_6978_8796_a5b4_c3d2_e1f0);

/// A step, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Step(pub(crate) usize);

/// A call of `Toy.Do`.
#[derive(Clone, Debug)]
pub(crate) struct Do(pub(crate) Map);

static RESPONSE: Response = Response::empty(Protocol::Json);
static OPERATION: Operation = operation("toy", "Do", Repeat::Recognised);
static DO_UNSEEN: Operation = operation("toy", "DoUnseen", Repeat::Unknown);
static GET_CALLER_IDENTITY: Operation = operation("sts", "GetCallerIdentity", Repeat::Reads);
static GET_PARAMETERS: Operation = operation("ssm", "GetParameters", Repeat::Reads);

const fn operation(service: &'static str, name: &'static str, repeat: Repeat) -> Operation {
    Operation {
        service,
        name,
        response: &RESPONSE,
        repeat,
    }
}

/// A call of `Toy.DoUnseen`, which nobody recognises when it is made again.
pub(crate) fn unseen() -> Do {
    let mut members = Map::new();
    members.insert("Unseen".to_owned(), true.into());
    Do(members)
}

/// The question who is calling, which simulations answer.
pub(crate) fn who() -> Do {
    let mut members = Map::new();
    members.insert("Who".to_owned(), true.into());
    Do(members)
}

impl Request for Do {
    fn operation(&self) -> &'static Operation {
        match self.0.keys().next().map(String::as_str) {
            Some("Who") => &GET_CALLER_IDENTITY,
            Some("Names") => &GET_PARAMETERS,
            Some("Unseen") => &DO_UNSEEN,
            _ => &OPERATION,
        }
    }
}

impl Serialize for Do {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// What the steps have left.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) context: Context,
    pub(crate) parameters: Map,
    pub(crate) outputs: BTreeMap<usize, Map>,
    /// What the loops are at.
    pub(crate) turns: BTreeMap<usize, Map>,
    /// The only variable.
    pub(crate) variable: Option<Document>,
}

impl State {
    /// Before the first step.
    pub(crate) fn new(parameters: &Map, context: Context) -> Self {
        Self {
            context,
            parameters: parameters.clone(),
            outputs: BTreeMap::new(),
            turns: BTreeMap::new(),
            variable: None,
        }
    }
}

impl Scope for State {
    fn context(&self) -> &Context {
        &self.context
    }

    fn context_mut(&mut self) -> &mut Context {
        &mut self.context
    }

    fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        self.parameters.get(name)?.as_str().map(Cow::Borrowed)
    }
}

/// What differs between test runbooks.
pub(crate) trait Sheet: Send + Sync + 'static {
    const DEFINITION: &'static Definition;

    fn flow(step: Step) -> Flow<Step>;

    /// A call of `Toy.Do`, if not said otherwise.
    fn effect(_: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
        Ok(call())
    }

    /// Whether a loop with a condition goes on.
    fn repeats(_: Step, _: &State) -> Result<bool, InputError> {
        Ok(false)
    }
}

pub(crate) fn call() -> Effect<Do, Step> {
    Effect::call(Do(Map::new()))
}

/// The runbook of a sheet. Of every answer it keeps `Value`, a text.
pub(crate) struct Toy<S>(PhantomData<S>);

impl<S: Sheet> Runbook for Toy<S> {
    type Step = Step;
    type State = State;
    type Request = Do;

    const DEFINITION: &'static Definition = S::DEFINITION;
    const STEPS: &'static [Step] = &[Step(0), Step(1), Step(2), Step(3), Step(4), Step(5)];

    fn flow(step: Step) -> Flow<Step> {
        S::flow(step)
    }

    fn start(parameters: &Map, context: Context) -> Result<State, InputError> {
        if parameters.contains_key("Broken") {
            return Err(InputError::Missing {
                reference: "Broken".to_owned(),
            });
        }
        Ok(State::new(parameters, context))
    }

    fn assume_role(_: &State) -> Result<Option<String>, InputError> {
        Ok(None)
    }

    fn identity() -> Do {
        who()
    }

    fn effect(step: Step, state: &State) -> Result<Effect<Do, Step>, InputError> {
        S::effect(step, state)
    }

    fn answer(step: Step, state: &mut State, answer: &Document) -> Result<(), OutputError> {
        if answer.is_string() {
            state.variable = Some(answer.clone());
            return Ok(());
        }
        let mut outputs = Map::new();
        match answer.get("Value") {
            None => {}
            Some(Document::String(text)) => {
                outputs.insert("value".to_owned(), text.as_str().into());
            }
            Some(_) => {
                return Err(OutputError {
                    selector: "$.Value".to_owned(),
                    found: "a map".to_owned(),
                    wanted: Type::String,
                });
            }
        }
        state.outputs.insert(step.0, outputs);
        Ok(())
    }

    fn outputs(step: Step, state: &State) -> Map {
        let outputs = state.outputs.get(&step.0).or(state.turns.get(&step.0));
        outputs.cloned().unwrap_or_default()
    }

    fn iterate(step: Step, state: &mut State, turn: &Turn<'_>) {
        let mut values = Map::new();
        values.insert("CurrentIteration".to_owned(), turn.iteration().into());
        if let Some(item) = turn.item {
            values.insert("CurrentIteratorValue".to_owned(), item.clone());
        }
        state.turns.insert(step.0, values);
        let inside = Self::STEPS
            .iter()
            .filter(|inner| S::flow(**inner).inside == Some(step));
        inside.for_each(|inner| drop(state.outputs.remove(&inner.0)));
    }

    fn repeats(step: Step, state: &State) -> Result<bool, InputError> {
        S::repeats(step, state)
    }

    fn variables(state: &State) -> Map {
        let variable = state.variable.clone();
        variable
            .into_iter()
            .map(|value| ("last".to_owned(), value))
            .collect()
    }
}

pub(crate) const fn definition(name: &'static str, steps: &'static [StepDefinition]) -> Definition {
    Definition {
        name,
        file: "toy.yaml",
        hash: name,
        description: "",
        parameters: &[],
        variables: &[],
        children: &[],
        steps,
        assume_role: None,
        outputs: &[],
    }
}

pub(crate) const fn step(name: &'static str) -> StepDefinition {
    StepDefinition {
        name,
        action: "aws:executeAwsApi",
        inside: None,
        line: 1,
        timeout_seconds: None,
        time_limit: Some(25),
        max_attempts: None,
        inputs: &[("Service", "\"toy\""), ("Api", "\"Do\"")],
        calls: &["Toy.Do"],
        waits_for: None,
        selected: &[],
        decided_by: &[],
    }
}

/// What a call gives.
pub(crate) enum Reply {
    Answer(Document),
    /// The same after a number of seconds.
    Slow(u64, Document),
    Error(&'static str),
    Throttled,
    /// The connection broke.
    Lost,
    Unsendable,
    /// Only for step ``: nobody knows who is calling.
    Stranger,
}

pub(crate) fn done() -> Reply {
    Reply::Answer(json!({"Value": "done"}))
}

/// Replies to a call by its step, attempt and number, so that a repeated call gets the same.
pub(crate) type Script = fn(&str, u32, u32) -> Reply;

/// Answers by a script, and remembers what it was asked.
pub(crate) struct ScriptedCaller<'a> {
    script: Script,
    clock: &'a VirtualClock,
    calls: Mutex<Vec<Call>>,
}

impl<'a> ScriptedCaller<'a> {
    pub(crate) fn new(script: Script, clock: &'a VirtualClock) -> Self {
        Self {
            script,
            clock,
            calls: Mutex::default(),
        }
    }

    /// The calls so far: `step/attempt/number`.
    pub(crate) fn calls(&self) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        let effects = calls.iter().map(|call| &call.effect);
        let steps = effects.filter(|effect| !effect.step.is_empty());
        steps
            .map(|effect| format!("{}/{}/{}", effect.step, effect.attempt, effect.number))
            .collect()
    }

    /// The tokens of the calls so far.
    pub(crate) fn token_texts(&self) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        let steps = calls.iter().filter(|call| !call.effect.step.is_empty());
        steps.map(|call| call.token().to_string()).collect()
    }

    /// The same, each by the place of the first call that had it: `0` is that of the first call.
    pub(crate) fn tokens(&self) -> Vec<usize> {
        let tokens = self.token_texts();
        let first = |token| tokens.iter().position(|seen| seen == token).unwrap();
        tokens.iter().map(first).collect()
    }
}

impl Caller<Do> for ScriptedCaller<'_> {
    fn call<'a>(&'a self, call: &'a Call, _: &'a Do) -> BoxFuture<'a, Result<Document, CallError>> {
        self.calls.lock().unwrap().push(call.clone());
        let effect = &call.effect;
        Box::pin(async move {
            if effect.step.is_empty() {
                return identity(self.script);
            }
            match (self.script)(&effect.step, effect.attempt, effect.number) {
                Reply::Answer(answer) => Ok(answer),
                Reply::Slow(seconds, answer) => {
                    let until = self.clock.now() + Duration::from_secs(seconds);
                    self.clock.sleep_until(until).await;
                    Ok(answer)
                }
                Reply::Error(code) => Err(service_error(code, false)),
                Reply::Stranger => Err(service_error("ExpiredToken", false)),
                Reply::Throttled => Err(service_error("ThrottlingException", true)),
                Reply::Lost => Err(CallError::Connection("connection reset".to_owned())),
                Reply::Unsendable => Err(CallError::Input("Count must be at least 1".to_owned())),
            }
        })
    }
}

/// Who calls; a script may refuse it as step ``.
fn identity(script: Script) -> Result<Document, CallError> {
    match script("", 1, 1) {
        Reply::Stranger => Err(service_error("ExpiredToken", false)),
        _ => Ok(json!({
            "UserId": "AIDA",
            "Account": "111122223333",
            "Arn": "arn:aws-cn:iam::111122223333:user/dev",
        })),
    }
}

fn service_error(code: &str, throttling: bool) -> CallError {
    CallError::Service {
        operation: "Do".to_owned(),
        code: code.to_owned(),
        message: "No luck".to_owned(),
        throttling,
    }
}

/// Breaks after a number of events.
pub(crate) struct BreakingStore<'a> {
    inner: &'a dyn Store,
    left: AtomicUsize,
}

impl<'a> BreakingStore<'a> {
    pub(crate) fn new(inner: &'a dyn Store, events: usize) -> Self {
        Self {
            inner,
            left: AtomicUsize::new(events),
        }
    }
}

impl Store for BreakingStore<'_> {
    fn append(&self, execution: Uuid, mut taken: Vec<Event>) -> Result<(), StoreError> {
        let left = self.left.load(Ordering::Relaxed);
        let lost = taken.split_off(left.min(taken.len()));
        self.left.store(left - taken.len(), Ordering::Relaxed);
        self.inner.append(execution, taken)?;
        match lost.is_empty() {
            true => Ok(()),
            false => Err(StoreError {
                action: "written",
                message: "out of paper".to_owned(),
                source: None,
            }),
        }
    }

    fn is_durable(&self) -> bool {
        self.inner.is_durable()
    }

    fn read(&self, execution: Uuid, take: &mut dyn FnMut(Event)) -> Result<(), StoreError> {
        self.inner.read(execution, take)
    }
}

/// Keeps every event, through JSON, as a file would.
#[derive(Default)]
pub(crate) struct FullStore(Mutex<Vec<String>>);

impl Store for FullStore {
    fn append(&self, _: Uuid, events: Vec<Event>) -> Result<(), StoreError> {
        let mut lines = self.0.lock().unwrap();
        lines.extend(
            events
                .iter()
                .map(|event| serde_json::to_string(event).unwrap()),
        );
        Ok(())
    }

    fn is_durable(&self) -> bool {
        true
    }

    fn read(&self, _: Uuid, take: &mut dyn FnMut(Event)) -> Result<(), StoreError> {
        let lines = self.0.lock().unwrap();
        lines
            .iter()
            .for_each(|line| take(serde_json::from_str(line).unwrap()));
        Ok(())
    }
}

pub(crate) fn morning() -> Timestamp {
    "2026-01-31T08:00:00.101Z".parse().unwrap()
}

pub(crate) fn start() -> Start {
    let mut parameters = Map::new();
    parameters.insert("Name".to_owned(), "web".into());
    parameters.insert("Count".to_owned(), 3.into());
    let mut supplied = parameters.clone();
    supplied.shift_remove("Count");
    Start {
        execution: EXECUTION,
        parent: None,
        target: None,
        parameters,
        supplied,
        region: "eu-west-1".to_owned(),
        simulation: None,
        interactive: false,
    }
}

/// `name status` of every step that is not Pending.
pub(crate) fn steps(record: &Record) -> Vec<String> {
    let steps = record.automation_execution.step_executions.iter();
    let started = steps.filter(|step| step.execution_start_time.is_some());
    started
        .map(|step| format!("{} {}", step.step_name, step.step_status))
        .collect()
}

/// The seconds that the execution took.
pub(crate) fn seconds(record: &Record) -> i64 {
    let execution = &record.automation_execution;
    let end = execution.execution_end_time.unwrap();
    end.duration_since(execution.execution_start_time).as_secs()
}

/// What came of a run.
pub(crate) struct Outcome {
    pub(crate) record: Record,
    pub(crate) calls: Vec<String>,
    pub(crate) events: Vec<Event>,
}

impl Outcome {
    pub(crate) fn steps(&self) -> Vec<String> {
        steps(&self.record)
    }

    pub(crate) fn seconds(&self) -> i64 {
        seconds(&self.record)
    }

    /// The step's failure message without what every such message has.
    pub(crate) fn cause(&self, step: &str) -> String {
        let message = self
            .record
            .step(step)
            .unwrap()
            .failure_message
            .clone()
            .unwrap();
        let end =
            " Please refer to Automation Service Troubleshooting Guide for more diagnosis details.";
        message.strip_suffix(end).unwrap().to_owned()
    }
}

/// Runs a sheet to its end.
pub(crate) async fn run<S: Sheet>(script: Script) -> Outcome {
    run_cancelled::<S>(script, None).await
}

/// Runs a sheet and cancels it after some seconds.
pub(crate) async fn run_cancelled<S: Sheet>(script: Script, cancel_after: Option<u64>) -> Outcome {
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(script, &clock);
    let store = MemoryStore::new();
    let record = attempt::<S>(&caller, &clock, &store, cancel_after, None)
        .await
        .unwrap();
    let events = store.events(EXECUTION).unwrap();
    Outcome {
        record,
        calls: caller.calls(),
        events,
    }
}

/// Starts an execution, or continues `resumed`.
pub(crate) async fn attempt<S: Sheet>(
    caller: &ScriptedCaller<'_>,
    clock: &VirtualClock,
    store: &dyn Store,
    cancel_after: Option<u64>,
    resumed: Option<Uuid>,
) -> Result<Record, EngineError> {
    let cancel = CancelToken::new();
    let engine = Engine::<Toy<S>>::new(caller, clock, store).cancel(cancel.clone());
    let work = async {
        match resumed {
            Some(execution) => engine.resume(execution).await,
            None => engine.run(start()).await,
        }
    };
    cancelled(work, clock, &cancel, cancel_after).await
}

/// Does the work, which somebody asks to cancel so many seconds after the morning has begun.
pub(crate) async fn cancelled<T>(
    work: impl Future<Output = T>,
    clock: &VirtualClock,
    cancel: &CancelToken,
    after: Option<u64>,
) -> T {
    let Some(seconds) = after else {
        return work.await;
    };
    let canceller = async {
        let moment = morning() + Duration::from_secs(seconds);
        clock.sleep_until(moment).await;
        cancel.cancel();
        std::future::pending().await
    };
    tokio::select! {
        biased;
        outcome = work => outcome,
        never = canceller => never,
    }
}
