//! One simulated run, from a scenario to what came of it.

use std::path::Path;
use std::sync::{Arc, Mutex};

use thiserror::Error;
use uuid::Uuid;

use crate::cancel::CancelToken;
use crate::child::{Answers, Children, World};
use crate::clock::{Clock, VirtualClock};
use crate::engine::{Engine, EngineError, Start};
use crate::observer::Observer;
use crate::parameters::{ParameterErrors, check};
use crate::record::{Record, Simulation};
use crate::runbook::Runbook;
use crate::store::MemoryStore;

use super::expectation::{Evidence, Unmet};
use super::people::People;
use super::problem::{ScenarioErrors, SimulationProblem};
use super::scenario::{CancelAt, Scenario};
use super::simulator::{MadeCall, Simulator};
use super::trace::{Passage, Trace};

/// What came of a simulated run.
#[derive(Clone, Debug)]
pub struct SimulationOutcome {
    /// The record of the execution.
    pub record: Record,
    /// The steps that ran, in order.
    pub passages: Vec<Passage>,
    /// The calls that were made, in order.
    pub calls: Vec<MadeCall>,
    /// What came out otherwise than the scenario expects.
    pub unmet: Vec<Unmet>,
    /// The answers and signals that nothing asked for, by their keys.
    pub unused: Vec<String>,
}

/// Why a scenario could not be played to its end.
#[derive(Debug, Error)]
pub enum SimulationError {
    /// The scenario speaks of what the runbook does not have.
    #[error(transparent)]
    Scenario(#[from] ScenarioErrors),
    /// The parameters cannot be used.
    #[error("{}", of_file(.file, .errors))]
    Parameters {
        /// The scenario file.
        file: String,
        /// What is wrong with them.
        errors: ParameterErrors,
    },
    /// The scenario has no usable answer for a call.
    #[error(transparent)]
    Answer(#[from] SimulationProblem),
    /// The engine gave up.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Plays a scenario. `audience` watches; `cancel` stops the run, as the scenario itself may.
///
/// # Errors
/// When the scenario does not fit the runbook, or has no usable answer for a call.
pub async fn run<R: Runbook>(
    scenario: Scenario,
    audience: &dyn Observer,
    cancel: CancelToken,
) -> Result<SimulationOutcome, SimulationError> {
    scenario.check(R::DEFINITION)?;
    scenario.check_stored(R::STORED)?;
    let start = start::<R>(&scenario)?;
    let clock = Arc::new(VirtualClock::new(scenario.start));
    let simulator = Simulator::new(scenario, R::DEFINITION, Arc::clone(&clock));
    let trace = Trace {
        cancel_during: match &simulator.scenario().cancel {
            Some(CancelAt::During(step)) => Some(step),
            _ => None,
        },
        cancel: &cancel,
        audience,
        passages: Mutex::default(),
    };
    let people = People::new(&simulator, &clock);
    let store = MemoryStore::new();
    let world = World {
        clock: clock.as_ref(),
        store: &store,
        observer: &trace,
        signals: &people,
        answers: Answers::Scenario(&simulator),
    };
    let stage = simulator.on_stage(R::DEFINITION, Children::new(world, start.execution));
    let engine: Engine<'_, R> = Engine::new(&stage, clock.as_ref(), &store)
        .observer(&trace)
        .signals(&people)
        .cancel(cancel.clone());
    let record = tokio::select! {
        biased;
        problem = simulator.stuck() => return Err(problem.into()),
        record = engine.run(start) => record,
        never = cancel_in_time(simulator.scenario(), &clock, &cancel) => match never {},
    };
    // A call that has no answer may run into its time limit before anybody looks.
    match simulator.problem() {
        Some(problem) => Err(problem.into()),
        None => Ok(outcome(record?, &trace, &simulator, &people)),
    }
}

fn start<R: Runbook>(scenario: &Scenario) -> Result<Start, SimulationError> {
    let checked = check(R::DEFINITION, &scenario.parameters).map_err(|errors| {
        SimulationError::Parameters {
            file: scenario.file.clone(),
            errors,
        }
    })?;
    // The same scenario always has the same execution, wherever its file lies.
    let file = Path::new(&scenario.file)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let name = format!("{}/{file}", R::DEFINITION.name);
    Ok(Start {
        execution: Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()),
        parent: None,
        parameters: checked.values,
        supplied: checked.supplied,
        region: scenario.region.clone(),
        simulation: Some(Simulation {
            scenario: scenario.file.clone(),
        }),
    })
}

/// Cancels the run when the scenario says so. Never ends, so that the run itself does.
async fn cancel_in_time(
    scenario: &Scenario,
    clock: &VirtualClock,
    cancel: &CancelToken,
) -> std::convert::Infallible {
    if let Some(CancelAt::After(delay)) = scenario.cancel {
        let moment = scenario
            .start
            .saturating_add(delay)
            .unwrap_or(scenario.start);
        clock.sleep_until(moment).await;
        cancel.cancel();
    }
    std::future::pending().await
}

fn outcome(
    record: Record,
    trace: &Trace<'_>,
    simulator: &Simulator,
    people: &People<'_>,
) -> SimulationOutcome {
    let (passages, calls) = (trace.passages(), simulator.calls());
    let evidence = Evidence {
        record: &record,
        passages: &passages,
        calls: &calls,
    };
    let mut unmet = people.unmet();
    unmet.extend(evidence.unmet(&simulator.scenario().expect));
    let mut unused = simulator.unused();
    unused.extend(people.unused());
    SimulationOutcome {
        unmet,
        unused,
        record,
        passages,
        calls,
    }
}

fn of_file(file: &str, errors: &ParameterErrors) -> String {
    let lines = errors
        .problems
        .iter()
        .map(|problem| format!("{file}: {problem}"));
    lines.collect::<Vec<_>>().join("\n")
}
