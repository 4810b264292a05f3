//! Executions kept in a journal: cut off and continued, looked at, damaged.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use runbook_runtime::clock::VirtualClock;
use runbook_runtime::engine::EngineError;
use runbook_runtime::event::{Change, Event};
use runbook_runtime::journal::{Errand, Filter, Journal, JournalError, Outcome, Shrunk};
use runbook_runtime::record::Record;
use runbook_runtime::signal::{Signal, SignalKind};
use runbook_runtime::status::Status;
use runbook_runtime::store::{MemoryStore, Store};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use crate::loops_nested::{self, Nested};
use crate::sheets::{Everything, Plain, Wait};
use crate::toy::{
    BreakingStore, EXECUTION, Reply, Script, ScriptedCaller, Sheet, attempt, done, morning,
    run_cancelled,
};

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
async fn an_execution_has_one_keeper_until_that_is_gone() {
    let folder = folder();
    run_until::<Plain>(|_, _, _| done(), folder.path(), 4).await;
    let (one, two) = two_processes(folder.path());
    let first = one.go_on(EXECUTION).unwrap();
    let error = two.go_on(EXECUTION).err().unwrap();
    assert!(matches!(error, JournalError::Held { .. }));
    let holder = format!(
        "execution {EXECUTION} is being run by process {} since ",
        std::process::id()
    );
    assert!(error.to_string().starts_with(&holder), "{error}");
    assert!(two.holder(EXECUTION).unwrap().is_some());
    drop(first);
    assert!(two.holder(EXECUTION).unwrap().is_none());
    two.go_on(EXECUTION).unwrap();
}

#[tokio::test]
async fn who_has_lost_an_execution_commits_nothing_any_more() {
    let folder = folder();
    run_until::<Plain>(|_, _, _| done(), folder.path(), 4).await;
    let (one, two) = two_processes(folder.path());
    let first = one.go_on(EXECUTION).unwrap();
    // Somebody removes the lease by hand.
    fs::remove_file(folder.path().join("leases").join(EXECUTION.to_string())).unwrap();
    let second = two.go_on(EXECUTION).unwrap();
    let events = second.events(EXECUTION).unwrap();
    let again = &[Event {
        at: events[3].at,
        change: runbook_runtime::event::Change::CancelRequested,
    }];
    let error = first.append(EXECUTION, again.to_vec()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("is being run by another process"),
        "{error}"
    );
    second.append(EXECUTION, again.to_vec()).unwrap();
    assert_eq!(second.events(EXECUTION).unwrap().len(), events.len() + 1);
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

#[tokio::test]
async fn letters_are_kept_until_something_has_come_of_them() {
    let folder = folder();
    run_until::<Plain>(|_, _, _| done(), folder.path(), 4).await;
    let (mine, yours) = two_processes(folder.path());
    let approve = Errand::Signal(Signal {
        kind: SignalKind::Approve,
        step: None,
        by: "arn:aws:iam::111122223333:user/ana".to_owned(),
        comment: Some("looks good".to_owned()),
        letter: None,
    });
    let cancel = Errand::Cancel;
    let first = yours.send(EXECUTION, &approve).unwrap();

    let keeper = mine.go_on(EXECUTION).unwrap();
    let second = yours.send(EXECUTION, &cancel).unwrap();
    let mail = keeper.mail().unwrap();
    assert_eq!(mail.len(), 2);
    assert_eq!(mail[0].errand, approve);
    assert_eq!(mail[1].errand, cancel);
    assert_eq!(yours.outcome(first).unwrap(), None);

    keeper.refuse(first, "nobody waits").unwrap();
    keeper.accept(second).unwrap();
    assert_eq!(
        yours.outcome(first).unwrap(),
        Some(Outcome::Refused("nobody waits".to_owned()))
    );
    assert_eq!(yours.outcome(second).unwrap(), Some(Outcome::Taken));
    assert_eq!(keeper.mail().unwrap(), []);
}

#[tokio::test]
async fn letter_that_asks_to_cancel_is_settled_by_what_becomes_of_its_own_execution() {
    let folder = folder();
    run_until::<Plain>(|_, _, _| done(), folder.path(), 4).await;
    let (mine, yours) = two_processes(folder.path());
    let keeper = mine.go_on(EXECUTION).unwrap();
    assert!(!keeper.is_under_way());
    let cancel = yours.send(EXECUTION, &Errand::Cancel).unwrap();
    let requested = || Event {
        at: morning(),
        change: Change::CancelRequested,
    };

    // The step that has started the child has run out of time.
    let child = Uuid::from_u128(7);
    let begun = beginning_with(child, Some(EXECUTION), "");
    keeper.append(child, vec![begun, requested()]).unwrap();
    assert!(keeper.is_under_way());
    assert_eq!(yours.outcome(cancel).unwrap(), None);
    assert_eq!(keeper.promised().unwrap(), []);

    keeper.append(EXECUTION, vec![requested()]).unwrap();
    assert_eq!(yours.outcome(cancel).unwrap(), Some(Outcome::Taken));
    assert_eq!(keeper.mail().unwrap(), []);
    let promised = keeper.promised().unwrap();
    assert_eq!(promised[0].errand, Errand::Cancel);
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

#[tokio::test]
async fn a_damaged_journal_tells_the_truth_or_says_that_it_is_damaged() {
    let (whole, truth) = left_by_a_killed_process().await;
    look(copied(whole.path()).path(), &truth).unwrap();
    // One that has been read in whole: SQLite has moved the log into the file.
    let moved = copied(whole.path());
    look(moved.path(), &truth).unwrap();
    let mut random = 1_u64;
    for (source, name) in [
        // Nothing of this file counts before the log.
        (&whole, "journal.db"),
        (&whole, "journal.db-wal"),
        (&moved, "journal.db"),
    ] {
        let bytes = fs::read(source.path().join(name)).unwrap();
        assert!(bytes.len() >= 4096, "{name}");
        let mut refused = 0;
        for round in 0..150 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let place = usize::try_from(random >> 33).unwrap() % bytes.len();
            let mut bytes = bytes.clone();
            match round % 3 {
                0 => bytes.truncate(place),
                _ => bytes[place] ^= 1 << (round % 8),
            }
            let copy = copied(source.path());
            fs::write(copy.path().join(name), bytes).unwrap();
            refused += usize::from(look(copy.path(), &truth).is_err());
        }
        let is_read = name != "journal.db" || std::ptr::eq(source, &moved);
        assert_eq!(refused > 10, is_read, "{name}: refused {refused} times");
    }
}

#[test]
fn journal_whose_maker_was_killed_is_made_anew() {
    let half = |statements: &str| {
        let folder = TempDir::new().unwrap();
        let file = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
        file.execute_batch(statements).unwrap();
        drop(file);
        folder
    };
    // The first that is written, before there is any table.
    let folder = half("PRAGMA journal_mode = WAL");
    assert!(
        fs::metadata(folder.path().join("journal.db"))
            .unwrap()
            .len()
            > 0
    );
    Journal::open(folder.path()).unwrap();
    Journal::open(folder.path()).unwrap();

    for others in ["CREATE TABLE theirs (name)", "PRAGMA application_id = 7"] {
        let error = Journal::open(half(others).path())
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("is not a journal of runbookc"), "{error}");
    }
}

