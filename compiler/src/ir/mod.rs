//! The program: a runbook after checking, ready to be printed as Rust.
//!
//! Nothing in it has to be parsed or looked up by name any more: steps, parameters and outputs are ids, templates
//! are expressions with types, selectors are parsed paths, API calls are trees typed by the service's model. The
//! checker alone makes it, and only from a document without errors; emission decides nothing.

mod api;
mod expression;
mod loops;
mod print;
mod procedure;
mod script;
mod search;
mod webhook;

use std::fmt;
use std::sync::Arc;

pub use api::{ApiCall, ApiEntry, ApiField, ApiItem, ApiValue};
pub use expression::{Expression, Part, Reference, SystemVariable, TextItem, Texts};
pub use loops::{Loop, Turns};
pub use print::print;
pub use procedure::{Field, Procedure};
pub use script::{Attached, Attachment, Interpreter, Language, Runtime, Script, ScriptText};
pub use search::{Paged, Search};
pub use webhook::Webhook;

use crate::catalogue::Service;
use crate::document::Type;
use crate::source::Source;
use crate::syntax::Selector;

/// Declares an id: an index into one of the lists of [`Runbook`].
macro_rules! declare_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the list.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

declare_id!(
    /// A step, by its position in [`Runbook::steps`].
    StepId
);
declare_id!(
    /// A parameter, by its position in the document.
    ParameterId
);
declare_id!(
    /// A variable, by its position in the document.
    VariableId
);
declare_id!(
    /// An output, by its position in [`Step::outputs`].
    OutputId
);

/// A checked runbook.
#[derive(Clone, Debug)]
pub struct Runbook {
    /// The document's name: the file's, without its ending.
    pub name: String,
    /// The file's name, without folders.
    pub file: String,
    /// SHA-256 of the file's text, in hexadecimal.
    pub hash: String,
    /// `description`; empty if there is none.
    pub description: String,
    /// `assumeRole`, if it is there and not empty.
    pub assume_role: Option<Expression>,
    /// `parameters`, in document order.
    pub parameters: Vec<Parameter>,
    /// `variables`, in document order.
    pub variables: Vec<Variable>,
    /// The steps: those of `mainSteps` in document order, at least one, then those inside loops, those of one loop
    /// together.
    pub steps: Vec<Step>,
    /// `outputs`.
    pub outputs: Vec<DocumentOutput>,
    /// The files that scripts use, each once.
    pub attachments: Vec<Attachment>,
    /// The runbooks that steps start and that are at hand, and those that they start in turn; each once.
    pub linked: Vec<Linked>,
    /// The call that tells who runs the binary: STS GetCallerIdentity. Every execution makes it first, for
    /// `global:ACCOUNT_ID` and the record.
    pub identity: ApiCall,
    /// The call that reads what defaults take from Parameter Store, told as `wanted`: SSM GetParameters.
    pub stored: Option<ApiCall>,
    /// The calls that find the resources for which it is to run, if the binary is to find any.
    pub search: Option<Search>,
}

/// A runbook that is compiled along with the one that starts it.
#[derive(Clone)]
pub struct Linked {
    /// The runbook; its own [`Runbook::linked`] is empty.
    pub runbook: Runbook,
    /// Its text.
    pub source: Arc<Source>,
}

/// Without the text, which says nothing more.
impl fmt::Debug for Linked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.runbook.fmt(formatter)
    }
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The name as written.
    pub name: String,
    /// `description`; empty if there is none.
    pub description: String,
    /// The type of its values.
    pub kind: Type,
    /// `type` as written, which may be a resource type.
    pub written_type: String,
    /// `default`, of the type [`Parameter::kind`]; a parameter without one is required.
    pub default: Option<serde_json::Value>,
    /// What the default takes from Parameter Store.
    pub stored: Vec<StoredDefault>,
    /// `allowedValues`; empty if there are none.
    pub allowed_values: Vec<serde_json::Value>,
    /// `allowedPattern`.
    pub allowed_pattern: Option<String>,
    /// `minItems` and `maxItems`.
    pub items: Bounds,
    /// `minChars` and `maxChars`.
    pub chars: Bounds,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// How it is declared, which is as parameters are.
    pub declaration: Parameter,
    /// Its value at the start, with references to parameters and system variables inside.
    pub default: Option<Data>,
}

