//! Real runs of a runbook's binary: as whom they call, and flags for parameters whose names are hard on a command line.
#![cfg(all(feature = "cli", feature = "journal"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may panic"
)]

mod console;
mod ecs_run_task;

use std::sync::{Arc, Mutex};

use console::Ran;
use ecs_run_task::{Call, EcsRunTask};
use expect_test::{Expect, expect};
use runbook_runtime::caller::{self, BoxFuture, CallError, Caller};
use runbook_runtime::cli::{Backend, ConnectError, Connection, Exit, Program};
use runbook_runtime::effect::Effect;
use runbook_runtime::flow::Flow;
use runbook_runtime::local::Outside;
use runbook_runtime::report::Form;
use runbook_runtime::runbook::{Bounds, Definition, ParameterDefinition, Runbook};
use runbook_runtime::scope::Context;
use runbook_runtime::script::Credentials;
use runbook_runtime::value::{Document, InputError, Map, OutputError, Type};
use runbook_runtime::webhook::{Post, Posted};
use serde_json::{Value, json};

fn execute<R: Runbook>(program: &Program<R>, arguments: &[&str]) -> Ran {
    console::execute(Form::Lines, program, arguments, "")
}

/// A backend that notes what it is asked for and answers every call with the same.
#[derive(Clone, Default)]
struct Fake {
    connections: Arc<Mutex<Vec<String>>>,
}

struct FakeCaller;

impl Caller<Call> for FakeCaller {
    fn call<'a>(
        &'a self,
        _: &'a caller::Call,
        request: &'a Call,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        Box::pin(async move {
            Ok(match request {
                Call::GetCallerIdentity {} => {
                    json!({"Account": "1", "Arn": "arn:aws:iam::1:user/me"})
                }
                Call::Invoke { .. } => json!({"StatusCode": 200}),
                _ => json!({"tasks": [{"taskArn": "arn-1", "exitCode": 0}]}),
            })
        })
    }
}

struct FakeOutside;

impl Outside for FakeOutside {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CallError>> {
        Box::pin(async { Err(CallError::Connection("there are none".to_owned())) })
    }

    fn post<'a>(&'a self, _: &'a Post) -> BoxFuture<'a, Result<Posted, CallError>> {
        Box::pin(async { Err(CallError::Webhook("nothing is sent".to_owned())) })
    }
}

impl Backend<Call> for Fake {
    fn connect<'a>(
        &'a self,
        region: Option<&'a str>,
        role: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Connection<Call>, ConnectError>> {
        let asked = format!("{} {}", region.unwrap_or("-"), role.unwrap_or("-"));
        self.connections.lock().unwrap().push(asked);
        Box::pin(async move {
            match role {
                Some("arn:denied") => Err("the role is denied".into()),
                _ => Ok(Connection {
                    caller: Box::new(FakeCaller),
                    region: "eu-west-1".to_owned(),
                    outside: Box::new(FakeOutside),
                }),
            }
        })
    }
}

fn connections(arguments: &[&str], exit: Exit) -> Vec<String> {
    let fake = Fake::default();
    let program = Program::<EcsRunTask>::new().backend(fake.clone());
    let ran = execute(
        &program,
        &[&["run", "--Cluster", "demo"], arguments].concat(),
    );
    assert_eq!(ran.exit, exit, "{}", ran.errors);
    assert!(!ran.errors.contains("simulated") && !ran.output.contains("simulated"));
    fake.connections.lock().unwrap().clone()
}

#[test]
fn a_real_run_takes_the_role_of_the_runbook_unless_told_otherwise() {
    assert_eq!(
        connections(&[], Exit::Success),
        ["- -", "- arn:aws:iam::1:role/runbook"]
    );
    assert_eq!(connections(&["--role", "caller"], Exit::Success), ["- -"]);
    assert_eq!(
        connections(&["--role", "arn:x", "--region", "eu-west-1"], Exit::Success),
        ["eu-west-1 arn:x"]
    );
    assert_eq!(
        connections(&["--role", "arn:denied"], Exit::NotRun),
        ["- arn:denied"]
    );
    assert_eq!(connections(&["--role", "me"], Exit::Usage), [""; 0]);
}

