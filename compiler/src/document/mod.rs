//! What the author wrote, typed and with places: the document (spec 1.1).
//!
//! Takes the tree and gives a [`Document`]. Everything about its shape is reported
//! here; whatever needs two places at once (references, jumps, API calls) is left
//! to the checker. What was reported is absent or unknown afterwards.

pub(crate) mod durations;
mod fields;
mod files;
mod form;
mod handlers;
mod kind;
mod outputs;
mod parameters;
mod scalars;
mod steps;
mod types;
mod value;

pub use scalars::ambiguous_text;
pub(crate) use steps::PROPERTIES as STEP_PROPERTIES;
pub use types::{ParameterType, Type};
pub use value::{Scalar, Value, ValueKind};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::fields::{Fields, Subject};
use crate::habits;
use crate::source::{Span, Spanned};
use crate::syntax::{Node, Selector, Style, Template};

/// A runbook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `schemaVersion` as written.
    pub schema_version: Option<Spanned<String>>,
    /// `assumeRole`
    pub assume_role: Option<Spanned<Template>>,
    /// `parameters`
    pub parameters: Vec<Parameter>,
    /// `variables`
    pub variables: Vec<Variable>,
    /// `mainSteps`
    pub steps: Vec<Step>,
    /// `outputs`
    pub outputs: Vec<DocumentOutput>,
    /// `files`
    pub files: Vec<File>,
}

/// A parameter (spec 2.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Spanned<String>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `type`; `None` when it was missing or reported.
    pub kind: Option<Spanned<ParameterType>>,
    /// `default`; without one the parameter is required.
    pub default: Option<Value>,
    /// The rules for its values.
    pub constraints: Constraints,
}

/// A variable (spec 3.5).
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: Spanned<String>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `type`; `None` when it was missing or reported.
    pub kind: Option<Spanned<Type>>,
    /// `default`; without one the variable is unset.
    pub default: Option<Value>,
    /// The rules for its values.
    pub constraints: Constraints,
}

/// The rules for the values of a parameter or variable.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Constraints {
    /// `allowedValues`
    pub allowed_values: Option<Spanned<Vec<Value>>>,
    /// `allowedPattern`
    pub allowed_pattern: Option<Spanned<String>>,
    /// `minItems`
    pub min_items: Option<Spanned<u64>>,
    /// `maxItems`
    pub max_items: Option<Spanned<u64>>,
    /// `minChars`
    pub min_chars: Option<Spanned<u64>>,
    /// `maxChars`
    pub max_chars: Option<Spanned<u64>>,
}

/// A step (spec 4.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The whole step.
    pub span: Span,
    /// `name`; empty when it was missing (reported).
    pub name: Spanned<String>,
    /// `action`; empty when it was missing (reported).
    pub action: Spanned<String>,
    /// `description`
    pub description: Option<Spanned<String>>,
    /// `inputs` in the order of the text; without `Steps` of an `aws:loop`.
    pub inputs: Vec<(Spanned<String>, Value)>,
    /// The place of the inputs, or of the action when there are none.
    pub inputs_span: Span,
    /// Whether `inputs` were legible: if not, nothing can be said about missing ones.
    pub inputs_known: bool,
    /// The steps inside an `aws:loop` (its input `Steps`).
    pub body: Vec<Step>,
    /// The place of `Steps`, if it is there.
    pub body_span: Option<Span>,
    /// `outputs`
    pub outputs: Vec<OutputDefinition>,
    /// `maxAttempts`
    pub max_attempts: Option<Spanned<u32>>,
    /// `timeoutSeconds`
    pub timeout_seconds: Option<Spanned<Timeout>>,
    /// `onFailure`
    pub on_failure: Option<Spanned<Handler>>,
    /// `onCancel`; never `Continue`.
    pub on_cancel: Option<Spanned<Handler>>,
    /// `isCritical`
    pub is_critical: Option<Spanned<bool>>,
    /// `isEnd`
    pub is_end: Option<Spanned<bool>>,
    /// `nextStep`
    pub next_step: Option<Spanned<String>>,
}

/// A declared output of a step (spec 3.7).
#[derive(Clone, Debug, PartialEq)]
pub struct OutputDefinition {
    /// `Name`
    pub name: Spanned<String>,
    /// `Selector`; `None` when it was missing or reported.
    pub selector: Option<Spanned<Selector>>,
    /// `Type`, which is String when not written (the span is then that of the
    /// name); `None` when it was reported.
    pub kind: Option<Spanned<Type>>,
}

