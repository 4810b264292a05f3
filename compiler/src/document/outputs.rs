//! Outputs of steps and of the document (spec 3.7, 3.8).

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::fields::{Fields, Subject};
use crate::document::form::{self, Form};
use crate::document::parameters::plain_type;
use crate::document::scalars::{constant, misshapen, scalar};
use crate::document::{DocumentOutput, OutputDefinition, Type};
use crate::habits;
use crate::source::{Span, Spanned};
use crate::syntax::{Node, NodeKind, Reference, Scalar, Selector, Template};

/// Reads the `outputs` of a step.
pub(super) fn definitions(
    node: Option<&Node>,
    diagnostics: &mut Diagnostics,
) -> Vec<OutputDefinition> {
    let Some(node) = node else { return Vec::new() };
    let mut outputs: Vec<OutputDefinition> = Vec::new();
    for node in form::outputs(node, &FORM, diagnostics).iter() {
        let Some(output) = definition(node, diagnostics) else {
            continue;
        };
        match outputs
            .iter()
            .find(|known| known.name.value == output.name.value)
        {
            Some(first) => diagnostics.push(duplicate(&output.name, first.name.span)),
            None => outputs.push(output),
        }
    }
    outputs
}

const KEYS: [&str; 3] = ["Name", "Selector", "Type"];

const FORM: Form = Form {
    kind: "an output",
    name: "Name",
    short: Some("Selector"),
    keys: &KEYS,
    habits: habits::OUTPUT_KEYS,
};

fn definition(node: &Node, diagnostics: &mut Diagnostics) -> Option<OutputDefinition> {
    let node = &*FORM.read(node, diagnostics);
    let written = node.get("Name").and_then(Node::as_scalar);
    let title = match written.filter(|name| !name.is_null()) {
        Some(name) => format!("the output `{}`", name.text),
        None => "an output".to_owned(),
    };
    let subject = Subject {
        kind: "an output",
        name: &title,
        open: false,
        habits: FORM.habits,
        strangers: &[],
    };
    let fields = Fields::read(node, &subject, &KEYS, diagnostics)?;
    let name = fields.require("Name", &subject, diagnostics);
    let selector = fields.require("Selector", &subject, diagnostics);
    let selector = selector.and_then(|node| self::selector(node, diagnostics));
    let name = constant(name?, "Name", diagnostics)?;
    let kind = match fields.get("Type") {
        None => Some(Spanned::new(Type::String, name.span)),
        Some(node) => {
            constant(node, "Type", diagnostics).and_then(|kind| plain_type(&kind, diagnostics))
        }
    };
    Some(OutputDefinition {
        name,
        selector,
        kind,
    })
}

fn selector(node: &Node, diagnostics: &mut Diagnostics) -> Option<Spanned<Selector>> {
    constant(node, "Selector", diagnostics)?;
    match Selector::parse(node.as_scalar()?) {
        Ok(selector) => Some(Spanned::new(selector, node.span)),
        Err(error) => {
            diagnostics.push(error);
            None
        }
    }
}

fn duplicate(name: &Spanned<String>, first: Span) -> Diagnostic {
    let message = format!("the output `{name}` is declared twice in this step");
    Diagnostic::error(Code::DuplicateName, name.span, message)
        .label("declared again here")
        .context(first, "first declared here")
        .help("give one of them another name")
}

/// Reads the `outputs` of the document.
pub(super) fn document_outputs(
    node: Option<&Node>,
    diagnostics: &mut Diagnostics,
) -> Vec<DocumentOutput> {
    let Some(node) = node else { return Vec::new() };
    const WAY_OUT: &str = "an output of the runbook is just a name in a list: `- step.Output`";
    let NodeKind::Sequence(nodes) = &node.kind else {
        let report = misshapen(node, "`outputs`", "a list");
        diagnostics.extend(report.map(|report| report.help(WAY_OUT)));
        return Vec::new();
    };
    let nodes = nodes.iter();
    nodes
        .filter_map(|node| document_output(node, diagnostics))
        .collect()
}

fn document_output(node: &Node, diagnostics: &mut Diagnostics) -> Option<DocumentOutput> {
    let scalar = scalar(
        node,
        "outputs",
        "a string such as `step.Output`",
        diagnostics,
    )?;
    let template = Template::parse(scalar);
    if let Some(placeholder) = template.whole()
        && let Reference::Output { step, output } = &placeholder.name.value
    {
        diagnostics.push(braces(node.span, step, output));
        let span = placeholder.name.span;
        return Some(DocumentOutput {
            span: node.span,
            step: Spanned::new(step.clone(), span),
            output: Spanned::new(output.clone(), span),
        });
    }
    let parts = scalar.text.split_once('.');
    let Some((step, output)) =
        parts.filter(|(step, output)| !step.is_empty() && !output.is_empty())
    else {
        diagnostics.push(not_an_output(node.span, &scalar.text));
        return None;
    };
    Some(separate(node.span, scalar, step, output))
}

fn separate(span: Span, scalar: &Scalar, step: &str, output: &str) -> DocumentOutput {
    let dot = step.len();
    let step_span = scalar.span_of(0, dot);
    let output_span = scalar.span_of(dot + 1, scalar.text.len());
    DocumentOutput {
        span,
        step: Spanned::new(step.to_owned(), step_span),
        output: Spanned::new(output.to_owned(), output_span),
    }
}

fn braces(span: Span, step: &str, output: &str) -> Diagnostic {
    let message = format!("the document output `{step}.{output}` is written in braces");
    Diagnostic::warning(Code::ReferenceNotAllowed, span, message)
        .label("outputs of the document are plain names")
        .repair(span, format!("{step}.{output}"), "leave the braces out")
}

fn not_an_output(span: Span, text: &str) -> Diagnostic {
    let message = format!("the document output `{text}` does not name an output of a step");
    Diagnostic::error(Code::UnknownDocumentOutput, span, message)
        .label("a step and its output are expected here")
        .help("write `step.Output`")
}
