//! Assignment: whether a step has run by the time its output is used.
//!
//! A reference that no way through the runbook can satisfy is an error, for its step certainly fails (spec 3.7);
//! where only some way lacks the output it is a warning that shows the way. Conditions and scripts can do without
//! an output (spec 5.3), so there only one that is always missing is reported.

use super::flow::{arrows, starts};
use super::graph::{Edge, EdgeKind, Graph, Walk};
use super::known;
use super::scope::Scope;
use super::uses::{Missing, Use, Uses};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::StepId;

/// Checks every use of an output of a step.
pub(super) fn check(
    uses: &Uses<'_>,
    graph: &Graph,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) {
    if !graph.complete {
        return;
    }
    let reachable = graph.walk(starts(scope), |_| true);
    for place in uses.iter() {
        if let Some((producer, consumer)) = outside_loops(place, scope)
            && reachable.reaches(consumer)
            && exists(place, scope)
        {
            let ways = Ways::new(producer, reachable.reaches(producer), graph, scope);
            ways.check(place, consumer, diagnostics);
        }
    }
}

/// The producing and the using step, or the loops around them, on the level of `mainSteps`. Nothing is said of
/// steps inside the same loop, which may see the values of an earlier iteration.
fn outside_loops(place: &Use<'_>, scope: &Scope<'_>) -> Option<(StepId, StepId)> {
    let produced = scope.step(place.step)?;
    let used = scope
        .entries()
        .find(|(_, entry)| std::ptr::eq(entry.step, place.by))?
        .0;
    let producer = scope.ancestor_at(produced, None)?;
    let consumer = scope.ancestor_at(used, None)?;
    let same_loop = producer == consumer && scope.entry(producer)?.step.action.value == "aws:loop";
    (!same_loop).then_some((producer, consumer))
}

/// Whether the step may have such an output; one that it has not is reported where it is resolved.
fn exists(place: &Use<'_>, scope: &Scope<'_>) -> bool {
    let entry = scope.step(place.step).and_then(|step| scope.entry(step));
    entry.is_some_and(|entry| {
        !entry.outputs_known
            || entry
                .outputs
                .iter()
                .any(|output| output.name == place.output)
    })
}

/// The ways through a runbook, seen from one step.
struct Ways<'a> {
    scope: &'a Scope<'a>,
    producer: StepId,
    /// All that can come after the step succeeded.
    after: Walk,
    /// All that can come after the step ran, whatever came of it.
    behind: Walk,
    /// All that can be reached without its outputs.
    without: Walk,
}

impl<'a> Ways<'a> {
    fn new(producer: StepId, runs: bool, graph: &Graph, scope: &'a Scope<'a>) -> Self {
        let action = scope
            .entry(producer)
            .and_then(|entry| known::find(&entry.step.action.value));
        let keeps = action.is_none_or(|action| action.keeps_outputs);
        let gives =
            |edge: &Edge| edge.from == producer && (keeps || edge.kind == EdgeKind::Success);
        let targets = |pass: &dyn Fn(&Edge) -> bool| -> Vec<StepId> {
            let edges = graph.leaving(producer).iter();
            edges
                .filter(|edge| runs && pass(edge))
                .map(|edge| edge.to)
                .collect()
        };
        Self {
            scope,
            producer,
            after: graph.walk(targets(&gives), |_| true),
            behind: graph.walk(targets(&|_| true), |_| true),
            without: graph.walk([StepId(0)], |edge| !gives(edge)),
        }
    }

    fn check(&self, place: &Use<'_>, consumer: StepId, diagnostics: &mut Diagnostics) {
        if !self.behind.reaches(consumer) {
            diagnostics.push(self.never(place, consumer));
        } else if !self.after.reaches(consumer) {
            diagnostics.push(self.only_after_failure(place));
        } else if place.missing == Missing::Fails && self.without.reaches(consumer) {
            diagnostics.push(self.sometimes(place, consumer));
        }
    }

    fn never(&self, place: &Use<'_>, consumer: StepId) -> Diagnostic {
        let name = &place.placeholder.name;
        let message = format!(
            "`{}` is used before step `{}` has run",
            name.value, place.step
        );
        let report = match place.missing {
            Missing::Fails => Diagnostic::error(Code::OutputBeforeStep, name.span, message),
            Missing::False => Diagnostic::warning(Code::OutputBeforeStep, name.span, message)
                .note("a condition with a missing value is false"),
            Missing::Text => Diagnostic::warning(Code::OutputBeforeStep, name.span, message)
                .note("the script receives the text of the reference instead"),
        };
        if consumer == self.producer {
            return report
                .label("a step cannot use its own outputs")
                .help("use it in a later step, or refer to a parameter here");
        }
        let report = report
            .label(format!("no path leads from `{}` to here", place.step))
            .help(format!(
                "use it in a step that follows `{producer}`, or let `{producer}` run before `{}`",
                place.by.name,
                producer = place.step
            ));
        match self.scope.entry(self.producer) {
            Some(entry) => report.context(
                entry.step.name.span,
                "this step comes later, or on another path",
            ),
            None => report,
        }
    }

    fn only_after_failure(&self, place: &Use<'_>) -> Diagnostic {
        let name = &place.placeholder.name;
        let message = format!(
            "`{}` is used only after step `{}` has failed or was cancelled",
            name.value, place.step
        );
        Diagnostic::warning(Code::OutputBeforeStep, name.span, message)
            .label("a failed step has no outputs")
            .help(format!(
                "use it in a step that follows the success of `{}`",
                place.step
            ))
    }

    fn sometimes(&self, place: &Use<'_>, consumer: StepId) -> Diagnostic {
        let name = &place.placeholder.name;
        let message = format!(
            "`{}` may be missing when step `{}` runs",
            name.value, place.by.name
        );
        let way = self.without.way_to(consumer);
        let steps = std::iter::once(StepId(0)).chain(way.iter().map(|edge| edge.to));
        let report = Diagnostic::warning(Code::OutputBeforeStep, name.span, message).note(format!(
            "the step fails on this path: {}",
            shortened(&arrows(steps, self.scope))
        ));
        if way.iter().any(|edge| edge.from == self.producer) {
            report
                .label(format!("missing when `{}` fails", place.step))
                .help(format!(
                    "let the failure of `{}` lead to a step that does without it",
                    place.step
                ))
        } else {
            report
                .label(format!("missing when `{}` was passed by", place.step))
                .help(format!(
                    "let every path to here go through `{}`",
                    place.step
                ))
        }
    }
}

/// A way without its middle, when it is long.
fn shortened(way: &str) -> String {
    let steps: Vec<&str> = way.split(" → ").collect();
    match steps.as_slice() {
        [first, second, middle @ .., a, b, c] if middle.len() > 3 => {
            [first, second, "…", a, b, c].join(" → ")
        }
        _ => way.to_owned(),
    }
}
