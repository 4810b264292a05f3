//! Scripts and webhooks in executions: what they leave in the journal and in the record, and what they do not.
#![cfg(all(unix, feature = "script"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may panic"
)]

use std::collections::BTreeMap;
use std::sync::Mutex;

use runbook_runtime::caller::{BoxFuture, Call, CallError, Caller, EffectId};
use runbook_runtime::cancel::CancelToken;
use runbook_runtime::clock::VirtualClock;
use runbook_runtime::decode::{Protocol, Response};
use runbook_runtime::doubt::{Decision, OnUnknown};
use runbook_runtime::effect::{Effect, Operation, Repeat, Request};
use runbook_runtime::engine::{Engine, Start};
use runbook_runtime::event::{Change, Event};
use runbook_runtime::flow::{Flow, OnFailure};
use runbook_runtime::local::{Local, Outside, Performer, Permissions};
use runbook_runtime::record::{Record, Texts};
use runbook_runtime::runbook::{Definition, Runbook, StepDefinition};
use runbook_runtime::scope::{Context, Scope};
use runbook_runtime::script::{self, Credentials, Runtime, Script};
use runbook_runtime::simulate::{self, Scenario, SimulationError, SimulationOutcome};
use runbook_runtime::status::Status;
use runbook_runtime::store::{MemoryStore, Store};
use runbook_runtime::value::{Document, InputError, Map, OutputError};
use runbook_runtime::webhook::{self, Post, Posted, Webhook};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

const EXECUTION: Uuid = Uuid::from_u128(7);

const INTEGRATION: &str = r#"{"url": "https://hooks.example/t0ken", "headers": {"X-Key": "s3cret"}, "payload": {"a": 1}}"#;

#[tokio::test]
async fn what_is_printed_and_raised_is_in_the_journal_and_the_record() {
    let store = MemoryStore::new();
    let record = run(&World::new(INTEGRATION), &store).await;

    let failed = record.step("fail").unwrap();
    assert_eq!(failed.step_status, Status::Failed);
    let message = failed.failure_message.clone().unwrap();
    assert!(
        message.contains("\nKeyError - 'absent'. Please"),
        "{message}"
    );
    let printed = &record.script_output[0];
    assert_eq!(printed.step_name, "fail");
    assert_eq!(printed.standard_output, "attempt\n");
    assert_eq!(printed.standard_error, "oh\n");

    let printed: Vec<EffectId> = store
        .events(EXECUTION)
        .unwrap()
        .into_iter()
        .filter_map(|event| match event.change {
            Change::Printed { effect, .. } => Some(effect),
            _ => None,
        })
        .collect();
    let attempts: Vec<u32> = printed.iter().map(|effect| effect.attempt).collect();
    assert_eq!(attempts, [1, 2]);
}

