//! Whether a run came out as its scenario expects.

use std::fmt;

use serde_json::Value;
use thiserror::Error;

use crate::child::member_of;
use crate::effect::ApiCall;
use crate::record::{Record, StepExecution};
use crate::status::Status;
use crate::value::{Document, Encode, Text};

use super::api::same_api;
use super::scenario::{Expect, ExpectedCall};
use super::simulator::MadeCall;
use super::trace::Passage;

/// Something that came out otherwise than the scenario expects.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Unmet {
    /// The final status.
    #[error("the status is {actual}, not {expected}{}", because(.failure.as_deref()))]
    Status {
        /// What the scenario says.
        expected: String,
        /// What it was.
        actual: Status,
        /// Why the run failed.
        failure: Option<String>,
    },
    /// The steps that ran.
    #[error("these steps ran:   {}\n  expected instead:  {}", .actual.join(", "), .expected.join(", "))]
    Steps {
        /// What the scenario says: `ecs: Success`.
        expected: Vec<String>,
        /// What ran.
        actual: Vec<String>,
    },
    /// The value of an output.
    #[error("the output {name} is {actual}, not {expected}")]
    Output {
        /// `step.Output`.
        name: String,
        /// What the scenario says.
        expected: String,
        /// What it was.
        actual: String,
    },
    /// The value of a variable.
    #[error("the variable {name} is {actual}, not {expected}")]
    Variable {
        /// Its name.
        name: String,
        /// What the scenario says.
        expected: String,
        /// What it was.
        actual: String,
    },
    /// The failure message.
    #[error("the failure message does not contain {expected:?}: {actual}")]
    Failure {
        /// What the scenario says.
        expected: String,
        /// What it was.
        actual: String,
    },
    /// The operations called.
    #[error("these calls were made: {}\n  expected instead:      {}", .actual.join(", "), .expected.join(", "))]
    Calls {
        /// What the scenario says.
        expected: Vec<String>,
        /// What was called.
        actual: Vec<String>,
    },
    /// A signal that was refused.
    #[error("{signal}: this was refused: {refusal}")]
    Refused {
        /// Where the scenario says it: `signals.ask[1]`.
        path: String,
        /// What was said, and by whom.
        signal: String,
        /// Why it was refused.
        refusal: String,
    },
    /// A signal that should have been refused.
    #[error("{step} was {signal}, but this should have been refused with {expected:?}")]
    Accepted {
        /// Where the scenario says it: `signals.ask[1]`.
        path: String,
        /// The step.
        step: String,
        /// What was said, and by whom.
        signal: String,
        /// The text that the refusal should contain.
        expected: String,
    },
    /// An input of a call.
    #[error("{api} was called by {step} with {difference}")]
    Input {
        /// Where the scenario says it: `expect.calls[1].ECS.RunTask.cluster`.
        path: String,
        /// What was called.
        api: String,
        /// The step that called.
        step: String,
        /// Which input.
        difference: Difference,
    },
}

impl Unmet {
    /// Where the scenario says it: of a list, the first element that differs.
    pub(super) fn path(&self) -> String {
        match self {
            Self::Status { .. } => "expect.status".to_owned(),
            Self::Steps { expected, actual } => {
                differing("expect.steps", expected, actual, PartialEq::eq)
            }
            Self::Output { name, .. } => format!("expect.outputs.{name}"),
            Self::Variable { name, .. } => format!("expect.variables.{name}"),
            Self::Failure { .. } => "expect.failure".to_owned(),
            Self::Calls { expected, actual } => {
                differing("expect.calls", expected, actual, |expected, actual| {
                    same_api(expected, actual)
                })
            }
            Self::Refused { path, .. } | Self::Accepted { path, .. } | Self::Input { path, .. } => {
                path.clone()
            }
        }
    }
}

fn differing(
    path: &str,
    expected: &[String],
    actual: &[String],
    same: impl Fn(&String, &String) -> bool,
) -> String {
    let mut pairs = expected.iter().zip(actual);
    let first = pairs.position(|(expected, actual)| !same(expected, actual));
    let first = first.unwrap_or(expected.len().min(actual.len()));
    format!("{path}[{first}]")
}

/// What a finished run leaves to be judged.
pub(crate) struct Evidence<'a> {
    pub(crate) record: &'a Record,
    pub(crate) passages: &'a [Passage],
    pub(crate) calls: &'a [MadeCall],
}

