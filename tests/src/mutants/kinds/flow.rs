//! Mistakes in where steps lead.

use runbookc::source::Span;
use runbookc::syntax::Node;

use crate::mutants::spelling::{misspelt, other_case};
use crate::mutants::subject::{Step, elements, inner};
use crate::mutants::{Mutation, Subject};

pub(super) fn next_step(subject: &Subject) -> Vec<Mutation> {
    jumps(subject, "nextStep")
}

pub(super) fn on_failure(subject: &Subject) -> Vec<Mutation> {
    jumps(subject, "onFailure")
}

pub(super) fn on_cancel(subject: &Subject) -> Vec<Mutation> {
    jumps(subject, "onCancel")
}

pub(super) fn choice(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let choices = steps.iter().flat_map(Step::choices);
    choices
        .filter_map(|choice| misspelt_step(subject, inner(choice.get("NextStep")?)?))
        .collect()
}

pub(super) fn default(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let branches = steps.iter().filter(|step| step.action() == "aws:branch");
    branches
        .filter_map(|step| misspelt_step(subject, inner(step.input("Default")?)?))
        .collect()
}

pub(super) fn no_prefix(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let handlers = steps.iter().filter_map(|step| {
        let name = subject.jump(*step, "onFailure")?;
        let whole = inner(step.node.get("onFailure")?)?;
        Some(Mutation::replace(whole, subject.slice(name)))
    });
    handlers.collect()
}

pub(super) fn handler_case(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let handlers = steps
        .iter()
        .flat_map(|step| ["onFailure", "onCancel"].map(|key| step.node.get(key)));
    let handlers = handlers.flatten().filter_map(|node| {
        let place = inner(node)?;
        Some(Mutation::replace(place, other_case(subject.slice(place))?))
    });
    handlers.collect()
}

pub(super) fn itself(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let steps = steps.iter().filter_map(|step| {
        let place = inner(step.node.get("nextStep")?)?;
        Some(Mutation::replace(place, step.name()))
    });
    steps.collect()
}

/// A `nextStep` that names a step that leads here.
pub(super) fn back(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let pairs = steps.windows(2).filter_map(|pair| {
        let [before, step] = pair else { return None };
        let falls = ["nextStep", "isEnd"]
            .iter()
            .all(|key| before.node.get(key).is_none());
        let falls = falls
            && before.action() != "aws:branch"
            && before.depth == step.depth
            && !before.is_loop();
        let place = inner(step.node.get("nextStep").filter(|_| falls)?)?;
        // The circle may be shown at any of the steps that form it.
        Some(Mutation::replace(place, before.name()).or_at_any(inner(before.node.get("name")?)))
    });
    pairs.collect()
}

pub(super) fn end_and_next(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let both = steps.iter().filter_map(|step| {
        let entry = step.entry("nextStep")?;
        let quote =
            usize::from(subject.source().text[..entry.key.span.start].ends_with(['"', '\'']));
        let start = entry.key.span.start - quote;
        let line = subject.source().text[..start]
            .rfind('\n')
            .map_or(0, |index| index + 1);
        let (key, separator) = match subject.slice(step.node.span).starts_with('{') {
            true => ("\"isEnd\": true", ", ".to_owned()),
            false => ("isEnd: true", format!("\n{}", " ".repeat(start - line))),
        };
        let place = Span::at(start);
        Some(
            Mutation::replace(place, format!("{key}{separator}"))
                .or_at(entry.key.span)
                .or_at(entry.value.span),
        )
    });
    both.collect()
}

pub(super) fn deleted(subject: &Subject) -> Vec<Mutation> {
    let mut deleted = Vec::new();
    each_list(subject, &mut |list| {
        for node in elements(list) {
            let step = Step { node, depth: 0 };
            let inside = |span: &Span| node.span.start <= span.start && span.end <= node.span.end;
            let mut uses = subject.jumps_to(step.name());
            uses.extend(subject.uses_of(step.name(), None));
            uses.retain(|span| !inside(span));
            if let Some(whole) = subject
                .whole_element(list, node)
                .filter(|_| !uses.is_empty())
            {
                deleted.push(Mutation::silent(whole, "").or_at_any(uses));
            }
        }
    });
    deleted
}

pub(super) fn same_name(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let pairs = steps.windows(2).filter_map(|pair| {
        let [one, other] = pair else { return None };
        let (first, second) = (
            inner(one.node.get("name")?)?,
            inner(other.node.get("name")?)?,
        );
        let uses = subject
            .jumps_to(other.name())
            .into_iter()
            .chain(subject.uses_of(other.name(), None));
        Some(
            Mutation::replace(second, one.name())
                .or_at(first)
                .or_at_any(uses),
        )
    });
    pairs.collect()
}

