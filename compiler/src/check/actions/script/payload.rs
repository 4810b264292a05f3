//! What a handler looks up in its first argument, against what the step gives as `InputPayload`.

use std::ops::Range;

use crate::check::actions::inputs;
use crate::diagnostic::{Code, Diagnostic, similar};
use crate::document::{Step, ValueKind};
use crate::source::{Span, Spanned};
use crate::syntax::python::{Call, Function};

/// A report for each key that the function needs and that the step does not give; the first lookup of it is shown.
pub(super) fn missing(
    step: &Step,
    function: &Function,
    place: impl Fn(&Range<usize>) -> Span,
) -> Vec<Diagnostic> {
    let Some(given) = given(step).filter(|_| function.call == Some(Call::WithTwo)) else {
        return Vec::new();
    };
    let mut reported: Vec<&str> = Vec::new();
    let mut reports = Vec::new();
    for (key, lookup) in function.reads.iter().flatten() {
        let known = given.iter().any(|(name, _)| name.value == *key);
        if known || reported.contains(&key.as_str()) {
            continue;
        }
        reported.push(key);
        let message = format!(
            "`InputPayload` of step `{}` has no `{key}`, which its script looks up",
            step.name
        );
        let report = Diagnostic::warning(Code::MissingPayloadKey, place(lookup), message)
            .label("a `KeyError`, which fails the step");
        let near = similar(key, given.iter().map(|(name, _)| name.value.as_str()));
        let near = given.iter().find(|(name, _)| {
            near.as_ref()
                .is_some_and(|near| near.as_str() == name.value)
        });
        reports.push(match near {
            Some((name, _)) => report
                .context(name.span, "a similar key is given here")
                .help(format!("give it under the key `{key}`")),
            None => report.help(format!("give it, or look it up with `.get('{key}')`")),
        });
    }
    reports
}

/// The entries of `InputPayload`, if they are all written out; none where there is no payload.
fn given(step: &Step) -> Option<&[(Spanned<String>, crate::document::Value)]> {
    match inputs::given(step, "InputPayload").map(|value| &value.kind) {
        Some(ValueKind::Map(entries)) => Some(entries),
        None if step.inputs_known => Some(&[]),
        _ => None,
    }
}
