//! `Runtime`: the interpreter of a script, by the service's names for it.

use super::named::Named;
use crate::check::actions::inputs;
use crate::check::actions::own::RUNTIMES;
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, similar};
use crate::document::Value;
use crate::ir::{Interpreter, Language, Runtime};
use crate::source::Spanned;

/// The newest Python that the documentation of the service knows.
const NEWEST_PYTHON: u32 = 11;

/// What interprets a script.
pub(super) struct Interpreted {
    pub(super) interpreter: Interpreter,
    /// Its runtime as far as it is known when compiling: of several versions of Python the newest.
    pub(super) runtime: Option<Runtime>,
}

/// The runtime that an input names.
pub(super) fn runtime(
    value: &Value,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Interpreted> {
    let referenced = value
        .as_scalar()
        .filter(|scalar| !scalar.template.is_literal());
    if let Some(scalar) = referenced {
        let named = inputs::text(value, "Runtime", scope, diagnostics)?;
        let values = Named::of(scalar, scope).right(read, unknown, diagnostics);
        return Some(Interpreted {
            interpreter: Interpreter::Named(named),
            runtime: values.and_then(newest),
        });
    }
    let name = inputs::literal(value, "Runtime", "the interpreter", diagnostics)?;
    let Some(runtime) = read(&name.value) else {
        diagnostics.push(unknown(&name));
        return None;
    };
    if runtime.language == Language::Python && runtime.version.1 > NEWEST_PYTHON {
        diagnostics.push(newer(&name));
    }
    Some(Interpreted {
        interpreter: Interpreter::Known(runtime),
        runtime: Some(runtime),
    })
}

/// The newest of several runtimes, if all are for one language.
fn newest(runtimes: Vec<Runtime>) -> Option<Runtime> {
    let newest = *runtimes.iter().max_by_key(|runtime| runtime.version)?;
    let alike = |runtime: &Runtime| runtime.language == newest.language;
    runtimes.iter().all(alike).then_some(newest)
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
    if let Some(same) = power_shell_of_same_version(&name.value) {
        return report.edit(
            name.span,
            same,
            "the runtime of this version is called otherwise",
        );
    }
    match similar(&name.value, RUNTIMES) {
        Some(near) => report.edit(name.span, near, "a runtime with a similar name exists"),
        None => report.help("write `python3.11` or `PowerShell 7.4`"),
    }
}

/// One `Core` more or less tells nothing, but the version does.
fn power_shell_of_same_version(name: &str) -> Option<&'static str> {
    let (shell, version) = name.rsplit_once(' ')?;
    let is_shell = shell.to_ascii_lowercase().starts_with("powershell");
    let mut runtimes = RUNTIMES.into_iter().filter(|_| is_shell);
    runtimes.find(|runtime| {
        runtime
            .rsplit_once(' ')
            .is_some_and(|(_, known)| known == version)
    })
}

fn newer(name: &Spanned<String>) -> Diagnostic {
    let message = format!("the service is not known to have the runtime `{name}`");
    Diagnostic::warning(Code::UnknownEnumValue, name.span, message)
        .label("newer than what is documented")
        .help(format!("`python3.{NEWEST_PYTHON}` is documented"))
}
