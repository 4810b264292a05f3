//! Scripts in a runbook that is part of a program: they run for real, beside callers of the program's own.

#![cfg(all(unix, feature = "script"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests panic as tests do"
)]

use std::marker::PhantomData;

use runbook_runtime::caller::{BoxFuture, Call, CallError, Caller};
use runbook_runtime::decode::{Protocol, Response};
use runbook_runtime::effect::{self, Effect, Operation, Repeat};
use runbook_runtime::embed::{Embedded, Happening, Own, Run, RunError};
use runbook_runtime::flow::Flow;
use runbook_runtime::local::Local;
use runbook_runtime::parameters::Supplied;
use runbook_runtime::runbook::{Definition, Runbook, StepDefinition};
use runbook_runtime::scope::{Context, Scope};
use runbook_runtime::script::{self, ProbeError, Requirement, Runtime, Script};
use runbook_runtime::value::{Document, InputError, Map, OutputError};
use serde::Serialize;
use serde_json::json;

/// A runbook whose only step is a script. `M` says what the script needs.
struct Scripted<M>(PhantomData<M>);

trait Needs: Send + Sync + 'static {
    const NEEDS: &'static [Requirement];
}

/// A version that no machine has.
struct OldPython;

impl Needs for OldPython {
    const NEEDS: &'static [Requirement] = &[Requirement {
        step: "look",
        runtime: Runtime::python(1, 0),
        modules: &[],
    }];
}

/// A module that no machine has.
struct Module;

impl Needs for Module {
    const NEEDS: &'static [Requirement] = &[Requirement {
        step: "look",
        runtime: Runtime::python(3, 11),
        modules: &["no_such_module"],
    }];
}

#[derive(Clone, Debug)]
struct State {
    context: Context,
    answer: Option<Document>,
}

impl Scope for State {
    fn context(&self) -> &Context {
        &self.context
    }

    fn context_mut(&mut self) -> &mut Context {
        &mut self.context
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Request {
    Who {},
    Script(Box<Script>),
}

static WHO: Operation = Operation {
    service: "sts",
    name: "GetCallerIdentity",
    response: &Response::empty(Protocol::Query),
    repeat: Repeat::Reads,
};

impl effect::Request for Request {
    fn operation(&self) -> &'static Operation {
        match self {
            Self::Who {} => &WHO,
            Self::Script(_) => &script::OPERATION,
        }
    }

    fn local(&self) -> Option<Local<'_, Self>> {
        match self {
            Self::Who {} => None,
            Self::Script(script) => Some(Local::Script(script)),
        }
    }
}

static DEFINITION: Definition = Definition {
    name: "scripted",
    file: "scripted.yaml",
    hash: "abc",
    description: "",
    assume_role: None,
    parameters: &[],
    variables: &[],
    steps: &[StepDefinition {
        name: "look",
        action: "aws:executeScript",
        inside: None,
        line: 1,
        timeout_seconds: None,
        time_limit: Some(600),
        max_attempts: None,
        inputs: &[],
        calls: &[],
        waits_for: None,
        selected: &[],
        decided_by: &[],
    }],
    outputs: &[],
    children: &[],
};

const TEXT: &str = "\
import os

def handler(events, context):
    print('looking')
    return [os.environ['AWS_REGION'], 'AWS_ACCESS_KEY_ID' in os.environ]
";

impl<M: Needs> Runbook for Scripted<M> {
    type Step = ();
    type State = State;
    type Request = Request;

    const DEFINITION: &'static Definition = &DEFINITION;
    const STEPS: &'static [()] = &[()];
    const SCRIPTS: &'static [Requirement] = M::NEEDS;

    fn flow((): ()) -> Flow<()> {
        Flow::last()
    }

    fn start(_: &Map, context: Context) -> Result<State, InputError> {
        Ok(State {
            context,
            answer: None,
        })
    }

    fn assume_role(_: &State) -> Result<Option<String>, InputError> {
        Ok(None)
    }

    fn identity() -> Request {
        Request::Who {}
    }

    fn effect((): (), _: &State) -> Result<Effect<Request, ()>, InputError> {
        Ok(Effect::call(Request::Script(Box::new(Script {
            runtime: Runtime::python(3, 11),
            handler: Some("handler".to_owned()),
            text: TEXT.to_owned(),
            payload: Map::new(),
            context: Map::new(),
            attachment: None,
        }))))
    }

    fn answer((): (), state: &mut State, answer: &Document) -> Result<(), OutputError> {
        state.answer = answer.get("Payload").cloned();
        Ok(())
    }

    fn outputs((): (), _: &State) -> Map {
        Map::new()
    }
}

struct Nothing<M>(PhantomData<M>);

impl<M: Needs> Supplied for Nothing<M> {
    type Runbook = Scripted<M>;

    fn supplied(&self) -> Map {
        Map::new()
    }
}

impl<M: Needs> Embedded for Scripted<M> {
    type Parameters = Nothing<M>;
    type Outputs = Option<Document>;

    fn document_outputs(state: &State) -> Option<Document> {
        state.answer.clone()
    }
}

/// Knows who calls, and nothing else.
struct Somebody;

impl Caller<Request> for Somebody {
    fn call<'a>(
        &'a self,
        _: &'a Call,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        let Request::Who {} = request else {
            panic!("{request:?} is no call");
        };
        let answer =
            json!({"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/dev"});
        Box::pin(std::future::ready(Ok(answer)))
    }
}

fn run<M: Needs>() -> Run<Scripted<M>, Own<Scripted<M>>> {
    Run::new(Nothing(PhantomData)).caller(Somebody)
}

#[tokio::test]
async fn a_script_runs_as_nobody_and_what_it_prints_is_told() {
    let mut run = run::<OldPython>().region("eu-west-1");
    let mut events = run.events();
    let finished = run.await.unwrap().into_success().unwrap();
    assert_eq!(finished.outputs, Some(json!(["eu-west-1", false])));
    let mut printed = Vec::new();
    while let Some(progress) = events.try_next() {
        if let Happening::Printed { output } = progress.what {
            printed.push(output.stdout.to_string());
        }
    }
    assert_eq!(printed, ["looking\n"]);
    let [note] = finished.notes.as_slice() else {
        panic!("{:?}", finished.notes);
    };
    assert!(
        note.starts_with("scripts for Python 1.0 run with Python"),
        "{note}"
    );
}

#[tokio::test]
async fn a_script_that_cannot_run_here_is_found_out_before_anything_is_done() {
    let mut run = run::<Module>();
    let mut events = run.events();
    let error = run.await.unwrap_err();
    assert!(
        matches!(error, RunError::Scripts(ProbeError::NoModule { .. })),
        "{error}"
    );
    assert_eq!(events.try_next(), None);
}