/// A reference to Parameter Store in a default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDefault {
    /// The name in Parameter Store.
    pub name: String,
    /// The line of the document where it stands, from 1.
    pub line: usize,
}

/// An inclusive range; an end that is `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The smallest number allowed.
    pub min: Option<u64>,
    /// The largest number allowed.
    pub max: Option<u64>,
}

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

/// What is to be decided, and by whom.
#[derive(Clone, Debug)]
pub struct Approve {
    /// Who may approve.
    pub approvers: Approvers,
    /// `MinRequiredApprovals`: an Integer.
    pub required: Option<Expression>,
    /// `Message`: a String.
    pub message: Option<Expression>,
    /// The call of SNS Publish that tells the approvers; its text is told as `notice`.
    pub notification: Option<ApiCall>,
}

/// Who may approve.
#[derive(Clone, Debug)]
pub enum Approvers {
    /// `Approvers`
    Listed(Texts),
    /// The `Approvers` of `EnhancedApprovals`: maps with `approver`, `type` and `minRequiredApprovals`.
    Lines(Data),
}

/// What a step starts.
#[derive(Clone, Debug)]
pub struct Child {
    /// The name of the runbook, which is among [`Runbook::linked`].
    pub name: String,
    /// `RuntimeParameters`.
    pub parameters: Option<Data>,
    /// What it is started for, if it is started more than once.
    pub targets: Option<Targets>,
}

/// What a runbook is started for, once each, and how many of these executions run at once (spec 6.3).
#[derive(Clone, Debug)]
pub struct Targets {
    /// The targets.
    pub of: TargetsOf,
    /// `MaxConcurrency`: a String.
    pub max_concurrency: Option<Expression>,
    /// `MaxErrors`: a String.
    pub max_errors: Option<Expression>,
}

/// Targets that need not be looked up.
#[derive(Clone, Debug)]
pub enum TargetsOf {
    /// Values of the parameter with this name, a String.
    Values(Expression, Texts),
    /// `TargetMaps`
    Maps(Data),
}

/// A property of an API's answer and the values it should have.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// `PropertySelector`.
    pub selector: Selector,
    /// `DesiredValues`: expressions of type String.
    pub desired: Vec<Expression>,
}

/// One of the `Choices` of a branch.
#[derive(Clone, Debug)]
pub struct Choice {
    /// When it is taken.
    pub condition: Condition,
    /// Where it leads.
    pub next_step: StepId,
}

/// When a choice is taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All of these hold.
    And(Vec<Condition>),
    /// One of these holds.
    Or(Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
    /// A comparison. Both sides have the type that the operator wants, but for a list that `Contains` looks into; a
    /// value that is not there makes it false.
    Compare {
        /// `Variable`.
        variable: Expression,
        /// The operator.
        operator: Operator,
        /// What it is compared with.
        operand: Expression,
    },
}

/// The operators of a branch (spec 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Equal text.
    StringEquals,
    /// Equal text, upper and lower case alike.
    EqualsIgnoreCase,
    /// The text begins with the operand.
    StartsWith,
    /// The text ends with the operand.
    EndsWith,
    /// The text holds the operand, or the list has such an element.
    Contains,
    /// Equal numbers.
    NumericEquals,
    /// Greater than the operand.
    NumericGreater,
    /// Less than the operand.
    NumericLesser,
    /// Greater than the operand or equal.
    NumericGreaterOrEquals,
    /// Less than the operand or equal.
    NumericLesserOrEquals,
    /// Equal truth values.
    BooleanEquals,
}

impl Operator {
    /// All operators.
    pub const ALL: [Self; 11] = [
        Self::StringEquals,
        Self::EqualsIgnoreCase,
        Self::StartsWith,
        Self::EndsWith,
        Self::Contains,
        Self::NumericEquals,
        Self::NumericGreater,
        Self::NumericLesser,
        Self::NumericGreaterOrEquals,
        Self::NumericLesserOrEquals,
        Self::BooleanEquals,
    ];

