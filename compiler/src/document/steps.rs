//! Steps (spec 4.1).

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::durations::Meant;
use crate::document::fields::{Fields, Subject};
use crate::document::form::{self, Form};
use crate::document::handlers;
use crate::document::outputs::definitions;
use crate::document::parameters::invalid_name;
use crate::document::scalars::{
    boolean, constant, misfit, number, scalar, text, unfit, way_out, whole_number, wrong_kind,
};
use crate::document::{Step, Timeout, Value};
use crate::habits;
use crate::source::{Span, Spanned};
use crate::syntax::{Node, NodeKind, Template};

const KEYS: [&str; 12] = [
    "name",
    "action",
    "description",
    "inputs",
    "outputs",
    "maxAttempts",
    "timeoutSeconds",
    "onFailure",
    "onCancel",
    "isCritical",
    "isEnd",
    "nextStep",
];

/// Those that stand behind `inputs`, and slip into them where they are indented too far.
pub(crate) const PROPERTIES: &[&str] = {
    let [_name, _action, _description, _inputs, properties @ ..] = &KEYS;
    properties
};

/// Reads `mainSteps`, and reports names that are given twice anywhere.
pub(super) fn main_steps(node: &Node, diagnostics: &mut Diagnostics) -> Vec<Step> {
    let steps = steps(node, "mainSteps", diagnostics);
    let mut names = Vec::new();
    collect_names(&steps, &mut names);
    report_duplicates(&names, diagnostics);
    steps
}

fn steps(node: &Node, key: &str, diagnostics: &mut Diagnostics) -> Vec<Step> {
    let Some(nodes) = form::steps(node, key, diagnostics) else {
        return Vec::new();
    };
    if nodes.is_empty() {
        let message = format!("`{key}` has no steps");
        diagnostics.push(
            Diagnostic::error(Code::MissingKey, node.span, message)
                .label("at least one step is expected here")
                .help("write a list of steps, each with its `name` and its `action`"),
        );
    }
    let nodes = nodes.iter();
    nodes.filter_map(|node| step(node, diagnostics)).collect()
}

const FORM: Form = Form {
    kind: "a step",
    name: "name",
    short: None,
    keys: &KEYS,
    habits: habits::STEP_KEYS,
};

fn step(node: &Node, diagnostics: &mut Diagnostics) -> Option<Step> {
    let node = &*FORM.read(node, diagnostics);
    let node = &*form::inputs_below(node, &FORM, diagnostics);
    let written = node.get("name").and_then(Node::as_scalar);
    let title = match written.filter(|name| !name.is_null()) {
        Some(name) => format!("the step `{}`", name.text),
        None => "a step".to_owned(),
    };
    let subject = Subject {
        kind: "a step",
        name: &title,
        open: false,
        habits: FORM.habits,
        strangers: habits::NO_STEP_KEYS,
    };
    let fields = Fields::read(node, &subject, &KEYS, diagnostics)?;
    let name = name(&fields, &subject, node.span, diagnostics);
    let action = fields.require("action", &subject, diagnostics);
    let action = action.and_then(|node| constant(node, "action", diagnostics));
    let action = action.unwrap_or_else(|| Spanned::new(String::new(), name.span));
    let inputs = Inputs::read(fields.get("inputs"), &action, diagnostics);
    Some(Step {
        span: node.span,
        description: fields
            .get("description")
            .and_then(|node| text(node, "description", diagnostics)),
        inputs: inputs.values,
        inputs_span: inputs.span,
        inputs_known: inputs.known,
        body: inputs.body,
        body_span: inputs.body_span,
        outputs: definitions(fields.get("outputs"), diagnostics),
        max_attempts: fields
            .get("maxAttempts")
            .and_then(|node| max_attempts(node, diagnostics)),
        timeout_seconds: fields
            .get("timeoutSeconds")
            .and_then(|node| timeout(node, diagnostics)),
        on_failure: fields
            .get("onFailure")
            .and_then(|node| handlers::on_failure(node, diagnostics)),
        on_cancel: fields
            .get("onCancel")
            .and_then(|node| handlers::on_cancel(node, diagnostics)),
        is_critical: fields
            .get("isCritical")
            .and_then(|node| boolean(node, "isCritical", diagnostics)),
        is_end: fields
            .get("isEnd")
            .and_then(|node| boolean(node, "isEnd", diagnostics)),
        next_step: fields
            .get("nextStep")
            .and_then(|node| constant(node, "nextStep", diagnostics)),
        name,
        action,
    })
}

