//! Where outputs of steps are used.
//!
//! Collected from the text alone, before names are resolved: which of an action's own outputs have to be kept, which
//! outputs an input cannot do without, and which parameters and variables are named at all.

mod incomplete;

pub(super) use incomplete::Nearly;

use std::collections::{HashMap, HashSet};

use crate::document::{Document, Scalar, Step, Timeout, Value, ValueKind};
use crate::source::Span;
use crate::syntax::{Placeholder, Reference, Template};

/// Every use of an output of a step in a document, of a variable, and of a parameter.
pub(super) struct Uses<'a> {
    all: Vec<Use<'a>>,
    /// The outputs that references name, or the document's own outputs, by step and name.
    outputs: HashSet<(&'a str, &'a str)>,
    /// For each output, the first reference whose step fails without it.
    needs: HashMap<&'a str, HashMap<&'a str, Use<'a>>>,
    /// The parameters and variables that something refers to, wherever references are resolved.
    named: HashSet<&'a Reference>,
    /// What would refer to something, if it did not lack a brace.
    incomplete: Vec<Nearly>,
    variables: Vec<VariableUse<'a>>,
}

/// One reference to an output of a step.
#[derive(Clone, Copy)]
pub(super) struct Use<'a> {
    /// The step whose output it is.
    pub(super) step: &'a str,
    /// The output.
    pub(super) output: &'a str,
    /// The step that uses it.
    pub(super) by: &'a Step,
    /// The reference.
    pub(super) placeholder: &'a Placeholder,
    /// What happens when it is missing.
    pub(super) missing: Missing,
}

/// One reference to a variable.
#[derive(Clone, Copy)]
pub(super) struct VariableUse<'a> {
    /// The variable.
    pub(super) variable: &'a str,
    /// The step that uses it.
    pub(super) by: &'a Step,
    /// The reference.
    pub(super) placeholder: &'a Placeholder,
    /// What happens when it has no value.
    pub(super) missing: Missing,
}

/// What happens when an output that a step uses is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The step fails (spec 3.7).
    Fails,
    /// A condition is false (spec 5.3).
    False,
    /// A script gets the text of the reference: published runbooks look for its braces.
    Text,
}

impl<'a> Uses<'a> {
    /// Collects the uses in a document.
    pub(super) fn collect(document: &'a Document) -> Self {
        let mut found = Vec::new();
        collect_steps(&document.steps, &mut found);
        let all: Vec<Use<'a>> = found.iter().filter_map(Found::output).collect();
        let mut needs: HashMap<&str, HashMap<&str, Use<'a>>> = HashMap::new();
        for place in all.iter().filter(|place| place.missing == Missing::Fails) {
            let of_step = needs.entry(place.step).or_default();
            of_step.entry(place.output).or_insert(*place);
        }
        let variables = found.iter().filter_map(Found::variable).collect();
        let named = found.iter().map(|found| found.placeholder);
        let named = named.chain(declared(document));
        let named = named.map(|placeholder| &placeholder.name.value);
        let named =
            named.filter(|name| matches!(name, Reference::Parameter(_) | Reference::Variable(_)));
        let named = named.collect();
        let outputs = document.outputs.iter();
        let reported =
            outputs.map(|output| (output.step.value.as_str(), output.output.value.as_str()));
        let used = all.iter().map(|place| (place.step, place.output));
        Self {
            outputs: used.chain(reported).collect(),
            needs,
            all,
            named,
            incomplete: incomplete::collect(document),
            variables,
        }
    }