pub(super) fn renamed(subject: &Subject) -> Vec<Mutation> {
    let names = subject.step_names();
    let steps = subject.steps();
    let renamed = steps.iter().filter_map(|step| {
        let mut uses = subject.jumps_to(step.name());
        uses.extend(subject.uses_of(step.name(), None));
        let place = inner(step.node.get("name").filter(|_| !uses.is_empty())?)?;
        Some(Mutation::silent(place, misspelt(step.name(), &names)?).or_at_any(uses))
    });
    renamed.collect()
}

pub(super) fn no_end(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let ends = steps.iter().take(steps.len() - 1).filter_map(|step| {
        let entry = step
            .entry("isEnd")
            .filter(|entry| subject.slice(entry.value.span) == "true")?;
        Some(Mutation::remove(
            subject.whole(step.node, entry)?,
            step.node.span,
        ))
    });
    ends.collect()
}

/// `isEnd` on a step whose successor nothing else leads to: that is where it shows.
pub(super) fn early_end(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let pairs = steps.windows(2).filter_map(|pair| {
        let [step, next] = pair else { return None };
        let falls = ["nextStep", "isEnd"]
            .iter()
            .all(|key| step.node.get(key).is_none());
        let falls = falls && step.depth == next.depth && step.action() != "aws:branch";
        let needed = falls && subject.jumps_to(next.name()).is_empty();
        let entry = step.entry("action").filter(|_| needed)?;
        let place = Span::at(entry.value.span.end);
        let line = subject.source().text[..entry.key.span.start]
            .rfind('\n')
            .map_or(0, |index| index + 1);
        let text = match subject.slice(step.node.span).starts_with('{') {
            true => ", \"isEnd\": true".to_owned(),
            false => format!("\n{}isEnd: true", " ".repeat(entry.key.span.start - line)),
        };
        let uses = subject.uses_of(next.name(), None);
        Some(
            Mutation::replace(place, text)
                .or_at_any(inner(next.node.get("name")?))
                .or_at_any(uses),
        )
    });
    pairs.collect()
}

/// A `nextStep` that leads past a step that nothing else leads to.
pub(super) fn skipped(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let skipped = steps.iter().enumerate().filter_map(|(index, step)| {
        let place = inner(step.node.get("nextStep")?)?;
        let target = steps
            .iter()
            .find(|other| other.name() == subject.slice(place))?;
        let position = steps
            .iter()
            .position(|other| other.name() == target.name())?;
        let before = steps.get(position.checked_sub(1)?)?;
        let closed = before.name() == step.name()
            || ["nextStep", "isEnd"]
                .iter()
                .any(|key| before.node.get(key).is_some());
        let alone = closed && subject.jumps_to(target.name()).len() == 1;
        let later = steps
            .iter()
            .skip(index.max(position) + 1)
            .find(|other| other.depth == step.depth);
        let uses = subject.uses_of(target.name(), None);
        let mutation = Mutation::replace(place, later.filter(|_| alone)?.name());
        Some(
            mutation
                .or_at_any(inner(target.node.get("name")?))
                .or_at_any(uses),
        )
    });
    skipped.collect()
}

pub(super) fn no_next(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let choices = steps.iter().flat_map(Step::choices).filter_map(|choice| {
        let entry = crate::mutants::subject::entries(choice)
            .iter()
            .find(|entry| entry.key.value == "NextStep")?;
        Some(Mutation::remove(subject.whole(choice, entry)?, choice.span))
    });
    choices.collect()
}

fn jumps(subject: &Subject, key: &str) -> Vec<Mutation> {
    let steps = subject.steps();
    let jumps = steps
        .iter()
        .filter_map(|step| misspelt_step(subject, subject.jump(*step, key)?));
    jumps.collect()
}

fn misspelt_step(subject: &Subject, span: Span) -> Option<Mutation> {
    Some(Mutation::replace(
        span,
        misspelt(subject.slice(span), &subject.step_names())?,
    ))
}

/// The lists of steps: that of the document and those of loops.
fn each_list(subject: &Subject, visit: &mut impl FnMut(&Node)) {
    if let Some(list) = subject.tree.get("mainSteps") {
        visit(list);
    }
    for step in subject.steps().into_iter().filter(Step::is_loop) {
        if let Some(list) = step.input("Steps") {
            visit(list);
        }
    }
}