    /// Its name in a runbook.
    pub const fn name(self) -> &'static str {
        match self {
            Self::StringEquals => "StringEquals",
            Self::EqualsIgnoreCase => "EqualsIgnoreCase",
            Self::StartsWith => "StartsWith",
            Self::EndsWith => "EndsWith",
            Self::Contains => "Contains",
            Self::NumericEquals => "NumericEquals",
            Self::NumericGreater => "NumericGreater",
            Self::NumericLesser => "NumericLesser",
            Self::NumericGreaterOrEquals => "NumericGreaterOrEquals",
            Self::NumericLesserOrEquals => "NumericLesserOrEquals",
            Self::BooleanEquals => "BooleanEquals",
        }
    }

    /// The type of both of its sides.
    pub const fn operand_type(self) -> Type {
        match self {
            Self::StringEquals
            | Self::EqualsIgnoreCase
            | Self::StartsWith
            | Self::EndsWith
            | Self::Contains => Type::String,
            Self::NumericEquals
            | Self::NumericGreater
            | Self::NumericLesser
            | Self::NumericGreaterOrEquals
            | Self::NumericLesserOrEquals => Type::Integer,
            Self::BooleanEquals => Type::Boolean,
        }
    }
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

/// One entry of the document's `outputs`.
#[derive(Clone, Debug)]
pub struct DocumentOutput {
    /// The step's name.
    pub step: String,
    /// The output's name.
    pub output: String,
}

/// A JSON value with references inside: an `InputPayload`.
#[derive(Clone, Debug)]
pub enum Data {
    /// `null`.
    Null,
    /// A boolean.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Another number, as written.
    Number(f64),
    /// Text, or one whole reference of any type.
    Expression(Expression),
    /// A list; an element that is a whole reference to a list is spliced in (spec 3.3).
    List(Vec<Data>),
    /// A map.
    Map(Vec<(String, Data)>),
}

impl Runbook {
    /// The step behind an id of this runbook.
    #[allow(
        clippy::indexing_slicing,
        reason = "the checker makes ids together with the lists"
    )]
    pub fn step(&self, id: StepId) -> &Step {
        &self.steps[id.index()]
    }

    /// The parameter behind an id of this runbook.
    #[allow(
        clippy::indexing_slicing,
        reason = "the checker makes ids together with the lists"
    )]
    pub fn parameter(&self, id: ParameterId) -> &Parameter {
        &self.parameters[id.index()]
    }

    /// The variable behind an id of this runbook.
    #[allow(
        clippy::indexing_slicing,
        reason = "the checker makes ids together with the lists"
    )]
    pub fn variable(&self, id: VariableId) -> &Variable {
        &self.variables[id.index()]
    }

    /// The steps inside a loop.
    pub fn body(&self, id: StepId) -> impl Iterator<Item = (StepId, &Step)> {
        let steps = (0..).map(StepId).zip(&self.steps);
        steps.filter(move |(_, step)| step.inside == Some(id))
    }

    /// The output behind an id of this runbook's step.
    #[allow(
        clippy::indexing_slicing,
        reason = "the checker makes ids together with the lists"
    )]
    pub fn output(&self, step: StepId, output: OutputId) -> &Output {
        &self.step(step).outputs[output.index()]
    }

    /// Every API call: those of the steps in order, then those before the first step.
    pub fn calls(&self) -> impl Iterator<Item = &ApiCall> {
        let steps = self.steps.iter().flat_map(|step| step.work.calls());
        steps
            .chain(std::iter::once(&self.identity))
            .chain(&self.stored)
            .chain(self.search.iter().flat_map(Search::calls))
    }

    /// The services that are called, each once, sorted by name.
    pub fn services(&self) -> Vec<Arc<Service>> {
        let calls = self.calls().map(|call| Arc::clone(&call.service));
        let mut services: Vec<Arc<Service>> = calls.collect();
        services.sort_by(|left, right| left.name.cmp(&right.name));
        services.dedup_by(|left, right| left.name == right.name);
        services
    }
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
