//! For people: the source with the finding marked, as rustc shows it.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Diagnostics, Elsewhere, Severity, Suggestion};
use crate::source::{Source, Span};

/// All findings about a source, in the order of their places, with a blank line
/// between them.
pub fn human(source: &Source, diagnostics: &Diagnostics, colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let shown = Shown::new(source);
    let reports = diagnostics.iter().map(|diagnostic| {
        let elsewhere = diagnostic.elsewhere.iter();
        let elsewhere: Vec<(Shown<'_>, &Elsewhere)> = elsewhere
            .map(|place| (Shown::new(&place.source), place))
            .collect();
        let groups = shown.report(diagnostic, &elsewhere);
        renderer.render(&groups) + "\n"
    });
    reports.collect::<Vec<_>>().join("\n")
}

/// The source as it is shown: without a byte order mark, which would take a column.
struct Shown<'source> {
    name: &'source str,
    text: &'source str,
    skipped: usize,
}

impl<'source> Shown<'source> {
    fn new(source: &'source Source) -> Self {
        let text = source.text.trim_start_matches('\u{feff}');
        Self {
            name: &source.name,
            text,
            skipped: source.text.len() - text.len(),
        }
    }

    fn report<'report>(
        &'report self,
        diagnostic: &'report Diagnostic,
        elsewhere: &'report [(Shown<'report>, &'report Elsewhere)],
    ) -> Vec<Group<'report>> {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Hint => Level::NOTE.with_name(Severity::Hint.as_str()),
        };
        let title = level
            .primary_title(diagnostic.message.as_str())
            .id(diagnostic.code.as_str());
        let notes = diagnostic.notes.iter();
        let help = diagnostic.help.iter();
        let main = title
            .element(self.snippet(diagnostic))
            .elements(elsewhere.iter().map(|(shown, place)| shown.place(place)))
            .elements(notes.map(|note| Level::NOTE.message(note.as_str())))
            .elements(help.map(|help| Level::HELP.message(help.as_str())));
        let suggestions = diagnostic.suggestions.iter();
        let patches = suggestions.map(|suggestion| self.patch(suggestion));
        std::iter::once(main).chain(patches).collect()
    }

    fn snippet<'report>(
        &'report self,
        diagnostic: &'report Diagnostic,
    ) -> Snippet<'report, Annotation<'report>> {
        let primary = AnnotationKind::Primary
            .span(self.range(diagnostic.span))
            .label(some(&diagnostic.label));
        let context = diagnostic.context.iter().map(|(span, label)| {
            AnnotationKind::Context
                .span(self.range(*span))
                .label(some(label))
        });
        Snippet::source(self.text)
            .path(self.name)
            .annotation(primary)
            .annotations(context)
    }

    /// A place in another file.
    fn place<'report>(
        &'report self,
        place: &'report Elsewhere,
    ) -> Snippet<'report, Annotation<'report>> {
        let annotation = AnnotationKind::Context
            .span(self.range(place.span))
            .label(some(&place.label));
        Snippet::source(self.text)
            .path(self.name)
            .annotation(annotation)
    }

    fn patch<'report>(&'report self, suggestion: &'report Suggestion) -> Group<'report> {
        let edits = suggestion.edits.iter();
        let patches =
            edits.map(|edit| Patch::new(self.range(edit.span), edit.replacement.as_str()));
        Level::HELP
            .secondary_title(suggestion.title.as_str())
            .element(Snippet::source(self.text).path(self.name).patches(patches))
    }

    /// A range that lies inside the text, on the borders of characters.
    fn range(&self, span: Span) -> Range<usize> {
        let start = self.border(span.start);
        let end = self.border(span.end).max(start);
        start..end
    }

    fn border(&self, offset: usize) -> usize {
        let offset = offset.saturating_sub(self.skipped).min(self.text.len());
        (0..=offset)
            .rev()
            .find(|offset| self.text.is_char_boundary(*offset))
            .unwrap_or(0)
    }
}

fn some(label: &str) -> Option<&str> {
    Some(label).filter(|label| !label.is_empty())
}
