//! Long executions: however many steps there are, they need no more stack than one.

#![allow(
    clippy::unwrap_used,
    long_running_const_eval,
    reason = "a test may panic, and the runbook is as long as the execution"
)]

#[allow(dead_code, reason = "the benchmarks use the rest")]
#[path = "../benches/long/mod.rs"]
mod long;

use std::thread;

use runbook_runtime::engine::Engine;
use runbook_runtime::record::Record;
use runbook_runtime::runbook::Runbook;
use runbook_runtime::status::Status;
use runbook_runtime::store::MemoryStore;

use long::{Answers, Call, Chain, Loops, Work};

const MANY: usize = 100_000;

/// Runs a runbook on a stack that would not hold a frame for each of many steps.
fn run_on_a_small_stack<R: Runbook<Request = Call>>(work: Work) -> Record {
    let builder = thread::Builder::new().stack_size(256 * 1024);
    let running = builder.spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let (clock, store) = (long::clock(), MemoryStore::new());
        let engine = Engine::<R>::new(&Answers, &clock, &store);
        let ran = runtime.unwrap().block_on(engine.run(long::start(1, work)));
        ran.unwrap()
    });
    running.unwrap().join().unwrap()
}

#[test]
fn a_hundred_thousand_steps_need_no_more_stack_than_one() {
    let record = run_on_a_small_stack::<Chain<MANY>>(Work::Sleep);
    assert_eq!(record.status(), Status::Success);
    let steps = &record.automation_execution.step_executions;
    assert_eq!(steps.len(), MANY);
    assert!(steps.iter().all(|step| step.step_status == Status::Success));
}

#[test]
fn a_hundred_thousand_turns_need_no_more_stack_than_one() {
    let record = run_on_a_small_stack::<Loops<MANY>>(Work::Update);
    assert_eq!(record.status(), Status::Success);
    // Every run of every step: those of the loops, too.
    let steps = &record.automation_execution.step_executions;
    assert_eq!(steps.len(), 1 + 10 + 1_000 + MANY);
}
