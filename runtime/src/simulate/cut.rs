//! A store that breaks: what is left of an execution whose process was killed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

use crate::event::{Change, Event};
use crate::store::{MemoryStore, Store, StoreError};

/// Takes some events, and no more until it is mended. It poses as a journal, so that executions rely on it.
pub(super) struct CutStore {
    kept: MemoryStore,
    progress: Mutex<Progress>,
}

struct Progress {
    /// How many events it still takes.
    left: usize,
    /// The time of the last that it took.
    last: Option<Timestamp>,
    /// The first that it did not take.
    lost: Option<Change>,
}

impl CutStore {
    /// A store that takes `events` of them.
    pub(super) fn new(events: usize) -> Self {
        Self {
            kept: MemoryStore::new(),
            progress: Mutex::new(Progress {
                left: events,
                last: None,
                lost: None,
            }),
        }
    }

    /// Takes everything from now on.
    pub(super) fn mend(&self) {
        self.progress().left = usize::MAX;
    }

    /// The time of the last event that it has taken.
    pub(super) fn last(&self) -> Option<Timestamp> {
        self.progress().last
    }

    /// The first event that it did not take.
    pub(super) fn lost(&self) -> Option<Change> {
        self.progress().lost.clone()
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        // Nothing panics while it holds the lock, and what it guards is whole at any time.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for CutStore {
    fn append(&self, execution: Uuid, mut taken: Vec<Event>) -> Result<(), StoreError> {
        let mut progress = self.progress();
        let lost = taken.split_off(progress.left.min(taken.len()));
        progress.left -= taken.len();
        progress.last = taken.last().map(|event| event.at).or(progress.last);
        self.kept.append(execution, taken)?;
        let Some(lost) = lost.first() else {
            return Ok(());
        };
        progress.lost.get_or_insert_with(|| lost.change.clone());
        Err(StoreError {
            action: "written",
            message: "it was cut off".to_owned(),
            source: None,
        })
    }

    fn is_durable(&self) -> bool {
        true
    }

    fn read(&self, execution: Uuid, take: &mut dyn FnMut(Event)) -> Result<(), StoreError> {
        self.kept.read(execution, take)
    }
}
