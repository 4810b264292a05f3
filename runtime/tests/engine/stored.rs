//! Defaults from Parameter Store, read before anything else (spec 2.4).

use std::borrow::Cow;
use std::sync::Mutex;

use runbook_runtime::caller::{BoxFuture, Call, CallError, Caller};
use runbook_runtime::cancel::CancelToken;
use runbook_runtime::clock::VirtualClock;
use runbook_runtime::effect::Effect;
use runbook_runtime::engine::{Engine, EngineError, Start};
use runbook_runtime::event::Change;
use runbook_runtime::flow::Flow;
use runbook_runtime::record::Record;
use runbook_runtime::runbook::{Bounds, Definition, ParameterDefinition, Runbook};
use runbook_runtime::scope::{Context, Scope};
use runbook_runtime::simulate::{self, Scenario};
use runbook_runtime::store::{MemoryStore, Store};
use runbook_runtime::stored::StoredDefault;
use runbook_runtime::value::{Document, InputError, Map, OutputError, Type};
use serde_json::json;

use crate::toy::{BreakingStore, Do, EXECUTION, Step, definition, morning, step, who};

/// A runbook whose parameters have defaults from Parameter Store: one step, which tells them.
struct Keeper;

#[derive(Clone, Debug)]
struct State {
    context: Context,
    parameters: Map,
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

const fn parameter(name: &'static str, kind: Type) -> ParameterDefinition {
    ParameterDefinition {
        name,
        kind,
        written_type: "",
        description: "",
        default: Some("\"{{ssm:/x}}\""),
        allowed_values: &[],
        allowed_pattern: None,
        items: Bounds::NONE,
        chars: Bounds::NONE,
    }
}

const fn taken(parameter: &'static str, name: &'static str, line: u32) -> StoredDefault {
    StoredDefault {
        parameter,
        name,
        line,
    }
}

impl Runbook for Keeper {
    type Step = Step;
    type State = State;
    type Request = Do;

    const DEFINITION: &'static Definition = &Definition {
        parameters: &[
            parameter("Image", Type::String),
            parameter("Count", Type::Integer),
        ],
        ..definition("keeper", &[step("tell")])
    };
    const STEPS: &'static [Step] = &[Step(0)];
    const STORED: &'static [StoredDefault] =
        &[taken("Image", "/image", 4), taken("Count", "/count", 5)];

    fn flow(_: Step) -> Flow<Step> {
        Flow::last()
    }

    fn start(parameters: &Map, context: Context) -> Result<State, InputError> {
        Ok(State {
            context,
            parameters: parameters.clone(),
        })
    }

    fn assume_role(_: &State) -> Result<Option<String>, InputError> {
        Ok(None)
    }

    fn identity() -> Do {
        who()
    }

    fn stored(names: Vec<String>) -> Option<Do> {
        let mut members = Map::new();
        members.insert("Names".to_owned(), names.into());
        Some(Do(members))
    }

    fn effect(_: Step, state: &State) -> Result<Effect<Do, Step>, InputError> {
        Ok(Effect::call(Do(state.parameters.clone())))
    }

    fn answer(_: Step, _: &mut State, _: &Document) -> Result<(), OutputError> {
        Ok(())
    }

    fn outputs(_: Step, _: &State) -> Map {
        Map::new()
    }
}

/// Answers GetParameters with these, and remembers what it was asked.
struct Keep {
    parameters: Document,
    asked: Mutex<Vec<String>>,
}

impl Keep {
    fn of(parameters: Document) -> Self {
        let asked = Mutex::default();
        Self { parameters, asked }
    }
}

impl Caller<Do> for Keep {
    fn call<'a>(
        &'a self,
        call: &'a Call,
        request: &'a Do,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        let members = Document::Object(request.0.clone());
        self.asked
            .lock()
            .unwrap()
            .push(format!("{}{members}", call.effect.step));
        Box::pin(async move {
            Ok(match request.0.contains_key("Names") {
                true if self.parameters.is_null() => {
                    return Err(CallError::Service {
                        operation: "GetParameters".to_owned(),
                        code: "AccessDeniedException".to_owned(),
                        message: "no".to_owned(),
                        throttling: false,
                    });
                }
                true => json!({"Parameters": self.parameters}),
                false => {
                    json!({"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/a"})
                }
            })
        })
    }
}

fn start(supplied: &[(&str, Document)]) -> Start {
    let mut parameters = Map::new();
    parameters.insert("Image".to_owned(), "{{ ssm:/image }}".into());
    parameters.insert("Count".to_owned(), "{{ssm:/count}}".into());
    let supplied = supplied.iter().cloned();
    let supplied: Map = supplied
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    parameters.extend(supplied.clone());
    Start {
        parent: None,
        target: None,
        execution: EXECUTION,
        parameters,
        supplied,
        region: "eu-west-1".to_owned(),
        simulation: None,
        interactive: false,
    }
}

async fn run(keep: &Keep, start: Start) -> Result<Record, EngineError> {
    let clock = VirtualClock::new(morning());
    let store = MemoryStore::new();
    Engine::<Keeper>::new(keep, &clock, &store).run(start).await
}

