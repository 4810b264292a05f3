//! The comparison of a filter with the type of what it looks at, compared as Jayway JsonPath does.

use super::Walk;
use super::answer::{ScalarKind, View};
use super::report::{Cause, Compared};
use crate::catalogue::Catalogue;
use crate::check::actions::some_of;
use crate::diagnostic::{Code, Diagnostic, similar};
use crate::source::{Span, Spanned};
use crate::syntax::selector::{Comparison, Filter, FilterTest, Literal};

/// A filter that can hardly be meant.
#[derive(Clone, Debug)]
pub(in crate::check) enum Doubt {
    /// It lets everything through.
    Always(Compared),
    /// It compares with a text that the API does not list.
    Unlisted {
        /// What is compared, in backticks.
        place: String,
        literal: Spanned<Literal>,
        /// The values that it lists.
        listed: Vec<String>,
    },
}

/// What a comparison comes to.
enum Verdict {
    /// It may hold, and may not.
    Open,
    Never,
    Always,
    /// Nobody lists such a value.
    Unlisted(Vec<String>),
}

/// Judges the comparison of a filter by the types of what it looks at.
pub(super) fn compare(
    looked_at: &Walk<'_>,
    filter: &Filter,
) -> Result<Option<Doubt>, (Span, Box<Cause>)> {
    let FilterTest::Compare(comparison, literal) = &filter.test else {
        return Ok(None);
    };
    let mut views = looked_at
        .nodes
        .iter()
        .map(|node| looked_at.answer.view(node));
    let Some(first) = views.next() else {
        return Ok(None);
    };
    let verdict = verdict(&first, *comparison, &literal.value);
    let kind = first.describe();
    // Places of several types are rare, and one of them may well hold what is compared.
    if views.any(|view| view.describe() != kind) {
        return Ok(None);
    }
    let place = looked_at.place.to_string();
    let literal = literal.clone();
    let compared = |literal| Compared {
        place: place.clone(),
        kind,
        comparison: *comparison,
        literal,
    };
    match verdict {
        Verdict::Open => Ok(None),
        Verdict::Never => Err((literal.span, Box::new(Cause::Comparison(compared(literal))))),
        Verdict::Always => Ok(Some(Doubt::Always(compared(literal)))),
        // Another place may list it.
        Verdict::Unlisted(_) if looked_at.nodes.len() > 1 => Ok(None),
        Verdict::Unlisted(listed) => Ok(Some(Doubt::Unlisted {
            place,
            literal,
            listed,
        })),
    }
}

fn verdict(view: &View<'_>, comparison: Comparison, literal: &Literal) -> Verdict {
    match comparison {
        Comparison::Equal => equal(view, literal),
        Comparison::NotEqual => match equal(view, literal) {
            Verdict::Never => Verdict::Always,
            other => other,
        },
        _ if has_order(view, literal) => Verdict::Open,
        _ => Verdict::Never,
    }
}

/// Texts and numbers are equal when one reads as the other.
fn equal(view: &View<'_>, literal: &Literal) -> Verdict {
    use ScalarKind::{Boolean, Float, Integer, Text, Timestamp};
    let View::Scalar(kind) = view else {
        let known = !matches!(view, View::Any);
        return open_if(!known || *literal == Literal::Null);
    };
    match (kind, literal) {
        (_, Literal::Null) => Verdict::Open,
        (Text(listed), Literal::String(text)) => is_listed(listed, text),
        (Text(listed), Literal::Integer(number)) => is_listed(listed, &number.to_string()),
        (Text(_), Literal::Float(_)) | (Timestamp, Literal::String(_)) => Verdict::Open,
        (Integer | Float, Literal::String(text)) => open_if(text.parse::<f64>().is_ok()),
        (Integer, Literal::Float(number)) => open_if(number.fract() == 0.0),
        (Integer | Float, Literal::Integer(_) | Literal::Float(_)) => Verdict::Open,
        (Boolean, Literal::Boolean(_)) => Verdict::Open,
        (Text(_) | Timestamp | Integer | Float | Boolean, _) => Verdict::Never,
    }
}

/// Numbers have an order, and texts.
const fn has_order(view: &View<'_>, literal: &Literal) -> bool {
    use ScalarKind::{Float, Integer, Text, Timestamp};
    match literal {
        Literal::String(_) => {
            matches!(view, View::Any | View::Scalar(Text(_) | Timestamp))
        }
        Literal::Integer(_) | Literal::Float(_) => {
            matches!(view, View::Any | View::Scalar(Integer | Float))
        }
        Literal::Boolean(_) | Literal::Null => false,
    }
}

const fn open_if(possible: bool) -> Verdict {
    if possible {
        Verdict::Open
    } else {
        Verdict::Never
    }
}

fn is_listed(listed: &[String], text: &str) -> Verdict {
    if listed.is_empty() || listed.iter().any(|value| value == text) {
        Verdict::Open
    } else {
        Verdict::Unlisted(listed.to_vec())
    }
}

impl Doubt {
    /// The warning about it.
    pub(in crate::check) fn report(&self, catalogue: &Catalogue) -> Diagnostic {
        match self {
            Self::Always(compared) => {
                let message = format!(
                    "the comparison of {} with {} always holds",
                    compared.place,
                    compared.words()
                );
                let span = compared.literal.span;
                let report = Diagnostic::warning(Code::DoubtfulFilter, span, message);
                compared.way_out(report.label("so the filter lets everything through"))
            }
            Self::Unlisted {
                place,
                literal,
                listed,
            } => {
                let report = unlisted(place, literal, listed);
                report.note(format!(
                    "as of {}, the date of the service models in this compiler",
                    catalogue.date()
                ))
            }
        }
    }
}

fn unlisted(place: &str, literal: &Spanned<Literal>, listed: &[String]) -> Diagnostic {
    let text = match &literal.value {
        Literal::String(text) => text.clone(),
        other => other.to_string(),
    };
    let message = format!("{place} may never be `{text}`");
    let report = Diagnostic::warning(Code::DoubtfulFilter, literal.span, message);
    let report = report.label("not one of its values");
    let near = similar(&text, listed.iter().map(String::as_str));
    match (near, inner(literal)) {
        (Some(near), Some(span)) => report.edit(span, near, "a value with a similar name exists"),
        (Some(near), None) => report.help(format!("a value with a similar name exists: `{near}`")),
        (None, _) => report.help(some_of(listed, "values")),
    }
}

/// The place of a text inside its quotes, if it is written plainly.
pub(super) fn inner(literal: &Spanned<Literal>) -> Option<Span> {
    let Literal::String(text) = &literal.value else {
        return None;
    };
    let Span { start, end } = literal.span;
    (start + text.len() + 2 == end).then(|| Span::new(start + 1, end - 1))
}
