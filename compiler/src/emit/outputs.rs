//! Outputs of steps: the structs, and how they are read from answers.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::expression::rust_type;
use super::names;
use super::plan::StepNames;
use super::selector::selector_static;
use crate::document::Type;
use crate::ir::{OutputSource, Step, Work};

/// The selectors of the outputs that are selected.
pub(crate) fn output_statics<'a>(
    step: &'a Step,
    names: &'a StepNames,
) -> impl Iterator<Item = TokenStream> + 'a {
    let named = step.outputs.iter().zip(&names.output_selectors);
    named.filter_map(|(output, name)| match &output.source {
        OutputSource::Selected(selector) => {
            let selector = selector_static(name, selector);
            // The facts of the step name it.
            Some(quote!(pub(super) #selector))
        }
        _ => None,
    })
}

/// The struct of the outputs.
pub(crate) fn outputs_struct(step: &Step, names: &StepNames) -> TokenStream {
    let name = &names.outputs;
    let doc = format!(" What `{}` leaves for later steps.", step.name);
    let fields = step.outputs.iter().zip(&names.output_fields);
    let fields = fields.map(|(output, field)| {
        let doc = match &output.source {
            OutputSource::Selected(selector) => {
                format!(" `{}`: {} at `{selector}`.", output.name, output.kind)
            }
            _ => format!(" `{}`: {}.", output.name, output.kind),
        };
        optional_field(&doc, &output.name, field, output.kind)
    });
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, Default, Serialize)]
        #[serde(crate = "runbook_runtime::serde")]
        pub struct #name {
            #(#fields),*
        }
    }
}

/// A field that serializes under the name in the runbook, if it has a value.
pub(crate) fn optional_field(doc: &str, written: &str, field: &Ident, kind: Type) -> TokenStream {
    let rename = (field != written).then(|| quote!(rename = #written,));
    let kind = rust_type(kind);
    quote! {
        #[doc = #doc]
        #[serde(#rename skip_serializing_if = "Option::is_none")]
        pub #field: Option<#kind>
    }
}

/// The function that reads the outputs from an answer.
pub(crate) fn outputs_function(step: &Step, names: &StepNames) -> TokenStream {
    let (function, name) = (&names.outputs_function, &names.outputs);
    let doc = format!(" Reads the outputs of `{}`.", step.name);
    let invokes = matches!(step.work, Work::Invoke { .. });
    let root = if invokes {
        quote!(invocation)
    } else {
        quote!(answer)
    };
    let read = invokes.then(|| quote!(let invocation = Invocation::read(answer);));
    let fields = step.outputs.iter().enumerate();
    let fields = fields.filter_map(|(index, output)| {
        let field = names.output_fields.get(index)?;
        let selector = names.output_selectors.get(index)?;
        let value = match &output.source {
            OutputSource::Selected(_) => quote!(#root.select(&#selector).convert()?),
            OutputSource::Payload if invokes => quote!(Some(invocation.root().to_string())),
            OutputSource::Payload => quote!(Some(answer.to_string())),
            OutputSource::Returned => quote!(returned(answer)),
            OutputSource::Own(name) => quote!(own_output(answer, #name)?),
            OutputSource::Iteration | OutputSource::Item => return None,
            OutputSource::Invocation(name) => {
                let member = names::identifier(&names::snake(name));
                // The last use may move, but a reader need not wonder which one it is.
                quote!(invocation.#member.clone())
            }
        };
        Some(quote!(#field: #value))
    });
    quote! {
        #[doc = #doc]
        pub fn #function(answer: &Document) -> Result<#name, OutputError> {
            #read
            Ok(#name { #(#fields),* })
        }
    }
}
