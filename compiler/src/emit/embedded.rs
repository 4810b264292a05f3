//! What programs that embed a runbook see of it beside its parameters: the outputs as types, and how it is run.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::expression::rust_type;
use super::names::{self, Unique};
use super::plan::{Plan, Surface, words_or};
use super::scripts;
use crate::document::Type;
use crate::ir::{StepId, Work};

/// The items at the end of the module, if it is for such programs.
pub(crate) fn items(plan: &Plan<'_>) -> Vec<TokenStream> {
    match plan.surface {
        Surface::Binary => Vec::new(),
        Surface::Embedded => vec![
            outputs_struct(plan),
            embedded_impl(plan),
            run_function(plan),
            resume_function(plan),
        ],
    }
}

/// An entry of the document's `outputs` for which the state has a place.
struct Output {
    /// As the runbook writes it: `look.State`.
    written: String,
    /// `look_state`.
    field: Ident,
    /// The type, as far as there is a value.
    kind: TokenStream,
    /// Where the state has it.
    place: TokenStream,
}

fn outputs(plan: &Plan<'_>) -> Vec<Output> {
    let mut unique = Unique::default();
    let entries = plan.runbook.outputs.iter();
    let outputs = entries.filter_map(|entry| {
        let mut steps = (0..).map(StepId).zip(&plan.runbook.steps);
        let (step, found) = steps.find(|(_, step)| step.name == entry.step)?;
        let mut outputs = found.outputs.iter().zip(&plan.step(step).output_fields);
        let (output, place) = outputs.find(|(output, _)| output.name == entry.output)?;
        let written = format!("{}.{}", entry.step, entry.output);
        let name = words_or(&names::snake(&written), "output");
        let of_step = &plan.step(step).function;
        let clone = match output.kind {
            Type::Integer | Type::Boolean => quote!(),
            _ => quote!(.clone()),
        };
        Some(Output {
            field: names::identifier(&unique.take(&name)),
            kind: rust_type(output.kind),
            place: quote!(state.#of_step.#place #clone),
            written,
        })
    });
    outputs.collect()
}

fn outputs_struct(plan: &Plan<'_>) -> TokenStream {
    let fields = outputs(plan).into_iter().map(|output| {
        let Output {
            written,
            field,
            kind,
            ..
        } = output;
        let doc = format!(" `{written}`.");
        quote! {
            #[doc = #doc]
            #[serde(rename = #written)]
            pub #field: Option<#kind>
        }
    });
    quote! {
        /// The `outputs` of the runbook. One is absent if its step has not run, or if the answer did not have it.
        #[derive(Clone, Debug, Default, PartialEq, Serialize)]
        #[serde(crate = "runbook_runtime::serde")]
        pub struct Outputs {
            #(#fields),*
        }
    }
}

fn embedded_impl(plan: &Plan<'_>) -> TokenStream {
    let name = &plan.name;
    let outputs = outputs(plan);
    let state = match outputs.is_empty() {
        true => quote!(_state),
        false => quote!(state),
    };
    let fields = outputs
        .iter()
        .map(|Output { field, place, .. }| quote!(#field: #place));
    quote! {
        impl Embedded for #name {
            type Parameters = Parameters;
            type Outputs = Outputs;

            fn document_outputs(#state: &State) -> Outputs {
                Outputs { #(#fields),* }
            }
        }
    }
}

fn run_function(plan: &Plan<'_>) -> TokenStream {
    let name = &plan.name;
    quote! {
        /// Runs the runbook with these parameters, once the result is awaited.
        pub fn run(parameters: Parameters) -> Run<#name> {
            Run::new(parameters)
        }
    }
}

fn resume_function(plan: &Plan<'_>) -> TokenStream {
    let name = &plan.name;
    quote! {
        /// Continues an execution that was cut off, once the result is awaited; the run needs the store that has it.
        pub fn resume(execution: Uuid) -> Run<#name> {
            Run::resume(execution)
        }
    }
}

/// Says which features of the runtime are needed, if they are not there.
pub(crate) fn needed_features(plan: &Plan<'_>) -> Option<TokenStream> {
    let script = scripts::has_scripts(plan).then(|| quote!(runbook_runtime::needs_script!();));
    (plan.surface == Surface::Embedded).then(|| {
        quote! {
            runbook_runtime::needs_aws!();
            #script
        }
    })
}

/// The runbook as one whose calls the AWS SDK makes, for the module that knows the SDK.
pub(crate) fn on_aws(plan: &Plan<'_>) -> Option<TokenStream> {
    let (module, name) = (&plan.module, &plan.name);
    let steps = plan.runbook.steps.iter();
    let mut started: Vec<&str> = steps
        .filter_map(|step| match &step.work {
            Work::Child(child) => Some(child.name.as_str()),
            _ => None,
        })
        .collect();
    started.sort_unstable();
    started.dedup();
    let children = (!started.is_empty()).then(|| {
        let added = started.iter().map(|child| {
            let runbook = super::children::runbook(plan, child);
            quote!(backends.add::<super::#runbook>();)
        });
        quote! {
            fn children(backends: &mut Backends) {
                #(#added)*
            }
        }
    });
    (plan.surface == Surface::Embedded).then(|| {
        quote! {
            impl OnAws for super::#module::#name {
                fn caller(session: &Session) -> Box<dyn Caller<Request>> {
                    connect(session)
                }

                #children
            }
        }
    })
}
