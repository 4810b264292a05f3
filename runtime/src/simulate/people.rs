//! People: what a scenario's `signals` say to the steps that wait for them, in virtual time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::caller::BoxFuture;
use crate::clock::{Clock, VirtualClock, later};
use crate::duration::parse_length;
use crate::signal::{Awaited, Refusal, Signal, SignalKind, Signals, Wanted};
use crate::value::Document;

use super::expectation::Unmet;
use super::fields::{Reader, join, take};
use super::problem::SimulationProblem;
use super::scenario::{CancelAt, Said, SaidTo};
use super::simulator::Simulator;

/// Says what a scenario lets people say.
pub(super) struct People<'a> {
    simulator: &'a Simulator,
    clock: &'a VirtualClock,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    /// How much was said in each wait: in which step, and since when.
    said: BTreeMap<Wait, usize>,
    /// The wait in which something was said last.
    last: Option<Wait>,
    /// Where the scenario says what was said last.
    path: String,
    /// The keys of what was said.
    used: BTreeSet<String>,
    /// The last that was said, if it is to be refused.
    to_be_refused: Option<Unmet>,
    /// What was refused and should not have been, or the other way round.
    unmet: Vec<Unmet>,
}

/// A wait for people: the step, and since when.
type Wait = (String, Timestamp);

impl<'a> People<'a> {
    /// The people of the scenario that `simulator` plays.
    pub(super) fn new(simulator: &'a Simulator, clock: &'a VirtualClock) -> Self {
        Self {
            simulator,
            clock,
            progress: Mutex::default(),
        }
    }

    /// The keys of what was said to steps that have never listened.
    pub(super) fn unused(&self) -> Vec<String> {
        let progress = self.progress();
        let all = self.simulator.scenario().signals.iter();
        let unused = all.filter(|said| !progress.used.contains(&said.key.name));
        unused.map(|said| said.key.path.clone()).collect()
    }

    /// What was refused otherwise than the scenario expects.
    pub(super) fn unmet(&self) -> Vec<Unmet> {
        let progress = self.progress();
        let last = progress.to_be_refused.clone();
        progress.unmet.iter().cloned().chain(last).collect()
    }

    /// What was said last has reached nobody: it is said once more.
    pub(super) fn not_heard(&self) {
        let progress = &mut *self.progress();
        let last = progress.last.take();
        if let Some(said) = last.and_then(|wait| progress.said.get_mut(&wait)) {
            *said = said.saturating_sub(1);
        }
        progress.to_be_refused = None;
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        // Nothing panics while it holds the lock, and what it guards is whole at any time.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is said next to a step, with its number.
    fn next_said(&self, awaited: &Awaited<'_>) -> Option<(&'a SaidTo, &'a Said)> {
        let signals = &self.simulator.scenario().signals;
        let called = |name: &str| signals.iter().find(|said| said.key.name == name);
        let to = called(&awaited.label).or_else(|| called(&plain(&awaited.label)))?;
        let said = self.progress().said.get(&wait(awaited)).copied();
        Some((to, to.said.get(said.unwrap_or_default())?))
    }

    /// Nobody says anything any more: the wait runs into its limit, if it has one.
    async fn silence(&self, awaited: &Awaited<'_>) -> Signal {
        let scenario = self.simulator.scenario();
        let ends =
            awaited.deadline.is_some() || matches!(scenario.cancel, Some(CancelAt::After(_)));
        if !ends {
            self.simulator.give_up(SimulationProblem::NoSignal {
                file: scenario.file.clone(),
                form: scenario.form,
                step: awaited.step.to_owned(),
                signal: match awaited.wanted {
                    Wanted::Decisions { .. } => "approve",
                    Wanted::Resumption { .. } => "resume",
                    Wanted::Start => "start",
                },
            });
        }
        std::future::pending().await
    }
}

fn wait(awaited: &Awaited<'_>) -> Wait {
    (awaited.label.clone(), awaited.since)
}

/// `prepare[2]/ask[3]` as `prepare/ask`.
fn plain(label: &str) -> String {
    let parts = label.split('/');
    let names = parts.map(|part| part.split('[').next().unwrap_or_default());
    let names = names.filter(|name| !name.is_empty());
    names.collect::<Vec<_>>().join("/")
}

impl Signals for People<'_> {
    fn next<'a>(&'a self, awaited: &'a Awaited<'a>) -> BoxFuture<'a, Signal> {
        Box::pin(async move {
            let Some((to, said)) = self.next_said(awaited) else {
                return self.silence(awaited).await;
            };
            self.clock
                .sleep_until(later(awaited.since, said.after))
                .await;
            let signal = said.signal(awaited);
            let progress = &mut *self.progress();
            let number = progress.said.entry(wait(awaited)).or_default();
            progress.path = format!("{}[{number}]", to.key.path);
            *number += 1;
            progress.last = Some(wait(awaited));
            progress.used.insert(to.key.name.clone());
            progress.unmet.extend(progress.to_be_refused.take());
            progress.to_be_refused = said.refused.as_ref().map(|text| Unmet::Accepted {
                path: progress.path.clone(),
                step: awaited.step.to_owned(),
                signal: signal.to_string(),
                expected: text.clone(),
            });
            signal
        })
    }

    fn refused(&self, signal: &Signal, refusal: &Refusal) {
        let progress = &mut *self.progress();
        let actual = refusal.to_string();
        let expected = progress.to_be_refused.take();
        let is_expected = match &expected {
            Some(Unmet::Accepted { expected, .. }) => actual.contains(expected),
            _ => false,
        };
        if !is_expected {
            progress.unmet.push(Unmet::Refused {
                path: progress.path.clone(),
                signal: signal.to_string(),
                refusal: actual,
            });
        }
    }
}

