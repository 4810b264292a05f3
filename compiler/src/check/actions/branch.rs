//! `aws:branch`: choices, conditions, operators (spec 5.3).

mod comparison;
mod operators;

use super::inputs::{self, references, text_span, wrong_kind};
use crate::check::scope::{Scope, Typed};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Scalar, Step, Value, ValueKind};
use crate::ir::{Choice, Condition, Operator, StepId, Work};
use crate::source::{Span, Spanned};
use crate::syntax::scalar::Reading;
use comparison::Comparison;

type Entry = (Spanned<String>, Value);

/// Checks the choices of a step.
pub(super) fn branch(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    let known = inputs::all_known(step, diagnostics);
    let mut branch = Branch {
        step,
        scope,
        diagnostics,
    };
    let choices = match inputs::given(step, "Choices") {
        Some(value) => branch.choices(value),
        // An unknown input is probably this one.
        None if known => inputs::required(step, "Choices", branch.diagnostics).and(None),
        None => None,
    };
    let default = match inputs::given(step, "Default") {
        Some(value) => Some(branch.target(value, "Default")?),
        None => None,
    };
    let choices = choices.filter(|_| known)?;
    Some(Work::Branch { choices, default })
}

/// Checks the condition of a loop, an input of this name (spec 5.15).
pub(super) fn loop_condition(
    value: &Value,
    name: &str,
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Condition> {
    let mut branch = Branch {
        step,
        scope,
        diagnostics,
    };
    branch.nested(value, name)
}

struct Branch<'a, 'd> {
    step: &'a Step,
    scope: &'a Scope<'a>,
    diagnostics: &'d mut Diagnostics,
}

impl<'a> Branch<'a, '_> {
    fn choices(&mut self, value: &'a Value) -> Option<Vec<Choice>> {
        let Some(elements) = value.as_list() else {
            return inputs::reported(
                value,
                "Choices",
                "a list of choices",
                self.scope,
                self.diagnostics,
            );
        };
        if elements.is_empty() {
            self.malformed(
                value.span,
                "`Choices` is empty",
                "at least one choice is needed",
                "write a list of conditions, each with its `NextStep`",
            );
            return None;
        }
        let choices: Vec<Option<Choice>> = elements
            .iter()
            .map(|element| self.choice(element))
            .collect();
        choices.into_iter().collect()
    }

    fn choice(&mut self, value: &'a Value) -> Option<Choice> {
        let Some(entries) = value.as_map() else {
            return inputs::reported(
                value,
                "Choices",
                "a list of mappings",
                self.scope,
                self.diagnostics,
            );
        };
        let next = entries
            .iter()
            .find(|(key, value)| key.value == "NextStep" && value.kind != ValueKind::Null);
        let is_misspelt = || {
            let mut keys = entries.iter().map(|(key, _)| key.value.as_str());
            keys.any(|key| {
                operators::nearest(key).is_some_and(|near| near.to_string() == "NextStep")
            })
        };
        let next_step = match next {
            Some((_, next)) => self.target(next, "NextStep"),
            // It is reported with the other keys.
            None if is_misspelt() => None,
            None => {
                self.malformed(
                    first(value, entries),
                    "a choice does not say where it leads",
                    "`NextStep` is missing",
                    "add `NextStep: …`, the name of a step",
                );
                None
            }
        };
        let rest: Vec<&Entry> = entries
            .iter()
            .filter(|(key, _)| key.value != "NextStep")
            .collect();
        let condition = self.condition(&rest, first(value, entries));
        Some(Choice {
            condition: condition?,
            next_step: next_step?,
        })
    }

    /// The step a constant names.
    fn target(&mut self, value: &Value, name: &str) -> Option<StepId> {
        let Some(scalar) = value.as_scalar() else {
            self.diagnostics
                .extend(wrong_kind(value, name, "the name of a step"));
            return None;
        };
        if !scalar.template.is_literal() {
            let message = format!("a reference cannot stand in `{name}`");
            self.diagnostics.push(
                Diagnostic::error(Code::ReferenceNotAllowed, value.span, message)
                    .label("only a constant is allowed here")
                    .help("write a choice for each step that it may lead to"),
            );
            return None;
        }
        let name = Spanned::new(scalar.text().trim().to_owned(), text_span(scalar));
        self.scope.target(&name, self.step, self.diagnostics)
    }

    /// One condition: a comparison, or a combination of conditions.
    fn condition(&mut self, entries: &[&'a Entry], place: Span) -> Option<Condition> {
        let entries: Vec<&Entry> = entries
            .iter()
            .copied()
            .filter(|(_, value)| value.kind != ValueKind::Null)
            .collect();
        if !self.known_keys(&entries) {
            for (_, value) in entries {
                references(value, self.scope, self.diagnostics);
            }
            return None;
        }
        let find = |name: &str| {
            entries
                .iter()
                .find(|(key, _)| key.value == name)
                .map(|(_, value)| value)
        };
        match (find("And"), find("Or"), find("Not"), find("Variable")) {
            (Some(value), None, None, None) if entries.len() == 1 => {
                self.conditions(value, "And").map(Condition::And)
            }
            (None, Some(value), None, None) if entries.len() == 1 => {
                self.conditions(value, "Or").map(Condition::Or)
            }
            (None, None, Some(value), None) if entries.len() == 1 => self.negation(value),
            (None, None, None, variable) => self.comparison(variable, &entries, place),
            _ => {
                let message =
                    "a condition is one comparison, `And`, `Or` or `Not`, but here are several";
                self.malformed(
                    place,
                    message,
                    "only one of them can be given",
                    "combine them in a list under `And` or `Or`",
                );
                None
            }
        }
    }

    /// Reports keys that no condition has.
    fn known_keys(&mut self, entries: &[&Entry]) -> bool {
        let mut known = true;
        for (key, _) in entries {
            if key.value == "NextStep" {
                let report = Diagnostic::error(
                    Code::MalformedChoice,
                    key.span,
                    "`NextStep` stands inside a condition",
                );
                self.diagnostics.push(match self.step.action.value.as_str() {
                    "aws:loop" => report
                        .label("a loop goes on by itself while its condition holds")
                        .help("remove it; what follows the loop is its `nextStep`, or the step listed next"),
                    _ => report
                        .label("this belongs to the choice as a whole")
                        .help("move it out, beside the condition"),
                });
            } else if !operators::KEYS.contains(&key.value.as_str())
                && operators::find(&key.value).is_none()
            {
                self.diagnostics.push(operators::unknown(key, self.step));
            } else {
                continue;
            }
            known = false;
        }
        known
    }

    /// The conditions under `And` and `Or`: a list, or a mapping that is the only one.
    fn conditions(&mut self, value: &'a Value, name: &str) -> Option<Vec<Condition>> {
        let elements = match &value.kind {
            ValueKind::List(elements) if !elements.is_empty() => elements.as_slice(),
            ValueKind::Map(_) => std::slice::from_ref(value),
            ValueKind::List(_) => {
                self.malformed(
                    value.span,
                    &format!("`{name}` is empty"),
                    "at least one condition is needed",
                    "write a list of conditions",
                );
                return None;
            }
            _ => {
                return inputs::reported(
                    value,
                    name,
                    "a list of conditions",
                    self.scope,
                    self.diagnostics,
                );
            }
        };
        let conditions: Vec<Option<Condition>> = elements
            .iter()
            .map(|element| self.nested(element, name))
            .collect();
        conditions.into_iter().collect()
    }

    fn negation(&mut self, value: &'a Value) -> Option<Condition> {
        let inner = match value.as_list() {
            Some([only]) => only,
            _ => value,
        };
        self.nested(inner, "Not")
            .map(|condition| Condition::Not(Box::new(condition)))
    }

    fn nested(&mut self, value: &'a Value, name: &str) -> Option<Condition> {
        let Some(entries) = value.as_map() else {
            return inputs::reported(value, name, "a condition", self.scope, self.diagnostics);
        };
        let all: Vec<&Entry> = entries.iter().collect();
        self.condition(&all, first(value, entries))
    }

    fn comparison(
        &mut self,
        variable: Option<&'a Value>,
        entries: &[&'a Entry],
        place: Span,
    ) -> Option<Condition> {
        let operators: Vec<(Operator, &Entry)> = entries
            .iter()
            .filter_map(|entry| Some((operators::find(&entry.0.value)?, *entry)))
            .collect();
        let known = self.diagnostics.len();
        let variable = match variable {
            Some(value) => self.variable(value, operators.is_empty()),
            None => {
                self.malformed(
                    place,
                    "a condition does not say what it looks at",
                    "`Variable` is missing",
                    "add `Variable: '{{ step.Output }}'`",
                );
                None
            }
        };
        match operators.as_slice() {
            [(operator, (key, operand))] => {
                let place = Comparison {
                    operator: *operator,
                    key,
                    operand,
                };
                self.compare(variable, &place)
            }
            // It may stand in the variable, which was reported.
            [] if self.diagnostics.len() > known => None,
            [] => {
                let report =
                    Diagnostic::error(Code::MalformedChoice, place, "a condition has no operator");
                let report = report.label("nothing is compared here");
                self.diagnostics
                    .push(report.help("write for example `StringEquals: running`"));
                None
            }
            [_, (_, (second, _)), ..] => {
                let message = "a condition has more than one operator";
                let report = Diagnostic::error(Code::MalformedChoice, second.span, message);
                let report = report.label("this is one too many");
                self.diagnostics.push(
                    report.help("put each comparison by itself into a list under `And` or `Or`"),
                );
                None
            }
        }
    }

    /// What a condition looks at: exactly one reference. Where no operator stands beside it, a comparison may be written in it.
    fn variable(&mut self, value: &Value, alone: bool) -> Option<Typed> {
        match value.as_scalar() {
            Some(scalar) if scalar.template.whole().is_some() => {
                Some(self.scope.scalar(scalar, value.span, self.diagnostics))
            }
            scalar => {
                references(value, self.scope, self.diagnostics);
                let report = Diagnostic::error(
                    Code::MalformedChoice,
                    value.span,
                    "`Variable` is not one reference",
                )
                .label("exactly one reference is expected here");
                self.diagnostics.push(match scalar.and_then(braced) {
                    Some(text) => report.edit(value.span, text, "put it in braces"),
                    None if alone => report.help(
                        "write the comparison beside it, as in `Variable: '{{ step.Output }}'` and `StringEquals: running`",
                    ),
                    None => report.help("write it like `'{{ step.Output }}'`"),
                });
                None
            }
        }
    }

    fn malformed(&mut self, span: Span, message: &str, label: &str, help: &str) {
        let report = Diagnostic::error(Code::MalformedChoice, span, message).label(label);
        self.diagnostics.push(report.help(help));
    }
}

/// Where a mapping begins, for reports about all of it.
fn first(value: &Value, entries: &[Entry]) -> Span {
    entries.first().map_or(value.span, |(key, _)| key.span)
}

/// A name without braces, as the reference that was probably meant.
fn braced(scalar: &Scalar) -> Option<String> {
    let name = scalar.text().trim();
    let fits = |next: char| next.is_ascii_alphanumeric() || matches!(next, '_' | '.' | ':');
    let named =
        !name.is_empty() && name.chars().all(fits) && scalar.source.reading() == Reading::Text;
    named.then(|| format!("'{{{{ {name} }}}}'"))
}
