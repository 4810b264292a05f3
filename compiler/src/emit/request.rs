//! Requests of steps: the typed value of a call, with references in it.

use proc_macro2::TokenStream;
use quote::quote;

use super::data::data;
use super::expression::owned;
use super::names;
use super::plan::Plan;
use super::types::{FieldType, RequestField, RequestStruct, is_whole};
use crate::catalogue::ShapeKind;
use crate::ir::{ApiCall, ApiField, ApiItem, ApiValue, Expression};

/// A request as a step makes it.
pub(crate) fn request(plan: &Plan<'_>, call: &ApiCall) -> TokenStream {
    request_with(plan, call, None)
}

/// The same, with a payload that was serialized before.
pub(crate) fn request_with(
    plan: &Plan<'_>,
    call: &ApiCall,
    payload: Option<TokenStream>,
) -> TokenStream {
    let request = plan.types.operation(call);
    structure(plan, call, request, &call.input, payload, "")
}

fn structure(
    plan: &Plan<'_>,
    call: &ApiCall,
    request: &RequestStruct,
    given: &[ApiField],
    payload: Option<TokenStream>,
    around: &str,
) -> TokenStream {
    let name = &request.name;
    let fields = request.fields.iter().map(|field| {
        let field_name = &field.name;
        let given = given.iter().find(|given| given.name == field.member);
        let value = given.map(|given| value(plan, call, field, &given.value, around));
        let value = value.or_else(|| payload.clone().filter(|_| field.member == "Payload"));
        let value = wrapped(field, value);
        quote!(#field_name: #value)
    });
    quote!(api::#name { #(#fields),* })
}

/// A value as its member holds it, which need not be given.
pub(crate) fn wrapped(field: &RequestField, value: Option<TokenStream>) -> TokenStream {
    match value {
        None => quote!(None),
        Some(value) => {
            let value = if field.boxed {
                quote!(Box::new(#value))
            } else {
                value
            };
            if field.optional {
                quote!(Some(#value))
            } else {
                value
            }
        }
    }
}

/// The value of a member; `around` is the way to what it is a member of, as Boto3 writes it.
fn value(
    plan: &Plan<'_>,
    call: &ApiCall,
    field: &RequestField,
    value: &ApiValue,
    around: &str,
) -> TokenStream {
    let path = match around {
        "" => field.member.clone(),
        _ => format!("{around}.{}", field.member),
    };
    match field.kind {
        FieldType::Document => whole(plan, call, field, value, &path),
        _ => api_value(plan, call, &field.kind, value, &path),
    }
}

/// A value as a document. What is handed over whole is checked once it is there; the rest was checked when compiling.
fn whole(
    plan: &Plan<'_>,
    call: &ApiCall,
    field: &RequestField,
    value: &ApiValue,
    path: &str,
) -> TokenStream {
    let document = match value {
        ApiValue::Encoded(..) => {
            let encoded = api_value(plan, call, &field.kind, value, path);
            quote!(as_document(#encoded))
        }
        _ => data(plan, &value.data()),
    };
    let shape = plan.types.wholes.find(&call.service, field.shape);
    match shape.filter(|_| is_whole(&call.service, value)) {
        Some(whole) => {
            let shape = &whole.name;
            let take = match call.converts {
                true => quote!(convert),
                false => quote!(accept),
            };
            quote!(inputs::#shape.#take(#path, #document)?)
        }
        None => document,
    }
}

fn api_value(
    plan: &Plan<'_>,
    call: &ApiCall,
    kind: &FieldType,
    value: &ApiValue,
    path: &str,
) -> TokenStream {
    match value {
        ApiValue::Structure(shape, fields) => {
            let request = plan.types.shape(&call.service, *shape);
            if request.is_union {
                union(plan, call, request, fields, path)
            } else {
                structure(plan, call, request, fields, None, path)
            }
        }
        ApiValue::List(_, items) => list(plan, call, kind, items, path),
        ApiValue::Map(_, entries) => {
            let element = element_of(kind);
            let entries = entries.iter().map(|entry| {
                let key = &entry.key;
                let value = api_value(plan, call, element, &entry.value, &format!("{path}.{key}"));
                quote!((#key.into(), #value))
            });
            quote!(BTreeMap::from([#(#entries),*]))
        }
        ApiValue::Strings(_, expression) => owned(plan, expression),
        ApiValue::Scalar(shape, expression) => scalar(plan, call, *shape, expression),
        ApiValue::Float(_, number) => {
            let literal = proc_macro2::Literal::f64_unsuffixed(*number);
            quote!(#literal)
        }
        ApiValue::Encoded(shape, value) => {
            let value = data(plan, value);
            match call.service.shape(*shape).kind {
                ShapeKind::List(_) => quote!(encoded_maps(#value)?),
                _ => quote!(encoded_map(#value)?),
            }
        }
        ApiValue::Whole(_, value) => data(plan, value),
    }
}

fn union(
    plan: &Plan<'_>,
    call: &ApiCall,
    request: &RequestStruct,
    given: &[ApiField],
    path: &str,
) -> TokenStream {
    let name = &request.name;
    let chosen = request.fields.iter().find_map(|field| {
        let given = given.iter().find(|given| given.name == field.member)?;
        let variant = names::identifier(&names::pascal(&field.member));
        let value = value(plan, call, field, &given.value, path);
        let value = if field.boxed {
            quote!(Box::new(#value))
        } else {
            value
        };
        Some(quote!(api::#name::#variant(#value)))
    });
    chosen.unwrap_or_else(|| unreachable!("the checker gives every union one member"))
}

fn list(
    plan: &Plan<'_>,
    call: &ApiCall,
    kind: &FieldType,
    items: &[ApiItem],
    path: &str,
) -> TokenStream {
    let element = element_of(kind);
    let one = |(position, item): (usize, &ApiItem)| match item {
        ApiItem::One(value) => {
            api_value(plan, call, element, value, &format!("{path}[{position}]"))
        }
        ApiItem::Splice(expression) => owned(plan, expression),
    };
    let spliced = items.iter().any(|item| matches!(item, ApiItem::Splice(_)));
    match items {
        [item @ ApiItem::Splice(_)] => one((0, item)),
        _ if spliced => {
            let parts = items.iter().enumerate().map(|(position, item)| {
                let value = one((position, item));
                match item {
                    ApiItem::One(_) => quote!(vec![#value]),
                    ApiItem::Splice(_) => value,
                }
            });
            quote!([#(#parts),*].concat())
        }
        _ => {
            let values = items.iter().enumerate().map(one);
            quote!(vec![#(#values),*])
        }
    }
}

fn element_of(kind: &FieldType) -> &FieldType {
    match kind {
        FieldType::List(element) | FieldType::Map(element) => element,
        other => other,
    }
}

fn scalar(
    plan: &Plan<'_>,
    call: &ApiCall,
    shape: crate::catalogue::ShapeId,
    expression: &Expression,
) -> TokenStream {
    let float = matches!(
        call.service.shape(shape).kind,
        ShapeKind::Float(_) | ShapeKind::Double(_)
    );
    let value = owned(plan, expression);
    match expression {
        Expression::Integer(number) if float => {
            let literal = proc_macro2::Literal::f64_unsuffixed(*number as f64);
            quote!(#literal)
        }
        _ if float => quote!(#value as f64),
        _ => value,
    }
}
