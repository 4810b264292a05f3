//! Executions that a journal is to forget, and the room that this gives back.

use std::fs;
use std::path::Path;

use runbook_runtime::event::{Change, Event};
use runbook_runtime::journal::{Errand, Journal, JournalError, Shrunk};
use runbook_runtime::store::Store;
use uuid::Uuid;

use super::{
    beginning, beginning_with, folder, left_by_a_killed_process, look, run, two_processes,
};
use crate::sheets::Everything;
use crate::toy::{EXECUTION, morning};

/// The names of the files that tell who drives what.
fn leases(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder.join("leases")).unwrap();
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// How many rows the tables have.
fn rows(folder: &Path) -> [i64; 3] {
    let file = rusqlite::Connection::open(folder.join("journal.db")).unwrap();
    ["executions", "events", "mail"].map(|table| {
        let query = format!("SELECT count(*) FROM {table}");
        file.query_row(&query, [], |row| row.get(0)).unwrap()
    })
}

#[tokio::test]
async fn what_is_forgotten_leaves_nothing_behind() {
    let folder = folder();
    run::<Everything>(Everything::script, folder.path()).await;
    let [parent, child, running] = [7, 8, 9].map(Uuid::from_u128);
    let (journal, other) = two_processes(folder.path());
    let cut_off = journal.begin(parent).unwrap();
    let secret = "nobody-is-to-find-this".repeat(500);
    cut_off
        .append(parent, vec![beginning_with(parent, None, &secret)])
        .unwrap();
    cut_off
        .append(child, vec![beginning_with(child, Some(parent), &secret)])
        .unwrap();
    journal.send(parent, &Errand::Complete).unwrap();
    drop(cut_off);
    let driven = other.begin(running).unwrap();
    driven.append(running, vec![beginning(running)]).unwrap();

    // What somebody drives stays, and a child goes with its parent only.
    let error = journal.forget(&[running]).unwrap_err();
    assert!(matches!(error, JournalError::Held { .. }), "{error}");
    journal.forget(&[child]).unwrap();
    assert_eq!(rows(folder.path())[0], 4);

    journal.forget(&[EXECUTION, parent]).unwrap();
    assert_eq!(rows(folder.path()), [1, 1, 0]);
    assert_eq!(leases(folder.path()), [running.to_string()]);
    for gone in [EXECUTION, parent, child] {
        let error = journal.find(&gone.to_string()).unwrap_err();
        assert!(matches!(error, JournalError::Unknown(_)), "{error}");
        let error = journal.go_on(gone).err().unwrap();
        assert!(matches!(error, JournalError::Unknown(_)), "{error}");
    }

    // Who writes is not kept waiting by the copying of the file.
    let kept = journal.shrink().unwrap();
    assert!(matches!(kept, Shrunk::NotWhileInUse(4096..)), "{kept:?}");
    let step = Change::StepStarted {
        step: (&"a").into(),
    };
    let event = Event {
        at: morning(),
        change: step,
    };
    driven.append(running, vec![event]).unwrap();
    drop(driven);
    let path = folder.path().join("journal.db");
    let before = fs::metadata(&path).unwrap().len();
    let given_back = journal.shrink().unwrap();
    assert!(matches!(given_back, Shrunk::By(4096..)), "{given_back:?}");
    assert!(fs::metadata(&path).unwrap().len() < before);
    assert_eq!(journal.shrink().unwrap(), Shrunk::By(0));
    for file in ["journal.db", "journal.db-wal"] {
        let bytes = fs::read(folder.path().join(file)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("nobody-is-to-find-this"), "{file}");
    }
    assert_eq!(journal.events(running).unwrap().len(), 2);
}

#[tokio::test]
async fn who_is_killed_while_forgetting_leaves_an_execution_or_none() {
    let (whole, truth) = left_by_a_killed_process().await;
    let lease = |folder: &Path| folder.join("leases").join(EXECUTION.to_string());
    // Before the commit: the lease is empty already.
    fs::write(lease(whole.path()), "").unwrap();
    look(whole.path(), &truth).unwrap();
    // After it, before the lease is removed.
    let journal = Journal::open(whole.path()).unwrap();
    journal.forget(&[EXECUTION]).unwrap();
    fs::write(lease(whole.path()), "").unwrap();
    let error = look(whole.path(), &truth).unwrap_err();
    assert!(matches!(error, JournalError::Unknown(_)), "{error}");
    journal.forget(&[EXECUTION]).unwrap();
    assert_eq!(leases(whole.path()), [""; 0]);
}
