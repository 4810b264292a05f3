//! Expressions: references and literals as Rust.

use proc_macro2::TokenStream;
use quote::quote;

use super::plan::Plan;
use crate::document::Type;
use crate::ir::{Expression, Part, Reference, SystemVariable};

/// The Rust type of a runbook's type.
pub(crate) fn rust_type(kind: Type) -> TokenStream {
    match kind {
        Type::String => quote!(String),
        Type::StringList => quote!(Vec<String>),
        Type::Integer => quote!(i64),
        Type::Boolean => quote!(bool),
        Type::StringMap => quote!(Map),
        Type::MapList => quote!(Vec<Map>),
    }
}

/// An expression as an owned value of its type. A value that is not there leaves the function with an error.
pub(crate) fn owned(plan: &Plan<'_>, expression: &Expression) -> TokenStream {
    match expression {
        Expression::String(text) => quote!(#text.into()),
        Expression::Integer(number) => integer(*number),
        Expression::Boolean(flag) => quote!(#flag),
        Expression::Reference(reference) => owned_reference(plan, reference),
        Expression::Text(parts) => text(plan, parts),
        Expression::Told(name, _) => {
            let name = super::names::identifier(name);
            quote!(#name)
        }
        Expression::Shared(name, _) => {
            let name = super::names::identifier(name);
            quote!(#name.clone())
        }
        Expression::Coerce(inner, kind) => {
            let kind = rust_type(*kind);
            let name = reference_name(plan, inner);
            let value = borrowed(plan, inner);
            quote!(coerce::<#kind>(#value, #name)?)
        }
    }
}

/// An expression as a `&str`.
pub(crate) fn borrowed_text(plan: &Plan<'_>, expression: &Expression) -> TokenStream {
    match expression {
        Expression::String(text) => quote!(#text),
        other => {
            let value = owned(plan, other);
            quote!(&#value)
        }
    }
}

/// An expression as one side of a comparison: an `Option` of `&str`, `i64`, `bool` or `&[String]`, `None` where the value is
/// not there.
pub(crate) fn optional(plan: &Plan<'_>, expression: &Expression) -> TokenStream {
    match expression {
        Expression::String(text) => quote!(Some(#text)),
        Expression::Reference(
            reference @ (Reference::Output(_, _, kind) | Reference::Variable(_, kind)),
        ) => {
            let place = stored(plan, reference);
            match kind {
                Type::String | Type::StringList => quote!(#place.as_deref()),
                _ => place,
            }
        }
        Expression::Reference(Reference::Parameter(parameter, _))
            if plan.choice(*parameter).is_some() =>
        {
            let field = plan.parameter(*parameter);
            quote!(Some(state.parameters.#field.as_str()))
        }
        Expression::Coerce(inner, kind) => optional_coerced(plan, inner, *kind),
        other => {
            let value = owned(plan, other);
            match other.kind() {
                Type::String => quote!(Some(#value.as_str())),
                Type::StringList => quote!(Some(#value.as_slice())),
                _ => quote!(Some(#value)),
            }
        }
    }
}

fn optional_coerced(plan: &Plan<'_>, inner: &Expression, kind: Type) -> TokenStream {
    let name = reference_name(plan, inner);
    let wanted = rust_type(kind);
    let deref = (kind == Type::String).then(|| quote!(.as_deref()));
    match inner {
        Expression::Reference(reference @ (Reference::Output(..) | Reference::Variable(..))) => {
            let place = stored(plan, reference);
            quote! {
                #place.as_ref()
                    .map(|value| coerce::<#wanted>(value, #name))
                    .transpose()?
                    #deref
            }
        }
        other => {
            let value = borrowed(plan, other);
            let as_str = (kind == Type::String).then(|| quote!(.as_str()));
            quote!(Some(coerce::<#wanted>(#value, #name)? #as_str))
        }
    }
}

/// A reference to an expression's value.
fn borrowed(plan: &Plan<'_>, expression: &Expression) -> TokenStream {
    match expression {
        Expression::Reference(reference @ (Reference::Output(..) | Reference::Variable(..))) => {
            required(plan, reference)
        }
        Expression::String(text) => quote!(&String::from(#text)),
        Expression::Integer(number) => quote!(&#number),
        other => {
            let value = owned(plan, other);
            quote!(&#value)
        }
    }
}

fn owned_reference(plan: &Plan<'_>, reference: &Reference) -> TokenStream {
    match reference {
        Reference::Parameter(parameter, kind) => {
            let field = plan.parameter(*parameter);
            match kind {
                _ if plan.choice(*parameter).is_some() => {
                    quote!(String::from(state.parameters.#field.as_str()))
                }
                Type::Integer | Type::Boolean => quote!(state.parameters.#field),
                _ => quote!(state.parameters.#field.expand(state)?),
            }
        }
        Reference::Output(_, _, kind) | Reference::Variable(_, kind) => {
            let value = required(plan, reference);
            match kind {
                Type::Integer | Type::Boolean => quote!(*#value),
                _ => quote!(#value.clone()),
            }
        }
        Reference::System(variable) => {
            let value = system(*variable);
            match variable {
                SystemVariable::Date | SystemVariable::DateTime => value,
                _ => quote!(#value.clone()),
            }
        }
    }
}

/// The place of the state that holds an output or a variable, which may have no value.
fn stored(plan: &Plan<'_>, reference: &Reference) -> TokenStream {
    match reference {
        Reference::Output(step, output, _) => {
            let (step, field) = (&plan.step(*step).function, plan.output(*step, *output));
            quote!(state.#step.#field)
        }
        Reference::Variable(variable, _) => {
            let field = plan.variable(*variable);
            quote!(state.variables.#field)
        }
        Reference::Parameter(..) | Reference::System(_) => {
            unreachable!("parameters and system variables always have a value")
        }
    }
}

/// A borrowed output or variable, or an error that names the reference.
fn required(plan: &Plan<'_>, reference: &Reference) -> TokenStream {
    let name = written(plan, reference);
    match reference {
        Reference::Output(..) | Reference::Variable(..) => {
            let place = stored(plan, reference);
            quote!(#place.required(#name)?)
        }
        other => {
            let value = owned_reference(plan, other);
            quote!(&#value)
        }
    }
}

fn system(variable: SystemVariable) -> TokenStream {
    match variable {
        SystemVariable::AccountId => quote!(state.context.account_id),
        SystemVariable::Region => quote!(state.context.region),
        SystemVariable::Partition => quote!(state.context.partition),
        SystemVariable::Date => quote!(state.context.date()),
        SystemVariable::DateTime => quote!(state.context.date_time()),
        SystemVariable::ExecutionId => quote!(state.context.execution_id),
    }
}

/// An expression as JSON data inside the input of a script, which gets the text of a reference to an output that is not
/// there.
pub(crate) fn data_or_reference(plan: &Plan<'_>, expression: &Expression) -> TokenStream {
    match expression {
        Expression::Reference(reference @ (Reference::Output(..) | Reference::Variable(..))) => {
            or_reference(plan, reference, &braced(plan, reference))
        }
        Expression::Text(parts) => {
            let text = text_of(parts, |reference| match reference {
                Reference::Output(..) | Reference::Variable(..) => {
                    text_or_reference(plan, reference, &braced(plan, reference))
                }
                other => text_form(plan, other),
            });
            quote!(#text.into())
        }
        other => super::data::document(plan, other),
    }
}

/// The text form of a referenced value as a `String`; for an output or a variable that is not there, the reference as it is
/// written.
pub(crate) fn text_or_reference(
    plan: &Plan<'_>,
    reference: &Reference,
    written: &str,
) -> TokenStream {
    let value = owned_reference(plan, reference);
    match (reference, reference.kind()) {
        (Reference::Output(..) | Reference::Variable(..), _) => {
            let value = or_reference(plan, reference, written);
            quote!(#value.text())
        }
        (_, Type::String) => value,
        (_, Type::Integer | Type::Boolean) => quote!(#value.to_string()),
        (_, Type::StringList | Type::StringMap | Type::MapList) => quote!(#value.text()),
    }
}

fn or_reference(plan: &Plan<'_>, reference: &Reference, written: &str) -> TokenStream {
    match reference {
        Reference::Output(..) | Reference::Variable(..) => {
            let place = stored(plan, reference);
            quote!(or_reference(#place.as_ref(), #written))
        }
        other => owned_reference(plan, other),
    }
}

/// Text with references in it, as one `format!`.
fn text(plan: &Plan<'_>, parts: &[Part]) -> TokenStream {
    text_of(parts, |reference| text_form(plan, reference))
}

fn text_of(parts: &[Part], form: impl Fn(&Reference) -> TokenStream) -> TokenStream {
    let mut format = String::new();
    let mut arguments = Vec::new();
    for part in parts {
        match part {
            Part::Text(text) => format.push_str(&text.replace('{', "{{").replace('}', "}}")),
            Part::Reference(reference) => {
                format.push_str("{}");
                arguments.push(form(reference));
            }
        }
    }
    quote!(format!(#format, #(#arguments),*))
}

/// The text form of a referenced value (spec 3.3), as something that can be displayed.
fn text_form(plan: &Plan<'_>, reference: &Reference) -> TokenStream {
    match (reference, reference.kind()) {
        (Reference::System(variable), _) => system(*variable),
        (Reference::Parameter(parameter, _), _) if plan.choice(*parameter).is_some() => {
            let field = plan.parameter(*parameter);
            quote!(state.parameters.#field.as_str())
        }
        (
            Reference::Output(..) | Reference::Variable(..),
            Type::String | Type::Integer | Type::Boolean,
        ) => required(plan, reference),
        (Reference::Parameter(..), Type::String | Type::Integer | Type::Boolean) => {
            owned_reference(plan, reference)
        }
        (Reference::Output(..) | Reference::Variable(..), _) => {
            let value = required(plan, reference);
            quote!(#value.text())
        }
        (Reference::Parameter(..), _) => {
            let value = owned_reference(plan, reference);
            quote!(#value.text())
        }
    }
}

fn reference_name(plan: &Plan<'_>, expression: &Expression) -> String {
    match expression {
        Expression::Reference(reference) => written(plan, reference),
        Expression::Coerce(inner, _) => reference_name(plan, inner),
        _ => "the value".to_owned(),
    }
}

/// An expression as the runbook writes it.
pub(crate) fn written_expression(plan: &Plan<'_>, expression: &Expression) -> String {
    let braced = |reference| format!("{{{{{}}}}}", written(plan, reference));
    match expression {
        Expression::String(text) => text.clone(),
        Expression::Integer(number) => number.to_string(),
        Expression::Boolean(flag) => flag.to_string(),
        Expression::Reference(reference) => braced(reference),
        Expression::Told(name, _) | Expression::Shared(name, _) => (*name).to_owned(),
        Expression::Coerce(inner, _) => written_expression(plan, inner),
        Expression::Text(parts) => {
            let parts = parts.iter().map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Reference(reference) => braced(reference),
            });
            parts.collect()
        }
    }
}

/// A reference as runbooks mostly write it.
fn braced(plan: &Plan<'_>, reference: &Reference) -> String {
    format!("{{{{ {} }}}}", written(plan, reference))
}

/// A reference as the runbook writes it, without braces.
fn written(plan: &Plan<'_>, reference: &Reference) -> String {
    match reference {
        Reference::Parameter(parameter, _) => plan.runbook.parameter(*parameter).name.clone(),
        Reference::Output(step, output, _) => {
            let name = &plan.runbook.output(*step, *output).name;
            format!("{}.{name}", plan.runbook.step(*step).name)
        }
        Reference::Variable(variable, _) => {
            format!(
                "variable:{}",
                plan.runbook.variable(*variable).declaration.name
            )
        }
        Reference::System(variable) => variable.name().to_owned(),
    }
}

pub(crate) fn integer(number: i64) -> TokenStream {
    let literal = proc_macro2::Literal::i64_unsuffixed(number);
    quote!(#literal)
}
