//! Assignment: whether a step has run by the time its output is used.
//!
//! A reference that no way through the runbook can satisfy is an error, for its step certainly fails (spec 3.7);
//! where only some way lacks the output it is a warning that shows the way. Conditions and scripts can do without
//! an output (spec 5.3), so there only one that is always missing is reported.

use std::collections::HashMap;

use super::dominators::Dominators;
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
    let gives = |edge: &Edge| edge.kind == EdgeKind::Success || keeps_outputs(edge.from, scope);
    let dominators = Dominators::of(graph, starts(scope), gives);
    let mut known = HashMap::new();
    for place in uses.iter().filter(|place| exists(place, scope)) {
        let Some(meeting) = Meeting::of(place, scope) else {
            continue;
        };
        let Meeting {
            producer,
            consumer,
            start,
            left,
        } = meeting;
        if !reachable.reaches(consumer) {
            continue;
        }
        let sure = dominators.as_ref();
        if !sure.is_some_and(|sure| sure.always_gives(producer, consumer)) {
            let ways = known
                .entry((producer, start))
                .or_insert_with(|| Ways::new(&meeting, &reachable, graph, scope));
            if let Some(report) = ways.check(place, consumer) {
                diagnostics.push(report);
                continue;
            }
        }
        if let Some(left) = left.filter(|_| place.missing == Missing::Fails) {
            diagnostics.extend(without_iterations(place, left, scope));
        }
    }
}

/// The producing and the using step, or the loops around them, on the innermost level that has both: outputs of steps
/// inside a loop are those of this iteration.
struct Meeting {
    producer: StepId,
    consumer: StepId,
    /// The step that the level starts with.
    start: StepId,
    /// A loop over a list that the producing step is inside of, when the using one is not.
    left: Option<StepId>,
}

impl Meeting {
    /// None where a loop is asked for its own values inside of it, or asks its steps for theirs in its condition.
    fn of(place: &Use<'_>, scope: &Scope<'_>) -> Option<Self> {
        let produced = scope.step(place.step)?;
        let used = scope.id(place.by)?;
        let own = produced == used && !is_loop(used, scope);
        if scope.around(used).skip(1).any(|around| around == produced) {
            return None;
        }
        let asks_inside = scope.around(produced).any(|around| around == used);
        if asks_inside && !own && place.missing == Missing::False {
            return None;
        }
        let level = scope
            .around(used)
            .map(|around| scope.entry(around).and_then(|entry| entry.parent))
            .find(|level| scope.ancestor_at(produced, *level).is_some())?;
        let producer = scope.ancestor_at(produced, level)?;
        let start = scope.first(level)?;
        let mut outer = scope.around(produced);
        let left = outer.find(|around| {
            let is_between = *around != produced && may_be_empty(*around, scope);
            is_between && scope.ancestor_at(used, level) != Some(*around)
        });
        Some(Self {
            producer,
            consumer: scope.ancestor_at(used, level)?,
            start,
            left: left.filter(|left| inside_of(*left, producer, scope)),
        })
    }
}

fn inside_of(step: StepId, outer: StepId, scope: &Scope<'_>) -> bool {
    scope.around(step).any(|around| around == outer)
}

fn is_loop(step: StepId, scope: &Scope<'_>) -> bool {
    scope
        .entry(step)
        .is_some_and(|entry| entry.step.action.value == "aws:loop")
}

/// Whether a loop may have no iteration: it goes over a list that is not written out.
fn may_be_empty(step: StepId, scope: &Scope<'_>) -> bool {
    let Some(entry) = scope.entry(step).filter(|_| is_loop(step, scope)) else {
        return false;
    };
    let mut inputs = entry.step.inputs.iter();
    let items = inputs.find(|(name, _)| name.value == "Iterators");
    items.is_some_and(|(_, items)| items.as_list().is_none_or(<[_]>::is_empty))
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

/// Whether a step may have outputs after a failure.
fn keeps_outputs(step: StepId, scope: &Scope<'_>) -> bool {
    let action = scope
        .entry(step)
        .and_then(|entry| known::find(&entry.step.action.value));
    action.is_none_or(|action| action.keeps_outputs)
}

/// The ways through a runbook, seen from one step.
struct Ways<'a> {
    scope: &'a Scope<'a>,
    producer: StepId,
    /// Where the ways start.
    start: StepId,
    /// All that can come after the step succeeded.
    after: Walk,
    /// All that can come after the step ran, whatever came of it.
    behind: Walk,
    /// All that can be reached without its outputs.
    without: Walk,
}

impl<'a> Ways<'a> {
    fn new(meeting: &Meeting, reachable: &Walk, graph: &Graph, scope: &'a Scope<'a>) -> Self {
        let producer = meeting.producer;
        let runs = reachable.reaches(producer);
        let keeps = keeps_outputs(producer, scope);
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
            without: graph.walk([meeting.start], |edge| !gives(edge)),
            start: meeting.start,
        }
    }

    fn check(&self, place: &Use<'_>, consumer: StepId) -> Option<Diagnostic> {
        if !self.behind.reaches(consumer) {
            Some(self.never(place, consumer))
        } else if !self.after.reaches(consumer) {
            Some(self.only_after_failure(place))
        } else if place.missing == Missing::Fails && self.without.reaches(consumer) {
            Some(self.sometimes(place, consumer))
        } else {
            None
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
        let steps = std::iter::once(self.start).chain(way.iter().map(|edge| edge.to));
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

fn without_iterations(place: &Use<'_>, left: StepId, scope: &Scope<'_>) -> Option<Diagnostic> {
    let left = &scope.entry(left)?.step.name;
    let name = &place.placeholder.name;
    let message = format!(
        "`{}` may be missing when step `{}` runs",
        name.value, place.by.name
    );
    Some(
        Diagnostic::warning(Code::OutputBeforeStep, name.span, message)
            .label(format!("missing when `{left}` has nothing to go over"))
            .context(left.span, "the loop")
            .help(format!(
                "let a branch pass by `{}` when the list is empty",
                place.by.name
            )),
    )
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
