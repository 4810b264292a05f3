//! Whether a mistake is found.

use runbookc::diagnostic::Diagnostic;
use runbookc::source::Span;

use super::Subject;
use super::mutation::Mutant;

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the same program as its original.
    Same,
    /// Something new is reported at the place of the mistake.
    Found,
    /// Something new is reported, but not there: the first of the reports.
    Elsewhere(String),
    /// Nothing new is reported.
    Missed,
}

/// Compiles a mutant and judges what is reported.
pub fn judge(subject: &Subject, mutant: &Mutant) -> Verdict {
    let (program, found) = subject.compile(&mutant.text);
    if program.is_some() && program == subject.program {
        return Verdict::Same;
    }
    let known = |finding: &Diagnostic| {
        let mut originals = subject.found.iter();
        originals.any(|original| {
            original.code == finding.code && mutant.moved(original.span) == finding.span
        })
    };
    let new: Vec<Diagnostic> = found
        .into_iter()
        .filter(|finding| !known(finding))
        .collect();
    match new.iter().find(|finding| points_at(finding.span, mutant)) {
        Some(_) => Verdict::Found,
        None => match new.first() {
            Some(first) => {
                let at = first.span.range();
                Verdict::Elsewhere(format!(
                    "{} {at:?}: {} (not at {:?})",
                    first.code, first.message, mutant.places
                ))
            }
            None => Verdict::Missed,
        },
    }
}

/// Whether a report touches a place of the mistake. One that takes in more than the lines of the place points at nothing.
fn points_at(span: Span, mutant: &Mutant) -> bool {
    let lines = |span: Span| {
        mutant
            .text
            .get(span.range())
            .map_or(0, |text| text.matches('\n').count())
    };
    mutant
        .places
        .iter()
        .any(|place| touches(span, *place) && lines(span) <= lines(*place) + 1)
}

/// Whether two places share a character; an empty one has those beside it.
fn touches(one: Span, other: Span) -> bool {
    match one.start == one.end || other.start == other.end {
        true => one.start <= other.end && other.start <= one.end,
        false => one.start < other.end && other.start < one.end,
    }
}
