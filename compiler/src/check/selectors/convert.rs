//! Whether what is selected can become the declared type of an output (table of spec 3.7).

use super::Selection;
use super::answer::{Answer, Node, ScalarKind, View};
use crate::document::Type;

/// Whether a conversion can work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::check) enum Fit {
    /// It fails whenever there is a value.
    Never,
    /// No source says that it works.
    Doubtful,
    /// It works, at least for some values.
    Fine,
}

/// Whether the selected value can become the type; of several places the best one counts.
pub(in crate::check) fn fit(answer: &Answer, selection: &Selection, kind: Type) -> Fit {
    let each = selection.nodes.iter().map(|node| match answer.view(node) {
        View::List(element) => list(answer, &element, kind),
        _ if !selection.definite => list(answer, node, kind),
        view => single(&view, kind),
    });
    each.max().unwrap_or(Fit::Fine)
}

/// A list of such elements as the type.
fn list(answer: &Answer, element: &Node, kind: Type) -> Fit {
    let element = answer.view(element);
    match (kind, element) {
        (_, View::Any) | (Type::StringList, _) => Fit::Fine,
        (Type::StringMap, _) => Fit::Never,
        (Type::MapList, View::Object(_) | View::Map(_)) => Fit::Fine,
        (Type::MapList, View::List(_)) => Fit::Doubtful,
        (Type::MapList, View::Scalar(_)) => Fit::Never,
        (_, element @ View::Scalar(_)) => single(&element, kind),
        (_, View::Object(_) | View::Map(_) | View::List(_)) => Fit::Never,
    }
}

/// One value as the type.
fn single(view: &View<'_>, kind: Type) -> Fit {
    match (view, kind) {
        (View::Any, _) => Fit::Fine,
        (View::Object(_) | View::Map(_), Type::String | Type::StringMap) => Fit::Fine,
        (View::Object(_) | View::Map(_) | View::List(_), _) => Fit::Never,
        (View::Scalar(_), Type::StringMap | Type::MapList) => Fit::Never,
        (View::Scalar(scalar), _) => scalar_fit(*scalar, kind),
    }
}

fn scalar_fit(scalar: ScalarKind<'_>, kind: Type) -> Fit {
    match (scalar, kind) {
        (_, Type::String) => Fit::Fine,
        // Published runbooks read whole numbers from members that are floats.
        (ScalarKind::Float, Type::Integer) => Fit::Fine,
        // A number with a fraction has no entry in the table, unless it stands in a list.
        (ScalarKind::Float, Type::StringList) => Fit::Doubtful,
        (_, Type::StringList) => Fit::Fine,
        (ScalarKind::Text(values), Type::Integer) => {
            parses(values, |value| value.parse::<i64>().is_ok())
        }
        (ScalarKind::Text(values), Type::Boolean) => parses(values, |value| {
            ["true", "false"].contains(&value.to_ascii_lowercase().as_str())
        }),
        (ScalarKind::Integer, Type::Integer) | (ScalarKind::Boolean, Type::Boolean) => Fit::Fine,
        (ScalarKind::Timestamp, Type::Integer) => Fit::Doubtful,
        _ => Fit::Never,
    }
}

/// Free text may be anything; of an enumeration one value must fit, and newer ones may.
fn parses(values: &[String], test: impl Fn(&str) -> bool) -> Fit {
    if values.is_empty() || values.iter().any(|value| test(value)) {
        Fit::Fine
    } else {
        Fit::Doubtful
    }
}

/// Whether a path without wildcards and filters comes to a list of single values.
pub(in crate::check) fn is_list(answer: &Answer, selection: &Selection) -> bool {
    let mut nodes = selection.nodes.iter();
    selection.definite
        && nodes.all(|node| match answer.view(node) {
            View::List(element) => matches!(answer.view(&element), View::Scalar(_)),
            _ => false,
        })
}

/// What is selected, in the words of reports.
pub(in crate::check) fn description(answer: &Answer, selection: &Selection) -> String {
    let each = selection.nodes.iter().map(|node| match answer.view(node) {
        View::List(element) => format!("a list of {}", answer.view(&element).plural()),
        view if selection.definite => view.describe().to_owned(),
        view => format!("a list of {}", view.plural()),
    });
    common(each).unwrap_or_else(|| "a list".to_owned())
}

/// The type that the selected value has by itself.
pub(in crate::check) fn natural_type(answer: &Answer, selection: &Selection) -> Option<Type> {
    let each = selection.nodes.iter().map(|node| {
        let view = answer.view(node);
        match &view {
            View::List(element) => list_type(&answer.view(element)),
            _ if !selection.definite => list_type(&view),
            View::Any => None,
            View::Object(_) | View::Map(_) => Some(Type::StringMap),
            View::Scalar(ScalarKind::Integer) => Some(Type::Integer),
            View::Scalar(ScalarKind::Boolean) => Some(Type::Boolean),
            View::Scalar(_) => Some(Type::String),
        }
    });
    common(each).flatten()
}

/// What all of them are.
fn common<T: PartialEq>(mut each: impl Iterator<Item = T>) -> Option<T> {
    let first = each.next()?;
    each.all(|other| other == first).then_some(first)
}

const fn list_type(element: &View<'_>) -> Option<Type> {
    match element {
        View::Object(_) | View::Map(_) => Some(Type::MapList),
        View::Scalar(_) => Some(Type::StringList),
        View::Any | View::List(_) => None,
    }
}
