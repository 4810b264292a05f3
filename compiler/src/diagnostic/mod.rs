//! What the compiler has to say about a runbook.
//!
//! A [`Diagnostic`] is data: a code, a place, words, and edits that repair. The
//! stages push them into [`Diagnostics`]; [`render`] turns them into text.

mod codes;
mod levels;
pub mod render;
mod similar;

pub use codes::{Code, UnknownCode};
pub use levels::{Level, Levels};
pub use similar::{Near, similar};

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use crate::source::{Source, Span};

/// Whether a runbook can be used in spite of a finding; the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The service would refuse the document, or a step certainly fails.
    Error,
    /// The runbook runs, but perhaps not as its author meant.
    Warning,
    /// The runbook may well be meant so; its author should know what it means.
    Hint,
}

impl Severity {
    /// The word that reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Hint => "hint",
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of finding.
    pub code: Code,
    /// Error, warning or hint.
    pub severity: Severity,
    /// What is wrong, understandable without the source.
    pub message: String,
    /// Where it is wrong.
    pub span: Span,
    /// What is wrong at this very place; may be empty.
    pub label: String,
    /// Other places that belong to the finding.
    pub context: Vec<(Span, String)>,
    /// Places in other files that belong to the finding.
    pub elsewhere: Vec<Elsewhere>,
    /// What to do about it.
    pub help: Vec<String>,
    /// The rule behind it.
    pub notes: Vec<String>,
    /// Ways to repair the text; each of them suffices.
    pub suggestions: Vec<Suggestion>,
}

/// A place in another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The file.
    pub source: Arc<Source>,
    /// The place.
    pub span: Span,
    /// What stands there.
    pub label: String,
}

/// A way to repair the text: changes that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What the changes do, worded like a help.
    pub title: String,
    /// The changes, in the order of their places.
    pub edits: Vec<Edit>,
    /// Whether the author certainly means this, so that it can be applied without a look.
    pub certain: bool,
}

/// A change of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

/// A text that is to replace another one.
#[derive(Clone, Debug)]
pub struct Replacement {
    text: String,
    certain: bool,
}

impl Replacement {
    /// What is certainly meant.
    pub fn certain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            certain: true,
        }
    }
}

impl fmt::Display for Replacement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl From<String> for Replacement {
    fn from(text: String) -> Self {
        Self {
            text,
            certain: false,
        }
    }
}

impl From<&String> for Replacement {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<&str> for Replacement {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Near> for Replacement {
    fn from(near: Near) -> Self {
        Self {
            text: near.to_string(),
            certain: near.is_certain(),
        }
    }
}

impl Diagnostic {
    /// An error.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message.into())
    }

    /// A warning.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message.into())
    }

    /// A hint.
    pub fn hint(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Hint, code, span, message.into())
    }

    fn new(severity: Severity, code: Code, span: Span, message: String) -> Self {
        Self {
            code,
            severity,
            message,
            span,
            label: String::new(),
            context: Vec::new(),
            elsewhere: Vec::new(),
            help: Vec::new(),
            notes: Vec::new(),
            suggestions: Vec::new(),
        }
    }

    /// Says what is wrong at the place itself.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Points at another place that belongs to the finding.
    #[must_use]
    pub fn context(mut self, span: Span, label: impl Into<String>) -> Self {
        self.context.push((span, label.into()));
        self
    }

    /// Points at a place in another file that belongs to the finding.
    #[must_use]
    pub fn elsewhere(mut self, source: &Arc<Source>, span: Span, label: impl Into<String>) -> Self {
        self.elsewhere.push(Elsewhere {
            source: Arc::clone(source),
            span,
            label: label.into(),
        });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Explains the rule.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Offers a change of the text; `title` is worded like a help. It is certain if it is a [`Near`] that is.
    #[must_use]
    pub fn edit(
        self,
        span: Span,
        replacement: impl Into<Replacement>,
        title: impl Into<String>,
    ) -> Self {
        let Replacement { text, certain } = replacement.into();
        self.suggestion([(span, text)], title.into(), certain)
    }

    /// Offers a change of the text that is certainly meant, so that `check --fix` makes it. What the service makes of a
    /// sound runbook must not change by it.
    #[must_use]
    pub fn repair(
        self,
        span: Span,
        replacement: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        self.suggestion([(span, replacement.into())], title.into(), true)
    }

    /// Offers changes of the text that repair it together.
    #[must_use]
    pub fn edits(
        self,
        changes: impl IntoIterator<Item = (Span, String)>,
        title: impl Into<String>,
    ) -> Self {
        self.suggestion(changes, title.into(), false)
    }

    fn suggestion(
        mut self,
        changes: impl IntoIterator<Item = (Span, String)>,
        title: String,
        certain: bool,
    ) -> Self {
        let changes = changes.into_iter();
        let mut edits: Vec<Edit> = changes
            .map(|(span, replacement)| Edit { span, replacement })
            .collect();
        edits.sort_by_key(|edit| edit.span);
        self.suggestions.push(Suggestion {
            title,
            edits,
            certain,
        });
        self
    }

    /// Offers a similar name, if there is one: "a step with a similar name exists".
    /// `kind` carries its article: `"a step"`.
    #[must_use]
    pub fn suggest(self, span: Span, kind: &str, similar: Option<Near>) -> Self {
        match similar {
            Some(name) => self.edit(span, name, format!("{kind} with a similar name exists")),
            None => self,
        }
    }

    /// The rule and what to do, a line each: `note: …`, `help: …`.
    fn remarks(&self) -> impl Iterator<Item = String> {
        let notes = self.notes.iter().map(|note| format!("note: {note}"));
        let help = self.help.iter().map(|help| format!("help: {help}"));
        let offered = self.suggestions.iter().map(Suggestion::words);
        notes
            .chain(help)
            .chain(offered.map(|text| format!("help: {text}")))
    }
}

