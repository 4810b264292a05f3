//! What is nearly a reference, and so is text (spec 3.1). Only what names something is reported.

use super::Program;
use crate::check::uses::Nearly;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::syntax::Reference;
use crate::syntax::incomplete::Flaw;

/// Reports what is nearly a reference.
pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    let incomplete = program.uses.incomplete();
    diagnostics.extend(incomplete.filter_map(|found| {
        if program.scope.exists(&found.reference) {
            return Some(report(found));
        }
        match &found.reference {
            Reference::Output { step, .. } if program.scope.step(step).is_some() => {
                inside(found, step)
            }
            _ => None,
        }
    }));
}

/// What selects inside of an output, or of the answer: an output of its own does that.
fn inside(found: &Nearly, step: &str) -> Option<Diagnostic> {
    let Flaw::More(written) = &found.flaw else {
        return None;
    };
    let (_, path) = written.split_once('.')?;
    let message = format!("`{written}` is more than a name, and so is no reference");
    (!path.contains(['|', '+', '?'])).then(|| {
        Diagnostic::warning(Code::IncompleteReference, found.span, message)
            .label("stays as it is written")
            .note("a reference cannot select further")
            .help(format!(
                "declare an output of `{step}` with `Selector: $.{path}`, and refer to that"
            ))
    })
}

fn report(found: &Nearly) -> Diagnostic {
    let name = &found.reference;
    let complete = format!("{{{{ {name} }}}}");
    let message = match &found.flaw {
        Flaw::Brace => format!("`{name}` lacks a brace, and so is no reference"),
        Flaw::Spelling(written) => {
            format!("`{written}` is not how `{name}` is written, and so is no reference")
        }
        Flaw::More(written) => format!("`{written}` is more than a name, and so is no reference"),
    };
    let report = Diagnostic::warning(Code::IncompleteReference, found.span, message)
        .label("stays as it is written")
        .help(format!("to refer to it, write `{complete}`"));
    match &found.flaw {
        Flaw::More(_) => report.note("between the braces stands a name alone: there are no filters, no operators and no indices"),
        _ => report,
    }
}
