//! A step: what it does, what it leaves for later steps, and where it leads.

use super::{
    ApiCall, Approve, Child, Choice, Data, Expression, Loop, Procedure, Script, StepId, VariableId,
    Webhook,
};
use crate::document::Type;
use crate::syntax::Selector;

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// The name as written.
    pub name: String,
    /// The action as written: `aws:sleep`.
    pub action: String,
    /// The loop around it.
    pub inside: Option<StepId>,
    /// `description`; empty if there is none.
    pub description: String,
    /// The line of the document that names it, from 1.
    pub line: usize,
    /// What it does.
    pub work: Work,
    /// What it leaves for later steps: the action's own outputs, `OutputPayload` only where a reference uses it, and
    /// all declared ones. A declared output stands in place of one of the action's own with the same name.
    pub outputs: Vec<Output>,
    /// Where it leads.
    pub flow: Flow,
    /// `timeoutSeconds` as written, if it is a number.
    pub timeout_seconds: Option<u64>,
    /// `timeoutSeconds`, if it is a reference: an Integer.
    pub timeout: Option<Expression>,
    /// The seconds that one attempt may take (spec 4.2): as written or the action's default, within its maximum; `None` is no limit.
    /// Where a reference says how many, this is the maximum.
    pub time_limit: Option<u64>,
    /// `maxAttempts` as written.
    pub max_attempts: Option<u32>,
}

/// The properties that decide where a step leads, as written.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// `nextStep`.
    pub next_step: Option<StepId>,
    /// `onFailure`.
    pub on_failure: Option<OnFailure>,
    /// `onCancel`.
    pub on_cancel: Option<OnCancel>,
    /// `isCritical`.
    pub is_critical: Option<bool>,
    /// `isEnd`.
    pub is_end: Option<bool>,
}

/// `onFailure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// `Abort`.
    Abort,
    /// `Continue`.
    Continue,
    /// `step:NAME`.
    Step(StepId),
}

/// `onCancel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnCancel {
    /// `Abort`.
    Abort,
    /// `step:NAME`.
    Step(StepId),
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Work {
    /// `aws:executeAwsApi`: one call.
    Call(ApiCall),
    /// `aws:assertAwsResourceProperty`: one call, and a property that must have a desired value.
    Assert(ApiCall, Expectation),
    /// `aws:waitForAwsResourceProperty`: a call repeated until a property has a desired value.
    Wait(ApiCall, Expectation),
    /// `aws:invokeLambdaFunction`: Lambda's Invoke.
    Invoke {
        /// The call of Invoke; its `Payload` is JSON text.
        call: ApiCall,
        /// `InputPayload`: serialized into the call's `Payload`, shown under this name in the record.
        input_payload: Option<Data>,
    },
    /// An action of several calls.
    Procedure(Procedure),
    /// `aws:executeScript`.
    Script(Script),
    /// `aws:invokeWebhook`.
    Webhook(Webhook),
    /// `aws:approve`.
    Approve(Box<Approve>),
    /// `aws:pause`, with `Message`.
    Pause(Option<Expression>),
    /// `aws:executeAutomation` of a runbook at hand.
    Child(Child),
    /// `aws:sleep` with `Duration`.
    Sleep {
        /// The ISO 8601 duration.
        duration: Expression,
        /// How many seconds that is, where no reference decides and nothing is left over.
        seconds: Option<u32>,
    },
    /// `aws:sleep` with `Timestamp`: an ISO 8601 instant.
    SleepUntil(Expression),
    /// `aws:branch`.
    Branch {
        /// `Choices`, in order.
        choices: Vec<Choice>,
        /// `Default`.
        default: Option<StepId>,
    },
    /// `aws:loop`.
    Loop(Loop),
    /// `aws:updateVariable`.
    Set {
        /// The variable.
        variable: VariableId,
        /// Its new value, of the variable's type.
        value: Data,
    },
}

impl Work {
    /// Every API call that the step may make.
    pub fn calls(&self) -> impl Iterator<Item = &ApiCall> {
        let several = match self {
            Self::Procedure(procedure) => Some(procedure.calls()),
            _ => None,
        };
        self.call().into_iter().chain(several.into_iter().flatten())
    }

    /// The API call, if the step makes just one.
    pub fn call(&self) -> Option<&ApiCall> {
        match self {
            Self::Call(call)
            | Self::Assert(call, _)
            | Self::Wait(call, _)
            | Self::Invoke { call, .. } => Some(call),
            Self::Approve(approve) => approve.notification.as_ref(),
            Self::Webhook(webhook) => Some(&webhook.read),
            Self::Procedure(_)
            | Self::Script(_)
            | Self::Pause(_)
            | Self::Child(_)
            | Self::Sleep { .. }
            | Self::SleepUntil(_)
            | Self::Branch { .. }
            | Self::Loop(_)
            | Self::Set { .. } => None,
        }
    }
}

/// A property of an API's answer and the values it should have.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// `PropertySelector`.
    pub selector: Selector,
    /// `DesiredValues`: expressions of type String.
    pub desired: Vec<Expression>,
}

/// An output of a step.
#[derive(Clone, Debug)]
pub struct Output {
    /// The name as written.
    pub name: String,
    /// The type of its value.
    pub kind: Type,
    /// Where the value comes from.
    pub source: OutputSource,
}

/// Where the value of an output comes from.
#[derive(Clone, Debug)]
pub enum OutputSource {
    /// Declared in the document: selected from the action's raw output.
    Selected(Selector),
    /// `OutputPayload`: the raw output as JSON text.
    Payload,
    /// One of Lambda's own: `StatusCode`, `FunctionError`, `LogResult`, `Payload`.
    Invocation(&'static str),
    /// One of a procedure's own: `ImageId`.
    Own(&'static str),
    /// What a script returned, in its text form.
    Returned,
    /// `CurrentIteration` of a loop.
    Iteration,
    /// `CurrentIteratorValue` of a loop.
    Item,
}
