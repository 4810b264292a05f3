//! From documents to the SDK's types, in `aws.rs`: a function for every structure that a value handed whole to an API may
//! reach.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::names;
use super::smithy::{self, Kind};
use super::whole::{Whole, Wholes};
use crate::catalogue::{Member, Service, ShapeId, Structure};

/// The functions.
pub(crate) fn items(wholes: &Wholes) -> Vec<TokenStream> {
    let shapes = wholes.shapes.iter();
    let items = shapes.filter_map(|whole| {
        let structure = whole.service.structure(whole.shape)?;
        // It is no type of the SDK.
        let is_unit = smithy::is_unit(whole.service.shape(whole.shape));
        (!is_unit).then(|| {
            if structure.union {
                union(wholes, whole, structure)
            } else {
                self::structure(wholes, whole, structure)
            }
        })
    });
    items.collect()
}

/// What converts a document to the SDK's value of a shape: a function or a closure. `boxed` says that the SDK may want
/// the value in a box.
pub(crate) fn function(
    wholes: &Wholes,
    service: &Service,
    shape: ShapeId,
    boxed: bool,
) -> TokenStream {
    let kind = smithy::kind(service, shape);
    let plain = of_kind(wholes, service, &kind);
    if boxed {
        // `into` makes a box where the SDK has one, and nothing where it has none.
        quote!(|value| Ok(#plain(value)?.into()))
    } else {
        plain
    }
}

/// A document as the SDK's value of a shape, which leaves the function with an error if it is none.
pub(crate) fn value(
    wholes: &Wholes,
    service: &Service,
    shape: ShapeId,
    document: TokenStream,
) -> TokenStream {
    let kind = smithy::kind(service, shape);
    applied(wholes, service, &kind, document)
}

fn applied(
    wholes: &Wholes,
    service: &Service,
    kind: &Kind<ShapeId>,
    document: TokenStream,
) -> TokenStream {
    let call = call(wholes, service, kind, document);
    quote!(#call?)
}

fn call(
    wholes: &Wholes,
    service: &Service,
    kind: &Kind<ShapeId>,
    document: TokenStream,
) -> TokenStream {
    match kind {
        Kind::List(element) => {
            let element = of_kind(wholes, service, element);
            quote!(whole::list(#document, #element))
        }
        Kind::Map(element) => {
            let element = of_kind(wholes, service, element);
            quote!(whole::map(#document, #element))
        }
        kind => {
            let function = of_kind(wholes, service, kind);
            quote!(#function(#document))
        }
    }
}

fn of_kind(wholes: &Wholes, service: &Service, kind: &Kind<ShapeId>) -> TokenStream {
    match kind {
        Kind::String => quote!(whole::string),
        Kind::Enum => quote!(whole::choice),
        Kind::Integer => quote!(whole::integer),
        Kind::IntegerText => quote!(whole::integer_text),
        Kind::Float => quote!(whole::float),
        Kind::Double => quote!(whole::double),
        Kind::Boolean => quote!(whole::boolean),
        Kind::Timestamp => quote!(whole::timestamp),
        Kind::Blob => quote!(whole::blob),
        Kind::Document => quote!(whole::document),
        Kind::List(_) | Kind::Map(_) => {
            let call = call(wholes, service, kind, quote!(value));
            quote!(|value| #call)
        }
        Kind::Structure(shape) => match wholes.find(service, *shape) {
            Some(whole) => {
                let function = &whole.function;
                quote!(#function)
            }
            None => unreachable!("what a reached shape holds is reached"),
        },
        Kind::Stream | Kind::Unit(_) => unreachable!("only members are streams or nothing"),
    }
}

fn structure(wholes: &Wholes, whole: &Whole, structure: &Structure) -> TokenStream {
    let (service, function) = (&whole.service, &whole.function);
    let (title, sdk) = (title(whole), sdk_type(whole));
    let setters = wholes.members(service, whole.shape, structure);
    let setters: Vec<TokenStream> = setters
        .map(|member| {
            let (name, setter) = (&member.name, names::identifier(&smithy::setter(member)));
            let boxed = smithy::is_recursive(service, whole.shape, member.shape);
            let convert = self::function(wholes, service, member.shape, boxed);
            quote!(.#setter(members.take(#name, #convert)?))
        })
        .collect();
    let mutable = (!setters.is_empty()).then(|| quote!(mut));
    quote! {
        #[doc = #title]
        fn #function(value: Document) -> Result<#sdk, CallError> {
            let #mutable members = whole::Members::of(value)?;
            let value = #sdk::builder()#(#setters)*;
            members.finish()?;
            value.build().built()
        }
    }
}

fn union(wholes: &Wholes, whole: &Whole, structure: &Structure) -> TokenStream {
    let function = &whole.function;
    let (title, sdk) = (title(whole), sdk_type(whole));
    let arms = wholes
        .members(&whole.service, whole.shape, structure)
        .map(|member| variant(wholes, whole, structure, member, &sdk));
    quote! {
        #[doc = #title]
        fn #function(value: Document) -> Result<#sdk, CallError> {
            let (name, value) = whole::only_member(value)?;
            Ok(match name.as_str() {
                #(#arms,)*
                _ => return Err(whole::unknown(&name)),
            })
        }
    }
}

fn variant(
    wholes: &Wholes,
    whole: &Whole,
    structure: &Structure,
    member: &Member,
    sdk: &TokenStream,
) -> TokenStream {
    let service = &whole.service;
    let (name, variant) = (&member.name, names::identifier(&smithy::variant(member)));
    match smithy::member_kind(service, structure, member) {
        Kind::Unit(_) => quote!(#name => #sdk::#variant),
        kind => {
            let value = applied(wholes, service, &kind, quote!(value));
            let boxed = smithy::is_recursive(service, whole.shape, member.shape);
            let boxed = boxed.then(|| quote!(.into()));
            quote!(#name => #sdk::#variant(#value #boxed))
        }
    }
}

fn title(whole: &Whole) -> String {
    let name = &whole.service.shape(whole.shape).name;
    format!(" {} `{name}`, of a document.", whole.service.service_id)
}

fn sdk_type(whole: &Whole) -> TokenStream {
    let krate: Ident = names::identifier(&smithy::krate(&whole.service));
    let name = names::identifier(&smithy::type_name(&whole.service, whole.shape));
    quote!(#krate::types::#name)
}
