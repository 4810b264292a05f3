//! Fleets: one execution of a runbook for each of several targets, under rate control (spec 6.3).
//!
//! A fleet is one effect. Its members are executions of their own in the same store, so after a cut it goes on where it
//! was: those that have ended stay as they are, those under way are continued, and failures from before are counted.

use std::future::poll_fn;
use std::task::{Context, Poll};

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::visit::{self, Halt, Visit, answer};
use super::{Given, Start, World, record};
use crate::caller::{BoxFuture, CallError, EffectId};
use crate::cancel::CancelToken;
use crate::event::{Change, Event};
use crate::procedure::Stoppable;
use crate::rate::{Counts, Limits, MOST_MAPS, MOST_VALUES, Rate};
use crate::record::Record;
use crate::runbook::{Definition, Runbook};
use crate::search::Query;
use crate::status::Status;
use crate::store::Store;
use crate::value::{Document, InputError, Map, Text};

/// How many failures are told one by one.
const TOLD: usize = 3;

/// What the executions of a fleet are for.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Targets {
    #[serde(skip_serializing_if = "Option::is_none")]
    target_parameter_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    targets: Option<Document>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_maps: Option<Document>,
    /// The values that were found for the targets, where these are no values themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_targets: Option<Vec<String>>,
    #[serde(skip)]
    each: Vec<Target>,
}

/// One target.
#[derive(Clone, Debug)]
struct Target {
    /// What people call it.
    name: String,
    /// What it gives to parameters, each a list of texts.
    parameters: Map,
}

impl Targets {
    /// Every value is given to the parameter of this name.
    ///
    /// # Errors
    /// When there are none, or too many.
    pub fn values(parameter: String, values: Vec<String>) -> Result<Self, InputError> {
        let targets = json!([{"Key": "ParameterValues", "Values": values}]);
        Self::of_values(parameter, values, targets, None).within("Values", MOST_VALUES)
    }

    /// The same for values that were found for a query.
    pub(crate) fn found(parameter: String, query: &Query, values: Vec<String>) -> Self {
        let targets = json!([query]);
        Self::of_values(parameter, values.clone(), targets, Some(values))
    }

    fn of_values(
        parameter: String,
        values: Vec<String>,
        targets: Document,
        resolved_targets: Option<Vec<String>>,
    ) -> Self {
        let each = values.into_iter().map(|value| Target {
            name: value.clone(),
            parameters: Map::from_iter([(parameter.clone(), vec![value].into())]),
        });
        Self {
            each: each.collect(),
            target_parameter_name: Some(parameter),
            targets: Some(targets),
            target_maps: None,
            resolved_targets,
        }
    }

    /// Every map gives values to several parameters, each a list of texts.
    ///
    /// # Errors
    /// When there are none, or too many.
    pub fn maps<M>(maps: impl IntoIterator<Item = M>) -> Result<Self, InputError>
    where
        M: IntoIterator<Item = (String, Vec<String>)>,
    {
        let maps = maps.into_iter().map(|map| {
            let texts = map.into_iter().map(|(name, texts)| (name, texts.into()));
            texts.collect::<Map>()
        });
        let maps: Vec<Map> = maps.collect();
        Self {
            target_parameter_name: None,
            targets: None,
            target_maps: Some(maps.clone().into()),
            resolved_targets: None,
            each: maps.into_iter().map(Target::of_map).collect(),
        }
        .within("TargetMaps", MOST_MAPS)
    }

    fn within(self, name: &str, most: usize) -> Result<Self, InputError> {
        match self.each.len() {
            count if (1..=most).contains(&count) => Ok(self),
            count => Err(InputError::OutOfBounds(format!(
                "`{name}` has {count} elements, but 1 to {most} can be"
            ))),
        }
    }

    /// Checks the parameter that the values are for.
    fn check(&self, definition: &Definition) -> Result<(), InputError> {
        let Some(name) = &self.target_parameter_name else {
            return Ok(());
        };
        let runbook = definition.name;
        let problem = if !definition.parameters.iter().any(|known| known.name == name) {
            format!("the runbook `{runbook}` has no parameter `{name}`")
        } else if definition
            .assume_role
            .is_some_and(|role| is_reference(role, name))
        {
            format!("`{name}` is the role of the runbook `{runbook}`")
        } else {
            return Ok(());
        };
        let message = format!("`TargetParameterName` cannot be `{name}`: {problem}");
        Err(InputError::OutOfBounds(message))
    }
}

/// Whether a text is a reference to a parameter, and nothing else.
fn is_reference(text: &str, parameter: &str) -> bool {
    let inner = text
        .trim()
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"));
    inner.is_some_and(|inner| inner.trim() == parameter)
}

impl Target {
    fn of_map(parameters: Map) -> Self {
        Self {
            name: name_of(&parameters),
            parameters,
        }
    }
}

