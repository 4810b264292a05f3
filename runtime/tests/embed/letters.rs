//! What other processes tell runs whose program keeps a journal.

use std::sync::Arc;

use runbook_runtime::cancel::CancelToken;
use runbook_runtime::embed::{Decisions, Finished};
use runbook_runtime::journal::{Errand, Journal, Outcome};
use runbook_runtime::signal::Signal;
use runbook_runtime::status::Status;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::ecs_run_task::EcsRunTask;
use super::embedded::{Parameters, run};
use super::{Service, with};

const EXECUTION: Uuid = Uuid::from_u128(7);
const OPS: &str = "arn:aws:iam::111122223333:user/ops";

fn opened(folder: &TempDir) -> Arc<Journal> {
    Arc::new(Journal::open(folder.path()).unwrap())
}

/// A run that waits for an answer that never comes, under a token of the program.
async fn waiting(journal: Arc<Journal>, token: &CancelToken) -> JoinHandle<Finished<EcsRunTask>> {
    let silent = Service::silent_at("DescribeTasks");
    // By the clock on the wall: virtual time would run out.
    let run = run(Parameters::new("web"))
        .caller(Arc::clone(&silent))
        .execution(EXECUTION)
        .cancel(token.clone())
        .journal(journal);
    let run = tokio::spawn(async { run.await.unwrap() });
    silent.silence.notified().await;
    run
}

#[tokio::test]
async fn another_process_cancels_one_execution() {
    let (folder, shutdown) = (tempfile::tempdir().unwrap(), CancelToken::new());
    let run = waiting(opened(&folder), &shutdown).await;

    let elsewhere = opened(&folder);
    let letter = elsewhere.send(EXECUTION, &Errand::Cancel).unwrap();
    assert_eq!(run.await.unwrap().status(), Status::Cancelled);
    assert_eq!(elsewhere.outcome(letter).unwrap(), Some(Outcome::Taken));
    // The other executions of the program go on.
    assert!(!shutdown.is_cancelled());
}

#[tokio::test]
async fn the_program_itself_may_send_letters() {
    let (folder, shutdown) = (tempfile::tempdir().unwrap(), CancelToken::new());
    let journal = opened(&folder);
    let run = waiting(Arc::clone(&journal), &shutdown).await;

    // The letter comes after the first look for letters, by the connection that looks for them.
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    let letter = journal.send(EXECUTION, &Errand::Complete).unwrap();
    while journal.outcome(letter).unwrap().is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    shutdown.cancel();
    assert_eq!(run.await.unwrap().status(), Status::Cancelled);
}

#[tokio::test]
async fn steps_hear_letters_and_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, elsewhere, decisions) = (opened(&folder), opened(&folder), Decisions::new());
    decisions.tell(Signal::start(OPS));
    let service = Service::answers();
    let run = with(&service, Parameters::new("web"))
        .execution(EXECUTION)
        .interactive(true)
        .signals(decisions)
        .journal(journal);
    let run = tokio::spawn(async { run.await.unwrap() });

    // The first step starts by what the program says, and what comes after it by letters.
    while service.calls().len() < 2 {
        tokio::task::yield_now().await;
    }
    let refused = Errand::Signal(Signal::approve(OPS));
    let refused = elsewhere.send(EXECUTION, &refused).unwrap();
    let start = Errand::Signal(Signal::start(OPS));
    let mut letters = Vec::new();
    for _ in 0..3 {
        letters.push(elsewhere.send(EXECUTION, &start).unwrap());
    }
    assert!(run.await.unwrap().is_success());
    for letter in letters {
        assert_eq!(elsewhere.outcome(letter).unwrap(), Some(Outcome::Taken));
    }
    let outcome = elsewhere.outcome(refused).unwrap();
    assert!(matches!(outcome, Some(Outcome::Refused(_))), "{outcome:?}");
}
