//! Flow: where each step leads (spec 4.4, 4.5, 4.6).
//!
//! Resolves `nextStep`, `onFailure` and `onCancel`, and reports circles, steps that nothing leads to, and
//! properties that do not go together.

use std::collections::HashSet;

use super::graph::{Edge, Graph};
use super::known;
use super::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Handler, Step};
use crate::ir::{Flow, OnCancel, OnFailure, StepId};
use crate::source::{Span, Spanned};

/// The flow properties of a step, with its targets resolved.
pub(super) fn resolve(step: &Step, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Flow {
    end_with_next_step(step, diagnostics);
    ineffective(step, diagnostics);
    Flow {
        next_step: step
            .next_step
            .as_ref()
            .and_then(|name| scope.target(name, step, diagnostics)),
        on_failure: on_failure(step, scope, diagnostics),
        on_cancel: on_cancel(step, scope, diagnostics),
        is_critical: step.is_critical.map(|critical| critical.value),
        is_end: step.is_end.map(|end| end.value),
    }
}

/// Reports what only the graph as a whole shows.
pub(super) fn check(graph: &Graph, scope: &Scope<'_>, diagnostics: &mut Diagnostics) {
    let mut circles = Vec::new();
    let none = graph.is_acyclic();
    for edge in graph.edges.iter().filter(|_| !none) {
        if let Some(circle) = Circle::through(edge, graph)
            && !circles.contains(&circle.steps())
        {
            circles.push(circle.steps());
            diagnostics.push(circle.report(scope));
        }
    }
    if graph.complete {
        unreachable_steps(graph, scope, diagnostics);
    }
}

fn on_failure(step: &Step, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<OnFailure> {
    match &step.on_failure.as_ref()?.value {
        Handler::Abort => Some(OnFailure::Abort),
        Handler::Continue => Some(OnFailure::Continue),
        Handler::Step(name) => scope.target(name, step, diagnostics).map(OnFailure::Step),
    }
}

fn on_cancel(step: &Step, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<OnCancel> {
    match &step.on_cancel.as_ref()?.value {
        // `Abort` is what happens anyway: published runbooks write it on every action.
        Handler::Abort | Handler::Continue => Some(OnCancel::Abort),
        Handler::Step(name) => {
            let refused = cancelled_action(step, name.span);
            let target = scope.target(name, step, diagnostics);
            let doubtful = target.and_then(|target| cancel_target(target, name, scope));
            diagnostics.extend(refused.or(doubtful));
            let target = target?;
            Some(OnCancel::Step(target))
        }
    }
}

/// Some actions cannot have a handler (spec 4.5).
fn cancelled_action(step: &Step, handler: Span) -> Option<Diagnostic> {
    let action = step.action.value.as_str();
    matches!(action, "aws:loop" | "aws:updateVariable").then(|| {
        let message = format!(
            "`onCancel` of step `{}` cannot be used on an `{action}` step",
            step.name
        );
        Diagnostic::error(Code::InvalidHandler, handler, message)
            .label("not allowed here")
            .context(step.action.span, "this action")
            .help("remove it")
    })
}

/// Some actions should not run while an execution is being cancelled (spec 4.5). Public runbooks do it with
/// `aws:sleep`, so the service does not refuse them.
fn cancel_target(target: StepId, name: &Spanned<String>, scope: &Scope<'_>) -> Option<Diagnostic> {
    let action = &scope.entry(target)?.step.action;
    if known::find(&action.value).is_none_or(|action| action.after_cancel) {
        return None;
    }
    let message = format!("`onCancel` leads to `{}`, an `{action}` step", name.value);
    let report = Diagnostic::warning(Code::InvalidHandler, name.span, message)
        .label("not documented to work after a cancellation")
        .context(action.span, "its action")
        .help("lead to a step that cleans up with another action, `aws:executeAwsApi` for example")
        .note("the steps after a cancellation have two minutes in all");
    Some(report)
}

fn end_with_next_step(step: &Step, diagnostics: &mut Diagnostics) {
    let (Some(end), Some(next)) = (step.is_end.filter(|end| end.value), &step.next_step) else {
        return;
    };
    let message = format!(
        "step `{}` both ends the runbook and has a `nextStep`",
        step.name
    );
    let report = Diagnostic::error(Code::EndWithNextStep, next.span, message)
        .label("would go on here")
        .context(end.span, "ends here")
        .help("remove one of the two");
    diagnostics.push(report);
}

/// Combinations that do not do what they seem to say (spec 8, rows 1 and 2).
fn ineffective(step: &Step, diagnostics: &mut Diagnostics) {
    let handler = step.on_failure.as_ref().map(|handler| &handler.value);
    let ignored = step.is_critical.filter(|critical| !critical.value);
    if let (Some(ignored), None | Some(Handler::Abort)) = (ignored, handler) {
        diagnostics.push(abort_not_critical(step, ignored.span));
    }
    diagnostics.extend(continue_at_the_end(step));
    if let (Some(end), Some(Handler::Step(name))) = (step.is_end.filter(|end| end.value), handler) {
        let message = format!(
            "`onFailure` of step `{}` has no effect beside `isEnd: true`",
            step.name
        );
        let report = Diagnostic::warning(Code::IneffectiveProperty, name.span, message)
            .label("never jumped to")
            .context(end.span, "ends after success and after failure")
            .note("so the documentation says; runbooks of AWS that need the jump suggest that the service makes it all the same")
            .help(format!("to be sure of `{name}` after a failure, leave `isEnd` out; if steps are listed behind this one, let `nextStep` lead to a last step instead"));
        diagnostics.push(report);
    }
}

/// A failure that ends the runbook and fails it is what happens without `Continue`, too.
fn continue_at_the_end(step: &Step) -> Option<Diagnostic> {
    let handler = step.on_failure.as_ref()?;
    let end = step.is_end.filter(|end| end.value)?;
    let critical = step.is_critical.filter(|critical| critical.value)?;
    if handler.value != Handler::Continue {
        return None;
    }
    let message = format!(
        "`onFailure: Continue` of step `{}` has no effect beside `isEnd` and `isCritical`",
        step.name
    );
    let report = Diagnostic::warning(Code::IneffectiveProperty, handler.span, message)
        .label("the runbook ends and fails all the same")
        .context(end.span, "it ends here")
        .context(critical.span, "a failure fails it");
    Some(
        report.help(
            "write `isCritical: false` if the failure should not count, or `onFailure: Abort`",
        ),
    )
}

fn abort_not_critical(step: &Step, critical: Span) -> Diagnostic {
    let message = format!(
        "`isCritical: false` of step `{}` has no effect, because its failure aborts the runbook",
        step.name
    );
    let report =
        Diagnostic::warning(Code::IneffectiveProperty, critical, message).label("without effect");
    let report = match &step.on_failure {
        Some(abort) => report.context(abort.span, "a failure fails the runbook"),
        None => report.note("without `onFailure`, a failure aborts the runbook"),
    };
    report.help("to go on after a failure, write `onFailure: Continue`")
}

/// A way from a step back to itself.
struct Circle {
    /// The edge that leads backwards, where it is written, and the way from its end to its start.
    back: Edge,
    span: Span,
    way: Vec<Edge>,
}

impl Circle {
    /// The shortest circle through an edge that leads backwards; every circle has such an edge.
    fn through(back: &Edge, graph: &Graph) -> Option<Self> {
        let span = back.span.filter(|_| back.to <= back.from)?;
        let walk = graph.walk([back.to], |_| true);
        let circle = || Self {
            back: *back,
            span,
            way: walk.way_to(back.from),
        };
        walk.reaches(back.from).then(circle)
    }

    /// Its steps in the order of the document.
    fn steps(&self) -> Vec<StepId> {
        let mut steps: Vec<StepId> = self.way.iter().map(|edge| edge.to).collect();
        steps.push(self.back.to);
        steps.sort();
        steps
    }

    fn report(&self, scope: &Scope<'_>) -> Diagnostic {
        let first = self.back.to;
        let steps = std::iter::once(first)
            .chain(self.way.iter().map(|edge| edge.to))
            .chain([first]);
        let message = format!("steps lead back to themselves: {}", arrows(steps, scope));
        let mut report = Diagnostic::error(Code::Cycle, self.span, message)
            .label(format!("leads back to {}", quoted(first, scope)));
        for jump in &self.way {
            if let Some(span) = jump.span {
                report = report.context(span, format!("leads to {}", quoted(jump.to, scope)));
            }
        }
        if scope
            .around(self.back.from)
            .skip(1)
            .any(|around| around == first)
        {
            return report
                .help("the next iteration begins by itself: to end this one, write `isEnd: true`");
        }
        report
            .help("lead to a step that is not part of the circle, or end here with `isEnd: true`")
            .note("only `aws:loop` repeats steps")
    }
}

/// The names of steps with arrows between them.
pub(super) fn arrows(steps: impl IntoIterator<Item = StepId>, scope: &Scope<'_>) -> String {
    let names: Vec<String> = steps.into_iter().map(|step| quoted(step, scope)).collect();
    names.join(" → ")
}

fn quoted(step: StepId, scope: &Scope<'_>) -> String {
    let name = scope
        .entry(step)
        .map_or("", |entry| entry.step.name.value.as_str());
    format!("`{name}`")
}

fn unreachable_steps(graph: &Graph, scope: &Scope<'_>, diagnostics: &mut Diagnostics) {
    let walk = graph.walk(starts(scope), |_| true);
    let others = graph.edges.iter().filter(|edge| edge.from != edge.to);
    let led_to: HashSet<StepId> = others.map(|edge| edge.to).collect();
    for (step, entry) in scope.entries().filter(|(step, _)| !walk.reaches(*step)) {
        // What only another unreachable step leads to is that one's fault.
        if !led_to.contains(&step) {
            diagnostics.push(unreachable_step(step, entry.step, scope));
        }
    }
}

/// The step that each level starts with.
pub(super) fn starts<'a>(scope: &Scope<'a>) -> impl Iterator<Item = StepId> + use<'a> {
    let mut level = None;
    scope.entries().filter_map(move |(step, entry)| {
        let first = level != Some(entry.parent);
        level = Some(entry.parent);
        first.then_some(step)
    })
}

fn unreachable_step(id: StepId, step: &Step, scope: &Scope<'_>) -> Diagnostic {
    let message = format!("no path leads to step `{}`", step.name);
    let report = Diagnostic::warning(Code::UnreachableStep, step.name.span, message)
        .label("never runs")
        .help("lead to it from another step, or remove it");
    let before =
        id.0.checked_sub(1)
            .and_then(|before| scope.entry(StepId(before)));
    let Some(before) = before.map(|entry| entry.step) else {
        return report;
    };
    if let Some(next) = &before.next_step {
        report.context(next.span, "the step before it goes elsewhere")
    } else if let Some(end) = before.is_end.filter(|end| end.value) {
        let ended = match scope.entry(id).and_then(|entry| entry.parent) {
            Some(_) => "the step before it ends the iteration",
            None => "the step before it ends the runbook",
        };
        report.context(end.span, ended)
    } else {
        report.context(before.name.span, "the step before it always jumps")
    }
}