/// What a target is called that gives values to several parameters: `Cluster=web Count=2`.
pub(crate) fn name_of(parameters: &Map) -> String {
    let one = |(name, texts): (&String, &Document)| {
        let texts = texts.as_array().into_iter().flatten().map(Text::text);
        format!("{name}={}", texts.collect::<Vec<_>>().join(","))
    };
    parameters.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// A runbook, started for each of several targets. Serialized it is the step's inputs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Fleet {
    #[serde(skip)]
    visit: Start,
    #[serde(skip)]
    record: fn(&dyn Store, Uuid) -> Option<Record>,
    document_name: &'static str,
    runtime_parameters: Map,
    #[serde(flatten)]
    targets: Targets,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_concurrency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_errors: Option<String>,
    #[serde(skip)]
    limits: Limits,
    /// Whether all of it is to be cancelled.
    #[serde(skip)]
    pub(super) stops: bool,
}

impl Fleet {
    /// The runbook `R` for every target, with these parameters in common, each a list of texts (spec 2.3); what a target
    /// gives comes before them. `MaxConcurrency` and `MaxErrors` are numbers or percentages.
    ///
    /// # Errors
    /// When the targets are for a parameter that they cannot be for, or a number is none.
    pub fn of<R: Runbook>(
        parameters: impl IntoIterator<Item = (String, Vec<String>)>,
        targets: Targets,
        max_concurrency: Option<String>,
        max_errors: Option<String>,
    ) -> Result<Self, InputError> {
        targets.check(R::DEFINITION)?;
        let rate = Rate::read(max_concurrency.as_deref(), max_errors.as_deref())?;
        let parameters = parameters.into_iter();
        Ok(Self {
            visit: Start(visit::visit::<R>),
            record: record::<R>,
            document_name: R::DEFINITION.name,
            runtime_parameters: parameters
                .map(|(name, texts)| (name, texts.into()))
                .collect(),
            limits: rate.of(targets.each.len()),
            targets,
            max_concurrency,
            max_errors,
            stops: false,
        })
    }

    /// The same with the parameters that a step gives to all of them.
    ///
    /// # Errors
    /// As [`Fleet::of`].
    pub fn given<G: Given>(
        given: G,
        targets: Targets,
        max_concurrency: Option<String>,
        max_errors: Option<String>,
    ) -> Result<Self, InputError> {
        Self::of::<G::Runbook>(given.texts(), targets, max_concurrency, max_errors)
    }
}

impl Stoppable for Fleet {
    fn to_stop(&self) -> Self {
        Self {
            stops: true,
            ..self.clone()
        }
    }
}

/// The execution for one of the targets, counted from 1.
pub(crate) fn member_of(fleet: Uuid, number: usize) -> Uuid {
    Uuid::new_v5(&fleet, number.to_string().as_bytes())
}

/// A fleet under way.
pub(super) struct Crew<'a> {
    pub(super) world: World<'a>,
    pub(super) fleet: Fleet,
    /// From which the ids of the members follow.
    pub(super) id: Uuid,
    pub(super) parent: Uuid,
    /// The effect that has started it.
    pub(super) effect: EffectId,
    /// The effects in which the parent itself was started, from the outside in.
    pub(super) within: Vec<EffectId>,
    pub(super) cancel: CancelToken,
    /// What lets no more of them start.
    pub(super) complete: CancelToken,
}

/// The execution for one target.
enum Member<'a> {
    /// It has not started.
    Waiting,
    /// It is under way.
    Running(BoxFuture<'a, Result<Document, Halt>>),
    /// It has ended, or was refused.
    Ended(Result<Document, CallError>),
}

/// Runs a fleet to its end, from its beginning or from where it was cut off.
pub(super) async fn run(crew: Crew<'_>) -> Result<Document, CallError> {
    let mut members = crew.recall()?;
    poll_fn(|context| {
        // Everybody has one turn: asked twice at one moment, a virtual clock goes on.
        for member in &mut members {
            if let Err(error) = poll(member, context) {
                return Poll::Ready(Err(error));
            }
        }
        while let Some((index, member)) = crew.next(&mut members) {
            *member = crew.start(index);
            // What becomes of it at once counts for the next, as it does after a cut.
            if let Err(error) = poll(member, context) {
                return Poll::Ready(Err(error));
            }
        }
        match members.iter().any(Member::is_running) {
            true => Poll::Pending,
            false => Poll::Ready(Ok(crew.answer(&members))),
        }
    })
    .await
}