#[tokio::test]
async fn defaults_are_read_before_anything_else() {
    let keep = Keep::of(json!([
        {"Name": "/count", "Type": "String", "Value": "3"},
        {"Name": "/image", "Type": "String", "Value": "ami-1"},
    ]));
    let record = run(&keep, start(&[])).await.unwrap();
    assert_eq!(
        keep.asked.into_inner().unwrap(),
        [
            r#"{"Names":["/image","/count"]}"#,
            r#"{"Who":true}"#,
            r#"tell{"Image":"ami-1","Count":3}"#,
        ]
    );
    assert!(record.automation_execution.parameters.is_empty());
}

#[tokio::test]
async fn what_is_supplied_is_not_read() {
    let keep = Keep::of(json!([{"Name": "/count", "Type": "String", "Value": "3"}]));
    let start = start(&[("Image", "{{ssm:/secret}}".into())]);
    run(&keep, start).await.unwrap();
    assert_eq!(
        keep.asked.into_inner().unwrap(),
        [
            r#"{"Names":["/count"]}"#,
            r#"{"Who":true}"#,
            r#"tell{"Image":"{{ssm:/secret}}","Count":3}"#,
        ]
    );
    let keep = Keep::of(Document::Null);
    let start = self::start(&[("Image", "ami-2".into()), ("Count", 1.into())]);
    run(&keep, start).await.unwrap();
}

#[tokio::test]
async fn execution_cannot_start_with_what_is_missing_or_secret_or_of_another_type() {
    let keep = Keep::of(json!([{"Name": "/image", "Type": "SecureString", "Value": "AQIC"}]));
    let error = run(&keep, start(&[])).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the runbook cannot start\n\
         toy.yaml:4: the default of parameter `Image` is {{ssm:/image}}, which is a SecureString, but only a String or a \
         StringList can be a default\n\
         toy.yaml:5: the default of parameter `Count` is {{ssm:/count}}, but Parameter Store has nothing under this name"
    );
    let keep = Keep::of(json!([
        {"Name": "/count", "Type": "String", "Value": "many"},
        {"Name": "/image", "Type": "String", "Value": "ami-1"},
    ]));
    let error = run(&keep, start(&[])).await.unwrap_err().to_string();
    assert!(
        error.ends_with(
            "{{ssm:/count}}, but what it holds cannot be used: the text \"many\" is not an Integer in decimal digits"
        ),
        "{error}"
    );
    // Nothing but the question was asked.
    assert_eq!(keep.asked.into_inner().unwrap().len(), 1);
}

#[tokio::test]
async fn parameter_store_that_cannot_be_read_is_no_failure_of_a_step() {
    let keep = Keep::of(Document::Null);
    let error = run(&keep, start(&[])).await.unwrap_err();
    assert!(matches!(error, EngineError::ParameterStore(_)));
    assert_eq!(
        error.to_string(),
        "the defaults of parameters cannot be read from Parameter Store: An error occurred (AccessDeniedException) when \
         calling the GetParameters operation: no"
    );
}

#[tokio::test]
async fn what_was_read_is_an_event_and_is_not_read_again() {
    let clock = VirtualClock::new(morning());
    let store = MemoryStore::new();
    // Began, Read.
    let breaking = BreakingStore::new(&store, 2);
    let keep = Keep::of(json!([
        {"Name": "/count", "Type": "String", "Value": "3"},
        {"Name": "/image", "Type": "String", "Value": "ami-1"},
    ]));
    let cut = Engine::<Keeper>::new(&keep, &clock, &breaking)
        .run(start(&[]))
        .await;
    assert!(matches!(cut, Err(EngineError::Store(_))));
    let events = store.events(EXECUTION).unwrap();
    assert!(matches!(events.last().unwrap().change, Change::Read { .. }));

    let keep = Keep::of(Document::Null);
    let engine = Engine::<Keeper>::new(&keep, &clock, &store);
    engine.resume(EXECUTION).await.unwrap();
    assert_eq!(
        keep.asked.into_inner().unwrap(),
        [r#"{"Who":true}"#, r#"tell{"Image":"ami-1","Count":3}"#]
    );
}

async fn simulated(scenario: &str) -> Result<Vec<String>, String> {
    let scenario = Scenario::read(scenario, "s.yaml").map_err(|errors| errors.to_string())?;
    let outcome = simulate::run::<Keeper>(scenario, &(), CancelToken::new()).await;
    outcome
        .map(|outcome| outcome.unused)
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn scenario_has_to_say_what_parameter_store_has() {
    assert_eq!(
        simulated("{ssm: {/image: ami-1}}").await.unwrap_err(),
        "s.yaml does not say what Parameter Store has under `/count`: write it under `ssm:`, as `/count: …`, or give the \
         parameter a value under `parameters:`"
    );
    assert_eq!(
        simulated("{ssm: {/image: ami-1, /cuont: 3}}")
            .await
            .unwrap_err(),
        "s.yaml:1:23: `ssm./cuont`: no default of the runbook takes this from Parameter Store; did you mean `/count`?"
    );
    let missing = simulated("{ssm: {/image: null, /count: 3}}").await;
    assert!(
        missing
            .unwrap_err()
            .contains("Parameter Store has nothing under this name")
    );

    let supplied = "{parameters: {Image: a}, ssm: {/image: b, /count: 3}, answers: {tell: {}}}";
    assert_eq!(simulated(supplied).await, Ok(vec!["ssm./image".to_owned()]));
}
