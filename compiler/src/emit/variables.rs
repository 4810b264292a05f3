//! `variables.rs`: the variables as a struct, as declared, and as they are at the start.

use proc_macro2::TokenStream;
use quote::quote;

use super::data::data;
use super::expression::{owned, rust_type};
use super::outputs::optional_field;
use super::parameters::{definition, doc};
use super::plan::Plan;
use super::steps::mentions;
use crate::document::Type;
use crate::ir::{Data, Variable};

/// The items of `variables.rs`.
pub(crate) fn items(plan: &Plan<'_>) -> Vec<TokenStream> {
    let imports = quote! {
        use runbook_runtime::generated::*;

        use super::State;
    };
    vec![
        imports,
        variables_struct(plan),
        initial(plan),
        definitions(plan),
    ]
}

fn variables_struct(plan: &Plan<'_>) -> TokenStream {
    let fields = plan.named_variables().map(|(variable, field)| {
        let declaration = &variable.declaration;
        let doc = doc(declaration);
        optional_field(&doc, &declaration.name, field, declaration.kind)
    });
    quote! {
        /// The `variables` of the runbook, as they stand.
        #[derive(Clone, Debug, Default, Serialize)]
        #[serde(crate = "runbook_runtime::serde")]
        pub struct Variables {
            #(#fields),*
        }
    }
}

fn initial(plan: &Plan<'_>) -> TokenStream {
    let fields = plan.named_variables().map(|(variable, field)| {
        let value = match &variable.default {
            Some(default) => {
                let value = value(plan, variable, default);
                quote!(Some(#value))
            }
            None => quote!(None),
        };
        quote!(#field: #value)
    });
    let variables = quote!(Variables { #(#fields),* });
    let state = if mentions(&variables, "state") {
        quote!(state)
    } else {
        quote!(_state)
    };
    quote! {
        /// The variables at the start.
        pub fn initial(#state: &State) -> Result<Variables, InputError> {
            Ok(#variables)
        }
    }
}

/// A default as the Rust value of its type.
fn value(plan: &Plan<'_>, variable: &Variable, default: &Data) -> TokenStream {
    let declaration = &variable.declaration;
    let is_text =
        |data: &Data| matches!(data, Data::Expression(text) if text.kind() == Type::String);
    match default {
        Data::Expression(expression) => owned(plan, expression),
        Data::Integer(number) => super::expression::integer(*number),
        Data::Boolean(flag) => quote!(#flag),
        Data::List(elements)
            if declaration.kind == Type::StringList && elements.iter().all(is_text) =>
        {
            let elements = elements.iter().filter_map(|element| match element {
                Data::Expression(text) => Some(owned(plan, text)),
                _ => None,
            });
            quote!(vec![#(#elements),*])
        }
        other => {
            let (kind, value) = (rust_type(declaration.kind), data(plan, other));
            let name = format!("variable:{}", declaration.name);
            quote!(coerce::<#kind>(&#value, #name)?)
        }
    }
}

fn definitions(plan: &Plan<'_>) -> TokenStream {
    let definitions = plan.named_variables();
    let definitions = definitions.map(|(variable, _)| definition(&variable.declaration));
    quote! {
        /// The variables as declared.
        pub static DEFINITIONS: &[ParameterDefinition] = &[#(#definitions),*];
    }
}