impl<'a> Crew<'a> {
    /// The members as the store knows them.
    fn recall(&self) -> Result<Vec<Member<'a>>, CallError> {
        let members = (0..self.fleet.targets.each.len()).map(|index| {
            let events = self.events(index)?;
            Ok(match (events.last(), has_ended(&events)) {
                (None, _) => Member::Waiting,
                (_, true) => {
                    match (self.fleet.record)(self.world.store, member_of(self.id, index + 1)) {
                        Some(record) => Member::Ended(Ok(answer(&record))),
                        None => self.start(index),
                    }
                }
                (_, false) => self.start(index),
            })
        });
        members.collect()
    }

    fn events(&self, index: usize) -> Result<Vec<Event>, CallError> {
        let events = self.world.store.events(member_of(self.id, index + 1));
        events.map_err(|error| CallError::Connection(error.to_string()))
    }

    /// The next to start, in the order of the targets, if one may start now.
    fn next<'m>(&self, members: &'m mut [Member<'a>]) -> Option<(usize, &'m mut Member<'a>)> {
        let is_over = self.cancel.is_cancelled() || self.complete.is_cancelled();
        let may = !is_over && self.fleet.limits.may_start(counts(members));
        let mut waiting = members.iter_mut().enumerate();
        waiting.find(|(_, member)| may && matches!(member, Member::Waiting))
    }

    fn start(&self, index: usize) -> Member<'a> {
        let number = index + 1;
        let target = self.fleet.targets.each.get(index);
        let mut parameters = self.fleet.runtime_parameters.clone();
        let given = target.map(|target| target.parameters.clone());
        parameters.extend(given.unwrap_or_default());
        let visit = Visit {
            execution: member_of(self.id, number),
            parent: self.parent,
            parameters,
            within: self
                .within
                .iter()
                .cloned()
                .chain([self.effect_of(number)])
                .collect(),
            target: target.map(|target| target.name.clone()),
            cancel: self.cancel.clone(),
        };
        Member::Running((self.fleet.visit.0)(self.world, visit))
    }

    /// The effect as it starts one of the members: they are told apart as the iterations of a loop are.
    fn effect_of(&self, number: usize) -> EffectId {
        let step = &self.effect.step;
        let (around, name) = match step.rsplit_once('/') {
            Some((around, name)) => (format!("{around}/"), name),
            None => (String::new(), step.as_ref()),
        };
        EffectId {
            step: format!("{around}target[{number}]/{name}").into(),
            ..self.effect.clone()
        }
    }

    /// What the parent is told once nothing runs any more.
    fn answer(&self, members: &[Member<'_>]) -> Document {
        let counts = counts(members);
        let status = match self.fleet.limits.are_exceeded(counts.failed) {
            _ if self.cancel.is_cancelled() => Status::Cancelled,
            true => Status::Failed,
            false => Status::Success,
        };
        let output = members.iter().filter_map(Member::answer);
        let output = output.filter_map(|answer| answer.get("Output")?.as_array());
        let output: Vec<&Document> = output.flatten().collect();
        let failure = (status != Status::Success).then(|| self.failures(members, counts));
        json!({
            "Status": status,
            "ExecutionId": self.id,
            "Output": output,
            "FailureMessage": failure,
        })
    }

    /// How many have failed, and why the first of them.
    fn failures(&self, members: &[Member<'_>], counts: Counts) -> String {
        let named = self.fleet.targets.each.iter().zip(members);
        let mut failed =
            named.filter_map(|(target, member)| Some((&target.name, member.problem()?)));
        let told = failed.by_ref().take(TOLD);
        let told: Vec<String> = told
            .map(|(name, problem)| format!("{name}: {problem}"))
            .collect();
        let rest = if failed.next().is_some() { "; …" } else { "" };
        let Counts {
            total,
            started,
            failed,
            ..
        } = counts;
        let mut message = format!("Of {total} executions {failed} did not succeed");
        match total - started.min(total) {
            0 => {}
            1 => message.push_str(", and 1 was not started"),
            rest => message.push_str(&format!(", and {rest} were not started")),
        }
        if !told.is_empty() {
            message.push_str(&format!(". {}{rest}", told.join("; ")));
        }
        message
    }
}

/// Lets an execution go on, if it is under way. An error is none of its own, but one of all.
fn poll(member: &mut Member<'_>, context: &mut Context<'_>) -> Result<(), CallError> {
    let Member::Running(run) = member else {
        return Ok(());
    };
    let Poll::Ready(end) = run.as_mut().poll(context) else {
        return Ok(());
    };
    *member = Member::Ended(match end {
        Ok(answer) => Ok(answer),
        Err(Halt::Refused(error)) => Err(error),
        Err(Halt::Stuck(error)) => return Err(error),
    });
    Ok(())
}

impl Member<'_> {
    const fn is_running(&self) -> bool {
        matches!(self, Self::Running(_))
    }

    fn answer(&self) -> Option<&Document> {
        match self {
            Self::Ended(Ok(answer)) => Some(answer),
            _ => None,
        }
    }

    /// Why it has not succeeded, if it has ended otherwise.
    fn problem(&self) -> Option<String> {
        let Self::Ended(end) = self else {
            return None;
        };
        let answer = match end {
            Ok(answer) => answer,
            Err(error) => return Some(error.to_string()),
        };
        let text = |name: &str| answer.get(name).and_then(Document::as_str);
        let status = text("Status").filter(|status| *status != "Success")?;
        Some(text("FailureMessage").unwrap_or(status).to_owned())
    }
}

fn counts(members: &[Member<'_>]) -> Counts {
    let count = |are: fn(&Member<'_>) -> bool| members.iter().filter(|member| are(member)).count();
    Counts {
        total: members.len(),
        started: count(|member| !matches!(member, Member::Waiting)),
        completed: count(|member| matches!(member, Member::Ended(_))),
        failed: count(|member| member.problem().is_some()),
    }
}

fn has_ended(events: &[Event]) -> bool {
    let last = events.last().map(|event| &event.change);
    matches!(last, Some(Change::Ended { .. }))
}
