//! One simulated run, from a scenario to what came of it.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use thiserror::Error;
use uuid::Uuid;

use crate::cancel::CancelToken;
use crate::child::{Answers, Children, World};
use crate::clock::{Clock, VirtualClock};
use crate::doubt::OnUnknown;
use crate::engine::{Ended, Engine, EngineError, Start};
use crate::event::Change;
use crate::observer::Observer;
use crate::parameters::{Checked, ParameterErrors, ParameterProblem, check};
#[cfg(feature = "cli")]
use crate::parent::{Order, Parent};
use crate::record::{Record, Simulation};
use crate::runbook::{Definition, Runbook};
use crate::store::{MemoryStore, Store};
use crate::value::Map;

use super::cut::CutStore;
use super::expectation::{Evidence, Unmet};
use super::people::People;
use super::places::{Part, Place, Places};
use super::problem::{ScenarioErrors, SimulationProblem, located};
#[cfg(feature = "cli")]
use super::scenario::Expect;
use super::scenario::{CancelAt, Form, Scenario};
use super::simulator::{MadeCall, Simulator};
#[cfg(feature = "cli")]
use super::stage::Prompt;
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
    pub(crate) places: Places,
}

impl SimulationOutcome {
    /// Where the scenario's file says what has come out otherwise; nothing in a scenario that was put together in Rust.
    pub fn place(&self, unmet: &Unmet) -> Option<Place> {
        self.places.find(&unmet.path(), Part::Value)
    }

    /// Where the file has an answer or a signal that nothing asked for.
    pub fn place_of_unused(&self, key: &str) -> Option<Place> {
        let answer = self.places.exact(&format!("answers.{key}"), Part::Name);
        answer.or_else(|| self.places.exact(key, Part::Name))
    }
}

