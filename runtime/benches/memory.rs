//! How much memory executions hold: per step that has run, in all when the events are kept elsewhere, and while they wait.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark is for developers"
)]

#[allow(dead_code, reason = "the other benchmark uses the rest")]
mod long;

use std::alloc::System;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};

use jiff::Timestamp;
use runbook_runtime::caller::BoxFuture;
use runbook_runtime::clock::Clock;
use runbook_runtime::engine::Engine;
use runbook_runtime::event::Event;
use runbook_runtime::observer::{Observer, View};
use runbook_runtime::runbook::Runbook;
use runbook_runtime::store::{MemoryStore, Store, StoreError};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use uuid::Uuid;

use long::{Answers, Call, Chain, Loops, Work};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The bytes that are held now.
fn held() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

/// Remembers the most that was held, beyond what was held at the beginning.
struct Peak {
    before: usize,
    most: AtomicUsize,
}

impl Observer for Peak {
    fn observe(&self, _: &Event, _: &View) {
        let now = held().saturating_sub(self.before);
        self.most.fetch_max(now, Ordering::Relaxed);
    }
}

/// A journal elsewhere, of which nothing is ever read.
struct Elsewhere;

impl Store for Elsewhere {
    fn append(&self, _: Uuid, _: Vec<Event>) -> Result<(), StoreError> {
        Ok(())
    }

    fn is_durable(&self) -> bool {
        true
    }

    fn read(&self, _: Uuid, _: &mut dyn FnMut(Event)) -> Result<(), StoreError> {
        Ok(())
    }
}

/// The most that is held while a runbook runs.
fn peak<R: Runbook<Request = Call>>(work: Work, store: &dyn Store) -> usize {
    let clock = long::clock();
    let peak = Peak {
        before: held(),
        most: AtomicUsize::new(0),
    };
    let engine = Engine::<R>::new(&Answers, &clock, store).observer(&peak);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    // Nothing can be read from elsewhere, so there is no record at the end.
    let _ = runtime.block_on(engine.run(long::start(1, work)));
    peak.most.into_inner()
}

/// A clock that stands still.
struct Midnight;

impl Clock for Midnight {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn sleep_until(&self, _: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(pending())
    }
}

/// What each of many executions holds that sleep in one process.
fn asleep(count: u32, store: &dyn Store) -> usize {
    let engine = Engine::<Chain<1>>::new(&Answers, &Midnight, store);
    let mut executions: Vec<Pin<Box<dyn Future<Output = _>>>> = Vec::new();
    let before = held();
    for id in 0..count {
        executions.push(Box::pin(engine.run(long::start(id.into(), Work::Sleep))));
    }
    for execution in &mut executions {
        let polled = execution
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending());
    }
    (held() - before) / usize::try_from(count).unwrap()
}

fn main() {
    for (name, work) in [("sleep", Work::Sleep), ("call", Work::Call)] {
        for (steps, bytes) in [
            (1_000, peak::<Chain<1_000>>(work, &MemoryStore::new())),
            (10_000, peak::<Chain<10_000>>(work, &MemoryStore::new())),
        ] {
            println!(
                "{name}, {steps} steps, all in memory: {} bytes per step",
                bytes / steps
            );
        }
    }
    for (steps, bytes) in [
        (1_000, peak::<Loops<1_000>>(Work::Update, &Elsewhere)),
        (10_000, peak::<Loops<10_000>>(Work::Update, &Elsewhere)),
        (100_000, peak::<Loops<100_000>>(Work::Update, &Elsewhere)),
    ] {
        println!("turns of loops, {steps}, events kept elsewhere: {bytes} bytes at most");
    }
    let waiting = 10_000;
    println!(
        "asleep, {waiting} executions, all in memory: {} bytes each",
        asleep(waiting, &MemoryStore::new())
    );
    println!(
        "asleep, {waiting} executions, events kept elsewhere: {} bytes each",
        asleep(waiting, &Elsewhere)
    );
}
