//! Runs that were cut off, and go on with what a store or a journal has kept.

use std::sync::Arc;

use runbook_runtime::embed::{Own, Run, RunError};
use runbook_runtime::engine::EngineError;
use runbook_runtime::event::{Beginning, Change, Event};
use runbook_runtime::store::{MemoryStore, Store};
use uuid::Uuid;

use super::ecs_run_task::EcsRunTask;
use super::embedded::Parameters;
use super::{Service, TASK, lines, resumed, with};

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
async fn what_has_begun_elsewhere_does_not_go_on_here() {
    let (store, execution) = begun(|_| {}).await;
    let service = Service::answers();
    let run = resumed(&service, execution).region("eu-west-1");
    let error = run.store(Arc::clone(&store)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "execution {execution} has begun in Region us-east-1, and would go on in Region eu-west-1: nothing that it \
             has made is there"
        )
    );
    assert!(service.calls().is_empty());

    let run = resumed(&service, execution).region("us-east-1");
    assert!(run.store(store).await.unwrap().is_success());
}

#[tokio::test]
async fn a_run_for_several_targets_does_not_go_on() {
    let (store, execution) = begun(|beginning| beginning.for_targets = true).await;
    let service = Service::answers();
    let error = resumed(&service, execution).store(store).await.unwrap_err();
    assert!(matches!(error, RunError::ForTargets(_)), "{error}");
    assert!(service.calls().is_empty());
}

#[cfg(feature = "journal")]
#[tokio::test]
async fn a_journal_on_disk_keeps_what_goes_on_in_another_process() {
    use runbook_runtime::journal::{Filter, Journal};
    use runbook_runtime::status::Status;

    let folder = tempfile::tempdir().unwrap();
    let open = || Arc::new(Journal::open(folder.path()).unwrap());
    let silent = Service::silent_at("DescribeTasks");
    let run = with(&silent, Parameters::new("web")).journal(open());
    cut(run, &silent).await;

    let journal = open();
    let entries = journal.list(&Filter::default()).unwrap();
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