impl Evidence<'_> {
    /// Everything that came out otherwise than expected.
    pub(crate) fn unmet(&self, expect: &Expect) -> Vec<Unmet> {
        let mut unmet = Vec::new();
        unmet.extend(
            expect
                .status
                .as_deref()
                .and_then(|status| self.status(status)),
        );
        unmet.extend(
            expect
                .failure
                .as_deref()
                .and_then(|text| self.failure(text)),
        );
        unmet.extend(expect.steps.as_deref().and_then(|steps| self.steps(steps)));
        unmet.extend(
            expect
                .outputs
                .iter()
                .filter_map(|(name, value)| self.output(name, value)),
        );
        unmet.extend(
            expect
                .variables
                .iter()
                .filter_map(|(name, value)| self.variable(name, value)),
        );
        unmet.extend(expect.calls.iter().flat_map(|calls| self.calls(calls)));
        unmet
    }

    fn status(&self, expected: &str) -> Option<Unmet> {
        let actual = self.record.status();
        (actual.to_string() != expected).then(|| Unmet::Status {
            expected: expected.to_owned(),
            actual,
            failure: self.failure_message().map(str::to_owned),
        })
    }

    fn failure(&self, expected: &str) -> Option<Unmet> {
        let actual = self.failure_message().unwrap_or("(there is none)");
        (!actual.contains(expected)).then(|| Unmet::Failure {
            expected: expected.to_owned(),
            actual: actual.to_owned(),
        })
    }

    fn failure_message(&self) -> Option<&str> {
        self.record.automation_execution.failure_message.as_deref()
    }

    fn steps(&self, expected: &[(String, String)]) -> Option<Unmet> {
        let actual = self.passages.iter().enumerate().map(|(index, passage)| {
            let named = expected.get(index).map_or("", |(name, _)| name);
            let name = if named.contains('[') {
                &passage.label
            } else {
                &passage.step
            };
            format!("{name}: {}", passage.status)
        });
        let actual: Vec<_> = actual.collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, status)| format!("{name}: {status}"))
            .collect();
        (actual != expected).then_some(Unmet::Steps { expected, actual })
    }

    fn output(&self, name: &str, expected: &Document) -> Option<Unmet> {
        let (expected, actual) = difference(expected, self.output_texts(name))?;
        Some(Unmet::Output {
            name: name.to_owned(),
            expected,
            actual,
        })
    }

    fn variable(&self, name: &str, expected: &Document) -> Option<Unmet> {
        let variables = self.record.automation_execution.variables.as_ref();
        let actual = variables.and_then(|variables| texts(variables.get(name)?));
        let (expected, actual) = difference(expected, actual)?;
        Some(Unmet::Variable {
            name: name.to_owned(),
            expected,
            actual,
        })
    }

    /// The texts of a step's output in the record; nothing if it is absent.
    fn output_texts(&self, name: &str) -> Option<Vec<String>> {
        let (step, output) = name.split_once('.')?;
        let outputs = execution(self.record, step)?.outputs.as_ref()?;
        texts(outputs.get(output)?)
    }

    fn calls(&self, expected: &[ExpectedCall]) -> Vec<Unmet> {
        let actual = without_repetitions(self.calls);
        let same_operations = actual.len() == expected.len()
            && actual
                .iter()
                .zip(expected)
                .all(|(made, call)| self.is_call_of(made, &call.api));
        if !same_operations {
            return vec![Unmet::Calls {
                expected: expected.iter().map(|call| call.api.clone()).collect(),
                actual: actual.iter().map(|call| call.api.to_string()).collect(),
            }];
        }
        let pairs = actual.into_iter().zip(expected).enumerate();
        pairs
            .flat_map(|(index, (made, call))| made.unmet(call, index))
            .collect()
    }

    fn is_call_of(&self, made: &MadeCall, api: &str) -> bool {
        same_api(&made.api, api) || same_api(&made.operation, api)
    }
}

/// A step in a record: one inside a loop as it ran last, or in the iterations that are named; `prepare/stop` is `stop` of
/// the runbook that `prepare` has started, `update[2]/stop` of that which `update` has started for the second target.
fn execution<'r>(record: &'r Record, name: &str) -> Option<&'r StepExecution> {
    if let Some((outer, inner)) = name.split_once('/') {
        let started = execution(record, outer).and_then(|step| record.started_by(step));
        let started = started.or_else(|| for_target(record, outer));
        return execution(started?, inner);
    }
    if !name.contains('[') {
        return record.step(name);
    }
    let mut steps = record.labelled_steps();
    steps.find(|(label, _)| label == name).map(|(_, step)| step)
}

/// The record of what a step has started for one of several targets: `update[2]`.
fn for_target<'r>(record: &'r Record, name: &str) -> Option<&'r Record> {
    let (step, number) = name.strip_suffix(']')?.rsplit_once('[')?;
    let all = execution(record, step)?.started()?;
    record.child_of_id(member_of(all, number.parse().ok()?))
}

