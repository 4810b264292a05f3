//! The loop: asks an execution what is next, does it, and makes what has come of it happen.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::caller::{Call, CallError, EffectId};
use crate::cancel::CancelToken;
use crate::child;
use crate::event::{Change, Event};
use crate::execution::{Execution, Memory, Next};
use crate::runbook::Runbook;
use crate::store::{Store, StoreError};
use crate::value::Document;

use super::{Ended, Engine, EngineError};

/// An execution under way.
pub(super) struct Drive<R: Runbook> {
    pub(super) execution: Box<Execution<R>>,
    /// The events that are not in the store yet.
    pub(super) unsaved: Vec<Event>,
}

/// How many events may wait until they are stored: steps that do nothing outside make many at once.
const MOST_UNSAVED: usize = 256;

fn save(store: &dyn Store, execution: Uuid, unsaved: &mut Vec<Event>) -> Result<(), StoreError> {
    if !unsaved.is_empty() {
        // What follows may be a long wait: it holds no more than it needs.
        store.append(execution, std::mem::take(unsaved))?;
    }
    Ok(())
}

impl<R: Runbook> Engine<'_, R> {
    /// Goes on to the end. What waits for others lies elsewhere, so that of executions that only sleep many can wait.
    pub(super) async fn drive(&self, mut drive: Drive<R>) -> Result<Ended<R>, EngineError> {
        loop {
            if self.is_asked_to_cancel(&drive.execution) {
                self.note(&mut drive, Change::CancelRequested)?;
            }
            if is_asked(self.complete.as_ref()) && drive.execution.can_be_completed() {
                self.note(&mut drive, Change::CompleteRequested)?;
            }
            let next = drive.execution.next(&self.policy);
            if !matches!(
                next,
                Next::Note {
                    not_before: None,
                    ..
                }
            ) {
                // Nothing is done, awaited or given out before it is certain how it came to that.
                save(self.store, drive.execution.id(), &mut drive.unsaved)?;
            }
            let execution = &drive.execution;
            // The moment that has come, if one was awaited.
            let mut come = None;
            let change = match next {
                Next::Read(names) => {
                    let read = Box::pin(self.read(execution, names));
                    self.started(read.await)?
                }
                Next::Identify => self.started(Box::pin(self.identify(execution)).await)?,
                Next::Call {
                    effect,
                    request,
                    deadline,
                } => {
                    let asked = effect.clone();
                    let call = self.call(execution, effect, request, deadline);
                    let change = Box::pin(call).await;
                    if let Some(output) = self.caller.printed(&asked) {
                        let (effect, output) = (asked, Box::new(output));
                        self.note(&mut drive, Change::Printed { effect, output })?;
                    }
                    change.unwrap_or_else(|| {
                        come = deadline;
                        drive.execution.out_of_time(&self.policy)
                    })
                }
                Next::Listen { deadline } => {
                    let change = Box::pin(self.listen(execution, deadline)).await;
                    change.unwrap_or_else(|| {
                        come = deadline;
                        execution.out_of_time(&self.policy)
                    })
                }
                Next::Note { not_before, change } => match not_before {
                    Some(moment) => match self.interrupted(execution, moment).await {
                        Some(instead) => instead,
                        None => {
                            come = Some(moment);
                            change
                        }
                    },
                    None => change,
                },
                Next::Nothing => return self.end(*drive.execution),
            };
            self.note_after(&mut drive, come, change)?;
        }
    }

    /// What there is to tell of an execution that has ended.
    fn end(&self, mut execution: Execution<R>) -> Result<Ended<R>, EngineError> {
        if self.memory() == Memory::Outputs {
            execution = self.load(execution.id())?;
        }
        let (record, state) = execution.into_record();
        Ok(Ended {
            record: child::with_children::<R>(record, self.store),
            state,
        })
    }

    pub(super) fn tell(&self, event: &Event, execution: &Execution<R>) {
        if self.observer.watches() {
            self.observer.observe(event, &execution.view());
        }
    }

    /// Makes a change happen. It is in the store before the engine does or awaits anything.
    pub(super) fn note(&self, drive: &mut Drive<R>, change: Change) -> Result<(), EngineError> {
        self.note_after(drive, None, change)
    }

    /// The same, once a moment has come that was awaited.
    fn note_after(
        &self,
        drive: &mut Drive<R>,
        come: Option<Timestamp>,
        change: Change,
    ) -> Result<(), EngineError> {
        let Drive { execution, unsaved } = drive;
        // A clock on the wall may be put back; the time of an execution may not.
        let at = self.now(execution);
        let at = come.map_or(at, |moment| at.max(moment));
        let event = Event { at, change };
        execution.apply(&event)?;
        self.tell(&event, execution);
        unsaved.push(event);
        match unsaved.len() < MOST_UNSAVED {
            true => Ok(()),
            false => Ok(save(self.store, execution.id(), unsaved)?),
        }
    }

    /// Makes a call; nothing when its time is up before.
    async fn call(
        &self,
        execution: &Execution<R>,
        effect: EffectId,
        request: &R::Request,
        deadline: Option<Timestamp>,
    ) -> Option<Change> {
        let call = Call::new(execution.id(), effect);
        let mut asked = pin!(self.ask(execution, &call, request));
        let answered = tokio::select! {
            biased;
            () = self.cancelled(execution) => Err(Some(Change::CancelRequested)),
            answer = &mut asked => Ok(answer),
            () = self.until(execution, deadline) => Err(None),
        };
        let answer = match answered {
            Ok(answer) => answer,
            Err(instead) => {
                // What it answers now comes too late.
                if self.caller.stop(&call.effect) {
                    let _ = asked.await;
                }
                return instead;
            }
        };
        let effect = call.effect.clone();
        Some(match answer {
            Ok(answer) => Change::Answered {
                effect,
                answer: Arc::new(answer),
            },
            Err(error) => Change::Refused {
                effect,
                error: Box::new(error),
            },
        })
    }

    async fn ask(
        &self,
        execution: &Execution<R>,
        call: &Call,
        request: &R::Request,
    ) -> Result<Document, CallError> {
        match &self.dry_run {
            None => self.caller.call(call, request).await,
            Some((dry_run, within)) => {
                let hope = execution.hope();
                let caller = self.caller;
                dry_run.answer(within, caller, call, request, &hope).await
            }
        }
    }

    /// Waits for a signal that means something; nothing when the time of the wait is up before.
    async fn listen(
        &self,
        execution: &Execution<R>,
        deadline: Option<Timestamp>,
    ) -> Option<Change> {
        tokio::select! {
            biased;
            () = self.cancelled(execution) => Some(Change::CancelRequested),
            () = self.completed(execution) => Some(Change::CompleteRequested),
            change = self.heard(execution) => Some(change),
            () = self.until(execution, deadline) => None,
        }
    }

    async fn heard(&self, execution: &Execution<R>) -> Change {
        let Some(awaited) = execution.awaited() else {
            return std::future::pending().await;
        };
        loop {
            let signal = self.signals.next(&awaited).await;
            match execution.hear(&signal) {
                Ok(change) => return change,
                Err(refusal) => self.signals.refused(&signal, &refusal),
            }
        }
    }

    /// Waits for a moment; what happens instead if somebody asks to cancel.
    async fn interrupted(&self, execution: &Execution<R>, moment: Timestamp) -> Option<Change> {
        tokio::select! {
            biased;
            () = self.cancelled(execution) => Some(Change::CancelRequested),
            () = self.until(execution, Some(moment)) => None,
        }
    }

    /// Whether somebody has asked to cancel, and the execution can follow.
    pub(super) fn is_asked_to_cancel(&self, execution: &Execution<R>) -> bool {
        is_asked(self.cancel.as_ref()) && execution.can_be_cancelled()
    }

    /// Waits for a request to cancel that the execution has not followed yet.
    pub(super) async fn cancelled(&self, execution: &Execution<R>) {
        match &self.cancel {
            Some(cancel) if execution.can_be_cancelled() => cancel.cancelled().await,
            _ => std::future::pending().await,
        }
    }

    /// Waits for a request to end while nothing but people is waited for.
    async fn completed(&self, execution: &Execution<R>) {
        match &self.complete {
            Some(complete) if execution.asks() && execution.can_be_completed() => {
                complete.cancelled().await;
            }
            _ => std::future::pending().await,
        }
    }

    async fn until(&self, execution: &Execution<R>, deadline: Option<Timestamp>) {
        match deadline {
            Some(moment) if execution.sleeps_by_the_clock() => self.clock.sleep_until(moment).await,
            Some(moment) => {
                let rest = moment.duration_since(self.now(execution));
                // What is past is no wait.
                let rest = Duration::try_from(rest).unwrap_or_default();
                self.clock.sleep(rest).await;
            }
            None => std::future::pending().await,
        }
    }

    /// The time of an execution, which stands still while a clock is behind that was put back.
    fn now(&self, execution: &Execution<R>) -> Timestamp {
        self.clock.now().max(execution.now())
    }
}

/// Whether somebody has asked for what a token stands for; without one nobody can.
fn is_asked(token: Option<&CancelToken>) -> bool {
    token.is_some_and(CancelToken::is_cancelled)
}
