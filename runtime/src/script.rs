//! Scripts: what `aws:executeScript` runs, as a real process (spec 5.13).
//!
//! Takes a script with its input and gives the value that its handler returned, or why there is none, and what it has
//! printed. Every attempt has a fresh private folder, a cleaned environment and a process group of its own; none of
//! them outlives it. The script's text is a file that the interpreter reads: it never passes through a shell, and the
//! value comes back by a file of its own, since standard output belongs to the script.
//!
//! What a script is, and what it leaves, is data that every program knows; the feature `script` is what runs it.

mod account;
#[cfg(feature = "script")]
mod answer;
mod attachment;
#[cfg(feature = "script")]
mod command;
#[cfg(feature = "script")]
mod environment;
mod error;
mod language;
mod output;
#[cfg(feature = "script")]
mod printing;
#[cfg(feature = "script")]
mod probe;
#[cfg(feature = "script")]
mod process;
#[cfg(feature = "script")]
mod run;
#[cfg(feature = "script")]
mod sandbox;
mod text;
#[cfg(feature = "script")]
mod unpack;

use serde::Serialize;

pub use account::{Aws, Credentials};
pub use attachment::Attachment;
pub use error::ScriptError;
pub use language::{Language, Runtime};
pub use output::{Kept, Output};
#[cfg(feature = "script")]
pub use printing::Printing;
#[cfg(feature = "script")]
pub use probe::{Note, ProbeError, probe};
#[cfg(feature = "script")]
pub use run::{Ending, Run, Surroundings, run};
pub use text::fill;

use crate::decode::{DOCUMENT, Member, Response, Shape};
use crate::effect::{Operation, Repeat};
use crate::value::{InputError, Map};

/// The most that a script may return, in bytes of JSON (spec 5.13).
pub const LARGEST_PAYLOAD: usize = 100 * 1024;

/// The most elements of a returned list; the others are cut off (spec 5.13).
pub const LONGEST_LIST: usize = 100;

/// A script as a step gives it, its references resolved. Serialized it is the step's inputs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Script {
    /// What interprets it.
    pub runtime: Runtime,
    /// `Handler`: `function`, or `file.function` in an attachment. PowerShell has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
    /// `Script`; empty where the code is in the attachment.
    #[serde(rename = "Script", skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// `InputPayload`, which becomes the first argument.
    #[serde(rename = "InputPayload", skip_serializing_if = "Map::is_empty")]
    pub payload: Map,
    /// The second argument: what the service tells a handler about its execution.
    #[serde(skip)]
    pub context: Map,
    /// The file that `Attachment` names, its checksum verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
}

impl Script {
    /// The script, if its language can do with what there is: where `Runtime` or `Attachment` is a reference, no compiler
    /// has seen that.
    ///
    /// # Errors
    /// When something is missing, or cannot be used.
    pub fn checked(self) -> Result<Self, InputError> {
        let language = self.runtime.language;
        let has_text = !self.text.trim().is_empty();
        let problem = match (language, &self.handler) {
            (Language::Python, None) => "a script in Python needs a `Handler`",
            (Language::Python, _) if !has_text && self.attachment.is_none() => {
                "there is neither `Script` nor `Attachment`"
            }
            (Language::PowerShell, Some(_)) => "a script in PowerShell has no `Handler`",
            (Language::PowerShell, _) if !has_text => "a script in PowerShell needs a `Script`",
            _ => return self.with_usable_attachment(),
        };
        Err(InputError::OutOfBounds(problem.to_owned()))
    }

    fn with_usable_attachment(self) -> Result<Self, InputError> {
        let name = self.attachment.as_ref().map(|file| file.name.as_str());
        let ending = name.and_then(|name| Some(name.rsplit_once('.')?.1));
        let endings: &[&str] = match self.runtime.language {
            Language::Python => &["py", "zip"],
            Language::PowerShell => &["zip"],
        };
        match name.filter(|_| ending.is_none_or(|ending| !endings.contains(&ending))) {
            None => Ok(self),
            Some(name) => Err(InputError::OutOfBounds(format!(
                "{} cannot use the attachment `{name}`, but .{} files",
                self.runtime.language,
                endings.join(" and ."),
            ))),
        }
    }
}

/// What the script of a step needs of the machine.
#[derive(Clone, Copy, Debug)]
pub struct Requirement {
    /// The step.
    pub step: &'static str,
    /// The `Runtime` of the step.
    pub runtime: Runtime,
    /// Modules that it imports and that Python does not bring along: `boto3`.
    pub modules: &'static [&'static str],
}

/// What a script is where everything else is an operation of an API.
pub static OPERATION: Operation = Operation {
    service: "aws",
    name: "executeScript",
    response: &ANSWER,
    repeat: Repeat::Unknown,
};

static ANSWER: Response = Response::json(&ROOT);
static ROOT: Shape = Shape::structure(&[Member::new("Payload", &DOCUMENT)]);
