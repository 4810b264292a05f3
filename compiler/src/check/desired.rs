//! Desired values against the property they are compared with (spec 5.2; section 8 rows 6 and 14).
//!
//! The property is compared as text: as it is, in decimal, or as `True` and `False`.

use super::actions::{references, some_of, text, text_span, wrong_kind};
use super::scope::Scope;
use super::selectors::{Answer, ScalarKind, Selection, View};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Near, similar};
use crate::document::{Scalar, Type, Value, ValueKind};
use crate::ir::Expression;
use crate::source::{Span, Spanned};
use crate::syntax::Selector;
use crate::syntax::scalar::Reading;

/// What the values are compared with.
pub(super) struct Property<'a> {
    /// The answer it is selected from.
    pub(super) answer: &'a Answer,
    /// What is selected, unless that is not known.
    pub(super) selection: Option<&'a Selection>,
}

/// How far a value may occur.
#[derive(Clone, Debug, PartialEq)]
enum Occurrence {
    /// It may.
    Possible,
    /// It never does, for the property is something else, in words.
    Never(&'static str),
    /// It is none of the listed values; the nearest of them.
    NotListed(Option<Near>),
    /// Only in another spelling.
    Spelled(&'static str),
}

/// A value with its text, where that is known.
struct Desired {
    literal: Option<Spanned<String>>,
    expression: Option<Expression>,
}

/// Checks the desired values, and gives them as Strings.
pub(super) fn values(
    value: &Value,
    property: &Property<'_>,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Expression>> {
    let elements: Vec<&Value> = match &value.kind {
        ValueKind::List(elements) => elements
            .iter()
            .filter(|element| element.kind != ValueKind::Null)
            .collect(),
        ValueKind::Scalar(_) => vec![value],
        _ => {
            references(value, scope, diagnostics);
            diagnostics.extend(wrong_kind(value, "DesiredValues", "a list"));
            return None;
        }
    };
    if elements.is_empty() {
        diagnostics.push(no_values(value.span));
        return None;
    }
    let all: Vec<Desired> = elements
        .into_iter()
        .map(|element| desired(element, scope, diagnostics))
        .collect();
    judge(&all, property, scope, diagnostics);
    all.into_iter().map(|desired| desired.expression).collect()
}

/// Reports a property that none of the desired values can ever equal, whatever they are.
pub(super) fn never_equal(
    answer: &Answer,
    selection: &Selection,
    selector: &Spanned<Selector>,
    desired: &[Expression],
) -> Option<Diagnostic> {
    let is_object = |view: &View<'_>| matches!(view, View::Object(_) | View::Map(_));
    let never = selection.nodes.iter().all(|node| match answer.view(node) {
        View::List(element) => is_object(&answer.view(&element)),
        view => is_object(&view),
    });
    // Runbooks ask for an empty list with `[]`.
    let is_word = |value: &Expression| matches!(value, Expression::String(text) if !text.starts_with(['[', '{']));
    if !never || !desired.iter().all(is_word) {
        return None;
    }
    let message = format!(
        "`{}` selects a mapping, which never equals a desired value",
        selector.value
    );
    let last = selector
        .value
        .segments
        .last()
        .map_or(selector.span, |segment| segment.span);
    Some(
        Diagnostic::error(Code::ImpossibleDesiredValue, last, message)
            .label("this is a mapping")
            .help("select one of its members"),
    )
}

fn no_values(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::ImpossibleDesiredValue,
        span,
        "`DesiredValues` is empty, so no value is ever desired",
    )
    .label("no value to compare with")
    .help("write for example `DesiredValues: [RUNNING]`")
}

fn desired(value: &Value, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Desired {
    if let Some(scalar) = value
        .as_scalar()
        .filter(|scalar| scalar.template.is_literal())
    {
        let text = python_text(scalar);
        let literal = Spanned::new(text.clone(), text_span(scalar));
        return Desired {
            literal: Some(literal),
            expression: Some(Expression::String(text)),
        };
    }
    Desired {
        literal: None,
        expression: reference(value, scope, diagnostics),
    }
}

/// A value that is only known at run time. A list of them has no place among the others yet.
fn reference(
    value: &Value,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Expression> {
    let scalar = value
        .as_scalar()
        .filter(|scalar| scalar.template.whole().is_some());
    let kind = scalar.and_then(|scalar| {
        scope
            .scalar(scalar, value.span, &mut Diagnostics::default())
            .kind
    });
    if matches!(kind, Some(Type::StringList | Type::MapList)) {
        let message = "a reference to a list in `DesiredValues` is not supported yet";
        diagnostics.push(
            Diagnostic::error(Code::UnsupportedFeature, value.span, message)
                .label("this is a list")
                .help("write the values out, or refer to one String for each"),
        );
        return None;
    }
    text(value, "DesiredValues", scope, diagnostics)
}

/// A literal as Python spells it.
fn python_text(scalar: &Scalar) -> String {
    match scalar.source.reading() {
        Reading::Boolean(true) => "True".to_owned(),
        Reading::Boolean(false) => "False".to_owned(),
        Reading::Integer(Some(number)) => number.to_string(),
        _ => scalar.text().to_owned(),
    }
}

/// Reports the values that never occur: as errors when none of them ever does.
fn judge(
    all: &[Desired],
    property: &Property<'_>,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) {
    let Some(selection) = property.selection else {
        return;
    };
    let judged: Vec<(&Spanned<String>, Occurrence)> = all
        .iter()
        .filter_map(|desired| desired.literal.as_ref())
        .map(|literal| {
            (
                literal,
                occurrence(property.answer, selection, &literal.value),
            )
        })
        .collect();
    let impossible =
        |found: &Occurrence| matches!(found, Occurrence::Never(_) | Occurrence::NotListed(Some(_)));
    // Who lists `Windows` and `WINDOWS` is merely unsure.
    let spelled_right = |text: &str| {
        let mut possible = judged
            .iter()
            .filter(|(_, found)| *found == Occurrence::Possible);
        possible.any(|(other, _)| other.value.eq_ignore_ascii_case(text))
    };
    let hopeless = judged.len() == all.len() && judged.iter().all(|(_, found)| impossible(found));
    for (literal, found) in judged
        .iter()
        .filter(|(literal, _)| !spelled_right(&literal.value))
    {
        diagnostics.extend(report(literal, found, hopeless, property, scope));
    }
}

/// Whether a value may occur; of several places the best one counts.
fn occurrence(answer: &Answer, selection: &Selection, text: &str) -> Occurrence {
    let mut found = Vec::new();
    for node in &selection.nodes {
        let occurrence = match answer.view(node) {
            // An empty list is compared as `[]`.
            View::List(_) if text.starts_with('[') => Occurrence::Possible,
            View::List(element) => occurs_in(&answer.view(&element), text),
            view => occurs_in(&view, text),
        };
        if occurrence == Occurrence::Possible {
            return occurrence;
        }
        found.push(occurrence);
    }
    found.into_iter().next().unwrap_or(Occurrence::Possible)
}

fn occurs_in(view: &View<'_>, text: &str) -> Occurrence {
    let View::Scalar(kind) = view else {
        // Lists of lists and documents are unknown; mappings have a report of their own.
        return Occurrence::Possible;
    };
    match kind {
        ScalarKind::Integer if text.parse::<i64>().is_err() => Occurrence::Never("an integer"),
        ScalarKind::Float if text.parse::<f64>().is_err() => Occurrence::Never("a number"),
        ScalarKind::Boolean => boolean(text),
        ScalarKind::Text(values)
            if !values.is_empty() && !values.iter().any(|value| value == text) =>
        {
            Occurrence::NotListed(similar(text, values.iter().map(String::as_str)))
        }
        _ => Occurrence::Possible,
    }
}

fn boolean(text: &str) -> Occurrence {
    match text.to_ascii_lowercase().as_str() {
        "true" if text != "True" => Occurrence::Spelled("True"),
        "false" if text != "False" => Occurrence::Spelled("False"),
        "true" | "false" => Occurrence::Possible,
        _ => Occurrence::Never("a Boolean"),
    }
}

fn report(
    literal: &Spanned<String>,
    found: &Occurrence,
    hopeless: bool,
    property: &Property<'_>,
    scope: &Scope<'_>,
) -> Option<Diagnostic> {
    let create = |message: String| {
        let create = if hopeless {
            Diagnostic::error
        } else {
            Diagnostic::warning
        };
        create(Code::ImpossibleDesiredValue, literal.span, message)
    };
    let never = format!("the property is never `{literal}`");
    match found {
        Occurrence::Possible => None,
        Occurrence::Never(kind) => {
            let report = create(format!("{never}: it is {kind}")).label(format!("not {kind}"));
            Some(report.help(match *kind {
                "an integer" => "write an integer, such as `'0'`",
                "a Boolean" => "write `'True'` or `'False'`",
                _ => "write a number, such as `'0.5'`",
            }))
        }
        Occurrence::NotListed(Some(near)) => {
            Some(create(never).label("not one of its values").edit(
                literal.span,
                near.clone(),
                "a value with a similar name exists",
            ))
        }
        Occurrence::NotListed(None) => Some(
            Diagnostic::warning(
                Code::ImpossibleDesiredValue,
                literal.span,
                format!("the property may never be `{literal}`"),
            )
            .label("not one of its values")
            .help(some_of(&listed_values(property), "values"))
            .note(format!(
                "as of {}, the date of the service models in this compiler",
                scope.catalogue.date()
            )),
        ),
        Occurrence::Spelled(spelling) => Some(
            create(format!("the property is never spelled `{literal}`"))
                .label("a Boolean is compared as `True` or `False`")
                .repair(literal.span, *spelling, "write it with a capital"),
        ),
    }
}

/// The listed values of the property.
fn listed_values(property: &Property<'_>) -> Vec<String> {
    let nodes = property
        .selection
        .map(|selection| selection.nodes.as_slice())
        .unwrap_or_default();
    let values = nodes.iter().map(|node| match property.answer.view(node) {
        View::Scalar(ScalarKind::Text(values)) => values.to_vec(),
        View::List(element) => match property.answer.view(&element) {
            View::Scalar(ScalarKind::Text(values)) => values.to_vec(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    });
    values.flatten().collect()
}
