//! Parameters and variables that nothing refers to.

use super::Program;
use crate::check::unset;
use crate::check::uses::scalars;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Parameter, Scalar, Variable};
use crate::source::Span;
use crate::syntax::Reference;

/// Words of a description that say that a parameter is there for other reasons.
const KEPT: [&str; 5] = ["deprecated", "unused", "not used", "no longer", "ignored"];

/// Words in names of parameters that ask for somebody's word: that the value was given is all that matters.
const CONSENT: [&str; 5] = ["acknowledg", "consent", "confirm", "agree", "accept"];

/// Reports what is declared in vain.
pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    let document = program.scope.document;
    let unused = document.parameters.iter().filter(|parameter| {
        let reference = Reference::Parameter(parameter.name.value.clone());
        !program.uses.names(&reference) && !is_kept(parameter) && !asks_for_consent(parameter)
    });
    let unused: Vec<&Parameter> = unused.collect();
    if !unused.is_empty() && !reads_its_own_record(program) {
        diagnostics.extend(
            unused
                .into_iter()
                .map(|parameter| unused_parameter(parameter, program)),
        );
    }
    for variable in &document.variables {
        let name = &variable.name.value;
        let is_set = || {
            let mut entries = program.scope.entries();
            entries.any(|(_, entry)| unset::sets(entry.step, name))
        };
        if !program.uses.names(&Reference::Variable(name.clone())) && !is_set() {
            diagnostics.push(unused_variable(variable));
        }
    }
}

fn is_kept(parameter: &Parameter) -> bool {
    let description = parameter.description.as_ref();
    description.is_some_and(|description| {
        let description = description.value.to_ascii_lowercase();
        KEPT.iter().any(|word| description.contains(word))
    })
}

/// Whether a value is asked for only to have it given: "Yes, I understand".
fn asks_for_consent(parameter: &Parameter) -> bool {
    let name = parameter.name.value.to_ascii_lowercase();
    let allowed = parameter.constraints.allowed_values.as_ref();
    allowed.is_some_and(|allowed| allowed.value.len() == 1)
        || CONSENT.iter().any(|word| name.contains(word))
}

/// Whether a step looks at executions, where published runbooks find their own parameters.
fn reads_its_own_record(program: &Program<'_>) -> bool {
    let mut steps = program.scope.entries();
    steps.any(|(_, entry)| {
        let values = entry.step.inputs.iter().map(|(_, value)| value);
        let mut texts = values.flat_map(scalars).map(|(scalar, _)| scalar.text());
        texts.any(|text| {
            text.contains("GetAutomationExecution") || text.contains("get_automation_execution")
        })
    })
}

fn unused_parameter(parameter: &Parameter, program: &Program<'_>) -> Diagnostic {
    let name = &parameter.name;
    let message = format!("nothing uses parameter `{name}`");
    let report = Diagnostic::warning(Code::UnusedDeclaration, name.span, message);
    let report = match parameter.default {
        None => {
            report.label("everyone who starts the runbook must give a value that changes nothing")
        }
        Some(_) => report.label("its value changes nothing"),
    };
    let is_role = name.value.to_ascii_lowercase().contains("assumerole");
    if is_role && program.scope.document.assume_role.is_none() {
        return report
            .help(format!(
                "write `assumeRole: '{{{{ {name} }}}}'` at the top of the runbook"
            ))
            .note("without `assumeRole`, steps run with the permissions of whoever starts the runbook");
    }
    match bare(&name.value, program) {
        Some((scalar, span)) => report
            .edit(
                scalar.inner_span(),
                braced(&name.value, scalar),
                "its name stands here as a text, without braces",
            )
            .context(span, "the very word"),
        None => report.help(format!("refer to it as `{{{{ {name} }}}}`, or remove it")),
    }
}

/// An input that is the name of the parameter, and not its value.
fn bare<'a>(name: &str, program: &Program<'a>) -> Option<(&'a Scalar, Span)> {
    let steps = program.scope.entries();
    let inputs = steps.flat_map(|(_, entry)| &entry.step.inputs);
    let mut scalars = inputs.flat_map(|(_, value)| scalars(value));
    scalars.find(|(scalar, _)| scalar.text() == name)
}

/// The reference, quoted if the text is not.
fn braced(name: &str, scalar: &Scalar) -> String {
    match scalar.is_plain() {
        true => format!("'{{{{ {name} }}}}'"),
        false => format!("{{{{ {name} }}}}"),
    }
}

fn unused_variable(variable: &Variable) -> Diagnostic {
    let name = &variable.name;
    let message = format!("nothing uses variable `{name}`");
    Diagnostic::warning(Code::UnusedDeclaration, name.span, message)
        .label("no step reads or sets it")
        .help(format!(
            "refer to it as `{{{{ variable:{name} }}}}`, or remove it"
        ))
}
