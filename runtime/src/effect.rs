//! Effects: what a step asks the engine to do, as data.
//!
//! A generated step never does anything itself. It says what it wants as an [`Effect`]; the engine performs
//! it, for real or simulated, and hands the answer back. One effect is the unit of durability.

use std::fmt::Debug;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::approval::Approval;
use crate::decode::Response;
use crate::local::Local;
use crate::name::Named;
use crate::procedure::{Course, Procedure};
use crate::runbook::ParameterDefinition;
use crate::selector::Selector;
use crate::turns::Turns;
use crate::value::{Document, InputError, Map, Referenced, Wanted, json};
use crate::variable;

/// A call of one AWS API operation, or something else that is performed and awaited like one: typed, owned, and data at
/// once.
///
/// Serializes to the operation's input under the API's own member names; what is local, to the step's inputs.
pub trait Request: Clone + Debug + Serialize + Send + Sync + 'static {
    /// What is called.
    fn operation(&self) -> &'static Operation;

    /// What is done instead of calling an API, for a request that is performed here.
    fn local(&self) -> Option<Local<'_, Self>> {
        None
    }
}

/// The request of one API operation: a struct of a runbook's module `api`. It ties the operation to a type, so that a test
/// which says `on::<api::RunTask>(…)` compiles only if the runbook has such a call.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the request of an API operation",
    label = "not an API call of a runbook",
    note = "the requests of a runbook are the structs of its module `api` that are named after operations, such as `api::RunTask`"
)]
pub trait ApiCall: Serialize {
    /// What is called.
    const OPERATION: &'static Operation;
}

/// What there is to know about an operation without its input.
#[derive(Debug)]
pub struct Operation {
    /// The service, as Boto3 names its client: `ecs`.
    pub service: &'static str,
    /// The operation: `RunTask`.
    pub name: &'static str,
    /// The shape of its response.
    pub response: &'static Response,
    /// What it means to make a call of it again when nobody knows whether it was made.
    pub repeat: Repeat,
}

impl Operation {
    /// The operation with its service, `ecs.RunTask`; what is local is called by its action, `aws:executeScript`.
    pub fn full_name(&self) -> String {
        let Self { service, name, .. } = self;
        match *service {
            "aws" => format!("aws:{name}"),
            _ => format!("{service}.{name}"),
        }
    }
}

/// What it means to make a call again when nobody knows whether it was made before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Nothing happens: it only reads.
    Reads,
    /// Nothing is done twice: it sets what is set already.
    Harmless,
    /// It is recognised as the one that was made: it carries a token.
    Recognised,
    /// It may be done twice.
    Unknown,
}

/// What a step asks for.
#[derive(Clone, Debug)]
pub struct Effect<Q, S> {
    /// What the engine is to do.
    pub action: Action<Q, S>,
    /// The step's inputs as the record shows them, beyond those that the step's definition holds already.
    pub inputs: Named<Box<str>>,
    /// The seconds that one attempt may take, where a reference says so.
    pub time_limit: Option<u64>,
}

/// The kinds of effects.
#[derive(Clone, Debug)]
pub enum Action<Q, S> {
    /// Call an API, then judge the answer.
    Call(Q, Acceptance),
    /// Make the calls of a procedure.
    Run(Course<Q>),
    /// Wait for a span of time.
    Sleep(Duration),
    /// Wait until a moment; one that is past is no wait.
    SleepUntil(Timestamp),
    /// Go to a step, or on with the flow. Decided already: nothing is performed.
    Jump(Option<S>),
    /// Run the steps inside a loop.
    Loop(Turns),
    /// Give a variable a value. Nothing is performed.
    Set(Document),
    /// Call an API to announce it, where that is wanted, and wait for decisions.
    Approve(Box<Approval>, Option<Q>),
    /// Wait for somebody who says that it may go on. The text is for them.
    Pause(Option<String>),
}

/// When an answer means that the step has succeeded.
#[derive(Clone, Debug)]
pub enum Acceptance {
    /// Any answer does.
    Any,
    /// The selected value must be a desired one, else the step fails (spec 5.2).
    Assert(Expectation),
    /// The call is repeated until the selected value is a desired one (spec 5.23).
    Until(Expectation),
    /// A status other than 2xx fails the step, its outputs kept (spec 5.17).
    Delivered,
    /// An answer that carries `FunctionError` fails the step, its outputs kept (spec 5.16).
    NoFunctionError,
}

