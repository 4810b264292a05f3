//! `aws:executeScript`: Python or PowerShell, inline or from an attachment (spec 5.13).

#[cfg(feature = "python")]
mod modules;
mod named;
#[cfg(feature = "python")]
mod payload;
#[cfg(feature = "python")]
mod python;
mod runtime;

use super::data;
use super::inputs;
use crate::check::references;
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, similar};
use crate::document::{Scalar, Step, Value, ValueKind};
use crate::ir::{Attached, Language, Runtime, Script, ScriptText, Work};
use crate::source::Spanned;
use crate::syntax::{Part, Placeholder};
use named::Named;

/// Checks the inputs of a step.
pub(super) fn execute(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    let before = diagnostics.len();
    let known = inputs::all_known(step, diagnostics) && step.inputs_known;
    if known {
        inputs::required(step, "Runtime", diagnostics);
    }
    let settings = scope.exact();
    let interpreted = inputs::given(step, "Runtime")
        .and_then(|value| runtime::runtime(value, &settings, diagnostics));
    let text = inputs::given(step, "Script").map(|value| text(value, scope, diagnostics));
    let handler = inputs::given(step, "Handler")
        .map(|value| inputs::text(value, "Handler", &settings, diagnostics));
    let payload = inputs::given(step, "InputPayload")
        .map(|value| data::map(value, "InputPayload", scope, diagnostics));
    let attachment =
        inputs::given(step, "Attachment").map(|value| attachment(value, &settings, diagnostics));
    let runtime = interpreted.as_ref().and_then(|known| known.runtime);
    if let Some(runtime) = runtime.filter(|_| known) {
        demands(step, runtime.language, diagnostics);
        if let (Some(Some(Attached::Known(name))), Some(value)) =
            (&attachment, inputs::given(step, "Attachment"))
        {
            diagnostics.extend(useless(name, value, runtime.language));
        }
    }
    let modules = match runtime {
        Some(runtime) => modules(step, runtime, diagnostics),
        None => Vec::new(),
    };
    let sound = !diagnostics.has_errors_since(before);
    let script = Script {
        runtime: interpreted?.interpreter,
        handler: optional(handler)?,
        text: optional(text)?.filter(|text| !text.text.trim().is_empty()),
        payload: optional(payload)?,
        attachment: optional(attachment)?,
        modules,
    };
    (sound && step.inputs_known).then_some(Work::Script(script))
}

/// Looks into a script in Python; gives the modules that it imports.
#[cfg(feature = "python")]
fn modules(step: &Step, runtime: Runtime, diagnostics: &mut Diagnostics) -> Vec<String> {
    let python = python::Python::of(step, runtime);
    let modules = python.map(|python| python.check(diagnostics));
    // What lies in an attachment need not be installed.
    let modules = modules.filter(|_| inputs::given(step, "Attachment").is_none());
    modules.unwrap_or_default()
}

/// The keys that the map may have which a script returns, where they are certain.
#[cfg(feature = "python")]
pub(super) fn keys(step: &Step) -> Option<Vec<String>> {
    let runtime = inputs::given(step, "Runtime")?.as_scalar()?;
    python::Python::of(step, runtime::read(runtime.text().trim())?)?.keys()
}

#[cfg(not(feature = "python"))]
pub(super) fn keys(_: &Step) -> Option<Vec<String>> {
    None
}

#[cfg(not(feature = "python"))]
fn modules(_: &Step, _: Runtime, _: &mut Diagnostics) -> Vec<String> {
    Vec::new()
}

/// What is given, if it is right; nothing at all if it is not.
fn optional<T>(given: Option<Option<T>>) -> Option<Option<T>> {
    match given {
        Some(None) => None,
        Some(Some(value)) => Some(Some(value)),
        None => Some(None),
    }
}

