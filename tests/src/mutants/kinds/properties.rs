//! Mistakes in the keys of the document and in the properties of steps.

use runbookc::source::Span;
use runbookc::syntax::Entry;

use crate::mutants::spelling::{misspelt as misspell, other_case};
use crate::mutants::subject::{Step, entries, inner};
use crate::mutants::{Mutation, Subject};

const TOP: [&str; 8] = [
    "schemaVersion",
    "description",
    "assumeRole",
    "parameters",
    "variables",
    "mainSteps",
    "outputs",
    "files",
];

const STEP: [&str; 12] = [
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

const ACTIONS: [&str; 23] = [
    "aws:approve",
    "aws:assertAwsResourceProperty",
    "aws:branch",
    "aws:changeInstanceState",
    "aws:copyImage",
    "aws:createImage",
    "aws:createStack",
    "aws:createTags",
    "aws:deleteImage",
    "aws:deleteStack",
    "aws:executeAutomation",
    "aws:executeAwsApi",
    "aws:executeScript",
    "aws:executeStateMachine",
    "aws:invokeLambdaFunction",
    "aws:invokeWebhook",
    "aws:loop",
    "aws:pause",
    "aws:runCommand",
    "aws:runInstances",
    "aws:sleep",
    "aws:updateVariable",
    "aws:waitForAwsResourceProperty",
];

pub(super) fn top_level(subject: &Subject) -> Vec<Mutation> {
    entries(&subject.tree)
        .iter()
        .filter_map(|entry| misspelt_key(entry, &TOP))
        .collect()
}

pub(super) fn misspelt(subject: &Subject) -> Vec<Mutation> {
    properties(subject, |_, entry| misspelt_key(entry, &STEP))
}

pub(super) fn case(subject: &Subject) -> Vec<Mutation> {
    properties(subject, |_, entry| {
        Some(Mutation::replace(
            entry.key.span,
            other_case(&entry.key.value)?,
        ))
    })
}

pub(super) fn among_inputs(subject: &Subject) -> Vec<Mutation> {
    let moved = [
        "timeoutSeconds",
        "maxAttempts",
        "onFailure",
        "nextStep",
        "isEnd",
    ];
    properties(subject, |step, entry| {
        let first = step
            .inputs()
            .first()
            .filter(|_| moved.contains(&entry.key.value.as_str()))?;
        let place = Span::at(first.key.span.start - quotes(subject, first));
        let text = format!(
            "{}{}",
            subject.slice(line_of(subject, entry)?),
            separator(subject, step, first)?
        );
        Some(Mutation::silent(subject.whole(step.node, entry)?, "").and(place, text))
    })
}

pub(super) fn among_properties(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let moved = steps.iter().filter_map(|step| {
        let first = entries(step.node).first()?;
        let inputs = step.node.get("inputs")?;
        let input = step
            .inputs()
            .iter()
            .find(|input| input.value.as_scalar().is_some() && !input.value.is_null())?;
        let place = Span::at(first.key.span.start - quotes(subject, first));
        let text = format!(
            "{}{}",
            subject.slice(line_of(subject, input)?),
            separator(subject, step, first)?
        );
        Some(Mutation::silent(subject.whole(inputs, input)?, "").and(place, text))
    });
    moved.collect()
}

pub(super) fn no_action(subject: &Subject) -> Vec<Mutation> {
    removed(subject, "action")
}

pub(super) fn no_name(subject: &Subject) -> Vec<Mutation> {
    removed(subject, "name")
}

pub(super) fn action(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let actions = steps.iter().filter_map(|step| {
        let word = step.action().strip_prefix("aws:")?;
        let place = inner(step.node.get("action")?)?;
        let others: Vec<&str> = ACTIONS
            .iter()
            .filter_map(|action| action.strip_prefix("aws:"))
            .collect();
        Some(Mutation::replace(
            place,
            format!("aws:{}", misspell(word, &others)?),
        ))
    });
    actions.collect()
}

pub(super) fn timeout(subject: &Subject) -> Vec<Mutation> {
    values(subject, &["timeoutSeconds"], "5 minutes")
}

pub(super) fn attempts(subject: &Subject) -> Vec<Mutation> {
    values(subject, &["maxAttempts"], "0")
}

pub(super) fn flag(subject: &Subject) -> Vec<Mutation> {
    values(subject, &["isEnd", "isCritical"], "maybe")
}

pub(super) fn hyphen(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let renamed = steps.iter().filter_map(|step| {
        let name = step.name();
        let place = inner(step.node.get("name")?)?;
        let hyphenated = format!("{name}-one");
        let jumps = subject.jumps_to(name).into_iter();
        let renamed = Mutation::replace(place, &*hyphenated);
        Some(jumps.fold(renamed, |mutation, span| {
            mutation.quietly(span, &*hyphenated)
        }))
    });
    renamed.collect()
}

fn properties(
    subject: &Subject,
    make: impl Fn(&Step<'_>, &Entry) -> Option<Mutation>,
) -> Vec<Mutation> {
    let steps = subject.steps();
    let all = steps
        .iter()
        .flat_map(|step| entries(step.node).iter().map(move |entry| (step, entry)));
    all.filter_map(|(step, entry)| make(step, entry)).collect()
}

fn misspelt_key(entry: &Entry, known: &[&str]) -> Option<Mutation> {
    Some(Mutation::replace(
        entry.key.span,
        misspell(&entry.key.value, known)?,
    ))
}

fn removed(subject: &Subject, key: &str) -> Vec<Mutation> {
    properties(subject, |step, entry| {
        let whole = subject
            .whole(step.node, entry)
            .filter(|_| entry.key.value == key)?;
        Some(Mutation::remove(whole, step.node.span))
    })
}

fn values(subject: &Subject, keys: &[&str], text: &str) -> Vec<Mutation> {
    properties(subject, |_, entry| {
        keys.contains(&entry.key.value.as_str())
            .then(|| Mutation::replace(entry.value.span, text))
    })
}

/// `key: value` of a scalar.
fn line_of(subject: &Subject, entry: &Entry) -> Option<Span> {
    entry
        .value
        .as_scalar()
        .filter(|scalar| !scalar.text.contains('\n') && !scalar.is_null())?;
    Some(Span::new(
        entry.key.span.start - quotes(subject, entry),
        entry.value.span.end,
    ))
}

/// What stands between an entry that is put before another one and that.
fn separator(subject: &Subject, step: &Step<'_>, before: &Entry) -> Option<String> {
    let start = before.key.span.start - quotes(subject, before);
    let flow = subject.slice(step.node.span).starts_with('{')
        || subject.source().text[..start].trim_end().ends_with('{');
    if flow {
        return Some(", ".to_owned());
    }
    let line = subject.source().text[..start]
        .rfind('\n')
        .map_or(0, |index| index + 1);
    Some(format!("\n{}", " ".repeat(start - line)))
}

fn quotes(subject: &Subject, entry: &Entry) -> usize {
    usize::from(subject.source().text[..entry.key.span.start].ends_with(['"', '\'']))
}
