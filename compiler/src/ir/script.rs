//! Scripts: what `aws:executeScript` runs (spec 5.13).

use super::{Data, Expression, Reference};

/// A script of a step.
#[derive(Clone, Debug)]
pub struct Script {
    /// What interprets it.
    pub runtime: Interpreter,
    /// `Handler`; PowerShell has none.
    pub handler: Option<Expression>,
    /// `Script`; nothing where the code is in the attachment.
    pub text: Option<ScriptText>,
    /// `InputPayload`.
    pub payload: Option<Data>,
    /// `Attachment`.
    pub attachment: Option<Attached>,
    /// The modules that it certainly imports and that Python does not bring along, sorted: `boto3`.
    pub modules: Vec<String>,
}

/// `Runtime` of a step.
#[derive(Clone, Debug)]
pub enum Interpreter {
    /// It is written out.
    Known(Runtime),
    /// A String names it at run time.
    Named(Expression),
}

/// `Attachment` of a step: one of [`super::Runbook::attachments`].
#[derive(Clone, Debug)]
pub enum Attached {
    /// The name is written out.
    Known(String),
    /// A String names it at run time: one of these.
    Named(Expression, Vec<String>),
}

impl Attached {
    /// Whether it can be the file of this name.
    pub fn can_be(&self, file: &str) -> bool {
        match self {
            Self::Known(name) => name == file,
            Self::Named(_, names) => names.iter().any(|name| name == file),
        }
    }
}

/// A value of `Runtime`: a language in a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runtime {
    /// The language.
    pub language: Language,
    /// Its version, major and minor.
    pub version: (u32, u32),
}

/// A language of scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Python 3.
    Python,
    /// PowerShell.
    PowerShell,
}

impl Language {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::PowerShell => "PowerShell",
        }
    }
}

/// The text of a script, references included.
#[derive(Clone, Debug)]
pub struct ScriptText {
    /// The text as written.
    pub text: String,
    /// The references in it, in order, each as it is written and what it refers to. What a script cannot refer to is not
    /// among them and stays text.
    pub references: Vec<(String, Reference)>,
}

/// A file of the document that a script uses.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its checksum, in lower case; nothing if the document has none that can be used.
    pub sha256: Option<String>,
    /// Where the document declares it.
    pub span: crate::source::Span,
    /// What is in it; nothing before it was read.
    pub content: Option<Vec<u8>>,
}
