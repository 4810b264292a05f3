//! Text with references in double braces (spec 3.1).

use std::fmt;

use crate::source::Span;
use crate::source::Spanned;
use crate::syntax::scalar::Scalar;

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
    /// Splits the text of a scalar. Braces around something that is no name stay
    /// text, and so do names with an unknown prefix: `{{resolve:…}}` belongs to
    /// CloudFormation.
    pub fn parse(scalar: &Scalar) -> Self {
        let text = scalar.text.as_str();
        let mut parts = Vec::new();
        let mut done = 0;
        let mut from = 0;
        while let Some(start) = find(text, "{{", from) {
            let Some(found) = Braces::at(text, start) else {
                // In `{{{x}}}` the reference begins at the second brace.
                from = start + 1;
                continue;
            };
            push_text(&mut parts, text, done, start);
            done = found.end;
            from = found.end;
            parts.push(Part::Reference(found.placeholder(scalar, start)));
        }
        push_text(&mut parts, text, done, text.len());
        Self { parts }
    }

    /// Whether a text that is no scalar of its own, such as a key, holds a reference.
    pub fn has_reference(text: &str) -> bool {
        let starts = text.match_indices("{{").map(|(start, _)| start);
        starts
            .into_iter()
            .any(|start| Braces::at(text, start).is_some())
    }

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

/// A reference found in a text.
struct Braces {
    name: std::ops::Range<usize>,
    end: usize,
    reference: Reference,
}

impl Braces {
    fn at(text: &str, start: usize) -> Option<Self> {
        let inner_start = start + 2;
        let rest = text.get(inner_start..)?;
        let inner_end = inner_start + rest.find(['{', '}'])?;
        let inner = text.get(inner_start..inner_end)?;
        if !text.get(inner_end..)?.starts_with("}}") {
            return None;
        }
        let name = inner.trim();
        let name_start = inner_start + (inner.len() - inner.trim_start().len());
        Some(Self {
            name: name_start..name_start + name.len(),
            end: inner_end + 2,
            reference: reference(name)?,
        })
    }

    fn placeholder(self, scalar: &Scalar, start: usize) -> Placeholder {
        let name = scalar.span_of(self.name.start, self.name.end);
        Placeholder {
            span: scalar.span_of(start, self.end),
            name: Spanned::new(self.reference, name),
            exact: scalar.origin.is_exact(),
        }
    }
}

fn find(text: &str, pattern: &str, from: usize) -> Option<usize> {
    Some(from + text.get(from..)?.find(pattern)?)
}

fn push_text(parts: &mut Vec<Part>, text: &str, start: usize, end: usize) {
    if let Some(text) = text.get(start..end).filter(|text| !text.is_empty()) {
        parts.push(Part::Text(text.to_owned()));
    }
}

/// What a name between braces refers to; `None` for other text.
pub(crate) fn reference(name: &str) -> Option<Reference> {
    if let Some((prefix, name)) = name.split_once(':') {
        return prefixed(prefix, name);
    }
    match name.split_once('.') {
        Some((step, output)) => {
            let segments = output.split('.').all(|segment| is_word(segment, "-"));
            (is_word(step, "") && segments).then(|| Reference::Output {
                step: step.to_owned(),
                output: output.to_owned(),
            })
        }
        None => is_word(name, "").then(|| Reference::Parameter(name.to_owned())),
    }
}

fn prefixed(prefix: &str, name: &str) -> Option<Reference> {
    let (kind, punctuation): (fn(String) -> Reference, &str) = match prefix {
        "global" => (Reference::Global, "-."),
        "automation" => (Reference::Automation, "-."),
        "variable" => (Reference::Variable, "-."),
        "ssm" => (Reference::Ssm, "-./:"),
        _ => return None,
    };
    is_word(name, punctuation).then(|| kind(name.to_owned()))
}

/// Letters, digits, `_` and the given punctuation, at least one of them.
fn is_word(text: &str, punctuation: &str) -> bool {
    let fits =
        |next: char| next.is_ascii_alphanumeric() || next == '_' || punctuation.contains(next);
    !text.is_empty() && text.chars().all(fits)
}
