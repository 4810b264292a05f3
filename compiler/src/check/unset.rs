//! Variables that have no value: no default, and no step before that sets them (spec 3.5).
//!
//! Variables outlive iterations, so a step inside a loop counts for all others inside.

use super::flow::starts;
use super::graph::Graph;
use super::scope::Scope;
use super::uses::{Missing, Uses, VariableUse};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Step, Variable};
use crate::ir::StepId;

/// Checks every use of a variable.
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
    for place in uses.variables() {
        let Some((_, variable)) = scope.variable(place.variable) else {
            continue;
        };
        let user = step_id(place.by, scope);
        if let Some(user) = user.filter(|user| reachable.reaches(*user))
            && variable.default.is_none()
            && !may_be_set(place.variable, user, graph, scope)
        {
            diagnostics.push(unset(place, variable));
        }
    }
}

/// Whether a step that sets a variable may have run before another step.
fn may_be_set(variable: &str, user: StepId, graph: &Graph, scope: &Scope<'_>) -> bool {
    let mut setters = scope
        .entries()
        .filter(|(_, entry)| sets(entry.step, variable));
    setters.any(|(setter, _)| {
        let outer = scope
            .ancestor_at(setter, None)
            .zip(scope.ancestor_at(user, None));
        outer.is_some_and(|(setter_outer, user_outer)| {
            if setter_outer == user_outer {
                return setter != user || setter != setter_outer;
            }
            let after = graph.leaving(setter_outer).iter().map(|edge| edge.to);
            graph.walk(after, |_| true).reaches(user_outer)
        })
    })
}

/// Whether a step is one that sets this variable.
pub(super) fn sets(step: &Step, variable: &str) -> bool {
    let mut inputs = step.inputs.iter();
    let name = inputs.find(|(key, _)| key.value == "Name");
    let name = name.and_then(|(_, value)| value.as_scalar());
    step.action.value == "aws:updateVariable"
        && name.is_some_and(|name| name.text().trim().strip_prefix("variable:") == Some(variable))
}

fn step_id(step: &Step, scope: &Scope<'_>) -> Option<StepId> {
    let mut entries = scope.entries();
    let (id, _) = entries.find(|(_, entry)| std::ptr::eq(entry.step, step))?;
    Some(id)
}

fn unset(place: &VariableUse<'_>, variable: &Variable) -> Diagnostic {
    let name = &place.placeholder.name;
    let message = format!(
        "`{}` has no value when step `{}` runs",
        name.value, place.by.name
    );
    let report = Diagnostic::warning(Code::OutputBeforeStep, name.span, message)
        .label("no step before sets it")
        .context(variable.name.span, "declared without a default")
        .help("give it a `default`, or let an `aws:updateVariable` step run before");
    report.note(match place.missing {
        Missing::Fails => "the step fails",
        Missing::False => "a condition with a missing value is false",
        Missing::Text => "the script receives the text of the reference instead",
    })
}
