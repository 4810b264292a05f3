//! Choices that are decided before anything runs: always taken, never taken, or asked for twice (spec 5.3).
//!
//! A branch is played through for every case of what it looks at ([`Cases`]); what holds in all cases, or in none, does
//! not depend on the run.

mod cases;

use super::Program;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Step, Value};
use crate::ir::{Choice, Condition, Expression, Reference, Work};
use crate::source::Span;
use cases::Cases;

/// Reports what is decided in advance.
pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    for (written, step) in program.steps() {
        if let Work::Branch { choices, .. } = &step.work {
            let branch = Branch {
                program,
                written,
                choices,
            };
            branch.check(diagnostics);
        }
    }
}

struct Branch<'a> {
    program: &'a Program<'a>,
    written: &'a Step,
    choices: &'a [Choice],
}

impl Branch<'_> {
    fn check(&self, diagnostics: &mut Diagnostics) {
        let Some(elements) = self.input("Choices").and_then(Value::as_list) else {
            return;
        };
        if elements.len() != self.choices.len() {
            return;
        }
        for (choice, element) in self.choices.iter().zip(elements) {
            doubled(&choice.condition, element, diagnostics);
        }
        let conditions = self.choices.iter().map(|choice| &choice.condition);
        let Some(cases) = Cases::of(conditions.clone(), self.program.parameters) else {
            return;
        };
        let truths: Vec<Vec<bool>> = conditions
            .map(|condition| cases.truths(condition))
            .collect();
        for (index, (truth, element)) in truths.iter().zip(elements).enumerate() {
            let before = truths.get(..index).unwrap_or_default();
            if (0..truth.len()).all(|case| taken(before, case)) {
                diagnostics.push(self.nothing_left(index, element, elements));
                return;
            }
            if truth.iter().all(|holds| *holds) {
                diagnostics.push(self.always(index, element, elements));
                return;
            }
            if truth.iter().all(|holds| !*holds) {
                diagnostics.push(self.never_holds(index, element));
            } else if let Some(earlier) = before.iter().position(|other| implies(truth, other)) {
                diagnostics.extend(elements.get(earlier).map(|other| {
                    let same = before.get(earlier) == Some(truth);
                    self.comes_too_late(index, element, other, same)
                }));
            } else if truth
                .iter()
                .enumerate()
                .all(|(case, holds)| !holds || taken(before, case))
            {
                diagnostics.push(self.never_left(index, element));
            }
        }
    }

    fn always(&self, index: usize, element: &Value, elements: &[Value]) -> Diagnostic {
        let message = format!("a choice of `{}` is always taken", self.written.name);
        let mut report = self
            .report(message, self.place(index, element))
            .label("this always holds");
        for later in elements.get(index + 1..).unwrap_or_default() {
            report = report.context(place_of(later), "never looked at");
        }
        if let Some(default) = self.input("Default") {
            report = report.context(default.span, "never taken");
        }
        report.help("write the condition that is meant, or lead there with `nextStep`")
    }

    fn never_holds(&self, index: usize, element: &Value) -> Diagnostic {
        let message = format!("a choice of `{}` is never taken", self.written.name);
        let report = self
            .report(message, self.place(index, element))
            .label("this never holds");
        self.with_allowed(report, index)
            .help("write the condition that is meant, or remove the choice")
    }

    fn comes_too_late(
        &self,
        index: usize,
        element: &Value,
        earlier: &Value,
        same: bool,
    ) -> Diagnostic {
        let message = format!("a choice of `{}` is never taken", self.written.name);
        let (here, there) = match same {
            true => ("the same condition has come before", "here"),
            false => (
                "whenever this holds, an earlier choice is taken",
                "this holds in all of these cases",
            ),
        };
        self.report(message, self.place(index, element))
            .label(here)
            .context(place_of(earlier), there)
            .help("write the condition that is meant, or remove the choice")
    }

    fn never_left(&self, index: usize, element: &Value) -> Diagnostic {
        let message = format!("a choice of `{}` is never taken", self.written.name);
        self.report(message, self.place(index, element))
            .label("whenever this holds, one of the earlier choices is taken")
            .help("write the condition that is meant, or remove the choice")
    }

    fn nothing_left(&self, index: usize, element: &Value, elements: &[Value]) -> Diagnostic {
        let message = format!("a choice of `{}` is never taken", self.written.name);
        let mut report = self
            .report(message, self.place(index, element))
            .label("one of the earlier choices is taken in any case");
        for later in elements.get(index + 1..).unwrap_or_default() {
            report = report.context(place_of(later), "nor is this one taken");
        }
        report.help("write the conditions that are meant, or remove what is never taken")
    }

    fn report(&self, message: String, span: Span) -> Diagnostic {
        Diagnostic::warning(Code::DecidedChoice, span, message)
    }

    /// What the parameter may be that a condition looks at.
    fn with_allowed(&self, report: Diagnostic, index: usize) -> Diagnostic {
        let choice = self.choices.get(index);
        let Some(Condition::Compare { variable, .. }) = choice.map(|choice| &choice.condition)
        else {
            return report;
        };
        let Expression::Reference(Reference::Parameter(id, _)) = variable else {
            return report;
        };
        let parameters = &self.program.scope.document.parameters;
        let parameter = parameters.get(id.index());
        match parameter.and_then(|parameter| parameter.constraints.allowed_values.as_ref()) {
            Some(allowed) => report.context(allowed.span, "it is one of these"),
            None => report,
        }
    }

    /// Where a condition says what it does not mean: its operand, if it is one comparison.
    fn place(&self, index: usize, element: &Value) -> Span {
        let choice = self.choices.get(index);
        match choice.map(|choice| &choice.condition) {
            Some(Condition::Compare { operator, .. }) => element
                .get(operator.name())
                .map_or_else(|| place_of(element), |operand| operand.span),
            _ => place_of(element),
        }
    }

    fn input(&self, name: &str) -> Option<&Value> {
        let mut inputs = self.written.inputs.iter();
        let (_, value) = inputs.find(|(key, _)| key.value == name)?;
        Some(value)
    }
}

