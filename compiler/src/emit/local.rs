//! Local requests: what a runbook does beside calling APIs. Their types are the runtime's own.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::children;
use super::names;
use super::plan::Plan;
use super::scripts;
use crate::ir::Work;

/// A request that is no call of an API.
pub(crate) struct LocalRequest {
    /// Its type in the runtime, and the variant: `Script`.
    pub(crate) name: Ident,
    /// Its module in the runtime: `script`.
    pub(crate) module: Ident,
    /// What it is, for the documentation.
    pub(crate) title: &'static str,
    /// Its type where it is used: `Webhook<Request>`.
    pub(crate) kind: TokenStream,
}

/// What the runbook does beside calling APIs.
pub(crate) fn locals(plan: &Plan<'_>) -> Vec<LocalRequest> {
    let mut steps = plan.runbook.steps.iter();
    let scripts = scripts::has_scripts(plan);
    let webhooks = steps.any(|step| matches!(step.work, Work::Webhook(_)));
    let (children, fleets) = children::kinds(plan);
    let for_targets = "Another runbook, for several targets";
    let all = [
        (scripts, "Script", "script", "A script", quote!(Script)),
        (
            webhooks,
            "Webhook",
            "webhook",
            "A webhook",
            quote!(Webhook<Request>),
        ),
        (children, "Child", "child", "Another runbook", quote!(Child)),
        (fleets, "Fleet", "child", for_targets, quote!(Fleet)),
    ];
    let used = all.into_iter().filter(|(is_used, ..)| *is_used);
    used.map(|(_, name, module, title, kind)| LocalRequest {
        name: names::identifier(name),
        module: names::identifier(module),
        title,
        kind,
    })
    .collect()
}
