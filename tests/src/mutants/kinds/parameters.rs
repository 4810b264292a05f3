//! Mistakes in the declarations of parameters and variables.

use runbookc::syntax::{Entry, Node, Reference};

use crate::mutants::spelling::{misspelt, other_case};
use crate::mutants::subject::{elements, entries, inner, literal, names};
use crate::mutants::{Mutation, Subject};

const TYPES: [&str; 6] = [
    "String",
    "StringList",
    "Integer",
    "Boolean",
    "StringMap",
    "MapList",
];

const KEYS: [&str; 10] = [
    "type",
    "description",
    "default",
    "allowedValues",
    "allowedPattern",
    "minItems",
    "maxItems",
    "minChars",
    "maxChars",
    "displayType",
];

pub(super) fn kind_misspelt(subject: &Subject) -> Vec<Mutation> {
    types(subject, |word| misspelt(word, &TYPES))
}

pub(super) fn kind_case(subject: &Subject) -> Vec<Mutation> {
    types(subject, other_case)
}

pub(super) fn no_kind(subject: &Subject) -> Vec<Mutation> {
    declared(subject, |declaration| {
        let entry = entries(&declaration.value)
            .iter()
            .find(|entry| entry.key.value == "type")?;
        let whole = subject.whole(&declaration.value, entry)?;
        Some(Mutation::remove(whole, declaration.value.span).or_at(declaration.key.span))
    })
}

pub(super) fn key(subject: &Subject) -> Vec<Mutation> {
    let keys = all(subject).flat_map(|declaration| entries(&declaration.value));
    keys.filter_map(|entry| {
        Some(Mutation::replace(
            entry.key.span,
            misspelt(&entry.key.value, &KEYS)?,
        ))
    })
    .collect()
}

pub(super) fn not_allowed(subject: &Subject) -> Vec<Mutation> {
    declared(subject, |declaration| {
        let allowed = elements(declaration.value.get("allowedValues")?);
        let allowed: Vec<&str> = allowed
            .iter()
            .filter_map(|node| Some(node.as_scalar()?.text.as_str()))
            .collect();
        let default = literal(declaration.value.get("default")?)?;
        Some(Mutation::replace(
            default.inner_span(),
            misspelt(&default.text, &allowed)?,
        ))
    })
}

pub(super) fn other_type(subject: &Subject) -> Vec<Mutation> {
    declared(subject, |declaration| {
        let default = declaration
            .value
            .get("default")
            .filter(|node| node.span.start < node.span.end)?;
        if default
            .as_scalar()
            .is_some_and(|scalar| scalar.text.contains('\n'))
        {
            return None;
        }
        let wrong = match kind_of(declaration)? {
            "Integer" => "many",
            "Boolean" => "maybe",
            "String" => "[one, two]",
            "StringList" => "{one: two}",
            "StringMap" | "MapList" => "[one, two]",
            _ => return None,
        };
        let wrong = match subject.is_json() {
            true => wrong.replace("one", "\"one\"").replace("two", "\"two\""),
            false => wrong.to_owned(),
        };
        Some(Mutation::replace(default.span, wrong))
    })
}

pub(super) fn refused(subject: &Subject) -> Vec<Mutation> {
    declared(subject, |declaration| {
        let pattern = &declaration.value.get("allowedPattern")?.as_scalar()?.text;
        let default = literal(declaration.value.get("default")?)?;
        // Whatever the pattern is, it must refuse the value for this to be a mistake.
        let wrong = format!("{}?! ", default.text);
        let refuses = runbookc_pattern_refuses(pattern, &wrong);
        refuses.then(|| Mutation::replace(default.inner_span(), wrong))
    })
}

pub(super) fn broken_pattern(subject: &Subject) -> Vec<Mutation> {
    declared(subject, |declaration| {
        let pattern = declaration.value.get("allowedPattern")?;
        let place = inner(pattern)?;
        Some(Mutation::replace(
            place,
            format!("({}", subject.slice(place)),
        ))
    })
}

pub(super) fn underscore(subject: &Subject) -> Vec<Mutation> {
    let references = subject.references();
    let renamed = subject.parameters().iter().map(|entry| {
        let name = format!("{}_1", entry.key.value);
        let used = references.iter().filter(|written| {
            written.placeholder.name.value == Reference::Parameter(entry.key.value.clone())
        });
        let renamed = Mutation::replace(entry.key.span, &*name);
        used.fold(renamed, |mutation, written| {
            mutation.quietly(written.placeholder.name.span, &*name)
        })
    });
    renamed.collect()
}

pub(super) fn set_misspelt(subject: &Subject) -> Vec<Mutation> {
    let known = names(subject.variables());
    let steps = subject.steps();
    let set = steps
        .iter()
        .filter(|step| step.action() == "aws:updateVariable");
    let set = set.filter_map(|step| {
        let place = inner(step.input("Name")?)?;
        let name = subject.slice(place).strip_prefix("variable:")?;
        Some(Mutation::replace(
            place,
            format!("variable:{}", misspelt(name, &known)?),
        ))
    });
    set.collect()
}

pub(super) fn set_other_type(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let set = steps
        .iter()
        .filter(|step| step.action() == "aws:updateVariable");
    let set = set.filter_map(|step| {
        let name = subject
            .slice(inner(step.input("Name")?)?)
            .strip_prefix("variable:")?;
        let variable = subject
            .variables()
            .iter()
            .find(|entry| entry.key.value == name)?;
        let wrong = match kind_of(variable)? {
            "Integer" => "many",
            "Boolean" => "maybe",
            "String" => "{one: two}",
            _ => "7",
        };
        let value = step
            .input("Value")
            .filter(|node| node.span.start < node.span.end)?;
        Some(Mutation::replace(value.span, wrong))
    });
    set.collect()
}

fn types(subject: &Subject, wrong: impl Fn(&str) -> Option<String>) -> Vec<Mutation> {
    declared(subject, |declaration| {
        let node = declaration.value.get("type")?;
        let word = &node.as_scalar()?.text;
        let known = TYPES.contains(&word.as_str());
        Some(Mutation::replace(
            inner(node).filter(|_| known)?,
            wrong(word)?,
        ))
    })
}

fn declared(subject: &Subject, make: impl Fn(&Entry) -> Option<Mutation>) -> Vec<Mutation> {
    all(subject).filter_map(make).collect()
}

fn all(subject: &Subject) -> impl Iterator<Item = &Entry> {
    subject.parameters().iter().chain(subject.variables())
}

fn kind_of(declaration: &Entry) -> Option<&str> {
    declaration
        .value
        .get("type")
        .and_then(Node::as_scalar)
        .map(|scalar| scalar.text.as_str())
}

/// Whether a pattern, which must fit the whole text, refuses it; what cannot be told counts as no.
fn runbookc_pattern_refuses(pattern: &str, text: &str) -> bool {
    let whole = fancy_regex::Regex::new(&format!("^(?:{pattern})$"));
    whole.is_ok_and(|pattern| pattern.is_match(text).is_ok_and(|fits| !fits))
}
