//! Mistakes in what is made of answers: outputs, the properties of waits and assertions.

use runbookc::catalogue::{ShapeId, ShapeKind};
use runbookc::source::Span;
use runbookc::syntax::{Node, Selector, SelectorSegment};

use crate::mutants::spelling::{misspelt, other_case};
use crate::mutants::subject::{Call, elements, entries, inner, literal};
use crate::mutants::{Mutation, Subject};

const TYPES: [&str; 6] = [
    "String",
    "StringList",
    "Integer",
    "Boolean",
    "StringMap",
    "MapList",
];

/// A selector on an answer of an API.
struct Selected<'a> {
    call: &'a Call<'a>,
    place: Span,
    selector: Selector,
    output: Option<&'a Node>,
}

pub(super) fn member(subject: &Subject) -> Vec<Mutation> {
    selected(subject, |selected| {
        keys(selected, subject, misspelt).filter(|_| selected.output.is_some())
    })
}

pub(super) fn property(subject: &Subject) -> Vec<Mutation> {
    selected(subject, |selected| {
        keys(selected, subject, misspelt).filter(|_| selected.output.is_none())
    })
}

pub(super) fn case(subject: &Subject) -> Vec<Mutation> {
    selected(subject, |selected| {
        keys(selected, subject, |key, known| {
            other_case(key).filter(|wrong| !known.contains(wrong))
        })
    })
}

/// `[0]` left out behind a list.
pub(super) fn no_index(subject: &Subject) -> Vec<Mutation> {
    selected(subject, |selected| {
        let text = subject.slice(selected.place);
        let index = text
            .find("[0].")
            .filter(|index| !text[..*index].ends_with('.'))?;
        Some(
            Mutation::replace(selected.place, text.replacen("[0].", ".", 1))
                .or_at(Span::new(selected.place.start + index, selected.place.end)),
        )
    })
}

pub(super) fn bracket(subject: &Subject) -> Vec<Mutation> {
    selected(subject, |selected| {
        let text = subject.slice(selected.place);
        text.contains(']')
            .then(|| Mutation::replace(selected.place, text.replacen(']', "", 1)))
    })
}

pub(super) fn no_root(subject: &Subject) -> Vec<Mutation> {
    selected(subject, |selected| {
        let rest = subject.slice(selected.place).strip_prefix("$.")?;
        (!rest.starts_with('.')).then(|| Mutation::replace(selected.place, rest))
    })
}

/// A type that no value of the shape can become (spec 3.7).
pub(super) fn kind_swapped(subject: &Subject) -> Vec<Mutation> {
    selected(subject, |selected| {
        let node = selected.output?.get("Type")?;
        let shape = shape(selected)?;
        let wrong = match &selected.call.service.shape(shape).kind {
            ShapeKind::Structure(_) | ShapeKind::Map(_) => ["Integer", "Boolean", "StringList"],
            ShapeKind::Boolean => ["Integer", "StringMap", "MapList"],
            ShapeKind::Integer(_) | ShapeKind::Long(_) => ["Boolean", "StringMap", "MapList"],
            ShapeKind::String(_) => ["StringMap", "MapList", "StringMap"],
            _ => return None,
        };
        let wrong = wrong[selected.place.start % wrong.len()];
        Some(Mutation::replace(inner(node)?, wrong).or_at(selected.place))
    })
}

pub(super) fn kind_misspelt(subject: &Subject) -> Vec<Mutation> {
    outputs(subject, |output| {
        let node = output.get("Type")?;
        Some(Mutation::replace(
            inner(node)?,
            misspelt(&node.as_scalar()?.text, &TYPES)?,
        ))
    })
}

pub(super) fn key(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let outputs = steps
        .iter()
        .flat_map(|step| step.outputs())
        .flat_map(entries);
    let keys = ["Name", "Selector", "Type"];
    outputs
        .filter_map(|entry| {
            Some(Mutation::replace(
                entry.key.span,
                misspelt(&entry.key.value, &keys)?,
            ))
        })
        .collect()
}

