//! One mistake in one runbook.

use runbookc::diagnostic::Diagnostics;
use runbookc::source::{Source, Span};
use runbookc::syntax;

use super::Subject;

/// A change of a runbook's text, and where it should be reported.
#[derive(Clone, Debug, Default)]
pub struct Mutation {
    edits: Vec<(Span, String)>,
    places: Vec<Span>,
}

/// The runbook after the change.
#[derive(Debug)]
pub struct Mutant {
    /// Its text.
    pub text: String,
    /// Where a report is right.
    pub places: Vec<Span>,
    edits: Vec<(Span, usize)>,
}

impl Mutation {
    /// Another text at a place, which is the place of the mistake.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self::default().and(span, text)
    }

    /// Nothing at a place; the mistake is in what stands around it.
    pub fn remove(span: Span, around: Span) -> Self {
        Self {
            edits: vec![(span, String::new())],
            places: vec![around],
        }
    }

    /// A change that is none of the places to report at.
    pub fn silent(span: Span, text: impl Into<String>) -> Self {
        Self {
            edits: vec![(span, text.into())],
            places: Vec::new(),
        }
    }

    /// Another change that belongs to the mistake.
    #[must_use]
    pub fn and(mut self, span: Span, text: impl Into<String>) -> Self {
        self.edits.push((span, text.into()));
        self.places.push(span);
        self
    }

    /// Another change, as [`Mutation::silent`].
    #[must_use]
    pub fn quietly(mut self, span: Span, text: impl Into<String>) -> Self {
        self.edits.push((span, text.into()));
        self
    }

    /// A place of the original where a report is right, too: a use of what is no longer there.
    #[must_use]
    pub fn or_at(mut self, span: Span) -> Self {
        self.places.push(span);
        self
    }

    /// Places of the original where a report is right, too.
    #[must_use]
    pub fn or_at_any(mut self, spans: impl IntoIterator<Item = Span>) -> Self {
        self.places.extend(spans);
        self
    }

    /// Makes the mutant; nothing if the changes cannot be made together, leave no YAML where they should, or are made
    /// where something was wrong before.
    pub fn apply(mut self, subject: &Subject, legible: bool) -> Option<Mutant> {
        self.edits.sort_by_key(|(span, _)| *span);
        let apart = self
            .edits
            .windows(2)
            .all(|pair| pair[0].0.end <= pair[1].0.start);
        let taken = self.edits.iter().any(|(span, _)| {
            let mut found = subject.found.iter();
            found.any(|finding| span.start < finding.span.end && finding.span.start < span.end)
        });
        if !apart || taken {
            return None;
        }
        let original = &subject.source().text;
        let mut text = String::with_capacity(original.len() + 64);
        let mut done = 0;
        for (span, replacement) in &self.edits {
            text.push_str(original.get(done..span.start)?);
            text.push_str(replacement);
            done = span.end;
        }
        text.push_str(original.get(done..)?);
        let edits = self
            .edits
            .iter()
            .map(|(span, text)| (*span, text.len()))
            .collect();
        let mut mutant = Mutant {
            text,
            places: Vec::new(),
            edits,
        };
        mutant.places = self.places.iter().map(|span| mutant.moved(*span)).collect();
        (mutant.text != *original && (!legible || is_legible(&mutant.text))).then_some(mutant)
    }
}

impl Mutant {
    /// Where a place of the original is in the mutant; a replaced place is that of its replacement.
    pub fn moved(&self, span: Span) -> Span {
        let shifted = |offset: usize, whole: bool| {
            let mut moved = offset;
            for (edit, length) in &self.edits {
                if edit.end < offset || (edit.end == offset && whole) {
                    moved = moved + length - (edit.end - edit.start);
                }
            }
            moved
        };
        // What is inserted at an end belongs to the place, at its start only where the place is the insertion.
        let insertion = self.edits.iter().any(|(edit, _)| *edit == span);
        let start = match insertion {
            true => shifted(span.start, false),
            false => shifted(span.start, true),
        };
        Span::new(start, shifted(span.end, true).max(start))
    }
}

fn is_legible(text: &str) -> bool {
    let mut diagnostics = Diagnostics::default();
    syntax::parse(&Source::new("mutant.yaml", text), &mut diagnostics).is_some()
        && !diagnostics.has_errors()
}
