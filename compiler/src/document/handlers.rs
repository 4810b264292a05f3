//! `onFailure` and `onCancel` (spec 4.1).

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Replacement, similar};
use crate::document::Handler;
use crate::document::scalars::{constant, misshapen, scalar};
use crate::habits;
use crate::source::Spanned;
use crate::syntax::{Node, NodeKind, Scalar};

/// Reads `onFailure`: `Abort`, `Continue` or `step:NAME`.
pub(super) fn on_failure(node: &Node, diagnostics: &mut Diagnostics) -> Option<Spanned<Handler>> {
    handler(node, "onFailure", &["Abort", "Continue"], diagnostics)
}

/// Reads `onCancel`: `Abort` or `step:NAME`.
pub(super) fn on_cancel(node: &Node, diagnostics: &mut Diagnostics) -> Option<Spanned<Handler>> {
    handler(node, "onCancel", &["Abort"], diagnostics)
}

fn handler(
    node: &Node,
    key: &str,
    words: &[&str],
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<Handler>> {
    if let Some(name) = step_below(node) {
        diagnostics.extend(
            misshapen(node, &format!("`{key}`"), "a string").map(|report| {
                let repaired = format!("step:{}", name.text);
                report.edit(node.span, repaired.clone(), format!("write `{repaired}`"))
            }),
        );
        let name = Spanned::new(name.text.clone(), name.inner_span());
        return Some(Spanned::new(Handler::Step(name), node.span));
    }
    let written = constant(node, key, diagnostics)?;
    let scalar = scalar(node, key, "a string", diagnostics)?;
    let handler = match written.value.as_str() {
        "Abort" => Some(Handler::Abort),
        "Continue" if words.contains(&"Continue") => Some(Handler::Continue),
        text => text
            .strip_prefix("step:")
            .and_then(|name| step(name, scalar)),
    };
    if handler.is_none() {
        diagnostics.push(invalid(&written, key, words));
    }
    handler.map(|handler| Spanned::new(handler, written.span))
}

/// The name below a key `step`, which a blank behind the colon makes.
fn step_below(node: &Node) -> Option<&Scalar> {
    let NodeKind::Mapping(entries) = &node.kind else {
        return None;
    };
    let [only] = entries.as_slice() else {
        return None;
    };
    let name = only.value.as_scalar().filter(|name| !name.is_null());
    name.filter(|_| only.key.value.eq_ignore_ascii_case("step"))
}

/// The target behind `step:`, which stands there without blanks.
fn step(name: &str, scalar: &Scalar) -> Option<Handler> {
    if name.is_empty() || name.contains(char::is_whitespace) {
        return None;
    }
    let span = scalar.span_of(scalar.text.len() - name.len(), scalar.text.len());
    Some(Handler::Step(Spanned::new(name.to_owned(), span)))
}

fn invalid(written: &Spanned<String>, key: &str, words: &[&str]) -> Diagnostic {
    let message = format!("`{key}` cannot be `{written}`");
    let choices: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    let diagnostic = Diagnostic::error(Code::InvalidHandler, written.span, message)
        .label(format!("neither {} nor `step:NAME`", choices.join(" nor ")));
    match repair(&written.value, words) {
        Some(repaired) => {
            let title = format!("write `{repaired}`");
            diagnostic.edit(written.span, repaired, title)
        }
        None => match habits::meant(habits::HANDLERS, &written.value) {
            Some(word) if words.contains(&word) => diagnostic
                .edit(written.span, word, format!("write `{word}`"))
                .help(format!("if a step is meant, write `step:{written}`")),
            Some("maxAttempts") => diagnostic
                .help("to try the step again, write `maxAttempts: 3`, the number of all tries"),
            _ => diagnostic.help("a step to go to is written `step:NAME`, without blanks"),
        },
    }
}

/// What was probably meant: a word in another spelling, or the name of a step.
fn repair(written: &str, words: &[&str]) -> Option<Replacement> {
    if let Some(word) = similar(written, words.iter().copied()) {
        return Some(word.into());
    }
    if habits::meant(habits::HANDLERS, written).is_some() {
        return None;
    }
    let is_name = |text: &str| {
        let fits = |next: char| next.is_ascii_alphanumeric() || next == '_';
        !text.is_empty() && text.chars().all(fits)
    };
    let name = match written.split_once(':') {
        Some((prefix, name)) if prefix.trim().eq_ignore_ascii_case("step") => name.trim(),
        Some(_) => return None,
        None => written,
    };
    let word = ["Abort", "Continue"].contains(&name);
    (is_name(name) && !word).then(|| format!("step:{name}").into())
}
