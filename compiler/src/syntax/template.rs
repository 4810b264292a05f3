//! Text with references in double braces (spec 3.1).

use std::fmt;

use crate::source::{Span, Spanned};

/// The text of a scalar, split into literal text and references.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// The parts in order; text parts are never empty.
    pub parts: Vec<Part>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Literal text.
    Text(String),
    /// A reference.
    Reference(Placeholder),
}

/// A reference with its braces: `{{ look.state }}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Placeholder {
    /// The whole, braces included.
    pub span: Span,
    /// What is referred to; its span covers the name alone, `look.state`.
    pub name: Spanned<Reference>,
    /// Whether both spans are exact, so that edits may replace them.
    pub exact: bool,
}

/// What a reference names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// `{{ Id }}`
    Parameter(String),
    /// `{{ look.state }}`, and the values of a loop: `{{ each.CurrentIteration }}`
    Output {
        /// The step.
        step: String,
        /// Its output; with dots when the author selects further (`Payload.key`).
        output: String,
    },
    /// `{{ global:REGION }}`: the part behind the colon.
    Global(String),
    /// `{{ automation:EXECUTION_ID }}`: the part behind the colon.
    Automation(String),
    /// `{{ variable:count }}`: the part behind the colon.
    Variable(String),
    /// `{{ ssm:/path/name }}`: the part behind the colon.
    Ssm(String),
}

impl Template {
    /// The reference, when the template is exactly one reference after trimming;
    /// it then keeps the type of what it names (spec 3.3).
    pub fn whole(&self) -> Option<&Placeholder> {
        let mut found = None;
        for part in &self.parts {
            match part {
                Part::Text(text) if text.trim().is_empty() => {}
                Part::Reference(placeholder) if found.is_none() => found = Some(placeholder),
                _ => return None,
            }
        }
        found
    }

    /// The references in order.
    pub fn references(&self) -> impl Iterator<Item = &Placeholder> {
        self.parts.iter().filter_map(|part| match part {
            Part::Reference(placeholder) => Some(placeholder),
            Part::Text(_) => None,
        })
    }

    /// Whether there is no reference in it.
    pub fn is_literal(&self) -> bool {
        self.references().next().is_none()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) => formatter.write_str(name),
            Self::Output { step, output } => write!(formatter, "{step}.{output}"),
            Self::Global(name) => write!(formatter, "global:{name}"),
            Self::Automation(name) => write!(formatter, "automation:{name}"),
            Self::Variable(name) => write!(formatter, "variable:{name}"),
            Self::Ssm(name) => write!(formatter, "ssm:{name}"),
        }
    }
}