#[tokio::test]
async fn a_webhook_leaves_its_answer_and_no_secret() {
    let world = World::new(INTEGRATION);
    let store = MemoryStore::new();
    let record = run(&world, &store).await;

    let sent = world.posts.lock().unwrap().clone();
    assert_eq!(sent[0].url, "https://hooks.example/t0ken");
    assert_eq!(
        sent[0].headers,
        BTreeMap::from([("X-Key".to_owned(), "s3cret".to_owned())])
    );
    assert_eq!(sent[0].body, r#"{"a":1}"#);
    assert_eq!(format!("{:?}", sent[0]), "Post");

    let outputs = record.step("send").unwrap().outputs.clone().unwrap();
    assert_eq!(
        outputs["OutputPayload"],
        json!([r#"{"Response":"taken","ResponseCode":200}"#])
    );
    let events = serde_json::to_string(&store.events(EXECUTION).unwrap()).unwrap();
    let record = serde_json::to_string(&record).unwrap();
    for text in [events, record] {
        assert!(
            !text.contains("t0ken") && !text.contains("s3cret"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn an_integration_that_cannot_be_used_fails_the_step_and_shows_nothing_of_itself() {
    for (value, problem) in [
        ("t0ken", "its parameter is no JSON with a `url`"),
        (
            r#"{"uri": "https://t0ken"}"#,
            "its parameter is no JSON with a `url`",
        ),
        (
            r#"{"url": "http://t0ken"}"#,
            "its `url` does not begin with https://",
        ),
        (
            r#"{"url": "https://t0ken", "headers": {"X-Key": 5}}"#,
            "its header `X-Key` is the number 5, not a text",
        ),
    ] {
        let record = run(&World::new(value), &MemoryStore::new()).await;
        let message = record
            .step("send")
            .unwrap()
            .failure_message
            .clone()
            .unwrap();
        let expected = format!("The integration `chat` cannot be used: {problem}");
        assert!(message.contains(&expected), "{message}");
        assert!(!message.contains("t0ken"), "{message}");
    }
}

#[tokio::test]
async fn cut_after_any_event_changes_nothing() {
    let whole = MemoryStore::new();
    let expected = comparable(&run(&World::new(INTEGRATION), &whole).await);
    let events = whole.events(EXECUTION).unwrap();
    // The journal is text: what is read from it is what was written.
    let text = serde_json::to_string(&events).unwrap();
    let events: Vec<Event> = serde_json::from_str(&text).unwrap();
    for cut in 1..=events.len() {
        let store = MemoryStore::new();
        store.append(EXECUTION, events[..cut].to_vec()).unwrap();
        let clock = VirtualClock::new(events[cut - 1].at);
        let world = World::new(INTEGRATION);
        let performer = Performer::new(&world, &world, "eu-west-1", Permissions::None);
        let engine: Engine<'_, Steps> =
            Engine::new(&performer, &clock, &store).on_unknown(OnUnknown::Do(Decision::Repeat));
        let record = engine.resume(EXECUTION).await.unwrap();
        assert_eq!(comparable(&record), expected, "cut after event {cut}");
    }
}

#[tokio::test]
async fn scenarios_stub_what_is_local_by_step_or_by_action_or_really_run_scripts() {
    let outcome = play(
        "
answers:
  fail: {run: true}
  aws:executeScript: {Payload: {n: 2}}
  aws:invokeWebhook: {ResponseCode: 201}
expect:
  status: Success
  steps: [{fail: Failed}, {count: Success}, {send: Success}]
  outputs: {count.OutputPayload: '{\"Payload\":{\"n\":2}}', send.OutputPayload: '{\"ResponseCode\":201}'}
  calls:
    - aws:executeScript: {Runtime: python3.11, Handler: handler}
    - aws:executeScript
    - aws:executeScript
    - aws:invokeWebhook: {IntegrationName: chat}
",
    )
    .await
    .unwrap();
    assert_eq!(outcome.unmet, []);
    assert_eq!(outcome.record.script_output[0].standard_error, "oh\n");
}

#[tokio::test]
async fn a_scenario_in_rust_really_runs_scripts_too() {
    let scenario = Scenario::new()
        .runs("fail")
        .at("aws:executeScript", json!({"Payload": {"n": 2}}))
        .at("send", json!({"ResponseCode": 201}));
    let outcome = simulate::run::<Steps>(scenario, &(), CancelToken::new()).await;
    let outcome = outcome.unwrap();
    assert_eq!(outcome.record.status(), Status::Success);
    assert_eq!(outcome.unused, [""; 0]);
    assert_eq!(outcome.record.script_output[0].standard_error, "oh\n");
}

#[tokio::test]
async fn answers_that_nothing_local_could_give_are_refused() {
    for (answers, problem) in [
        (
            "{fail: {Payloda: 1}}",
            "`answers.fail`, the answer of aws:executeScript: ",
        ),
        (
            "{fail: {}, count: {}, send: {ResponseCode: [1]}}",
            "`answers.send`, the answer of aws:invokeWebhook: ",
        ),
        (
            "{send: {run: true}}",
            "`answers.send`: only scripts can really run",
        ),
        (
            "{fail: {}, count: {}}",
            "has no answer for the call of aws:invokeWebhook by the step `send`",
        ),
    ] {
        let error = play(&format!("answers: {answers}")).await.unwrap_err();
        let error = error.to_string();
        assert!(error.contains(problem), "{error}");
    }
}

async fn play(scenario: &str) -> Result<SimulationOutcome, SimulationError> {
    let scenario = Scenario::read(scenario, "it.yaml").unwrap();
    simulate::run::<Steps>(scenario, &(), CancelToken::new()).await
}

/// What does not tell in which folder a script ran, and when.
fn comparable(record: &Record) -> Vec<(Status, Option<String>, Option<Texts>)> {
    let steps = record.automation_execution.step_executions.iter();
    steps
        .map(|step| {
            let message = step.failure_message.as_ref();
            let end = message.and_then(|message| message.lines().last());
            (
                step.step_status,
                end.map(str::to_owned),
                step.outputs.clone(),
            )
        })
        .collect()
}

async fn run(world: &World, store: &MemoryStore) -> Record {
    let clock = VirtualClock::new("2026-01-01T08:00:00Z".parse().unwrap());
    let performer = Performer::new(world, world, "eu-west-1", Permissions::None);
    let engine: Engine<'_, Steps> = Engine::new(&performer, &clock, store);
    let start = Start {
        execution: EXECUTION,
        parent: None,
        target: None,
        parameters: Map::new(),
        supplied: Map::new(),
        region: "eu-west-1".to_owned(),
        simulation: None,
        interactive: false,
    };
    engine.run(start).await.unwrap()
}

/// AWS with one integration, and the world that it is posted to.
struct World {
    integration: String,
    posts: Mutex<Vec<Post>>,
}

impl World {
    fn new(integration: &str) -> Self {
        Self {
            integration: integration.to_owned(),
            posts: Mutex::default(),
        }
    }
}

impl Caller<Asked> for World {
    fn call<'a>(
        &'a self,
        _: &'a Call,
        request: &'a Asked,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        Box::pin(async move {
            Ok(match request {
                Asked::GetCallerIdentity => {
                    json!({"Account": "1", "Arn": "arn:aws:iam::1:user/me"})
                }
                Asked::GetParameter { name } => {
                    assert_eq!(*name, webhook::parameter("chat"));
                    json!({"Parameter": {"Value": self.integration}})
                }
                local => panic!("{local:?} is no call of an API"),
            })
        })
    }
}

impl Outside for World {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CallError>> {
        panic!("nobody has permissions")
    }

    fn post<'a>(&'a self, post: &'a Post) -> BoxFuture<'a, Result<Posted, CallError>> {
        self.posts.lock().unwrap().push(post.clone());
        Box::pin(async {
            Ok(Posted {
                status: 200,
                body: "taken".to_owned(),
            })
        })
    }
}

/// A script that fails twice, one that succeeds, and a webhook.
struct Steps;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Fail,
    Count,
    Send,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Asked {
    GetCallerIdentity,
    GetParameter { name: String },
    Script(Box<Script>),
    Webhook(Box<Webhook<Asked>>),
}

static EMPTY: Response = Response::empty(Protocol::Json);
static GET_CALLER_IDENTITY: Operation = Operation {
    service: "sts",
    name: "GetCallerIdentity",
    response: &EMPTY,
    repeat: Repeat::Reads,
};
static GET_PARAMETER: Operation = Operation {
    service: "ssm",
    name: "GetParameter",
    response: &EMPTY,
    repeat: Repeat::Reads,
};

impl Request for Asked {
    fn operation(&self) -> &'static Operation {
        match self {
            Self::Script(_) => &script::OPERATION,
            Self::Webhook(_) => &webhook::OPERATION,
            Self::GetCallerIdentity => &GET_CALLER_IDENTITY,
            Self::GetParameter { .. } => &GET_PARAMETER,
        }
    }

    fn local(&self) -> Option<Local<'_, Self>> {
        match self {
            Self::Script(script) => Some(Local::Script(script)),
            Self::Webhook(webhook) => Some(Local::Webhook(webhook)),
            _ => None,
        }
    }
}

const FAIL: &str = "\
import sys

def handler(events, context):
    print('attempt')
    print('oh', file=sys.stderr)
    return events['absent']
";

fn python(text: &str) -> Asked {
    Asked::Script(Box::new(Script {
        runtime: Runtime::python(3, 11),
        handler: Some("handler".to_owned()),
        text: text.to_owned(),
        payload: Map::new(),
        context: Map::new(),
        attachment: None,
    }))
}

#[derive(Clone, Debug)]
struct State(Context);

impl Scope for State {
    fn context(&self) -> &Context {
        &self.0
    }

    fn context_mut(&mut self) -> &mut Context {
        &mut self.0
    }
}

const fn step(name: &'static str, action: &'static str) -> StepDefinition {
    StepDefinition {
        name,
        action,
        inside: None,
        line: 1,
        timeout_seconds: None,
        time_limit: None,
        max_attempts: Some(2),
        inputs: &[],
        calls: &[],
        waits_for: None,
        selected: &[],
        decided_by: &[],
    }
}

static DEFINITION: Definition = Definition {
    name: "local",
    file: "local.yaml",
    hash: "abc",
    description: "",
    assume_role: None,
    parameters: &[],
    variables: &[],
    steps: &[
        step("fail", "aws:executeScript"),
        step("count", "aws:executeScript"),
        step("send", "aws:invokeWebhook"),
    ],
    outputs: &[],
    children: &[],
};

impl Runbook for Steps {
    type Step = Step;
    type State = State;
    type Request = Asked;

    const DEFINITION: &'static Definition = &DEFINITION;
    const STEPS: &'static [Step] = &[Step::Fail, Step::Count, Step::Send];

    fn flow(step: Step) -> Flow<Step> {
        match step {
            Step::Fail => Flow::then(Step::Count).on_failure(OnFailure::Continue),
            Step::Count => Flow::then(Step::Send),
            Step::Send => Flow::last(),
        }
    }

    fn start(_: &Map, context: Context) -> Result<State, InputError> {
        Ok(State(context))
    }

    fn assume_role(_: &State) -> Result<Option<String>, InputError> {
        Ok(None)
    }

    fn identity() -> Asked {
        Asked::GetCallerIdentity
    }

    fn effect(step: Step, _: &State) -> Result<Effect<Asked, Step>, InputError> {
        Ok(match step {
            Step::Fail => Effect::call(python(FAIL)),
            Step::Count => {
                Effect::call(python("def handler(events, context):\n    return {'n': 1}"))
            }
            Step::Send => Effect::call(Asked::Webhook(Box::new(Webhook {
                read: Asked::GetParameter {
                    name: webhook::parameter("chat"),
                },
                integration: "chat".to_owned(),
                body: None,
            })))
            .delivered(),
        })
    }

    fn answer(_: Step, _: &mut State, _: &Document) -> Result<(), OutputError> {
        Ok(())
    }

    fn outputs(_: Step, _: &State) -> Map {
        Map::new()
    }
}
