//! Scalars of the document language: texts, constants, Booleans and numbers.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Span, Spanned};
use crate::syntax::scalar::Reading;
use crate::syntax::{Node, NodeKind, Scalar, Template};

/// Warns when the service, which reads YAML 1.1, takes an unquoted scalar for
/// something else than the text it looks like (spec 1.4): `on` where a text is
/// wanted, `0123`, a date. For places that want text.
pub fn ambiguous_text(scalar: &Scalar, span: Span) -> Option<Diagnostic> {
    let text = &scalar.text;
    let what = match (scalar.reading(), scalar.service_text()) {
        (Reading::Timestamp, _) => "a timestamp".to_owned(),
        (Reading::Boolean(_), Some(value)) => format!("the Boolean `{value}`"),
        (_, Some(value)) => format!("the number {value}"),
        _ => return None,
    };
    let message = format!("the service reads `{text}` as {what}");
    let report = Diagnostic::warning(Code::AmbiguousScalar, span, message)
        .label("without quotes this is no text")
        .note("the service reads YAML 1.1, where such words and numbers have a meaning");
    let quoted = format!("'{text}'");
    Some(match scalar.reading() {
        // Perhaps the Boolean is wanted.
        Reading::Boolean(_) => report.edit(span, quoted, "quote it"),
        _ => report.repair(span, quoted, "quote it"),
    })
}

/// The report of a value of the wrong kind; none if it was reported already.
pub(super) fn wrong_kind(node: &Node, name: &str, expected: &str) -> Option<Diagnostic> {
    misshapen(node, name, expected).map(|report| report.help(way_out(expected)))
}

/// The same without a way out.
pub(super) fn misshapen(node: &Node, name: &str, expected: &str) -> Option<Diagnostic> {
    if node.kind == NodeKind::Unknown {
        return None;
    }
    let found = if node.is_null() {
        "empty"
    } else {
        node.describe()
    };
    let message = format!("{name} is {found}, but {expected} is expected");
    Some(
        Diagnostic::error(Code::WrongKind, first_line(node), message)
            .label(format!("{expected} is expected here")),
    )
}

/// How what is expected is written.
pub(super) fn way_out(expected: &str) -> String {
    let example = match expected {
        "a mapping" => "`KEY: VALUE` on a line for each",
        "a list" => "`- ELEMENT` on a line for each",
        "a list of steps" => "`- name: …` for each step, with its keys below",
        "a whole number" | "a number" => "digits alone, such as `3`",
        "a number of seconds" => "digits alone, such as `600`",
        _ => return format!("write {expected}"),
    };
    format!("write {expected}: {example}")
}

/// Collections are pointed at by their beginning, scalars as a whole.
fn first_line(node: &Node) -> Span {
    match &node.kind {
        NodeKind::Mapping(entries) => entries.first().map_or(node.span, |entry| entry.key.span),
        NodeKind::Sequence(elements) => elements.first().map_or(node.span, first_line),
        _ => node.span,
    }
}

/// The report of a reference where the service takes constants only (spec 3.2).
pub(super) fn reference_not_allowed(span: Span, place: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ReferenceNotAllowed,
        span,
        format!("a reference cannot stand in {place}"),
    )
    .label("only a constant is allowed here")
    .note("references work in the inputs of steps, in `assumeRole` and in defaults")
}

/// A text of any content.
pub(super) fn text(
    node: &Node,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<String>> {
    let scalar = scalar(node, key, "a string", diagnostics)?;
    Some(Spanned::new(scalar.text.clone(), scalar.inner_span()))
}

/// A text without references that the service must read as text.
pub(super) fn constant(
    node: &Node,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<String>> {
    let scalar = scalar(node, key, "a string", diagnostics)?;
    if let Some(placeholder) = Template::parse(scalar).references().next() {
        diagnostics.push(reference_not_allowed(placeholder.span, &format!("`{key}`")));
        return None;
    }
    diagnostics.extend(ambiguous_text(scalar, node.span));
    Some(Spanned::new(scalar.text.clone(), scalar.inner_span()))
}

/// A Boolean; the texts `"true"` and `"false"` are tolerated, as the service does.
pub(super) fn boolean(
    node: &Node,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<bool>> {
    const EXPECTED: &str = "`true` or `false`";
    let scalar = scalar(node, key, EXPECTED, diagnostics)?;
    let word = scalar.text.trim().to_ascii_lowercase();
    let value = scalar.as_bool().or_else(|| word.parse().ok());
    not_constant(value, node, scalar, key, EXPECTED, diagnostics)
}

/// A whole number, not negative; digits in quotes are tolerated.
pub(super) fn number(
    node: &Node,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<u64>> {
    const EXPECTED: &str = "a whole number";
    let scalar = scalar(node, key, EXPECTED, diagnostics)?;
    not_constant(
        whole_number(scalar),
        node,
        scalar,
        key,
        EXPECTED,
        diagnostics,
    )
}

/// The whole number a scalar holds, quoted or not.
pub(super) fn whole_number(scalar: &Scalar) -> Option<u64> {
    match scalar.reading() {
        Reading::Text => scalar.text.trim().parse().ok(),
        _ => u64::try_from(scalar.as_integer()?).ok(),
    }
}

/// The scalar of a node; anything else is reported.
pub(super) fn scalar<'node>(
    node: &'node Node,
    key: &str,
    expected: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'node Scalar> {
    let scalar = node.as_scalar().filter(|scalar| !scalar.is_null());
    if scalar.is_none() {
        diagnostics.extend(wrong_kind(node, &format!("`{key}`"), expected));
    }
    scalar
}

/// The value, or a report of what stands in its place.
fn not_constant<T>(
    value: Option<T>,
    node: &Node,
    scalar: &Scalar,
    key: &str,
    expected: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<T>> {
    if value.is_none() {
        let template = Template::parse(scalar);
        match template.references().next() {
            Some(placeholder) => {
                diagnostics.push(reference_not_allowed(placeholder.span, &format!("`{key}`")));
            }
            None => diagnostics.push(unfit(node, key, &scalar.text, expected)),
        }
    }
    value.map(|value| Spanned::new(value, node.span))
}

/// The report of a scalar that is none of what is expected.
pub(super) fn unfit(node: &Node, key: &str, text: &str, expected: &str) -> Diagnostic {
    misfit(node, key, text, expected).help(way_out(expected))
}

/// The same without a way out.
pub(super) fn misfit(node: &Node, key: &str, text: &str, expected: &str) -> Diagnostic {
    let message = format!("`{key}` is `{text}`, but {expected} is expected");
    Diagnostic::error(Code::WrongKind, node.span, message)
        .label(format!("{expected} is expected here"))
}
