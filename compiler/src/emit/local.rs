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
    let sends = steps.any(|step| matches!(step.work, Work::Webhook(_)));
    let script = LocalRequest {
        name: names::identifier("Script"),
        module: names::identifier("script"),
        title: "A script",
        kind: quote!(Script),
    };
    let webhook = LocalRequest {
        name: names::identifier("Webhook"),
        module: names::identifier("webhook"),
        title: "A webhook",
        kind: quote!(Webhook<Request>),
    };
    let child = LocalRequest {
        name: names::identifier("Child"),
        module: names::identifier("child"),
        title: "Another runbook",
        kind: quote!(Child),
    };
    let fleet = LocalRequest {
        name: names::identifier("Fleet"),
        module: names::identifier("child"),
        title: "Another runbook, for several targets",
        kind: quote!(Fleet),
    };
    let script = scripts::has_scripts(plan).then_some(script);
    let webhook = sends.then_some(webhook);
    let (once, for_targets) = children::kinds(plan);
    let children = once.then_some(child).into_iter();
    let children = children.chain(for_targets.then_some(fleet));
    script.into_iter().chain(webhook).chain(children).collect()
}
