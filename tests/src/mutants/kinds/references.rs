//! Mistakes in references.

use runbookc::source::Span;
use runbookc::syntax::Reference;

use crate::mutants::spelling::{misspelt, other_case};
use crate::mutants::subject::{Written, inner, names};
use crate::mutants::{Mutation, Subject};

pub(super) fn parameter(subject: &Subject) -> Vec<Mutation> {
    parameters(subject, |name| misspelt(name, &subject.parameter_names()))
}

pub(super) fn parameter_case(subject: &Subject) -> Vec<Mutation> {
    parameters(subject, |name| {
        other_case(name).filter(|other| !subject.parameter_names().contains(other))
    })
}

pub(super) fn step(subject: &Subject) -> Vec<Mutation> {
    let names = subject.step_names();
    outputs(subject, |place, step, _| {
        let wrong = misspelt(step, &names)?;
        Some(Mutation::replace(
            Span::new(place.start, place.start + step.len()),
            wrong,
        ))
    })
}

pub(super) fn output(subject: &Subject) -> Vec<Mutation> {
    outputs(subject, |place, step, output| {
        Some(Mutation::replace(
            after_dot(place, step),
            misspelt(output, &outputs_of(subject, step))?,
        ))
    })
}

pub(super) fn output_case(subject: &Subject) -> Vec<Mutation> {
    outputs(subject, |place, step, output| {
        let wrong =
            other_case(output).filter(|wrong| !outputs_of(subject, step).contains(wrong))?;
        Some(Mutation::replace(after_dot(place, step), wrong))
    })
}

pub(super) fn variable(subject: &Subject) -> Vec<Mutation> {
    let known = names(subject.variables());
    named(subject, |written, place| {
        match &written.placeholder.name.value {
            Reference::Variable(name) => {
                let start = place.end - name.len();
                Some(Mutation::replace(
                    Span::new(start, place.end),
                    misspelt(name, &known)?,
                ))
            }
            _ => None,
        }
    })
}

pub(super) fn system(subject: &Subject) -> Vec<Mutation> {
    named(subject, |written, place| {
        match &written.placeholder.name.value {
            Reference::Global(name) | Reference::Automation(name) => {
                let start = place.end - name.len();
                Some(Mutation::replace(
                    Span::new(start, place.end),
                    misspelt(name, &["REGION", "DATE", "DATE_TIME"])?,
                ))
            }
            _ => None,
        }
    })
}

pub(super) fn prefix(subject: &Subject) -> Vec<Mutation> {
    named(subject, |written, place| {
        match &written.placeholder.name.value {
            Reference::Global(name) => Some(Mutation::replace(place, format!("automation:{name}"))),
            Reference::Automation(name) => Some(Mutation::replace(place, format!("global:{name}"))),
            _ => None,
        }
    })
}

pub(super) fn brace(subject: &Subject) -> Vec<Mutation> {
    let references = subject.references();
    let braces = references.iter().flat_map(|written| {
        let span = written.placeholder.span;
        let last = Mutation::remove(
            Span::new(span.end - 1, span.end),
            Span::new(span.start, span.end),
        );
        let first = Mutation::remove(
            Span::new(span.start, span.start + 1),
            Span::new(span.start, span.end),
        );
        [last, first]
    });
    braces.collect()
}

/// A reference to an output in the place of one to a step whose output is there.
pub(super) fn later(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let references = subject.references();
    let later = references.iter().filter_map(|written| {
        let here = written.step?.node.span.start;
        let step = steps.iter().rfind(|step| {
            step.depth == 0
                && !step.outputs().is_empty()
                && step.node.span.start > here
                && !step.is_loop()
        })?;
        let output = step.outputs().first()?.get("Name")?.as_scalar()?;
        Some(Mutation::replace(
            written.placeholder.name.span,
            format!("{}.{}", step.name(), output.text),
        ))
    });
    later.collect()
}

pub(super) fn role(subject: &Subject) -> Vec<Mutation> {
    let known = subject.parameter_names();
    let references = subject.references();
    let role = subject.tree.get("assumeRole").map(|node| node.span);
    let inside = references
        .iter()
        .filter(|written| Some(written.node.span) == role);
    let misspelt = inside.filter_map(|written| match &written.placeholder.name.value {
        Reference::Parameter(name) => Some(Mutation::replace(
            written.placeholder.name.span,
            misspelt(name, &known)?,
        )),
        _ => None,
    });
    misspelt.collect()
}

