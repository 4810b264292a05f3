//! Commands: the machine's own Python and PowerShell, and the drivers that hand a script to them.

use serde_json::json;
use tokio::process::Command;

use super::environment::surround;
use super::sandbox::Sandbox;
use super::{Aws, LARGEST_PAYLOAD, LONGEST_LIST, Language, Script};
use crate::value::Document;

/// The name of the script's file, as tracebacks of the service show it.
pub(super) const fn file(language: Language) -> &'static str {
    match language {
        Language::Python => "customer_script.py",
        Language::PowerShell => "customer_script.ps1",
    }
}

/// Loads the script, calls its handler, and writes down what came of it.
const PYTHON_DRIVER: &str = include_str!("driver.py");
const POWERSHELL_DRIVER: &str = include_str!("driver.ps1");

/// The command that runs a script in its sandbox.
pub(super) fn command(script: &Script, aws: &Aws, sandbox: &Sandbox) -> Command {
    let language = script.runtime.language;
    let mut command = Command::new(language.program());
    surround(&mut command, aws);
    command.current_dir(sandbox.folder());
    match language {
        Language::Python => {
            // Nothing of the script stands here: `-c` gets our own text alone.
            command.args(["-c", PYTHON_DRIVER]).arg(sandbox.answer());
        }
        Language::PowerShell => {
            command
                .args(["-NoLogo", "-NoProfile", "-NonInteractive", "-Command"])
                .arg(POWERSHELL_DRIVER)
                .env(
                    "InputPayload",
                    Document::Object(script.payload.clone()).to_string(),
                )
                .env("RUNBOOK_SCRIPT", sandbox.script())
                .env("RUNBOOK_ANSWER", sandbox.answer());
        }
    }
    command
}

/// What a driver reads from its standard input: one line. PowerShell would take a standard input that stays open for its
/// own, so it has the environment instead.
pub(super) fn input(script: &Script) -> Option<String> {
    match script.runtime.language {
        Language::Python => {
            let (module, function) = handler(script);
            let input = json!({
                "folder": ".",
                "module": module,
                "function": function,
                "events": script.payload,
                "context": script.context,
                "longest_list": LONGEST_LIST,
                "largest_payload": LARGEST_PAYLOAD,
            });
            Some(format!("{input}\n"))
        }
        Language::PowerShell => None,
    }
}

/// The module and the function of a handler: those of an attachment name their file, unless the attachment is one alone.
fn handler(script: &Script) -> (&str, &str) {
    let handler = script.handler.as_deref().unwrap_or_default();
    let own = file(script.runtime.language);
    let attached = script
        .attachment
        .as_ref()
        .map(|attachment| &*attachment.name);
    let attached = attached.filter(|name| name.ends_with(".py"));
    let module = match script.text.trim() {
        "" => attached.unwrap_or(own),
        _ => own,
    };
    let module = module.trim_end_matches(".py");
    handler.rsplit_once('.').unwrap_or((module, handler))
}
