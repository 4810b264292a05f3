//! `Runtime`: the interpreter of a script, by the service's names for it.

use crate::check::actions::inputs;
use crate::check::actions::own::RUNTIMES;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, similar};
use crate::document::Value;
use crate::ir::{Language, Runtime};
use crate::source::Spanned;

/// The newest Python that the documentation of the service knows.
const NEWEST_PYTHON: u32 = 11;

/// The runtime that an input names.
pub(super) fn runtime(value: &Value, diagnostics: &mut Diagnostics) -> Option<Runtime> {
    let name = inputs::literal(value, "Runtime", "the interpreter", diagnostics)?;
    let Some(runtime) = read(&name.value) else {
        diagnostics.push(unknown(&name));
        return None;
    };
    if runtime.language == Language::Python && runtime.version.1 > NEWEST_PYTHON {
        diagnostics.push(newer(&name));
    }
    Some(runtime)
}

/// The runtime of this name.
pub(super) fn read(name: &str) -> Option<Runtime> {
    let power_shell = |version| Runtime {
        language: Language::PowerShell,
        version,
    };
    Some(match name {
        "PowerShell 7.4" => power_shell((7, 4)),
        "PowerShell 7.0" => power_shell((7, 0)),
        "PowerShell Core 6.0" | "dotnetcore2.1" => power_shell((6, 0)),
        _ => Runtime {
            language: Language::Python,
            version: (3, python(name)?),
        },
    })
}

/// The minor version in `python3.11`.
fn python(name: &str) -> Option<u32> {
    let minor = name.strip_prefix("python3.")?;
    let minor = minor.parse().ok().filter(|minor| *minor >= 6);
    minor.filter(|minor| name == format!("python3.{minor}"))
}

fn unknown(name: &Spanned<String>) -> Diagnostic {
    let message = format!("`Runtime` has no value `{name}`");
    let report =
        Diagnostic::error(Code::UnknownEnumValue, name.span, message).label("no such runtime");
    match similar(&name.value, RUNTIMES) {
        Some(near) => report.edit(name.span, near, "a runtime with a similar name exists"),
        None => report.help(format!(
            "write {}",
            inputs::listed(&["python3.11", "PowerShell 7.4"])
        )),
    }
}

fn newer(name: &Spanned<String>) -> Diagnostic {
    let message = format!("the service is not known to have the runtime `{name}`");
    Diagnostic::warning(Code::UnknownEnumValue, name.span, message)
        .label("newer than what is documented")
        .help(format!("`python3.{NEWEST_PYTHON}` is documented"))
}
