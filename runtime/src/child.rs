//! Children: runbooks that a step starts and that are part of the same program (spec 5.11).
//!
//! A child is an execution of its own, with its own events in the same store, and awaited like a call. When its parent
//! stops waiting, because it is cancelled or the time of the step is up, the child stays where it is; a second request
//! then cancels it, and lets it come to its end. Its id follows from its parent's and from the effect that started it,
//! so an execution that is cut off finds its children again.

mod fleet;
mod host;
mod passed;
mod visit;

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::caller::{BoxFuture, CallError, EffectId};
use crate::clock::Clock;
use crate::decode::{Member, Response, STRING, Shape};
use crate::doubt::{Doubt, OnUnknown};
use crate::dry_run::DryRun;
use crate::effect::{Operation, Repeat};
use crate::event::Change;
#[cfg(all(feature = "cli", feature = "journal"))]
use crate::event::Event;
use crate::execution::{Execution, Fold, Memory, Open};
use crate::observer::Observer;
#[cfg(all(feature = "cli", feature = "journal"))]
use crate::observer::View;
use crate::parameters::Checked;
use crate::parent;
use crate::procedure::Stoppable;
use crate::rate::MOST_MAPS;
use crate::record::Record;
use crate::runbook::{Definition, Runbook};
use crate::script::Requirement;
use crate::signal::Signals;
use crate::simulate::Simulator;
use crate::store::Store;
#[cfg(all(feature = "cli", feature = "journal"))]
use crate::store::StoreError;
use crate::value::{Document, Map};

pub use fleet::{Fleet, Targets};
pub(crate) use fleet::{member_of, name_of};
pub use host::Children;
pub use passed::{Given, Passed, ReadAs, given, passed};
pub use visit::Connected;

use visit::{Halt, Visit};

/// A runbook that a step may start.
#[derive(Clone, Copy)]
pub struct ChildRunbook {
    /// The step.
    pub step: &'static str,
    /// The facts of the runbook.
    pub definition: &'static Definition,
    /// What its scripts need of the machine.
    pub scripts: &'static [Requirement],
    /// Whether the step starts it for each of several targets.
    pub for_targets: bool,
    record: fn(&dyn Store, Uuid) -> Option<Record>,
    open: fn(&dyn Store, Uuid) -> Option<Open>,
    #[cfg(all(feature = "cli", feature = "journal"))]
    told: fn(&[Event]) -> Vec<(Event, View)>,
}

impl ChildRunbook {
    /// The runbook `R`, started by a step.
    pub const fn of<R: Runbook>(step: &'static str) -> Self {
        Self {
            step,
            definition: R::DEFINITION,
            scripts: R::SCRIPTS,
            for_targets: false,
            record: record::<R>,
            open: open::<R>,
            #[cfg(all(feature = "cli", feature = "journal"))]
            told: told::<R>,
        }
    }

    /// The runbook `R`, started by a step for each of several targets.
    pub const fn for_targets<R: Runbook>(step: &'static str) -> Self {
        Self {
            for_targets: true,
            ..Self::of::<R>(step)
        }
    }
}

impl fmt::Debug for ChildRunbook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} by {}", self.definition.name, self.step)
    }
}

fn record<R: Runbook>(store: &dyn Store, execution: Uuid) -> Option<Record> {
    Some(fold::<R>(store, execution, Memory::Record)?.record())
}

fn open<R: Runbook>(store: &dyn Store, execution: Uuid) -> Option<Open> {
    fold::<R>(store, execution, Memory::Outputs)?.open()
}

/// An execution as the store has it. A journal that cannot be read is told when the child goes on.
fn fold<R: Runbook>(store: &dyn Store, execution: Uuid, memory: Memory) -> Option<Execution<R>> {
    let mut fold = Fold::<R>::new(memory);
    let read = store.read(execution, &mut |event| fold.add(&event));
    read.ok()?;
    fold.finish().ok()?
}

/// What observers were told of an execution.
#[cfg(all(feature = "cli", feature = "journal"))]
fn told<R: Runbook>(events: &[Event]) -> Vec<(Event, View)> {
    let mut told = Vec::new();
    let Some((first, rest)) = events.split_first() else {
        return told;
    };
    let Ok(mut execution) = Execution::<R>::from_events([first]) else {
        return told;
    };
    told.push((first.clone(), execution.view()));
    for event in rest {
        if execution.apply(event).is_err() {
            break;
        }
        told.push((event.clone(), execution.view()));
    }
    told
}

/// A child as a step starts it. Serialized it is the step's inputs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Child {
    #[serde(skip)]
    visit: Start,
    document_name: &'static str,
    runtime_parameters: Map,
    /// Whether it is to be cancelled.
    #[serde(skip)]
    stops: bool,
}

