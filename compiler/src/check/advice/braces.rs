//! What is nearly a reference, and so is text (spec 3.1). Only what names something is reported.

use super::Program;
use crate::check::uses::Nearly;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::syntax::incomplete::Flaw;

/// Reports what is nearly a reference.
pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    let incomplete = program.uses.incomplete();
    let meant = incomplete.filter(|found| program.scope.exists(&found.reference));
    diagnostics.extend(meant.map(report));
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
