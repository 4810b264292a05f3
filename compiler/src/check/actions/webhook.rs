//! `aws:invokeWebhook`: an integration that is read from Parameter Store, then sent (spec 5.17).

use super::call::{self, Given, told};
use super::typed::Inputs;
use crate::check::scope::Scope;
use crate::diagnostic::Diagnostics;
use crate::document::Step;
use crate::ir::{Expression, Webhook, Work};

/// Checks the inputs of a step.
pub(super) fn invoke(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    let mut inputs = Inputs::of(step, scope, diagnostics);
    let integration = inputs.setting("IntegrationName");
    let body = inputs.setting("Body");
    inputs.sound()?;
    let members = vec![
        ("Name", told("parameter")),
        ("WithDecryption", Given::Value(Expression::Boolean(true))),
    ];
    Some(Work::Webhook(Webhook {
        read: call::call(step, scope.catalogue, ("ssm", "GetParameter"), members)?,
        integration: integration?,
        body,
    }))
}
