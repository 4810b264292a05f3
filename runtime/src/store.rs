//! Stores: where events are kept, so that an execution outlives its process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::event::{Change, Event};

/// Keeps the events of executions.
pub trait Store: Send + Sync {
    /// Adds events to an execution, in order and for good: when this returns, a crash does not lose them.
    ///
    /// # Errors
    /// When they could not be kept. The execution must not go on then.
    fn append(&self, execution: Uuid, events: Vec<Event>) -> Result<(), StoreError>;

    /// Hands out the events of an execution in order, one by one; none if it is not known. Those that later ones
    /// supersede ([`supersedes`]) may be missing.
    ///
    /// # Errors
    /// When they could not be read.
    fn read(&self, execution: Uuid, take: &mut dyn FnMut(Event)) -> Result<(), StoreError>;

    /// Whether events are kept elsewhere than in memory. An execution then remembers of the steps that have ended only what
    /// later ones may refer to, and its record is made of what is kept.
    fn is_durable(&self) -> bool {
        false
    }

    /// The same events, all at once.
    ///
    /// # Errors
    /// When they could not be read.
    fn events(&self, execution: Uuid) -> Result<Vec<Event>, StoreError> {
        let mut events = Vec::new();
        self.read(execution, &mut |event| events.push(event))?;
        Ok(events)
    }
}

/// A shared store is one, too.
impl<S: Store + ?Sized> Store for Arc<S> {
    fn append(&self, execution: Uuid, events: Vec<Event>) -> Result<(), StoreError> {
        (**self).append(execution, events)
    }

    fn read(&self, execution: Uuid, take: &mut dyn FnMut(Event)) -> Result<(), StoreError> {
        (**self).read(execution, take)
    }

    fn is_durable(&self) -> bool {
        (**self).is_durable()
    }

    fn events(&self, execution: Uuid) -> Result<Vec<Event>, StoreError> {
        (**self).events(execution)
    }
}

/// An event could not be kept or read.
#[derive(Debug, thiserror::Error)]
#[error("the journal cannot be {action}: {message}")]
pub struct StoreError {
    /// `read` or `written`.
    pub action: &'static str,
    /// Why.
    pub message: String,
    /// What lies beneath.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Whether an execution can do without `earlier` once `later` has happened: one try of a call takes the place of the one
/// before.
///
/// Both must belong to the same execution, and `earlier` must come first.
pub fn supersedes(later: &Change, earlier: &Change) -> bool {
    match (later, earlier) {
        (Change::Called { effect }, Change::Called { effect: old })
        | (Change::Answered { effect, .. }, Change::Answered { effect: old, .. })
        | (Change::Refused { effect, .. }, Change::Refused { effect: old, .. }) => {
            (&effect.step, effect.attempt, effect.call) == (&old.step, old.attempt, old.call)
        }
        (
            Change::Waiting { step, attempt, .. },
            Change::Waiting {
                step: old_step,
                attempt: old_attempt,
                ..
            },
        ) => step == old_step && attempt == old_attempt,
        _ => false,
    }
}

/// Keeps events in memory, for simulation and tests. Superseded ones are dropped, so that endless polling takes no space.
#[derive(Debug, Default)]
pub struct MemoryStore {
    executions: Mutex<HashMap<Uuid, Vec<Event>>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn executions(&self) -> MutexGuard<'_, HashMap<Uuid, Vec<Event>>> {
        // No code that can panic runs under the lock, so its content is sound in any case.
        self.executions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn append(&self, execution: Uuid, events: Vec<Event>) -> Result<(), StoreError> {
        let mut executions = self.executions();
        let kept = executions.entry(execution).or_default();
        for event in events {
            if let Some(position) = superseded(kept, &event.change) {
                kept.remove(position);
            }
            kept.push(event);
        }
        Ok(())
    }

    fn read(&self, execution: Uuid, take: &mut dyn FnMut(Event)) -> Result<(), StoreError> {
        let events = self.executions().get(&execution).cloned();
        events.into_iter().flatten().for_each(take);
        Ok(())
    }
}

/// The event that `change` supersedes: there is one at most, among the last few of the step.
fn superseded(events: &[Event], change: &Change) -> Option<usize> {
    /// A poll is four events at most.
    const REACH: usize = 8;
    if !matches!(
        change,
        Change::Called { .. }
            | Change::Answered { .. }
            | Change::Refused { .. }
            | Change::Waiting { .. }
    ) {
        return None;
    }
    let recent = events.iter().enumerate().rev().take(REACH);
    recent
        .take_while(|(_, event)| !matches!(event.change, Change::StepStarted { .. }))
        .filter(|(_, event)| supersedes(change, &event.change))
        .map(|(position, _)| position)
        .next()
}
