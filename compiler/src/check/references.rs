//! References: `{{ name }}` to what it names (spec 3.1).
//!
//! Each is resolved where it stands: a name that does not exist is reported with the nearest one, and a name that
//! exists but may not be used at this place is reported as such (spec 3.2).

use super::scope::{Origin, OutputInfo, Place, Scope, Typed};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Replacement, Severity, similar};
use crate::document::{Step, Type};
use crate::habits;
use crate::ir::{Expression, OutputSource, Reference, StepId, SystemVariable};
use crate::source::Span;
use crate::syntax::{self, Placeholder};

/// What a reference came to.
#[derive(Default)]
pub(super) struct Resolved {
    /// What is referenced; `None` when it was reported, or cannot be translated yet.
    pub(super) reference: Option<Reference>,
    /// The text that stays in its place, where a script gets one that names nothing.
    pub(super) text: Option<String>,
    /// Its type, where that is known.
    kind: Option<Type>,
    /// What it names, if it names something.
    origin: Option<Origin>,
}

impl Resolved {
    /// The reference as the whole value of the scalar at `span`.
    pub(super) fn typed(self, span: Span) -> Typed {
        let Self {
            reference,
            text,
            kind,
            origin,
        } = self;
        let reference = reference.map(Expression::Reference);
        Typed {
            expression: reference.or_else(|| text.map(Expression::String)),
            kind,
            origin,
            span,
        }
    }

    fn named(
        placeholder: &Placeholder,
        reference: Option<Reference>,
        kind: Option<Type>,
        declared: Option<Span>,
    ) -> Self {
        let name = placeholder.name.value.to_string();
        Self {
            reference,
            text: None,
            kind,
            origin: Some(Origin { name, declared }),
        }
    }

    /// A reference that names nothing, and stays as it is written.
    fn unresolved(placeholder: &Placeholder) -> Self {
        Self {
            text: Some(format!("{{{{ {} }}}}", placeholder.name.value)),
            kind: Some(Type::String),
            ..Self::default()
        }
    }
}