/// Why a scenario could not be played to its end. Its `Debug` is the message as well, since that is what a test shows that
/// unwraps it.
#[derive(Error)]
#[non_exhaustive]
pub enum SimulationError {
    /// The scenario speaks of what the runbook does not have.
    #[error(transparent)]
    Scenario(#[from] ScenarioErrors),
    /// The parameters cannot be used.
    #[error("{}", of_file(.file.as_ref(), .errors))]
    Parameters {
        /// The scenario file, if there is one.
        file: Option<ScenarioFile>,
        /// What is wrong with them.
        errors: ParameterErrors,
    },
    /// There are no targets, or they cannot be used.
    #[error("{0}")]
    Targets(String),
    /// The scenario has no usable answer for a call.
    #[error(transparent)]
    Answer(#[from] SimulationProblem),
    /// An execution that was to go on.
    #[error("a scenario plays from the beginning: execution {0} cannot go on in it")]
    Resumed(Uuid),
    /// The engine gave up.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// The file of a scenario.
#[derive(Clone, Debug)]
pub struct ScenarioFile {
    /// As it was named.
    pub name: String,
    places: Places,
}

impl ScenarioFile {
    /// The file, with the place of a parameter.
    fn located(&self, problem: &ParameterProblem) -> String {
        let part = match problem {
            ParameterProblem::Unknown { .. } | ParameterProblem::Missing { .. } => Part::Name,
            _ => Part::Value,
        };
        let path = format!("parameters.{}", problem.name());
        located(&self.name, self.places.find(&path, part))
    }
}

impl fmt::Debug for SimulationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// What came of a simulated run, and the state of the runbook at its end.
pub(crate) struct Played<R: Runbook> {
    pub(crate) outcome: SimulationOutcome,
    /// None if it ended before it was known who calls.
    pub(crate) state: Option<R::State>,
}

/// By what a run is stopped from outside.
#[derive(Clone, Default)]
pub(crate) struct Stops {
    /// Now, with the steps for that.
    pub(crate) cancel: CancelToken,
    /// After the step under way.
    pub(crate) complete: CancelToken,
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
    let stops = Stops {
        cancel,
        ..Stops::default()
    };
    Ok(play::<R>(scenario, audience, stops).await?.outcome)
}

/// The same, with the state at the end.
pub(crate) async fn play<R: Runbook>(
    scenario: Scenario,
    audience: &dyn Observer,
    stops: Stops,
) -> Result<Played<R>, SimulationError> {
    let start = start::<R>(&scenario)?;
    let clock = Arc::new(VirtualClock::new(scenario.start));
    let simulator = Simulator::new(scenario, Arc::clone(&clock));
    play_from::<R>(&simulator, &clock, start, audience, stops).await
}

/// The same for a runbook that is run for each of several targets. What the scenario expects is about one of them, and
/// not looked at.
#[cfg(feature = "cli")]
pub(crate) async fn run_for_targets<R: Runbook>(
    scenario: Scenario,
    order: &Order,
    audience: &dyn Observer,
    cancel: CancelToken,
) -> Result<SimulationOutcome, SimulationError> {
    scenario.check(R::DEFINITION)?;
    scenario.check_stored(R::STORED)?;
    let scenario = Scenario {
        expect: Expect::default(),
        ..scenario
    };
    let clock = Arc::new(VirtualClock::new(scenario.start));
    let simulator = Simulator::new(scenario, Arc::clone(&clock));
    let order = find::<R>(&simulator, order).await?;
    order.check::<R>().map_err(SimulationError::Targets)?;
    let scenario = simulator.scenario();
    let (values, supplied) = (order.parameters(), scenario.parameters.clone());
    let start = started(R::DEFINITION, scenario, values, supplied);
    let stops = Stops {
        cancel,
        ..Stops::default()
    };
    let played = play_from::<Parent<R>>(&simulator, &clock, start, audience, stops);
    Ok(played.await?.outcome)
}

/// The same order with the values that the scenario says are found.
#[cfg(feature = "cli")]
async fn find<R: Runbook>(simulator: &Simulator, order: &Order) -> Result<Order, SimulationError> {
    if !order.is_open() {
        return Ok(order.clone());
    }
    let caller = Prompt {
        simulator,
        definition: R::DEFINITION,
    };
    tokio::select! {
        biased;
        problem = simulator.stuck() => Err(problem.into()),
        found = order.find::<R>(&caller) => found.map_err(|error| SimulationError::Targets(error.to_string())),
    }
}

async fn play_from<R: Runbook>(
    simulator: &Simulator,
    clock: &VirtualClock,
    start: Start,
    audience: &dyn Observer,
    stops: Stops,
) -> Result<Played<R>, SimulationError> {
    let people = People::new(simulator, clock);
    let play = Play {
        simulator,
        people: &people,
        clock,
        store: &MemoryStore::new(),
        audience,
        stops,
    };
    play.perform::<R>(Entry::Start(Box::new(start))).await
}

/// Plays a scenario, and lets the engine end as a killed process does, once `events` of them are stored; another one goes
/// on with what is stored. Gives the record; nothing if the execution has no more than these events.
///
/// # Errors
/// When the scenario does not fit the runbook, or has no usable answer for a call.
pub async fn run_cut<R: Runbook>(
    scenario: Scenario,
    events: usize,
) -> Result<Option<Record>, SimulationError> {
    let start = start::<R>(&scenario)?;
    let execution = start.execution;
    let clock = Arc::new(VirtualClock::new(scenario.start));
    let simulator = Simulator::new(scenario, Arc::clone(&clock));
    let people = People::new(&simulator, &clock);
    let store = CutStore::new(events);
    let play = |store| Play {
        simulator: &simulator,
        people: &people,
        clock: &clock,
        store,
        audience: &(),
        stops: Stops::default(),
    };
    match play(&store)
        .perform::<R>(Entry::Start(Box::new(start)))
        .await
    {
        Ok(_) => return Ok(None),
        Err(SimulationError::Engine(EngineError::Store(_))) => {}
        Err(other) => return Err(other),
    }
    if let Some(Change::Signalled { .. }) = store.lost() {
        people.not_heard();
    }
    // Nothing is left but the store.
    if let Some(last) = store.last() {
        clock.show(last);
    }
    store.mend();
    let played = play(&store).perform::<R>(Entry::Resume(execution)).await?;
    Ok(Some(played.outcome.record))
}

/// What one engine plays with.
struct Play<'a> {
    simulator: &'a Simulator,
    people: &'a People<'a>,
    clock: &'a VirtualClock,
    store: &'a dyn Store,
    audience: &'a dyn Observer,
    stops: Stops,
}

/// Where an engine begins.
enum Entry {
    Start(Box<Start>),
    Resume(Uuid),
}

impl Entry {
    const fn execution(&self) -> Uuid {
        match self {
            Self::Start(start) => start.execution,
            Self::Resume(execution) => *execution,
        }
    }
}

impl Play<'_> {
    async fn perform<R: Runbook>(&self, entry: Entry) -> Result<Played<R>, SimulationError> {
        let Self {
            simulator,
            people,
            clock,
            stops,
            ..
        } = self;
        let cancel = &stops.cancel;
        let trace = Trace {
            cancel_during: match &simulator.scenario().cancel {
                Some(CancelAt::During(step)) => Some(&step.name),
                _ => None,
            },
            cancel,
            audience: self.audience,
            passages: Mutex::default(),
        };
        let world = World {
            clock: *clock,
            store: self.store,
            observer: &trace,
            signals: *people,
            answers: Answers::Scenario(simulator),
            on_unknown: OnUnknown::Ask,
            dry_run: None,
        };
        let stage = simulator.on_stage(R::DEFINITION, Children::new(world, entry.execution()));
        let engine: Engine<'_, R> = Engine::new(&stage, *clock, self.store)
            .observer(&trace)
            .signals(*people)
            .cancel(cancel.clone())
            .complete(stops.complete.clone());
        let performed = async {
            match entry {
                Entry::Start(start) => engine.finish(*start).await,
                Entry::Resume(execution) => engine.finish_resumed(execution).await,
            }
        };
        let ended = tokio::select! {
            biased;
            problem = simulator.stuck() => return Err(problem.into()),
            ended = performed => ended,
            never = cancel_in_time(simulator.scenario(), clock, cancel) => match never {},
        };
        // A call that has no answer may run into its time limit before anybody looks.
        if let Some(problem) = simulator.problem() {
            return Err(problem.into());
        }
        let Ended { record, state } = ended?;
        Ok(Played {
            outcome: outcome(record, &trace, simulator, people),
            state,
        })
    }
}

fn start<R: Runbook>(scenario: &Scenario) -> Result<Start, SimulationError> {
    scenario.check(R::DEFINITION)?;
    scenario.check_stored(R::STORED)?;
    let checked = check(R::DEFINITION, &scenario.parameters).map_err(|errors| {
        SimulationError::Parameters {
            file: (scenario.form == Form::File).then(|| ScenarioFile {
                name: scenario.file.clone(),
                places: scenario.places.clone(),
            }),
            errors,
        }
    })?;
    let Checked { values, supplied } = checked;
    Ok(started(R::DEFINITION, scenario, values, supplied))
}

fn started(definition: &Definition, scenario: &Scenario, parameters: Map, supplied: Map) -> Start {
    // The same scenario always has the same execution, wherever its file lies.
    let file = Path::new(&scenario.file)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let name = format!("{}/{file}", definition.name);
    Start {
        execution: Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()),
        parent: None,
        target: None,
        parameters,
        supplied,
        region: scenario.region.clone(),
        simulation: Some(Simulation::Scenario(scenario.file.as_str().into())),
        interactive: false,
    }
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
    let (passages, calls) = (trace.passages(), simulator.take_calls());
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
        places: simulator.scenario().places.clone(),
        unmet,
        unused,
        record,
        passages,
        calls,
    }
}

fn of_file(file: Option<&ScenarioFile>, errors: &ParameterErrors) -> String {
    let line = |problem: &ParameterProblem| match file {
        Some(file) => format!("{}: {problem}", file.located(problem)),
        None => problem.to_string(),
    };
    let lines: Vec<_> = errors.problems.iter().map(line).collect();
    lines.join("\n")
}
