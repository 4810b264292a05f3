//! `aws:assertAwsResourceProperty` and `aws:waitForAwsResourceProperty`: a call, and what its answer should show
//! (spec 5.2, 5.23).

use super::{api, inputs};
use crate::check::desired;
use crate::check::scope::Scope;
use crate::check::selectors::{self, Answer, Selection};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Step, Value};
use crate::ir::{ApiCall, Expectation};
use crate::source::Spanned;
use crate::syntax::Selector;

/// The inputs that the API does not see.
const OWN: [&str; 2] = ["PropertySelector", "DesiredValues"];

/// Checks the call of a step, its selector and its desired values.
pub(super) fn expectation(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<(ApiCall, Expectation)> {
    let call = api::call(step, &OWN, scope, diagnostics);
    let selector = inputs::required(step, "PropertySelector", diagnostics);
    let selector = selector.and_then(|value| parse(value, diagnostics));
    let answer = answer(step, scope);
    let selection = selector
        .as_ref()
        .and_then(|selector| selected(&answer, selector, scope, diagnostics));
    let values = inputs::required(step, "DesiredValues", diagnostics);
    let property = desired::Property {
        answer: &answer,
        selection: selection.as_ref(),
    };
    let desired = values.and_then(|values| desired::values(values, &property, scope, diagnostics));
    if let (Some(selector), Some(selection), Some(desired)) = (&selector, &selection, &desired) {
        diagnostics.extend(desired::never_equal(&answer, selection, selector, desired));
    }
    let expectation = Expectation {
        selector: selector?.value,
        desired: desired?,
    };
    Some((call?, expectation))
}

fn parse(value: &Value, diagnostics: &mut Diagnostics) -> Option<Spanned<Selector>> {
    inputs::literal(value, "PropertySelector", "the selector", diagnostics)?;
    match Selector::parse(&value.as_scalar()?.source) {
        Ok(selector) => Some(Spanned::new(selector, value.span)),
        Err(error) => {
            diagnostics.push(error);
            None
        }
    }
}

fn answer(step: &Step, scope: &Scope<'_>) -> Answer {
    match api::operation_of(step, scope.catalogue) {
        Some((service, operation)) => Answer::of_operation(&service, &operation),
        None => Answer::unknown(),
    }
}

/// What the selector selects; one that can never match means that the step never succeeds.
fn selected(
    answer: &Answer,
    selector: &Spanned<Selector>,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Selection> {
    match selectors::select(answer, &selector.value) {
        Ok(selection) => {
            let doubts = selection.doubts.iter();
            diagnostics.extend(doubts.map(|doubt| doubt.report(scope.catalogue)));
            Some(selection)
        }
        Err(unmatched) => {
            let report = unmatched.report(answer, &selector.value);
            let report = Diagnostic {
                severity: Severity::Error,
                ..report
            };
            diagnostics.push(report.note("without a value the step never succeeds"));
            None
        }
    }
}
