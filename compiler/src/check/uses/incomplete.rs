//! What is nearly a reference, where references are resolved.

use super::scalars;
use crate::document::{Document, Step, Value};
use crate::source::Span;
use crate::syntax::incomplete::{Flaw, incomplete};
use crate::syntax::{Part, Reference};

/// A text that is nearly a reference.
pub(in crate::check) struct Nearly {
    /// Its place.
    pub(in crate::check) span: Span,
    /// What it would refer to.
    pub(in crate::check) reference: Reference,
    /// Why it is none.
    pub(in crate::check) flaw: Flaw,
}

/// Everything of the kind in `assumeRole`, in defaults and in inputs; never in scripts, where braces are anything.
pub(super) fn collect(document: &Document) -> Vec<Nearly> {
    let mut found = Vec::new();
    if let Some(role) = &document.assume_role {
        for part in &role.value.parts {
            if let Part::Text(text) = part {
                add(text, |_, _| role.span, &mut found);
            }
        }
    }
    let parameters = document.parameters.iter();
    let defaults = parameters.filter_map(|parameter| parameter.default.as_ref());
    for value in defaults.chain(inputs(&document.steps)) {
        for (scalar, _) in scalars(value) {
            add(
                scalar.text(),
                |start, end| scalar.source.span_of(start, end),
                &mut found,
            );
        }
    }
    found
}

fn add(text: &str, place: impl Fn(usize, usize) -> Span, found: &mut Vec<Nearly>) {
    found.extend(incomplete(text).map(|one| Nearly {
        span: place(one.place.start, one.place.end),
        reference: one.reference,
        flaw: one.flaw,
    }));
}

/// The inputs of all steps that are no scripts.
fn inputs(steps: &[Step]) -> Box<dyn Iterator<Item = &Value> + '_> {
    Box::new(steps.iter().flat_map(|step| {
        let own = step
            .inputs
            .iter()
            .filter(|(name, _)| name.value != "Script");
        own.map(|(_, value)| value).chain(inputs(&step.body))
    }))
}
