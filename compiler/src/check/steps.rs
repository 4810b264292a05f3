//! Steps: the properties that all actions share (spec 4.1), around the work that the action does.

use super::actions;
use super::flow;
use super::known::{self, ACTIONS};
use super::names::Entry;
use super::scope::{OutputInfo, Place, Scope};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, similar};
use crate::document::{Step, Timeout};
use crate::habits;
use crate::ir::{self, Expression, StepId, Work};
use crate::source::{Source, Span};

/// Checks every step and translates it; `None` when one was reported.
pub(super) fn check(
    scope: &Scope<'_>,
    source: &Source,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<ir::Step>> {
    let steps: Vec<Option<ir::Step>> = scope
        .entries()
        .map(|(id, entry)| step(id, entry, scope, source, diagnostics))
        .collect();
    steps.into_iter().collect()
}

fn step(
    id: StepId,
    entry: &Entry<'_>,
    scope: &Scope<'_>,
    source: &Source,
    diagnostics: &mut Diagnostics,
) -> Option<ir::Step> {
    let step = entry.step;
    let scope = &scope.at(Place::Step(id));
    let flow = flow::resolve(step, scope, diagnostics);
    let (timeout_seconds, timeout) = timeout(step, scope, diagnostics);
    let work = work(step, scope, diagnostics)?;
    let action = known::find(&step.action.value)?;
    Some(ir::Step {
        name: step.name.value.clone(),
        action: step.action.value.clone(),
        inside: entry.parent,
        description: step
            .description
            .as_ref()
            .map(|text| text.value.clone())
            .unwrap_or_default(),
        line: source.line_column(step.name.span.start).0,
        work,
        outputs: scope.outputs_of(id).iter().filter_map(output).collect(),
        flow,
        timeout_seconds,
        time_limit: match timeout {
            Some(_) => action.time_limit.maximum(),
            None => action.time_limit.effective(timeout_seconds),
        },
        timeout,
        max_attempts: step.max_attempts.map(|attempts| attempts.value),
    })
}

fn work(step: &Step, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Work> {
    let name = &step.action;
    if known::find(&name.value).is_none() && !name.value.is_empty() {
        diagnostics.push(unknown_action(step));
    }
    actions::check(step, scope, diagnostics)
}

fn unknown_action(step: &Step) -> Diagnostic {
    let name = &step.action;
    let report = Diagnostic::error(
        Code::UnknownAction,
        name.span,
        format!("unknown action `{name}`"),
    )
    .label("no action has this name")
    .context(step.name.span, "in this step");
    let prefixed = format!("aws:{name}");
    if known::find(&prefixed).is_some() {
        return report.repair(name.span, prefixed, "actions begin with `aws:`");
    }
    if let Some(help) = habits::meant(habits::COMMANDS, &name.value) {
        return report
            .note("it is for Command documents, which run on the nodes themselves")
            .help(help);
    }
    let names = || ACTIONS.iter().map(|action| action.name);
    let similar = similar(&name.value, names()).or_else(|| similar(&prefixed, names()));
    let habit = habits::meant(habits::ACTIONS, &name.value)
        .or_else(|| habits::meant(habits::ACTIONS, &prefixed));
    match (similar, habit) {
        (Some(near), _) => report.edit(name.span, near, "an action with a similar name exists"),
        (None, Some(habit)) => {
            report.edit(name.span, habit, format!("the action is called `{habit}`"))
        }
        (None, None) => report.help(format!(
            "the actions are {}",
            actions::listed(&names().collect::<Vec<_>>())
        )),
    }
}

/// `timeoutSeconds`: a number, or a reference to one.
fn timeout(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> (Option<u64>, Option<Expression>) {
    let Some(timeout) = &step.timeout_seconds else {
        return (None, None);
    };
    match &timeout.value {
        Timeout::Seconds(seconds) => {
            diagnostics.extend(no_time(step, *seconds, timeout.span));
            diagnostics.extend(beyond_maximum(step, *seconds, timeout.span));
            (Some(*seconds), None)
        }
        Timeout::Reference(template) => {
            let typed = scope.template(template, timeout.span, diagnostics);
            (None, actions::seconds(typed, diagnostics))
        }
    }
}

/// The report of a step that is out of time when it begins.
fn no_time(step: &Step, seconds: u64, span: Span) -> Option<Diagnostic> {
    let message = format!("step `{}` has no time", step.name);
    (seconds == 0).then(|| {
        Diagnostic::warning(Code::InvalidTime, span, message)
            .label("over when it begins")
            .help("give at least 1, or leave it out")
    })
}

/// The report of more time than the action can have (spec 4.2). A call of an API is over long before, whatever is written,
/// so that is left alone.
fn beyond_maximum(step: &Step, seconds: u64, span: Span) -> Option<Diagnostic> {
    const MEANT: [&str; 3] = [
        "aws:approve",
        "aws:executeScript",
        "aws:invokeLambdaFunction",
    ];
    let action = known::find(&step.action.value)?;
    let maximum = action.time_limit.maximum()?;
    if seconds <= maximum || !MEANT.contains(&action.name) {
        return None;
    }
    let message = format!(
        "step `{}` has {maximum} seconds, not {seconds}: an `{}` step never has more",
        step.name, action.name
    );
    let report = Diagnostic::warning(Code::IneffectiveProperty, span, message)
        .label("more than it can have")
        .context(step.action.span, "this action");
    Some(report.help(match action.name {
        "aws:approve" => "ask again in another step for those who need longer",
        _ => "split the work into several steps, or run it where there is more time, as with `aws:runCommand`",
    }))
}

/// An output that is kept for others.
fn output(info: &OutputInfo) -> Option<ir::Output> {
    info.id?;
    Some(ir::Output {
        name: info.name.clone(),
        kind: info.kind?,
        source: info.source.clone()?,
    })
}
