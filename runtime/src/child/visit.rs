//! One child, from its parameters to its end.

use serde_json::json;
use uuid::Uuid;

use super::host::Children;
use super::{Answers, World};
use crate::caller::{BoxFuture, CallError, Caller, EffectId, Nobody};
use crate::cancel::CancelToken;
use crate::dry_run::Alone;
use crate::engine::{Engine, EngineError, Start};
use crate::event::{Change, Event};
use crate::local::{Outside, Performer, Permissions};
use crate::observer::{Observer, View};
use crate::parameters::{Checked, check};
use crate::record::{Record, Simulation};
use crate::runbook::Runbook;
use crate::signal::{Awaited, Refusal, Signal, Signals};
use crate::store::Store;
use crate::value::{Document, Map};

/// What is particular to one child.
pub(super) struct Visit {
    pub(super) execution: Uuid,
    pub(super) parent: Uuid,
    /// `RuntimeParameters`, each a list of texts.
    pub(super) parameters: Map,
    /// The effects in which it was started, from the outside in.
    pub(super) within: Vec<EffectId>,
    /// Which of several targets it is for, if it is for one.
    pub(super) target: Option<String>,
    pub(super) cancel: CancelToken,
}

/// A way to make the calls of a child.
pub struct Connected<Q> {
    /// Makes them.
    pub caller: Box<dyn Caller<Q>>,
    /// What is done here and not by an API takes from it what it needs.
    pub outside: Box<dyn Outside>,
    /// Where they go.
    pub region: String,
    /// As whom scripts call AWS.
    pub permissions: Permissions,
}

/// Where a child runs.
struct Place {
    region: String,
    simulation: Option<Simulation>,
}

/// Why a child has no end.
pub(super) enum Halt {
    /// It could not start.
    Refused(CallError),
    /// It could not go on: that is no failure of its own.
    Stuck(CallError),
}

impl From<CallError> for Halt {
    fn from(error: CallError) -> Self {
        Self::Refused(error)
    }
}

impl From<Halt> for CallError {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Refused(error) | Halt::Stuck(error) => error,
        }
    }
}

/// Runs a child to its end, from its beginning or from where it was cut off.
pub(super) fn visit<R: Runbook>(
    world: World<'_>,
    visit: Visit,
) -> BoxFuture<'_, Result<Document, Halt>> {
    Box::pin(async move {
        let checked = check(R::DEFINITION, &visit.parameters);
        let inside = Inside {
            world,
            step: visit.within.last().map(EffectId::label).unwrap_or_default(),
            target: visit.target.clone(),
        };
        let world = World {
            observer: &inside,
            signals: &inside,
            ..world
        };
        let checked = match checked {
            Ok(checked) => checked,
            // One that runs for a target is one of those that do, even if it does not begin.
            Err(errors) if visit.target.is_some() => {
                let supplied = visit.parameters.clone();
                let values = Map::new();
                let checked = Checked { values, supplied };
                return refuse::<R>(world, visit, checked, refused(&errors.to_string())).await;
            }
            Err(errors) => return Err(refused(&errors.to_string()).into()),
        };
        visit_with::<R>(world, visit, checked).await
    })
}

/// Runs a child whose parameters are known, by whoever answers its calls.
async fn visit_with<R: Runbook>(
    world: World<'_>,
    visit: Visit,
    checked: Checked,
) -> Result<Document, Halt> {
    let children = |visit: &Visit| Children::of(world, visit.execution, visit.within.clone());
    match world.answers {
        Answers::Scenario(simulator) => {
            let scenario = simulator.scenario();
            let place = Place {
                region: scenario.region.clone(),
                simulation: Some(Simulation::Scenario(scenario.file.as_str().into())),
            };
            let caller = simulator.on_stage(R::DEFINITION, children(&visit));
            drive::<R>(world, visit, checked, &caller, place).await
        }
        Answers::Nobody(region) => {
            let place = Place {
                region: region.to_owned(),
                simulation: dry(world),
            };
            let alone = Alone::new(children(&visit));
            drive::<R>(world, visit, checked, &alone, place).await
        }
        Answers::Aws(connector) => {
            let connected = connector.connect(R::DEFINITION, visit.execution, &checked);
            let connected = match connected.await {
                Ok(connected) => connected,
                Err(error) => return refuse::<R>(world, visit, checked, error).await,
            };
            let connected = connected.downcast::<Connected<R::Request>>();
            let connected = connected.map_err(|_| unconnected::<R>())?;
            let (caller, outside) = (connected.caller.as_ref(), connected.outside.as_ref());
            let performer =
                Performer::new(caller, outside, &connected.region, connected.permissions)
                    .children(children(&visit));
            let place = Place {
                region: connected.region.clone(),
                simulation: dry(world),
            };
            drive::<R>(world, visit, checked, &performer, place).await
        }
    }
}

