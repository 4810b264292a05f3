//! Hearings: steps that wait for people, and what signals make of them (spec 5.1, 5.18).

use std::sync::Arc;

use jiff::Timestamp;

use crate::approval::{Approval, Decision, Tally};
use crate::caller::label;
use crate::effect::{Action, Effect};
use crate::event::Change;
use crate::failure::{Failure, FailureType};
use crate::runbook::Runbook;
use crate::scope::Scope;
use crate::signal::{Awaited, Refusal, Signal, SignalKind, Wanted};
use crate::status::Status;
use crate::value::Document;

use super::judge::{self, Judgement, Verdict};
use super::{Cursor, Execution, Phase, Running};

/// What a step that waits for people has heard so far.
pub(super) struct Hearing {
    /// Since when it waits.
    pub(super) since: Timestamp,
    /// The decisions, in order.
    pub(super) decisions: Vec<Decision>,
    /// What stays of them if the step ends now.
    pub(super) kept: Option<Arc<Document>>,
}

impl<R: Runbook> Execution<R> {
    /// The step that waits for people.
    pub fn awaited(&self) -> Option<Awaited<'_>> {
        let (Some(state), Some(caller)) = (&self.state, &self.arn) else {
            return None;
        };
        let account = &state.context().account_id;
        let running = match &self.cursor {
            Cursor::In(running) => running,
            Cursor::Asking(place) => return Some(self.start_awaited(*place, caller, account)),
            _ => return None,
        };
        let Phase::Hearing(hearing) = &running.phase else {
            return None;
        };
        Some(Awaited {
            step: running.place.name(),
            label: label(&running.path),
            wanted: match running.effect.as_ref().map(|effect| &effect.action) {
                Ok(Action::Approve(approval, _)) => Wanted::Decisions {
                    approval,
                    made: &hearing.decisions,
                },
                Ok(Action::Pause(message)) => Wanted::Resumption {
                    message: message.as_deref(),
                },
                _ => return None,
            },
            since: hearing.since,
            deadline: self.deadline(running),
            caller,
            account,
        })
    }

    /// What a signal means now.
    ///
    /// # Errors
    /// When it means nothing, or comes from somebody who has no say.
    pub fn hear(&self, signal: &Signal) -> Result<Change, Refusal> {
        let (Cursor::In(running), Some(state)) = (&self.cursor, &self.state) else {
            return self.hear_start(signal);
        };
        running.heard(signal, self.now, &state.context().account_id)?;
        Ok(Change::Signalled {
            step: running.name(),
            attempt: running.attempt,
            signal: Box::new(signal.clone()),
        })
    }

    /// Shows in the statuses whether the step under way waits for people.
    pub(super) fn show_waiting(&mut self) {
        let Cursor::In(running) = &self.cursor else {
            return;
        };
        let waits = matches!(running.phase, Phase::Hearing(_));
        let shown = |status: Status| match (status, waits) {
            (Status::InProgress, true) => Status::Waiting,
            (Status::Waiting, false) => Status::InProgress,
            _ => status,
        };
        self.status = shown(self.status);
        if let Some(step) = self.history.step_mut(running.run) {
            step.step_status = shown(step.step_status);
        }
    }
}

impl<R: Runbook> Running<R> {
    /// What is to be decided, if the step waits for that.
    pub(super) fn approval(&self) -> Option<&Approval> {
        match &self.effect {
            Ok(Effect {
                action: Action::Approve(approval, _),
                ..
            }) => Some(approval),
            _ => None,
        }
    }

    /// Waits for people from now on.
    pub(super) fn awaits_signal(&mut self, now: Timestamp, state: &mut R::State) {
        let outputs = self.approval().map(|approval| approval.outputs(&[]));
        let outputs = outputs.map(Arc::new);
        self.phase = Phase::Hearing(Box::new(Hearing {
            since: now,
            decisions: Vec::new(),
            kept: outputs.and_then(|outputs| judge::accept(self, &outputs, state).1),
        }));
    }

    /// Takes in a signal.
    pub(super) fn signalled(
        &mut self,
        signal: &Signal,
        now: Timestamp,
        state: &mut R::State,
    ) -> Result<(), Refusal> {
        let decision = self.heard(signal, now, &state.context().account_id)?;
        let Phase::Hearing(hearing) = &mut self.phase else {
            return Err(Refusal::NothingWaits);
        };
        let mut decisions = std::mem::take(&mut hearing.decisions);
        let since = hearing.since;
        decisions.extend(decision);
        let Some(approval) = self.approval() else {
            self.phase = Phase::Judged(Box::new(Judgement::of(Verdict::Accepted, now)));
            return Ok(());
        };
        let (verdict, kept) = judge::accept(self, &Arc::new(approval.outputs(&decisions)), state);
        let verdict = match approval.tally(&decisions) {
            Tally::Waiting => {
                self.phase = Phase::Hearing(Box::new(Hearing {
                    since,
                    decisions,
                    kept,
                }));
                return Ok(());
            }
            Tally::Rejected => Verdict::Rejected(rejected(signal)),
            Tally::Approved => verdict,
        };
        self.phase = Phase::Judged(Box::new(Judgement {
            kept,
            ..Judgement::of(verdict, now)
        }));
        Ok(())
    }

    /// The decision that a signal is; none if it lets a pause end.
    fn heard(
        &self,
        signal: &Signal,
        now: Timestamp,
        account: &str,
    ) -> Result<Option<Decision>, Refusal> {
        let Phase::Hearing(hearing) = &self.phase else {
            return Err(Refusal::NothingWaits);
        };
        if let Some(named) = signal.step.as_ref().filter(|named| !self.is_called(named)) {
            return Err(Refusal::OtherStep {
                named: named.clone(),
                waiting: self.name().into_string(),
            });
        }
        match (self.approval(), signal.kind) {
            (Some(approval), SignalKind::Approve | SignalKind::Reject) => approval
                .decide(&self.name(), signal, now, &hearing.decisions, account)
                .map(Some),
            (None, SignalKind::Resume) => Ok(None),
            (approval, kind) => Err(Refusal::OtherKind {
                step: self.name().into_string(),
                kind,
                wanted: match approval {
                    Some(_) => SignalKind::Approve,
                    None => SignalKind::Resume,
                },
            }),
        }
    }

    /// Whether a signal for `name` is for this step: by its name, or with the iterations of the loops around it.
    fn is_called(&self, name: &str) -> bool {
        name == self.place.name() || name == label(&self.path)
    }

    /// What an approval has come to when its time is up, as a sentence.
    pub(super) fn too_few_approvals(&self, seconds: u64) -> Option<String> {
        let (Phase::Hearing(hearing), Some(approval)) = (&self.phase, self.approval()) else {
            return None;
        };
        Some(format!(
            "Within {seconds} seconds, {} of {} required approvals were given",
            approval.given(&hearing.decisions),
            approval.required
        ))
    }

    /// What stays of the last answer, or of the decisions.
    pub(super) fn kept(phase: Phase<R>) -> Option<Arc<Document>> {
        match phase {
            Phase::Judged(judgement) => judgement.kept,
            Phase::Hearing(hearing) => hearing.kept,
            _ => None,
        }
    }
}

fn rejected(signal: &Signal) -> Failure {
    let mut cause = format!("The step was rejected by {}", signal.by);
    if let Some(comment) = &signal.comment {
        cause = format!("{cause}: {comment}");
    }
    Failure::action(FailureType::Action, &cause).detail("Approver", &signal.by)
}
