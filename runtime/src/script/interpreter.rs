//! Interpreters: the machine's own Python and PowerShell, and the drivers that hand a script to them.

use std::fmt;

use serde_json::json;
use tokio::process::Command;

use super::environment::Aws;
use super::sandbox::Sandbox;
use super::{LARGEST_PAYLOAD, LONGEST_LIST, Script};
use crate::value::Document;

/// A language of scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Language {
    /// Python 3.
    Python,
    /// PowerShell 7.
    PowerShell,
}

/// A value of `Runtime`: a language in a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Runtime {
    /// The language.
    pub language: Language,
    /// Its version, major and minor.
    pub version: (u32, u32),
}

impl Language {
    /// The program that interprets it, which is found by the search path.
    pub const fn program(self) -> &'static str {
        match self {
            Self::Python => "python3",
            Self::PowerShell => "pwsh",
        }
    }

    /// The name of the script's file, as tracebacks of the service show it.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::Python => "customer_script.py",
            Self::PowerShell => "customer_script.ps1",
        }
    }

    /// How to get the interpreter.
    pub(super) const fn way_to_get(self) -> &'static str {
        match self {
            Self::Python => "install Python 3.11, or put the folder of `python3` into PATH",
            Self::PowerShell => "install PowerShell 7, or put the folder of `pwsh` into PATH",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Python => "Python",
            Self::PowerShell => "PowerShell",
        })
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor) = self.version;
        write!(formatter, "{} {major}.{minor}", self.language)
    }
}

/// Loads the script, calls its handler, and writes down what came of it.
const PYTHON_DRIVER: &str = include_str!("driver.py");
const POWERSHELL_DRIVER: &str = include_str!("driver.ps1");

/// The command that runs a script in its sandbox.
pub(super) fn command(script: &Script, aws: &Aws, sandbox: &Sandbox) -> Command {
    let mut command = Command::new(script.language.program());
    aws.surround(&mut command);
    command.current_dir(sandbox.folder());
    match script.language {
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
    match script.language {
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

/// The module and the function of a handler: those of an attachment name their file.
fn handler(script: &Script) -> (&str, &str) {
    let handler = script.handler.as_deref().unwrap_or_default();
    let own = script.language.file().trim_end_matches(".py");
    handler.rsplit_once('.').unwrap_or((own, handler))
}
