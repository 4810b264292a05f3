//! What is supplied to a runbook: by a program that embeds it, and by steps of other runbooks that start it.
//!
//! Both stand in `parameters.rs`, beside the complete parameters of an execution. What a program supplies is checked by
//! Rust's types as far as these go; what a step gives travels as texts, whose types the checker has compared.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::expression::rust_type;
use super::names;
use super::parameters::doc;
use super::plan::{ChoiceType, Plan, Surface};
use crate::document::Type;
use crate::ir::Parameter;

/// What a program supplies, if the module is for one.
pub(crate) fn for_programs(plan: &Plan<'_>) -> Vec<TokenStream> {
    if plan.surface == Surface::Binary {
        return Vec::new();
    }
    let mut items = vec![
        supplied_struct(plan),
        constructor(plan),
        supplied_impl(plan),
    ];
    items.extend(default(plan));
    for (parameter, pattern) in plan.runbook.parameters.iter().zip(&plan.patterns) {
        if let (Some(name), Some(written)) = (pattern, &parameter.allowed_pattern) {
            items.extend(pattern_items(parameter, name, written));
        }
    }
    items
}

/// What steps of other runbooks give, if there are any.
pub(crate) fn for_steps(plan: &Plan<'_>) -> Vec<TokenStream> {
    match plan.modules.starts(&plan.runbook.name) {
        true => vec![given_struct(plan), given_impl(plan)],
        false => Vec::new(),
    }
}

/// A parameter with what Rust calls it, and its type.
struct Field<'p, 'r> {
    parameter: &'r Parameter,
    name: &'p Ident,
    kind: TokenStream,
    /// Whether a type of this runbook stands for its values, so that nothing else may become one.
    is_closed: bool,
}

impl Field<'_, '_> {
    fn is_required(&self) -> bool {
        self.parameter.default.is_none()
    }