/// Finds what a reference names, or reports why it names nothing here.
pub(super) fn resolve(
    placeholder: &Placeholder,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Resolved {
    if let Some(report) = misplaced(placeholder, scope.place) {
        diagnostics.push(report);
        return Resolved::default();
    }
    let found = match &placeholder.name.value {
        syntax::Reference::Parameter(name) => parameter(placeholder, name, scope),
        syntax::Reference::Output { step, output } => {
            self::output(placeholder, step, output, scope, diagnostics)
        }
        syntax::Reference::Global(_) | syntax::Reference::Automation(_) => system(placeholder),
        syntax::Reference::Variable(name) => variable(placeholder, name, scope),
        // What stands there is known when the runbook starts; the default itself is checked by its own type.
        syntax::Reference::Ssm(_) => Ok(Resolved::default()),
    };
    found.unwrap_or_else(|report| {
        diagnostics.push(*report);
        Resolved::default()
    })
}

type Finding = Result<Resolved, Box<Diagnostic>>;

/// A reference of a kind that this place does not take (spec 3.2).
fn misplaced(placeholder: &Placeholder, place: Place) -> Option<Diagnostic> {
    let (here, known) = match place {
        Place::Step(_) => (
            "a step",
            "parameters, outputs of steps, variables and system variables",
        ),
        Place::AssumeRole => ("`assumeRole`", "parameters and `global:` names"),
        Place::ParameterDefault => (
            "a parameter's default",
            "parameters, system variables and `ssm:` names",
        ),
        Place::VariableDefault => ("a variable's default", "parameters and system variables"),
    };
    let allowed = match &placeholder.name.value {
        syntax::Reference::Parameter(_) | syntax::Reference::Global(_) => true,
        syntax::Reference::Output { .. } | syntax::Reference::Variable(_) => {
            matches!(place, Place::Step(_))
        }
        syntax::Reference::Automation(_) => place != Place::AssumeRole,
        syntax::Reference::Ssm(_) => place == Place::ParameterDefault,
    };
    if allowed {
        return None;
    }
    let name = &placeholder.name;
    let report = Diagnostic::error(
        Code::ReferenceNotAllowed,
        name.span,
        format!("`{}` cannot be used in {here}", name.value),
    )
    .label("not known here")
    .note(format!("{here} may refer to {known}"));
    Some(match &name.value {
        syntax::Reference::Ssm(_) => {
            report.help("make it the default of a parameter, and refer to the parameter here")
        }
        syntax::Reference::Output { .. } | syntax::Reference::Variable(_) => {
            report.help("write the value itself, or refer to a parameter")
        }
        _ => report.help("refer to a parameter"),
    })
}

fn parameter(placeholder: &Placeholder, name: &str, scope: &Scope<'_>) -> Finding {
    let Some((id, parameter)) = scope.parameter(name) else {
        return Err(Box::new(undeclared(placeholder, name, scope)));
    };
    let kind = parameter.kind.as_ref().map(|kind| kind.value.base());
    let reference = kind.map(|kind| Reference::Parameter(id, kind));
    Ok(Resolved::named(
        placeholder,
        reference,
        kind,
        Some(parameter.name.span),
    ))
}

/// A bare word that is no parameter: it may be meant as another kind of name.
fn undeclared(placeholder: &Placeholder, name: &str, scope: &Scope<'_>) -> Diagnostic {
    let message = format!("parameter `{name}` is not declared");
    let report = Diagnostic::error(Code::UnknownParameter, placeholder.name.span, message)
        .label("no parameter has this name");
    if let Some(step) = scope.step(name) {
        return report.help(step_output_help(step, name, scope));
    }
    let system = SystemVariable::ALL
        .into_iter()
        .find(|system| bare(*system) == name);
    if let Some(system) = system {
        return replace_name(
            report,
            placeholder,
            Replacement::certain(system.name()),
            "it is a system variable",
        );
    }
    if scope
        .document
        .variables
        .iter()
        .any(|variable| variable.name.value == name)
    {
        return replace_name(
            report,
            placeholder,
            Replacement::certain(format!("variable:{name}")),
            "it is a variable",
        );
    }
    if let Some(value) = loop_value(name, scope) {
        return replace_name(report, placeholder, value, "it is a value of the loop");
    }
    let declared = scope.document.parameters.iter();
    let similar = similar(
        name,
        declared.map(|parameter| parameter.name.value.as_str()),
    );
    match similar {
        Some(similar) => replace_name(
            report,
            placeholder,
            similar,
            "a parameter with a similar name exists",
        ),
        // A script may have braces of its own.
        None if scope.is_script() => report
            .note("the service takes every word in double braces for a reference, in a script, too, and knows no escape")
            .help(format!(
                "declare `{name}` under `parameters`, or put the braces together when the script runs: `'{{' + '{{{name}}}' + '}}'`"
            )),
        None => report.help(format!("declare `{name}` under `parameters`")),
    }
}

fn step_output_help(step: StepId, name: &str, scope: &Scope<'_>) -> String {
    match scope.outputs_of(step).last() {
        Some(output) => format!(
            "`{name}` is a step; refer to one of its outputs: `{{{{ {name}.{} }}}}`",
            output.name
        ),
        None => {
            format!("`{name}` is a step; refer to one of its outputs: `{{{{ {name}.Output }}}}`")
        }
    }
}

/// Offers another name, in the text itself where its place is known exactly.
fn replace_name(
    report: Diagnostic,
    placeholder: &Placeholder,
    name: impl Into<Replacement>,
    title: &str,
) -> Diagnostic {
    let name = name.into();
    if placeholder.exact {
        report.edit(placeholder.name.span, name, title)
    } else {
        report.help(format!("{title}: `{name}`"))
    }
}

/// A system variable's name without its prefix.
fn bare(system: SystemVariable) -> &'static str {
    system
        .name()
        .split_once(':')
        .map_or(system.name(), |(_, name)| name)
}

