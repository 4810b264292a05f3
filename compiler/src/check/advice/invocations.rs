//! Outputs of `aws:runCommand` that are there only when the command ran on one instance (spec 5.19).

use super::Program;
use crate::check::uses::{Missing, Use};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Step, Value, ValueKind};

/// The outputs that a single invocation has.
const SINGLE: [&str; 2] = ["Output", "ResponseCode"];

/// On how many instances a command runs.
#[derive(Clone, Copy, PartialEq)]
enum Instances {
    /// On so many.
    Several(usize),
    /// On those that are found when it runs.
    Found,
}

/// Reports uses of what a command on several instances does not have.
pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    let single = |place: &&Use<'_>| SINGLE.contains(&place.output);
    for place in program.uses.iter().filter(single) {
        let step = program.scope.step(place.step);
        let step = step.and_then(|step| program.scope.entry(step));
        if let Some(step) = step.map(|entry| entry.step)
            && step.action.value == "aws:runCommand"
            && !step
                .outputs
                .iter()
                .any(|output| output.name.value == place.output)
        {
            diagnostics.extend(report(place, step));
        }
    }
}

fn report(place: &Use<'_>, step: &Step) -> Option<Diagnostic> {
    let (input, instances) = instances(step)?;
    let name = &place.placeholder.name;
    let what = format!("`{}.{}` has no value", place.step, place.output);
    let report = match instances {
        Instances::Several(count) => Diagnostic::warning(
            Code::OutputOfOne,
            name.span,
            format!("{what}: the command runs on {count} instances"),
        ),
        Instances::Found => Diagnostic::hint(
            Code::OutputOfOne,
            name.span,
            format!("{what} when the command runs on more than one instance"),
        ),
    };
    let report = report
        .label("only a command on one instance has this output")
        .context(input.span, "these are the instances")
        .help(
            "read what each of them says with `ListCommandInvocations`, or run the command on one",
        );
    Some(report.note(match place.missing {
        Missing::Fails => "the step fails without a value",
        Missing::False => "a condition with a missing value is false",
        Missing::Text => "the script receives the text of the reference instead",
    }))
}

/// On what a command runs, if that may be more than one instance.
fn instances(step: &Step) -> Option<(&Value, Instances)> {
    let input = |name: &str| {
        let mut inputs = step.inputs.iter();
        let (_, value) = inputs.find(|(key, _)| key.value == name)?;
        (value.kind != ValueKind::Null).then_some(value)
    };
    if let Some(targets) = input("Targets") {
        return Some((targets, Instances::Found));
    }
    let ids = input("InstanceIds")?;
    let count = ids.as_list()?.len();
    (count > 1).then_some((ids, Instances::Several(count)))
}
