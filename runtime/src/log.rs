//! The log: what happens in an execution, as events of `tracing`, for programs that collect them.
//!
//! Everything that an event tells is there, but no inputs, answers or credentials. The target is `runbook`; calls, answers
//! and waits are of level debug, what is tried again is a warning, and the rest an information.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use tracing::{debug, info, warn};
use uuid::Uuid;

use crate::event::{Change, Event, Reason};
use crate::name::Name;
use crate::observer::{Observer, View};

/// The target of all events.
pub(crate) const TARGET: &str = "runbook";

/// Makes events of `tracing` of what happens.
///
/// ```
/// # use runbook_runtime::embed::{Embedded, Run};
/// # fn example<R: Embedded>(parameters: R::Parameters) {
/// use runbook_runtime::log::Log;
///
/// let run = Run::<R>::new(parameters).observer(Log::new());
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Log {
    /// When the calls under way were made, by the execution and the step's path.
    called: Mutex<HashMap<(Uuid, Name), Timestamp>>,
}

impl Log {
    /// A log of which nothing is written yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes when a call is made; gives the milliseconds since then when it comes back.
    fn time(&self, event: &Event, view: &View) -> Option<u64> {
        let (Change::Called { effect }
        | Change::Answered { effect, .. }
        | Change::Refused { effect, .. }) = &event.change
        else {
            return None;
        };
        let call = (view.execution, effect.step.clone());
        let mut called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        match &event.change {
            Change::Called { .. } => {
                called.insert(call, event.at);
                None
            }
            _ => {
                let made = called.remove(&call)?;
                u64::try_from(event.at.duration_since(made).as_millis()).ok()
            }
        }
    }
}

impl Observer for Log {
    fn observe(&self, event: &Event, view: &View) {
        let milliseconds = self.time(event, view);
        let step = step_of(event, view);
        let calls = || {
            let step = view.step.as_ref();
            step.map(|step| step.definition.calls.join(", "))
        };
        /// An event with what all of them have.
        macro_rules! log {
            ($level:ident, $($rest:tt)+) => {
                $level!(target: TARGET, at = %event.at, execution = %view.execution, runbook = view.definition.name,
                    simulated = view.simulation.is_some(), step, $($rest)+)
            };
        }
        match &event.change {
            Change::Began(_) => log!(info, "execution started"),
            Change::Resumed { since } => log!(info, since = %since, "execution continued"),
            Change::NotStarted { problem } => {
                log!(warn, problem, "execution cannot start or go on")
            }
            Change::CancelRequested => log!(info, "cancellation requested"),
            Change::Ended { status } => log!(info, status = %status, "execution ended"),
            Change::StepStarted { .. } => log!(info, "step started"),
            Change::StepEnded {
                status, failure, ..
            } => {
                let failure = failure.as_ref().map(|failure| failure.message.as_str());
                let elapsed = view.step.as_ref().map(|step| step.elapsed.as_millis());
                let milliseconds = elapsed.and_then(|elapsed| u64::try_from(elapsed).ok());
                log!(info, status = %status, milliseconds, failure, "step ended");
            }
            Change::IterationStarted { iteration, .. } => {
                log!(info, iteration, "iteration started");
            }
            Change::AttemptStarted { attempt, .. } => log!(info, attempt, "attempt started"),
            Change::AttemptFailed {
                attempt,
                failure,
                retry_at,
                ..
            } => {
                let failure = failure.message.as_str();
                log!(warn, attempt, failure, retry_at = %retry_at, "attempt failed");
            }
            Change::Called { effect } => {
                let (attempt, number) = (effect.attempt, effect.number);
                log!(debug, calls = calls(), attempt, number, "call made");
            }
            Change::Answered { effect, .. } => {
                let number = effect.number;
                log!(
                    debug,
                    calls = calls(),
                    number,
                    milliseconds,
                    "call answered"
                );
            }
            Change::Refused { effect, error } => {
                let number = effect.number;
                match error.is_throttling() {
                    true => log!(warn, number, milliseconds, error = %error, "call throttled"),
                    false => log!(warn, number, milliseconds, error = %error, "call failed"),
                }
            }
            Change::Waiting { until, reason, .. } => {
                let reason = match reason {
                    Reason::Sleep => "sleep",
                    Reason::Poll => "poll",
                    Reason::Throttled { .. } => "throttled",
                };
                log!(debug, until = %until, reason, "waiting");
            }
            Change::AwaitsSignal { .. } => log!(info, "waiting for people"),
            Change::Signalled { signal, .. } => log!(info, signal = %signal, "signal received"),
            Change::OutOfTime { .. } | Change::LoopTimedOut { .. } => log!(warn, "out of time"),
            _ => {}
        }
    }
}

/// The step that an event is about, within those that have started its execution; nothing for the execution as a whole.
fn step_of(event: &Event, view: &View) -> Option<String> {
    if let Change::Began(_)
    | Change::Resumed { .. }
    | Change::NotStarted { .. }
    | Change::Ended { .. } = &event.change
    {
        return None;
    }
    let step = view.step.as_ref()?.label.as_ref();
    let around = view.within.iter().map(String::as_str);
    Some(around.chain([step]).collect::<Vec<_>>().join("/"))
}
