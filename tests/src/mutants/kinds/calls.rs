//! Mistakes in calls of AWS APIs: `aws:executeAwsApi`, waits and assertions.

use runbookc::catalogue::{Catalogue, ShapeKind};

use crate::mutants::spelling::{misspelt, other_case};
use crate::mutants::subject::{Call, Typed, entries, inner, literal};
use crate::mutants::{Mutation, Subject};

pub(super) fn service(subject: &Subject) -> Vec<Mutation> {
    let services: Vec<&str> = Catalogue::embedded().services().collect();
    let calls = subject.calls();
    let calls = calls.iter().filter_map(|call| {
        let node = call.step.input("Service")?;
        let wrong = misspelt(&node.as_scalar()?.text, &services)?;
        // Some services have several names.
        Catalogue::embedded().find(&wrong).is_none().then_some(())?;
        Some(Mutation::replace(inner(node)?, wrong))
    });
    calls.collect()
}

pub(super) fn operation(subject: &Subject) -> Vec<Mutation> {
    let calls = subject.calls();
    let calls = calls.iter().filter_map(|call| {
        let operations: Vec<&str> = call
            .service
            .operations
            .iter()
            .map(|operation| operation.name.as_str())
            .collect();
        let node = call.step.input("Api")?;
        Some(Mutation::replace(
            inner(node)?,
            misspelt(&node.as_scalar()?.text, &operations)?,
        ))
    });
    calls.collect()
}

pub(super) fn member(subject: &Subject) -> Vec<Mutation> {
    members(subject, true)
}

pub(super) fn inner_member(subject: &Subject) -> Vec<Mutation> {
    members(subject, false)
}

pub(super) fn member_case(subject: &Subject) -> Vec<Mutation> {
    values(subject, |call, value| {
        let wrong = other_case(&value.entry.key.value)?;
        let known = call.structure(value).member(&wrong).is_some();
        (!known).then(|| Mutation::replace(value.entry.key.span, wrong))
    })
}

pub(super) fn required(subject: &Subject) -> Vec<Mutation> {
    removed(subject, true)
}

pub(super) fn inner_required(subject: &Subject) -> Vec<Mutation> {
    removed(subject, false)
}

pub(super) fn enumeration(subject: &Subject) -> Vec<Mutation> {
    values(subject, |call, value| {
        let ShapeKind::String(string) = call.kind(value) else {
            return None;
        };
        let scalar = literal(&value.entry.value)
            .filter(|scalar| string.enumeration.contains(&scalar.text))?;
        Some(Mutation::replace(
            scalar.inner_span(),
            misspelt(&scalar.text, &string.enumeration)?,
        ))
    })
}

pub(super) fn text_for_number(subject: &Subject) -> Vec<Mutation> {
    values(subject, |call, value| {
        let number = matches!(call.kind(value), ShapeKind::Integer(_) | ShapeKind::Long(_));
        literal(&value.entry.value).filter(|_| number)?;
        Some(Mutation::replace(
            value.entry.value.span,
            quoted(subject, "many"),
        ))
    })
}

pub(super) fn text_for_truth(subject: &Subject) -> Vec<Mutation> {
    values(subject, |call, value| {
        literal(&value.entry.value).filter(|_| *call.kind(value) == ShapeKind::Boolean)?;
        Some(Mutation::replace(
            value.entry.value.span,
            quoted(subject, "maybe"),
        ))
    })
}

pub(super) fn text_for_structure(subject: &Subject) -> Vec<Mutation> {
    values(subject, |call, value| {
        let structure = matches!(call.kind(value), ShapeKind::Structure(_))
            && !entries(&value.entry.value).is_empty();
        let span = value.entry.value.span;
        let flow = subject.slice(span).starts_with('{');
        (structure && flow).then(|| Mutation::replace(span, quoted(subject, "all")))
    })
}

pub(super) fn structure_for_text(subject: &Subject) -> Vec<Mutation> {
    values(subject, |call, value| {
        let text = matches!(call.kind(value), ShapeKind::String(_));
        let scalar = value
            .entry
            .value
            .as_scalar()
            .filter(|scalar| text && !scalar.text.contains('\n'))?;
        let wrong = match subject.is_json() {
            true => "{\"Value\": 1}",
            false => "{Value: 1}",
        };
        (!scalar.is_null()).then(|| Mutation::replace(value.entry.value.span, wrong))
    })
}

pub(super) fn range(subject: &Subject) -> Vec<Mutation> {
    values(subject, |call, value| {
        let (ShapeKind::Integer(bounds) | ShapeKind::Long(bounds)) = call.kind(value) else {
            return None;
        };
        let wrong = match (bounds.max, bounds.min) {
            (Some(most), _) if most < 1_000_000 => most + 1,
            (_, Some(least)) => least - 1,
            _ => return None,
        };
        literal(&value.entry.value)?;
        Some(Mutation::replace(
            inner(&value.entry.value)?,
            wrong.to_string(),
        ))
    })
}

pub(super) fn length(subject: &Subject) -> Vec<Mutation> {
    values(subject, |call, value| {
        let ShapeKind::String(string) = call.kind(value) else {
            return None;
        };
        let most = usize::try_from(string.length.max.filter(|most| *most < 2_000)?).ok()?;
        literal(&value.entry.value).filter(|_| string.enumeration.is_empty())?;
        Some(Mutation::replace(
            inner(&value.entry.value)?,
            "a".repeat(most + 1),
        ))
    })
}

fn members(subject: &Subject, top: bool) -> Vec<Mutation> {
    values(subject, |call, value| {
        let names = call
            .structure(value)
            .members
            .iter()
            .map(|member| member.name.as_str());
        let names: Vec<&str> = names.chain(["Service", "Api"]).collect();
        let wrong = misspelt(&value.entry.key.value, &names).filter(|_| value.top == top)?;
        Some(Mutation::replace(value.entry.key.span, wrong))
    })
}

fn removed(subject: &Subject, top: bool) -> Vec<Mutation> {
    values(subject, |call, value| {
        let member = call.structure(value).member(&value.entry.key.value)?;
        let counts = member.required && !member.filled && value.top == top;
        let whole = subject
            .whole(value.mapping, value.entry)
            .filter(|_| counts)?;
        let around = match top {
            true => call.step.node.span,
            false => value.mapping.span,
        };
        Some(Mutation::remove(whole, around))
    })
}

fn values(
    subject: &Subject,
    make: impl Fn(&Call<'_>, &Typed<'_>) -> Option<Mutation>,
) -> Vec<Mutation> {
    let calls = subject.calls();
    let mutations = calls.iter().flat_map(|call| {
        let values = call.values();
        values
            .iter()
            .filter_map(|value| make(call, value))
            .collect::<Vec<_>>()
    });
    mutations.collect()
}

fn quoted(subject: &Subject, word: &str) -> String {
    match subject.is_json() {
        true => format!("\"{word}\""),
        false => word.to_owned(),
    }
}
