//! Repairs: the certain suggestions of findings, applied to the text until none is left.
//!
//! Everything that no suggestion replaces stays as it is, byte for byte. A text is never made worse: where the result has
//! more errors than the text had, or is no YAML any more, it is given up.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostics, Severity, Suggestion};
use crate::source::{Source, Span};

/// A repair may show what another one hid; more rounds than these would be a circle.
const MOST_ROUNDS: usize = 20;

/// What came of repairing a text.
#[derive(Debug)]
pub struct Fixed {
    /// The text afterwards.
    pub source: Arc<Source>,
    /// What was changed, in the order in which it was.
    pub fixes: Vec<Fix>,
    /// Why there is no more.
    pub given_up: Option<GivenUp>,
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What was found.
    pub code: Code,
    /// Line and column in the text as it was before this change.
    pub place: (usize, usize),
    /// The suggestion in words.
    pub words: String,
}

/// Repairs that were made and taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenUp {
    /// How many errors the text has.
    pub errors: usize,
    /// How many errors it would have had; nothing if it would not have been YAML.
    pub repaired: Option<usize>,
}

/// Repairs texts that are checked together; `check` gives the findings about each of them.
pub fn fix(
    sources: &[Arc<Source>],
    check: impl Fn(&[Arc<Source>]) -> Vec<Diagnostics>,
) -> Vec<Fixed> {
    let found = check(sources);
    let mut repairs: Vec<Repair> = sources
        .iter()
        .zip(&found)
        .map(|(source, found)| Repair::new(source, found))
        .collect();
    let mut found = found;
    for _ in 0..MOST_ROUNDS {
        let mut changed = false;
        for (repair, found) in repairs.iter_mut().zip(&found) {
            changed |= repair.advance(found);
        }
        if !changed {
            break;
        }
        let texts: Vec<Arc<Source>> = repairs
            .iter()
            .map(|repair| Arc::clone(&repair.current))
            .collect();
        found = check(&texts);
        for (repair, found) in repairs.iter_mut().zip(&found) {
            repair.judge(found);
        }
    }
    repairs.into_iter().map(Repair::finish).collect()
}

/// A text on its way.
struct Repair {
    /// The state at the start.
    before: State,
    /// The text of this round.
    current: Arc<Source>,
    /// The changes so far.
    fixes: Vec<Fix>,
    /// The last text that is no worse than the first, and how many of the changes made it.
    good: (Arc<Source>, usize),
    /// The state of the current text.
    now: State,
}

/// How well a text is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    errors: usize,
    legible: bool,
}

impl State {
    fn of(found: &Diagnostics) -> Self {
        let errors = found
            .iter()
            .filter(|finding| finding.severity == Severity::Error);
        Self {
            errors: errors.count(),
            legible: !found
                .iter()
                .any(|finding| finding.code == Code::MalformedYaml),
        }
    }

    const fn is_worse_than(self, other: Self) -> bool {
        self.errors > other.errors || (other.legible && !self.legible)
    }
}

impl Repair {
    fn new(source: &Arc<Source>, found: &Diagnostics) -> Self {
        let state = State::of(found);
        Self {
            before: state,
            current: Arc::clone(source),
            fixes: Vec::new(),
            good: (Arc::clone(source), 0),
            now: state,
        }
    }

    /// Makes the changes of a round; false if there are none.
    fn advance(&mut self, found: &Diagnostics) -> bool {
        let (text, fixes) = apply(&self.current, found);
        if fixes.is_empty() {
            return false;
        }
        self.current = Arc::new(self.current.with_text(text));
        self.fixes.extend(fixes);
        true
    }

    /// Keeps the current text if it is no worse than the first one was.
    fn judge(&mut self, found: &Diagnostics) {
        self.now = State::of(found);
        if !self.now.is_worse_than(self.before) {
            self.good = (Arc::clone(&self.current), self.fixes.len());
        }
    }

    fn finish(self) -> Fixed {
        let (source, kept) = self.good;
        let given_up = (kept < self.fixes.len()).then_some(GivenUp {
            errors: self.before.errors,
            repaired: self.now.legible.then_some(self.now.errors),
        });
        let mut fixes = self.fixes;
        fixes.truncate(kept);
        Fixed {
            source,
            fixes,
            given_up,
        }
    }
}

/// The text with the certain suggestions, the first of those that touch each other.
fn apply(source: &Source, found: &Diagnostics) -> (String, Vec<Fix>) {
    let mut chosen: Vec<(Span, &str)> = Vec::new();
    let mut fixes = Vec::new();
    for finding in found.iter() {
        let mut certain = finding.suggestions.iter().filter(|offer| offer.certain);
        let Some(suggestion) = certain.next() else {
            continue;
        };
        let free = |edit: Span| !chosen.iter().any(|(taken, _)| touch(edit, *taken));
        if !suggestion.edits.iter().all(|edit| free(edit.span)) || !changes(source, suggestion) {
            continue;
        }
        let edits = suggestion.edits.iter();
        chosen.extend(edits.map(|edit| (edit.span, edit.replacement.as_str())));
        fixes.push(Fix {
            code: finding.code,
            place: source.line_column(finding.span.start),
            words: suggestion.words(),
        });
    }
    chosen.sort_unstable_by_key(|(span, _)| *span);
    let mut text = String::with_capacity(source.text.len());
    let mut end = 0;
    for (span, replacement) in chosen {
        text.push_str(source.slice(Span::new(end, span.start)));
        text.push_str(replacement);
        end = span.end;
    }
    text.push_str(source.slice(Span::new(end, source.text.len())));
    (text, fixes)
}

const fn touch(one: Span, other: Span) -> bool {
    one.start <= other.end && other.start <= one.end
}

/// Whether a suggestion's places lie in the text, and it says something else than that.
fn changes(source: &Source, suggestion: &Suggestion) -> bool {
    let inside = |span: Span| source.text.get(span.range()).is_some();
    let mut edits = suggestion.edits.iter();
    edits.clone().all(|edit| inside(edit.span))
        && edits.any(|edit| source.slice(edit.span) != edit.replacement)
}
