//! Scenario files: what AWS answers, what happens meanwhile, and what is expected to come of it.
//!
//! A scenario is YAML or JSON. Answers are found by step name first, by API second:
//!
//! ```yaml
//! description: the container exits with 1, and the wait runs out
//! parameters: {Cluster: demo}
//! answers:
//!   lambda1: {StatusCode: 200, Payload: {ok: true}}      # every call gets this answer
//!   makeImage.CreateImage: {ImageId: ami-1}              # of a step that makes several calls, this one
//!   stopOne[2]: {}                                       # of a step inside a loop, the second iteration
//!   ECS.DescribeTasks:                                   # successive calls; the last answer repeats
//!     - error: {code: ThrottlingException, message: slow down}
//!     - {tasks: [{lastStatus: RUNNING}]}
//!     - answer: {error: {}}                              # an answer that has a member `error`
//!   evaluate: {Payload: {count: 2}}                      # what a script returns
//!   convert: {run: true}                                 # this script really runs, without AWS credentials
//! ssm: {/app/image: ami-1, /app/zones: [a, b]}           # what defaults take from Parameter Store; null: nothing is there
//! signals:
//!   ask: approve                                         # at once, by the first of the approvers
//!   askAgain:                                            # `after` counts from when the step begins to wait
//!     - {signal: approve, by: 'arn:aws:iam::111122223333:user/ana', comment: looks good, after: PT1H}
//!     - {signal: approve, by: 'arn:aws:iam::111122223333:user/ana', refused: decided}   # text inside the refusal
//!   rest: {signal: resume, after: P1D}
//! cancel: {after: PT30S}                                 # or {during: step}
//! expect:
//!   status: Failed
//!   steps: [{lambda1: Success}, {wait: TimedOut}]        # those that ran, in order
//!   outputs: {ecs.taskArn: [arn]}                        # null: the output is absent
//!   variables: {count: 3}                                # at the end; null: it has no value
//!   failure: text inside the FailureMessage
//!   calls: [Lambda.Invoke, {ECS.DescribeTasks: {cluster: demo}}]
//! ```
//!
//! A step inside a loop is expected once for each time it ran, after its loop; its outputs are those of its last run, if
//! `stopOne[2].State` does not say otherwise. In loops inside of loops, iterations count
//! from the outside in: `stopOne[2][1]` is the first of the inner loop, in the second of the outer one.
//!
//! `calls` lists every call in order, each with the inputs that matter. Successive equal calls of
//! one attempt of a step (polls, repeats after throttling) count as one.

use std::time::Duration;

use jiff::Timestamp;

use crate::duration::{parse_instant, parse_length};
use crate::signal::SignalKind;
use crate::value::{Document, Map};

use super::fields::{Reader, join, take};
use super::people;
use super::problem::{ScenarioErrors, ScenarioProblem};

const MEMBERS: &[&str] = &[
    "description",
    "parameters",
    "region",
    "account",
    "start",
    "answers",
    "ssm",
    "signals",
    "cancel",
    "expect",
];

/// One scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The file it was read from, as it was named.
    pub file: String,
    /// What it shows.
    pub description: String,
    /// Parameters of the runbook.
    pub parameters: Map,
    /// The region it plays in.
    pub region: String,
    /// The account it plays in.
    pub account: String,
    /// The virtual time at the start.
    pub start: Timestamp,
    /// What AWS answers.
    pub stubs: Vec<Stub>,
    /// What Parameter Store holds under a name; nothing for null.
    pub stored: Map,
    /// What people say to the steps that wait for them.
    pub signals: Vec<SaidTo>,
    /// When the run is cancelled.
    pub cancel: Option<CancelAt>,
    /// What is expected to come of it.
    pub expect: Expect,
}

/// The answers for a step or an API.
#[derive(Clone, Debug, PartialEq)]
pub struct Stub {
    /// `ecs`, `ECS.RunTask`, or `makeImage.CreateImage` for one of several calls of a step. A step inside a loop may have
    /// an iteration: `stopOne[2]`.
    pub key: String,
    /// For successive calls; the last repeats. At least one.
    pub answers: Vec<Answer>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// What Boto3 returns.
    Success(Map),
    /// What comes of it when it is really run: scripts can be.
    Run,
    /// An error of the service.
    Error {
        /// `ResourceNotFoundException`.
        code: String,
        /// The service's words.
        message: String,
    },
}

/// What people say to one step.
#[derive(Clone, Debug, PartialEq)]
pub struct SaidTo {
    /// The step; inside a loop it may have an iteration: `ask[2]`.
    pub key: String,
    /// What is said, in order, each time that the step waits.
    pub said: Vec<Said>,
}

