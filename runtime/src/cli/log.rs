//! The log: what happens in an execution, as events of `tracing` for programs that collect them.
//!
//! Everything that an event tells is there, but no inputs, answers or credentials. Who links the runtime into a program of
//! its own may watch by [`Log`], too, and have the events wherever its own go.

mod lines;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use clap::ArgMatches;
use jiff::Timestamp;
use tracing::{Level, debug, info, warn};
use uuid::Uuid;

use crate::event::{Change, Event, Reason};
use crate::name::Name;
use crate::observer::{Observer, View};

use super::console::Console;
use lines::{Form, Lines};

/// The target of all events.
const TARGET: &str = "runbook";

/// Tells the log and `next` what happens.
pub struct Log<'a> {
    next: &'a dyn Observer,
    /// When the calls under way were made, by the execution and the step's path.
    called: Mutex<HashMap<(Uuid, Name), Timestamp>>,
}

/// Whether a command line, or the environment, wants a log at all; and one for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    No,
    Text,
    Json,
}

/// What a command line wants.
pub(super) fn wanted(matches: &ArgMatches) -> Wanted {
    match (level(matches), is_json(matches)) {
        (None, _) => Wanted::No,
        (Some(_), true) => Wanted::Json,
        (Some(_), false) => Wanted::Text,
    }
}

/// Writes the log to where errors go, for as long as the returned value lives and on this thread.
pub(super) fn write(
    matches: &ArgMatches,
    console: &Console,
) -> Option<tracing::dispatcher::DefaultGuard> {
    let form = if is_json(matches) {
        Form::Json
    } else {
        Form::Text
    };
    let lines = Lines::new(level(matches)?, form, console.errors.clone());
    Some(tracing::subscriber::set_default(lines))
}

/// `RUST_LOG` says how much, else `-vv`, else that there is a form for it.
fn level(matches: &ArgMatches) -> Option<Level> {
    let asked = match verbosity(matches) {
        2.. => Some(Level::DEBUG),
        _ => is_given(matches).then_some(Level::INFO),
    };
    let set = std::env::var("RUST_LOG").unwrap_or_default();
    set.split(',').fold(asked, |level, directive| {
        let (target, wanted) = directive.split_once('=').unwrap_or((TARGET, directive));
        match (target.trim(), wanted.trim()) {
            (TARGET, "off") => None,
            (TARGET, wanted) => wanted.parse().ok().or(level),
            _ => level,
        }
    })
}

/// How often `-v` was given.
pub(super) fn verbosity(matches: &ArgMatches) -> u8 {
    // Not every command has the option.
    let count = matches.try_get_one::<u8>("verbose");
    count.ok().flatten().copied().unwrap_or_default()
}

fn is_given(matches: &ArgMatches) -> bool {
    matches.try_contains_id("log-format").unwrap_or_default()
}

fn is_json(matches: &ArgMatches) -> bool {
    let form = matches.try_get_one::<String>("log-format");
    form.ok().flatten().is_some_and(|form| form == "json")
}

impl<'a> Log<'a> {
    /// A log beside what `next` is told.
    pub fn new(next: &'a dyn Observer) -> Self {
        Self {
            next,
            called: Mutex::default(),
        }
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

/// An event with what all of them have.
macro_rules! log {
    ($level:ident, $event:expr, $view:expr, $step:expr, $($rest:tt)+) => {
        $level!(target: TARGET, at = %$event.at, execution = %$view.execution, runbook = $view.definition.name,
            simulated = $view.simulation.is_some(), step = $step, $($rest)+)
    };
}

impl Observer for Log<'_> {
    fn observe(&self, event: &Event, view: &View) {
        let milliseconds = self.time(event, view);
        let label = view.step.as_ref().map(|step| {
            let around = view.within.iter().map(String::as_str);
            around
                .chain([step.label.as_ref()])
                .collect::<Vec<_>>()
                .join("/")
        });
        let step = label.as_deref();
        let calls = || {
            view.step
                .as_ref()
                .map(|step| step.definition.calls.join(", "))
        };
        match &event.change {
            Change::Began(_) => log!(info, event, view, None::<&str>, "execution started"),
            Change::Resumed { since } => {
                log!(info, event, view, None::<&str>, since = %since, "execution continued")
            }
            Change::NotStarted { problem } => {
                log!(
                    warn,
                    event,
                    view,
                    None::<&str>,
                    problem,
                    "execution cannot start"
                );
            }
            Change::CancelRequested => log!(info, event, view, step, "cancellation requested"),
            Change::Ended { status } => {
                log!(info, event, view, None::<&str>, status = %status, "execution ended");
            }
            Change::StepStarted { .. } => log!(info, event, view, step, "step started"),
            Change::StepEnded {
                status, failure, ..
            } => {
                let failure = failure.as_ref().map(|failure| failure.message.as_str());
                let elapsed = view.step.as_ref().map(|step| step.elapsed.as_millis());
                let milliseconds = elapsed.and_then(|elapsed| u64::try_from(elapsed).ok());
                log!(info, event, view, step, status = %status, milliseconds, failure, "step ended");
            }
            Change::IterationStarted { iteration, .. } => {
                log!(info, event, view, step, iteration, "iteration started");
            }
            Change::AttemptStarted { attempt, .. } => {
                log!(info, event, view, step, attempt, "attempt started");
            }
            Change::AttemptFailed {
                attempt,
                failure,
                retry_at,
                ..
            } => {
                let failure = failure.message.as_str();
                log!(warn, event, view, step, attempt, failure, retry_at = %retry_at, "attempt failed");
            }
            Change::Called { effect } => {
                log!(
                    debug,
                    event,
                    view,
                    step,
                    calls = calls(),
                    attempt = effect.attempt,
                    number = effect.number,
                    "call made"
                );
            }
            Change::Answered { effect, .. } => {
                log!(
                    debug,
                    event,
                    view,
                    step,
                    calls = calls(),
                    number = effect.number,
                    milliseconds,
                    "call answered"
                );
            }
            Change::Refused { effect, error } if error.is_throttling() => {
                log!(warn, event, view, step, number = effect.number, milliseconds, error = %error, "call throttled");
            }
            Change::Refused { effect, error } => {
                log!(warn, event, view, step, number = effect.number, milliseconds, error = %error, "call failed");
            }
            Change::Waiting { until, reason, .. } => {
                let reason = match reason {
                    Reason::Sleep => "sleep",
                    Reason::Poll => "poll",
                    Reason::Throttled { .. } => "throttled",
                };
                log!(debug, event, view, step, until = %until, reason, "waiting");
            }
            Change::AwaitsSignal { .. } => log!(info, event, view, step, "waiting for people"),
            Change::Signalled { signal, .. } => {
                log!(info, event, view, step, signal = %signal, "signal received");
            }
            Change::OutOfTime { .. } | Change::LoopTimedOut { .. } => {
                log!(warn, event, view, step, "out of time");
            }
            _ => {}
        }
        self.next.observe(event, view);
    }
}
