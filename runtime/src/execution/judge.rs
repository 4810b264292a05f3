//! Judgement: what an answer, or the lack of one, means to the step that asked for it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::caller::CallError;
use crate::clock::later;
use crate::effect::{Acceptance, Action, Expectation, Request};
use crate::failure::{ACTION, COMPLETION, Failure, FailureType};
use crate::lambda::Invocation;
use crate::local::Local;
use crate::procedure::{Course, Move};
use crate::runbook::Runbook;
use crate::selector::{Matches, Select};
use crate::value::{Document, describe, matches_desired};

use super::{Running, Standing};

/// What became of a call.
#[derive(Debug)]
pub(super) struct Judgement<R: Runbook> {
    /// When it came back.
    pub(super) at: Timestamp,
    pub(super) verdict: Verdict,
    /// What is kept of the answer if the step ends with it. Its outputs are in the state already.
    pub(super) kept: Option<Arc<Document>>,
    /// Where the step's procedure goes on.
    pub(super) onward: Option<Course<R::Request>>,
    /// What a poll of the procedure has found.
    pub(super) found: Option<String>,
}

/// What an answer means.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The step has succeeded.
    Accepted,
    /// Not yet: poll again.
    NotYet,
    /// The procedure goes on with its next call, after a pause or at once.
    Onward { pause: bool },
    /// What was started is stopped, or cannot be.
    Stopped,
    /// The service asks to slow down; `failure` if there is no patience left.
    Throttled { since: Timestamp, failure: Failure },
    /// The attempt has failed.
    Failed(Failure),
    /// Who is to decide has been told.
    Announced,
    /// Somebody has decided against it.
    Rejected(Failure),
    /// The answer came too late.
    Late,
}

/// Judges an answer.
pub(super) fn answered<R: Runbook>(
    running: &Running<R>,
    answer: &Arc<Document>,
    at: Timestamp,
    state: &mut R::State,
) -> Judgement<R> {
    if running
        .call_deadline()
        .is_some_and(|deadline| at > deadline)
    {
        return Judgement::of(Verdict::Late, at);
    }
    if let Some(standing) = &running.standing {
        return match standing.stops {
            Some(_) => Judgement::of(Verdict::Stopped, at),
            None => moved(running, standing.course.answered(answer), at, state),
        };
    }
    if running.approval().is_some() {
        return Judgement::of(Verdict::Announced, at);
    }
    let (verdict, kept) = match running.acceptance() {
        Acceptance::Any => accept(running, answer, state),
        Acceptance::Assert(expectation) | Acceptance::Until(expectation)
            if matches_desired(&answer.select(expectation.selector), &expectation.desired) =>
        {
            accept(running, answer, state)
        }
        Acceptance::Assert(expectation) => (Verdict::Failed(undesired(expectation, answer)), None),
        Acceptance::Until(_) => (Verdict::NotYet, None),
        Acceptance::NoFunctionError => invoked(running, answer, state),
        Acceptance::Delivered => delivered(running, answer, state),
    };
    Judgement {
        kept,
        ..Judgement::of(verdict, at)
    }
}

/// Judges an error.
pub(super) fn refused<R: Runbook>(
    running: &Running<R>,
    error: &CallError,
    at: Timestamp,
    state: &mut R::State,
) -> Judgement<R> {
    let failure = match running.standing.as_deref() {
        Some(Standing { course, .. }) => {
            Failure::call(error, course.activity(), &course.complaint(error))
        }
        None => Failure::call(error, ACTION, &error.to_string()),
    };
    if error.is_throttling() {
        let verdict = match running.acceptance() {
            Acceptance::Until(_) => Verdict::NotYet,
            _ => Verdict::Throttled {
                since: running.throttled_since.unwrap_or(at),
                failure,
            },
        };
        return Judgement::of(verdict, at);
    }
    match running.standing.as_deref() {
        Some(Standing { stops: Some(_), .. }) => Judgement::of(Verdict::Stopped, at),
        Some(Standing { course, .. }) => match course.refused(error) {
            Some(followed) => moved(running, followed, at, state),
            None => Judgement::of(Verdict::Failed(failure), at),
        },
        None => Judgement::of(Verdict::Failed(failure), at),
    }
}

/// Judges what a procedure says.
fn moved<R: Runbook>(
    running: &Running<R>,
    followed: Move<Course<R::Request>>,
    at: Timestamp,
    state: &mut R::State,
) -> Judgement<R> {
    let activity = running.activity_text();
    let onward = |course, pause| Judgement {
        onward: Some(course),
        ..Judgement::of(Verdict::Onward { pause }, at)
    };
    match followed {
        Move::Next(course) => onward(course, false),
        Move::Later(course) => onward(course, true),
        Move::Again(found) => Judgement {
            found: Some(found),
            ..Judgement::of(Verdict::NotYet, at)
        },
        Move::Done(outputs) => {
            let (verdict, kept) = accept(running, &Arc::new(outputs), state);
            Judgement {
                kept,
                ..Judgement::of(verdict, at)
            }
        }
        Move::Failed { cause, outputs } => {
            let failure = Failure::during(activity, FailureType::Action, &cause);
            Judgement {
                kept: outputs.and_then(|outputs| accept(running, &Arc::new(outputs), state).1),
                ..Judgement::of(Verdict::Failed(failure), at)
            }
        }
    }
}

impl<R: Runbook> Judgement<R> {
    pub(super) fn of(verdict: Verdict, at: Timestamp) -> Self {
        Self {
            at,
            verdict,
            kept: None,
            onward: None,
            found: None,
        }
    }
}

