//! What the journal costs: effects per second against SQLite alone with the same commits, and looking at 10,000 executions.
//!
//! Both sides write the same number of commits of the same sizes, in turns, into the same file system.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    long_running_const_eval,
    reason = "a benchmark is for developers"
)]

#[allow(dead_code, reason = "other benchmarks use more of it")]
mod long;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use runbook_runtime::engine::{Engine, Start};
use runbook_runtime::event::Event;
use runbook_runtime::journal::{Filter, Journal};
use runbook_runtime::status::Status;
use runbook_runtime::store::{MemoryStore, Store, StoreError};
use rusqlite::Connection;
use tempfile::TempDir;
use uuid::Uuid;

use long::{Answers, Chain, Work};

const EFFECTS: usize = 1_000;
const EXECUTIONS: u128 = 10_000;

/// The bytes of every commit.
#[derive(Default)]
struct Sizes {
    inner: MemoryStore,
    commits: Mutex<Vec<usize>>,
}

impl Store for Sizes {
    fn append(&self, execution: Uuid, events: Vec<Event>) -> Result<(), StoreError> {
        let bytes = events
            .iter()
            .map(|event| serde_json::to_vec(event).unwrap().len())
            .sum();
        self.commits.lock().unwrap().push(bytes);
        self.inner.append(execution, events)
    }

    fn read(&self, execution: Uuid, take: &mut dyn FnMut(Event)) -> Result<(), StoreError> {
        self.inner.read(execution, take)
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
}

/// Runs a thousand calls, kept by a store.
fn run(store: &dyn Store, execution: u128) -> Duration {
    let clock = long::clock();
    let engine = Engine::<Chain<EFFECTS>>::new(&Answers, &clock, store);
    let started = Instant::now();
    let record = runtime()
        .block_on(engine.run(long::start(execution, Work::Call)))
        .unwrap();
    assert_eq!(record.status(), Status::Success);
    started.elapsed()
}

/// The same commits, by SQLite alone: one row each.
fn sqlite_alone(sizes: &[usize]) -> Duration {
    let folder = TempDir::new().unwrap();
    let mut connection = Connection::open(folder.path().join("alone.db")).unwrap();
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                    CREATE TABLE commits (number INTEGER PRIMARY KEY, body BLOB)";
    connection.execute_batch(settings).unwrap();
    let started = Instant::now();
    for size in sizes {
        let transaction = connection.transaction().unwrap();
        let mut insert = transaction
            .prepare_cached("INSERT INTO commits (body) VALUES (?1)")
            .unwrap();
        insert.execute([vec![b'x'; *size]]).unwrap();
        drop(insert);
        transaction.commit().unwrap();
    }
    started.elapsed()
}

fn effects(criterion: &mut Criterion) {
    let sizes = Sizes::default();
    run(&sizes, 1);
    let sizes = sizes.commits.into_inner().unwrap();
    let (mut kept, mut alone) = (Duration::MAX, Duration::MAX);
    let mut group = criterion.benchmark_group("journal");
    group.sample_size(10);
    group.bench_function("1000 effects", |bencher| {
        bencher.iter_custom(|times| {
            let mut taken = Duration::ZERO;
            for _ in 0..times {
                let folder = TempDir::new().unwrap();
                let journal = Journal::open(folder.path()).unwrap();
                let keeper = journal.begin(Uuid::from_u128(1)).unwrap();
                let once = run(&keeper, 1);
                kept = kept.min(once);
                alone = alone.min(sqlite_alone(&sizes));
                taken += once;
            }
            taken
        });
    });
    group.finish();
    let per_second =
        |taken: Duration| f64::from(u32::try_from(EFFECTS).unwrap()) / taken.as_secs_f64();
    println!(
        "journal: {:.0} effects per second in {} commits, SQLite alone {:.0}: {:.0} %",
        per_second(kept),
        sizes.len(),
        per_second(alone),
        100.0 * alone.as_secs_f64() / kept.as_secs_f64()
    );
}

/// The events of an execution of one step.
fn events(execution: Uuid) -> Vec<Event> {
    let (clock, store) = (long::clock(), MemoryStore::new());
    let engine = Engine::<Chain<1>>::new(&Answers, &clock, &store);
    let start = Start {
        execution,
        ..long::start(1, Work::Call)
    };
    runtime().block_on(engine.run(start)).unwrap();
    store.events(execution).unwrap()
}

fn looking(criterion: &mut Criterion) {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    for number in 1..=EXECUTIONS {
        let execution = Uuid::from_u128(number << 64);
        let keeper = journal.begin(execution).unwrap();
        keeper.append(execution, events(execution)).unwrap();
    }
    drop(journal);
    let all = Filter {
        most: None,
        ..Filter::default()
    };
    // Opening it counts: a command does that, too.
    criterion.bench_function("list 10000 executions", |bencher| {
        bencher.iter(|| {
            let listed = Journal::open(folder.path()).unwrap().list(&all).unwrap();
            assert_eq!(listed.len(), usize::try_from(EXECUTIONS).unwrap());
        });
    });
    criterion.bench_function("find and read one of 10000 executions", |bencher| {
        bencher.iter(|| {
            let journal = Journal::open(folder.path()).unwrap();
            let entry = journal
                .find(&Uuid::from_u128(5_000 << 64).to_string())
                .unwrap();
            assert!(!journal.events(entry.execution).unwrap().is_empty());
        });
    });
}

criterion_group!(benches, effects, looking);
criterion_main!(benches);
