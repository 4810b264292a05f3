//! Runbooks that are part of a program: typed, in virtual time, with callers of the program's own.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests panic as tests do"
)]

mod ecs_run_task;
#[path = "ecs_run_task/embedded.rs"]
mod embedded;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use expect_test::{Expect, expect};
use futures_core::Stream;
use jiff::Timestamp;
use runbook_runtime::caller::{BoxFuture, Call, CallError, Caller};
use runbook_runtime::cancel::CancelToken;
use runbook_runtime::clock::VirtualClock;
use runbook_runtime::embed::{
    Backend, ConnectError, Connection, Events, Happening, Own, Role, Run, RunError,
};
use runbook_runtime::engine::EngineError;
use runbook_runtime::event::{Beginning, Change, Event};
use runbook_runtime::local::Outside;
use runbook_runtime::observer::{Observer, View};
use runbook_runtime::script::Credentials;
use runbook_runtime::status::Status;
use runbook_runtime::store::{MemoryStore, Store};
use runbook_runtime::value::Document;
use runbook_runtime::webhook::{Post, Posted};
use serde_json::json;
use tokio::sync::Notify;
use uuid::Uuid;

use ecs_run_task::{Call as Request, EcsRunTask, Step};
use embedded::{Outputs, Parameters, run};

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

#[tokio::test]
async fn a_run_gives_its_outputs_as_they_are_declared() {
    let service = Service::answers();
    let finished = with(&service, Parameters::new("web").with("Count", 2))
        .await
        .unwrap();
    assert_eq!(finished.status(), Status::Success);
    assert!(finished.is_success());
    assert_eq!(finished.failure(), None);
    let outputs = Outputs {
        ecs_task_arn: Some(TASK.to_owned()),
    };
    assert_eq!(finished.outputs, outputs);
    let state = finished.state.as_ref().unwrap();
    assert_eq!(state.task_arn.as_deref(), Some(TASK));
    let supplied = finished.record.automation_execution.parameters.clone();
    assert_eq!(
        serde_json::to_value(supplied).unwrap(),
        json!({"Cluster": ["web"], "Count": ["2"]})
    );
    assert_eq!(finished.record.simulation, None);
    assert_eq!(
        service.calls(),
        [
            "GetCallerIdentity",
            "Invoke",
            "RunTask",
            "DescribeTasks",
            "DescribeTasks",
            "DescribeTasks",
            "Invoke"
        ]
    );
}