pub(super) fn document_output(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.step_names();
    let outputs = subject.document_outputs();
    let wrong = outputs.iter().filter_map(|node| {
        let place = inner(node)?;
        let (step, output) = subject.slice(place).split_once('.')?;
        let step_wrong = Mutation::replace(
            Span::new(place.start, place.start + step.len()),
            misspelt(step, &steps)?,
        );
        let known = outputs_of(subject, step);
        let output_wrong = Mutation::replace(after_dot(place, step), misspelt(output, &known)?);
        Some([step_wrong, output_wrong])
    });
    wrong.flatten().collect()
}

pub(super) fn renamed_parameter(subject: &Subject) -> Vec<Mutation> {
    let known = subject.parameter_names();
    let references = subject.references();
    let renamed = subject.parameters().iter().filter_map(|entry| {
        let name = &entry.key.value;
        let used = |written: &&Written<'_>| {
            written.placeholder.name.value == Reference::Parameter(name.clone())
        };
        let uses: Vec<Span> = references
            .iter()
            .filter(used)
            .map(|written| written.placeholder.span)
            .collect();
        let wrong = misspelt(name, &known).filter(|_| !uses.is_empty())?;
        Some(Mutation::silent(entry.key.span, wrong).or_at_any(uses))
    });
    renamed.collect()
}

pub(super) fn renamed_output(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let all = steps
        .iter()
        .flat_map(|step| step.outputs().iter().map(move |output| (step, output)));
    let renamed = all.filter_map(|(step, output)| {
        let place = inner(output.get("Name")?)?;
        let name = subject.slice(place);
        let uses = subject.uses_of(step.name(), Some(name));
        let wrong =
            misspelt(name, &outputs_of(subject, step.name())).filter(|_| !uses.is_empty())?;
        Some(Mutation::silent(place, wrong).or_at_any(uses))
    });
    renamed.collect()
}

pub(super) fn renamed_variable(subject: &Subject) -> Vec<Mutation> {
    let known = names(subject.variables());
    let references = subject.references();
    let steps = subject.steps();
    let renamed = subject.variables().iter().filter_map(|entry| {
        let name = &entry.key.value;
        let used = |written: &&Written<'_>| {
            written.placeholder.name.value == Reference::Variable(name.clone())
        };
        let mut uses: Vec<Span> = references
            .iter()
            .filter(used)
            .map(|written| written.placeholder.span)
            .collect();
        let set = steps
            .iter()
            .filter(|step| step.action() == "aws:updateVariable");
        let set = set.filter_map(|step| inner(step.input("Name")?));
        uses.extend(set.filter(|span| subject.slice(*span) == format!("variable:{name}")));
        let wrong = misspelt(name, &known).filter(|_| !uses.is_empty())?;
        Some(Mutation::silent(entry.key.span, wrong).or_at_any(uses))
    });
    renamed.collect()
}

fn parameters(subject: &Subject, wrong: impl Fn(&str) -> Option<String>) -> Vec<Mutation> {
    named(subject, |written, place| {
        match &written.placeholder.name.value {
            Reference::Parameter(name) => Some(Mutation::replace(place, wrong(name)?)),
            _ => None,
        }
    })
}

fn outputs(
    subject: &Subject,
    make: impl Fn(Span, &str, &str) -> Option<Mutation>,
) -> Vec<Mutation> {
    named(subject, |written, place| {
        match &written.placeholder.name.value {
            Reference::Output { step, output } => make(place, step, output),
            _ => None,
        }
    })
}

fn named(
    subject: &Subject,
    make: impl Fn(&Written<'_>, Span) -> Option<Mutation>,
) -> Vec<Mutation> {
    let references = subject.references();
    references
        .iter()
        .filter_map(|written| make(written, written.placeholder.name.span))
        .collect()
}

/// What a step's output may be called: declared, or known to every step.
fn outputs_of(subject: &Subject, step: &str) -> Vec<String> {
    let steps = subject.steps();
    let step = steps.iter().find(|known| known.name() == step);
    let declared = step.into_iter().flat_map(|step| step.outputs());
    let declared =
        declared.filter_map(|output| Some(output.get("Name")?.as_scalar()?.text.clone()));
    declared.collect()
}

fn after_dot(place: Span, step: &str) -> Span {
    Span::new(place.start + step.len() + 1, place.end)
}
