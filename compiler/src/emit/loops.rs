//! The parts of `steps.rs` that loops have beside other steps: what they leave, how an iteration begins, whether another
//! one follows.

use proc_macro2::TokenStream;
use quote::quote;

use super::data::into_document;
use super::expression::{owned, rust_type, written_expression};
use super::outputs::{output_statics, outputs_struct};
use super::plan::Plan;
use super::steps::{condition, mentions};
use crate::ir::{Condition, Data, Loop, OutputSource, Step, StepId, Turns};

/// What a loop does, in a few words.
pub(crate) fn heading(plan: &Plan<'_>, repeated: &Loop) -> String {
    match &repeated.turns {
        Turns::Each {
            items: Data::Expression(list),
            ..
        } => format!("a loop over `{}`", written_expression(plan, list)),
        Turns::Each { .. } => "a loop over a list".to_owned(),
        Turns::While(_) => "a loop with a condition".to_owned(),
    }
}

/// The effect of a loop.
pub(crate) fn turns(plan: &Plan<'_>, repeated: &Loop) -> TokenStream {
    let most = match &repeated.most {
        Some(most) => {
            let most = owned(plan, most);
            quote!(Some(#most))
        }
        None => quote!(None),
    };
    match &repeated.turns {
        Turns::Each { items, kind } => {
            let (kind, items) = (rust_type(*kind), into_document(plan, items));
            quote!(Effect::for_each::<#kind>(#items, #most))
        }
        Turns::While(_) => quote!(Effect::repeat(#most)),
    }
}

/// The items of a loop, after its function.
pub(crate) fn items(plan: &Plan<'_>, id: StepId, step: &Step, repeated: &Loop) -> Vec<TokenStream> {
    let names = plan.step(id);
    let mut items: Vec<TokenStream> = output_statics(step, names).collect();
    items.push(outputs_struct(step, names));
    items.push(iteration_function(plan, id, step));
    if let Turns::While(condition) = &repeated.turns {
        items.push(repeats_function(plan, id, step, condition));
    }
    items
}

fn iteration_function(plan: &Plan<'_>, id: StepId, step: &Step) -> TokenStream {
    let names = plan.step(id);
    let (function, field, kind) = (&names.iteration_function, &names.function, &names.outputs);
    let doc = format!(
        " An iteration of `{}` begins: the steps inside have no outputs yet.",
        step.name
    );
    let fields = step.outputs.iter().zip(&names.output_fields);
    let fields = fields.zip(&names.output_selectors);
    let values = fields.map(|((output, field), selector)| match output.source {
        OutputSource::Iteration => quote!(#field: Some(turn.iteration())),
        OutputSource::Item => quote!(#field: turn.value()),
        _ => quote!(#field: turn.document().select(&#selector).convert().unwrap_or_default()),
    });
    let mut inner = Vec::new();
    inside(plan, id, &mut inner);
    let empty = inner.iter().map(|id| {
        let names = plan.step(*id);
        let (field, kind) = (&names.function, &names.outputs);
        quote!(state.#field = #kind::default();)
    });
    quote! {
        #[doc = #doc]
        pub fn #function(state: &mut State, turn: &Turn<'_>) {
            state.#field = #kind { #(#values),* };
            #(#empty)*
        }
    }
}

/// The steps inside a loop and the loops inside of it that have outputs.
fn inside(plan: &Plan<'_>, id: StepId, found: &mut Vec<StepId>) {
    for (inner, step) in plan.runbook.body(id) {
        if !step.outputs.is_empty() {
            found.push(inner);
        }
        inside(plan, inner, found);
    }
}

fn repeats_function(plan: &Plan<'_>, id: StepId, step: &Step, written: &Condition) -> TokenStream {
    let function = &plan.step(id).repeats_function;
    let doc = format!(" Whether `{}` is to run its steps once more.", step.name);
    let condition = condition(plan, written, false);
    let state = if mentions(&condition, "state") {
        quote!(state)
    } else {
        quote!(_state)
    };
    quote! {
        #[doc = #doc]
        pub fn #function(#state: &State) -> Result<bool, InputError> {
            Ok(#condition)
        }
    }
}
