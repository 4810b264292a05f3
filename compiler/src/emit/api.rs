//! `api.rs`: the API calls of the runbook as typed values that are data too.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::local::{LocalRequest, locals};
use super::names;
use super::plan::Plan;
use super::types::{FieldType, RequestField, RequestStruct, RequestTypes};
use super::whole::Lacks;
use crate::repeat::Repeat;

/// The items of `api.rs`.
pub(crate) fn items(plan: &Plan<'_>, lacks: &Lacks) -> Vec<TokenStream> {
    let types = &plan.types;
    let locals = locals(plan);
    let mut items = vec![
        imports(types, &locals),
        request_enum(types, &locals),
        request_impl(types, &locals),
    ];
    items.extend(
        types
            .operations()
            .map(|request| from_request(&request.name, &request.name)),
    );
    let own = locals.iter();
    items.extend(own.map(|local| from_request(&local.name, &local.kind)));
    items.extend(
        types
            .structs
            .iter()
            .map(|request| struct_item(types, request)),
    );
    items.extend(
        types
            .operations()
            .flat_map(|request| [operation_static(request, lacks), api_call(request)]),
    );
    items
}

fn imports(types: &RequestTypes, locals: &[LocalRequest]) -> TokenStream {
    let maps = types.structs.iter().flat_map(|request| &request.fields);
    let maps = maps.into_iter().any(|field| holds_map(&field.kind));
    let map = maps.then(|| quote!(BTreeMap,));
    let mut fields = types.structs.iter().flat_map(|request| &request.fields);
    let document = fields.any(|field| field.kind.holds_document());
    let document = document.then(|| quote!(Document,));
    let local = (!locals.is_empty()).then(|| quote!(Local,));
    let mut own: Vec<&Ident> = Vec::new();
    for name in locals.iter().flat_map(|local| [&local.name, &local.module]) {
        // Two of them may lie in one module.
        if !own.contains(&name) {
            own.push(name);
        }
    }
    quote! {
        use runbook_runtime::effect;
        use runbook_runtime::generated::{#map #document #local Operation, Repeat, #(#own,)* Serialize};

        use super::shapes;
    }
}

fn holds_map(kind: &FieldType) -> bool {
    match kind {
        FieldType::Map(_) => true,
        FieldType::List(element) => holds_map(element),
        _ => false,
    }
}

fn request_enum(types: &RequestTypes, locals: &[LocalRequest]) -> TokenStream {
    let variants = types.operations().map(|request| {
        let name = &request.name;
        let doc = format!(" {}.", title(request));
        quote! {
            #[doc = #doc]
            #name(Box<#name>)
        }
    });
    let locals = locals.iter().map(|local| {
        let (name, kind) = (&local.name, &local.kind);
        let doc = format!(" {}.", local.title);
        quote! {
            #[doc = #doc]
            #name(Box<#kind>)
        }
    });
    let variants = variants.chain(locals);
    quote! {
        /// A call that this runbook makes.
        #[derive(Clone, Debug, Serialize)]
        #[serde(untagged, crate = "runbook_runtime::serde")]
        pub enum Request {
            #(#variants),*
        }
    }
}

fn request_impl(types: &RequestTypes, locals: &[LocalRequest]) -> TokenStream {
    let arms = types.operations().map(|request| {
        let (name, operation) = (&request.name, operation_name(request));
        quote!(Self::#name(_) => &#operation)
    });
    let own = locals
        .iter()
        .map(|LocalRequest { name, module, .. }| quote!(Self::#name(_) => &#module::OPERATION));
    let arms = arms.chain(own);
    let local = (!locals.is_empty()).then(|| local_function(locals));
    quote! {
        impl effect::Request for Request {
            fn operation(&self) -> &'static Operation {
                match self {
                    #(#arms),*
                }
            }

            #local
        }
    }
}

fn local_function(locals: &[LocalRequest]) -> TokenStream {
    let arms = locals.iter().map(
        |LocalRequest { name, .. }| quote!(Self::#name(request) => Some(Local::#name(request))),
    );
    quote! {
        fn local(&self) -> Option<Local<'_, Self>> {
            match self {
                #(#arms,)*
                _ => None,
            }
        }
    }
}

fn from_request(name: &Ident, kind: &impl ToTokens) -> TokenStream {
    quote! {
        impl From<#kind> for Request {
            fn from(request: #kind) -> Self {
                Self::#name(Box::new(request))
            }
        }
    }
}

fn struct_item(types: &RequestTypes, request: &RequestStruct) -> TokenStream {
    if request.is_union {
        return union_item(types, request);
    }
    let name = &request.name;
    let doc = format!(" {}.", title(request));
    let rule = rename_rule(&request.fields);
    let rename_all = rule.map(|rule| quote!(rename_all = #rule,));
    let fields = request
        .fields
        .iter()
        .map(|field| struct_field(types, field, rule));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, Serialize)]
        #[serde(#rename_all crate = "runbook_runtime::serde")]
        pub struct #name {
            #(#fields),*
        }
    }
}

