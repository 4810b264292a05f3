//! What happens in a run, as a stream of typed values.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use uuid::Uuid;

use crate::event::{Change, Event, Reason};
use crate::observer::{Activity, Observer, View};
use crate::runbook::Runbook;
use crate::script::Output;
use crate::signal::Signal;
use crate::status::Status;

/// What happens in a run of the runbook `R`, in order. It ends when the run has ended, or is dropped.
///
/// ```
/// # use runbook_runtime::embed::{Calls, Embedded, Happening, Run};
/// # async fn example<R: Embedded, C: Calls<R>>(mut run: Run<R, C>) -> Result<(), Box<dyn std::error::Error>> {
/// let mut events = run.events();
/// let finished = tokio::spawn(run);
/// while let Some(progress) = events.next().await {
///     if let Happening::Polled { found, .. } = &progress.what {
///         println!("{:?} is not there yet: {found:?}", progress.step);
///     }
///     println!("{progress}"); // `stop[3] started`
/// }
/// println!("{}", finished.await??.status());
/// # Ok(())
/// # }
/// ```
///
/// It is a [`Stream`], so that whatever takes one takes it: the body of a response, `StreamExt::map` of `futures` and
/// `tokio-stream`. To take one event after the other, nothing of that is needed.
///
/// Of an execution that goes on, it has what happens from then on. What was told just before a process was killed may happen and
/// be told once more ([`Observer::observe`]).
#[derive(Debug)]
pub struct Events<R: Runbook>(UnboundedReceiver<Progress<R::Step>>);

impl<R: Runbook> Events<R> {
    /// What happens next; nothing once the run is over. What is dropped while it waits has taken nothing.
    pub async fn next(&mut self) -> Option<Progress<R::Step>> {
        self.0.recv().await
    }

    /// What has happened and was not taken yet, without waiting.
    pub fn try_next(&mut self) -> Option<Progress<R::Step>> {
        self.0.try_recv().ok()
    }
}

impl<R: Runbook> Stream for Events<R> {
    type Item = Progress<R::Step>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

/// Something that has happened in a run. `S` are the steps of its runbook.
///
/// It is displayed as a line for people, and serialized for programs: what has happened under `what`, beside what is told of
/// it, and the step by its `label`.
///
/// ```json
/// {"at": "2026-11-25T08:00:02Z", "execution": "0f1e2d3c-…", "within": [], "target": null, "label": "wait",
///  "what": "Polled", "found": "the text \"stopping\"", "next": "2026-11-25T08:00:06Z"}
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Progress<S> {
    /// When.
    pub at: Timestamp,
    /// In which execution: that of the run, or one that a step of it has started.
    pub execution: Uuid,
    /// The steps in which that execution was started, from the outside in, as people call them: `prepare`, `update[2]`.
    /// Empty for what happens in the runbook itself.
    pub within: Vec<String>,
    /// Which of several targets it is about, if it is about one.
    pub target: Option<String>,
    /// The step, if it is about one of the runbook itself.
    #[serde(skip)]
    pub step: Option<S>,
    /// The step, if it is about one, as people call it: `stop`, `stop[3]` in the third iteration of a loop.
    pub label: Option<String>,
    /// What has happened.
    #[serde(flatten)]
    pub what: Happening,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "what")]
#[non_exhaustive]
pub enum Happening {
    /// The execution has started.
    Started,
    /// The execution, which was cut off, goes on.
    Resumed {
        /// When it was cut off.
        since: Timestamp,
    },
    /// A step has started.
    StepStarted,
    /// An iteration of a loop has started.
    IterationStarted {
        /// Its number, from 1.
        iteration: u32,
    },
    /// A call is made.
    Called {
        /// Its number in the attempt, from 1.
        number: u32,
    },
    /// The answer does not show a desired value yet.
    Polled {
        /// What it shows instead, in words: `the text "stopping"`, `no value`.
        found: Option<String>,
        /// When the next look is.
        next: Timestamp,
    },
    /// The service has asked to slow down.
    Throttled {
        /// When the call is made again.
        next: Timestamp,
    },
    /// The step sleeps, as is its job.
    Sleeping {
        /// Until when.
        until: Timestamp,
    },
    /// The step waits for people.
    Listening {
        /// For an approval: how many there are, and how many are needed.
        approvals: Option<(usize, usize)>,
    },
    /// Somebody has told the step something that counts.
    Heard {
        /// What.
        signal: Signal,
    },
    /// A script has printed something.
    Printed {
        /// What.
        output: Output,
    },
    /// An attempt has failed, and another one follows.
    Retrying {
        /// Why it has failed.
        cause: String,
        /// When the next one starts.
        next: Timestamp,
    },
    /// A step has ended.
    StepFinished {
        /// How.
        status: Status,
        /// Why, if not in success.
        cause: Option<String>,
    },
    /// The execution is being stopped.
    Cancelling,
    /// The execution will end after the step under way.
    Completing,
    /// The execution has ended.
    Finished {
        /// How.
        status: Status,
        /// Why, if it has failed.
        failure: Option<String>,
    },
}

impl<S> fmt::Display for Progress<S> {
    /// `prepare/wait[3] found the text "stopping", and waits`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.label.as_ref();
        let path: Vec<&str> = self
            .within
            .iter()
            .chain(label)
            .map(String::as_str)
            .collect();
        match path.is_empty() {
            true => write!(formatter, "{}", self.what),
            false => write!(formatter, "{} {}", path.join("/"), self.what),
        }
    }
}