/// What somebody says.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// What.
    pub kind: SignalKind,
    /// Who; if it is not said, the first of the approvers who has not decided yet, and for a pause whoever runs the runbook.
    pub by: Option<String>,
    /// What they add.
    pub comment: Option<String>,
    /// How long after the step has begun to wait.
    pub after: Duration,
    /// A text inside the refusal, for what is to be refused.
    pub refused: Option<String>,
}

/// When a run is cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancelAt {
    /// As soon as this step has started.
    During(String),
    /// After this much virtual time.
    After(Duration),
}

/// What is expected of a run. What is not said is not looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expect {
    /// The final status.
    pub status: Option<String>,
    /// The steps that ran, in order, each with its status.
    pub steps: Option<Vec<(String, String)>>,
    /// Values of outputs by `step.Output`.
    pub outputs: Map,
    /// Values of variables at the end, by name.
    pub variables: Map,
    /// A text inside the FailureMessage.
    pub failure: Option<String>,
    /// Every call in order.
    pub calls: Option<Vec<ExpectedCall>>,
}

/// A call that is expected.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedCall {
    /// `ECS.RunTask`.
    pub api: String,
    /// Inputs that the call must contain.
    pub inputs: Map,
}

impl Scenario {
    /// Reads a scenario from YAML or JSON. `file` is what messages call it.
    ///
    /// # Errors
    /// With everything that is wrong with the file.
    pub fn read(text: &str, file: &str) -> Result<Self, ScenarioErrors> {
        let mut reader = Reader::default();
        let scenario = match document(text) {
            Ok(document) => Some(scenario(&mut reader, document, file)),
            Err(problem) => {
                reader.problems.push(problem);
                None
            }
        };
        scenario
            .filter(|_| reader.problems.is_empty())
            .ok_or_else(|| ScenarioErrors {
                file: file.to_owned(),
                problems: reader.problems,
            })
    }
}

/// The file as data. YAML is read as YAML first, because that finds duplicate keys.
fn document(text: &str) -> Result<Document, ScenarioProblem> {
    let syntax = |error: String| ScenarioProblem::Syntax(error);
    let yaml: serde_yaml::Value =
        serde_yaml::from_str(text).map_err(|error| syntax(error.to_string()))?;
    serde_json::to_value(yaml).map_err(|error| syntax(error.to_string()))
}

fn scenario(reader: &mut Reader, document: Document, file: &str) -> Scenario {
    let mut members = reader.members("", document, MEMBERS);
    let mut text = |reader: &mut Reader, name: &str, default: &str| {
        let given = take(&mut members, name).and_then(|value| reader.text(name, value));
        given.unwrap_or_else(|| default.to_owned())
    };
    let description = text(reader, "description", "");
    let region = text(reader, "region", "us-east-1");
    let account = text(reader, "account", "111122223333");
    let mut part = |name| take(&mut members, name).unwrap_or(Document::Null);
    Scenario {
        file: file.to_owned(),
        description,
        region,
        account,
        parameters: reader.map("parameters", part("parameters")),
        start: start(reader, part("start")),
        stubs: stubs(reader, part("answers")),
        stored: stored(reader, part("ssm")),
        signals: people::signals(reader, part("signals")),
        cancel: cancel(reader, part("cancel")),
        expect: expect(reader, part("expect")),
    }
}

/// The time at which scenarios play if they do not say: a fixed one, so that they always play alike.
fn start(reader: &mut Reader, value: Document) -> Timestamp {
    const DEFAULT: Timestamp = Timestamp::constant(1_767_268_800, 0);
    if value.is_null() {
        return DEFAULT;
    }
    reader
        .parsed(
            "start",
            value,
            "an instant such as 2026-01-31T12:00:00Z",
            parse_instant,
        )
        .unwrap_or(DEFAULT)
}

fn stubs(reader: &mut Reader, value: Document) -> Vec<Stub> {
    reader
        .map("answers", value)
        .into_iter()
        .map(|(key, value)| {
            let path = join("answers", &key);
            Stub {
                answers: answers(reader, &path, value),
                key,
            }
        })
        .collect()
}

/// Texts and lists of texts, or null where there is nothing.
fn stored(reader: &mut Reader, value: Document) -> Map {
    let stored = reader.map("ssm", value).into_iter();
    let entries = stored.map(|(name, value)| {
        let path = join("ssm", &name);
        let value = match value {
            Document::Null => Document::Null,
            Document::Array(elements) => elements
                .into_iter()
                .filter_map(|element| reader.text(&path, element))
                .collect(),
            single => reader.text(&path, single).into(),
        };
        (name, value)
    });
    entries.collect()
}

fn answers(reader: &mut Reader, path: &str, value: Document) -> Vec<Answer> {
    match value {
        Document::Array(list) if list.is_empty() => reader
            .wrong(path, &Document::Array(list), "at least one answer")
            .into_iter()
            .collect(),
        Document::Array(list) => list
            .into_iter()
            .enumerate()
            .filter_map(|(index, value)| answer(reader, &format!("{path}[{index}]"), value))
            .collect(),
        single => answer(reader, path, single).into_iter().collect(),
    }
}