fn struct_field(types: &RequestTypes, field: &RequestField, rule: Option<&str>) -> TokenStream {
    let (name, member) = (&field.name, &field.member);
    let doc = format!(" `{member}`.");
    let rename = rule.is_none().then(|| quote!(rename = #member,));
    let skip = field
        .optional
        .then(|| quote!(skip_serializing_if = "Option::is_none",));
    let attribute = (rename.is_some() || skip.is_some()).then(|| quote!(#[serde(#rename #skip)]));
    let kind = field_type(types, field);
    quote! {
        #[doc = #doc]
        #attribute
        pub #name: #kind
    }
}

fn field_type(types: &RequestTypes, field: &RequestField) -> TokenStream {
    let kind = rust_type(types, &field.kind);
    let kind = if field.boxed {
        quote!(Box<#kind>)
    } else {
        kind
    };
    if field.optional {
        quote!(Option<#kind>)
    } else {
        kind
    }
}

fn union_item(types: &RequestTypes, request: &RequestStruct) -> TokenStream {
    let name = &request.name;
    let doc = format!(" {}.", title(request));
    let variants = request.fields.iter().map(|field| {
        let (variant, member) = (
            names::identifier(&names::pascal(&field.member)),
            &field.member,
        );
        let kind = rust_type(types, &field.kind);
        let kind = if field.boxed {
            quote!(Box<#kind>)
        } else {
            kind
        };
        let doc = format!(" `{member}`.");
        quote! {
            #[doc = #doc]
            #[serde(rename = #member)]
            #variant(#kind)
        }
    });
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, Serialize)]
        #[serde(crate = "runbook_runtime::serde")]
        pub enum #name {
            #(#variants),*
        }
    }
}

/// The rule by which serde finds all members' names, if there is one.
fn rename_rule(fields: &[RequestField]) -> Option<&'static str> {
    let fits = |rule: fn(&str) -> String| {
        let mut fields = fields.iter();
        fields.all(|field| rule(&plain(&field.name)) == field.member)
    };
    if fields.is_empty() {
        None
    } else if fits(camel) {
        Some("camelCase")
    } else if fits(humps) {
        Some("PascalCase")
    } else {
        None
    }
}

fn plain(name: &proc_macro2::Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}

fn camel(name: &str) -> String {
    let humps = humps(name);
    let mut characters = humps.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// What serde makes of a field's name by its rule PascalCase.
fn humps(name: &str) -> String {
    name.split('_').map(capital).collect()
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    match characters.next() {
        Some(first) => first.to_ascii_uppercase().to_string() + characters.as_str(),
        None => String::new(),
    }
}

/// The type of a member in Rust.
pub(crate) fn rust_type(types: &RequestTypes, kind: &FieldType) -> TokenStream {
    match kind {
        FieldType::String
        | FieldType::Enum
        | FieldType::Timestamp
        | FieldType::Blob
        | FieldType::Stream => quote!(String),
        FieldType::Integer | FieldType::IntegerText => quote!(i64),
        FieldType::Float | FieldType::Double => quote!(f64),
        FieldType::Boolean => quote!(bool),
        FieldType::List(element) => {
            let element = rust_type(types, element);
            quote!(Vec<#element>)
        }
        FieldType::Map(value) => {
            let value = rust_type(types, value);
            quote!(BTreeMap<String, #value>)
        }
        FieldType::Structure(position) | FieldType::Unit(position) => {
            let name = types.structs.get(*position).map(|request| &request.name);
            quote!(#name)
        }
        FieldType::Document => quote!(Document),
    }
}

fn operation_static(request: &RequestStruct, lacks: &Lacks) -> TokenStream {
    let (constant, response) = (operation_name(request), response_name(request));
    let (service, name) = (&request.service.name, &request.model_name);
    let repeat = match request.repeat(lacks) {
        Repeat::Reads => quote!(Repeat::Reads),
        Repeat::Harmless => quote!(Repeat::Harmless),
        Repeat::Recognised => quote!(Repeat::Recognised),
        Repeat::Unknown => quote!(Repeat::Unknown),
    };
    quote! {
        pub(crate) static #constant: Operation = Operation {
            service: #service,
            name: #name,
            response: &shapes::#response,
            repeat: #repeat,
        };
    }
}

/// What names the operation of a request to the compiler.
fn api_call(request: &RequestStruct) -> TokenStream {
    let (name, operation) = (&request.name, operation_name(request));
    quote! {
        impl effect::ApiCall for #name {
            const OPERATION: &'static Operation = &#operation;
        }
    }
}

/// The static that describes an operation.
pub(crate) fn operation_name(request: &RequestStruct) -> proc_macro2::Ident {
    names::identifier(&names::constant(&request.name.to_string()))
}

/// The static that tells how an operation's response is read.
pub(crate) fn response_name(request: &RequestStruct) -> proc_macro2::Ident {
    names::identifier(&names::constant(&request.name.to_string()))
}

/// What a struct is, for its documentation: ``ECS `RunTask` ``.
pub(crate) fn title(request: &RequestStruct) -> String {
    format!("{} `{}`", request.service.service_id, request.model_name)
}
