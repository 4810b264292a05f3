//! Permissions: what a runbook must be allowed to do.
//!
//! Takes the program and gives, for every step, the actions of IAM that its calls need. The calls are those of the program
//! itself ([`crate::ir::Work::calls`]), the ones that a binary makes, so that the two cannot part. Which action a call
//! needs follows from its service and operation, but for reviewed exceptions (`actions`).

mod actions;
mod policy;
mod roles;

use std::collections::BTreeSet;

use crate::ir::{Runbook, Step, Work};

pub(crate) use actions::operations_of;
pub use policy::{Statements, policy};
pub use roles::Role;

/// What a step needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The step; `None` for what happens before the first one.
    pub step: Option<String>,
    /// The actions, sorted: `ecs:RunTask`.
    pub actions: BTreeSet<String>,
    /// The roles that it hands over to services, for which `iam:PassRole` is needed.
    pub roles: Vec<Role>,
    /// What else it does that no action here covers.
    pub remark: Option<&'static str>,
}

/// What the steps of a runbook need, in their order; those that need nothing are left out.
pub fn needs(runbook: &Runbook) -> Vec<Needs> {
    let stored = runbook.stored.iter().flat_map(actions::of);
    let first = Needs {
        step: None,
        actions: stored.collect(),
        roles: Vec::new(),
        remark: None,
    };
    let steps = runbook.steps.iter().map(|step| of_step(step, runbook));
    let all = std::iter::once(first).chain(steps);
    all.filter(|needs| !needs.actions.is_empty() || needs.remark.is_some())
        .collect()
}

fn of_step(step: &Step, runbook: &Runbook) -> Needs {
    let roles = roles::handed_over(step.work.calls(), runbook);
    Needs {
        step: Some(step.name.clone()),
        actions: step.work.calls().flat_map(actions::of).collect(),
        remark: remark(step, &roles),
        roles,
    }
}

fn remark(step: &Step, roles: &[Role]) -> Option<&'static str> {
    match (&step.work, step.action.as_str()) {
        (Work::Script(_), _) => Some("what its script calls is not known here"),
        (Work::Child(_), _) | (_, "aws:executeAutomation") => {
            Some("what the runbook that it starts needs is not among this")
        }
        (Work::Webhook(_), _) => Some("a SecureString may need `kms:Decrypt` on its key, too"),
        (_, "aws:createStack" | "aws:deleteStack") if roles.is_empty() => Some(
            "without a role of its own, the stack needs the permissions for all of its resources",
        ),
        _ => None,
    }
}