fn system(placeholder: &Placeholder) -> Finding {
    let written = placeholder.name.value.to_string();
    let all = SystemVariable::ALL;
    if let Some(system) = all.into_iter().find(|system| system.name() == written) {
        let reference = Some(Reference::System(system));
        return Ok(Resolved::named(
            placeholder,
            reference,
            Some(Type::String),
            None,
        ));
    }
    let message = format!("system variable `{written}` does not exist");
    let report = Diagnostic::error(Code::UnknownSystemVariable, placeholder.name.span, message)
        .label("not a system variable");
    let name = written
        .split_once(':')
        .map_or(written.as_str(), |(_, name)| name);
    let other_prefix = all
        .into_iter()
        .find(|system| bare(*system).eq_ignore_ascii_case(name));
    let nearest = other_prefix
        .map(|system| Replacement::certain(system.name()))
        .or_else(|| Some(similar(&written, all.into_iter().map(SystemVariable::name))?.into()))
        .or_else(|| only_with_prefix(&written, all.into_iter().map(SystemVariable::name)));
    Err(Box::new(match nearest {
        Some(nearest) => replace_name(
            report,
            placeholder,
            nearest,
            "a system variable with a similar name exists",
        ),
        None => report.help(format!(
            "the system variables are {}",
            listed(all.map(SystemVariable::name))
        )),
    }))
}

/// The only name with the prefix of another one, whatever that is called.
fn only_with_prefix(
    written: &str,
    names: impl Iterator<Item = &'static str>,
) -> Option<Replacement> {
    let (prefix, _) = written.split_once(':')?;
    let mut same = names.filter(|name| {
        name.split_once(':')
            .is_some_and(|(known, _)| known == prefix)
    });
    let only = same.next()?;
    same.next().is_none().then(|| only.into())
}

fn variable(placeholder: &Placeholder, name: &str, scope: &Scope<'_>) -> Finding {
    if let Some((id, variable)) = scope.variable(name) {
        let kind = variable.kind.as_ref().map(|kind| kind.value);
        let reference = kind.map(|kind| Reference::Variable(id, kind));
        return Ok(Resolved::named(
            placeholder,
            reference,
            kind,
            Some(variable.name.span),
        ));
    }
    let message = format!("variable `{name}` is not declared");
    let report = Diagnostic::error(Code::UnknownVariable, placeholder.name.span, message)
        .label("no variable has this name");
    let declared = scope.document.variables.iter();
    let similar = similar(name, declared.map(|variable| variable.name.value.as_str()));
    Err(Box::new(match similar {
        Some(similar) => {
            let name = similar.map(|name| format!("variable:{name}"));
            replace_name(
                report,
                placeholder,
                name,
                "a variable with a similar name exists",
            )
        }
        None if scope.parameter(name).is_some() => {
            replace_name(report, placeholder, name, "it is a parameter")
        }
        None => report.help(format!(
            "declare `{name}` under `variables`, or refer to a parameter"
        )),
    }))
}

