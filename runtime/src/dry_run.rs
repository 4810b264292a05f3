//! Dry runs: which way a runbook would take, and what it would call, without anything being done.
//!
//! Time is virtual, nobody is asked, and every answer is invented from the shape of the operation's response: of every
//! list one element, of every text the name of its member in `‹…›`, and what a step waits for or asserts as it wants to
//! see it. What only reads may really be read ([`Reading::Aws`]), unless its inputs are invented.

mod invent;
mod people;
mod plant;
mod rehearsal;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;

use crate::caller::{BoxFuture, Call, CallError, Caller, EffectId};
use crate::child::Children;
use crate::clock::VirtualClock;
use crate::effect::{Repeat, Request};
use crate::event::{Change, Event};
use crate::execution::Hope;
use crate::flow::After;
use crate::local::Local;
use crate::observer::{Observer, View};
use crate::record::{Answered, InventedChoice, PlannedCall, Reading};
use crate::simulate::with_payload_text;
use crate::value::Document;

#[cfg(feature = "cli")]
pub(crate) use invent::given;
pub(crate) use invent::{provide, stored};
pub(crate) use plant::{overlay, plant};
#[cfg(all(feature = "cli", feature = "journal"))]
pub(crate) use rehearsal::Rehearsal;
pub use rehearsal::{Rehearsed, rehearse};

/// Answers the calls of a dry run, and keeps what they were.
pub struct DryRun {
    reading: Reading,
    clock: Arc<VirtualClock>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    entries: Vec<Entry>,
    /// The steps some of whose answers were invented, with those around them.
    invented: BTreeSet<String>,
    /// How often loops under way have gone round, with the steps around them.
    iterations: BTreeMap<String, u32>,
}

/// Something that a dry run shows, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A call.
    Call(PlannedCall),
    /// A way that was taken because of an invented value.
    Choice(InventedChoice),
}

impl DryRun {
    /// A dry run in the time of `clock`, which stands still while something is really read.
    pub fn new(reading: Reading, clock: Arc<VirtualClock>) -> Self {
        Self {
            reading,
            clock,
            seen: Mutex::default(),
        }
    }

    /// What is really read.
    pub fn reading(&self) -> Reading {
        self.reading
    }

    /// What there was, in order.
    pub fn entries(&self) -> Vec<Entry> {
        self.seen().entries.clone()
    }

    /// Who answers what is asked before the first step.
    pub(crate) fn before_steps<'c, Q>(&'c self, caller: &'c dyn Caller<Q>) -> BeforeSteps<'c, Q> {
        BeforeSteps {
            dry_run: self,
            caller,
        }
    }

    /// Answers a call of a step. `within` are the steps in which its execution was started.
    pub(crate) async fn answer<Q: Request>(
        &self,
        within: &str,
        caller: &dyn Caller<Q>,
        call: &Call,
        request: &Q,
        hope: &Hope,
    ) -> Result<Document, CallError> {
        let inputs =
            serde_json::to_value(request).map_err(|error| CallError::Input(error.to_string()))?;
        let answered = self.answered(request, &inputs);
        self.note(within, &call.effect, request, inputs, answered);
        if answered == Answered::Invented {
            let response = request.operation().response;
            let mut answer = invent::answer(response);
            hope.fulfil(&mut answer);
            return Ok(match answer {
                Document::Object(members) => {
                    Document::Object(with_payload_text(&members, response))
                }
                other => other,
            });
        }
        let _hold = (answered == Answered::Read).then(|| self.clock.hold());
        let mut answer = caller.call(call, request).await?;
        if hope.is_awaited() {
            // What is waited for does not come while nothing is done.
            hope.fulfil(&mut answer);
        }
        Ok(answer)
    }

    fn answered<Q: Request>(&self, request: &Q, inputs: &Document) -> Answered {
        let reads = self.reading == Reading::Aws && request.operation().repeat == Repeat::Reads;
        match request.local() {
            Some(Local::Child(_) | Local::Fleet(_)) => Answered::Child,
            None if reads && !invent::is_invented(inputs) => Answered::Read,
            _ => Answered::Invented,
        }
    }

    fn note<Q: Request>(
        &self,
        within: &str,
        effect: &EffectId,
        request: &Q,
        inputs: Document,
        answered: Answered,
    ) {
        let mut seen = self.seen();
        if answered == Answered::Invented {
            seen.invented
                .insert(format!("{within}{}", effect.step_name()));
        }
        seen.entries.push(Entry::Call(PlannedCall {
            step_name: format!("{within}{}", effect.label()),
            operation: request.operation().full_name(),
            inputs,
            answered,
        }));
    }

    /// Notes the way that a step has chosen, or how often a loop has gone round, if what has decided was invented.
    fn choice(&self, event: &Event, view: &View) {
        let within = || -> String { view.within.iter().map(|step| format!("{step}/")).collect() };
        let next = match &event.change {
            Change::IterationStarted { step, iteration } => {
                let key = format!("{}{step}", within());
                self.seen().iterations.insert(key, *iteration);
                return;
            }
            Change::StepEnded { next, .. } => next,
            _ => return,
        };
        let Some(step) = &view.step else {
            return;
        };
        let within = within();
        let mut seen = self.seen();
        let name = step.definition.name;
        let iterations = seen.iterations.remove(&format!("{within}{name}"));
        let decided_by: Vec<String> = step
            .definition
            .decided_by
            .iter()
            .filter(|name| seen.invented.contains(&format!("{within}{name}")))
            .map(|name| (*name).to_owned())
            .collect();
        if !decided_by.is_empty() {
            seen.entries.push(Entry::Choice(InventedChoice {
                step_name: format!("{within}{}", step.label),
                decided_by,
                next_step: match next {
                    After::Step(next) => Some(next.to_string()),
                    After::End | After::Abort => None,
                },
                iterations,
            }));
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        // Nothing panics while it holds the lock, and what it guards is whole at any time.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches for what was decided by invented values.
impl Observer for DryRun {
    fn observe(&self, event: &Event, view: &View) {
        self.choice(event, view);
    }
}

/// Answers what is asked before the first step: who is calling, and what Parameter Store holds, if that is read.
pub(crate) struct BeforeSteps<'c, Q> {
    dry_run: &'c DryRun,
    caller: &'c dyn Caller<Q>,
}

impl<Q: Request> Caller<Q> for BeforeSteps<'_, Q> {
    fn call<'a>(
        &'a self,
        call: &'a Call,
        request: &'a Q,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        Box::pin(async move {
            if self.dry_run.reading == Reading::Aws {
                let _hold = self.dry_run.clock.hold();
                return self.caller.call(call, request).await;
            }
            Ok(json!({
                "UserId": "‹UserId›",
                "Account": "‹Account›",
                "Arn": "arn:aws:iam::‹Account›:user/‹UserName›",
            }))
        })
    }
}

/// Calls nothing but the runbooks that are part of the program.
pub(crate) struct Alone<'a> {
    children: Children<'a>,
}

impl<'a> Alone<'a> {
    pub(crate) const fn new(children: Children<'a>) -> Self {
        Self { children }
    }
}

impl<Q: Request> Caller<Q> for Alone<'_> {
    fn call<'a>(
        &'a self,
        call: &'a Call,
        request: &'a Q,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        match request.local() {
            Some(Local::Child(child)) => Box::pin(self.children.perform(&call.effect, child)),
            Some(Local::Fleet(fleet)) => Box::pin(self.children.perform_all(&call.effect, fleet)),
            _ => Box::pin(std::future::ready(Err(CallError::Connection(
                "a dry run calls nothing".to_owned(),
            )))),
        }
    }
}
