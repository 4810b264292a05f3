//! Steps that wait for people, as effects.

use proc_macro2::TokenStream;
use quote::quote;

use super::data::into_document;
use super::expression::owned;
use super::plan::Plan;
use super::request::request;
use super::steps::Computed;
use crate::ir::{Approve, Approvers, Expression, Step, TextItem, Texts};

/// The effect of a step that asks for an approval.
pub(super) fn approve(plan: &Plan<'_>, step: &Step, approve: &Approve) -> Computed {
    let (constructor, approvers) = match &approve.approvers {
        Approvers::Listed(list) => (quote!(new), texts(plan, list)),
        Approvers::Lines(lines) => (quote!(enhanced), into_document(plan, lines)),
    };
    let required = match &approve.required {
        Some(number) => {
            let number = owned(plan, number);
            quote!(Some(#number))
        }
        None => quote!(None),
    };
    let message = approve.message.as_ref().map(|message| {
        let message = owned(plan, message);
        quote!(.message(#message)?)
    });
    let approval = quote!(Approval::#constructor(#approvers, #required)? #message);
    let Some(notification) = &approve.notification else {
        let effect = Computed::effect(quote!(Effect::approve(approval)));
        return effect.after(quote!(let approval = #approval;));
    };
    let (runbook, name) = (&plan.runbook.name, &step.name);
    let request = request(plan, notification);
    let effect = quote!(Effect::approve(approval).announced_by(notification));
    Computed::effect(effect).after(quote! {
        let approval = #approval;
        let notice = approval.notice(#runbook, #name, state);
        let notification = #request;
    })
}

/// The effect of a step that waits until somebody lets it go on.
pub(super) fn pause(plan: &Plan<'_>, message: Option<&Expression>) -> Computed {
    let message = message.map(|message| {
        let message = owned(plan, message);
        quote!(.saying(#message))
    });
    Computed::effect(quote!(Effect::pause() #message))
}

/// A list of strings.
pub(super) fn texts(plan: &Plan<'_>, texts: &Texts) -> TokenStream {
    let items = match texts {
        Texts::Whole(list) => return owned(plan, list),
        Texts::List(items) => items,
    };
    match items.as_slice() {
        [TextItem::All(list)] => owned(plan, list),
        items if items.iter().any(|item| matches!(item, TextItem::All(_))) => {
            let parts = items.iter().map(|item| match item {
                TextItem::One(text) => {
                    let text = owned(plan, text);
                    quote!(vec![#text])
                }
                TextItem::All(list) => owned(plan, list),
            });
            quote!([#(#parts),*].concat())
        }
        items => {
            let texts = items.iter().map(|item| match item {
                TextItem::One(text) | TextItem::All(text) => owned(plan, text),
            });
            quote!(vec![#(#texts),*])
        }
    }
}
