//! The inputs of a step, one by one: given or not, known or not, and read as the types that actions take (spec 3.3).

use super::{OwnInput, own_inputs};
use crate::catalogue::Catalogue;
use crate::check::scope::{Origin, Scope, Typed};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Near, similar};
use crate::document::durations::Meant;
use crate::document::{Scalar, Step, Type, Value, ValueKind, ambiguous_text};
use crate::habits;
use crate::ir::Expression;
use crate::source::{Span, Spanned};

/// The input of this name; one that is null is not given (spec 1.4).
pub(in crate::check) fn given<'a>(step: &'a Step, name: &str) -> Option<&'a Value> {
    let mut inputs = step.inputs.iter();
    let (_, value) = inputs.find(|(key, _)| key.value == name)?;
    (value.kind != ValueKind::Null).then_some(value)
}

/// The input of this name, which must be given.
pub(super) fn required<'a>(
    step: &'a Step,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'a Value> {
    let value = given(step, name);
    if value.is_none() && step.inputs_known {
        diagnostics.push(missing(step, name));
    }
    value
}

/// The report of an input that is not given; one with nearly its name is probably meant.
fn missing(step: &Step, name: &str) -> Diagnostic {
    if let Some(key) = meant(step, name) {
        return misspelt(step, key, name);
    }
    let message = format!(
        "step `{}` does not give `{name}`, which `{}` needs",
        step.name, step.action
    );
    Diagnostic::error(Code::MissingInput, place(step), message)
        .label(format!("`{name}` is missing"))
        .help(format!("add it under `inputs`: {}", example(name)))
}

/// The report of an input that is needed and given under another name.
pub(super) fn misspelt(step: &Step, key: &Spanned<String>, name: &str) -> Diagnostic {
    let message = format!(
        "step `{}` gives `{key}`, but `{}` needs `{name}`",
        step.name, step.action
    );
    let near = Near::chosen(&key.value, name, own_names(step));
    Diagnostic::error(Code::MissingInput, key.span, message)
        .label(format!("`{name}` is probably meant"))
        .context(place(step), format!("needs `{name}`"))
        .edit(key.span, near, "an input with a similar name exists")
}

/// A required input, given.
fn example(name: &str) -> &'static str {
    match name {
        "Service" => "`Service: ecs`, for example",
        "Api" => "`Api: DescribeTasks`, for example",
        "FunctionName" => "`FunctionName: …`, the name or ARN of the function",
        "PropertySelector" => "`PropertySelector: '$.tasks[0].lastStatus'`, for example",
        "DesiredValues" => "`DesiredValues: [RUNNING]`, for example",
        "Name" => "`Name: variable:count`, for example",
        "Value" => "`Value: …`, of the variable's type",
        "Choices" => "`Choices:`, a list of conditions, each with its `NextStep`",
        _ => "its name, and a value",
    }
}

/// The input that is given instead of one that is not: its name in another spelling, or what it is called elsewhere.
pub(super) fn meant<'a>(step: &'a Step, name: &str) -> Option<&'a Spanned<String>> {
    if given(step, name).is_some() {
        return None;
    }
    // Short names are too near to members of APIs: `services`.
    let near = |key: &str| name.len() > 7 && similar(key, [name]).is_some();
    let mut keys = step.inputs.iter().map(|(key, _)| key);
    let habit = |key: &str| habits::input(&step.action.value, key) == Some(name);
    keys.find(|key| key.value.eq_ignore_ascii_case(name) || near(&key.value) || habit(&key.value))
}

/// Where a missing input is reported: at the step's action, which is why it is missing.
pub(super) fn place(step: &Step) -> Span {
    step.action.span
}

/// Whether the action has all inputs that are given; those that it does not have are reported.
pub(super) fn all_known(step: &Step, diagnostics: &mut Diagnostics) -> bool {
    let before = diagnostics.len();
    let known: Vec<&str> = own_names(step).collect();
    for (key, value) in &step.inputs {
        if value.kind != ValueKind::Null && !known.contains(&key.value.as_str()) {
            diagnostics.push(unknown_input(step, key, &known));
        }
    }
    diagnostics.len() == before
}

