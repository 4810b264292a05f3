//! Watching a simulated run: which steps it passed and where each led.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cancel::CancelToken;
use crate::event::{Change, Event};
use crate::observer::{Observer, View};
use crate::status::Status;

/// A step that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The step.
    pub step: String,
    /// How it ended.
    pub status: Status,
    /// The step that followed.
    pub next: Option<String>,
}

/// Notes the steps that ran, and cancels the run when its time has come.
pub(super) struct Trace<'a> {
    /// The step whose start cancels the run.
    pub(super) cancel_during: Option<&'a str>,
    pub(super) cancel: &'a CancelToken,
    pub(super) audience: &'a dyn Observer,
    pub(super) passages: Mutex<Vec<Passage>>,
}

impl Trace<'_> {
    /// The steps that ran, in order.
    pub(super) fn passages(&self) -> Vec<Passage> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Passage>> {
        // Nothing panics while it holds the lock, and a list of passages is whole at any time.
        self.passages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Trace<'_> {
    fn observe(&self, event: &Event, view: &View) {
        match &event.change {
            Change::StepStarted { step } if self.cancel_during == Some(step.as_str()) => {
                self.cancel.cancel();
            }
            Change::StepEnded {
                step, status, next, ..
            } => self.lock().push(Passage {
                step: step.clone(),
                status: *status,
                next: next.clone(),
            }),
            _ => {}
        }
        self.audience.observe(event, view);
    }
}