/// A runbook without steps whose parameters have names that are hard on a command line.
struct Nasty;

const fn parameter(name: &'static str, kind: Type) -> ParameterDefinition {
    ParameterDefinition {
        name,
        kind,
        written_type: "String",
        description: "",
        default: Some("null"),
        allowed_values: &[],
        allowed_pattern: None,
        items: Bounds::NONE,
        chars: Bounds::NONE,
    }
}

static NASTY: Definition = Definition {
    name: "nasty",
    file: "nasty.yaml",
    hash: "",
    description: "",
    parameters: &[
        parameter("help", Type::String),
        parameter("Help", Type::String),
        parameter("h", Type::String),
        parameter("H", Type::String),
        parameter("version", Type::String),
        parameter("Version", Type::String),
        parameter("V", Type::String),
        parameter("output", Type::String),
        parameter("Output", Type::String),
        parameter("param", Type::String),
        parameter("parameters", Type::String),
        parameter("simulate", Type::String),
        parameter("role", Type::String),
        parameter("Region", Type::String),
        parameter("region", Type::String),
        parameter("quiet", Type::String),
        parameter("DryRun", Type::Boolean),
        parameter("dry_run", Type::Boolean),
        parameter("Force", Type::Boolean),
        parameter("FooBar", Type::String),
        parameter("Foobar", Type::String),
        parameter("foobar", Type::String),
        parameter("FOOBAR", Type::String),
        parameter("DBClusterIDs", Type::StringList),
        parameter("Tags", Type::MapList),
        parameter("Map", Type::StringMap),
        parameter("MaxConcurrency", Type::Integer),
        parameter("1", Type::Integer),
        parameter("_", Type::Integer),
        parameter("a b", Type::String),
        parameter("", Type::String),
        parameter("ä", Type::String),
        parameter("-x", Type::String),
    ],
    variables: &[],
    children: &[],
    steps: &[],
    assume_role: None,
    outputs: &[],
};

impl Runbook for Nasty {
    type Step = ecs_run_task::Step;
    type State = ecs_run_task::State;
    type Request = Call;

    const DEFINITION: &'static Definition = &NASTY;
    const STEPS: &'static [Self::Step] = &[];

    fn flow(_: Self::Step) -> Flow<Self::Step> {
        Flow::last()
    }

    fn start(parameters: &Map, context: Context) -> Result<Self::State, InputError> {
        EcsRunTask::start(parameters, context)
    }

    fn assume_role(_: &Self::State) -> Result<Option<String>, InputError> {
        Ok(None)
    }

    fn identity() -> Call {
        EcsRunTask::identity()
    }

    fn effect(
        step: Self::Step,
        state: &Self::State,
    ) -> Result<Effect<Call, Self::Step>, InputError> {
        EcsRunTask::effect(step, state)
    }

    fn answer(_: Self::Step, _: &mut Self::State, _: &Document) -> Result<(), OutputError> {
        Ok(())
    }

    fn outputs(_: Self::Step, _: &Self::State) -> Map {
        Map::new()
    }
}

fn nasty(arguments: &[&str], expected: Expect) {
    let program = Program::<Nasty>::new().backend(Fake::default());
    let ran = execute(
        &program,
        &[&["run", "--output", "json", "--quiet"], arguments].concat(),
    );
    let shown = match serde_json::from_str::<Value>(&ran.output) {
        Ok(record) => record["AutomationExecution"]["Parameters"].to_string(),
        Err(_) => ran.errors,
    };
    expected.assert_eq(&shown);
}