/// Whether an earlier choice is taken in a case.
fn taken(before: &[Vec<bool>], case: usize) -> bool {
    before
        .iter()
        .any(|truth| truth.get(case).copied().unwrap_or_default())
}

fn implies(truth: &[bool], other: &[bool]) -> bool {
    truth.iter().zip(other).all(|(one, other)| !one || *other)
}

/// The key that a condition begins with.
fn place_of(element: &Value) -> Span {
    let mut keys = element.as_map().unwrap_or_default().iter();
    let key = keys.find(|(key, _)| key.value != "NextStep");
    key.map_or(element.span, |(key, _)| key.span)
}

/// Reports a condition that stands twice under one `And` or `Or`.
fn doubled(condition: &Condition, written: &Value, diagnostics: &mut Diagnostics) {
    let (name, members) = match condition {
        Condition::And(members) => ("And", members.as_slice()),
        Condition::Or(members) => ("Or", members.as_slice()),
        Condition::Not(inner) => ("Not", std::slice::from_ref(inner.as_ref())),
        Condition::Compare { .. } => return,
    };
    let Some(value) = written.get(name) else {
        return;
    };
    let elements = value.as_list().unwrap_or(std::slice::from_ref(value));
    for (index, (member, element)) in members.iter().zip(elements).enumerate() {
        doubled(member, element, diagnostics);
        let mut before = members.iter().zip(elements).take(index);
        if let Some((_, other)) = before.find(|(other, _)| *other == member) {
            let message = format!("a condition stands twice under one `{name}`");
            diagnostics.push(
                Diagnostic::warning(Code::DecidedChoice, place_of(element), message)
                    .label("the same again")
                    .context(place_of(other), "here for the first time")
                    .help("write the condition that is meant, or remove this one"),
            );
        }
    }
}