fn answer(reader: &mut Reader, path: &str, value: Document) -> Option<Answer> {
    let Document::Object(mut members) = value else {
        return reader.wrong(path, &value, "an answer, such as {} for an empty one,");
    };
    if members.len() == 1 {
        if let Some(error) = take(&mut members, "error") {
            return service_error(reader, &join(path, "error"), error);
        }
        if members.get("run") == Some(&Document::Bool(true)) {
            return Some(Answer::Run);
        }
        if let Some(answer) = take(&mut members, "answer") {
            return Some(Answer::Success(reader.map(&join(path, "answer"), answer)));
        }
    }
    Some(Answer::Success(members))
}

fn service_error(reader: &mut Reader, path: &str, value: Document) -> Option<Answer> {
    let mut members = reader.members(path, value, &["code", "message"]);
    let message = take(&mut members, "message")
        .and_then(|value| reader.text(&join(path, "message"), value))
        .unwrap_or_default();
    let code = take(&mut members, "code").unwrap_or(Document::Null);
    let code_path = join(path, "code");
    match code {
        Document::String(code) => Some(Answer::Error { code, message }),
        other => reader.wrong(
            &code_path,
            &other,
            "an error code such as ThrottlingException",
        ),
    }
}

fn cancel(reader: &mut Reader, value: Document) -> Option<CancelAt> {
    if value.is_null() {
        return None;
    }
    let members = reader.members("cancel", value, &["during", "after"]);
    let (name, value) = reader.pair("cancel", Document::Object(members))?;
    let path = join("cancel", &name);
    match name.as_str() {
        "during" => reader.text(&path, value).map(CancelAt::During),
        _ => reader
            .parsed(&path, value, "a duration such as PT30S", parse_length)
            .map(CancelAt::After),
    }
}

fn expect(reader: &mut Reader, value: Document) -> Expect {
    let known = [
        "status",
        "steps",
        "outputs",
        "variables",
        "failure",
        "calls",
    ];
    let mut members = reader.members("expect", value, &known);
    let mut part = |name| take(&mut members, name).filter(|value| !value.is_null());
    Expect {
        status: part("status").and_then(|value| status(reader, "expect.status", value)),
        steps: part("steps").map(|value| expected_steps(reader, value)),
        outputs: reader.map("expect.outputs", part("outputs").unwrap_or_default()),
        variables: reader.map("expect.variables", part("variables").unwrap_or_default()),
        failure: part("failure").and_then(|value| reader.text("expect.failure", value)),
        calls: part("calls").map(|value| expected_calls(reader, value)),
    }
}

fn status(reader: &mut Reader, path: &str, value: Document) -> Option<String> {
    const STATUSES: [&str; 4] = ["Success", "Failed", "TimedOut", "Cancelled"];
    one_of(
        reader,
        path,
        value,
        &STATUSES,
        "Success, Failed, TimedOut or Cancelled",
    )
}

fn step_status(reader: &mut Reader, path: &str, value: Document) -> Option<String> {
    const STATUSES: [&str; 5] = ["Success", "Failed", "TimedOut", "Cancelled", "Exited"];
    one_of(
        reader,
        path,
        value,
        &STATUSES,
        "Success, Failed, TimedOut, Cancelled or, for loops, Exited",
    )
}

fn one_of(
    reader: &mut Reader,
    path: &str,
    value: Document,
    texts: &[&str],
    wanted: &'static str,
) -> Option<String> {
    reader.parsed(path, value, wanted, |text| {
        let known = texts.contains(&text);
        known.then(|| text.to_owned()).ok_or(())
    })
}

fn expected_steps(reader: &mut Reader, value: Document) -> Vec<(String, String)> {
    let list = reader.list("expect.steps", value);
    let step = |(index, value)| {
        let path = format!("expect.steps[{index}]");
        let (name, value) = reader.pair(&path, value)?;
        let status = step_status(reader, &join(&path, &name), value)?;
        Some((name, status))
    };
    list.into_iter().enumerate().filter_map(step).collect()
}

fn expected_calls(reader: &mut Reader, value: Document) -> Vec<ExpectedCall> {
    let list = reader.list("expect.calls", value);
    let call = |(index, value)| {
        let path = format!("expect.calls[{index}]");
        if let Document::String(api) = value {
            return Some(ExpectedCall {
                api,
                inputs: Map::new(),
            });
        }
        let (api, inputs) = reader.pair(&path, value)?;
        let inputs = reader.map(&join(&path, &api), inputs);
        Some(ExpectedCall { api, inputs })
    };
    list.into_iter().enumerate().filter_map(call).collect()
}