async fn drive<R: Runbook>(
    world: World<'_>,
    visit: Visit,
    checked: Checked,
    caller: &dyn Caller<R::Request>,
    place: Place,
) -> Result<Document, Halt> {
    let within = visit.within.iter();
    let within: String = within
        .map(|effect| format!("{}/", effect.label()))
        .collect();
    let mut engine = Engine::<R>::new(caller, world.clock, world.store)
        .observer(world.observer)
        .signals(world.signals)
        .on_unknown(world.on_unknown)
        .cancel(visit.cancel.clone())
        .child();
    if let Some(dry_run) = world.dry_run {
        engine = engine.dry_run(dry_run, within);
    }
    let events = world.store.events(visit.execution);
    let events = events.map_err(|error| stuck::<R>(&error.into()))?;
    let record = match events.is_empty() {
        false => engine.resume(visit.execution).await,
        true => engine.run(start(visit, checked, place)).await,
    };
    record
        .map(|record| answer(&record))
        .map_err(|error| stuck::<R>(&error))
}

/// Ends a child that nobody can run: one that was to begin, or was cut off. Its parent goes on with its failure.
async fn refuse<R: Runbook>(
    world: World<'_>,
    visit: Visit,
    checked: Checked,
    error: CallError,
) -> Result<Document, Halt> {
    let place = Place {
        region: region_of(visit.parent, world.store).unwrap_or_default(),
        simulation: dry(world),
    };
    let caller = Nobody(error.clone());
    let engine = Engine::<R>::new(&caller, world.clock, world.store).observer(world.observer);
    let start = start(visit, checked, place);
    match engine.refuse(start, error.to_string()).await {
        Ok(record) => Ok(answer(&record)),
        Err(error) => Err(stuck::<R>(&error)),
    }
}

fn start(visit: Visit, checked: Checked, place: Place) -> Start {
    Start {
        execution: visit.execution,
        parent: Some(visit.parent),
        target: visit.target,
        parameters: checked.values,
        supplied: checked.supplied,
        region: place.region,
        simulation: place.simulation,
        interactive: false,
    }
}

/// Where an execution runs.
fn region_of(execution: Uuid, store: &dyn Store) -> Option<String> {
    let mut region = None;
    let read = store.read(execution, &mut |event| {
        if let Change::Began(beginning) = event.change {
            region = Some(beginning.region.clone());
        }
    });
    read.ok()?;
    region
}

/// What is said of a dry run, if it is one.
fn dry(world: World<'_>) -> Option<Simulation> {
    let dry_run = world.dry_run?;
    Some(Simulation::DryRun(dry_run.reading()))
}

/// What a parent is told of a child that has ended.
pub(super) fn answer(record: &Record) -> Document {
    let execution = &record.automation_execution;
    let outputs = execution.outputs.values().filter_map(Document::as_array);
    let output: Vec<&Document> = outputs.flatten().collect();
    json!({
        "Status": execution.automation_execution_status,
        "ExecutionId": execution.automation_execution_id,
        "Output": output,
        "FailureMessage": execution.failure_message,
    })
}

/// The words of the service about parameters that it refuses (spec 7.2.1).
fn refused(problem: &str) -> CallError {
    CallError::Service {
        operation: "StartAutomationExecution".to_owned(),
        code: "InvalidAutomationExecutionParametersException".to_owned(),
        message: problem.to_owned(),
        throttling: false,
    }
}

fn stuck<R: Runbook>(error: &EngineError) -> Halt {
    let problem = format!("runbook `{}` cannot go on: {error}", R::DEFINITION.name);
    Halt::Stuck(CallError::Connection(problem))
}

fn unconnected<R: Runbook>() -> CallError {
    CallError::Connection(format!(
        "this program cannot call AWS for runbook `{}`",
        R::DEFINITION.name
    ))
}

/// What lies around a child, which sees its steps as parts of the step that has started it.
struct Inside<'a> {
    world: World<'a>,
    /// The step, as people call it.
    step: String,
    /// Which of several targets the child is for.
    target: Option<String>,
}

impl Observer for Inside<'_> {
    fn observe(&self, event: &Event, view: &View) {
        let mut view = view.clone();
        view.within.insert(0, self.step.clone());
        view.target = view.target.or_else(|| self.target.clone());
        self.world.observer.observe(event, &view);
    }
}

impl Signals for Inside<'_> {
    fn next<'a>(&'a self, awaited: &'a Awaited<'a>) -> BoxFuture<'a, Signal> {
        Box::pin(async move {
            let awaited = Awaited {
                label: format!("{}/{}", self.step, awaited.label),
                ..awaited.clone()
            };
            let signal = self.world.signals.next(&awaited).await;
            let inner = |step: String| match step.strip_prefix(&format!("{}/", self.step)) {
                Some(inner) => inner.to_owned(),
                None => step,
            };
            Signal {
                step: signal.step.map(inner),
                ..signal
            }
        })
    }

    fn refused(&self, signal: &Signal, refusal: &Refusal) {
        self.world.signals.refused(signal, refusal);
    }
}
