//! Watching a simulated run: which steps it passed and where each led.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::cancel::CancelToken;
use crate::event::{Change, Event};
use crate::flow::After;
use crate::name::Name;
use crate::observer::{Observer, StepView, View};
use crate::status::Status;

/// A step that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Passage {
    /// The step.
    pub step: Name,
    /// The same with the iterations of the loops around it: `stop[3]`.
    pub label: Name,
    /// How it ended.
    pub status: Status,
    /// What followed.
    pub next: After<Name>,
}

/// Notes the steps that ran, and cancels the run when its time has come.
pub(super) struct Trace<'a> {
    /// The step whose start cancels the run.
    pub(super) cancel_during: Option<&'a str>,
    pub(super) cancel: &'a CancelToken,
    pub(super) audience: &'a dyn Observer,
    pub(super) passages: Mutex<Passages>,
}

/// The steps that ran, in the order of their starts.
#[derive(Default)]
pub(super) struct Passages {
    all: Vec<Passage>,
    /// Those that have not ended, of each execution: the step under way, and the loops around it.
    open: HashMap<Uuid, Vec<usize>>,
}

impl Trace<'_> {
    /// The steps that ran, in order; told once.
    pub(super) fn passages(&self) -> Vec<Passage> {
        std::mem::take(&mut self.lock().all)
    }

    fn cancel_in(&self, step: &str, label: &str) {
        let names = [step, label].map(Some);
        if names.contains(&self.cancel_during) {
            self.cancel.cancel();
        }
    }

    fn started(&self, execution: Uuid, step: Name, label: Name) {
        let mut passages = self.lock();
        let index = passages.all.len();
        passages.open.entry(execution).or_default().push(index);
        passages.all.push(Passage {
            step,
            label,
            status: Status::InProgress,
            next: After::End,
        });
    }

    fn ended(&self, execution: Uuid, step: &str, status: Status, next: &After<Name>) {
        let passages = &mut *self.lock();
        let open = passages.open.get_mut(&execution);
        let index = open.and_then(Vec::pop);
        let passage = index.and_then(|index| passages.all.get_mut(index));
        if let Some(passage) = passage.filter(|passage| passage.step == step) {
            passage.status = status;
            passage.next = next.clone();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Passages> {
        // Nothing panics while it holds the lock, and a list of passages is whole at any time.
        self.passages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Trace<'_> {
    fn observe(&self, event: &Event, view: &View) {
        match &event.change {
            Change::StepStarted { step } => {
                let label = view.step.as_ref().map_or(step, |view| &view.label);
                let (step, label) = (inside(view, step, true), inside(view, label, false));
                self.cancel_in(&step, &label);
                self.started(view.execution, step, label);
            }
            // Who wanted to cancel still does.
            Change::Resumed { .. } => {
                if let Some(StepView {
                    definition, label, ..
                }) = &view.step
                {
                    let step = inside(view, &(&definition.name).into(), true);
                    self.cancel_in(&step, &inside(view, label, false));
                }
            }
            Change::StepEnded {
                step, status, next, ..
            } => self.ended(view.execution, &inside(view, step, true), *status, next),
            _ => {}
        }
        self.audience.observe(event, view);
    }
}

/// A step as scenarios call it: that of a child after the step that starts it, `prepare/stop`.
fn inside(view: &View, step: &Name, plain: bool) -> Name {
    if view.within.is_empty() {
        return step.clone();
    }
    let around = view.within.iter().map(|label| match plain {
        true => label.split('[').next().unwrap_or_default(),
        false => label,
    });
    // The runbook for one of several targets of the whole run is called as it is without them.
    let around = around.filter(|around| !around.is_empty());
    let parts: Vec<&str> = around.chain([step.as_ref()]).collect();
    parts.join("/").into()
}
