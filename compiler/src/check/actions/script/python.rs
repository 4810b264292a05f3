//! Python scripts: whether they are Python at all, and whether the handler is there and takes two arguments.
//!
//! A reference is put into the text by the service before it is Python. For parsing a name stands in its place, and what
//! is found may be its fault: then nothing is said.

use std::ops::Range;

use super::modules::IN_PYTHON;
use super::payload;
use crate::check::actions::inputs;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, similar};
use crate::document::{Scalar, Step, Value};
use crate::ir::{Language, Runtime};
use crate::source::{Span, Spanned};
use crate::syntax::Part;
use crate::syntax::python::{self, Call, Fault, Function, Module};

/// A script to look at.
pub(super) struct Python<'a> {
    step: &'a Step,
    runtime: Runtime,
    script: &'a Scalar,
    /// `Handler`, where it names a function of the script.
    handler: Option<Spanned<String>>,
}

/// The newest version for which what is too new is certain to fail: the older ones may have been replaced.
const CURRENT: u32 = 10;

impl<'a> Python<'a> {
    /// The inline script of a step, if it has one that is read: with the handler in an attachment nobody reads it, and
    /// published runbooks have stand-ins there.
    pub(super) fn of(step: &'a Step, runtime: Runtime) -> Option<Self> {
        let scalar = |name: &str| inputs::given(step, name).and_then(Value::as_scalar);
        let script = scalar("Script").filter(|script| !script.text().trim().is_empty())?;
        let handler = scalar("Handler").filter(|handler| handler.template.is_literal());
        let attached = inputs::given(step, "Attachment").is_some();
        let elsewhere = handler.is_none_or(|handler| handler.text().contains('.'));
        let handler = handler.filter(|_| !elsewhere).map(|handler| {
            Spanned::new(handler.text().trim().to_owned(), inputs::text_span(handler))
        });
        (runtime.language == Language::Python && !(attached && elsewhere)).then_some(Self {
            step,
            runtime,
            script,
            handler,
        })
    }

    /// The keys that the map may have which the handler returns, where they are certain.
    pub(super) fn keys(&self) -> Option<Vec<String>> {
        let (text, references) = without_references(self.script);
        let minor = u8::try_from(self.runtime.version.1).ok()?;
        let module = python::parse(&text, minor).filter(|_| references.is_empty())?;
        let function = module.function(&self.handler.as_ref()?.value)?;
        let sound = module.fault.is_none() && function.call == Some(Call::WithTwo);
        function.keys.clone().filter(|_| sound)
    }

    /// Reports what is certain to fail; gives the modules that the script imports and that Python does not bring along.
    pub(super) fn check(&self, diagnostics: &mut Diagnostics) -> Vec<String> {
        let (text, references) = without_references(self.script);
        let minor = u8::try_from(self.runtime.version.1).unwrap_or(u8::MAX);
        let Some(module) = python::parse(&text, minor) else {
            return Vec::new();
        };
        if let Some(fault) = &module.fault {
            if is_its_own(fault, &text, &references) {
                diagnostics.push(self.fault(fault, text.trim()));
            }
            if !fault.later {
                return Vec::new();
            }
        }
        if let Some(handler) = &self.handler {
            diagnostics.extend(self.handler(handler, &module, references.is_empty()));
            let certain = module.fault.is_none() && references.is_empty();
            if let Some(function) = module.function(&handler.value).filter(|_| certain) {
                diagnostics.extend(payload::missing(self.step, function, |place| {
                    self.place(place)
                }));
            }
        }
        modules(&module, &references)
    }

    fn fault(&self, fault: &Fault, script: &str) -> Diagnostic {
        let name = &self.step.name;
        let (_, minor) = self.runtime.version;
        let place = self.place(&fault.place);
        if fault.later {
            let message = format!("the script of step `{name}` is no Python 3.{minor}");
            let report = match minor >= CURRENT {
                true => Diagnostic::error(Code::InvalidScript, place, message),
                false => Diagnostic::warning(Code::InvalidScript, place, message),
            };
            return report
                .label(fault.message.clone())
                .help("write it otherwise, or name a later `Runtime`");
        }
        let message = format!("the script of step `{name}` is no Python");
        let report = Diagnostic::error(Code::InvalidScript, place, message);
        if is_path(script) {
            return report
                .label("this looks like the name of a file")
                .help("the script itself stands here, behind `|`; one in a file is an attachment: `Attachment: NAME`, with its checksum under `files`");
        }
        report
            .label(fault.message.clone())
            .help("Python refuses the script before it runs anything of it")
    }

