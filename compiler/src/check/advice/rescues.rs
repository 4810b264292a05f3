//! Failures that are handled, but still count (spec 4.4).

use super::Program;
use crate::check::flow::starts;
use crate::check::graph::{Edge, EdgeKind};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::Handler;
use crate::ir::{OnFailure, Step, StepId};

/// Reports steps in whose place another one is tried, and that fail the runbook all the same.
pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    // Where something has failed before, this failure changes nothing.
    let usual = program.graph.walk(starts(program.scope), succeeds);
    for (id, (written, step)) in (0..).map(StepId).zip(program.steps()) {
        let Some(OnFailure::Step(instead)) = step.flow.on_failure else {
            continue;
        };
        let Some(Handler::Step(name)) = written.on_failure.as_ref().map(|handler| &handler.value)
        else {
            continue;
        };
        if step.flow.is_critical.is_some() || step.flow.is_end == Some(true) {
            continue;
        }
        if !usual.reaches(id) || !stands_in(program, step, instead) {
            continue;
        }
        if let Some(common) = replaced(program, id, instead) {
            let message = format!(
                "`{}` fails the runbook although `{name}` takes its place",
                step.name
            );
            let joined = program.scope.entry(common);
            let report = Diagnostic::hint(Code::FailureStillCounts, name.span, message)
                .label("the runbook goes on here, and ends as Failed")
                .note("a failure counts unless `isCritical: false` is written, whatever follows it")
                .help("write `isCritical: false` if the runbook may succeed this way");
            diagnostics.push(match joined {
                Some(entry) => report.context(entry.step.name.span, "both ways come here"),
                None => report,
            });
        }
    }
}

fn succeeds(edge: &Edge) -> bool {
    edge.kind == EdgeKind::Success
}

/// Whether one step stands in for another one: it makes the same call with other inputs, or brings about what the other has
/// looked for. What follows the failure of another kind of step may as well be there to clean up or to tell of it.
fn stands_in(program: &Program<'_>, step: &Step, instead: StepId) -> bool {
    // What these do is not in the call.
    const OPAQUE: [&str; 5] = [
        "aws:executeAutomation",
        "aws:executeStateMachine",
        "aws:invokeLambdaFunction",
        "aws:invokeWebhook",
        "aws:runCommand",
    ];
    const LOOKING: [&str; 2] = [
        "aws:assertAwsResourceProperty",
        "aws:waitForAwsResourceProperty",
    ];
    if LOOKING.contains(&step.action.as_str()) {
        return true;
    }
    let Some(other) = program.steps.get(instead.index()) else {
        return false;
    };
    let first = |step: &Step| {
        let call = step.work.calls().next()?;
        Some((call.service.name.clone(), call.operation.name.clone()))
    };
    !OPAQUE.contains(&step.action.as_str())
        && step.action == other.action
        && first(step).is_some()
        && first(step) == first(other)
}

/// The step that follows a step on success, if the one that follows its failure leads there, too, and is not itself on
/// the way of success.
fn replaced(program: &Program<'_>, step: StepId, instead: StepId) -> Option<StepId> {
    let mut next = program
        .graph
        .leaving(step)
        .iter()
        .filter(|edge| succeeds(edge));
    let (next, None) = (next.next()?.to, next.next()) else {
        return None;
    };
    let after = program.graph.walk([next], succeeds);
    let beside = program.graph.walk([instead], succeeds);
    (!after.reaches(instead) && beside.reaches(next)).then_some(next)
}
