//! `inputs.rs`: what an API takes where a value is handed to it whole.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::names;
use super::whole::{Whole, Wholes, least, plain};
use crate::catalogue::{Bounds, Member, Service, ShapeId, ShapeKind, Structure};

/// The items of `inputs.rs`.
pub(crate) fn items(wholes: &Wholes) -> Vec<TokenStream> {
    let mut items = vec![quote! {
        use runbook_runtime::generated::input::*;
    }];
    items.extend(wholes.shapes.iter().map(|whole| item(wholes, whole)));
    items
}

fn item(wholes: &Wholes, whole: &Whole) -> TokenStream {
    let Whole { service, name, .. } = whole;
    let table = table(wholes, service, whole.shape);
    let doc = format!(
        " {} `{}`.",
        service.service_id,
        service.shape(whole.shape).name
    );
    quote! {
        #[doc = #doc]
        pub static #name: Shape = #table;
    }
}

fn table(wholes: &Wholes, service: &Service, shape: ShapeId) -> TokenStream {
    match &service.shape(shape).kind {
        ShapeKind::Structure(structure) => self::structure(wholes, service, structure),
        ShapeKind::List(list) => {
            let element = reference(wholes, service, list.member.shape);
            let least = Literal::usize_unsuffixed(least(list.length));
            quote!(Shape::List(&#element, #least))
        }
        ShapeKind::Map(map) => {
            let key = reference(wholes, service, map.key.shape);
            let value = reference(wholes, service, map.value.shape);
            quote!(Shape::Map(&#key, &#value))
        }
        ShapeKind::String(string) => {
            let least = Literal::usize_unsuffixed(least(string.length));
            quote!(Shape::String(#least))
        }
        ShapeKind::Integer(bounds) | ShapeKind::Long(bounds) => {
            let least = Literal::i64_unsuffixed(bounds.min.unwrap_or(i64::MIN));
            quote!(Shape::Integer(#least))
        }
        ShapeKind::Float(bounds) | ShapeKind::Double(bounds) => {
            let Bounds { min, .. } = bounds;
            let least = Literal::f64_unsuffixed(min.unwrap_or(f64::MIN));
            quote!(Shape::Float(#least))
        }
        _ => unreachable!("the runtime has statics for the others"),
    }
}

fn structure(wholes: &Wholes, service: &Service, structure: &Structure) -> TokenStream {
    let members = structure.members.iter();
    let members = members.map(|member| self::member(wholes, service, member));
    if structure.union {
        quote!(Shape::Union(&[#(#members),*]))
    } else {
        quote!(Shape::Structure(&[#(#members),*]))
    }
}

fn member(wholes: &Wholes, service: &Service, member: &Member) -> TokenStream {
    let (name, shape) = (&member.name, reference(wholes, service, member.shape));
    if member.required && !member.filled {
        quote!(Member::required(#name, &#shape))
    } else {
        quote!(Member::new(#name, &#shape))
    }
}

fn reference(wholes: &Wholes, service: &Service, shape: ShapeId) -> Ident {
    match (plain(service, shape), wholes.find(service, shape)) {
        (Some(name), _) => names::identifier(name),
        (None, Some(whole)) => whole.name.clone(),
        (None, None) => unreachable!("what a reached shape holds is reached"),
    }
}