/// The names of the inputs that the action has.
fn own_names(step: &Step) -> impl Iterator<Item = &'static str> {
    let own = own_inputs(&step.action.value).iter();
    // The steps of a loop are read before its other inputs.
    let body = (step.action.value == "aws:loop").then_some("Steps");
    own.map(|input| input.name).chain(body)
}

fn unknown_input(step: &Step, key: &Spanned<String>, known: &[&str]) -> Diagnostic {
    let message = format!("`{}` has no input `{key}`", step.action);
    let report =
        Diagnostic::error(Code::UnknownInput, key.span, message).label("no input has this name");
    if let Some(help) = habits::no_input(&step.action.value, &key.value) {
        return report.help(help);
    }
    let habit = habits::input(&step.action.value, &key.value);
    let habit = habit.filter(|name| known.contains(name) && given(step, name).is_none());
    match (similar(&key.value, known.iter().copied()), habit) {
        (Some(name), _) => report.edit(key.span, name, "an input with a similar name exists"),
        (None, Some(name)) => report.edit(key.span, name, format!("the input is called `{name}`")),
        (None, None) => {
            let report = report.help(format!("it takes {}", listed(known)));
            match habits::meant(habits::PASSED_ON, &step.action.value) {
                Some(help) => report.help(help),
                None => report,
            }
        }
    }
}

