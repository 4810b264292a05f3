//! Executions kept in a journal: cut off and continued, looked at, damaged, forgotten.

mod damaged;
mod forgotten;
mod kept;
mod shared;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use runbook_runtime::clock::VirtualClock;
use runbook_runtime::engine::EngineError;
use runbook_runtime::event::{Beginning, Change, Event};
use runbook_runtime::journal::{Journal, JournalError};
use runbook_runtime::record::Record;
use runbook_runtime::store::{MemoryStore, Store};
use runbook_runtime::value::Map;
use tempfile::TempDir;
use uuid::Uuid;

use crate::sheets::Everything;
use crate::toy::{BreakingStore, EXECUTION, Script, ScriptedCaller, Sheet, attempt, morning};

fn folder() -> TempDir {
    TempDir::new().unwrap()
}

/// A journal as two processes have it.
fn two_processes(folder: &Path) -> (Journal, Journal) {
    let open = || Journal::open(folder).unwrap();
    (open(), open())
}

/// Runs a sheet to its end with a journal.
async fn run<S: Sheet>(script: Script, folder: &Path) -> Record {
    let journal = Journal::open(folder).unwrap();
    let keeper = journal.begin(EXECUTION).unwrap();
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(script, &clock);
    attempt::<S>(&caller, &clock, &keeper, None, None)
        .await
        .unwrap()
}

/// Runs a sheet until so many events are in the journal; whether it was cut off then.
async fn run_until<S: Sheet>(script: Script, folder: &Path, events: usize) -> bool {
    let journal = Journal::open(folder).unwrap();
    let keeper = journal.begin(EXECUTION).unwrap();
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(script, &clock);
    let breaking = BreakingStore::new(&keeper, events);
    let outcome = attempt::<S>(&caller, &clock, &breaking, None, None).await;
    assert!(matches!(outcome, Ok(_) | Err(EngineError::Store(_))));
    outcome.is_err()
}

async fn go_on<S: Sheet>(script: Script, folder: &Path) -> Record {
    let journal = Journal::open(folder).unwrap();
    let keeper = journal.go_on(EXECUTION).unwrap();
    let last = keeper.events(EXECUTION).unwrap().last().unwrap().at;
    let clock = VirtualClock::new(last);
    let caller = ScriptedCaller::new(script, &clock);
    attempt::<S>(&caller, &clock, &keeper, None, Some(EXECUTION))
        .await
        .unwrap()
}

/// What a reader of a journal may find: the truth, or a reason why not.
fn look(folder: &Path, truth: &[Event]) -> Result<(), JournalError> {
    let journal = Journal::open(folder)?;
    let entry = journal.find(&EXECUTION.to_string())?;
    assert_eq!(entry.execution, EXECUTION);
    let keeper = journal.go_on(EXECUTION)?;
    match keeper.events(EXECUTION) {
        Ok(events) => assert_eq!(events, truth),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    Ok(())
}

fn copied(from: &Path) -> TempDir {
    let copy = folder();
    fs::create_dir(copy.path().join("leases")).unwrap();
    for part in ["", "leases"] {
        for file in fs::read_dir(from.join(part)).unwrap() {
            let file = file.unwrap();
            if file.file_type().unwrap().is_file() && file.file_name() != "journal.reserve" {
                fs::copy(file.path(), copy.path().join(part).join(file.file_name())).unwrap();
            }
        }
    }
    copy
}

/// The files of a journal whose process was killed in the middle, so that the log of commits is as it was.
async fn left_by_a_killed_process() -> (TempDir, Vec<Event>) {
    let folder = folder();
    let journal = Journal::open(folder.path()).unwrap();
    let keeper = journal.begin(EXECUTION).unwrap();
    let memory = MemoryStore::new();
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(Everything::script, &clock);
    let breaking = BreakingStore::new(&memory, 20);
    let _ = attempt::<Everything>(&caller, &clock, &breaking, None, None).await;
    let events = memory.events(EXECUTION).unwrap();
    for event in &events {
        keeper.append(EXECUTION, vec![event.clone()]).unwrap();
    }
    (copied(folder.path()), events)
}

fn beginning(execution: Uuid) -> Event {
    beginning_with(execution, None, "")
}

fn beginning_with(execution: Uuid, parent: Option<Uuid>, text: &str) -> Event {
    Event {
        at: morning(),
        change: Change::Began(Arc::new(Beginning {
            execution,
            parent,
            for_targets: false,
            target: None,
            runbook: "plain".to_owned(),
            hash: "0".to_owned(),
            parameters: [("Text".to_owned(), text.into())].into_iter().collect(),
            supplied: Map::new(),
            region: "eu-west-1".to_owned(),
            simulation: None,
            interactive: false,
        })),
    }
}
