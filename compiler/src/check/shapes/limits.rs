//! Limits of the model. Boto3 itself refuses what is below a minimum; what is above a maximum is left to the service,
//! whose limits may have grown since (spec 5.12).

use std::fmt::Display;

use super::Walk;
use crate::catalogue::{Bounds, StringShape, Structure};
use crate::check::actions::listed;
use crate::check::pattern;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Value, ValueKind};
use crate::source::{Span, Spanned};

impl Walk<'_, '_> {
    /// The length of a text; says whether it is right.
    pub(super) fn check_length(&mut self, text: &str, bounds: Bounds<i64>, span: Span) -> bool {
        let before = self.diagnostics.len();
        self.check_count(text.chars().count(), bounds, span, "character");
        self.diagnostics.len() == before
    }

    /// The pattern of a text. Boto3 leaves it to the service, whose pattern may be another one by now.
    pub(super) fn check_pattern(&mut self, text: &str, string: &StringShape, span: Span) {
        let Some(pattern) = string.pattern.as_ref() else {
            return;
        };
        // What is in braces still (`{{resolve:…}}`) is something else when the API gets it.
        if text.contains("{{") || !pattern::lacks(pattern, text) {
            return;
        }
        let message = format!("`{}` cannot be `{}`", self.name(), shortened(text));
        self.diagnostics.push(
            Diagnostic::warning(Code::ViolatedConstraint, span, message)
                .label("not of the form that the API takes")
                .help(format!("give what matches `{pattern}`"))
                .note(format!(
                    "as of {}, the date of the service models in this compiler",
                    self.operand.scope.catalogue.date()
                )),
        );
    }

    /// The length of a list.
    pub(super) fn check_items(&mut self, count: usize, bounds: Bounds<i64>, span: Span) {
        self.check_count(count, bounds, span, "element");
    }

    fn check_count(&mut self, count: usize, bounds: Bounds<i64>, span: Span, unit: &str) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let plural = if count == 1 { "" } else { "s" };
        self.check_range(count, &format!("has {count} {unit}{plural}"), bounds, span);
    }

    /// The value of a number.
    pub(super) fn check_number<N: PartialOrd + Display>(
        &mut self,
        number: N,
        bounds: Bounds<N>,
        span: Span,
    ) {
        let have = format!("is {number}");
        self.check_range(number, &have, bounds, span);
    }

    fn check_range<N: PartialOrd + Display>(
        &mut self,
        number: N,
        have: &str,
        bounds: Bounds<N>,
        span: Span,
    ) {
        let name = self.name();
        let report = match bounds {
            Bounds { min: Some(min), .. } if number < min => {
                let message = format!("`{name}` {have}, but takes at least {min}");
                Diagnostic::error(Code::ViolatedConstraint, span, message)
                    .label("below the minimum")
                    .help(format!("give at least {min}"))
            }
            Bounds { max: Some(max), .. } if number > max => {
                let message = format!("`{name}` {have}, but takes at most {max}");
                Diagnostic::warning(Code::ViolatedConstraint, span, message)
                    .label("above the maximum")
                    .help(format!("give at most {max}"))
                    .note(format!(
                        "as of {}, the date of the service models in this compiler",
                        self.operand.scope.catalogue.date()
                    ))
            }
            _ => return,
        };
        self.diagnostics.push(report);
    }

    /// A union has exactly one of its members.
    pub(super) fn report_union(
        &mut self,
        entries: &[&(Spanned<String>, Value)],
        structure: &Structure,
        place: Span,
    ) {
        let given = entries
            .iter()
            .filter(|(_, value)| value.kind != ValueKind::Null)
            .count();
        if !structure.union || given == 1 {
            return;
        }
        let names: Vec<&str> = structure
            .members
            .iter()
            .map(|member| member.name.as_str())
            .collect();
        let message = format!(
            "`{}` takes exactly one member, but {given} are given",
            self.name()
        );
        let report = Diagnostic::error(Code::ViolatedConstraint, place, message)
            .label("only one of them can be given");
        self.diagnostics
            .push(report.help(format!("give one of {}", listed(&names))));
    }
}

/// A text that fits into a sentence.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