/// A property of an answer and the values it should have.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// `PropertySelector`.
    pub selector: &'static Selector,
    /// `DesiredValues`.
    pub desired: Vec<String>,
}

impl<Q: Request, S> Effect<Q, S> {
    /// Calls an API operation.
    pub fn call(request: impl Into<Q>) -> Self {
        let request = request.into();
        let inputs = inputs_of(&request);
        Self::new(Action::Call(request, Acceptance::Any), texts(inputs))
    }

    /// Does what takes several calls.
    pub fn run(procedure: impl Procedure<Q>) -> Self {
        let inputs = procedure.inputs();
        Self::new(Action::Run(Course::of(procedure)), texts(inputs))
    }

    /// The answer must show a desired value.
    #[must_use]
    pub fn assert(self, selector: &'static Selector, desired: Vec<String>) -> Self {
        self.expect(selector, desired, Acceptance::Assert)
    }

    /// The call is repeated until its answer shows a desired value.
    #[must_use]
    pub fn until(self, selector: &'static Selector, desired: Vec<String>) -> Self {
        self.expect(selector, desired, Acceptance::Until)
    }

    /// The webhook must answer with a status of 2xx.
    #[must_use]
    pub fn delivered(self) -> Self {
        self.accept(Acceptance::Delivered)
    }

    /// The answer must not carry `FunctionError`.
    #[must_use]
    pub fn unless_function_error(self) -> Self {
        self.accept(Acceptance::NoFunctionError)
    }

    /// Shows `value` in the record as the input `name`, in place of the request's member `instead_of`.
    #[must_use]
    pub fn show_input(mut self, instead_of: &str, name: &str, value: impl Into<Document>) -> Self {
        self.inputs.remove(instead_of);
        self.inputs.insert(name.to_owned(), text(&value.into()));
        self
    }

    /// Calls an API to announce an approval: SNS Publish.
    #[must_use]
    pub fn announced_by(mut self, request: impl Into<Q>) -> Self {
        let request = request.into();
        if let Some(topic) = inputs_of(&request).shift_remove("TopicArn") {
            const ENHANCED: &str = "EnhancedApprovals";
            let enhanced = self.inputs.get(ENHANCED);
            match enhanced.and_then(|enhanced| serde_json::from_str::<Map>(enhanced).ok()) {
                Some(mut enhanced) => {
                    enhanced.insert("NotificationArn".to_owned(), topic);
                    self.inputs.insert(ENHANCED, text(&enhanced.into()));
                }
                None => self.inputs.insert("NotificationArn", text(&topic)),
            }
        }
        let action = match self.action {
            Action::Approve(approval, _) => Action::Approve(approval, Some(request)),
            other => other,
        };
        Self { action, ..self }
    }

    /// Goes to a step, or on with the flow where there is none.
    pub fn jump(step: Option<S>) -> Self {
        Self::new(Action::Jump(step), Named::new())
    }

    fn expect(
        mut self,
        selector: &'static Selector,
        desired: Vec<String>,
        acceptance: fn(Expectation) -> Acceptance,
    ) -> Self {
        let (property, values) = (selector.text.into(), desired.clone().into());
        self.inputs.insert("PropertySelector", text(&property));
        self.inputs.insert("DesiredValues", text(&values));
        self.accept(acceptance(Expectation { selector, desired }))
    }

    fn accept(self, acceptance: Acceptance) -> Self {
        let action = match self.action {
            Action::Call(request, _) => Action::Call(request, acceptance),
            other => other,
        };
        Self { action, ..self }
    }
}

impl<Q, S> Effect<Q, S> {
    const fn new(action: Action<Q, S>, inputs: Named<Box<str>>) -> Self {
        Self {
            action,
            inputs,
            time_limit: None,
        }
    }

