//! Scenarios: what AWS answers, what happens meanwhile, and what is expected to come of it.
//!
//! A scenario is read from a file (`file.rs`) or put together in Rust (`builder.rs`).

use std::time::Duration;

use jiff::Timestamp;

use crate::effect::ApiCall;
use crate::signal::SignalKind;
use crate::value::{Document, Map};

use super::fields::{Reader, join};
use super::places::Places;
use super::problem::ScenarioProblem;

/// The time at which scenarios play if they do not say: a fixed one, so that they always play alike.
pub(super) const START: Timestamp = Timestamp::constant(1_767_268_800, 0);

/// One scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The file it was read from, as it was named; `scenario` if it was put together in Rust.
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
    /// What Parameter Store holds.
    pub stored: Vec<Stored>,
    /// What people say to the steps that wait for them.
    pub signals: Vec<SaidTo>,
    /// When the run is cancelled.
    pub cancel: Option<CancelAt>,
    /// What is expected to come of it.
    pub expect: Expect,
    /// Where it began.
    pub(crate) form: Form,
    /// Where its parts stand in its file.
    pub(crate) places: Places,
    /// What is wrong with what a program has added.
    pub(crate) problems: Vec<ScenarioProblem>,
}

/// Where something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In a file.
    File,
    /// In a program.
    Program,
}

/// What a part of a scenario is about, and where the scenario says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// A step or an API; a name in Parameter Store.
    pub name: String,
    /// Where, for messages: `answers.stop`, or `.at(Step::Stop, …)`.
    pub path: String,
    /// Whether that is in a file.
    pub form: Form,
}

impl Key {
    /// The key `name` of the map `member` of a file.
    pub(super) fn in_file(member: &str, name: String) -> Self {
        Self {
            path: join(member, &name),
            name,
            form: Form::File,
        }
    }
}

/// What Parameter Store holds under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The name.
    pub key: Key,
    /// A text or a list of texts; nothing for null.
    pub value: Document,
}

/// The answers for a step or an API.
#[derive(Clone, Debug, PartialEq)]
pub struct Stub {
    /// `ecs`, `ECS.RunTask`, or `makeImage.CreateImage` for one of several calls of a step. A step inside a loop may have
    /// an iteration: `stopOne[2]`.
    pub key: Key,
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
    pub key: Key,
    /// What is said, in order, each time that the step waits.
    pub said: Vec<Said>,
}

/// What somebody says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
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
    During(Key),
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
#[non_exhaustive]
pub struct ExpectedCall {
    /// `ECS.RunTask`.
    pub api: String,
    /// Inputs that the call must contain.
    pub inputs: Document,
}

impl ExpectedCall {
    /// A call of an operation. A map is contained if all of its members are, anything else must be equal, and `null` means
    /// that nothing is there: with `json!({})`, any inputs will do.
    pub fn of<C: ApiCall>(inputs: impl Into<Document>) -> Self {
        Self {
            api: C::OPERATION.full_name(),
            inputs: inputs.into(),
        }
    }
}

impl Scenario {
    /// One that says nothing.
    pub(super) fn empty(file: &str, form: Form) -> Self {
        Self {
            file: file.to_owned(),
            description: String::new(),
            parameters: Map::new(),
            region: "us-east-1".to_owned(),
            account: "111122223333".to_owned(),
            start: START,
            stubs: Vec::new(),
            stored: Vec::new(),
            signals: Vec::new(),
            cancel: None,
            expect: Expect::default(),
            form,
            places: Places::default(),
            problems: Vec::new(),
        }
    }
}

impl Stored {
    /// A text, a list of texts, or nothing.
    pub(super) fn read(reader: &mut Reader, key: Key, value: Document) -> Self {
        let value = match value {
            Document::Null => Document::Null,
            Document::Array(elements) => elements
                .into_iter()
                .filter_map(|element| reader.text(&key.path, element))
                .collect(),
            single => reader.text(&key.path, single).into(),
        };
        Self { key, value }
    }
}

impl Answer {
    /// What Boto3 returns.
    pub(super) fn success(reader: &mut Reader, path: &str, value: Document) -> Option<Self> {
        match value {
            Document::Object(members) => Some(Self::Success(members)),
            other => reader.wrong(path, &other, "an answer, such as {} for an empty one,"),
        }
    }
}

impl Said {
    /// This, at once, by whoever is the next to say it.
    pub(super) const fn plain(kind: SignalKind) -> Self {
        Self {
            kind,
            by: None,
            comment: None,
            after: Duration::ZERO,
            refused: None,
        }
    }
}
