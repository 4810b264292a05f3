//! `aws:sleep`: for a while, or until a moment (spec 5.21).

use jiff::Span as Duration;

use super::inputs;
use super::own::SLEEP;
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::durations::{Meant, is_of_the_calendar, iso_duration, length};
use crate::document::{Step, Type, Value};
use crate::ir::{Expression, Work};
use crate::source::Span;

/// The longest sleep, in seconds: one less than a week.
const LONGEST: i64 = 604_799;

/// Checks the inputs of a step.
pub(super) fn sleep(step: &Step, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Work> {
    let known = inputs::all_known(step, diagnostics);
    match SLEEP.map(|input| inputs::given(step, input.name)) {
        [Some(duration), None] => {
            let duration = time(duration, "Duration", scope, diagnostics, invalid_duration)?;
            let seconds = whole_seconds(&duration);
            Some(Work::Sleep { duration, seconds })
        }
        [None, Some(instant)] => {
            time(instant, "Timestamp", scope, diagnostics, invalid_instant).map(Work::SleepUntil)
        }
        [Some(_), Some(instant)] => {
            diagnostics.push(both(step, instant.span));
            None
        }
        [None, None] => {
            if known && step.inputs_known {
                diagnostics.push(neither(step));
            }
            None
        }
    }
}

fn both(step: &Step, span: Span) -> Diagnostic {
    let message = format!("step `{}` gives both `Duration` and `Timestamp`", step.name);
    Diagnostic::error(Code::UnknownInput, span, message)
        .label("only one of them can be given")
        .help("remove one of them")
}

fn neither(step: &Step) -> Diagnostic {
    let message = format!(
        "step `{}` gives neither `Duration` nor `Timestamp`",
        step.name
    );
    Diagnostic::error(Code::MissingInput, inputs::place(step), message)
        .label("one of them is required")
        .help("write for example `Duration: PT10M`")
}

/// A text that is a time when it is known now. Numbers are none, not even from a reference.
fn time(
    value: &Value,
    name: &str,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
    invalid: fn(&str, Span) -> Option<Diagnostic>,
) -> Option<Expression> {
    let expression = inputs::text(value, name, scope, diagnostics)?;
    let span = value.as_scalar().map_or(value.span, inputs::text_span);
    let report = match &expression {
        Expression::String(text) => invalid(text.trim(), span),
        Expression::Coerce(inner, _) if inner.kind() != Type::StringList => {
            Some(no_time(name, inner.kind(), value.span))
        }
        _ => None,
    };
    let sound = report.is_none();
    diagnostics.extend(report);
    sound.then_some(expression)
}

fn no_time(name: &str, kind: Type, span: Span) -> Diagnostic {
    let message = format!(
        "`{name}` takes a String in ISO 8601, but this is {}",
        inputs::with_article(kind)
    );
    Diagnostic::error(Code::WrongReferenceType, span, message)
        .label(format!("this is {}", inputs::with_article(kind)))
        .help("put the reference into a text, as in `'PT{{ Minutes }}M'`")
}

fn invalid_duration(text: &str, span: Span) -> Option<Diagnostic> {
    let wrong = |message: String, label: &str| {
        Diagnostic::error(Code::InvalidTime, span, message).label(label)
    };
    let Some(duration) = iso_duration(text) else {
        let message = format!("`{text}` is not an ISO 8601 duration");
        let report = wrong(message, "not a duration");
        return Some(match meant(text) {
            Some(meant) => report.edit(span, meant.iso(), "write it in ISO 8601"),
            None => report.help("write it like `PT30S`, `PT10M` or `P1DT2H`"),
        });
    };
    if duration.is_negative() {
        let report = wrong(
            format!("`{text}` is negative"),
            "a sleep cannot be negative",
        );
        return Some(report.help("leave the sign out"));
    }
    if is_of_the_calendar(&duration) {
        let message = format!("`{text}` counts years or months, whose length varies");
        let report = wrong(message, "not a fixed length");
        return Some(match text.strip_prefix('P').and_then(meant) {
            Some(minutes) => report.edit(span, minutes.iso(), "minutes stand behind a `T`"),
            None => report.help("count in days, hours, minutes or seconds"),
        });
    }
    is_too_long(&duration).then(|| {
        let message = format!("`{text}` is longer than the longest sleep, {LONGEST} seconds");
        wrong(message, "too long").help("wait in several steps, or in a loop")
    })
}

fn is_too_long(duration: &Duration) -> bool {
    length(duration).is_none_or(|length| length.as_secs() > LONGEST)
}

/// The seconds of a duration that stands in the text, if it is a whole number of them.
fn whole_seconds(duration: &Expression) -> Option<u32> {
    let Expression::String(text) = duration else {
        return None;
    };
    let length = length(&iso_duration(text.trim())?)?;
    let whole = length.subsec_nanos() == 0;
    u32::try_from(length.as_secs()).ok().filter(|_| whole)
}

/// The sleep that a text in another form probably means.
fn meant(text: &str) -> Option<Meant> {
    Meant::by(text).filter(|meant| !is_too_long(&meant.duration))
}

fn invalid_instant(text: &str, span: Span) -> Option<Diagnostic> {
    let readable =
        text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::DateTime>().is_ok();
    if readable {
        return None;
    }
    let message = format!("`{text}` is not an ISO 8601 timestamp");
    let report = Diagnostic::error(Code::InvalidTime, span, message).label("not a timestamp");
    Some(report.help("write it like `2030-01-31T08:00:00Z`"))
}