pub(super) fn no_selector(subject: &Subject) -> Vec<Mutation> {
    outputs(subject, |output| {
        let entry = entries(output)
            .iter()
            .find(|entry| entry.key.value == "Selector")?;
        Some(Mutation::remove(subject.whole(output, entry)?, output.span))
    })
}

pub(super) fn desired(subject: &Subject) -> Vec<Mutation> {
    selected(subject, |selected| {
        let list = selected
            .call
            .step
            .input("DesiredValues")
            .filter(|_| selected.output.is_none())?;
        let ShapeKind::String(string) = &selected.call.service.shape(shape(selected)?).kind else {
            return None;
        };
        let desired = elements(list).iter().filter_map(literal);
        let mut desired = desired.filter(|scalar| string.enumeration.contains(&scalar.text));
        let scalar = desired.next()?;
        Some(Mutation::replace(
            scalar.inner_span(),
            misspelt(&scalar.text, &string.enumeration)?,
        ))
    })
}

/// The last key of the selector, made wrong.
fn keys(
    selected: &Selected<'_>,
    subject: &Subject,
    wrong: impl Fn(&str, &[String]) -> Option<String>,
) -> Option<Mutation> {
    let mut shape = selected.call.operation.output;
    let mut found = None;
    for segment in &selected.selector.segments {
        let structure = shape.and_then(|shape| selected.call.service.structure(shape));
        if let (SelectorSegment::Key(key), Some(structure)) = (&segment.value, structure) {
            let known: Vec<String> = structure
                .members
                .iter()
                .map(|member| member.name.clone())
                .collect();
            if known.contains(key) {
                found = Some((key, segment.span, known));
            }
        }
        shape = shape.and_then(|shape| next(selected.call, shape, &segment.value));
    }
    let (key, span, known) = found?;
    let text = subject.slice(span);
    let start = span.start + text.find(key.as_str())?;
    Some(Mutation::replace(
        Span::new(start, start + key.len()),
        wrong(key, &known)?,
    ))
}

/// The shape that the selector leads to, where it is a plain path.
fn shape(selected: &Selected<'_>) -> Option<ShapeId> {
    let mut segments = selected.selector.segments.iter();
    segments.try_fold(selected.call.operation.output?, |shape, segment| {
        next(selected.call, shape, &segment.value)
    })
}

fn next(call: &Call<'_>, shape: ShapeId, segment: &SelectorSegment) -> Option<ShapeId> {
    match (&call.service.shape(shape).kind, segment) {
        (ShapeKind::Structure(structure), SelectorSegment::Key(key)) => {
            Some(structure.member(key)?.shape)
        }
        (ShapeKind::List(list), SelectorSegment::Index(_)) => Some(list.member.shape),
        _ => None,
    }
}

fn selected(subject: &Subject, make: impl Fn(&Selected<'_>) -> Option<Mutation>) -> Vec<Mutation> {
    let calls = subject.calls();
    let mut mutations = Vec::new();
    for call in &calls {
        let own = call
            .step
            .outputs()
            .iter()
            .map(|output| (output.get("Selector"), Some(output)));
        let property = [(call.step.input("PropertySelector"), None)];
        for (node, output) in own.chain(property) {
            let Some(scalar) = node.and_then(literal) else {
                continue;
            };
            let Ok(selector) = Selector::parse(scalar) else {
                continue;
            };
            let selected = Selected {
                call,
                place: scalar.inner_span(),
                selector,
                output,
            };
            mutations.extend(make(&selected));
        }
    }
    mutations
}

fn outputs(subject: &Subject, make: impl Fn(&Node) -> Option<Mutation>) -> Vec<Mutation> {
    let steps = subject.steps();
    steps
        .iter()
        .flat_map(|step| step.outputs())
        .filter_map(make)
        .collect()
}
