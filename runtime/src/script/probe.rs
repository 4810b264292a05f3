//! The probe: tells before the first step what the scripts of a runbook will miss.

use std::process::Stdio;

use serde::Deserialize;
use tokio::process::Command;

use super::environment::surround;
use super::{Aws, Language, Requirement, Runtime};

/// Something worth knowing that need not be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The interpreter has another version than the step asks for.
    OtherVersion {
        /// What the step asks for.
        asked: Runtime,
        /// What the machine has.
        found: Runtime,
    },
}

impl std::fmt::Display for Note {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self::OtherVersion { asked, found } = self;
        write!(
            formatter,
            "scripts for {asked} run with {found}, which is installed here"
        )
    }
}

/// Why scripts cannot run here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// There is no interpreter.
    #[error("`{}` is not installed, which runs scripts in {language}\nhelp: {}", .language.program(), .language.way_to_get())]
    NoInterpreter {
        /// The language of the scripts.
        language: Language,
    },
    /// The interpreter does not work.
    #[error("`{}` does not work: {message}\nhelp: try `{} --version`", .language.program(), .language.program())]
    Broken {
        /// The language of the scripts.
        language: Language,
        /// What it said.
        message: String,
    },
    /// A module is not installed.
    #[error(
        "the script of step `{step}` imports `{module}`, but {python} does not have it\nhelp: {python} -m pip install {module}"
    )]
    NoModule {
        /// The step.
        step: &'static str,
        /// The module.
        module: String,
        /// The interpreter that lacks it.
        python: String,
    },
}

/// What a probing interpreter says about itself.
#[derive(Deserialize)]
struct Found {
    version: (u32, u32),
    #[serde(default)]
    program: String,
    #[serde(default)]
    missing: Vec<String>,
}

/// Finds out whether scripts can run here, in the environment that they will have.
///
/// # Errors
/// When an interpreter or a module is missing.
pub async fn probe(requirements: &[Requirement], aws: &Aws) -> Result<Vec<Note>, ProbeError> {
    let mut notes = Vec::new();
    for language in [Language::Python, Language::PowerShell] {
        let of_language = || {
            requirements
                .iter()
                .filter(move |requirement| requirement.runtime.language == language)
        };
        if of_language().next().is_none() {
            continue;
        }
        let modules: Vec<&str> = of_language()
            .flat_map(|requirement| requirement.modules.iter().copied())
            .collect();
        let found = ask(language, &modules, aws).await?;
        if let Some(module) = found.missing.into_iter().next() {
            let mut importing = of_language();
            let importing = importing.find(|needed| needed.modules.contains(&module.as_str()));
            return Err(ProbeError::NoModule {
                step: importing.map_or("", |needed| needed.step),
                module,
                python: found.program,
            });
        }
        let found = Runtime {
            language,
            version: found.version,
        };
        for requirement in of_language() {
            let asked = requirement.runtime;
            let note = Note::OtherVersion { asked, found };
            if asked != found && !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    Ok(notes)
}

const PYTHON: &str = "\
import importlib.util, json, sys
missing = [name for name in sys.argv[1:] if importlib.util.find_spec(name) is None]
print(json.dumps({'version': sys.version_info[:2], 'program': sys.executable, 'missing': missing}))";

const POWERSHELL: &str = "\
$version = $PSVersionTable.PSVersion
Write-Output \"{`\"version`\": [$($version.Major), $($version.Minor)]}\"";

async fn ask(language: Language, modules: &[&str], aws: &Aws) -> Result<Found, ProbeError> {
    let mut command = Command::new(language.program());
    surround(&mut command, aws);
    match language {
        Language::Python => command.args(["-c", PYTHON]).args(modules),
        Language::PowerShell => {
            command.args(["-NoProfile", "-NonInteractive", "-Command", POWERSHELL])
        }
    };
    command.stdin(Stdio::null()).kill_on_drop(true);
    let broken = |message: String| ProbeError::Broken { language, message };
    let output = command.output().await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ProbeError::NoInterpreter { language },
        _ => broken(error.to_string()),
    })?;
    if !output.status.success() {
        return Err(broken(
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        ));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| broken(error.to_string()))
}
