//! `scripts.rs`: the texts of scripts and their attachments; and what a step says of its script.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::data::data_with;
use super::expression::{borrowed_text, data_or_reference, integer, owned, text_or_reference};
use super::plan::{Plan, StepNames};
use crate::ir::{Attached, Attachment, Data, Interpreter, Language, Runtime, Script, Step, Work};

/// The items of `scripts.rs`; none if the runbook has no scripts.
pub(crate) fn items(plan: &Plan<'_>) -> Vec<TokenStream> {
    let texts = scripts(plan).filter_map(|(step, names, script)| {
        let text = raw(&script.text.as_ref()?.text);
        let (name, doc) = (&names.script, format!(" The script of `{}`.", step.name));
        Some(quote! {
            #[doc = #doc]
            pub static #name: &str = #text;
        })
    });
    let attachments = plan.runbook.attachments.iter();
    let attachments = attachments.zip(&plan.attachments).map(attachment);
    let import = (!plan.attachments.is_empty()).then(|| {
        quote!(
            use runbook_runtime::script::Attachment;
        )
    });
    let by_name = by_name(plan);
    let import = import.into_iter().chain(by_name.is_some().then(|| {
        quote!(
            use runbook_runtime::value::InputError;
        )
    }));
    let items = import.chain(texts).chain(attachments);
    items.chain(by_name).collect()
}

/// Whether the runbook has scripts.
pub(crate) fn has_scripts(plan: &Plan<'_>) -> bool {
    scripts(plan).next().is_some()
}

/// Whether there is a `scripts.rs`.
pub(crate) fn has_texts(plan: &Plan<'_>) -> bool {
    scripts(plan).any(|(_, _, script)| script.text.is_some() || script.attachment.is_some())
}

