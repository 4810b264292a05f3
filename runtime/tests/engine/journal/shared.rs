//! A journal that several processes have open: who drives an execution, and the letters that reach whoever does.

use std::fs;
use std::time::Duration;

use runbook_runtime::event::{Change, Event};
use runbook_runtime::journal::{Errand, Journal, JournalError, Outcome};
use runbook_runtime::signal::{Signal, SignalKind};
use runbook_runtime::store::Store;
use uuid::Uuid;

use super::{beginning, beginning_with, folder, run_until, two_processes};
use crate::sheets::Plain;
use crate::toy::{EXECUTION, done, morning};

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
        change: Change::CancelRequested,
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
                            change: Change::StepStarted {
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