/// The name of a step; empty when there is none, which is reported.
fn name(
    fields: &Fields<'_>,
    subject: &Subject<'_>,
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Spanned<String> {
    let node = fields.require("name", subject, diagnostics);
    let Some(name) = node.and_then(|node| constant(node, "name", diagnostics)) else {
        return Spanned::new(String::new(), Span::at(span.start));
    };
    let fits = |next: char| next.is_ascii_alphanumeric() || next == '_';
    if name.value.is_empty() || !name.value.chars().all(fits) {
        diagnostics.push(invalid_name(&name, "step", "letters, digits and `_`"));
    }
    name
}

/// The inputs of a step, the steps inside a loop apart.
struct Inputs {
    values: Vec<(Spanned<String>, Value)>,
    span: Span,
    known: bool,
    body: Vec<Step>,
    body_span: Option<Span>,
}

impl Inputs {
    fn read(node: Option<&Node>, action: &Spanned<String>, diagnostics: &mut Diagnostics) -> Self {
        let mut inputs = Self {
            values: Vec::new(),
            span: action.span,
            known: true,
            body: Vec::new(),
            body_span: None,
        };
        let Some(node) = node else { return inputs };
        inputs.span = node.span;
        let NodeKind::Mapping(entries) = &node.kind else {
            diagnostics.extend(wrong_kind(node, "`inputs`", "a mapping"));
            inputs.known = false;
            return inputs;
        };
        for entry in entries {
            if action.value == "aws:loop" && entry.key.value == "Steps" {
                inputs.body = steps(&entry.value, "Steps", diagnostics);
                inputs.body_span = Some(entry.key.span);
            } else {
                inputs.values.push(Value::entry(entry, diagnostics));
            }
        }
        inputs
    }
}

/// What `timeoutSeconds` is.
const SECONDS: &str = "a number of seconds";

fn max_attempts(node: &Node, diagnostics: &mut Diagnostics) -> Option<Spanned<u32>> {
    let attempts = number(node, "maxAttempts", diagnostics)?;
    match u32::try_from(attempts.value) {
        Ok(value) if value > 0 => Some(Spanned::new(value, attempts.span)),
        _ => {
            let text = attempts.value.to_string();
            diagnostics.push(unfit(node, "maxAttempts", &text, "a number from 1 on"));
            None
        }
    }
}

fn timeout(node: &Node, diagnostics: &mut Diagnostics) -> Option<Spanned<Timeout>> {
    let scalar = scalar(node, "timeoutSeconds", SECONDS, diagnostics)?;
    let template = Template::parse(scalar);
    let timeout = match whole_number(scalar) {
        Some(seconds) => Timeout::Seconds(seconds),
        None if template.whole().is_some() => Timeout::Reference(template),
        None => {
            diagnostics.push(no_seconds(node, &scalar.text, &template));
            return None;
        }
    };
    Some(Spanned::new(timeout, node.span))
}

/// The report of a time limit that is neither a number of seconds nor a reference to one.
fn no_seconds(node: &Node, text: &str, template: &Template) -> Diagnostic {
    let report = misfit(node, "timeoutSeconds", text, SECONDS);
    if template.references().next().is_some() {
        return report.help("a reference stands alone, and gives the number: `'{{ Seconds }}'`");
    }
    match Meant::by(text).and_then(|meant| meant.seconds()) {
        Some(seconds) => report.edit(node.span, seconds, "write it in seconds"),
        None => report.help(way_out(SECONDS)),
    }
}

fn collect_names<'steps>(steps: &'steps [Step], names: &mut Vec<&'steps Spanned<String>>) {
    for step in steps {
        if !step.name.value.is_empty() {
            names.push(&step.name);
        }
        collect_names(&step.body, names);
    }
}

fn report_duplicates(names: &[&Spanned<String>], diagnostics: &mut Diagnostics) {
    let mut known: HashMap<&str, Span> = HashMap::new();
    for name in names {
        let first = *known.entry(&name.value).or_insert(name.span);
        if first != name.span {
            let message = format!("two steps are named `{name}`");
            diagnostics.push(
                Diagnostic::error(Code::DuplicateName, name.span, message)
                    .label("used again here")
                    .context(first, "first used here")
                    .help("give one of them another name; steps inside loops count too"),
            );
        }
    }
}
