//! One dry run, from its parameters to what it shows.

use std::sync::Arc;

use uuid::Uuid;

use crate::caller::Caller;
use crate::cancel::CancelToken;
use crate::child::{Answers, Children, World};
use crate::clock::{Clock, SystemClock, VirtualClock};
use crate::doubt::OnUnknown;
use crate::engine::{Engine, EngineError, Start};
use crate::event::Event;
use crate::observer::{Observer, View};
use crate::parameters::Checked;
use crate::record::{Reading, Record, Simulation};
use crate::runbook::Runbook;
use crate::store::MemoryStore;

use super::people::Agreeable;
use super::{Alone, DryRun, Entry};

/// What a dry run has shown.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    /// The record, with all calls.
    pub record: Record,
    /// The calls, and the ways that were taken because of invented values, in order.
    pub entries: Vec<Entry>,
}

/// Goes through a runbook without doing or reading anything, as if it ran in `region`. `audience` watches; `cancel` stops
/// it.
///
/// # Errors
/// When it cannot start, as with a parameter that an invented value of Parameter Store cannot be.
pub async fn rehearse<R: Runbook>(
    checked: Checked,
    region: &str,
    audience: &dyn Observer,
    cancel: CancelToken,
) -> Result<Rehearsed, EngineError> {
    let rehearsal = Rehearsal::new(Reading::Nothing, audience, cancel);
    let world = rehearsal.world(Answers::Nobody(region));
    let caller = Alone::new(Children::new(world, rehearsal.execution));
    rehearsal.perform::<R>(&caller, region, checked).await
}

/// A dry run, with all that it takes.
pub(crate) struct Rehearsal<'a> {
    pub(crate) execution: Uuid,
    dry_run: DryRun,
    clock: Arc<VirtualClock>,
    store: MemoryStore,
    people: Agreeable,
    audience: &'a dyn Observer,
    cancel: CancelToken,
}

impl<'a> Rehearsal<'a> {
    pub(crate) fn new(reading: Reading, audience: &'a dyn Observer, cancel: CancelToken) -> Self {
        let clock = Arc::new(VirtualClock::new(SystemClock.now()));
        Self {
            execution: Uuid::new_v4(),
            dry_run: DryRun::new(reading, Arc::clone(&clock)),
            clock,
            store: MemoryStore::new(),
            people: Agreeable::default(),
            audience,
            cancel,
        }
    }

    /// What children share with the execution.
    pub(crate) fn world<'s>(&'s self, answers: Answers<'s>) -> World<'s> {
        World {
            clock: &*self.clock,
            store: &self.store,
            observer: self,
            signals: &self.people,
            answers,
            on_unknown: OnUnknown::Ask,
            dry_run: Some(&self.dry_run),
        }
    }

    /// Goes through the runbook to its end. `caller` reads, and runs children.
    pub(crate) async fn perform<R: Runbook>(
        &self,
        caller: &dyn Caller<R::Request>,
        region: &str,
        checked: Checked,
    ) -> Result<Rehearsed, EngineError> {
        let engine: Engine<'_, R> = Engine::new(caller, &*self.clock, &self.store)
            .observer(self)
            .signals(&self.people)
            .dry_run(&self.dry_run, String::new())
            .cancel(self.cancel.clone());
        let start = Start {
            execution: self.execution,
            parent: None,
            parameters: checked.values,
            supplied: checked.supplied,
            region: region.to_owned(),
            simulation: Some(Simulation::DryRun(self.dry_run.reading())),
            interactive: false,
            target: None,
        };
        let mut record = engine.run(start).await?;
        let entries = self.dry_run.entries();
        for entry in entries.clone() {
            match entry {
                Entry::Call(call) => record.calls.push(call),
                Entry::Choice(choice) => record.invented_choices.push(choice),
            }
        }
        Ok(Rehearsed { record, entries })
    }
}

/// Those who watch are told, and the dry run itself.
impl Observer for Rehearsal<'_> {
    fn observe(&self, event: &Event, view: &View) {
        self.audience.observe(event, view);
        self.dry_run.observe(event, view);
    }
}