#[tokio::test]
async fn a_journal_that_is_lost_is_not_taken_for_a_new_one() {
    let (whole, truth) = left_by_a_killed_process().await;
    let copy = copied(whole.path());
    fs::write(copy.path().join("journal.db"), "").unwrap();
    fs::remove_file(copy.path().join("journal.db-wal")).unwrap();
    let error = look(copy.path(), &truth).unwrap_err().to_string();
    assert!(
        error.ends_with("is damaged: it is empty, but executions were started with it"),
        "{error}"
    );

    let copy = copied(whole.path());
    fs::write(copy.path().join("journal.db"), vec![b'x'; 8192]).unwrap();
    fs::remove_file(copy.path().join("journal.db-wal")).unwrap();
    let error = look(copy.path(), &truth).unwrap_err().to_string();
    assert!(error.contains("is not a journal of runbookc"), "{error}");

    // The file as it was a few commits ago.
    let copy = copied(whole.path());
    let lease = copy.path().join("leases").join(EXECUTION.to_string());
    fs::write(lease, "commits 00000000000000000999\n").unwrap();
    let error = look(copy.path(), &truth).unwrap_err().to_string();
    assert!(error.contains("it has lost 9"), "{error}");
}

#[test]
fn a_newer_journal_is_left_alone() {
    let folder = folder();
    drop(Journal::open(folder.path()).unwrap());
    let path = folder.path().join("journal.db");
    let mut bytes = fs::read(&path).unwrap();
    // `user_version`, in the header of every SQLite file.
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    let error = Journal::open(folder.path()).err().unwrap().to_string();
    assert!(
        error.contains("was written by a newer program (version 99, this one knows 1)"),
        "{error}"
    );
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_a_journal() {
    use std::os::unix::fs::PermissionsExt;
    let outer = folder();
    let folder = outer.path().join("state/of/runbooks");
    let journal = Journal::open(&folder).unwrap();
    let _keeper = journal.begin(EXECUTION).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let mut files = 0;
    for file in fs::read_dir(&folder)
        .unwrap()
        .chain(fs::read_dir(folder.join("leases")).unwrap())
    {
        let path = file.unwrap().path();
        if path.is_file() {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            files += 1;
        }
    }
    assert!(files >= 5, "{files}");
}

#[tokio::test]
async fn many_processes_may_write_at_once() {
    let folder = folder();
    let runs = (0..4_u128).map(|number| {
        let path = folder.path().to_owned();
        std::thread::spawn(move || {
            let journal = Journal::open(&path).unwrap();
            let execution = Uuid::from_u128(number + 1);
            let keeper = journal.begin(execution).unwrap();
            let beginning = beginning(execution);
            keeper.append(execution, vec![beginning]).unwrap();
            for _ in 0..20 {
                keeper
                    .append(
                        execution,
                        vec![Event {
                            at: morning() + Duration::from_secs(1),
                            change: runbook_runtime::event::Change::StepStarted {
                                step: (&"a").into(),
                            },
                        }],
                    )
                    .unwrap();
            }
        })
    });
    let runs: Vec<_> = runs.collect();
    runs.into_iter().for_each(|run| run.join().unwrap());
    let journal = Journal::open(folder.path()).unwrap();
    for number in 0..4_u128 {
        let events = journal.events(Uuid::from_u128(number + 1)).unwrap();
        assert_eq!(events.len(), 21);
    }
}

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
    let step = runbook_runtime::event::Change::StepStarted {
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

fn beginning(execution: Uuid) -> Event {
    beginning_with(execution, None, "")
}

fn beginning_with(execution: Uuid, parent: Option<Uuid>, text: &str) -> Event {
    Event {
        at: morning(),
        change: Change::Began(Arc::new(runbook_runtime::event::Beginning {
            execution,
            parent,
            for_targets: false,
            target: None,
            runbook: "plain".to_owned(),
            hash: "0".to_owned(),
            parameters: [("Text".to_owned(), text.into())].into_iter().collect(),
            supplied: runbook_runtime::value::Map::new(),
            region: "eu-west-1".to_owned(),
            simulation: None,
            interactive: false,
        })),
    }
}