impl Suggestion {
    /// The suggestion in words: a step with a similar name exists: `verify`.
    pub fn words(&self) -> String {
        let edits = self.edits.iter();
        let replacements: Vec<String> = edits
            .filter(|edit| !edit.replacement.trim().is_empty())
            .map(|edit| format!("`{}`", edit.replacement))
            .collect();
        match replacements.as_slice() {
            [] => self.title.clone(),
            _ => format!("{}: {}", self.title, replacements.join(", ")),
        }
    }
}

/// All findings about one source.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    seen: HashSet<(Code, Span, String)>,
}

impl Diagnostics {
    /// Adds a finding; of the same finding again (an alias read twice, a rule that knows more) the graver one is kept.
    pub fn push(&mut self, diagnostic: impl Into<Diagnostic>) {
        let diagnostic = diagnostic.into();
        let key = (diagnostic.code, diagnostic.span, diagnostic.message.clone());
        if self.seen.insert(key) {
            self.list.push(diagnostic);
            return;
        }
        let same = |other: &&mut Diagnostic| {
            (other.code, other.span) == (diagnostic.code, diagnostic.span)
                && other.message == diagnostic.message
        };
        if let Some(other) = self.list.iter_mut().find(same)
            && diagnostic.severity < other.severity
        {
            *other = diagnostic;
        }
    }

    /// Adds findings.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        diagnostics
            .into_iter()
            .for_each(|diagnostic| self.push(diagnostic));
    }

    /// Drops warnings and hints about the very place of an error, be it with or without the quotes around a value: with
    /// that repaired, they may be pointless.
    pub(crate) fn cut_cascades(&mut self) {
        let errors = self.list.iter().filter(|finding| {
            finding.severity == Severity::Error && finding.span.start < finding.span.end
        });
        let places = errors.flat_map(|finding| {
            let Span { start, end } = finding.span;
            let inside = Span::new(start + 1, end.saturating_sub(1));
            let around = Span::new(start.saturating_sub(1), end + 1);
            [finding.span, inside, around]
        });
        let errors: HashSet<Span> = places.collect();
        self.list.retain(|finding| {
            finding.severity == Severity::Error || !errors.contains(&finding.span)
        });
    }

    /// Whether an error is among them.
    pub fn has_errors(&self) -> bool {
        self.list
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether an error is among those that came after the first `count` findings.
    pub fn has_errors_since(&self, count: usize) -> bool {
        let mut since = self.list.iter().skip(count);
        since.any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The findings in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = self.list.iter().collect();
        sorted.sort_by_key(|diagnostic| diagnostic.span);
        sorted.into_iter()
    }

    /// The findings themselves, in the order of their places.
    pub fn into_vec(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|diagnostic| diagnostic.span);
        self.list
    }
}