    /// Limits one attempt to a number of seconds that a reference has given.
    ///
    /// # Errors
    /// When that is no number of seconds.
    pub fn within(self, seconds: i64) -> Result<Self, InputError> {
        let limit = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0);
        let limit = limit.ok_or_else(|| {
            InputError::OutOfBounds(format!(
                "`timeoutSeconds` is {seconds}, but it must be at least 1"
            ))
        })?;
        Ok(Self {
            time_limit: Some(limit),
            ..self
        })
    }

    /// Runs the steps inside a loop once for each item (spec 5.15). `most` is `MaxIterations`.
    ///
    /// # Errors
    /// When the items are no list of that type, or too many.
    pub fn for_each<T: Wanted + Referenced>(
        items: impl Into<Document>,
        most: Option<i64>,
    ) -> Result<Self, InputError> {
        let items = items.into();
        let turns = Turns::each::<T>(&items, most)?;
        let inputs = Named::from_iter([("Iterators", text(&items))]);
        Ok(Self::repeated(turns, inputs, most))
    }

    /// Runs the steps inside a loop as long as its condition holds (spec 5.15). `most` is `MaxIterations`.
    ///
    /// # Errors
    /// When `most` is not what a loop can have.
    pub fn repeat(most: Option<i64>) -> Result<Self, InputError> {
        Ok(Self::repeated(Turns::repeat(most)?, Named::new(), most))
    }

    fn repeated(turns: Turns, mut inputs: Named<Box<str>>, most: Option<i64>) -> Self {
        if let Some(most) = most {
            inputs.insert("MaxIterations", most.to_string().into());
        }
        Self::new(Action::Loop(turns), inputs)
    }

    /// Gives a variable a value (spec 5.22). The input that names the variable is one of the step's definition.
    ///
    /// # Errors
    /// When the value is more than a variable can hold, or one that its declaration refuses.
    pub fn set(
        variables: &'static [ParameterDefinition],
        name: &str,
        value: impl Into<Document>,
    ) -> Result<Self, InputError> {
        let value = value.into();
        variable::check(variables, name, &value)?;
        let inputs = [("Value", text(&value))];
        Ok(Self::new(Action::Set(value), inputs.into_iter().collect()))
    }

    /// Waits for decisions (spec 5.1).
    pub fn approve(approval: Approval) -> Self {
        let inputs = texts(approval.inputs());
        Self::new(Action::Approve(Box::new(approval), None), inputs)
    }

    /// Waits for somebody who says that it may go on (spec 5.18).
    pub fn pause() -> Self {
        Self::new(Action::Pause(None), Named::new())
    }

    /// Says something to those who may let a pause end.
    #[must_use]
    pub fn saying(mut self, message: String) -> Self {
        let shown = text(&message.as_str().into());
        self.inputs.insert("Message", shown);
        let action = Action::Pause(Some(message));
        Self { action, ..self }
    }

    /// Waits for some seconds (spec 5.21). The input that says so in ISO 8601 is one of the step's definition.
    pub const fn sleep_seconds(seconds: u32) -> Self {
        let length = Duration::from_secs(seconds as u64);
        Self::new(Action::Sleep(length), Named::new())
    }

    /// Waits for an ISO 8601 duration (spec 5.21).
    ///
    /// # Errors
    /// When the text is no duration, is negative or longer than 604,799 seconds.
    pub fn sleep(duration: &str) -> Result<Self, InputError> {
        let length = crate::duration::parse_duration(duration)?;
        Ok(Self::wait("Duration", duration, Action::Sleep(length)))
    }

    /// Waits until an ISO 8601 instant (spec 5.21).
    ///
    /// # Errors
    /// When the text is no instant.
    pub fn sleep_until(timestamp: &str) -> Result<Self, InputError> {
        let moment = crate::duration::parse_instant(timestamp)?;
        Ok(Self::wait(
            "Timestamp",
            timestamp,
            Action::SleepUntil(moment),
        ))
    }

    fn wait(name: &'static str, written: &str, action: Action<Q, S>) -> Self {
        let inputs = [(name, text(&written.into()))];
        Self::new(action, inputs.into_iter().collect())
    }
}

/// A request's members, as the record shows them.
pub(crate) fn inputs_of<Q: Request>(request: &Q) -> Map {
    match serde_json::to_value(request) {
        Ok(Document::Object(members)) => members,
        // A request is a struct with string keys: its serialization is an object and cannot fail.
        _ => Map::new(),
    }
}

/// Values, each as JSON text.
fn texts(values: Map) -> Named<Box<str>> {
    let values = values.into_iter();
    values.map(|(name, value)| (name, text(&value))).collect()
}

/// A value as JSON text.
fn text(value: &Document) -> Box<str> {
    json(value).into()
}
