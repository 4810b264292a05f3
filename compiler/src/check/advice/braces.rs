//! References that lack one of their braces, and so are text (spec 3.1). Only what names something is reported.

use super::Program;
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::SystemVariable;
use crate::source::Spanned;
use crate::syntax::Reference;

/// Reports references that are none for want of a brace.
pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    let incomplete = program.uses.incomplete();
    let meant = incomplete.filter(|found| exists(&found.value, program.scope));
    diagnostics.extend(meant.map(report));
}

fn exists(reference: &Reference, scope: &Scope<'_>) -> bool {
    match reference {
        Reference::Parameter(name) => scope.parameter(name).is_some(),
        Reference::Variable(name) => scope.variable(name).is_some(),
        Reference::Output { step, output } => {
            let outputs = scope
                .step(step)
                .map_or(&[][..], |step| scope.outputs_of(step));
            outputs.iter().any(|known| known.name == *output)
        }
        Reference::Global(_) | Reference::Automation(_) => {
            let written = reference.to_string();
            SystemVariable::ALL
                .iter()
                .any(|system| system.name() == written)
        }
        Reference::Ssm(_) => true,
    }
}

fn report(found: &Spanned<Reference>) -> Diagnostic {
    let complete = format!("{{{{ {} }}}}", found.value);
    let message = format!("`{}` lacks a brace, and so is no reference", found.value);
    Diagnostic::warning(Code::IncompleteReference, found.span, message)
        .label("stays as it is written")
        .help(format!("to refer to it, write `{complete}`"))
}