/// The calls, of which successive equal ones of one attempt (polls, repeats after throttling) count as one.
fn without_repetitions(calls: &[MadeCall]) -> Vec<&MadeCall> {
    let mut distinct: Vec<&MadeCall> = Vec::new();
    for call in calls {
        let repeats = distinct.last().is_some_and(|last| {
            (&last.effect.step, last.effect.attempt) == (&call.effect.step, call.effect.attempt)
                && (&last.api, &last.inputs) == (&call.api, &call.inputs)
        });
        if !repeats {
            distinct.push(call);
        }
    }
    distinct
}

impl MadeCall {
    /// Whether it is one of this operation.
    pub fn is_of<C: ApiCall>(&self) -> bool {
        self.operation == C::OPERATION.full_name()
    }

    /// Where its inputs do not contain these: a map must hold all members, anything else must be equal, and null means
    /// that nothing is there.
    pub fn lacks(&self, inputs: &Document) -> Vec<Difference> {
        let mut differences = Vec::new();
        match inputs {
            Document::Object(members) => {
                for (name, value) in members {
                    contained(name, value, self.inputs.get(name), &mut differences);
                }
            }
            other => contained("inputs", other, Some(&self.inputs), &mut differences),
        }
        differences
    }

    /// Where its inputs are not those of the expected call with this index.
    fn unmet(&self, expected: &ExpectedCall, index: usize) -> impl Iterator<Item = Unmet> {
        self.lacks(&expected.inputs)
            .into_iter()
            .map(move |difference| Unmet::Input {
                path: format!("expect.calls[{index}].{}.{}", expected.api, difference.path),
                api: self.api.to_string(),
                step: self.step.to_string(),
                difference,
            })
    }
}

/// Where a value is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Where: `tasks[0].lastStatus`.
    pub path: String,
    /// What should be there, as JSON.
    pub expected: String,
    /// What is there, as JSON; `(nothing)` if nothing is.
    pub actual: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            expected,
            actual,
        } = self;
        write!(formatter, "{path} = {actual}, not {expected}")
    }
}

/// A map must hold what is expected, anything else must be it; null means that nothing is there.
fn contained(path: &str, expected: &Value, actual: Option<&Value>, found: &mut Vec<Difference>) {
    match (expected, actual) {
        (Value::Object(expected), Some(Value::Object(actual))) => {
            for (name, value) in expected {
                contained(&format!("{path}.{name}"), value, actual.get(name), found);
            }
        }
        (Value::Array(expected), Some(Value::Array(actual))) if expected.len() == actual.len() => {
            for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                contained(&format!("{path}[{index}]"), expected, Some(actual), found);
            }
        }
        (expected, actual) if expected == actual.unwrap_or(&Value::Null) => {}
        (expected, actual) => {
            let actual = actual.map_or("(nothing)".to_owned(), Value::to_string);
            found.push(Difference {
                path: path.to_owned(),
                expected: expected.to_string(),
                actual,
            });
        }
    }
}

/// The texts of a value of the record.
fn texts(value: &Document) -> Option<Vec<String>> {
    Some(value.as_array()?.iter().map(Text::text).collect())
}

/// What was expected and what is there, where they differ; null means that nothing is there.
fn difference(expected: &Document, actual: Option<Vec<String>>) -> Option<(String, String)> {
    let equal = match &actual {
        None => expected.is_null(),
        Some(texts) => same_texts(texts, &expected.encode()),
    };
    let expected = Some(expected.encode()).filter(|_| !expected.is_null());
    (!equal).then(|| (shown(expected.as_ref()), shown(actual.as_ref())))
}

/// Equal as texts, or as the JSON that they hold.
fn same_texts(left: &[String], right: &[String]) -> bool {
    let same = |(left, right): (&String, &String)| left == right || same_json(left, right);
    left.len() == right.len() && left.iter().zip(right).all(same)
}

fn same_json(left: &str, right: &str) -> bool {
    let composite = |text: &str| {
        serde_json::from_str::<Value>(text)
            .ok()
            .filter(|value| value.is_object() || value.is_array())
    };
    composite(left).is_some_and(|left| composite(right) == Some(left))
}

fn shown(texts: Option<&Vec<String>>) -> String {
    match texts.map(Vec::as_slice) {
        None => "absent".to_owned(),
        Some([single]) => format!("{single:?}"),
        Some(several) => format!("{several:?}"),
    }
}

fn because(failure: Option<&str>) -> String {
    failure
        .map(|message| format!(": {message}"))
        .unwrap_or_default()
}