/// What an answer shows where a desired value is expected, in words.
pub(super) fn found(expectation: &Expectation, answer: &Document) -> String {
    let selected = answer.select(expectation.selector);
    match selected.matches {
        Matches::None => "no value".to_owned(),
        _ => describe(&selected.document()),
    }
}

impl<R: Runbook> Running<R> {
    /// When the time of the attempt is up, or that of the only call that it makes (spec 4.2, 4.3). A sleep has no limit (spec 4.2), and to stop what was started has only that
    /// of the cancellation.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        let limit = self.time_limit()?;
        let action = &self.effect.as_ref().ok()?.action;
        let limited = matches!(
            action,
            Action::Call(..)
                | Action::Run(_)
                | Action::Loop(_)
                | Action::Approve(..)
                | Action::Pause(_)
        );
        let since = match self.makes_one_call() {
            true => self.called_at,
            false => self.attempt_started,
        };
        (limited && !self.stops()).then(|| later(since, std::time::Duration::from_secs(limit)))
    }

    /// The seconds that an attempt may take: what the runbook says or a reference gives, within the action's maximum.
    pub(super) fn time_limit(&self) -> Option<u64> {
        let given = self.effect.as_ref().ok()?.time_limit;
        match (given, self.place.definition.time_limit) {
            (Some(given), Some(maximum)) => Some(given.min(maximum)),
            (given, written) => given.or(written),
        }
    }

    /// What the step is doing, in the words of the service (spec 7.5).
    pub(super) fn activity_text(&self) -> &'static str {
        match (&self.standing, self.request().and_then(Request::local)) {
            (Some(standing), _) => standing.course.activity(),
            (None, Some(Local::Script(_) | Local::Child(_) | Local::Fleet(_))) => COMPLETION,
            (None, Some(Local::Webhook(_)) | None) => ACTION,
        }
    }

    /// What the step expects of an answer that shows a property.
    pub(super) fn expectation(&self) -> Option<&Expectation> {
        match self.acceptance() {
            Acceptance::Assert(expectation) | Acceptance::Until(expectation) => Some(expectation),
            Acceptance::Any | Acceptance::NoFunctionError | Acceptance::Delivered => None,
        }
    }

    pub(super) fn acceptance(&self) -> &Acceptance {
        match self.effect.as_ref().map(|effect| &effect.action) {
            Ok(Action::Call(_, acceptance)) => acceptance,
            _ => &Acceptance::Any,
        }
    }
}

/// Stores the outputs that an answer gives. Nobody reads them before the step has ended, which takes them back if they are
/// not to stay.
pub(super) fn accept<R: Runbook>(
    running: &Running<R>,
    answer: &Arc<Document>,
    state: &mut R::State,
) -> (Verdict, Option<Arc<Document>>) {
    match R::answer(running.place.step, state, answer) {
        Ok(()) => (Verdict::Accepted, Some(Arc::clone(answer))),
        Err(error) => (Verdict::Failed(Failure::output(&error)), None),
    }
}

/// A function that failed leaves its outputs all the same (spec 8, row 12).
fn invoked<R: Runbook>(
    running: &Running<R>,
    answer: &Arc<Document>,
    state: &mut R::State,
) -> (Verdict, Option<Arc<Document>>) {
    let invocation = Invocation::read(answer);
    let (verdict, kept) = accept(running, answer, state);
    let kept = kept.map(|_| Arc::new(invocation.root().clone()));
    match &invocation.function_error {
        None => (verdict, kept),
        Some(error) => (Verdict::Failed(function_failed(error, &invocation)), kept),
    }
}

/// A webhook that was refused leaves what it answered all the same.
fn delivered<R: Runbook>(
    running: &Running<R>,
    answer: &Arc<Document>,
    state: &mut R::State,
) -> (Verdict, Option<Arc<Document>>) {
    let (verdict, kept) = accept(running, answer, state);
    let status = answer.get("ResponseCode").and_then(Document::as_i64);
    match status {
        Some(status) if !(200..300).contains(&status) => {
            let cause = format!("The webhook answered with the status {status}");
            let failure = Failure::action(FailureType::Action, &cause);
            let failure = failure.detail("ResponseCode", status.to_string());
            (Verdict::Failed(failure), kept)
        }
        _ => (verdict, kept),
    }
}

fn function_failed(error: &str, invocation: &Invocation) -> Failure {
    let payload = invocation.root().get("Payload");
    let text = |name: &str| payload?.get(name)?.as_str();
    let mut cause = format!("The Lambda function failed with {error} error");
    for part in [text("errorType"), text("errorMessage")]
        .into_iter()
        .flatten()
    {
        cause.push_str(": ");
        cause.push_str(part);
    }
    let mut failure = Failure::action(FailureType::Action, &cause).detail("FunctionError", error);
    for name in ["errorType", "errorMessage"] {
        if let Some(value) = text(name) {
            failure = failure.detail(name, value);
        }
    }
    failure
}

fn undesired(expectation: &Expectation, answer: &Document) -> Failure {
    Failure::undesired(&difference(expectation, &found(expectation, answer)))
}

/// What was found and what was desired, as a sentence.
pub(super) fn difference(expectation: &Expectation, found: &str) -> String {
    let selector = expectation.selector.text;
    let desired = Document::from(expectation.desired.clone());
    format!("The value of {selector} is {found}, which is not among the desired values {desired}")
}
