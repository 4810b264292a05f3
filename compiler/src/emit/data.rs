//! JSON values with references inside, as documents: the payloads of functions and scripts, and what is handed whole
//! to an API.

use proc_macro2::TokenStream;
use quote::quote;

use super::expression::{integer, owned};
use super::plan::Plan;
use crate::document::Type;
use crate::ir::{Data, Expression, Reference};

/// A JSON value whose references must have values.
pub(crate) fn data(plan: &Plan<'_>, value: &Data) -> TokenStream {
    data_with(value, &|expression| document(plan, expression))
}

/// A JSON value with references, as something that becomes a document.
pub(crate) fn into_document(plan: &Plan<'_>, value: &Data) -> TokenStream {
    match value {
        Data::Expression(Expression::String(text)) => quote!(#text),
        Data::Expression(expression) => owned(plan, expression),
        Data::Integer(number) => integer(*number),
        Data::Boolean(flag) => quote!(#flag),
        Data::List(elements) if elements.iter().any(splices) => {
            spliced(elements, &|expression| document(plan, expression))
        }
        other => data(plan, other),
    }
}

/// A list, a map or a fraction as a document.
pub(crate) fn whole(plan: &Plan<'_>, value: &Data) -> TokenStream {
    match value {
        Data::List(elements) if elements.iter().any(splices) => {
            let list = spliced(elements, &|expression| document(plan, expression));
            quote!(Document::from(#list))
        }
        other => data(plan, other),
    }
}

/// The value of an expression as a document.
pub(crate) fn document(plan: &Plan<'_>, expression: &Expression) -> TokenStream {
    let value = owned(plan, expression);
    match expression {
        // Without parentheses, what the output is borrowed from would be converted.
        Expression::Reference(
            Reference::Output(_, _, Type::Integer | Type::Boolean)
            | Reference::Variable(_, Type::Integer | Type::Boolean),
        ) => {
            quote!((#value).into())
        }
        _ => quote!(#value.into()),
    }
}

/// A JSON value; `reference` prints what is no literal.
pub(crate) fn data_with(
    value: &Data,
    reference: &dyn Fn(&Expression) -> TokenStream,
) -> TokenStream {
    match value {
        Data::Null => quote!(Document::Null),
        Data::Boolean(flag) => quote!(#flag.into()),
        Data::Integer(number) => match u16::try_from(*number) {
            Ok(_) => {
                let number = integer(*number);
                quote!(#number.into())
            }
            // A sign would be applied last, and a large number is none of the width that is taken for granted.
            Err(_) => {
                let number = proc_macro2::Literal::i64_suffixed(*number);
                quote!(Document::from(#number))
            }
        },
        Data::Number(number) => {
            let number = proc_macro2::Literal::f64_unsuffixed(*number);
            quote!(Document::from(#number))
        }
        Data::Expression(Expression::String(text)) => quote!(#text.into()),
        Data::Expression(expression) => reference(expression),
        Data::List(elements) if elements.iter().any(splices) => {
            let list = spliced(elements, reference);
            quote!(#list.into())
        }
        Data::List(elements) => {
            let elements = elements.iter().map(|element| data_with(element, reference));
            quote!(array([#(#elements),*]))
        }
        Data::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| {
                let value = data_with(value, reference);
                quote!((#key, #value))
            });
            quote!(object([#(#entries),*]))
        }
    }
}

/// A list into which others are spliced, as a vector of documents.
fn spliced(elements: &[Data], reference: &dyn Fn(&Expression) -> TokenStream) -> TokenStream {
    let parts = elements.iter().map(|element| {
        let value = data_with(element, reference);
        if splices(element) {
            quote!(elements(#value))
        } else {
            quote!(vec![#value])
        }
    });
    quote!([#(#parts),*].concat())
}

/// Whether a list's element is a whole reference to a list, whose elements then take its place (spec 3.3).
fn splices(element: &Data) -> bool {
    match element {
        Data::Expression(expression) => expression.kind().is_list(),
        _ => false,
    }
}
