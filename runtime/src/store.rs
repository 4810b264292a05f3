//! Stores: where events are kept, so that an execution outlives its process.

use std::collections::BTreeMap;
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
    executions: Mutex<BTreeMap<Uuid, Events>>,
}

/// The events of an execution, in pieces: one long list would be copied whenever it outgrows its place.
#[derive(Clone, Debug, Default)]
struct Events {
    pieces: Vec<Vec<Event>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn executions(&self) -> MutexGuard<'_, BTreeMap<Uuid, Events>> {
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
        events.into_iter().for_each(|event| kept.add(event));
        Ok(())
    }

    fn read(&self, execution: Uuid, take: &mut dyn FnMut(Event)) -> Result<(), StoreError> {
        let events = self.executions().get(&execution).cloned();
        let pieces = events.into_iter().flat_map(|events| events.pieces);
        pieces.flatten().for_each(take);
        Ok(())
    }
}

impl Events {
    /// Adds an event, and drops the one that it supersedes.
    fn add(&mut self, event: Event) {
        if let Some((piece, position)) = self.superseded(&event.change)
            && let Some(piece) = self.pieces.get_mut(piece)
        {
            piece.remove(position);
        }
        match self.pieces.last_mut() {
            Some(last) if last.len() < last.capacity() => last.push(event),
            last => {
                let piece = Self::piece_after(last.map_or(0, |last| last.len()), event);
                self.pieces.push(piece);
            }
        }
    }

    /// A piece that begins with an event: twice as long as the one before, up to a page or so.
    fn piece_after(before: usize, event: Event) -> Vec<Event> {
        const SHORTEST: usize = 4;
        const LONGEST: usize = 256;
        let mut piece = Vec::with_capacity((2 * before).clamp(SHORTEST, LONGEST));
        piece.push(event);
        piece
    }

    /// The event that `change` supersedes, by its piece and its place there: there is one at most, among the last few of
    /// the step.
    fn superseded(&self, change: &Change) -> Option<(usize, usize)> {
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
        let pieces = self.pieces.iter().enumerate().rev();
        let recent = pieces.flat_map(|(piece, events)| {
            let events = events.iter().enumerate().rev();
            events.map(move |(position, event)| ((piece, position), &event.change))
        });
        recent
            .take(REACH)
            .take_while(|(_, earlier)| !matches!(earlier, Change::StepStarted { .. }))
            .find(|(_, earlier)| supersedes(change, earlier))
            .map(|(place, _)| place)
    }
}