impl Child {
    /// The runbook `R` with these parameters, each a list of texts (spec 2.3).
    pub fn of<R: Runbook>(parameters: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        let parameters = parameters.into_iter();
        Self {
            visit: Start(visit::visit::<R>),
            document_name: R::DEFINITION.name,
            runtime_parameters: parameters
                .map(|(name, texts)| (name, texts.into()))
                .collect(),
            stops: false,
        }
    }

    /// A runbook with the parameters that a step gives it.
    pub fn given<G: Given>(given: G) -> Self {
        Self::of::<G::Runbook>(given.texts())
    }
}

impl Stoppable for Child {
    fn to_stop(&self) -> Self {
        Self {
            stops: true,
            ..self.clone()
        }
    }
}

/// Starts a child.
#[derive(Clone, Copy)]
struct Start(for<'a> fn(World<'a>, Visit) -> BoxFuture<'a, Result<Document, Halt>>);

impl fmt::Debug for Start {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Start")
    }
}

/// What a child is where everything else is an operation of an API.
pub static OPERATION: Operation = Operation {
    service: "aws",
    name: "executeAutomation",
    response: &ANSWER,
    // Its execution follows from the effect, so it is found again.
    repeat: Repeat::Recognised,
};

static ANSWER: Response = Response::json(&ROOT);
static ROOT: Shape = Shape::structure(&[
    Member::new("Status", &STRING),
    Member::new("ExecutionId", &STRING),
    Member::new("Output", &OUTPUT),
    Member::new("FailureMessage", &STRING),
]);
static OUTPUT: Shape = Shape::list(&STRING);

/// What children share with the execution that starts them.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// The time.
    pub clock: &'a dyn Clock,
    /// Where events are kept.
    pub store: &'a dyn Store,
    /// Who watches.
    pub observer: &'a dyn Observer,
    /// What people say.
    pub signals: &'a dyn Signals,
    /// Who answers calls.
    pub answers: Answers<'a>,
    /// What becomes of calls of which nobody knows whether they were made.
    pub on_unknown: OnUnknown,
    /// What answers instead, if nothing is to be done.
    pub dry_run: Option<&'a DryRun>,
}

