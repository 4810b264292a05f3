//! Values that conditions compare outputs with, against the values that the model of the service lists.

use super::Program;
use crate::check::actions::some_of;
use crate::check::selectors::{self, Answer, ScalarKind, View};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, similar};
use crate::document::{Step, Value};
use crate::ir::{Condition, Expression, Loop, Operator, OutputSource, Reference, Turns, Work};

/// Reports comparisons with what an output never is.
pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    for (written, step) in program.steps() {
        match &step.work {
            Work::Branch { choices, .. } => {
                let elements = input(written, "Choices").and_then(Value::as_list);
                let elements = elements.unwrap_or_default();
                for (choice, element) in choices.iter().zip(elements) {
                    condition(program, &choice.condition, element, diagnostics);
                }
            }
            Work::Loop(Loop {
                turns: Turns::While(holds),
                ..
            }) => {
                if let Some(element) = input(written, "LoopCondition") {
                    condition(program, holds, element, diagnostics);
                }
            }
            _ => {}
        }
    }
}

fn condition(
    program: &Program<'_>,
    condition: &Condition,
    written: &Value,
    diagnostics: &mut Diagnostics,
) {
    let (name, members) = match condition {
        Condition::And(members) => ("And", members.as_slice()),
        Condition::Or(members) => ("Or", members.as_slice()),
        Condition::Not(inner) => ("Not", std::slice::from_ref(inner.as_ref())),
        Condition::Compare {
            variable,
            operator,
            operand,
        } => {
            if let Some(place) = written.get(operator.name()) {
                let found = comparison(program, variable, *operator, operand, place);
                diagnostics.extend(found);
            }
            return;
        }
    };
    let Some(value) = written.get(name) else {
        return;
    };
    let elements = value.as_list().unwrap_or(std::slice::from_ref(value));
    for (member, element) in members.iter().zip(elements) {
        self::condition(program, member, element, diagnostics);
    }
}

fn comparison(
    program: &Program<'_>,
    variable: &Expression,
    operator: Operator,
    operand: &Expression,
    place: &Value,
) -> Option<Diagnostic> {
    let (Expression::Reference(reference), Expression::String(text)) = (variable, operand) else {
        return None;
    };
    let equals = |value: &String| match operator {
        Operator::EqualsIgnoreCase => value.eq_ignore_ascii_case(text),
        _ => value == text,
    };
    let is_equality = matches!(
        operator,
        Operator::StringEquals | Operator::EqualsIgnoreCase
    );
    let Listed {
        name,
        values,
        modelled,
    } = listed(program, reference)?;
    if !is_equality || values.is_empty() || values.iter().any(equals) {
        return None;
    }
    let scalar = place.as_scalar()?;
    Some(match similar(text, values.iter().map(String::as_str)) {
        near @ Some(_) => Diagnostic::warning(
            Code::ImpossibleDesiredValue,
            place.span,
            format!("`{name}` is never `{text}`"),
        )
        .label("not one of its values")
        .suggest(scalar.inner_span(), "a value", near),
        None => {
            let hint = Diagnostic::hint(
                Code::ImpossibleDesiredValue,
                place.span,
                format!("`{name}` may never be `{text}`"),
            )
            .label("not one of its values")
            .help(some_of(&values, "values"));
            match modelled {
                true => hint.note(format!(
                    "as of {}, the date of the service models in this compiler",
                    program.scope.catalogue.date()
                )),
                false => hint,
            }
        }
    })
}

/// The values that an output may have.
struct Listed {
    /// The output, as it is referred to.
    name: String,
    values: Vec<String>,
    /// Whether they are those of the service's model.
    modelled: bool,
}

/// The values of outputs that actions have by themselves (spec 5.1, 5.11, 5.14, 5.19).
const OWN: [(&str, &str, &[&str]); 3] = [
    (
        "aws:approve",
        "ApprovalStatus",
        &["Approved", "Rejected", "Waiting"],
    ),
    (
        "aws:executeStateMachine",
        "status",
        &[
            "SUCCEEDED",
            "FAILED",
            "TIMED_OUT",
            "ABORTED",
            "RUNNING",
            "PENDING_REDRIVE",
        ],
    ),
    (
        "aws:runCommand",
        "Status",
        &[
            "Success",
            "Failed",
            "TimedOut",
            "Cancelled",
            "Pending",
            "InProgress",
            "Cancelling",
        ],
    ),
];

fn own(action: &str, output: &str) -> Option<Vec<String>> {
    let mut all = OWN.iter();
    let (_, _, values) = all.find(|(of, name, _)| (*of, *name) == (action, output))?;
    Some(values.iter().map(|value| (*value).to_owned()).collect())
}

/// What is known of the values of an output.
fn listed(program: &Program<'_>, reference: &Reference) -> Option<Listed> {
    let Reference::Output(step, output, _) = reference else {
        return None;
    };
    let written = program.scope.entry(*step)?.step;
    let step = program.steps.get(step.index())?;
    let output = step.outputs.get(output.index())?;
    let name = format!("{}.{}", step.name, output.name);
    let OutputSource::Selected(selector) = &output.source else {
        let values = own(&written.action.value, &output.name)?;
        return Some(Listed {
            name,
            values,
            modelled: false,
        });
    };
    let (Work::Call(call) | Work::Assert(call, _) | Work::Wait(call, _)) = &step.work else {
        return None;
    };
    let answer = Answer::of_operation(&call.service, &call.operation);
    let selection = selectors::select(&answer, selector).ok()?;
    let mut values = Vec::new();
    for node in &selection.nodes {
        match answer.view(node) {
            View::Scalar(ScalarKind::Text(some)) if !some.is_empty() => {
                values.extend_from_slice(some);
            }
            _ => return None,
        }
    }
    Some(Listed {
        name,
        values,
        modelled: true,
    })
}

fn input<'a>(step: &'a Step, name: &str) -> Option<&'a Value> {
    let mut inputs = step.inputs.iter();
    let (_, value) = inputs.find(|(key, _)| key.value == name)?;
    Some(value)
}