fn output(
    placeholder: &Placeholder,
    step: &str,
    output: &str,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Finding {
    let Some((id, entry)) = scope.step(step).and_then(|id| Some((id, scope.entry(id)?))) else {
        return Err(Box::new(unknown_step(placeholder, step, scope)));
    };
    if let Some(info) = entry.outputs.iter().find(|info| info.name == output) {
        if entry.step.action.value == "aws:loop" && is_loop_value(output) {
            diagnostics.extend(outside_of_loop(placeholder, id, entry.step, scope));
        }
        let ids = info.id.zip(info.kind);
        let reference = ids.map(|(output, kind)| Reference::Output(id, output, kind));
        return Ok(Resolved::named(
            placeholder,
            reference,
            info.kind,
            info.declared,
        ));
    }
    if !entry.outputs_known {
        return Ok(Resolved::default());
    }
    let mut report = unknown_output(placeholder, entry.step, output, &entry.outputs, scope);
    if !scope.is_script() {
        return Err(Box::new(report));
    }
    report.severity = Severity::Warning;
    diagnostics.push(report.note("the script receives the text of the reference instead"));
    Ok(Resolved::unresolved(placeholder))
}

/// The name here of what other languages write with more parts, if there is something of that name:
/// `steps.look.outputs.State`, `parameters.Name`, `global.REGION`, `loop.value`.
fn elsewhere(name: &syntax::Reference, scope: &Scope<'_>) -> Option<String> {
    let text = name.to_string();
    let parts: Vec<&str> = text.split('.').collect();
    let namespace = |part: &str| habits::meant(habits::NAMESPACES, part);
    let rest: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| namespace(part) != Some(""))
        .collect();
    let prefixed = match parts.as_slice() {
        [first, name] => namespace(first).map(|prefix| format!("{prefix}{name}")),
        _ => None,
    };
    let candidates = [Some(rest.join(".")), prefixed];
    let exists = |name: &String| syntax::reference(name).is_some_and(|name| scope.exists(&name));
    let found = candidates
        .into_iter()
        .flatten()
        .find(|name| *name != text && exists(name));
    found.or_else(|| loop_value(parts.last()?, scope))
}

/// The value of the loop around this place that other languages have under this name: `item`.
fn loop_value(name: &str, scope: &Scope<'_>) -> Option<String> {
    let value = habits::meant(habits::LOOP_VALUES, name)?;
    let Place::Step(place) = scope.place else {
        return None;
    };
    let around = scope
        .around(place)
        .skip(1)
        .find_map(|step| scope.entry(step))?;
    let has = around.outputs.iter().any(|output| output.name == value);
    has.then(|| format!("{}.{value}", around.step.name))
}

fn unknown_step(placeholder: &Placeholder, step: &str, scope: &Scope<'_>) -> Diagnostic {
    let name = &placeholder.name;
    let message = format!("`{}` refers to unknown step `{step}`", name.value);
    let report = Diagnostic::error(Code::UnknownOutput, step_span(placeholder, step), message)
        .label("no step has this name");
    if let Some((_, parameter)) = scope.parameter(step) {
        return report
            .context(parameter.name.span, "a parameter has this name")
            .help(format!("a parameter stands alone: `{{{{ {step} }}}}`"));
    }
    if let Some(meant) = elsewhere(&name.value, scope) {
        let title = format!("this is written `{meant}`");
        return replace_name(report, placeholder, meant, &title);
    }
    if PARAMETERS.contains(&step.to_ascii_lowercase().as_str()) {
        return report.help("a parameter is declared under `parameters`, and referred to by its name alone: `{{ Name }}`");
    }
    match scope.similar_step(step) {
        Some(similar) if placeholder.exact => report.edit(
            step_span(placeholder, step),
            similar,
            "a step with a similar name exists",
        ),
        Some(similar) => report.help(format!("a step with a similar name exists: `{similar}`")),
        None => report.help(scope.steps()),
    }
}

/// What other languages write before the name of a parameter.
const PARAMETERS: [&str; 6] = [
    "param",
    "params",
    "parameter",
    "parameters",
    "input",
    "inputs",
];

/// The place of the step's part of `step.output`.
fn step_span(placeholder: &Placeholder, step: &str) -> Span {
    let span = placeholder.name.span;
    if placeholder.exact {
        Span::new(span.start, span.start + step.len())
    } else {
        span
    }
}

/// The place of the output's part of `step.output`.
fn output_span(placeholder: &Placeholder, output: &str) -> Span {
    let span = placeholder.name.span;
    if placeholder.exact {
        Span::new(span.end.saturating_sub(output.len()), span.end)
    } else {
        span
    }
}

