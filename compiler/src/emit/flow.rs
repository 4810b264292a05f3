//! `flow.rs`: the steps as an enum, and where each leads, in one table.

use proc_macro2::TokenStream;
use quote::quote;

use super::plan::Plan;
use crate::ir::{OnCancel, OnFailure, Step, StepId, Work};

/// The items of `flow.rs`.
pub(crate) fn items(plan: &Plan<'_>) -> Vec<TokenStream> {
    vec![
        imports(plan),
        step_enum(plan),
        step_of(plan),
        all(plan),
        flow(plan),
    ]
}

fn imports(plan: &Plan<'_>) -> TokenStream {
    let steps = || plan.runbook.steps.iter();
    let on_failure = steps().any(|step| step.flow.on_failure.is_some());
    let on_cancel = steps().any(|step| step.flow.on_cancel.is_some());
    let on_failure = on_failure.then(|| quote!(OnFailure,));
    let on_cancel = on_cancel.then(|| quote!(OnCancel,));
    quote!(use runbook_runtime::generated::{Flow, #on_cancel #on_failure StepOf};)
}

fn step_enum(plan: &Plan<'_>) -> TokenStream {
    let variants = plan.named_steps().map(|(step, names)| {
        let (variant, doc) = (
            &names.variant,
            format!(" `{}`, {}.", step.name, step.action),
        );
        quote! {
            #[doc = #doc]
            #variant
        }
    });
    quote! {
        /// The steps of the runbook.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Step {
            #(#variants),*
        }
    }
}

fn step_of(plan: &Plan<'_>) -> TokenStream {
    let runbook = &plan.name;
    quote! {
        impl StepOf for Step {
            type Runbook = super::#runbook;
        }
    }
}

fn all(plan: &Plan<'_>) -> TokenStream {
    let variants = plan.steps.iter().map(|names| &names.variant);
    let has_loops = plan.runbook.steps.iter().any(|step| step.inside.is_some());
    let doc = match has_loops {
        true => " All steps: those of `mainSteps` in document order, then those inside loops.",
        false => " All steps, in document order.",
    };
    quote! {
        #[doc = #doc]
        pub const STEPS: &[Step] = &[#(Step::#variants),*];
    }
}

fn flow(plan: &Plan<'_>) -> TokenStream {
    let steps = &plan.runbook.steps;
    let arms = plan.reading_order().into_iter().map(|id| {
        let (step, variant) = (plan.runbook.step(id), &plan.step(id).variant);
        let next = steps.get(id.index() + 1);
        let following = next
            .filter(|next| next.inside == step.inside)
            .and_then(|_| plan.steps.get(id.index() + 1))
            .map(|names| &names.variant);
        let flow = step_flow(plan, id, step, following);
        quote!(Step::#variant => #flow)
    });
    quote! {
        /// Where each step leads. Read top to bottom, this is the runbook.
        pub const fn flow(step: Step) -> Flow<Step> {
            match step {
                #(#arms),*
            }
        }
    }
}

fn step_flow(
    plan: &Plan<'_>,
    id: StepId,
    step: &Step,
    following: Option<&proc_macro2::Ident>,
) -> TokenStream {
    let flow = &step.flow;
    let ends = flow.is_end == Some(true);
    let mut tokens = match following {
        _ if ends => quote!(Flow::end()),
        Some(following) => quote!(Flow::then(Step::#following)),
        None => quote!(Flow::last()),
    };
    if let Some(around) = step.inside {
        let around = target(plan, around);
        tokens.extend(quote!(.inside(#around)));
    }
    if let Some((first, _)) = plan.runbook.body(id).next() {
        let first = target(plan, first);
        tokens.extend(quote!(.body(#first)));
    }
    if let Work::Branch { choices, default } = &step.work {
        let targets = choices.iter().map(|choice| target(plan, choice.next_step));
        tokens.extend(quote!(.choices(&[#(#targets),*])));
        if let Some(default) = default {
            let default = target(plan, *default);
            tokens.extend(quote!(.otherwise(#default)));
        }
    }
    if let Some(next) = flow.next_step {
        let next = target(plan, next);
        tokens.extend(quote!(.next_step(#next)));
    }
    if let Some(on_failure) = flow.on_failure {
        let handler = match on_failure {
            OnFailure::Abort => quote!(OnFailure::Abort),
            OnFailure::Continue => quote!(OnFailure::Continue),
            OnFailure::Step(step) => {
                let step = target(plan, step);
                quote!(OnFailure::Step(#step))
            }
        };
        tokens.extend(quote!(.on_failure(#handler)));
    }
    if let Some(on_cancel) = flow.on_cancel {
        let handler = match on_cancel {
            OnCancel::Abort => quote!(OnCancel::Abort),
            OnCancel::Step(step) => {
                let step = target(plan, step);
                quote!(OnCancel::Step(#step))
            }
        };
        tokens.extend(quote!(.on_cancel(#handler)));
    }
    if let Some(is_critical) = flow.is_critical {
        tokens.extend(quote!(.is_critical(#is_critical)));
    }
    if flow.is_end == Some(false) {
        tokens.extend(quote!(.is_end(false)));
    }
    tokens
}

fn target(plan: &Plan<'_>, step: StepId) -> TokenStream {
    let variant = &plan.step(step).variant;
    quote!(Step::#variant)
}