    /// Every reference to an output, in the order of the text.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Use<'a>> {
        self.all.iter()
    }

    /// Every reference to a variable, in the order of the text.
    pub(super) fn variables(&self) -> impl Iterator<Item = &VariableUse<'a>> {
        self.variables.iter()
    }

    /// Whether anything refers to this parameter or variable, be it not quite.
    pub(super) fn names(&self, reference: &Reference) -> bool {
        let mut incomplete = self.incomplete.iter();
        self.named.contains(reference) || incomplete.any(|found| found.reference == *reference)
    }

    /// What is nearly a reference; whether that exists is not known.
    pub(super) fn incomplete(&self) -> impl Iterator<Item = &Nearly> {
        self.incomplete.iter()
    }

    /// A reference whose step fails without this output.
    pub(super) fn need(&self, step: &str, output: &str) -> Option<&Use<'a>> {
        self.needs.get(step)?.get(output)
    }

    /// Whether a reference or an output of the document names this output.
    pub(super) fn contains(&self, step: &str, output: &str) -> bool {
        self.outputs.contains(&(step, output))
    }
}

/// A reference in a step.
struct Found<'a> {
    by: &'a Step,
    placeholder: &'a Placeholder,
    missing: Missing,
}

impl<'a> Found<'a> {
    fn output(&self) -> Option<Use<'a>> {
        let Self {
            by,
            placeholder,
            missing,
        } = *self;
        match &placeholder.name.value {
            Reference::Output { step, output } => Some(Use {
                step,
                output,
                by,
                placeholder,
                missing,
            }),
            _ => None,
        }
    }

    fn variable(&self) -> Option<VariableUse<'a>> {
        let Self {
            by,
            placeholder,
            missing,
        } = *self;
        match &placeholder.name.value {
            Reference::Variable(variable) => Some(VariableUse {
                variable,
                by,
                placeholder,
                missing,
            }),
            _ => None,
        }
    }
}

fn collect_steps<'a>(steps: &'a [Step], all: &mut Vec<Found<'a>>) {
    for by in steps {
        for (input, value) in &by.inputs {
            let missing = missing(by, &input.value);
            let references = scalars(value).flat_map(|(scalar, _)| scalar.template.references());
            all.extend(references.map(|placeholder| Found {
                by,
                placeholder,
                missing,
            }));
        }
        if let Some(template) = timeout(by) {
            all.extend(template.references().map(|placeholder| Found {
                by,
                placeholder,
                missing: Missing::Fails,
            }));
        }
        collect_steps(&by.body, all);
    }
}

/// The references outside of steps: in `assumeRole`, and in the defaults of parameters and variables.
fn declared(document: &Document) -> impl Iterator<Item = &Placeholder> {
    let parameters = document.parameters.iter();
    let variables = document.variables.iter();
    let defaults = parameters
        .map(|parameter| parameter.default.as_ref())
        .chain(variables.map(|variable| variable.default.as_ref()));
    let defaults = defaults
        .flatten()
        .flat_map(scalars)
        .flat_map(|(scalar, _)| scalar.template.references());
    let role = document.assume_role.iter();
    role.flat_map(|role| role.value.references())
        .chain(defaults)
}

fn missing(step: &Step, input: &str) -> Missing {
    match (step.action.value.as_str(), input) {
        ("aws:branch", _) | ("aws:loop", "LoopCondition") => Missing::False,
        ("aws:executeScript", "Script" | "InputPayload") => Missing::Text,
        _ => Missing::Fails,
    }
}

fn timeout(step: &Step) -> Option<&Template> {
    match &step.timeout_seconds.as_ref()?.value {
        Timeout::Reference(template) => Some(template),
        Timeout::Seconds(_) => None,
    }
}

/// Every scalar inside a value, with its place.
pub(super) fn scalars(value: &Value) -> Box<dyn Iterator<Item = (&Scalar, Span)> + '_> {
    match &value.kind {
        ValueKind::Scalar(scalar) => Box::new(std::iter::once((scalar, value.span))),
        ValueKind::List(elements) => Box::new(elements.iter().flat_map(scalars)),
        ValueKind::Map(entries) => Box::new(entries.iter().flat_map(|(_, value)| scalars(value))),
        ValueKind::Null | ValueKind::Unknown => Box::new(std::iter::empty()),
    }
}