    fn handler(
        &self,
        handler: &Spanned<String>,
        module: &Module,
        complete: bool,
    ) -> Option<Diagnostic> {
        if let Some(function) = module.function(&handler.value) {
            return self.signature(handler, function);
        }
        (complete && module.lacks(&handler.value)).then(|| {
            let message = format!("the script has no function `{handler}`");
            let report = Diagnostic::error(Code::UnknownHandler, handler.span, message)
                .label("the handler of the script");
            let names = || {
                module
                    .functions
                    .iter()
                    .map(|function| function.name.as_str())
            };
            match (
                similar(&handler.value, names()),
                module.functions.as_slice(),
            ) {
                (Some(near), _) => {
                    report.edit(handler.span, near, "a function with a similar name exists")
                }
                (None, [only]) => report
                    .context(self.place(&only.place), "its only function")
                    .edit(handler.span, only.name.clone(), "name its function"),
                (None, _) => report.help(format!("define it: `def {handler}(events, context):`")),
            }
        })
    }

    /// A handler is called with two arguments, by position (spec 5.13).
    fn signature(&self, handler: &Spanned<String>, function: &Function) -> Option<Diagnostic> {
        let (message, label) = match function.call.as_ref()? {
            Call::WithTwo => return None,
            Call::Async => (
                format!("the handler `{handler}` is asynchronous"),
                "its coroutine is never awaited, and is no value".to_owned(),
            ),
            Call::WithKeywords => (
                format!("the handler `{handler}` needs keyword arguments"),
                "it is called with two arguments by position".to_owned(),
            ),
            Call::WithOthers(least, most) => (
                format!("the handler `{handler}` does not take two arguments"),
                format!("it takes {}", arguments(*least, *most)),
            ),
        };
        let report = Diagnostic::error(Code::UnknownHandler, self.place(&function.place), message);
        let report = report.label(label).context(handler.span, "the handler");
        Some(report.help(format!("write `def {handler}(events, context):`")))
    }

    fn place(&self, range: &Range<usize>) -> Span {
        let text = self.script.text();
        // What is missing at the end of the text is missing behind its last character.
        let last = text.trim_end().char_indices().next_back();
        let (start, end) = match last {
            Some((last, character)) if range.start > last => (last, last + character.len_utf8()),
            _ => (range.start, range.end.min(text.len())),
        };
        self.script.source.span_of(start, end)
    }
}

fn arguments(least: usize, most: usize) -> String {
    match (least, most) {
        (least, usize::MAX) => format!("at least {least}"),
        (0, 0) => "none".to_owned(),
        (least, most) if least == most => format!("{least}"),
        (least, most) => format!("{least} to {most}"),
    }
}

/// The text with a name in place of every reference, and where they stand. Lengths stay as they are.
fn without_references(script: &Scalar) -> (String, Vec<Range<usize>>) {
    let mut text = String::with_capacity(script.text().len());
    let mut references = Vec::new();
    let mut rest = script.text();
    for part in &script.template.parts {
        let length = match part {
            Part::Text(text) => text.len(),
            Part::Reference(_) => rest.find("}}").map_or(rest.len(), |end| end + 2),
        };
        let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        match part {
            Part::Text(_) => text.push_str(piece),
            Part::Reference(_) => {
                let start = text.len();
                text.push_str(&"r".repeat(piece.len()));
                references.push(start..text.len());
            }
        }
        rest = after;
    }
    (text, references)
}

/// Whether a fault is there whatever the references become: it stands on a line before the first of them.
fn is_its_own(fault: &Fault, text: &str, references: &[Range<usize>]) -> bool {
    let Some(first) = references.first() else {
        return true;
    };
    let between = text.get(fault.place.end..first.start);
    between.is_some_and(|between| between.contains('\n'))
}

/// The modules that are imported in any case, sorted.
fn modules(module: &Module, references: &[Range<usize>]) -> Vec<String> {
    let touched = |place: &Range<usize>| {
        let mut references = references.iter();
        references.any(|reference| reference.start < place.end && place.start < reference.end)
    };
    let imports = module.imports.iter().filter(|(name, place)| {
        IN_PYTHON.binary_search(&name.as_str()).is_err() && !touched(place)
    });
    let mut names: Vec<String> = imports.map(|(name, _)| name.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// Whether a script is but the name of one.
fn is_path(script: &str) -> bool {
    let endings = [".py", ".ps1", ".sh", ".zip"];
    let is_file = endings.iter().any(|ending| script.ends_with(ending));
    is_file && !script.contains(char::is_whitespace)
}