/// Who answers the calls of children.
#[derive(Clone, Copy)]
pub enum Answers<'a> {
    /// AWS.
    Aws(&'a dyn Connector),
    /// A scenario.
    Scenario(&'a Simulator),
    /// Nobody: it is a dry run, and they run in this Region.
    Nobody(&'a str),
}

/// Makes connections for children, each of which may run under a role of its own.
pub trait Connector: Send + Sync {
    /// Connects for an execution of a runbook with these parameters. What is given is a [`Connected`] of the runbook's
    /// requests.
    fn connect<'a>(
        &'a self,
        definition: &'static Definition,
        execution: Uuid,
        parameters: &'a Checked,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, CallError>>;
}

/// The execution of a child that an effect of an execution starts.
pub(crate) fn execution_of(parent: Uuid, effect: &EffectId) -> Uuid {
    let EffectId { step, attempt, .. } = effect;
    Uuid::new_v5(&parent, format!("{step}/{attempt}").as_bytes())
}

/// The records of the children that an execution has started, in order, as far as the store knows them.
fn records<R: Runbook>(parent: Uuid, store: &dyn Store) -> Vec<Record> {
    collect(R::DEFINITION, parent, store)
}

/// The record of an execution with those of its children.
pub(crate) fn with_children<R: Runbook>(record: Record, store: &dyn Store) -> Record {
    let execution = record.automation_execution.automation_execution_id;
    let record = Record {
        child_executions: records::<R>(execution, store),
        ..record
    };
    match R::FOR_TARGETS {
        true => parent::shown(record),
        false => record,
    }
}

fn collect(definition: &Definition, parent: Uuid, store: &dyn Store) -> Vec<Record> {
    if definition.children.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for Started {
        child, execution, ..
    } in started(definition, parent, store)
    {
        if let Some(mut record) = (child.record)(store, execution) {
            record.child_executions = collect(child.definition, execution, store);
            found.push(record);
        }
    }
    found
}

/// The call of an execution, or of a child that it waits for, of which nobody knows whether it was made.
pub(crate) fn doubt<R: Runbook>(execution: &Execution<R>, store: &dyn Store) -> Option<Doubt> {
    doubt_of(R::DEFINITION, execution.id(), execution.open()?, store)
}

fn doubt_of(
    definition: &Definition,
    execution: Uuid,
    open: Open,
    store: &dyn Store,
) -> Option<Doubt> {
    let effect = match open {
        Open::Doubt(_, doubt) => return Some(doubt),
        Open::Child(effect) => effect,
    };
    let child = definition.child(effect.step_name())?;
    let started = members(child, execution, &effect, store).into_iter();
    let mut doubts = started.filter_map(|started| {
        let open = (child.open)(store, started.execution)?;
        let inside = doubt_of(child.definition, started.execution, open, store)?;
        Some(Doubt {
            step: format!("{}/{}", started.label, inside.step),
            ..inside
        })
    });
    doubts.next()
}

/// What observers were told of an execution and of those that it has started, in the order in which it happened.
///
/// # Errors
/// When the store cannot be read.
#[cfg(all(feature = "cli", feature = "journal"))]
pub(crate) fn happened<R: Runbook>(
    execution: Uuid,
    store: &dyn Store,
) -> Result<Vec<(Event, View)>, StoreError> {
    let mut happened = told::<R>(&store.events(execution)?);
    add_children(R::DEFINITION, execution, &[], store, &mut happened)?;
    // Stable: what happened at the same time stays in the order of its execution.
    happened.sort_by_key(|(event, _)| event.at);
    Ok(happened)
}

#[cfg(all(feature = "cli", feature = "journal"))]
fn add_children(
    definition: &Definition,
    parent: Uuid,
    within: &[String],
    store: &dyn Store,
    happened: &mut Vec<(Event, View)>,
) -> Result<(), StoreError> {
    for started in started(definition, parent, store) {
        let Started {
            child,
            execution,
            label,
        } = started;
        let mut within = within.to_vec();
        within.push(label);
        let told = (child.told)(&store.events(execution)?).into_iter();
        happened.extend(told.map(|(event, view)| {
            let within = within.clone();
            (event, View { within, ..view })
        }));
        add_children(child.definition, execution, &within, store, happened)?;
    }
    Ok(())
}

/// When an execution was last heard of, be it by those that it has started: time in which they went on was not lost.
pub(crate) fn last_heard<R: Runbook>(execution: Uuid, store: &dyn Store) -> Option<Timestamp> {
    heard(R::DEFINITION, execution, store)
}

fn heard(definition: &Definition, execution: Uuid, store: &dyn Store) -> Option<Timestamp> {
    let mut own = None;
    let read = store.read(execution, &mut |event| own = Some(event.at));
    read.ok()?;
    let children = started(definition, execution, store).into_iter();
    let children = children.filter_map(
        |Started {
             child, execution, ..
         }| { heard(child.definition, execution, store) },
    );
    children.chain(own).max()
}

/// A child that an execution has started.
struct Started<'d> {
    child: &'d ChildRunbook,
    execution: Uuid,
    /// The step that has started it, as people call it: `update`, `update[2]` for the second of several targets.
    label: String,
}

/// The children that an execution has started, in order, as far as the store knows them.
fn started<'d>(definition: &'d Definition, parent: Uuid, store: &dyn Store) -> Vec<Started<'d>> {
    let children = definition.children.iter();
    let children: BTreeMap<_, _> = children.map(|child| (child.step, child)).collect();
    let (mut started, mut known) = (Vec::new(), BTreeSet::new());
    let read = store.read(parent, &mut |event| {
        let Change::Called { effect } = event.change else {
            return;
        };
        let Some(child) = children.get(effect.step_name()) else {
            return;
        };
        if known.insert(execution_of(parent, &effect)) {
            started.push((*child, effect));
        }
    });
    if read.is_err() {
        return Vec::new();
    }
    let each = started.into_iter();
    each.flat_map(|(child, effect)| members(child, parent, &effect, store))
        .collect()
}

/// The executions that a child consists of: itself, or those for the targets that have begun.
fn members<'d>(
    child: &'d ChildRunbook,
    parent: Uuid,
    effect: &EffectId,
    store: &dyn Store,
) -> Vec<Started<'d>> {
    let execution = execution_of(parent, effect);
    let label = effect.label();
    if !child.for_targets {
        return vec![Started {
            child,
            execution,
            label,
        }];
    }
    let mut members = Vec::new();
    let mut missing = 0;
    // They start in the order of their numbers, but for those that are refused.
    for number in 1.. {
        let execution = member_of(execution, number);
        missing = if has_begun(execution, store) {
            0
        } else {
            missing + 1
        };
        match missing {
            0 => members.push(Started {
                child,
                execution,
                label: format!("{label}[{number}]"),
            }),
            MOST_MAPS => break,
            _ => {}
        }
    }
    members
}

fn has_begun(execution: Uuid, store: &dyn Store) -> bool {
    let mut begun = false;
    let read = store.read(execution, &mut |_| begun = true);
    read.is_ok() && begun
}