#[test]
fn flags_follow_names_exactly() {
    nasty(
        &["--Help", "1", "--h", "2", "--H", "3"],
        expect![[r#"{"Help":["1"],"h":["2"],"H":["3"]}"#]],
    );
    nasty(
        &[
            "--version",
            "1",
            "--Version",
            "2",
            "--V",
            "3",
            "--Region",
            "4",
            "--Output",
            "5",
        ],
        expect![[r#"{"version":["1"],"Version":["2"],"V":["3"],"Output":["5"],"Region":["4"]}"#]],
    );
    nasty(
        &[
            "--FooBar", "1", "--Foobar", "2", "--foobar", "3", "--FOOBAR", "4",
        ],
        expect![[r#"{"FooBar":["1"],"Foobar":["2"],"foobar":["3"],"FOOBAR":["4"]}"#]],
    );
    nasty(
        &["--foo-bar", "1", "--1", "-5"],
        expect![[r#"{"FooBar":["1"],"1":["-5"]}"#]],
    );
}

#[test]
fn a_parameter_called_like_an_option_is_reached_by_param() {
    nasty(
        &[
            "--param",
            "output=1",
            "--param",
            "help=2",
            "--param",
            "a b=3",
            "--param",
            "region=a=b",
        ],
        expect![[r#"{"help":["2"],"output":["1"],"region":["a=b"],"a b":["3"]}"#]],
    );
    let help = execute(&Program::<Nasty>::new(), &["run", "-h"]).output;
    assert!(help.contains("--param output=VALUE"), "{help}");
}

#[test]
fn lists_maps_and_booleans_have_short_forms() {
    nasty(
        &[
            "--DBClusterIDs",
            "a",
            "b",
            "--DBClusterIDs",
            "c",
            "--Force",
            "--DryRun",
            "false",
        ],
        expect![[r#"{"DryRun":["false"],"Force":["true"],"DBClusterIDs":["a","b","c"]}"#]],
    );
    nasty(
        &[
            "--Tags",
            r#"{"Key":"a"}"#,
            r#"{"Key":"b"}"#,
            "--Map",
            r#"{"a":[1]}"#,
        ],
        expect![[r#"{"Tags":["{\"Key\":\"a\"}","{\"Key\":\"b\"}"],"Map":["{\"a\":[1]}"]}"#]],
    );
    nasty(
        &[
            "--param",
            "DBClusterIDs=[\"a\",\"b\"]",
            "--param",
            "Force=1",
        ],
        expect![[r#"
            error: a parameter cannot be used
              `Force`: the text "1" is not a Boolean: true or false
        "#]],
    );
}

#[test]
fn a_folder_that_can_hold_no_journal_is_told_with_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let file = file.display().to_string();
    let program = Program::<EcsRunTask>::new().backend(Fake::default());
    for arguments in [&["run", "--Cluster", "demo"][..], &["list"]] {
        let ran = execute(&program, &[arguments, &["--state-dir", &file]].concat());
        assert_eq!(ran.exit, Exit::NotRun);
        let expected = format!("error: {file} cannot be used: ");
        assert!(ran.errors.starts_with(&expected), "{}", ran.errors);
        let help = "help: the journal needs a folder that can be written; name one by --state-dir";
        assert!(ran.errors.contains(help), "{}", ran.errors);
    }
}

#[test]
fn targets_that_are_cancelled_are_not_told_as_failed() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = folder.path().join("cancelled.yaml");
    let text = "
cancel: {during: '[2]/wait'}
answers:
  Lambda.Invoke: {StatusCode: 200}
  ECS.RunTask: {tasks: [{taskArn: arn-1}]}
  '[2]/wait': {tasks: [{lastStatus: RUNNING}]}
  wait: {tasks: [{exitCode: 0}]}
";
    std::fs::write(&scenario, text).unwrap();
    let scenario = scenario.display().to_string();
    let run = [
        "run",
        "--quiet",
        "--simulate",
        &scenario,
        "--target-parameter",
        "Cluster",
    ];
    let targets = ["--target", "one", "two", "three", "--max-concurrency", "1"];
    let ran = execute(
        &Program::<EcsRunTask>::new(),
        &[&run[..], &targets].concat(),
    );
    assert_eq!(ran.exit, Exit::Cancelled, "{}", ran.errors);
    let told = "1 of 3 targets succeeded, 1 cancelled, 1 was not started\n";
    assert!(ran.output.contains(told), "{}", ran.output);
}
