//! The definition of a runbook: its facts, for the record, the progress and everything else that tells of it.

use proc_macro2::TokenStream;
use quote::quote;

use super::expression::{integer, written_expression};
use super::module::has_variables;
use super::parameters::{number, option};
use super::plan::{Plan, StepNames};
use super::{children, told};
use crate::document::Type;
use crate::ir::{Expression, Loop, Step, Turns, Work};

/// The facts of the runbook.
pub(crate) fn definition(plan: &Plan<'_>) -> TokenStream {
    let runbook = plan.runbook;
    let (name, file, hash) = (&runbook.name, &runbook.file, &runbook.hash);
    let description = runbook.description.trim();
    let role = runbook.assume_role.as_ref();
    let assume_role = option(role.map(|role| written_expression(plan, role)));
    let variables = if has_variables(plan) {
        quote!(variables::DEFINITIONS)
    } else {
        quote!(&[])
    };
    let steps = plan.named_steps();
    let steps = steps.map(|(step, names)| step_definition(plan, step, names));
    let outputs = runbook.outputs.iter().map(|output| {
        let (step, output) = (&output.step, &output.output);
        quote!(DocumentOutput { step: #step, output: #output })
    });
    let children = children::definitions(plan);
    quote! {
        static DEFINITION: Definition = Definition {
            name: #name,
            file: #file,
            hash: #hash,
            description: #description,
            assume_role: #assume_role,
            parameters: parameters::DEFINITIONS,
            variables: #variables,
            steps: &[#(#steps),*],
            outputs: &[#(#outputs),*],
            children: #children,
        };
    }
}

fn step_definition(plan: &Plan<'_>, step: &Step, names: &StepNames) -> TokenStream {
    let (name, action) = (&step.name, &step.action);
    let line = integer(i64::try_from(step.line).unwrap_or(i64::MAX));
    let timeout = number(step.timeout_seconds);
    let limit = number(step.time_limit);
    let attempts = number(step.max_attempts.map(u64::from));
    let inputs = constant_inputs(plan, step).into_iter();
    let inputs = inputs.map(|(name, text)| quote!((#name, #text)));
    let calls = calls(step);
    let waits_for = option(waits_for(step));
    let inside = step
        .inside
        .map(|around| plan.runbook.step(around).name.clone());
    let inside = option(inside);
    let selected = told::selected(step, names);
    let decided_by = told::decided_by(plan, step);
    quote! {
        StepDefinition {
            name: #name,
            action: #action,
            inside: #inside,
            line: #line,
            timeout_seconds: #timeout,
            time_limit: #limit,
            max_attempts: #attempts,
            inputs: &[#(#inputs),*],
            calls: &[#(#calls),*],
            waits_for: #waits_for,
            selected: #selected,
            decided_by: #decided_by,
        }
    }
}

/// The inputs that the effect does not carry, as JSON text.
fn constant_inputs(plan: &Plan<'_>, step: &Step) -> Vec<(&'static str, String)> {
    let json = |text: &str| serde_json::Value::from(text).to_string();
    match &step.work {
        Work::Call(call) | Work::Assert(call, _) | Work::Wait(call, _) => vec![
            ("Service", json(&call.written_service)),
            ("Api", json(&call.written_api)),
        ],
        Work::Script(_) | Work::Webhook(_) => Vec::new(),
        Work::Procedure(procedure) => {
            let constants = procedure.constants.iter();
            constants.map(|(name, text)| (*name, json(text))).collect()
        }
        Work::Loop(Loop {
            turns: Turns::Each { kind, .. },
            ..
        }) if *kind != Type::String => vec![("IteratorDataType", json(kind.as_str()))],
        Work::Sleep {
            duration: Expression::String(duration),
            seconds: Some(_),
        } => vec![("Duration", json(duration))],
        Work::Set { variable, .. } => {
            let name = &plan.runbook.variable(*variable).declaration.name;
            vec![("Name", json(&format!("variable:{name}")))]
        }
        Work::Invoke { .. }
        | Work::Approve(_)
        | Work::Pause(_)
        | Work::Child(_)
        | Work::Sleep { .. }
        | Work::SleepUntil(_)
        | Work::Branch { .. }
        | Work::Loop(_) => Vec::new(),
    }
}

/// `ecs.RunTask`, each once.
fn calls(step: &Step) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for call in step.work.calls() {
        let name = format!("{}.{}", call.service.name, call.operation.name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// `tasks[0].containers[0].exitCode = 0`
fn waits_for(step: &Step) -> Option<String> {
    let Work::Wait(_, expectation) = &step.work else {
        return None;
    };
    let desired = expectation.desired.iter().map(|value| match value {
        Expression::String(text) => text.as_str(),
        _ => "…",
    });
    let desired: Vec<&str> = desired.collect();
    Some(format!(
        "{} = {}",
        expectation.selector,
        desired.join(" or ")
    ))
}