/// What the scripts need of the machine, as the associated constant of the runbook.
pub(crate) fn requirements(plan: &Plan<'_>) -> Option<TokenStream> {
    let requirements = scripts(plan).filter_map(|(step, _, script)| {
        // What a step will name is not asked for before.
        let Interpreter::Known(known) = script.runtime else {
            return None;
        };
        let (name, runtime, modules) = (&step.name, runtime(known), &script.modules);
        Some(quote! {
            script::Requirement {
                step: #name,
                runtime: #runtime,
                modules: &[#(#modules),*],
            }
        })
    });
    has_scripts(plan).then(|| {
        quote! {
            const SCRIPTS: &'static [script::Requirement] = &[#(#requirements),*];
        }
    })
}

/// The effect of a step that runs a script.
pub(crate) fn effect(plan: &Plan<'_>, script: &Script, names: &StepNames) -> TokenStream {
    let runtime = match &script.runtime {
        Interpreter::Known(known) => runtime(*known),
        Interpreter::Named(name) => {
            let name = borrowed_text(plan, name);
            quote!(script::Runtime::named(#name)?)
        }
    };
    let handler = match &script.handler {
        None => quote!(None),
        Some(handler) => {
            let handler = owned(plan, handler);
            quote!(Some(#handler))
        }
    };
    let text = text(plan, script, names);
    let payload = match &script.payload {
        None => quote!(Map::new()),
        Some(Data::Map(entries)) => {
            let entries = entries.iter().map(|(key, value)| {
                let value = data_with(value, &|value| data_or_reference(plan, value));
                quote!((#key, #value))
            });
            quote!(map([#(#entries),*]))
        }
        Some(Data::Expression(expression)) => owned(plan, expression),
        Some(other) => unreachable!("the checker takes maps alone, not {other:?}"),
    };
    let attachment = match &script.attachment {
        None => quote!(None),
        Some(Attached::Known(name)) => {
            let name = attachment_name(plan, name);
            quote!(Some(scripts::#name()))
        }
        Some(Attached::Named(name, _)) => {
            let name = borrowed_text(plan, name);
            quote!(Some(scripts::attachment(#name)?))
        }
    };
    let checked = is_named(script).then(|| quote!(.checked()?));
    quote! {
        Effect::call(Script {
            runtime: #runtime,
            handler: #handler,
            text: #text,
            payload: #payload,
            context: state.context.variables(),
            attachment: #attachment,
        } #checked)
    }
}

/// Whether what the script is depends on values that are known at run time only.
fn is_named(script: &Script) -> bool {
    matches!(script.runtime, Interpreter::Named(_))
        || matches!(script.attachment, Some(Attached::Named(..)))
}

fn text(plan: &Plan<'_>, script: &Script, names: &StepNames) -> TokenStream {
    let name = &names.script;
    match &script.text {
        None => quote!(String::new()),
        Some(text) if text.references.is_empty() => quote!(scripts::#name.into()),
        Some(text) => {
            let values = text.references.iter().map(|(written, reference)| {
                let value = text_or_reference(plan, reference, written);
                quote!((#written, #value))
            });
            quote!(script::fill(scripts::#name, [#(#values),*]))
        }
    }
}

fn runtime(runtime: Runtime) -> TokenStream {
    let (major, minor) = runtime.version;
    let (major, minor) = (integer(major.into()), integer(minor.into()));
    match runtime.language {
        Language::Python => quote!(script::Runtime::python(#major, #minor)),
        Language::PowerShell => quote!(script::Runtime::power_shell(#major, #minor)),
    }
}

fn scripts<'a>(plan: &'a Plan<'_>) -> impl Iterator<Item = (&'a Step, &'a StepNames, &'a Script)> {
    plan.named_steps()
        .filter_map(|(step, names)| match &step.work {
            Work::Script(script) => Some((step, names, script)),
            _ => None,
        })
}

/// The function that gives an attachment.
fn attachment_name<'a>(plan: &'a Plan<'_>, wanted: &str) -> &'a Ident {
    let mut named = plan.runbook.attachments.iter().zip(&plan.attachments);
    let found = named.find_map(|(attachment, name)| (attachment.name == *wanted).then_some(name));
    found.unwrap_or_else(|| unreachable!("what a script uses is carried"))
}

/// The function that finds an attachment by its name, if a step needs it.
fn by_name(plan: &Plan<'_>) -> Option<TokenStream> {
    let mut steps = scripts(plan);
    steps.find(|(_, _, script)| matches!(script.attachment, Some(Attached::Named(..))))?;
    let files = plan.runbook.attachments.iter().map(|file| &file.name);
    let arms = files.clone().zip(&plan.attachments);
    let arms = arms.map(|(file, name)| quote!(#file => Ok(#name())));
    Some(quote! {
        /// The attachment of this name.
        ///
        /// # Errors
        /// When the document has no such file.
        pub fn attachment(name: &str) -> Result<Attachment, InputError> {
            match name {
                #(#arms,)*
                other => Err(Attachment::unknown(other, &[#(#files),*])),
            }
        }
    })
}

/// A function that gives an attachment: its text where it is one, else its bytes in base64.
fn attachment((attachment, name): (&Attachment, &Ident)) -> TokenStream {
    let file = &attachment.name;
    let content = attachment.content.as_deref();
    let made = match content.map(|content| (content, std::str::from_utf8(content))) {
        None => quote!(Attachment::absent(#file)),
        Some((_, Ok(text))) => {
            let text = raw(text);
            quote!(Attachment::text(#file, #text))
        }
        Some((content, Err(_))) => {
            let text = raw(&base64(content));
            quote!(Attachment::base64(#file, #text))
        }
    };
    let doc = format!(" The attachment `{file}`.");
    quote! {
        #[doc = #doc]
        pub fn #name() -> Attachment {
            #made
        }
    }
}

/// A text as a literal that shows it as it is, over as many lines as it has; where Rust cannot, with escapes.
fn raw(text: &str) -> Literal {
    let bare_return = text.replace("\r\n", "").contains('\r');
    let fences = (0..=text.len()).map(|count| "#".repeat(count));
    let fence = fences
        .into_iter()
        .find(|fence| !text.contains(&format!("\"{fence}")));
    let literal = fence.filter(|_| !bare_return && !text.contains("\r\n"));
    let literal = literal.and_then(|fence| format!("r{fence}\"{text}\"{fence}").parse().ok());
    literal.unwrap_or_else(|| Literal::string(text))
}

/// Base64 in lines of 76 characters.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4 + bytes.len() / 57);
    for (index, group) in bytes.chunks(3).enumerate() {
        if index > 0 && index % 19 == 0 {
            text.push('\n');
        }
        let mut bits = [0_u8; 4];
        for (place, byte) in bits.iter_mut().skip(1).zip(group) {
            *place = *byte;
        }
        let bits = u32::from_be_bytes(bits);
        for position in 0..4_usize {
            let digit = (bits >> (18 - 6 * position)) & 63;
            let character = ALPHABET.get(digit as usize).copied().unwrap_or(b'=');
            text.push(if position > group.len() {
                '='
            } else {
                character.into()
            });
        }
    }
    text
}
