//! Mistakes in scripts, and between a script and its step.

use runbookc::source::Span;
use runbookc::syntax::Scalar;

use crate::mutants::spelling::misspelt;
use crate::mutants::subject::{Step, entries, inner, literal, names};
use crate::mutants::{Mutation, Subject};

const RUNTIMES: [&str; 8] = [
    "python3.6",
    "python3.7",
    "python3.8",
    "python3.9",
    "python3.10",
    "python3.11",
    "PowerShell Core 6.0",
    "PowerShell 7.0",
];

/// A step with a script in Python.
struct Python<'a> {
    step: Step<'a>,
    script: &'a Scalar,
}

impl Python<'_> {
    /// The places of a text in the script.
    fn all(&self, text: &str) -> Vec<Span> {
        let found = self.script.text.match_indices(text);
        found
            .map(|(index, _)| self.script.span_of(index, index + text.len()))
            .collect()
    }
}

pub(super) fn colon(subject: &Subject) -> Vec<Mutation> {
    scripts(subject, |python| {
        // The parser sees it at the end of the line, or on the next one.
        let ends = python.all("):\n").into_iter();
        ends.map(|span| {
            let colon = Span::new(span.start + 1, span.start + 2);
            Mutation::remove(colon, around(subject, colon))
        })
        .collect()
    })
}

pub(super) fn parenthesis(subject: &Subject) -> Vec<Mutation> {
    scripts(subject, |python| {
        let ends = python.all(")\n").into_iter();
        // A parenthesis that stays open takes in what follows, to the end of the script.
        let end = python.script.inner_span().end;
        ends.map(|span| {
            let closing = Span::new(span.start, span.start + 1);
            Mutation::remove(closing, Span::new(line_start(subject, closing.start), end))
        })
        .collect()
    })
}

pub(super) fn indented(subject: &Subject) -> Vec<Mutation> {
    scripts(subject, |python| {
        let lines = python
            .all("\n    return ")
            .into_iter()
            .chain(python.all("\n    import "));
        let lines = lines.map(|span| Span::at(span.end - "return ".len()));
        lines
            .map(|place| Mutation::replace(place, "   ").or_at(around(subject, place)))
            .collect()
    })
}

pub(super) fn handler(subject: &Subject) -> Vec<Mutation> {
    scripts(subject, |python| {
        let place = python
            .step
            .input("Handler")
            .filter(|node| literal(node).is_some())
            .and_then(inner);
        let wrong = place.and_then(|place| {
            Some(Mutation::replace(
                place,
                misspelt(subject.slice(place), &[] as &[&str])?,
            ))
        });
        wrong.into_iter().collect()
    })
}

pub(super) fn function(subject: &Subject) -> Vec<Mutation> {
    scripts(subject, |python| {
        let Some(place) = python
            .step
            .input("Handler")
            .filter(|node| literal(node).is_some())
            .and_then(inner)
        else {
            return Vec::new();
        };
        let name = subject.slice(place);
        let definition = python.all(&format!("def {name}("));
        let wrong = definition.into_iter().filter_map(|span| {
            let name = Span::new(span.start + 4, span.end - 1);
            Some(
                Mutation::replace(name, misspelt(subject.slice(name), &[] as &[&str])?)
                    .or_at(place),
            )
        });
        wrong.collect()
    })
}

/// The key of an output in a map that the script returns, written out.
pub(super) fn returned(subject: &Subject) -> Vec<Mutation> {
    scripts(subject, |python| {
        let selectors = python
            .step
            .outputs()
            .iter()
            .filter_map(|output| output.get("Selector"));
        let renamed = selectors.filter_map(|node| {
            let key = literal(node)?.text.strip_prefix("$.Payload.")?;
            let simple = key
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '_');
            let quoted = ['"', '\'']
                .iter()
                .flat_map(|quote| python.all(&format!("{quote}{key}{quote}:")));
            let quoted: Vec<Span> = quoted.collect();
            // More than one may be another map.
            let [place] = quoted.as_slice() else {
                return None;
            };
            let place = Span::new(place.start + 1, place.end - 2);
            let wrong = misspelt(key, &[] as &[&str]).filter(|_| simple)?;
            Some(Mutation::replace(place, wrong).or_at(node.span))
        });
        renamed.collect()
    })
}

/// A key of `InputPayload` that the handler looks up.
pub(super) fn payload(subject: &Subject) -> Vec<Mutation> {
    scripts(subject, |python| {
        let given = python.step.input("InputPayload").map_or(&[][..], entries);
        let renamed = given.iter().filter_map(|entry| {
            let key = &entry.key.value;
            let used = ['"', '\'']
                .iter()
                .flat_map(|quote| python.all(&format!("events[{quote}{key}{quote}]")));
            let used: Vec<Span> = used.collect();
            let wrong = misspelt(key, &names(given)).filter(|_| !used.is_empty())?;
            Some(Mutation::replace(entry.key.span, wrong).or_at_any(used))
        });
        renamed.collect()
    })
}

pub(super) fn runtime(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let runtimes = steps.iter().filter_map(|step| {
        let scalar = literal(step.input("Runtime")?)?;
        Some(Mutation::replace(
            scalar.inner_span(),
            misspelt(&scalar.text, &RUNTIMES)?,
        ))
    });
    runtimes.collect()
}

pub(super) fn attachment(subject: &Subject) -> Vec<Mutation> {
    let files = subject.tree.get("files").map_or(&[][..], entries);
    let steps = subject.steps();
    let attachments = steps.iter().filter_map(|step| {
        let scalar = literal(step.input("Attachment")?)?;
        Some(Mutation::replace(
            scalar.inner_span(),
            misspelt(&scalar.text, &names(files))?,
        ))
    });
    attachments.collect()
}

fn scripts(subject: &Subject, make: impl Fn(&Python<'_>) -> Vec<Mutation>) -> Vec<Mutation> {
    let steps = subject.steps();
    let python = steps.iter().filter_map(|&step| {
        let runtime = step.input("Runtime").and_then(literal)?;
        let script = step.input("Script")?.as_scalar()?;
        runtime
            .text
            .starts_with("python")
            .then_some(Python { step, script })
    });
    python.flat_map(|python| make(&python)).collect()
}

/// A line and the one behind it.
fn around(subject: &Subject, place: Span) -> Span {
    let rest = &subject.source().text[place.end..];
    let end = rest
        .match_indices('\n')
        .nth(1)
        .map_or(rest.len(), |(index, _)| index);
    Span::new(line_start(subject, place.start), place.end + end)
}

fn line_start(subject: &Subject, offset: usize) -> usize {
    subject.source().text[..offset]
        .rfind('\n')
        .map_or(0, |index| index + 1)
}