    /// The type of an argument for it.
    fn argument(&self) -> TokenStream {
        let kind = &self.kind;
        match self.takes_texts() {
            true => quote!(impl Into<String>),
            false => quote!(#kind),
        }
    }

    /// The argument as the field's type.
    fn value(&self) -> TokenStream {
        let name = self.name;
        match self.takes_texts() {
            true => quote!(#name.into()),
            false => quote!(#name),
        }
    }

    /// Whether it takes whatever is a text.
    fn takes_texts(&self) -> bool {
        self.parameter.kind == Type::String && !self.is_closed
    }
}

fn fields<'p, 'r>(plan: &'p Plan<'r>) -> impl Iterator<Item = Field<'p, 'r>> {
    let named = plan.named_parameters().zip(&plan.patterns);
    named.map(|((parameter, name, choice), pattern)| {
        let own = own_type(parameter, choice, pattern.as_ref());
        Field {
            parameter,
            name,
            is_closed: own.is_some(),
            kind: match (own, parameter.kind) {
                (Some(own), Type::StringList) => quote!(Vec<#own>),
                (Some(own), _) => own,
                (None, kind) => rust_type(kind),
            },
        }
    })
}

/// The type of a text that is not just any text.
fn own_type(
    parameter: &Parameter,
    choice: Option<&ChoiceType>,
    pattern: Option<&Ident>,
) -> Option<TokenStream> {
    if let Some(ChoiceType { name, .. }) = choice {
        return Some(quote!(#name));
    }
    if let Some(name) = pattern {
        return Some(quote!(#name));
    }
    let written = parameter.written_type.as_str();
    let single = written
        .strip_prefix("List<")
        .and_then(|rest| rest.strip_suffix('>'));
    match single.unwrap_or(written) {
        "AWS::EC2::Instance::Id" => Some(quote!(resource::InstanceId)),
        "AWS::S3::Bucket::Name" => Some(quote!(resource::BucketName)),
        "AWS::IAM::Role::Arn" => Some(quote!(resource::RoleArn)),
        _ => None,
    }
}

fn supplied_struct(plan: &Plan<'_>) -> TokenStream {
    let fields = fields(plan).map(|field| {
        let (name, kind, written) = (field.name, &field.kind, &field.parameter.name);
        let rename = (name != written).then(|| quote!(rename = #written));
        let doc = doc(field.parameter);
        match field.is_required() {
            true => {
                let rename = rename.map(|rename| quote!(#[serde(#rename)]));
                quote! {
                    #[doc = #doc]
                    #rename
                    pub #name: #kind
                }
            }
            false => {
                let rename = rename.map(|rename| quote!(#rename,));
                quote! {
                    #[doc = #doc]
                    #[serde(#rename skip_serializing_if = "Option::is_none")]
                    pub #name: Option<#kind>
                }
            }
        }
    });
    quote! {
        /// What is supplied to the runbook; the other parameters have their defaults. Serialized it has the runbook's own names.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(crate = "runbook_runtime::serde", deny_unknown_fields)]
        pub struct Parameters {
            #(#fields),*
        }
    }
}

fn constructor(plan: &Plan<'_>) -> TokenStream {
    /// As many as clippy lets a function have.
    const FEW: usize = 7;
    let required: Vec<Field<'_, '_>> = fields(plan).filter(Field::is_required).collect();
    let arguments = required.iter().map(|field| {
        let (name, kind) = (field.name, field.argument());
        quote!(#name: #kind)
    });
    let many = (required.len() > FEW).then(|| {
        quote! {
            #[allow(clippy::too_many_arguments, reason = "one for each parameter without a default")]
        }
    });
    let values = fields(plan).map(|field| {
        let (name, value) = (field.name, field.value());
        match (field.is_required(), field.takes_texts()) {
            (false, _) => quote!(#name: None),
            (true, false) => quote!(#name),
            (true, true) => quote!(#name: #value),
        }
    });
    let docs = match required.is_empty() {
        true => vec![" All parameters at their defaults.".to_owned()],
        false => {
            let listed = required.iter().map(|field| {
                let doc = doc(field.parameter);
                format!(" - `{}`:{doc}", field.name)
            });
            let title =
                " The parameters that have no default; the others are at theirs.".to_owned();
            [title, String::new()].into_iter().chain(listed).collect()
        }
    };
    let setters = fields(plan)
        .filter(|field| !field.is_required())
        .map(|field| {
            let (name, doc) = (field.name, doc(field.parameter));
            let (kind, value) = (field.argument(), field.value());
            let method = method(name);
            quote! {
                #[doc = #doc]
                #[must_use]
                pub fn #method(mut self, #name: #kind) -> Self {
                    self.#name = Some(#value);
                    self
                }
            }
        });
    quote! {
        impl Parameters {
            #(#[doc = #docs])*
            #many
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }

            #(#setters)*
        }
    }
}

/// What sets a parameter is called as it is, but for what every value can do.
fn method(field: &Ident) -> Ident {
    const TAKEN: [&str; 4] = ["new", "clone", "supplied", "default"];
    match TAKEN.iter().any(|taken| field == taken) {
        true => names::identifier(&format!("with_{field}")),
        false => field.clone(),
    }
}

/// `Default`, where nothing is required.
fn default(plan: &Plan<'_>) -> Option<TokenStream> {
    fields(plan).all(|field| !field.is_required()).then(|| {
        quote! {
            impl Default for Parameters {
                fn default() -> Self {
                    Self::new()
                }
            }
        }
    })
}

fn supplied_impl(plan: &Plan<'_>) -> TokenStream {
    let name = &plan.name;
    quote! {
        impl Supplied for Parameters {
            type Runbook = super::#name;

            fn supplied(&self) -> Map {
                members(self)
            }
        }
    }
}

/// An allowed value from its text and as its text, for programs.
pub(crate) fn choice_as_text(choice: &ChoiceType) -> [TokenStream; 2] {
    let name = &choice.name;
    let arms = choice
        .variants
        .iter()
        .map(|(variant, text)| quote!(#text => Self::#variant));
    let texts = choice.variants.iter().map(|(_, text)| text);
    let from_text = quote! {
        impl std::str::FromStr for #name {
            type Err = NotAllowed;

            fn from_str(text: &str) -> Result<Self, NotAllowed> {
                let value = match text {
                    #(#arms,)*
                    _ => return Err(NotAllowed::value(text, &[#(#texts),*])),
                };
                Ok(value)
            }
        }
    };
    [from_text, display(name)]
}

/// What has a text is displayed as it.
fn display(name: &Ident) -> TokenStream {
    quote! {
        impl std::fmt::Display for #name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    }
}

/// The type of the texts that a pattern admits.
fn pattern_items(parameter: &Parameter, name: &Ident, pattern: &str) -> [TokenStream; 5] {
    let written = &parameter.name;
    let what = match parameter.kind {
        Type::StringList => "An element of",
        _ => "A value of",
    };
    let doc = format!(" {what} `{written}`: a text that its pattern matches as a whole.");
    let pattern_doc = format!(
        " The pattern, as the runbook writes it: `{}`.",
        pattern.escape_debug()
    );
    [
        quote! {
            #[doc = #doc]
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(crate = "runbook_runtime::serde", try_from = "String")]
            pub struct #name(String);
        },
        quote! {
            impl #name {
                #[doc = #pattern_doc]
                pub const PATTERN: Pattern = Pattern::new(#pattern);

                /// A text that the pattern matches.
                ///
                /// # Errors
                /// When it does not match.
                pub fn new(text: impl Into<String>) -> Result<Self, NotAllowed> {
                    Self::PATTERN.admit(text.into()).map(Self)
                }

                /// The text.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }
        },
        quote! {
            impl std::str::FromStr for #name {
                type Err = NotAllowed;

                fn from_str(text: &str) -> Result<Self, NotAllowed> {
                    Self::new(text)
                }
            }
        },
        quote! {
            impl TryFrom<String> for #name {
                type Error = NotAllowed;

                fn try_from(text: String) -> Result<Self, NotAllowed> {
                    Self::new(text)
                }
            }
        },
        display(name),
    ]
}

fn given_struct(plan: &Plan<'_>) -> TokenStream {
    let fields = plan.named_parameters().map(|(parameter, field, _)| {
        let (doc, kind) = (format!(" `{}`.", parameter.name), rust_type(parameter.kind));
        let kind = match parameter.default.is_none() {
            true => quote!(Passed<#kind>),
            false => quote!(Option<Passed<#kind>>),
        };
        quote! {
            #[doc = #doc]
            pub #field: #kind
        }
    });
    quote! {
        /// What a step of another runbook gives to it.
        #[derive(Clone, Debug)]
        pub struct Given {
            #(#fields),*
        }
    }
}

fn given_impl(plan: &Plan<'_>) -> TokenStream {
    let name = &plan.name;
    let texts = plan.named_parameters().map(|(parameter, field, _)| {
        let written = &parameter.name;
        match parameter.default.is_none() {
            true => quote!((#written, self.#field.texts())),
            false => quote!((#written, self.#field.and_then(Passed::texts))),
        }
    });
    quote! {
        impl child::Given for Given {
            type Runbook = super::#name;

            fn texts(self) -> BTreeMap<String, Vec<String>> {
                given([#(#texts),*])
            }
        }
    }
}
