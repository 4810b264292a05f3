//! How long the engine takes per step, for runbooks of 100 to 100,000 steps: what it costs must grow with them, no faster.
//!
//! All of it counts, from the first event to the finished record. A simulated step counts all that a scenario does, too.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    long_running_const_eval,
    reason = "a benchmark is for developers"
)]

mod long;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use runbook_runtime::cancel::CancelToken;
use runbook_runtime::engine::Engine;
use runbook_runtime::record::Record;
use runbook_runtime::runbook::Runbook;
use runbook_runtime::simulate::{Scenario, run};
use runbook_runtime::status::Status;
use runbook_runtime::store::MemoryStore;
use tokio::runtime::Runtime;

use long::{Answers, Call, Chain, Loops, Work};

/// Runs a benchmark for every size of a runbook.
macro_rules! sizes {
    ($criterion:expr, $name:literal, $runbook:ident, $play:ident($($work:expr)?)) => {
        sizes!(@ $criterion, $name, $runbook, $play ($($work)?), 100, 1_000, 10_000, 100_000);
    };
    (@ $criterion:expr, $name:literal, $runbook:ident, $play:ident $work:tt, $($size:literal),*) => {
        $(measure($criterion, $name, $size, |runtime| $play::<$runbook<$size>>(runtime, $work));)*
    };
}

/// Times `play`, and says what a step costs.
fn measure(criterion: &mut Criterion, name: &str, steps: u64, play: impl Fn(&Runtime) -> Record) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (mut best, mut group) = (Duration::MAX, criterion.benchmark_group(name));
    group
        .throughput(Throughput::Elements(steps))
        .sample_size(10);
    group.bench_function(BenchmarkId::from_parameter(steps), |bencher| {
        bencher.iter_custom(|times| {
            let started = Instant::now();
            for _ in 0..times {
                let record = play(&runtime);
                assert_eq!(record.status(), Status::Success);
                black_box(record);
            }
            let taken = started.elapsed();
            best = best.min(taken / u32::try_from(times).unwrap());
            taken
        });
    });
    group.finish();
    if best < Duration::MAX {
        let microseconds = best.as_secs_f64() * 1e6 / f64::from(u32::try_from(steps).unwrap());
        println!("{name}, {steps} steps: {microseconds:.2} µs per step");
    }
}

/// Runs a runbook to its end.
fn perform<R: Runbook<Request = Call>>(runtime: &Runtime, work: Work) -> Record {
    let (clock, store) = (long::clock(), MemoryStore::new());
    let engine = Engine::<R>::new(&Answers, &clock, &store);
    runtime.block_on(engine.run(long::start(1, work))).unwrap()
}

/// Plays a scenario that answers all calls by their API.
fn simulate<R: Runbook<Request = Call>>(runtime: &Runtime, (): ()) -> Record {
    let scenario = "answers: {things.Describe: {Arn: 'arn:aws:things:::thing', State: ready}}";
    let scenario = Scenario::read(scenario, "long.yaml").unwrap();
    let outcome = runtime.block_on(run::<R>(scenario, &(), CancelToken::new()));
    outcome.unwrap().record
}

fn steps(criterion: &mut Criterion) {
    sizes!(criterion, "sleep", Chain, perform(Work::Sleep));
    sizes!(criterion, "branch", Chain, perform(Work::Branch));
    sizes!(criterion, "updateVariable", Chain, perform(Work::Update));
    sizes!(criterion, "turn of a loop", Loops, perform(Work::Update));
    sizes!(criterion, "call", Chain, perform(Work::Call));
    sizes!(criterion, "simulated call", Chain, simulate());
}

criterion_group!(benches, steps);
criterion_main!(benches);
