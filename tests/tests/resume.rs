//! The example, cut after every event of every scenario and continued: the record must not tell.

#[path = "../../examples/ecs-run-task/emitted/src/ecs_run_task/mod.rs"]
#[allow(
    missing_docs,
    unreachable_pub,
    reason = "the compiler wrote it for a binary"
)]
mod ecs_run_task;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use runbook_runtime::clock::VirtualClock;
use runbook_runtime::engine::{Engine, EngineError, Start};
use runbook_runtime::event::Event;
use runbook_runtime::parameters;
use runbook_runtime::record::Record;
use runbook_runtime::runbook::Runbook;
use runbook_runtime::simulate::{Scenario, Simulator};
use runbook_runtime::store::{MemoryStore, Store, StoreError};
use uuid::Uuid;

use ecs_run_task::EcsRunTask;

const EXECUTION: Uuid = Uuid::from_u128(7);

#[tokio::test]
async fn an_execution_that_is_cut_anywhere_and_continued_has_the_same_record() {
    let scenarios = scenarios();
    assert_eq!(scenarios.len(), 5);
    for path in scenarios {
        let whole = run_cut_after(&path, usize::MAX).await;
        assert!(!whole.was_cut);
        let mut cuts = 0;
        loop {
            let Run { record, was_cut } = run_cut_after(&path, cuts + 1).await;
            assert_eq!(
                json(&record),
                json(&whole.record),
                "{}: cut {cuts}",
                path.display()
            );
            if !was_cut {
                break;
            }
            cuts += 1;
        }
        assert!(cuts > 5, "{}: only {cuts} cuts", path.display());
    }
}

struct Run {
    record: Record,
    was_cut: bool,
}

/// Plays a scenario with a store that breaks once `limit` events are in it, then goes on with what it kept.
async fn run_cut_after(path: &Path, limit: usize) -> Run {
    let text = fs::read_to_string(path).unwrap();
    let scenario = Scenario::read(&text, &path.to_string_lossy()).unwrap();
    let clock = Arc::new(VirtualClock::new(scenario.start));
    let start = start(&scenario);
    let simulator = Simulator::new(scenario, EcsRunTask::DEFINITION, Arc::clone(&clock));
    let store = CutStore::new(limit);

    let engine: Engine<'_, EcsRunTask> = Engine::new(&simulator, clock.as_ref(), &store);
    match engine.run(start).await {
        Ok(record) => Run {
            record,
            was_cut: false,
        },
        Err(EngineError::Store(_)) => {
            let kept = &store.kept;
            let last = kept.events(EXECUTION).unwrap().pop().unwrap();
            // Another process, another look at the clock: nothing is left but the store.
            let clock = VirtualClock::new(last.at);
            let engine: Engine<'_, EcsRunTask> = Engine::new(&simulator, &clock, kept);
            let record = engine.resume(EXECUTION).await.unwrap();
            Run {
                record,
                was_cut: true,
            }
        }
        Err(other) => panic!("{}: {other}", path.display()),
    }
}

fn start(scenario: &Scenario) -> Start {
    let checked = parameters::check(EcsRunTask::DEFINITION, &scenario.parameters).unwrap();
    Start {
        parent: None,
        execution: EXECUTION,
        parameters: checked.values,
        supplied: checked.supplied,
        region: scenario.region.clone(),
        simulation: None,
    }
}

fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/ecs-run-task/scenarios");
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn json(record: &Record) -> String {
    serde_json::to_string_pretty(record).unwrap()
}

/// A store that takes `limit` events and then breaks.
struct CutStore {
    kept: MemoryStore,
    left: AtomicUsize,
}

impl CutStore {
    fn new(limit: usize) -> Self {
        Self {
            kept: MemoryStore::new(),
            left: AtomicUsize::new(limit),
        }
    }
}

impl Store for CutStore {
    fn append(&self, execution: Uuid, event: &Event) -> Result<(), StoreError> {
        let taken = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        match taken {
            Ok(_) => self.kept.append(execution, event),
            Err(_) => Err(StoreError {
                action: "written",
                message: "cut".to_owned(),
                source: None,
            }),
        }
    }

    fn events(&self, execution: Uuid) -> Result<Vec<Event>, StoreError> {
        self.kept.events(execution)
    }
}
