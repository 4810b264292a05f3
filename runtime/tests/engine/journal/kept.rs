//! What is kept: the events of executions that are cut off and continued, and the list of executions.

use std::path::Path;

use runbook_runtime::journal::{Filter, Journal, JournalError};
use runbook_runtime::status::Status;
use runbook_runtime::store::Store;
use serde_json::json;

use super::{folder, go_on, run, run_until};
use crate::loops_nested::{self, Nested};
use crate::sheets::{Everything, Plain, Wait};
use crate::toy::{EXECUTION, Reply, Script, Sheet, done, run_cancelled};

async fn check_cuts<S: Sheet>(script: Script) {
    let whole = run_cancelled::<S>(script, None).await.record;
    for cut in 1.. {
        let folder = folder();
        let was_cut = run_until::<S>(script, folder.path(), cut).await;
        assert_eq!(
            go_on::<S>(script, folder.path()).await,
            whole,
            "cut after event {cut}"
        );
        if !was_cut {
            break;
        }
    }
}

#[tokio::test]
async fn cut_after_any_event_and_continued_by_another_process_changes_nothing() {
    check_cuts::<Everything>(Everything::script).await;
    check_cuts::<Nested>(loops_nested::unlucky_once).await;
}

#[tokio::test]
async fn what_is_read_is_what_another_store_keeps() {
    let folder = folder();
    let script: Script = |_, _, _| Reply::Answer(json!({"Status": "STARTING"}));
    run::<Wait>(script, folder.path()).await;
    let kept = Journal::open(folder.path())
        .unwrap()
        .events(EXECUTION)
        .unwrap();
    assert_eq!(kept, run_cancelled::<Wait>(script, None).await.events);
    assert!(kept.len() < 10, "polls supersede each other: {kept:#?}");
}

#[tokio::test]
async fn executions_are_listed_and_found_by_the_beginning_of_their_ids() {
    let folder = folder();
    run::<Plain>(|_, _, _| done(), folder.path()).await;
    let journal = Journal::open(folder.path()).unwrap();
    let filter = Filter::default();
    let listed = journal.list(&filter).unwrap();
    assert_eq!(listed.len(), 1);
    let none = Filter {
        most: Some(0),
        ..filter.clone()
    };
    assert_eq!(journal.list(&none).unwrap(), []);
    assert_eq!(listed[0].execution, EXECUTION);
    assert_eq!(listed[0].status, Status::Success);
    assert_eq!(listed[0].step, None);
    assert!(listed[0].ended.is_some());
    let other = Filter {
        runbook: Some("other".to_owned()),
        ..filter.clone()
    };
    assert_eq!(journal.list(&other).unwrap(), []);
    let failed = Filter {
        statuses: vec![Status::Failed],
        ..filter
    };
    assert_eq!(journal.list(&failed).unwrap(), []);

    assert_eq!(journal.find("0f1e2d").unwrap(), listed[0]);
    assert_eq!(
        journal.find(&EXECUTION.to_string().to_uppercase()).unwrap(),
        listed[0]
    );
    for text in ["0f1f", "", "%", "0f1e2d3c' OR 1"] {
        let error = journal.find(text).unwrap_err();
        assert!(matches!(error, JournalError::Unknown(_)), "{text}: {error}");
    }
}

#[tokio::test]
async fn executions_are_unfinished_wherever_they_were_cut_off() {
    let unfinished = |folder: &Path| {
        let journal = Journal::open(folder).unwrap();
        let listed = journal.list(&Filter::default()).unwrap();
        let filter = Filter::unfinished(&listed[0].runbook);
        journal.list(&filter).unwrap() == listed
    };
    let mut events = 1;
    loop {
        let folder = folder();
        let is_cut_off = run_until::<Plain>(|_, _, _| done(), folder.path(), events).await;
        assert_eq!(
            unfinished(folder.path()),
            is_cut_off,
            "after {events} events"
        );
        if !is_cut_off {
            break;
        }
        events += 1;
    }
    assert!(events > 3);
}
