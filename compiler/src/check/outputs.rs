//! The document's own outputs: `Step.Output` (spec 3.8).

use super::actions::listed;
use super::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, similar};
use crate::document;
use crate::ir::DocumentOutput;

/// Checks the document's outputs and translates them.
pub(super) fn check(scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Vec<DocumentOutput> {
    let outputs = scope.document.outputs.iter();
    outputs
        .map(|output| {
            diagnostics.extend(unknown(output, scope));
            DocumentOutput {
                step: output.step.value.clone(),
                output: output.output.value.clone(),
            }
        })
        .collect()
}

/// An unknown step is refused; an unknown output merely never has a value (spec 1.6, section 8 row 35).
fn unknown(written: &document::DocumentOutput, scope: &Scope<'_>) -> Option<Diagnostic> {
    let document::DocumentOutput { step, output, .. } = written;
    let Some(entry) = scope.step(&step.value).and_then(|step| scope.entry(step)) else {
        let message = format!("document output `{step}.{output}` names unknown step `{step}`");
        let report = Diagnostic::error(Code::UnknownDocumentOutput, step.span, message);
        let report = report.label("no step has this name");
        return Some(match scope.similar_step(&step.value) {
            Some(near) => report.edit(step.span, near, "a step with a similar name exists"),
            None => report.help(scope.steps()),
        });
    };
    let names = entry.outputs.iter().map(|info| info.name.as_str());
    let names: Vec<&str> = names.collect();
    if !entry.outputs_known || names.contains(&output.value.as_str()) {
        return None;
    }
    let message = format!(
        "document output `{step}.{output}` never has a value, because step `{step}` has no such output"
    );
    let report = Diagnostic::warning(Code::UnknownDocumentOutput, output.span, message)
        .label("no output has this name")
        .context(entry.step.name.span, "this step");
    Some(match similar(&output.value, names.iter().copied()) {
        Some(near) => report.edit(output.span, near, "an output with a similar name exists"),
        None if names.is_empty() => report.help("remove it"),
        None => report.help(format!("the step has {}", listed(&names))),
    })
}
