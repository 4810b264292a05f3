//! Mistakes in loops.

use crate::mutants::spelling::misspelt;
use crate::mutants::subject::{Step, entries, inner};
use crate::mutants::{Mutation, Subject};

pub(super) fn no_list(subject: &Subject) -> Vec<Mutation> {
    loops(subject, |step| {
        let iterators = step.input("Iterators")?;
        let wrong = match subject.is_json() {
            true => "{\"one\": \"two\"}",
            false => "{one: two}",
        };
        Some(Mutation::replace(iterators.span, wrong).or_at(step.node.span))
    })
}

pub(super) fn nothing(subject: &Subject) -> Vec<Mutation> {
    loops(subject, |step| {
        let mut inputs = step.inputs().iter();
        let entry = inputs
            .find(|entry| ["Iterators", "LoopCondition"].contains(&entry.key.value.as_str()))?;
        Some(Mutation::remove(
            subject.whole(step.node.get("inputs")?, entry)?,
            step.node.span,
        ))
    })
}

pub(super) fn range(subject: &Subject) -> Vec<Mutation> {
    loops(subject, |step| {
        Some(Mutation::replace(
            inner(step.input("MaxIterations")?)?,
            "101",
        ))
    })
}

pub(super) fn data_type(subject: &Subject) -> Vec<Mutation> {
    loops(subject, |step| {
        let place = inner(step.input("IteratorDataType")?)?;
        Some(Mutation::replace(
            place,
            misspelt(
                subject.slice(place),
                &["String", "Integer", "Boolean", "StringMap"],
            )?,
        ))
    })
}

fn loops(subject: &Subject, make: impl Fn(&Step<'_>) -> Option<Mutation>) -> Vec<Mutation> {
    let steps = subject.steps();
    let loops = steps
        .iter()
        .filter(|step| step.is_loop() && !entries(step.node).is_empty());
    loops.filter_map(make).collect()
}
