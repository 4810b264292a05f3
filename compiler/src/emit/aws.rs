//! `aws.rs`: the one file that knows the SDK. Every request becomes a typed call of the official crates.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::api::{operation_name, title};
use super::convert;
use super::embedded;
use super::local::locals;
use super::names::{self, Unique};
use super::plan::{Plan, Surface};
use super::smithy;
use super::types::{FieldType, RequestField, RequestStruct, RequestTypes, Token};
use super::whole::{Lacks, Wholes};
use crate::ir::Work;
use crate::repeat::Form;

/// What no function may be called: the other functions of `aws.rs`, and its variables.
const RESERVED: [&str; 17] = [
    "connect",
    "whole",
    "list",
    "map",
    "strings",
    "integer",
    "timestamp",
    "call",
    "client",
    "token",
    "input",
    "capture",
    "request",
    "sent",
    "value",
    "element",
    "unperformed",
];

/// The items of `aws.rs`.
pub(crate) fn items(plan: &Plan<'_>, lacks: &Lacks) -> Vec<TokenStream> {
    let functions = Functions::of(&plan.types, lacks);
    let mut items = vec![imports(plan, lacks), clients_struct(plan), connect(plan)];
    items.push(caller_impl(plan, &functions));
    items.extend(embedded::on_aws(plan));
    items.extend(embedded::needed_features(plan));
    let structs = plan.types.structs.iter().enumerate();
    let structs = structs.filter(|(_, request)| !request.is_unit);
    items.extend(structs.map(|(position, request)| {
        if request.is_operation {
            operation(request, &functions, position)
        } else if request.is_union {
            union(request, &functions, position)
        } else {
            structure(request, &functions, position)
        }
    }));
    items.extend(convert::items(&functions.wholes));
    items
}

/// The functions that convert nested values.
struct Functions<'l> {
    /// What the resolved crates do not have.
    lacks: &'l Lacks,
    /// The names, beside the structs that they take.
    names: Vec<Ident>,
    /// Those that take documents.
    wholes: Wholes,
}

impl<'l> Functions<'l> {
    fn of(types: &RequestTypes, lacks: &'l Lacks) -> Self {
        let mut unique = Unique::without(&RESERVED);
        let wholes = types.wholes.without(lacks);
        for whole in &wholes.shapes {
            unique.take(&whole.function.to_string());
        }
        let structs = types.structs.iter();
        let named = structs.map(|request| unique.take(&names::snake(&request.name.to_string())));
        Self {
            lacks,
            names: named.map(|name| names::identifier(&name)).collect(),
            wholes,
        }
    }

    fn get(&self, position: usize) -> Option<&Ident> {
        self.names.get(position)
    }
}

