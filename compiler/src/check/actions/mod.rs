//! Actions: what a step's inputs must be, and what its outputs are (spec 5).
//!
//! Takes a step and gives the work it does, or nothing when something about it was
//! reported. One file per action or family of actions.

mod api;
mod automation;
mod branch;
mod call;
mod command;
mod data;
mod images;
mod inputs;
mod instances;
mod lambda;
mod loops;
mod outputs;
mod own;
mod people;
mod script;
#[cfg(feature = "cli")]
mod search;
mod sleep;
mod stacks;
mod state_machine;
mod tags;
mod typed;
mod variable;
mod wait;
mod webhook;

pub(super) use call::stored;
pub(super) use data::{data, of_json};
pub(super) use inputs::{
    coerced, declared, given, listed, other_type, references, seconds, some_of, spelt, text,
    text_span, unknown_value, what, with_article, wrong_kind,
};
pub(super) use loops::{has_output, output_type};
pub(super) use outputs::declared_output;
pub(crate) use outputs::predefined;
pub(crate) use own::{OwnInput, own_inputs};
#[cfg(feature = "cli")]
pub(crate) use search::search;

use super::scope::Scope;
use crate::diagnostic::Diagnostics;
use crate::document::Step;
use crate::ir::Work;

/// Checks the inputs of a step and translates them. An action that nobody knows, which is reported elsewhere, has only
/// its references checked.
pub(super) fn check(step: &Step, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Work> {
    match step.action.value.as_str() {
        "aws:executeAwsApi" => api::execute(step, scope, diagnostics),
        "aws:assertAwsResourceProperty" => {
            let (call, expectation) = wait::expectation(step, scope, diagnostics)?;
            Some(Work::Assert(call, expectation))
        }
        "aws:waitForAwsResourceProperty" => {
            let (call, expectation) = wait::expectation(step, scope, diagnostics)?;
            Some(Work::Wait(call, expectation))
        }
        "aws:invokeLambdaFunction" => lambda::invoke(step, scope, diagnostics),
        "aws:invokeWebhook" => webhook::invoke(step, scope, diagnostics),
        "aws:executeScript" => script::execute(step, scope, diagnostics),
        "aws:sleep" => sleep::sleep(step, scope, diagnostics),
        "aws:branch" => branch::branch(step, scope, diagnostics),
        "aws:approve" => people::approve(step, scope, diagnostics),
        "aws:pause" => people::pause(step, scope, diagnostics),
        "aws:loop" => loops::turns(step, scope, diagnostics),
        "aws:updateVariable" => variable::set(step, scope, diagnostics),
        "aws:createImage" => images::make(step, "CreateImage", &images::CREATE, scope, diagnostics),
        "aws:copyImage" => images::make(step, "CopyImage", &images::COPY, scope, diagnostics),
        "aws:deleteImage" => images::delete(step, scope, diagnostics),
        "aws:createTags" => tags::create(step, scope, diagnostics),
        "aws:createStack" => stacks::create(step, scope, diagnostics),
        "aws:deleteStack" => stacks::delete(step, scope, diagnostics),
        "aws:changeInstanceState" => instances::change(step, scope, diagnostics),
        "aws:runInstances" => instances::launch(step, scope, diagnostics),
        "aws:runCommand" => command::run(step, scope, diagnostics),
        "aws:executeStateMachine" => state_machine::run(step, scope, diagnostics),
        "aws:executeAutomation" => automation::run(step, scope, diagnostics),
        _ => {
            for (_, value) in &step.inputs {
                inputs::references(value, scope, diagnostics);
            }
            None
        }
    }
}
