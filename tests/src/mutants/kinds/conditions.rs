//! Mistakes in the choices of branches and the conditions of loops.

use runbookc::syntax::{Entry, Node, Part, Reference, Template};

use crate::mutants::spelling::misspelt;
use crate::mutants::subject::{Step, elements, entries, inner, literal};
use crate::mutants::{Mutation, Subject};

const TEXTS: [&str; 5] = [
    "StringEquals",
    "EqualsIgnoreCase",
    "StartsWith",
    "EndsWith",
    "Contains",
];

const OPERATORS: [&str; 11] = [
    "StringEquals",
    "EqualsIgnoreCase",
    "StartsWith",
    "EndsWith",
    "Contains",
    "NumericEquals",
    "NumericGreater",
    "NumericLesser",
    "NumericGreaterOrEquals",
    "NumericLesserOrEquals",
    "BooleanEquals",
];

pub(super) fn operator(subject: &Subject) -> Vec<Mutation> {
    compared(subject, |_, entry| {
        Some(Mutation::replace(
            entry.key.span,
            misspelt(&entry.key.value, &OPERATORS)?,
        ))
    })
}

pub(super) fn other_type(subject: &Subject) -> Vec<Mutation> {
    compared(subject, |condition, entry| {
        let kind = kind_of(subject, condition)?;
        let wrong = match (kind.as_str(), TEXTS.contains(&entry.key.value.as_str())) {
            ("String", true) => "NumericEquals",
            ("Integer" | "Boolean", false) => "StringEquals",
            _ => return None,
        };
        // A number is as good as its text, and the other way round.
        let operand =
            literal(&entry.value).filter(|operand| operand.text.parse::<f64>().is_err())?;
        let place = Mutation::replace(entry.key.span, wrong);
        (!operand.text.is_empty()).then(|| place.or_at(entry.value.span))
    })
}

pub(super) fn no_variable(subject: &Subject) -> Vec<Mutation> {
    conditions(subject)
        .into_iter()
        .filter_map(|condition| {
            let entry = entries(condition)
                .iter()
                .find(|entry| entry.key.value == "Variable")?;
            Some(Mutation::remove(
                subject.whole(condition, entry)?,
                condition.span,
            ))
        })
        .collect()
}

pub(super) fn bare(subject: &Subject) -> Vec<Mutation> {
    let bare = conditions(subject).into_iter().filter_map(|condition| {
        let variable = condition.get("Variable")?;
        let place = inner(variable)?;
        let name = subject
            .slice(place)
            .trim_start_matches("{{")
            .trim_end_matches("}}")
            .trim();
        Some(Mutation::replace(place, name))
    });
    bare.collect()
}

pub(super) fn operand(subject: &Subject) -> Vec<Mutation> {
    compared(subject, |_, entry| {
        let numeric = entry.key.value.starts_with("Numeric") && literal(&entry.value).is_some();
        Some(Mutation::replace(
            inner(&entry.value).filter(|_| numeric)?,
            "many",
        ))
    })
}

/// A text that a parameter with `allowedValues` never has.
pub(super) fn not_allowed(subject: &Subject) -> Vec<Mutation> {
    compared(subject, |condition, entry| {
        let Reference::Parameter(name) = reference(condition)? else {
            return None;
        };
        let parameter = subject
            .parameters()
            .iter()
            .find(|parameter| parameter.key.value == name)?;
        let allowed = elements(parameter.value.get("allowedValues")?);
        let allowed: Vec<&str> = allowed
            .iter()
            .filter_map(|node| Some(node.as_scalar()?.text.as_str()))
            .collect();
        let operand =
            literal(&entry.value).filter(|operand| allowed.contains(&operand.text.as_str()))?;
        let steps = subject.steps();
        let mut choices = steps
            .iter()
            .flat_map(Step::choices)
            .map(|choice| choice.span);
        let choice = choices.find(|choice| {
            choice.start <= condition.span.start && condition.span.end <= choice.end
        });
        let equal = entry.key.value == "StringEquals";
        Some(
            Mutation::replace(
                operand.inner_span(),
                misspelt(&operand.text, &allowed).filter(|_| equal)?,
            )
            .or_at(condition.span)
            .or_at_any(choice),
        )
    })
}

fn compared(subject: &Subject, make: impl Fn(&Node, &Entry) -> Option<Mutation>) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    for condition in conditions(subject) {
        let operators = entries(condition)
            .iter()
            .filter(|entry| OPERATORS.contains(&entry.key.value.as_str()));
        mutations.extend(operators.filter_map(|entry| make(condition, entry)));
    }
    mutations
}

fn conditions(subject: &Subject) -> Vec<&Node> {
    subject.steps().iter().flat_map(Step::conditions).collect()
}

/// The type of what a condition compares, where it is declared.
fn kind_of(subject: &Subject, condition: &Node) -> Option<String> {
    let text = |node: Option<&Node>| {
        node.and_then(Node::as_scalar)
            .map_or("String".to_owned(), |scalar| scalar.text.clone())
    };
    match reference(condition)? {
        Reference::Parameter(name) => {
            let parameter = subject
                .parameters()
                .iter()
                .find(|parameter| parameter.key.value == name)?;
            Some(text(parameter.value.get("type")))
        }
        Reference::Variable(name) => {
            let variable = subject
                .variables()
                .iter()
                .find(|variable| variable.key.value == name)?;
            Some(text(variable.value.get("type")))
        }
        Reference::Output { step, output } => {
            let steps = subject.steps();
            let step = steps.iter().find(|known| known.name() == step)?;
            let mut outputs = step.outputs().iter();
            let output = outputs.find(|known| text(known.get("Name")) == output)?;
            Some(text(output.get("Type")))
        }
        _ => None,
    }
}

fn reference(condition: &Node) -> Option<Reference> {
    let template = Template::parse(condition.get("Variable")?.as_scalar()?);
    match template.parts.as_slice() {
        [Part::Reference(placeholder)] => Some(placeholder.name.value.clone()),
        _ => None,
    }
}
