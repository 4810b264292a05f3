//! What happens in a run, for those who watch: streams, observers, the log.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use expect_test::expect;
use futures_core::Stream;
use runbook_runtime::embed::Happening;
use runbook_runtime::event::Event;
use runbook_runtime::observer::{Observer, View};
use runbook_runtime::status::Status;
use serde_json::json;
use uuid::Uuid;

use super::ecs_run_task::Step;
use super::embedded::Parameters;
use super::{Service, lines, with};

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
async fn events_are_serialized_for_other_programs() {
    let execution = Uuid::from_u128(7);
    let mut run = with(&Service::answers(), Parameters::new("web")).execution(execution);
    let mut events = run.events();
    run.await.unwrap();
    let mut told = Vec::new();
    while let Some(progress) = events.try_next() {
        told.push(serde_json::to_value(progress).unwrap());
    }
    let polled = told.iter().find(|progress| progress["what"] == "Polled");
    let at = told[0]["at"].as_str().unwrap();
    assert_eq!(
        told[0],
        json!({"at": at, "execution": execution, "within": [], "target": null, "label": null, "what": "Started"})
    );
    assert_eq!(polled.unwrap()["label"], "wait");
    assert_eq!(polled.unwrap()["found"], "no value");
    let last = told.last().unwrap();
    assert_eq!(
        (&last["what"], &last["status"]),
        (&json!("Finished"), &json!("Success"))
    );
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
