//! What actions leave for later steps: their own outputs, and the declared ones (spec 3.7, 5).

use super::api;
use super::inputs::with_article;
use super::script;
use crate::catalogue::Catalogue;
use crate::check::selectors::{self, Answer, Fit, Selection};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{OutputDefinition, Step, Type};
use crate::source::{Span, Spanned};

const PAYLOAD: (&str, Type) = ("OutputPayload", Type::String);

/// The outputs that an action has by itself, `OutputPayload` included where there is one.
pub(crate) fn predefined(action: &str) -> &'static [(&'static str, Type)] {
    match action {
        "aws:approve" => &[
            ("ApprovalStatus", Type::String),
            ("ApproverDecisions", Type::MapList),
            PAYLOAD,
        ],
        "aws:changeInstanceState" => &[("InstanceStates", Type::StringList)],
        "aws:copyImage" | "aws:createImage" => &[
            ("ImageId", Type::String),
            ("ImageState", Type::String),
            PAYLOAD,
        ],
        "aws:createStack" => &[
            ("StackId", Type::String),
            ("StackStatus", Type::String),
            ("StackStatusReason", Type::String),
            PAYLOAD,
        ],
        "aws:executeAutomation" => &[
            ("Output", Type::StringList),
            ("ExecutionId", Type::String),
            ("Status", Type::String),
            PAYLOAD,
        ],
        "aws:executeStateMachine" => &[
            ("executionArn", Type::String),
            ("stateMachineArn", Type::String),
            ("name", Type::String),
            ("input", Type::String),
            ("output", Type::String),
            ("startDate", Type::String),
            ("stopDate", Type::String),
            ("status", Type::String),
            PAYLOAD,
        ],
        "aws:invokeLambdaFunction" => &[
            ("StatusCode", Type::String),
            ("FunctionError", Type::String),
            ("LogResult", Type::String),
            ("Payload", Type::String),
            PAYLOAD,
        ],
        "aws:invokeWebhook" => &[
            ("Response", Type::String),
            ("ResponseCode", Type::Integer),
            PAYLOAD,
        ],
        "aws:loop" => &[
            ("CurrentIteration", Type::Integer),
            ("CurrentIteratorValue", Type::String),
        ],
        "aws:runCommand" => &[
            ("CommandId", Type::String),
            ("Status", Type::String),
            ("ResponseCode", Type::Integer),
            ("Output", Type::String),
            PAYLOAD,
        ],
        "aws:runInstances" => &[
            ("InstanceIds", Type::StringList),
            ("InstanceStates", Type::StringList),
            PAYLOAD,
        ],
        "aws:executeScript" => &[("Payload", Type::String), PAYLOAD],
        "aws:branch" | "aws:pause" | "aws:updateVariable" => &[],
        _ => &[PAYLOAD],
    }
}

/// Follows the selector of a declared output through the action's answer, and compares what it selects with the
/// declared type. Gives whether the output may have a value at all.
pub(in crate::check) fn declared_output(
    step: &Step,
    definition: &OutputDefinition,
    catalogue: &Catalogue,
    diagnostics: &mut Diagnostics,
) -> bool {
    let Some(selector) = &definition.selector else {
        return true;
    };
    let answer = answer(step, catalogue);
    match selectors::select(&answer, &selector.value) {
        Err(unmatched) => {
            diagnostics.push(unmatched.report(&answer, &selector.value));
            unmatched.empty_list && definition.kind.as_ref().is_some_and(takes_empty_list)
        }
        Ok(selection) => {
            let found = Found {
                answer: &answer,
                selection: &selection,
                definition,
            };
            let doubts = selection.doubts.iter();
            diagnostics.extend(doubts.map(|doubt| doubt.report(catalogue)));
            diagnostics.extend(found.conversion());
            true
        }
    }
}

/// Other types have no value for an empty list.
fn takes_empty_list(kind: &Spanned<Type>) -> bool {
    matches!(kind.value, Type::StringList | Type::MapList)
}