/// The text of a script. A reference that cannot be resolved, for which there was a warning, stays as it is written.
fn text(value: &Value, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<ScriptText> {
    let ValueKind::Scalar(scalar) = &value.kind else {
        return inputs::reported(value, "Script", "a text", scope, diagnostics);
    };
    let mut sound = true;
    let mut referenced = Vec::new();
    for (written, placeholder) in written_references(scalar) {
        let before = diagnostics.len();
        let resolved = references::resolve(placeholder, scope, diagnostics);
        sound &= !diagnostics.has_errors_since(before);
        referenced.extend(resolved.reference.map(|reference| (written, reference)));
    }
    let text = scalar.text().to_owned();
    sound.then_some(ScriptText {
        text,
        references: referenced,
    })
}

/// The references in a text, each as it is written there.
fn written_references(scalar: &Scalar) -> impl Iterator<Item = (String, &Placeholder)> {
    let parts = &scalar.template.parts;
    let mut rest = scalar.text();
    parts.iter().filter_map(move |part| {
        let placeholder = match part {
            Part::Text(text) => {
                rest = rest.get(text.len()..).unwrap_or_default();
                return None;
            }
            Part::Reference(placeholder) => placeholder,
        };
        // A name holds no braces.
        let end = rest.find("}}").map_or(rest.len(), |end| end + 2);
        let (written, after) = rest.split_at_checked(end)?;
        rest = after;
        Some((written.to_owned(), placeholder))
    })
}

/// `Attachment`: the name of a file of the document.
fn attachment(value: &Value, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Attached> {
    let files: Vec<&str> = scope
        .document
        .files
        .iter()
        .map(|file| file.name.value.as_str())
        .collect();
    let find = |name: &str| files.contains(&name).then(|| name.to_owned());
    let report = |name: &Spanned<String>| no_such_file(name, scope);
    let referenced = value
        .as_scalar()
        .filter(|scalar| !scalar.template.is_literal());
    if let Some(scalar) = referenced {
        let named = inputs::text(value, "Attachment", scope, diagnostics)?;
        let values = Named::of(scalar, scope).right(find, report, diagnostics);
        if files.is_empty() {
            diagnostics.push(no_files(value));
        }
        let all = || files.iter().map(|&name| name.to_owned()).collect();
        return Some(Attached::Named(named, values.unwrap_or_else(all)));
    }
    let why = "what is put into the binary";
    let name = inputs::literal(value, "Attachment", why, diagnostics)?;
    let found = find(&name.value);
    if found.is_none() {
        diagnostics.push(report(&name));
    }
    found.map(Attached::Known)
}

fn no_files(value: &Value) -> Diagnostic {
    let message = "the document has no `files`, so `Attachment` can name none";
    Diagnostic::error(Code::UnknownAttachment, value.span, message)
        .label("never a file of the document")
        .help("declare them: `files: {NAME: {checksums: {sha256: …}}}` at the top of the document")
}

fn no_such_file(name: &Spanned<String>, scope: &Scope<'_>) -> Diagnostic {
    let names = || {
        scope
            .document
            .files
            .iter()
            .map(|file| file.name.value.as_str())
    };
    let message = format!("the document has no file `{name}`");
    let report =
        Diagnostic::error(Code::UnknownAttachment, name.span, message).label("not among `files`");
    match similar(&name.value, names()) {
        Some(near) => report.edit(name.span, near, "a file with a similar name exists"),
        None => report.help(format!(
            "declare it: `files: {{{name}: {{checksums: {{sha256: …}}}}}}` at the top of the document"
        )),
    }
}

/// An attachment that a language cannot use (spec 1.3).
fn useless(name: &str, value: &Value, language: Language) -> Option<Diagnostic> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let usable = match language {
        Language::Python => ["py", "zip"].contains(&ending),
        Language::PowerShell => ending == "zip",
    };
    let message = format!("{} cannot use the attachment `{name}`", language.name());
    let report = Diagnostic::error(Code::UnusableAttachment, value.span, message);
    let report = report
        .label("not a file that it takes")
        .help(match language {
            Language::Python => "attach a `.py` file, or a `.zip` of them",
            Language::PowerShell => "attach a `.zip` file",
        });
    (!usable).then_some(report)
}

/// What each language demands.
fn demands(step: &Step, language: Language, diagnostics: &mut Diagnostics) {
    let given = |name: &str| inputs::given(step, name);
    let text = given("Script").filter(|value| !is_blank(value));
    match (language, text, given("Attachment")) {
        (Language::Python, None, None) => diagnostics.push(no_code(step)),
        (Language::PowerShell, None, _) => diagnostics.push(missing(
            step,
            "Script",
            "an attachment of PowerShell only lies beside its `Script`",
        )),
        _ => {}
    }
    let literal = |value: Option<&Value>| {
        let scalar = value?.as_scalar()?;
        let text = inputs::text_span(scalar);
        (scalar.template.is_literal()).then(|| Spanned::new(scalar.text().trim().to_owned(), text))
    };
    if let (Language::Python, None, Some(attachment), Some(handler)) = (
        language,
        text,
        literal(given("Attachment")),
        literal(given("Handler")),
    ) {
        diagnostics.extend(without_file(&attachment.value, &handler));
    }
    if let (Language::Python, Some(_), None, Some(handler)) = (
        language,
        text,
        given("Attachment"),
        literal(given("Handler")),
    ) {
        diagnostics.extend(in_no_file(&handler));
    }
    match (language, given("Handler")) {
        (Language::Python, None) => diagnostics.push(missing(
            step,
            "Handler",
            "name the function to call, as in `Handler: handler`",
        )),
        (Language::PowerShell, Some(handler)) => {
            let message = format!("step `{}` gives a `Handler` to PowerShell", step.name);
            diagnostics.push(
                Diagnostic::error(Code::UnknownInput, handler.span, message)
                    .label("only Python has handlers")
                    .help("remove it: what `return` gives in the script is the payload"),
            );
        }
        _ => {}
    }
}

/// A handler in an archive that does not say in which of its files it is.
fn without_file(attachment: &str, handler: &Spanned<String>) -> Option<Diagnostic> {
    let message = format!("the handler `{handler}` names no file of `{attachment}`");
    let report = Diagnostic::error(Code::UnknownHandler, handler.span, message)
        .label("in which file is it?")
        .help(format!("write `file.{handler}`, the file without `.py`"));
    (attachment.ends_with(".zip") && !handler.value.contains('.')).then_some(report)
}

/// A handler in a file, where there is only the script: Lambda functions are named so.
fn in_no_file(handler: &Spanned<String>) -> Option<Diagnostic> {
    let (file, function) = handler.value.rsplit_once('.')?;
    let message = format!("the handler `{handler}` is in a file, but the step has no attachment");
    Some(
        Diagnostic::error(Code::UnknownHandler, handler.span, message)
            .label(format!("there is no file `{file}`"))
            .edit(
                handler.span,
                function,
                "name the function of the script alone",
            ),
    )
}

fn is_blank(value: &Value) -> bool {
    value
        .as_scalar()
        .is_some_and(|scalar| scalar.text().trim().is_empty())
}

fn no_code(step: &Step) -> Diagnostic {
    let message = format!(
        "step `{}` gives neither `Script` nor `Attachment`",
        step.name
    );
    Diagnostic::error(Code::MissingInput, inputs::place(step), message)
        .label("there is nothing to run")
        .help("write the Python under `Script: |`")
}

fn missing(step: &Step, name: &str, help: &str) -> Diagnostic {
    if let Some(key) = inputs::meant(step, name) {
        return inputs::misspelt(step, key, name);
    }
    let message = format!("step `{}` does not give `{name}`", step.name);
    Diagnostic::error(Code::MissingInput, inputs::place(step), message)
        .label(format!("`{name}` is missing"))
        .help(help)
}
