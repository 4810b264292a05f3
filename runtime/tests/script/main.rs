//! Scripts, run by the machine's own Python and PowerShell.
#![cfg(all(unix, feature = "script"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests may panic"
)]

mod handlers;
mod interpreters;
mod stopping;
mod surroundings;

use std::future::{Future, pending};
use std::time::Duration;

use runbook_runtime::script::{
    Aws, Ending, Printing, Run, Runtime, Script, ScriptError, Surroundings,
};
use runbook_runtime::value::Document;

fn python(text: &str) -> Script {
    Script {
        runtime: Runtime::python(3, 11),
        text: text.to_owned(),
        handler: Some("handler".to_owned()),
        payload: serde_json::Map::new(),
        context: serde_json::Map::new(),
        attachment: None,
    }
}

fn surroundings() -> Surroundings {
    let aws = Aws {
        region: "eu-west-1".to_owned(),
        credentials: None,
        endpoint: None,
    };
    Surroundings {
        grace: Duration::from_millis(300),
        ..Surroundings::new(aws)
    }
}

fn map(value: Document) -> serde_json::Map<String, Document> {
    value.as_object().unwrap().clone()
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

async fn run<T>(
    script: &Script,
    surroundings: &Surroundings,
    stop: impl Future<Output = T>,
) -> Run<T> {
    runbook_runtime::script::run(script, surroundings, &Printing::default(), stop).await
}

fn go(script: &Script) -> Run<()> {
    wait(run(script, &surroundings(), pending()))
}

fn finished<T: std::fmt::Debug>(ran: &Run<T>) -> &Result<Document, ScriptError> {
    match &ran.ending {
        Ending::Finished(result) => result,
        Ending::Stopped(reason) => panic!("stopped: {reason:?}"),
    }
}

fn returns(script: &Script, answer: &str) {
    let ran = go(script);
    match finished(&ran) {
        Ok(found) => assert_eq!(found.to_string(), answer),
        Err(error) => panic!("{error}\n{}", ran.output.stderr),
    }
}
