//! `parameters.rs`: the parameters as a struct, and as declared.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::expression::{integer, rust_type};
use super::names;
use super::plan::{ChoiceType, Plan, Surface};
use super::supplied;
use crate::document::Type;
use crate::ir::{Bounds, Parameter};

/// The items of `parameters.rs`.
pub(crate) fn items(plan: &Plan<'_>) -> Vec<TokenStream> {
    let mut items = vec![quote!(
        use runbook_runtime::generated::*;
    )];
    items.extend(supplied::for_programs(plan));
    items.extend(supplied::for_steps(plan));
    items.push(values_struct(plan));
    items.extend(text_function(plan));
    for (parameter, _, choice) in plan.named_parameters() {
        let Some(choice) = choice else { continue };
        items.extend(choice_items(parameter, choice));
        if plan.surface == Surface::Embedded {
            items.extend(supplied::choice_as_text(choice));
        }
    }
    items.push(definitions(plan));
    items.extend(stored(plan));
    items
}

fn values_struct(plan: &Plan<'_>) -> TokenStream {
    let fields = plan.named_parameters().map(|(parameter, field, choice)| {
        let (doc, written) = (doc(parameter), &parameter.name);
        let kind = match choice {
            Some(ChoiceType { name, .. }) => quote!(#name),
            None => rust_type(parameter.kind),
        };
        let rename = (field != written).then(|| quote!(#[serde(rename = #written)]));
        quote! {
            #[doc = #doc]
            #rename
            pub #field: #kind
        }
    });
    quote! {
        /// The parameters of an execution: what was supplied, and defaults for the rest.
        #[derive(Clone, Debug, Serialize, Deserialize)]
        #[serde(crate = "runbook_runtime::serde", deny_unknown_fields)]
        pub struct Values {
            #(#fields),*
        }
    }
}

pub(crate) fn doc(parameter: &Parameter) -> String {
    let doc = summary(&parameter.description);
    doc.unwrap_or_else(|| format!(" `{}`.", parameter.name))
}

/// The first paragraph of a description as one line of documentation. Descriptions are Markdown of any quality, so
/// what could begin or end something is escaped; the whole text is in the definition.
pub(crate) fn summary(description: &str) -> Option<String> {
    let paragraphs = description.trim().split("\n\n");
    let mut paragraphs =
        paragraphs.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    let line = paragraphs.find(|line| !line.is_empty() && !line.starts_with('#'))?;
    let mut escaped = String::from(" ");
    for character in line.chars() {
        if matches!(character, '[' | ']' | '<' | '>' | '*' | '`' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    Some(escaped)
}

/// How a reference inside of a value finds a parameter; nothing where there is none.
fn text_function(plan: &Plan<'_>) -> Option<TokenStream> {
    if plan.parameters.is_empty() {
        return None;
    }
    let arms = plan.named_parameters().map(|(parameter, field, choice)| {
        let name = &parameter.name;
        match parameter.kind {
            _ if choice.is_some() => quote!(#name => Cow::Borrowed(self.#field.as_str())),
            Type::String => quote!(#name => Cow::Borrowed(&self.#field)),
            _ => quote!(#name => Cow::Owned(self.#field.text())),
        }
    });
    Some(quote! {
        impl Values {
            /// The text of a parameter by its name in the runbook.
            pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
                Some(match name {
                    #(#arms,)*
                    _ => return None,
                })
            }
        }
    })
}

/// The enum of a parameter's `allowedValues`, and its text.
fn choice_items(parameter: &Parameter, choice: &ChoiceType) -> [TokenStream; 2] {
    let (name, open) = (&choice.name, choice.open);
    let doc = format!(" What `{}` may be.", parameter.name);
    let variants = choice.variants.iter().map(|(variant, value)| {
        let doc = match value.as_str() {
            "" => " The empty text.".to_owned(),
            value => format!(" `{}`.", value.escape_debug()),
        };
        quote! {
            #[doc = #doc]
            #[serde(rename = #value)]
            #variant
        }
    });
    let other = open.then(|| {
        quote! {
            /// The default, which is none of the allowed values.
            #[serde(untagged)]
            Other(String)
        }
    });
    let texts = choice
        .variants
        .iter()
        .map(|(variant, value)| quote!(Self::#variant => #value));
    let other_text = open.then(|| quote!(Self::Other(text) => text));
    [
        quote! {
            #[doc = #doc]
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(crate = "runbook_runtime::serde")]
            pub enum #name {
                #(#variants,)*
                #other
            }
        },
        quote! {
            impl #name {
                /// The value as the runbook writes it.
                pub fn as_str(&self) -> &str {
                    match self {
                        #(#texts,)*
                        #other_text
                    }
                }
            }
        },
    ]
}

fn definitions(plan: &Plan<'_>) -> TokenStream {
    let definitions = plan
        .named_parameters()
        .map(|(parameter, ..)| definition(parameter));
    quote! {
        /// The parameters as declared.
        pub static DEFINITIONS: &[ParameterDefinition] = &[#(#definitions),*];
    }
}

/// What defaults take from Parameter Store.
fn stored(plan: &Plan<'_>) -> Option<TokenStream> {
    plan.runbook.stored.as_ref()?;
    let parameters = plan.runbook.parameters.iter();
    let defaults = parameters.flat_map(|parameter| {
        parameter.stored.iter().map(|stored| {
            let (parameter, name) = (&parameter.name, &stored.name);
            let line = integer(i64::try_from(stored.line).unwrap_or(i64::MAX));
            quote!(StoredDefault { parameter: #parameter, name: #name, line: #line })
        })
    });
    Some(quote! {
        /// What defaults take from Parameter Store.
        pub static STORED: &[StoredDefault] = &[#(#defaults),*];
    })
}

pub(crate) fn definition(parameter: &Parameter) -> TokenStream {
    let (name, written) = (&parameter.name, &parameter.written_type);
    let kind = kind(parameter.kind);
    let description = parameter.description.trim();
    let default = option(parameter.default.as_ref().map(ToString::to_string));
    let allowed = parameter.allowed_values.iter().map(ToString::to_string);
    let pattern = match &parameter.allowed_pattern {
        Some(pattern) => quote!(Some(Pattern::new(#pattern))),
        None => quote!(None),
    };
    let (items, chars) = (bounds(parameter.items), bounds(parameter.chars));
    quote! {
        ParameterDefinition {
            name: #name,
            kind: #kind,
            written_type: #written,
            description: #description,
            default: #default,
            allowed_values: &[#(#allowed),*],
            allowed_pattern: #pattern,
            items: #items,
            chars: #chars,
        }
    }
}

pub(crate) fn option(text: Option<String>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

fn kind(kind: Type) -> TokenStream {
    let name: Ident = names::identifier(kind.as_str());
    quote!(Type::#name)
}

fn bounds(bounds: Bounds) -> TokenStream {
    if bounds == Bounds::default() {
        return quote!(Bounds::NONE);
    }
    let (min, max) = (number(bounds.min), number(bounds.max));
    quote!(Bounds { min: #min, max: #max })
}

/// A number that may be absent.
pub(crate) fn number(number: Option<u64>) -> TokenStream {
    match number.and_then(|number| i64::try_from(number).ok()) {
        Some(number) => {
            let number = integer(number);
            quote!(Some(#number))
        }
        None => quote!(None),
    }
}
