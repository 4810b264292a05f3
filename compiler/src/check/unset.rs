//! Variables that have no value: no default, and no step before that sets them (spec 3.5).
//!
//! Variables outlive iterations, so a step inside a loop counts for all others inside.

use std::collections::HashMap;

use super::flow::starts;
use super::graph::{Graph, Walk};
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
    let mut known = HashMap::new();
    for place in uses.variables() {
        let Some((_, variable)) = scope.variable(place.variable) else {
            continue;
        };
        if variable.default.is_some() {
            continue;
        }
        let setters = known
            .entry(place.variable)
            .or_insert_with(|| Setters::of(place.variable, graph, scope));
        let user = scope.id(place.by);
        if let Some(user) = user.filter(|user| reachable.reaches(*user))
            && !setters.may_run_before(user, scope)
        {
            diagnostics.push(unset(place, variable));
        }
    }
}

/// The steps that set a variable.
struct Setters {
    /// By the step or loop of `mainSteps` that they are, or are inside of.
    by_outer: HashMap<StepId, Vec<StepId>>,
    /// All that can come after one of those.
    after: Walk,
}

impl Setters {
    fn of(variable: &str, graph: &Graph, scope: &Scope<'_>) -> Self {
        let mut by_outer: HashMap<StepId, Vec<StepId>> = HashMap::new();
        let mut next = Vec::new();
        let setters = scope
            .entries()
            .filter(|(_, entry)| sets(entry.step, variable));
        for (setter, _) in setters {
            let Some(outer) = scope.ancestor_at(setter, None) else {
                continue;
            };
            by_outer.entry(outer).or_default().push(setter);
            next.extend(graph.leaving(outer).iter().map(|edge| edge.to));
        }
        Self {
            by_outer,
            after: graph.walk(next, |_| true),
        }
    }

    /// Whether one of them may have run before another step.
    fn may_run_before(&self, user: StepId, scope: &Scope<'_>) -> bool {
        let Some(outer) = scope.ancestor_at(user, None) else {
            return false;
        };
        let beside = self.by_outer.get(&outer).into_iter().flatten();
        let mut beside = beside.filter(|setter| **setter != user || **setter != outer);
        beside.next().is_some() || self.after.reaches(outer)
    }
}

/// Whether a step is one that sets this variable.
pub(super) fn sets(step: &Step, variable: &str) -> bool {
    let mut inputs = step.inputs.iter();
    let name = inputs.find(|(key, _)| key.value == "Name");
    let name = name.and_then(|(_, value)| value.as_scalar());
    step.action.value == "aws:updateVariable"
        && name.is_some_and(|name| name.text().trim().strip_prefix("variable:") == Some(variable))
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
