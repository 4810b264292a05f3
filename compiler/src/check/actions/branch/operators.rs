//! The operators of conditions by their names, and what is probably meant by other names.

use crate::check::actions::inputs::{listed, with_article};
use crate::diagnostic::{Code, Diagnostic, Replacement, similar};
use crate::document::{Step, Type};
use crate::habits;
use crate::ir::Operator;
use crate::source::Spanned;

/// What else may stand in a choice.
pub(super) const KEYS: [&str; 5] = ["NextStep", "Variable", "And", "Or", "Not"];

pub(super) fn find(name: &str) -> Option<Operator> {
    Operator::ALL
        .into_iter()
        .find(|operator| operator.name() == name)
}

/// The operators that compare values of a type, as a help.
pub(super) fn fitting(kind: Type) -> String {
    let fitting = Operator::ALL
        .into_iter()
        .filter(|operator| operator.operand_type() == kind);
    let names: Vec<&str> = fitting.map(Operator::name).collect();
    format!("{} is compared with {}", with_article(kind), listed(&names))
}

/// The report of a key that is no operator.
pub(super) fn unknown(key: &Spanned<String>, step: &Step) -> Diagnostic {
    let message = format!("`{}` has no operator `{key}`", step.action);
    let report = Diagnostic::error(Code::MalformedChoice, key.span, message)
        .label("no operator has this name");
    if let Some(operator) = negated(&key.value) {
        return report.help(format!(
            "put the comparison under `Not`: `Not: {{Variable: …, {operator}: …}}`"
        ));
    }
    match nearest(&key.value) {
        Some(near) => report.edit(key.span, near, "an operator with a similar name exists"),
        None => match habits::meant(habits::NO_OPERATORS, &key.value) {
            Some(help) => report.help(help),
            None => {
                let names = Operator::ALL.map(Operator::name);
                report.help(format!("the operators are {}", listed(&names)))
            }
        },
    }
}

/// The key of a choice or condition that is probably meant by one that is none.
pub(super) fn nearest(key: &str) -> Option<Replacement> {
    let names = Operator::ALL.into_iter().map(Operator::name);
    let near = similar(key, names.chain(KEYS)).map(Replacement::from);
    let habit = || habits::meant(habits::CHOICE_KEYS, key).map(Replacement::from);
    near.filter(|_| negated(key).is_none()).or_else(habit)
}

/// The operator that an operator of this name would be the contrary of: `StringEquals` for `StringNotEquals`.
fn negated(key: &str) -> Option<&'static str> {
    let lower = key.to_ascii_lowercase();
    let plain = lower.replacen("doesnot", "", 1).replacen("not", "", 1);
    if plain == lower || plain.is_empty() {
        return None;
    }
    let mut names = Operator::ALL.into_iter().map(Operator::name);
    let same = names.find(|name| name.to_ascii_lowercase().starts_with(&plain));
    Some(same.unwrap_or("StringEquals"))
}