/// `timeoutSeconds`
#[derive(Clone, Debug, PartialEq)]
pub enum Timeout {
    /// A number of seconds.
    Seconds(u64),
    /// A reference to an Integer.
    Reference(Template),
}

/// `onFailure` or `onCancel`
#[derive(Clone, Debug, PartialEq)]
pub enum Handler {
    /// `Abort`
    Abort,
    /// `Continue`
    Continue,
    /// `step:NAME`; the span covers the name.
    Step(Spanned<String>),
}

/// An output of the document: `Step.Output` (spec 3.8).
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentOutput {
    /// The whole.
    pub span: Span,
    /// The step.
    pub step: Spanned<String>,
    /// Its output.
    pub output: Spanned<String>,
}

/// An attachment (spec 1.3).
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// Its name.
    pub name: Spanned<String>,
    /// The SHA-256 of its content.
    pub sha256: Option<Spanned<String>>,
    /// Its size in bytes.
    pub size: Option<Spanned<u64>>,
}

/// Reads a document from its tree; what cannot be read is reported and left out.
pub fn read(root: &Node, diagnostics: &mut Diagnostics) -> Document {
    const KEYS: [&str; 12] = [
        "schemaVersion",
        "description",
        "assumeRole",
        "parameters",
        "variables",
        "mainSteps",
        "outputs",
        "files",
        // Change templates are runbooks with a few keys of their own; this one is a description.
        "templateInformation",
        "executableRunBooks",
        "emergencyChange",
        "autoApprovable",
    ];
    const SUBJECT: Subject<'_> = Subject {
        kind: "a runbook",
        name: "the runbook",
        open: false,
        habits: habits::RUNBOOK_KEYS,
        strangers: habits::NO_RUNBOOK_KEYS,
    };
    if let Some(report) = kind::other(root) {
        diagnostics.push(report);
        return Document::default();
    }
    let Some(fields) = Fields::read(root, &SUBJECT, &KEYS, diagnostics) else {
        return Document::default();
    };
    diagnostics.extend(change_manager(&fields));
    let version = fields.require("schemaVersion", &SUBJECT, diagnostics);
    let steps = fields.require("mainSteps", &SUBJECT, diagnostics);
    Document {
        schema_version: version.and_then(|node| schema_version(node, diagnostics)),
        description: fields
            .get("description")
            .and_then(|node| scalars::text(node, "description", diagnostics)),
        assume_role: fields
            .get("assumeRole")
            .and_then(|node| assume_role(node, diagnostics)),
        parameters: parameters::parameters(fields.get("parameters"), diagnostics),
        variables: parameters::variables(fields.get("variables"), diagnostics),
        steps: steps.map_or_else(Vec::new, |node| steps::main_steps(node, diagnostics)),
        outputs: outputs::document_outputs(fields.get("outputs"), diagnostics),
        files: files::files(fields.get("files"), diagnostics),
    }
}

/// The report of what only Change Manager does with a document.
fn change_manager(fields: &Fields<'_>) -> Option<Diagnostic> {
    const KEYS: [&str; 3] = ["executableRunBooks", "emergencyChange", "autoApprovable"];
    let given = KEYS.iter().filter_map(|key| fields.key(key));
    let given: Vec<&Spanned<String>> = given.collect();
    let names: Vec<String> = given.iter().map(|key| format!("`{key}`")).collect();
    let (first, others) = given.split_first()?;
    let message = format!("only Change Manager heeds {}", names.join(", "));
    let report = Diagnostic::warning(Code::IneffectiveProperty, first.span, message)
        .label("without effect here")
        .help("run what is to follow the approvals as steps of this runbook");
    Some(others.iter().fold(report, |report, key| {
        report.context(key.span, "nor has this an effect")
    }))
}

fn schema_version(node: &Node, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
    let scalar = scalars::scalar(node, "schemaVersion", "the string `'0.3'`", diagnostics)?;
    if scalar.text != "0.3" {
        diagnostics.push(kind::other_version(node, scalar));
    } else if scalar.style == Style::Plain {
        diagnostics.push(
            Diagnostic::warning(
                Code::SchemaVersion,
                node.span,
                "the schema version is not quoted",
            )
            .label("without quotes this is a number")
            .repair(node.span, "'0.3'", "quote it"),
        );
    }
    Some(Spanned::new(scalar.text.clone(), node.span))
}

fn assume_role(node: &Node, diagnostics: &mut Diagnostics) -> Option<Spanned<Template>> {
    let scalar = scalars::scalar(node, "assumeRole", "a string", diagnostics)?;
    Some(Spanned::new(Template::parse(scalar), node.span))
}
