//! The program: a runbook after checking, ready to be printed as Rust.
//!
//! Nothing in it has to be parsed or looked up by name any more: steps, parameters and outputs are ids, templates
//! are expressions with types, selectors are parsed paths, API calls are trees typed by the service's model. The
//! checker alone makes it, and only from a document without errors; emission decides nothing.

mod api;
mod approve;
mod branch;
mod child;
mod expression;
mod loops;
mod parameter;
mod print;
mod procedure;
mod script;
mod search;
mod step;
mod webhook;

use std::fmt;
use std::sync::Arc;

pub use api::{ApiCall, ApiEntry, ApiField, ApiItem, ApiValue};
pub use approve::{Approve, Approvers};
pub use branch::{Choice, Condition, Operator};
pub use child::{Child, Targets, TargetsOf};
pub use expression::{Data, Expression, Part, Reference, SystemVariable, TextItem, Texts};
pub use loops::{Loop, Turns};
pub use parameter::{Bounds, Parameter, StoredDefault, Variable};
pub use print::print;
pub use procedure::{Field, Procedure};
pub use script::{Attached, Attachment, Interpreter, Language, Runtime, Script, ScriptText};
pub use search::{Paged, Search};
pub use step::{Expectation, Flow, OnCancel, OnFailure, Output, OutputSource, Step, Work};
pub use webhook::Webhook;

use crate::catalogue::Service;
use crate::source::Source;

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

/// One entry of the document's `outputs`.
#[derive(Clone, Debug)]
pub struct DocumentOutput {
    /// The step's name.
    pub step: String,
    /// The output's name.
    pub output: String,
}

#[allow(
    clippy::indexing_slicing,
    reason = "the checker makes ids together with the lists"
)]
impl Runbook {
    /// The step behind an id of this runbook.
    pub fn step(&self, id: StepId) -> &Step {
        &self.steps[id.index()]
    }

    /// The parameter behind an id of this runbook.
    pub fn parameter(&self, id: ParameterId) -> &Parameter {
        &self.parameters[id.index()]
    }

    /// The variable behind an id of this runbook.
    pub fn variable(&self, id: VariableId) -> &Variable {
        &self.variables[id.index()]
    }

    /// The output behind an id of this runbook's step.
    pub fn output(&self, step: StepId, output: OutputId) -> &Output {
        &self.step(step).outputs[output.index()]
    }
}

impl Runbook {
    /// The steps inside a loop.
    pub fn body(&self, id: StepId) -> impl Iterator<Item = (StepId, &Step)> {
        let steps = (0..).map(StepId).zip(&self.steps);
        steps.filter(move |(_, step)| step.inside == Some(id))
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