fn imports(plan: &Plan<'_>, lacks: &Lacks) -> TokenStream {
    let module = &plan.module;
    let mut tokens = plan.types.operations();
    let token = tokens.any(|request| own_token(request, lacks).is_some());
    let token = token.then(|| quote!(, Token));
    let embedded = (plan.surface == Surface::Embedded).then(|| quote!(, OnAws));
    let children = embedded.as_ref().filter(|_| {
        plan.runbook
            .steps
            .iter()
            .any(|step| matches!(step.work, Work::Child(_)))
    });
    let children = children.map(|_| quote!(, Backends));
    quote! {
        use runbook_runtime::aws::*;
        use runbook_runtime::generated::{BoxFuture, Call, CallError, Caller, Document #children #embedded #token};

        use super::#module::api::{self, Request};
    }
}

/// The clients: field, crate and title per service.
fn clients(plan: &Plan<'_>) -> BTreeMap<String, (Ident, Ident, String)> {
    let structs = plan.types.operations();
    structs
        .map(|request| {
            let service = &request.service;
            let field = names::identifier(&names::snake(&service.name));
            let krate = crate_identifier(request);
            (
                service.name.clone(),
                (field, krate, service.service_id.clone()),
            )
        })
        .collect()
}

fn crate_identifier(request: &RequestStruct) -> Ident {
    names::identifier(&smithy::krate(&request.service))
}

fn clients_struct(plan: &Plan<'_>) -> TokenStream {
    let fields = clients(plan).into_values().map(|(field, krate, title)| {
        let doc = format!(" {title}.");
        quote! {
            #[doc = #doc]
            #field: #krate::Client
        }
    });
    quote! {
        /// The SDK's clients of the services that this runbook calls.
        struct Aws {
            #(#fields),*
        }
    }
}

fn connect(plan: &Plan<'_>) -> TokenStream {
    let fields = clients(plan)
        .into_values()
        .map(|(field, krate, _)| quote!(#field: session.client(#krate::Client::new)));
    quote! {
        /// Makes the calls of the runbook with the clients of a session.
        pub fn connect(session: &Session) -> Box<dyn Caller<Request>> {
            Box::new(Aws {
                #(#fields),*
            })
        }
    }
}

fn caller_impl(plan: &Plan<'_>, functions: &Functions<'_>) -> TokenStream {
    let clients = clients(plan);
    let mut tokens = plan.types.operations();
    let tokens = tokens.any(|request| own_token(request, functions.lacks).is_some());
    let call = names::identifier(if tokens { "call" } else { "_call" });
    let structs = plan.types.structs.iter().zip(&functions.names);
    let operations = structs.filter(|(request, _)| request.is_operation);
    let locals = locals(plan).into_iter().map(|local| local.name);
    let locals: Vec<TokenStream> = locals.map(|name| quote!(Request::#name(_))).collect();
    let local = (!locals.is_empty()).then(|| quote!(#(#locals)|* => Err(unperformed())));
    let arms = operations.map(|(request, function)| {
        let name = &request.name;
        let client = clients.get(&request.service.name).map(|(field, ..)| field);
        let token = own_token(request, functions.lacks).map(|_| quote!(, call.token()));
        if request.fields.is_empty() {
            quote!(Request::#name(_) => #function(&self.#client #token).await)
        } else {
            quote!(Request::#name(input) => #function(&self.#client, *input #token).await)
        }
    });
    quote! {
        impl Caller<Request> for Aws {
            fn call<'a>(
                &'a self,
                #call: &'a Call,
                request: &'a Request,
            ) -> BoxFuture<'a, Result<Document, CallError>> {
                Box::pin(async move {
                    match request.clone() {
                        #(#arms,)*
                        #local
                    }
                })
            }
        }
    }
}

fn operation(request: &RequestStruct, functions: &Functions<'_>, position: usize) -> TokenStream {
    let (name, krate) = (&request.name, crate_identifier(request));
    let function = functions.get(position);
    let doc = format!(" {}.", title(request));
    let method = &request.sdk;
    let setters = request
        .fields
        .iter()
        .map(|field| setter(request, field, functions));
    let input = (!request.fields.is_empty()).then(|| quote!(, input: api::#name));
    let own = own_token(request, functions.lacks);
    let token = own.map(|_| quote!(, token: Token));
    let recognised = own.filter(|own| request.field(&own.member).is_none());
    let recognised = recognised.map(|own| {
        let (setter, token) = (names::identifier(&own.setter), token_text(own.form));
        quote!(.#setter(Some(#token)))
    });
    let operation = operation_name(request);
    quote! {
        #[doc = #doc]
        async fn #function(client: &#krate::Client #input #token) -> Result<Document, CallError> {
            let capture = Capture::default();
            let request = client.#method()#(#setters)*#recognised;
            let sent = request.customize().interceptor(capture.clone()).send().await;
            capture.answer(&api::#operation, sent)
        }
    }
}

/// The token of an operation, if some step leaves it to us.
fn own_token<'r>(request: &'r RequestStruct, lacks: &Lacks) -> Option<&'r Token> {
    let token = request.token(lacks)?;
    let left = |field: &RequestField| field.optional && field.kind == FieldType::String;
    request
        .field(&token.member)
        .is_none_or(left)
        .then_some(token)
}

fn token_text(form: Form) -> TokenStream {
    match form {
        Form::Uuid => quote!(token.to_string()),
        Form::Hex => quote!(token.hex()),
        Form::LongHex => quote!(token.long_hex()),
    }
}

fn structure(request: &RequestStruct, functions: &Functions<'_>, position: usize) -> TokenStream {
    let (name, krate, sdk) = (&request.name, crate_identifier(request), &request.sdk);
    let function = functions.get(position);
    let doc = format!(" {}.", title(request));
    let setters = request
        .fields
        .iter()
        .map(|field| setter(request, field, functions));
    let input = if request.fields.is_empty() {
        quote!(_input)
    } else {
        quote!(input)
    };
    quote! {
        #[doc = #doc]
        fn #function(#input: api::#name) -> Result<#krate::types::#sdk, CallError> {
            let value = #krate::types::#sdk::builder()#(#setters)*;
            value.build().built()
        }
    }
}

fn union(request: &RequestStruct, functions: &Functions<'_>, position: usize) -> TokenStream {
    let (name, krate, sdk) = (&request.name, crate_identifier(request), &request.sdk);
    let function = functions.get(position);
    let doc = format!(" {}.", title(request));
    let arms = request.fields.iter().map(|field| {
        let variant = names::identifier(&names::pascal(&field.member));
        let sdk_variant = &field.sdk;
        if matches!(field.kind, FieldType::Unit(_)) {
            return quote!(api::#name::#variant(_) => #krate::types::#sdk::#sdk_variant);
        }
        let value = converted(request, field, functions, quote!(value));
        quote!(api::#name::#variant(value) => #krate::types::#sdk::#sdk_variant(#value))
    });
    quote! {
        #[doc = #doc]
        fn #function(input: api::#name) -> Result<#krate::types::#sdk, CallError> {
            Ok(match input {
                #(#arms),*
            })
        }
    }
}

fn setter(request: &RequestStruct, field: &RequestField, functions: &Functions<'_>) -> TokenStream {
    let (setter, name) = (&field.sdk, &field.name);
    let value = quote!(input.#name);
    if field.kind == FieldType::Document && field.optional {
        let Functions { wholes, .. } = functions;
        let (shape, boxed) = (field.shape, field.sdk_may_box);
        let convert = convert::function(wholes, &request.service, shape, boxed);
        return quote!(.#setter(#value.map(#convert).transpose()?));
    }
    if !field.optional {
        let value = converted(request, field, functions, value);
        return quote!(.#setter(Some(#value)));
    }
    if let Some(own) = own_token(request, functions.lacks).filter(|own| own.member == field.member)
    {
        // Some step gives one itself.
        let token = token_text(own.form);
        return quote!(.#setter(#value.or_else(|| Some(#token))));
    }
    let inner = converted(request, field, functions, quote!(value));
    match &field.kind {
        FieldType::Boolean | FieldType::Double | FieldType::String => quote!(.#setter(#value)),
        FieldType::Enum => quote!(.#setter(#value.map(|value| #inner))),
        _ => quote!(.#setter(#value.map(|value| Ok::<_, CallError>(#inner)).transpose()?)),
    }
}

/// The value of a member as the SDK wants it.
fn converted(
    request: &RequestStruct,
    field: &RequestField,
    functions: &Functions<'_>,
    value: TokenStream,
) -> TokenStream {
    let unboxed = field.boxed.then(|| quote!(*));
    let value = quote!(#unboxed #value);
    let value = match &field.kind {
        FieldType::Document => {
            convert::value(&functions.wholes, &request.service, field.shape, value)
        }
        kind => of_kind(kind, &field.member, functions, value),
    };
    // `into` makes a box where the SDK has one, and nothing where it has none.
    let boxed = field.sdk_may_box.then(|| quote!(.into()));
    quote!(#value #boxed)
}

/// A value of a request as the SDK wants it.
fn of_kind(
    kind: &FieldType,
    member: &str,
    functions: &Functions<'_>,
    value: TokenStream,
) -> TokenStream {
    match kind {
        FieldType::Enum => quote!(#value.as_str().into()),
        FieldType::Integer => quote!(integer(#value, #member)?),
        FieldType::IntegerText => quote!(#value.to_string()),
        FieldType::Float => quote!(#value as f32),
        FieldType::Double | FieldType::Boolean | FieldType::String => value,
        FieldType::Timestamp => quote!(timestamp(&#value, #member)?),
        FieldType::Blob => quote!(Blob::new(#value)),
        FieldType::Stream => quote!(ByteStream::from(#value.into_bytes())),
        FieldType::Unit(_) => unreachable!("a variant without a value is written with its union"),
        FieldType::Document => unreachable!("a member that holds documents is one itself"),
        FieldType::Structure(position) => {
            let function = functions.get(*position);
            quote!(#function(#value)?)
        }
        FieldType::List(element) => match element.as_ref() {
            FieldType::Boolean | FieldType::Double | FieldType::String => value,
            FieldType::Enum => quote!(strings(#value)),
            FieldType::Structure(position) => {
                let function = functions.get(*position);
                quote!(list(#value, #function)?)
            }
            element => {
                let inner = of_kind(element, member, functions, quote!(element));
                quote!(list(#value, |element| Ok(#inner))?)
            }
        },
        FieldType::Map(element) => match element.as_ref() {
            FieldType::Structure(position) => {
                let function = functions.get(*position);
                quote!(map(#value, #function)?)
            }
            FieldType::Boolean | FieldType::Double | FieldType::String => {
                quote!(map(#value, Ok)?)
            }
            element => {
                let inner = of_kind(element, member, functions, quote!(value));
                quote!(map(#value, |value| Ok(#inner))?)
            }
        },
    }
}

/// The SDK crates that a runbook needs, sorted.
pub(crate) fn crates(plan: &Plan<'_>) -> BTreeSet<String> {
    let structs = plan.types.operations();
    structs
        .map(|request| request.service.crate_name())
        .collect()
}
