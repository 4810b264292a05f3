//! Runbooks that are part of a program: typed, in virtual time, with callers of the program's own.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests panic as tests do"
)]

#[path = "../ecs_run_task/mod.rs"]
mod ecs_run_task;
#[path = "../ecs_run_task/embedded.rs"]
mod embedded;

mod continued;
#[cfg(feature = "journal")]
mod letters;
mod roles;
mod runs;
mod watching;

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use runbook_runtime::caller::{BoxFuture, Call, CallError, Caller};
use runbook_runtime::cancel::CancelToken;
use runbook_runtime::clock::VirtualClock;
use runbook_runtime::embed::{Events, Own, Run};
use runbook_runtime::value::Document;
use serde_json::json;
use tokio::sync::Notify;
use uuid::Uuid;

use ecs_run_task::{Call as Request, EcsRunTask};
use embedded::{Parameters, run};

const TASK: &str = "arn:aws:ecs:us-east-1:111122223333:task/one";

/// What is answered instead of what usually is.
type Script = fn(&Service, &Request) -> Option<Result<Document, CallError>>;

/// Stands for AWS: the task has ended at the third look.
struct Service {
    script: Script,
    calls: Mutex<Vec<(&'static str, String)>>,
    cancel: CancelToken,
    /// At which call nothing comes back any more.
    silent_at: Option<&'static str>,
    /// Told when it falls silent.
    silence: Notify,
}

impl Service {
    fn new(script: Script) -> Self {
        Self {
            script,
            calls: Mutex::default(),
            cancel: CancelToken::new(),
            silent_at: None,
            silence: Notify::new(),
        }
    }

    fn answers() -> Arc<Self> {
        Arc::new(Self::new(|_, _| None))
    }

    fn scripted(script: Script) -> Arc<Self> {
        Arc::new(Self::new(script))
    }

    fn silent_at(operation: &'static str) -> Arc<Self> {
        Arc::new(Self {
            silent_at: Some(operation),
            ..Self::new(|_, _| None)
        })
    }

    /// The operations that were called, in order.
    fn calls(&self) -> Vec<&'static str> {
        let calls = self.calls.lock().unwrap();
        calls.iter().map(|(operation, _)| *operation).collect()
    }

    /// The tokens of the calls of an operation.
    fn tokens(&self, operation: &str) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        let calls = calls.iter().filter(|(called, _)| *called == operation);
        calls.map(|(_, token)| token.clone()).collect()
    }

    fn looks(&self) -> usize {
        let calls = self.calls().into_iter();
        calls.filter(|call| *call == "DescribeTasks").count()
    }

    fn usual(&self, request: &Request) -> Document {
        match request {
            Request::GetCallerIdentity {} => {
                json!({"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/dev"})
            }
            Request::Invoke { .. } => json!({"StatusCode": 200, "Payload": "null"}),
            Request::RunTask { .. } => json!({"tasks": [{"taskArn": TASK}]}),
            Request::DescribeTasks { .. } => match self.looks() {
                1 => json!({"tasks": [{"lastStatus": "PENDING"}]}),
                2 => json!({"tasks": [{"exitCode": -1}]}),
                _ => json!({"tasks": [{"exitCode": 0}]}),
            },
        }
    }
}

impl Caller<Request> for Service {
    fn call<'a>(
        &'a self,
        call: &'a Call,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        use runbook_runtime::effect::Request as _;

        Box::pin(async move {
            let operation = request.operation().name;
            let token = call.token().to_string();
            self.calls.lock().unwrap().push((operation, token));
            if self.silent_at == Some(operation) {
                self.silence.notify_one();
                return std::future::pending().await;
            }
            (self.script)(self, request).unwrap_or_else(|| Ok(self.usual(request)))
        })
    }
}

fn morning() -> Timestamp {
    "2026-01-31T08:00:00Z".parse().unwrap()
}

/// A run with a caller, in virtual time.
fn with(service: &Arc<Service>, parameters: Parameters) -> Run<EcsRunTask, Own<EcsRunTask>> {
    run(parameters)
        .caller(Arc::clone(service))
        .clock(VirtualClock::new(morning()))
}

fn resumed(service: &Arc<Service>, execution: Uuid) -> Run<EcsRunTask, Own<EcsRunTask>> {
    Run::resume(execution)
        .caller(Arc::clone(service))
        .clock(VirtualClock::new(morning()))
}

/// What a stream has, a line each.
async fn lines(mut events: Events<EcsRunTask>) -> String {
    let mut text = String::new();
    while let Some(progress) = events.next().await {
        let at = progress.at.duration_since(morning()).as_secs();
        let step = progress.step.map(|step| format!("{step:?}: "));
        text += &format!("{at} s: {}{progress}\n", step.unwrap_or_default());
    }
    text
}