/// The root of a step's selectors, as far as it is known.
fn answer(step: &Step, catalogue: &Catalogue) -> Answer {
    match step.action.value.as_str() {
        "aws:executeAwsApi"
        | "aws:assertAwsResourceProperty"
        | "aws:waitForAwsResourceProperty" => match api::operation_of(step, catalogue) {
            Some((service, operation)) => Answer::of_operation(&service, &operation),
            None => Answer::unknown(),
        },
        "aws:executeScript" => Answer::of_script(script::keys(step)),
        _ => Answer::unknown(),
    }
}

/// A selected value beside the declaration of its output.
struct Found<'a> {
    answer: &'a Answer,
    selection: &'a Selection,
    definition: &'a OutputDefinition,
}

impl Found<'_> {
    /// The report of a declared type that does not fit, or may not.
    fn conversion(&self) -> Option<Diagnostic> {
        let kind = self.definition.kind.as_ref()?;
        match selectors::fit(self.answer, self.selection, kind.value) {
            Fit::Fine => self.list_for_one(kind),
            Fit::Doubtful => Some(self.doubtful(kind)),
            Fit::Never => Some(self.never(kind)),
        }
    }

    fn never(&self, kind: &Spanned<Type>) -> Diagnostic {
        let name = &self.definition.name;
        let message = format!(
            "`{name}` can never be {}: its selector finds {}",
            with_article(kind.value),
            self.description()
        );
        let label = format!("{} never becomes this type", self.description());
        let report = Diagnostic::error(Code::ImpossibleConversion, kind.span, message).label(label);
        self.way_out(report, kind)
    }

    fn doubtful(&self, kind: &Spanned<Type>) -> Diagnostic {
        let name = &self.definition.name;
        let message = format!(
            "`{name}` may fail to be {}: its selector finds {}",
            with_article(kind.value),
            self.description()
        );
        let label = format!("{} may not become this type", self.description());
        let report =
            Diagnostic::warning(Code::ImpossibleConversion, kind.span, message).label(label);
        self.way_out(report, kind)
    }

    /// The hint about a whole list that is declared as one value, which it becomes only while it has one element.
    fn list_for_one(&self, kind: &Spanned<Type>) -> Option<Diagnostic> {
        let takes_one = matches!(kind.value, Type::String | Type::Integer | Type::Boolean);
        if !takes_one || !selectors::is_list(self.answer, self.selection) {
            return None;
        }
        let name = &self.definition.name;
        let selector = self.definition.selector.as_ref()?;
        let last = selector.value.segments.last()?;
        let message = format!(
            "`{name}` is {}, but its selector finds {}",
            with_article(kind.value),
            self.description()
        );
        let report = Diagnostic::hint(Code::ListForOne, last.span, message)
            .label("the step fails when there is more than one")
            .note("a list with one element becomes that element");
        Some(report.help(format!(
            "select one element, as in `'{}[0]'`, or declare a StringList",
            selector.value
        )))
    }

    fn description(&self) -> String {
        selectors::description(self.answer, self.selection)
    }

    /// Points at the selector, and offers the type that the value has.
    fn way_out(&self, report: Diagnostic, kind: &Spanned<Type>) -> Diagnostic {
        let selector = self.definition.selector.as_ref();
        let report =
            match selector.and_then(|selector| Some((selector, selector.value.segments.last()?))) {
                Some((_, last)) => report.context(last.span, "this is selected"),
                None => report,
            };
        let Some(natural) = selectors::natural_type(self.answer, self.selection) else {
            return report;
        };
        match self.written(kind) {
            Some(span) => report.edit(span, natural.as_str(), format!("declare it as {natural}")),
            None => report.help(format!("declare it with `Type: {natural}`")),
        }
    }

    /// The place of a written type inside its quotes; none for a type that is not written.
    fn written(&self, kind: &Spanned<Type>) -> Option<Span> {
        let Span { start, end } = kind.span;
        let around = end
            .checked_sub(start)?
            .checked_sub(kind.value.as_str().len())?;
        match around {
            _ if kind.span == self.definition.name.span => None,
            0 => Some(kind.span),
            2 => Some(Span::new(start + 1, end - 1)),
            _ => None,
        }
    }
}
