//! Steps that may make a thing twice: more attempts than one, and no token by which the service would recognise the second
//! (spec 4.3).

use super::Program;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::Step;
use crate::ir::{self, ApiCall, Work};
use crate::repeat::{self, Form, Repeat};

/// Reports attempts that the service cannot tell from new orders.
pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    for (written, step) in program.steps() {
        if step.max_attempts.is_some_and(|attempts| attempts > 1) {
            diagnostics.extend(unrecognised(written, step));
        }
    }
}

fn unrecognised(written: &Step, step: &ir::Step) -> Option<Diagnostic> {
    let call = order(step)?;
    let token = repeat::token(&call.service, &call.operation)?;
    let member = &token.member;
    if call.input.iter().any(|field| field.name == *member) || is_named(call) {
        return None;
    }
    let attempts = written.max_attempts.as_ref()?;
    let message = format!("the attempts of step `{}` may be done twice", step.name);
    let report = Diagnostic::hint(Code::UnrecognisedAttempt, attempts.span, message)
        .label("every attempt is a new order")
        .note(format!(
            "`{}` is recognised by its `{member}`; where none is given, AWS takes another one for every attempt",
            call.operation.name
        ));
    let example = match step.inside {
        None => "{{ automation:EXECUTION_ID }}",
        Some(_) => "{{ automation:EXECUTION_ID }}-{{ each.CurrentIteration }}",
    };
    Some(match token.form {
        Form::Uuid => report.help(format!(
            "give one that stays the same and that no other order has, such as `{member}: '{example}'`"
        )),
        Form::Hex | Form::LongHex => report.help(format!(
            "give a `{member}` that stays the same and that no other order has"
        )),
    })
}

/// The call by which a step orders something that a second one would bring again. An action of several calls that is tried
/// again is meant to order anew: what it got was of no use.
fn order(step: &ir::Step) -> Option<&ApiCall> {
    let Work::Call(call) = &step.work else {
        return None;
    };
    let means = repeat::repeat(&call.service, &call.operation);
    (!matches!(means, Repeat::Reads | Repeat::Harmless)).then_some(call)
}

/// Whether what is ordered has a name that the caller gives: there cannot be a second one.
fn is_named(call: &ApiCall) -> bool {
    let input = call
        .operation
        .input
        .and_then(|input| call.service.structure(input));
    let members = input.map(|input| input.members.as_slice());
    let mut members = members.unwrap_or_default().iter();
    members.any(|member| {
        let name = member.name.to_ascii_lowercase();
        member.required && (name.ends_with("name") || name.ends_with("identifier"))
    })
}
