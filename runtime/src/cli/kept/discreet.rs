//! A store that keeps what is masked out of what people read in it: what scripts have printed. The parameters themselves are
//! kept as they are, since a run that is continued needs them.

use uuid::Uuid;

use crate::event::{Change, Event};
use crate::script::{Kept, Output};
use crate::store::{Store, StoreError};

use super::super::mask::Mask;

/// Keeps events elsewhere, without what is masked.
pub(super) struct Discreet<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) mask: Mask,
}

impl Discreet<'_> {
    fn masked(&self, event: &Event) -> Event {
        let mut event = event.clone();
        if let Change::Printed { output, .. } = &mut event.change {
            let masked = |kept: &Kept| Kept {
                text: self.mask.text(&kept.text),
                ..*kept
            };
            **output = Output {
                stdout: masked(&output.stdout),
                stderr: masked(&output.stderr),
            };
        }
        event
    }
}

impl Store for Discreet<'_> {
    fn append(&self, execution: Uuid, events: Vec<Event>) -> Result<(), StoreError> {
        let prints = |event: &Event| matches!(event.change, Change::Printed { .. });
        if self.mask.is_empty() || !events.iter().any(prints) {
            return self.store.append(execution, events);
        }
        let events = events.iter().map(|event| self.masked(event));
        self.store.append(execution, events.collect())
    }

    fn is_durable(&self) -> bool {
        self.store.is_durable()
    }

    fn read(&self, execution: Uuid, take: &mut dyn FnMut(Event)) -> Result<(), StoreError> {
        self.store.read(execution, take)
    }
}
