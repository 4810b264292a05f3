//! Selectors as constants: nothing is left to parse when the binary runs.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::syntax::selector::{Comparison, Filter, FilterTest, Literal};
use crate::syntax::{Selector, SelectorSegment};

/// A static that holds a selector.
pub(crate) fn selector_static(name: &Ident, selector: &Selector) -> TokenStream {
    let text = &selector.text;
    let segments = selector.segments.iter().map(|item| segment(&item.value));
    quote! {
        static #name: Selector = Selector::new(#text, &[#(#segments),*]);
    }
}

fn segment(segment: &SelectorSegment) -> TokenStream {
    match segment {
        SelectorSegment::Key(key) => quote!(Segment::Key(#key)),
        SelectorSegment::Keys(keys) => quote!(Segment::Keys(&[#(#keys),*])),
        SelectorSegment::Index(index) => {
            let index = super::expression::integer(*index);
            quote!(Segment::Index(#index))
        }
        SelectorSegment::Indexes(indexes) => {
            let indexes = indexes
                .iter()
                .map(|index| super::expression::integer(*index));
            quote!(Segment::Indexes(&[#(#indexes),*]))
        }
        SelectorSegment::Slice { from, to } => {
            let (start, end) = (bound(*from), bound(*to));
            quote!(Segment::Slice { start: #start, end: #end })
        }
        SelectorSegment::AnyChild => quote!(Segment::AnyChild),
        SelectorSegment::Descend => quote!(Segment::Descend),
        SelectorSegment::Filter(filter) => {
            let filter = self::filter(filter);
            quote!(Segment::Filter(#filter))
        }
        SelectorSegment::Length => quote!(Segment::Length),
    }
}

fn bound(bound: Option<i64>) -> TokenStream {
    match bound {
        Some(index) => {
            let index = super::expression::integer(index);
            quote!(Some(#index))
        }
        None => quote!(None),
    }
}

fn filter(filter: &Filter) -> TokenStream {
    let path = filter.path.iter().map(|item| segment(&item.value));
    let test = match &filter.test {
        FilterTest::Exists => quote!(FilterTest::Exists),
        FilterTest::Compare(comparison, operand) => {
            let (comparison, operand) = (self::comparison(*comparison), literal(&operand.value));
            quote!(FilterTest::#comparison(#operand))
        }
    };
    quote!(Filter::new(&[#(#path),*], #test))
}

fn comparison(comparison: Comparison) -> TokenStream {
    match comparison {
        Comparison::Equal => quote!(Equal),
        Comparison::NotEqual => quote!(NotEqual),
        Comparison::Less => quote!(Less),
        Comparison::LessOrEqual => quote!(LessOrEqual),
        Comparison::Greater => quote!(Greater),
        Comparison::GreaterOrEqual => quote!(GreaterOrEqual),
    }
}

fn literal(literal: &Literal) -> TokenStream {
    match literal {
        Literal::String(text) => quote!(Literal::String(#text)),
        Literal::Integer(number) => {
            let number = super::expression::integer(*number);
            quote!(Literal::Integer(#number))
        }
        Literal::Float(number) => {
            let number = proc_macro2::Literal::f64_unsuffixed(*number);
            quote!(Literal::Float(#number))
        }
        Literal::Boolean(flag) => quote!(Literal::Boolean(#flag)),
        Literal::Null => quote!(Literal::Null),
    }
}