fn unknown_output(
    placeholder: &Placeholder,
    step: &Step,
    output: &str,
    outputs: &[OutputInfo],
    scope: &Scope<'_>,
) -> Diagnostic {
    let place = output_span(placeholder, output);
    let message = format!("step `{}` has no output `{output}`", step.name);
    let report = Diagnostic::error(Code::UnknownOutput, place, message)
        .label("no output has this name")
        .context(step.name.span, "this step");
    if let Some(selector) = inner_selector(output, outputs) {
        return report.help(format!(
            "a reference cannot select further; declare an output of `{}` with `Selector: {selector}` and refer to that",
            step.name
        ));
    }
    if step.action.value == "aws:loop" && output == "CurrentIteratorValue" {
        return report.help(format!(
            "only a loop over `Iterators` has values; `{{{{ {}.CurrentIteration }}}}` counts from 1",
            step.name
        ));
    }
    let value =
        habits::meant(habits::LOOP_VALUES, output).map(|value| format!("{}.{value}", step.name));
    let value =
        value.filter(|value| syntax::reference(value).is_some_and(|name| scope.exists(&name)));
    if let Some(meant) = value.or_else(|| elsewhere(&placeholder.name.value, scope)) {
        let title = format!("this is written `{meant}`");
        return replace_name(report, placeholder, meant, &title);
    }
    if let Some(habit) = habits::output(&step.action.value, output) {
        let title = format!("the output is called `{habit}`");
        return replace_name(
            report,
            placeholder,
            format!("{}.{habit}", step.name),
            &title,
        );
    }
    if step.action.value == "aws:executeAutomation" {
        return report.help(format!(
            "what the runbook `{}` starts puts out is all in `{{{{ {}.Output }}}}`",
            step.name, step.name
        ));
    }
    let names = || outputs.iter().map(|output| output.name.as_str());
    match similar(output, names()) {
        Some(similar) if placeholder.exact => {
            report.edit(place, similar, "an output with a similar name exists")
        }
        Some(similar) => report.help(format!("an output with a similar name exists: `{similar}`")),
        None if outputs.is_empty() => report.help(format!(
            "refer to another step: `{}` steps have no outputs",
            step.action
        )),
        None => report
            .help(format!(
                "declare it under `outputs` of `{}`, with a `Selector`",
                step.name
            ))
            .note(format!("`{}` has {}", step.name, listed(names()))),
    }
}

/// The selector that `Payload.key` stands for, if there is an output `Payload`.
fn inner_selector(output: &str, outputs: &[OutputInfo]) -> Option<String> {
    let (outer, rest) = output.split_once('.')?;
    let outer = outputs.iter().find(|info| info.name == outer)?;
    Some(match &outer.source {
        Some(OutputSource::Selected(selector)) => format!("{selector}.{rest}"),
        Some(OutputSource::Payload) => format!("$.{rest}"),
        _ => format!("$.{output}"),
    })
}

fn is_loop_value(output: &str) -> bool {
    matches!(output, "CurrentIteration" | "CurrentIteratorValue")
}

/// The report of a value of a loop that is used elsewhere. It is documented only inside (spec 5.15), but published
/// runbooks use the last one after the loop.
fn outside_of_loop(
    placeholder: &Placeholder,
    id: StepId,
    step: &Step,
    scope: &Scope<'_>,
) -> Option<Diagnostic> {
    let inside = match scope.place {
        Place::Step(place) => scope.around(place).any(|around| around == id),
        _ => false,
    };
    let name = &placeholder.name;
    let message = format!("`{}` is used outside of the loop", name.value);
    let report = Diagnostic::warning(Code::ReferenceNotAllowed, name.span, message)
        .label("documented only for the steps inside")
        .context(step.name.span, "the loop")
        .help("use it in a step of the loop");
    (!inside).then_some(report)
}

/// Names in backticks, with commas between them.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