impl Said {
    fn signal(&self, awaited: &Awaited<'_>) -> Signal {
        let default = match awaited.wanted {
            Wanted::Decisions { approval, made } => approval.next_approver(made, awaited.account),
            Wanted::Resumption { .. } | Wanted::Start => None,
        };
        Signal {
            kind: self.kind,
            step: None,
            by: self
                .by
                .clone()
                .or(default)
                .unwrap_or_else(|| awaited.caller.to_owned()),
            comment: self.comment.clone(),
            letter: None,
        }
    }
}

/// Reads what is said to one step.
pub(super) fn said(reader: &mut Reader, path: &str, value: Document) -> Vec<Said> {
    match value {
        Document::Array(list) => list
            .into_iter()
            .enumerate()
            .filter_map(|(index, value)| signal(reader, &format!("{path}[{index}]"), value))
            .collect(),
        single => signal(reader, path, single).into_iter().collect(),
    }
}

/// `approve`, or `{signal: reject, by: …, comment: …, after: PT1H, refused: …}`.
fn signal(reader: &mut Reader, path: &str, value: Document) -> Option<Said> {
    let mut members = match value {
        Document::String(kind) => {
            let kind = self::kind(reader, path, Document::String(kind))?;
            return Some(Said::plain(kind));
        }
        Document::Object(_) => {
            let known = ["signal", "by", "comment", "after", "refused"];
            reader.members(path, value, &known)
        }
        other => return reader.wrong(path, &other, "approve, reject or resume"),
    };
    let kind = take(&mut members, "signal").unwrap_or_default();
    let kind = self::kind(reader, &join(path, "signal"), kind)?;
    let mut text = |name: &str| {
        let value = take(&mut members, name)?;
        reader.text(&join(path, name), value)
    };
    let (by, comment, refused) = (text("by"), text("comment"), text("refused"));
    let after = match take(&mut members, "after") {
        Some(value) => reader.parsed(
            &join(path, "after"),
            value,
            "a duration such as PT1H",
            parse_length,
        )?,
        None => Duration::ZERO,
    };
    Some(Said {
        kind,
        by,
        comment,
        after,
        refused,
    })
}

fn kind(reader: &mut Reader, path: &str, value: Document) -> Option<SignalKind> {
    reader.parsed(path, value, "approve, reject or resume", |text| {
        Ok(match text {
            "approve" => SignalKind::Approve,
            "reject" => SignalKind::Reject,
            "resume" => SignalKind::Resume,
            _ => return Err(()),
        })
    })
}