#[tokio::test]
async fn a_run_is_spawned_and_tells_what_happens() {
    let mut run = with(&Service::answers(), Parameters::new("web"));
    let events = run.events();
    let finished = tokio::spawn(run);
    let told = lines(events).await;
    assert!(finished.await.unwrap().unwrap().is_success());
    expect![[r#"
        0 s: started
        0 s: Lambda1: lambda1 started
        0 s: Lambda1: lambda1 calls
        0 s: Lambda1: lambda1 ended: Success
        0 s: Ecs: ecs started
        0 s: Ecs: ecs calls
        0 s: Ecs: ecs ended: Success
        0 s: Wait: wait started
        0 s: Wait: wait calls
        0 s: Wait: wait found no value, and waits
        2 s: Wait: wait calls, 2 times now
        2 s: Wait: wait found the number -1, and waits
        6 s: Wait: wait calls, 3 times now
        6 s: Wait: wait ended: Success
        6 s: Lambda2: lambda2 started
        6 s: Lambda2: lambda2 calls
        6 s: Lambda2: lambda2 ended: Success
        6 s: ended: Success
    "#]]
    .assert_eq(&told);
}

#[tokio::test]
async fn events_have_values_for_programs() {
    let mut run = with(&Service::answers(), Parameters::new("web"));
    let mut events = run.events();
    let execution = run.await.unwrap().execution();
    let mut polls = Vec::new();
    while let Some(progress) = events.try_next() {
        assert_eq!(progress.execution, execution);
        assert!(progress.within.is_empty());
        if let Happening::Polled { found, next } = progress.what {
            assert_eq!(progress.step, Some(Step::Wait));
            assert_eq!(progress.label.as_deref(), Some("wait"));
            assert!(next > progress.at);
            polls.push(found);
        }
    }
    let found = ["no value", "the number -1"].map(|found| Some(found.to_owned()));
    assert_eq!(polls, found);
}

#[tokio::test]
async fn streams_and_observers_watch_side_by_side() {
    #[derive(Default)]
    struct Counts(Mutex<usize>);

    impl Observer for Counts {
        fn observe(&self, _: &Event, _: &View) {
            *self.0.lock().unwrap() += 1;
        }
    }

    let counts = Arc::new(Counts::default());
    let mut run = with(&Service::answers(), Parameters::new("web")).observer(Arc::clone(&counts));
    let (first, second) = (run.events(), run.events());
    drop(run.events());
    run.await.unwrap();
    let (first, second) = (lines(first).await, lines(second).await);
    assert_eq!(first, second);
    assert!(first.ends_with("ended: Success\n"), "{first}");
    assert!(*counts.0.lock().unwrap() > first.lines().count());
}

#[tokio::test]
async fn whatever_takes_a_stream_takes_events() {
    async fn collect<S: Stream + Unpin>(mut stream: S) -> Vec<S::Item> {
        let mut items = Vec::new();
        while let Some(item) = poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await {
            items.push(item);
        }
        items
    }

    let mut run = with(&Service::answers(), Parameters::new("web"));
    let (events, mut same) = (run.events(), run.events());
    let finished = tokio::spawn(run);
    let items = collect(events).await;
    assert_eq!(finished.await.unwrap().unwrap().status(), Status::Success);
    assert!(!items.is_empty());
    for item in items {
        assert_eq!(same.next().await, Some(item));
    }
    assert_eq!(same.next().await, None);
}

#[tokio::test]
async fn a_run_that_nobody_awaits_ends_its_stream() {
    let mut run = with(&Service::answers(), Parameters::new("web"));
    let events = run.events();
    drop(run);
    assert_eq!(lines(events).await, "");
}

#[tokio::test]
async fn a_step_that_fails_is_no_error_until_success_is_asked_for() {
    let service = Service::scripted(|_, request| match request {
        Request::RunTask { .. } => Some(Err(CallError::Service {
            operation: "RunTask".to_owned(),
            code: "ClusterNotFoundException".to_owned(),
            message: "Cluster not found.".to_owned(),
            throttling: false,
        })),
        _ => None,
    });
    let run = with(&service, Parameters::new("web")).execution(Uuid::from_u128(7));
    let finished = run.await.unwrap();
    assert_eq!(finished.status(), Status::Failed);
    assert_eq!(finished.execution(), Uuid::from_u128(7));
    assert_eq!(finished.outputs, Outputs::default());
    let error = finished.into_success().unwrap_err();
    assert_eq!(error.status(), Status::Failed);
    expect!["execution 00000000-0000-0000-0000-000000000007 of runbook `ecs-run-task` has ended as Failed: Step fails when it is Execute/Cancelling action. An error occurred (ClusterNotFoundException) when calling the RunTask operation: Cluster not found. Please refer to Automation Service Troubleshooting Guide for more diagnosis details."].assert_eq(&error.to_string());
}

#[tokio::test]
async fn a_token_cancels() {
    let service = Service::scripted(|service, request| {
        if let Request::DescribeTasks { .. } = request {
            service.cancel.cancel();
        }
        None
    });
    let mut run = with(&service, Parameters::new("web")).cancel(service.cancel.clone());
    let events = run.events();
    let finished = run.await.unwrap();
    assert_eq!(finished.status(), Status::Cancelled);
    // It has started, so it is told.
    assert_eq!(finished.outputs.ecs_task_arn.as_deref(), Some(TASK));
    expect![[r#"
        0 s: started
        0 s: Lambda1: lambda1 started
        0 s: Lambda1: lambda1 calls
        0 s: Lambda1: lambda1 ended: Success
        0 s: Ecs: ecs started
        0 s: Ecs: ecs calls
        0 s: Ecs: ecs ended: Success
        0 s: Wait: wait started
        0 s: Wait: wait calls
        0 s: is being cancelled
        0 s: Wait: wait ended: Cancelled
        0 s: Lambda2: lambda2 started
        0 s: Lambda2: lambda2 calls
        0 s: Lambda2: lambda2 ended: Success
        0 s: ended: Cancelled
    "#]]
    .assert_eq(&lines(events).await);
}

#[tokio::test]
async fn a_token_lets_the_step_under_way_be_the_last() {
    let service = Service::scripted(|service, request| {
        if let Request::RunTask { .. } = request {
            service.cancel.cancel();
        }
        None
    });
    let run = with(&service, Parameters::new("web")).complete(service.cancel.clone());
    let finished = run.await.unwrap();
    assert_eq!(finished.status(), Status::Success);
    assert_eq!(service.calls(), ["GetCallerIdentity", "Invoke", "RunTask"]);
}

/// Drops a run as soon as its service falls silent.
async fn cut(run: Run<EcsRunTask, Own<EcsRunTask>>, service: &Service) {
    tokio::select! {
        // Virtual time would go on while the run waits.
        biased;
        () = service.silence.notified() => {}
        finished = run => panic!("{finished:?}"),
    }
}

#[tokio::test]
async fn what_was_cut_off_goes_on_with_the_store() {
    let (store, execution) = (Arc::new(MemoryStore::new()), Uuid::from_u128(7));
    let silent = Service::silent_at("RunTask");
    let parameters = Parameters::new("web").with("Count", 3);
    let run = with(&silent, parameters).execution(execution);
    cut(run.store(Arc::clone(&store)), &silent).await;

    let service = Service::answers();
    let mut run = resumed(&service, execution).store(Arc::clone(&store));
    let events = run.events();
    let finished = run.await.unwrap();
    assert!(finished.is_success());
    assert_eq!(finished.outputs.ecs_task_arn.as_deref(), Some(TASK));
    // It is the same call, by which ECS would recognise it.
    assert_eq!(service.tokens("RunTask"), silent.tokens("RunTask"));
    assert!(lines(events).await.starts_with("0 s: goes on"));

    // Now it has ended: what came of it is known, and nobody is called.
    let nobody = Service::answers();
    let again = resumed(&nobody, execution).store(store).await.unwrap();
    assert_eq!(again.record, finished.record);
    assert_eq!(again.outputs, finished.outputs);
    assert!(nobody.calls().is_empty());
}

#[tokio::test]
async fn what_no_store_has_does_not_go_on() {
    let run = resumed(&Service::answers(), Uuid::from_u128(7));
    let error = run.await.unwrap_err();
    assert!(
        matches!(error, RunError::Engine(EngineError::Unknown(_))),
        "{error}"
    );
}

/// A store that has the beginning of an execution, changed in some way.
async fn begun(change: fn(&mut Beginning)) -> (Arc<MemoryStore>, Uuid) {
    let (store, execution) = (Arc::new(MemoryStore::new()), Uuid::from_u128(7));
    let silent = Service::silent_at("RunTask");
    let first = Arc::new(MemoryStore::new());
    let run = with(&silent, Parameters::new("web")).execution(execution);
    cut(run.store(Arc::clone(&first)), &silent).await;
    let events = first.events(execution).unwrap().into_iter();
    let changed = events.map(|event| match event.change {
        Change::Began(beginning) => {
            let mut beginning = beginning.as_ref().clone();
            change(&mut beginning);
            let change = Change::Began(Arc::new(beginning));
            Event { change, ..event }
        }
        _ => event,
    });
    store.append(execution, changed.collect()).unwrap();
    (store, execution)
}

#[tokio::test]
async fn another_runbook_goes_on_with_nothing() {
    let (store, execution) = begun(|beginning| {
        "other".clone_into(&mut beginning.hash);
        "stop-instance".clone_into(&mut beginning.runbook);
    })
    .await;
    let run = resumed(&Service::answers(), execution).store(store);
    let error = run.await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "execution {execution} was started from runbook `stop-instance`, which is not `ecs-run-task`"
        )
    );
}

#[tokio::test]
async fn another_version_of_the_runbook_goes_on_only_by_force() {
    let (store, execution) = begun(|beginning| "other".clone_into(&mut beginning.hash)).await;
    let service = Service::answers();
    let run = || resumed(&service, execution).store(Arc::clone(&store));
    let error = run().await.unwrap_err();
    assert!(
        matches!(error, RunError::Engine(EngineError::OtherRunbook { .. })),
        "{error}"
    );
    let told = error.to_string();
    assert!(
        told.ends_with("from another version of runbook `ecs-run-task`"),
        "{told}"
    );
    assert!(service.calls().is_empty());
    assert!(run().force(true).await.unwrap().is_success());
}

#[tokio::test]
async fn a_run_for_several_targets_does_not_go_on() {
    let (store, execution) = begun(|beginning| beginning.for_targets = true).await;
    let service = Service::answers();
    let error = resumed(&service, execution).store(store).await.unwrap_err();
    assert!(matches!(error, RunError::ForTargets(_)), "{error}");
    assert!(service.calls().is_empty());
}

#[tokio::test]
async fn all_that_is_wrong_with_parameters_is_told_before_anything_is_done() {
    let service = Service::answers();
    let parameters = Parameters::new("Web 1")
        .with("Cuont", 2)
        .with("Function", "dead");
    let error = with(&service, parameters).await.unwrap_err();
    let RunError::Parameters(errors) = &error else {
        panic!("{error}");
    };
    assert_eq!(errors.problems.len(), 3);
    expect![[r#"
        the runbook has no parameter `Cuont`; did you mean `Count`?
        `Cluster` is the text "Web 1", which the pattern `[a-z]+` does not match
        `Function` cannot be the text "dead"; allowed are "test", "live""#]]
    .assert_eq(&error.to_string());
    assert!(service.calls().is_empty());
}

/// Gives the same caller for every role, and remembers the roles.
struct Roles {
    service: Arc<Service>,
    asked: Mutex<Vec<String>>,
}

impl Backend<Request> for Roles {
    fn connect<'a>(
        &'a self,
        region: Option<&'a str>,
        role: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Connection<Request>, ConnectError>> {
        Box::pin(async move {
            let region = region.ok_or("no Region")?.to_owned();
            let asked = format!("{region} {}", role.unwrap_or("myself"));
            self.asked.lock().unwrap().push(asked);
            Ok(Connection {
                caller: Box::new(Arc::clone(&self.service)),
                region,
                outside: Box::new(NoOutside),
            })
        })
    }
}

struct NoOutside;

impl Outside for NoOutside {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CallError>> {
        unreachable!("there are no scripts")
    }

    fn post<'a>(&'a self, _: &'a Post) -> BoxFuture<'a, Result<Posted, CallError>> {
        unreachable!("there are no webhooks")
    }
}

async fn roles(role: Option<Role>, expected: Expect) {
    let backend = Arc::new(Roles {
        service: Service::answers(),
        asked: Mutex::default(),
    });
    let run = run(Parameters::new("web")).backend(Arc::clone(&backend));
    let run = run.region("eu-west-1").clock(VirtualClock::new(morning()));
    let run = match role {
        Some(role) => run.role(role),
        None => run,
    };
    assert!(run.await.unwrap().is_success());
    expected.assert_eq(&backend.asked.lock().unwrap().join("\n"));
}

#[tokio::test]
async fn a_backend_is_asked_for_the_role_of_the_runbook() {
    roles(
        None,
        expect![[r#"
        eu-west-1 myself
        eu-west-1 arn:aws:iam::111122223333:role/runbook"#]],
    )
    .await;
}

#[tokio::test]
async fn a_backend_is_asked_for_no_role_if_the_caller_is_to_run() {
    roles(Some(Role::Caller), expect!["eu-west-1 myself"]).await;
}

#[tokio::test]
async fn a_backend_is_asked_for_the_role_that_the_run_names() {
    let role = Role::Arn("arn:aws:iam::111122223333:role/other".to_owned());
    roles(
        Some(role),
        expect!["eu-west-1 arn:aws:iam::111122223333:role/other"],
    )
    .await;
}

#[tokio::test]
async fn a_backend_that_cannot_connect_ends_the_run_before_it_begins() {
    let backend = Arc::new(Roles {
        service: Service::answers(),
        asked: Mutex::default(),
    });
    let store = Arc::new(MemoryStore::new());
    let run = run(Parameters::new("web")).backend(backend);
    let run = run.store(Arc::clone(&store)).execution(Uuid::from_u128(7));
    let error = run.await.unwrap_err();
    assert!(matches!(error, RunError::Connect(_)), "{error:?}");
    assert_eq!(error.to_string(), "no Region");
    assert!(store.events(Uuid::from_u128(7)).unwrap().is_empty());
}

#[cfg(feature = "tracing")]
#[tokio::test]
async fn the_log_of_a_run_is_among_that_of_the_program() {
    use std::fmt::Debug;

    use runbook_runtime::log::Log;
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Metadata, Subscriber};

    /// Collects messages with their steps.
    #[derive(Clone, Default)]
    struct Collected(Arc<Mutex<String>>);

    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            if ["message", "step"].contains(&field.name()) {
                self.0 += &format!(" {value:?}");
            }
        }
    }

    impl Subscriber for Collected {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == "runbook"
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, event: &tracing::Event<'_>) {
            let mut line = Line(event.metadata().level().to_string());
            event.record(&mut line);
            *self.0.lock().unwrap() += &(line.0 + "\n");
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    let collected = Collected::default();
    let _collecting = tracing::subscriber::set_default(collected.clone());
    let run = with(&Service::answers(), Parameters::new("web")).observer(Log::new());
    assert!(run.await.unwrap().is_success());
    let told = collected.0.lock().unwrap().clone();
    let first: String = told.lines().take(6).flat_map(|line| [line, "\n"]).collect();
    expect![[r#"
        INFO execution started
        INFO step started "lambda1"
        DEBUG call made "lambda1"
        DEBUG call answered "lambda1"
        INFO step ended "lambda1"
        INFO step started "ecs"
    "#]]
    .assert_eq(&first);
}

#[cfg(feature = "journal")]
#[tokio::test]
async fn a_journal_on_disk_keeps_what_goes_on_in_another_process() {
    use runbook_runtime::journal::{Filter, Journal};

    let folder = tempfile::tempdir().unwrap();
    let open = || Arc::new(Journal::open(folder.path()).unwrap());
    let silent = Service::silent_at("DescribeTasks");
    let run = with(&silent, Parameters::new("web")).journal(open());
    cut(run, &silent).await;

    let journal = open();
    let filter = Filter {
        most: 10,
        ..Filter::default()
    };
    let entries = journal.list(&filter).unwrap();
    let [entry] = entries.as_slice() else {
        panic!("{} executions", entries.len());
    };
    assert_eq!(entry.status, Status::InProgress);
    let service = Service::answers();
    let run = resumed(&service, entry.execution).journal(Arc::clone(&journal));
    let finished = run.await.unwrap();
    assert!(finished.is_success());
    assert_eq!(finished.outputs.ecs_task_arn.as_deref(), Some(TASK));
    assert!(service.tokens("RunTask").is_empty());

    let nobody = Service::answers();
    let again = resumed(&nobody, entry.execution).journal(journal);
    assert_eq!(again.await.unwrap().record, finished.record);
    assert!(nobody.calls().is_empty());
}

#[cfg(feature = "journal")]
#[tokio::test]
async fn an_execution_is_driven_once_at_a_time() {
    use runbook_runtime::journal::{Journal, JournalError};

    let folder = tempfile::tempdir().unwrap();
    let open = || Arc::new(Journal::open(folder.path()).unwrap());
    let (silent, execution) = (Service::silent_at("RunTask"), Uuid::from_u128(7));
    let run = with(&silent, Parameters::new("web")).execution(execution);
    let mut first = run.journal(open());
    tokio::select! {
        biased;
        () = silent.silence.notified() => {}
        finished = &mut first => panic!("{finished:?}"),
    }
    let service = Service::answers();
    let error = resumed(&service, execution).journal(open()).await;
    let error = error.unwrap_err();
    assert!(
        matches!(error, RunError::Journal(JournalError::Held { .. })),
        "{error}"
    );
    drop(first);
    let finished = resumed(&service, execution).journal(open()).await;
    assert!(finished.unwrap().is_success());
}

#[cfg(feature = "journal")]
#[tokio::test]
async fn what_no_journal_has_does_not_go_on() {
    use runbook_runtime::journal::Journal;

    let folder = tempfile::tempdir().unwrap();
    let journal = Arc::new(Journal::open(folder.path()).unwrap());
    let run = resumed(&Service::answers(), Uuid::from_u128(7)).journal(journal);
    let error = run.await.unwrap_err();
    assert!(
        matches!(error, RunError::Engine(EngineError::Unknown(_))),
        "{error}"
    );
}