impl fmt::Display for Happening {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started | Self::StepStarted => formatter.write_str("started"),
            Self::Resumed { since } => write!(formatter, "goes on, cut off at {since}"),
            Self::IterationStarted { iteration } => write!(formatter, "iteration {iteration}"),
            Self::Called { number: 1 } => formatter.write_str("calls"),
            Self::Called { number } => write!(formatter, "calls, {number} times now"),
            Self::Polled {
                found: Some(found), ..
            } => write!(formatter, "found {found}, and waits"),
            Self::Polled { found: None, .. } => formatter.write_str("waits"),
            Self::Throttled { next } => write!(formatter, "is to slow down until {next}"),
            Self::Sleeping { until } => write!(formatter, "sleeps until {until}"),
            Self::Listening {
                approvals: Some((given, required)),
            } => write!(formatter, "waits for approvals: {given} of {required}"),
            Self::Listening { approvals: None } => formatter.write_str("waits for somebody"),
            Self::Heard { signal } => write!(formatter, "{signal}"),
            Self::Printed { .. } => formatter.write_str("has printed something"),
            Self::Retrying { cause, next } => {
                write!(
                    formatter,
                    "has failed, and is tried again at {next}: {cause}"
                )
            }
            Self::StepFinished { status, cause } => ended(formatter, *status, cause.as_deref()),
            Self::Finished { status, failure } => ended(formatter, *status, failure.as_deref()),
            Self::Cancelling => formatter.write_str("is being cancelled"),
            Self::Completing => formatter.write_str("ends after this step"),
        }
    }
}

fn ended(formatter: &mut fmt::Formatter<'_>, status: Status, why: Option<&str>) -> fmt::Result {
    match why {
        Some(why) => write!(formatter, "ended: {status}: {why}"),
        None => write!(formatter, "ended: {status}"),
    }
}

/// A stream, and who fills it.
pub(super) fn channel<R: Runbook>() -> (Events<R>, Teller<R>) {
    let (sender, receiver) = unbounded_channel();
    (Events(receiver), Teller(sender, PhantomData))
}

/// Fills a stream of events, as long as somebody may take them.
pub(super) struct Teller<R: Runbook>(UnboundedSender<Progress<R::Step>>, PhantomData<fn() -> R>);

impl<R: Runbook> Observer for Teller<R> {
    fn observe(&self, event: &Event, view: &View) {
        let Some(what) = happening(&event.change, view) else {
            return;
        };
        let about = view.step.as_ref().filter(|_| is_about_step(&event.change));
        let own = about.filter(|_| view.within.is_empty());
        // Whoever has dropped the stream wants to know nothing more.
        let _ = self.0.send(Progress {
            at: event.at,
            execution: view.execution,
            within: view.within.clone(),
            target: view.target.clone(),
            step: own.and_then(|step| R::STEPS.get(step.index).copied()),
            label: about.map(|step| step.label.to_string()),
            what,
        });
    }

    fn watches(&self) -> bool {
        !self.0.is_closed()
    }
}

/// What a change is for those who look at a stream; nothing if it is only for the engine.
fn happening(change: &Change, view: &View) -> Option<Happening> {
    Some(match change {
        Change::Began(_) => Happening::Started,
        Change::Resumed { since } => Happening::Resumed { since: *since },
        Change::StepStarted { .. } => Happening::StepStarted,
        Change::IterationStarted { iteration, .. } => Happening::IterationStarted {
            iteration: *iteration,
        },
        Change::Called { effect } => Happening::Called {
            number: effect.number,
        },
        Change::Waiting { until, reason, .. } => waiting(*until, reason, view),
        Change::AwaitsStart { .. } => Happening::Listening { approvals: None },
        Change::AwaitsSignal { .. } => Happening::Listening {
            approvals: approvals(view),
        },
        Change::Signalled { signal, .. } | Change::StartAllowed { signal, .. } => {
            Happening::Heard {
                signal: signal.as_ref().clone(),
            }
        }
        Change::Printed { output, .. } => Happening::Printed {
            output: output.as_ref().clone(),
        },
        Change::AttemptFailed {
            failure, retry_at, ..
        } => Happening::Retrying {
            cause: failure.message.clone(),
            next: *retry_at,
        },
        Change::StepEnded {
            status, failure, ..
        } => Happening::StepFinished {
            status: *status,
            cause: failure.as_ref().map(|failure| failure.message.clone()),
        },
        Change::CancelRequested => Happening::Cancelling,
        Change::CompleteRequested => Happening::Completing,
        Change::Ended { status } => Happening::Finished {
            status: *status,
            failure: view.failure.clone(),
        },
        Change::Read { .. }
        | Change::Identified { .. }
        | Change::NotStarted { .. }
        | Change::Resolved { .. }
        | Change::AttemptStarted { .. }
        | Change::Answered { .. }
        | Change::Refused { .. }
        | Change::OutOfTime { .. }
        | Change::LoopTimedOut { .. } => return None,
    })
}

fn waiting(until: Timestamp, reason: &Reason, view: &View) -> Happening {
    match reason {
        Reason::Sleep => Happening::Sleeping { until },
        Reason::Throttled { .. } => Happening::Throttled { next: until },
        Reason::Poll => Happening::Polled {
            found: match view.step.as_ref().map(|step| &step.activity) {
                Some(Activity::Waiting { found, .. }) => found.clone(),
                _ => None,
            },
            next: until,
        },
    }
}

fn approvals(view: &View) -> Option<(usize, usize)> {
    match view.step.as_ref()?.activity {
        Activity::Listening { approvals } => approvals,
        _ => None,
    }
}

/// Whether a change is about a step, and not about the execution.
const fn is_about_step(change: &Change) -> bool {
    !matches!(
        change,
        Change::Began(_)
            | Change::Resumed { .. }
            | Change::CancelRequested
            | Change::CompleteRequested
            | Change::Ended { .. }
    )
}