/// Names in a sentence: `a`, `b` and `c`.
pub(in crate::check) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// The text of an input that has to be known before running; `why` says what is decided by it.
pub(super) fn literal(
    value: &Value,
    name: &str,
    why: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<String>> {
    let Some(scalar) = value.as_scalar() else {
        diagnostics.extend(wrong_kind(value, name, "a text"));
        return None;
    };
    if scalar.template.is_literal() {
        return Some(Spanned::new(
            scalar.text().trim().to_owned(),
            text_span(scalar),
        ));
    }
    let message = format!("a reference in `{name}` is not supported yet");
    diagnostics.push(
        Diagnostic::error(Code::UnsupportedFeature, value.span, message)
            .label(format!("{why} has to be known when compiling"))
            .help("write it out; with `aws:branch` a runbook can choose among several steps"),
    );
    None
}

/// The place of a scalar's text, without its quotes.
pub(in crate::check) fn text_span(scalar: &Scalar) -> Span {
    scalar.source.span_of(0, scalar.text().len())
}

/// An input that takes a String (spec 3.3).
pub(in crate::check) fn text(
    value: &Value,
    name: &str,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Expression> {
    match &value.kind {
        ValueKind::Scalar(scalar) if scalar.template.is_literal() => {
            diagnostics.extend(ambiguous_text(&scalar.source, value.span));
            Some(Expression::String(scalar.text().to_owned()))
        }
        ValueKind::Scalar(scalar) => {
            let typed = scope.scalar(scalar, value.span, diagnostics);
            coerced(typed, Type::String, name, diagnostics)
        }
        ValueKind::List(elements) => match elements.as_slice() {
            [only] if only.as_scalar().is_some() => text(only, name, scope, diagnostics),
            _ => reported(value, name, "a text", scope, diagnostics),
        },
        _ => reported(value, name, "a text", scope, diagnostics),
    }
}

/// A reference as the type that an input takes, by the table of spec 3.3.
pub(in crate::check) fn coerced(
    typed: Typed,
    want: Type,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Expression> {
    let have = typed.kind?;
    if have == want {
        return typed.expression;
    }
    if !can_become(have, want) {
        diagnostics.push(mismatch(&typed, have, want, name));
        return None;
    }
    Some(Expression::Coerce(Box::new(typed.expression?), want))
}

/// A reference where an action takes a number or truth value. A String may spell one (spec 8, row 45).
pub(in crate::check) fn spelt(
    typed: Typed,
    want: Type,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Expression> {
    let (Some(Type::String), Some(_)) = (typed.kind, &typed.origin) else {
        return coerced(typed, want, name, diagnostics);
    };
    let message = format!(
        "`{name}` takes {}, but {} is a String",
        with_article(want),
        what(&typed)
    );
    let report = Diagnostic::warning(Code::WrongReferenceType, typed.span, message)
        .label("the service may refuse this");
    let report = declared(report, &typed);
    diagnostics.push(other_type(report, &typed, want));
    let expression = Box::new(typed.expression?);
    Some(Expression::Coerce(expression, want))
}

/// A reference to a number of seconds; a String may spell one (spec 3.2).
pub(in crate::check) fn seconds(typed: Typed, diagnostics: &mut Diagnostics) -> Option<Expression> {
    if typed.kind == Some(Type::String) {
        let expression = Box::new(typed.expression?);
        return Some(Expression::Coerce(expression, Type::Integer));
    }
    coerced(typed, Type::Integer, "timeoutSeconds", diagnostics)
}

/// Whether a value of one type may become another at run time (spec 3.3; section 8 row 11 for Strings).
const fn can_become(have: Type, want: Type) -> bool {
    matches!(
        (have, want),
        (
            Type::String,
            Type::StringList | Type::StringMap | Type::MapList
        ) | (
            Type::Integer | Type::Boolean,
            Type::String | Type::StringList
        ) | (
            Type::StringList,
            Type::String | Type::Integer | Type::Boolean
        ) | (Type::StringMap, Type::String | Type::MapList)
    )
}

fn mismatch(typed: &Typed, have: Type, want: Type, name: &str) -> Diagnostic {
    let message = format!(
        "`{name}` takes {}, but {} is {}",
        with_article(want),
        what(typed),
        with_article(have)
    );
    let report = Diagnostic::error(Code::WrongReferenceType, typed.span, message)
        .label(format!("this is {}", with_article(have)));
    other_type(declared(report, typed), typed, want)
}

/// The way out where a reference has the wrong type.
pub(in crate::check) fn other_type(report: Diagnostic, typed: &Typed, want: Type) -> Diagnostic {
    let is_declared = |origin: &&Origin| origin.declared.is_some();
    match typed.origin.as_ref().filter(is_declared) {
        Some(origin) => report.help(format!(
            "declare `{}` as {}, or refer to something that is one",
            origin.name,
            with_article(want)
        )),
        None => report.help(format!("refer to {} here", with_article(want))),
    }
}

/// What a reference is called in reports.
pub(in crate::check) fn what(typed: &Typed) -> String {
    match &typed.origin {
        Some(origin) => format!("`{}`", origin.name),
        None => "the value".to_owned(),
    }
}

/// Points at the declaration of what is referenced, if it has one.
pub(in crate::check) fn declared(report: Diagnostic, typed: &Typed) -> Diagnostic {
    match typed.origin.as_ref().and_then(|origin| origin.declared) {
        Some(span) => report.context(span, "declared here"),
        None => report,
    }
}

/// A type in a sentence: `an Integer`.
pub(in crate::check) const fn with_article(kind: Type) -> &'static str {
    match kind {
        Type::String => "a String",
        Type::StringList => "a StringList",
        Type::Integer => "an Integer",
        Type::Boolean => "a Boolean",
        Type::StringMap => "a StringMap",
        Type::MapList => "a MapList",
    }
}

/// A text that should be one of few.
pub(super) fn one_of(
    value: &Value,
    input: &OwnInput,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Expression> {
    let OwnInput {
        name,
        values: allowed,
        ..
    } = input;
    let expression = text(value, name, scope, diagnostics)?;
    if let Expression::String(written) = &expression {
        let allowed: Vec<String> = allowed.iter().map(|&name| name.to_owned()).collect();
        let span = value.as_scalar().map_or(value.span, text_span);
        let what = format!("`{name}` has no value");
        diagnostics.extend(unknown_value(
            written,
            span,
            &what,
            &allowed,
            scope.catalogue,
        ));
    }
    Some(expression)
}

/// The report of a value outside an enumeration: an error where a near one exists, else perhaps newer than the models.
/// The message begins with `what`: "`launchType` has no value".
pub(in crate::check) fn unknown_value(
    written: &str,
    span: Span,
    what: &str,
    allowed: &[String],
    catalogue: &Catalogue,
) -> Option<Diagnostic> {
    if allowed.is_empty() || allowed.iter().any(|value| value == written) {
        return None;
    }
    let message = format!("{what} `{written}`");
    if let Some(near) = similar(written, allowed.iter().map(String::as_str)) {
        let report = Diagnostic::error(Code::UnknownEnumValue, span, message)
            .label("not one of those listed");
        return Some(report.edit(span, near, "a value with a similar name exists"));
    }
    let report = Diagnostic::warning(Code::UnknownEnumValue, span, message)
        .label("not one of those listed")
        .note(format!(
            "as of {}, the date of the service models in this compiler",
            catalogue.date()
        ));
    Some(report.help(some_of(allowed, "values")))
}

/// All names when they are few, else the first ones: "it has 40 values, such as `a`, `b` and `c`".
pub(in crate::check) fn some_of<S: AsRef<str>>(names: &[S], what: &str) -> String {
    const LISTED: usize = 12;
    match names.get(..LISTED) {
        Some(first) if names.len() > LISTED => {
            format!("it has {} {what}, such as {}", names.len(), listed(first))
        }
        _ => format!("it has {}", listed(names)),
    }
}

/// The report of a literal that should be JSON text and is none; what is empty passes.
pub(super) fn no_json(value: &Value, name: &str, taker: &str) -> Option<Diagnostic> {
    let scalar = value
        .as_scalar()
        .filter(|scalar| scalar.template.is_literal())?;
    let error = serde_json::from_str::<serde_json::Value>(scalar.text()).err()?;
    let message = format!("`{name}` is not valid JSON, and {taker} takes nothing else");
    let report =
        Diagnostic::error(Code::ViolatedConstraint, value.span, message).label(error.to_string());
    (!scalar.text().trim().is_empty()).then_some(report)
}

/// Reports a value of the wrong kind, after the references inside it.
pub(super) fn reported<T>(
    value: &Value,
    name: &str,
    expected: &str,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    references(value, scope, diagnostics);
    diagnostics.extend(wrong_kind(value, name, expected));
    None
}

/// The report of a value of the wrong kind; none if it was reported already.
pub(in crate::check) fn wrong_kind(
    value: &Value,
    name: &str,
    expected: &str,
) -> Option<Diagnostic> {
    if value.kind == ValueKind::Unknown {
        return None;
    }
    let message = format!(
        "`{name}` takes {expected}, but {} is given",
        value.describe()
    );
    let report = Diagnostic::error(Code::WrongValueType, value.span, message)
        .label(format!("this is {}", value.describe()));
    if let Some(scalar) = value.as_scalar().filter(|_| name.ends_with("Seconds"))
        && let Some(seconds) = Meant::by(scalar.text()).and_then(|meant| meant.seconds())
    {
        return Some(report.edit(value.span, seconds, "write it in seconds"));
    }
    let keys = value.as_map().unwrap_or_default();
    if let [(key, _)] = keys
        && let Some(help) = habits::meant(habits::FUNCTIONS, &key.value)
    {
        return Some(report.help(help));
    }
    Some(report.help(match expected {
        "a condition" => {
            "a condition is a comparison: `Variable: '{{ step.Output }}'` and `StringEquals: running`, each on its line"
        }
        "a mapping" => "write `name: value` on lines of their own below the name",
        _ if expected.starts_with("a list") => {
            "write the elements on lines of their own below the name, each after `- `"
        }
        "an integer" | "an Integer" if value.as_scalar().is_some() => {
            "write digits alone, such as `3`"
        }
        "a Boolean" if value.as_scalar().is_some() => "write `true` or `false`",
        "a text" if value.as_scalar().is_none() => {
            "write a single value after the name; a text of several lines begins with `|`"
        }
        _ => "write a single value after the name",
    }))
}

/// Resolves every reference in a value, so that what is wrong with them is reported.
pub(in crate::check) fn references(
    value: &Value,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) {
    match &value.kind {
        ValueKind::Scalar(scalar) => {
            scope.scalar(scalar, value.span, diagnostics);
        }
        ValueKind::List(elements) => {
            for element in elements {
                references(element, scope, diagnostics);
            }
        }
        ValueKind::Map(entries) => {
            for (_, value) in entries {
                references(value, scope, diagnostics);
            }
        }
        ValueKind::Null | ValueKind::Unknown => {}
    }
}
