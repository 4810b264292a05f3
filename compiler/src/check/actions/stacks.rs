//! `aws:createStack` and `aws:deleteStack` (spec 5.7, 5.10).

use std::borrow::Cow;

use super::call::{self, Called, told};
use super::typed::Inputs;
use crate::check::scope::Scope;
use crate::diagnostic::Diagnostics;
use crate::document::{Step, Value, ValueKind};
use crate::ir::{Field, Procedure, Work};
use crate::source::Spanned;

const SERVICE: &str = "cloudformation";

/// The members of CreateStack, which are inputs of the same names.
const CREATE: [&str; 15] = [
    "StackName",
    "TemplateBody",
    "TemplateURL",
    "Parameters",
    "Capabilities",
    "DisableRollback",
    "OnFailure",
    "ClientRequestToken",
    "NotificationARNs",
    "ResourceTypes",
    "RoleARN",
    "StackPolicyBody",
    "StackPolicyURL",
    "Tags",
    "TimeoutInMinutes",
];

/// Those of DeleteStack.
const DELETE: [&str; 4] = ["StackName", "ClientRequestToken", RETAINED, "RoleARN"];

const RETAINED: &str = "RetainResources";

/// Checks a step that creates a stack.
pub(super) fn create(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    let called = Called::find(scope.catalogue, SERVICE, "CreateStack")?;
    let mut inputs = Inputs::of(step, scope, diagnostics);
    inputs.one_of("TemplateBody", "TemplateURL");
    inputs.exclusive("DisableRollback", "OnFailure");
    inputs.exclusive("StackPolicyBody", "StackPolicyURL");
    let members = inputs.members(&called, &CREATE.map(|name| (name, name)));
    inputs.sound()?;
    let (_, name) = members.iter().find(|(member, _)| *member == "StackName")?;
    let by_name = |operation: &str| {
        let members = vec![("StackName", name.clone())];
        call::call(step, scope.catalogue, (SERVICE, operation), members)
    };
    Some(Work::Procedure(Procedure {
        name: "CreateStack",
        shared: Vec::new(),
        fields: vec![
            ("look", Field::Call(by_name("DescribeStacks")?)),
            ("remove", Field::Call(by_name("DeleteStack")?)),
            ("create", Field::Call(called.with(step, members.clone())?)),
            ("describe", Field::Later(by_id(step, scope)?)),
        ],
        constants: Vec::new(),
    }))
}

/// Checks a step that deletes a stack.
pub(super) fn delete(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    let step = &*numbered_as_list(step);
    let called = Called::find(scope.catalogue, SERVICE, "DeleteStack")?;
    let mut inputs = Inputs::of(step, scope, diagnostics);
    let members = inputs.members(&called, &DELETE.map(|name| (name, name)));
    inputs.sound()?;
    let (_, name) = members.iter().find(|(member, _)| *member == "StackName")?;
    let members_of_look = vec![("StackName", name.clone())];
    let look = call::call(
        step,
        scope.catalogue,
        (SERVICE, "DescribeStacks"),
        members_of_look,
    )?;
    let call = called.with(step, members)?;
    Some(Work::Procedure(Procedure {
        name: "DeleteStack",
        shared: Vec::new(),
        fields: vec![
            ("look", Field::Call(look)),
            ("delete", Field::Call(call.clone())),
            ("of_id", Field::Amended(call, "StackName")),
            ("describe", Field::Later(by_id(step, scope)?)),
        ],
        constants: Vec::new(),
    }))
}

/// DescribeStacks by an id that an earlier answer tells.
fn by_id(step: &Step, scope: &Scope<'_>) -> Option<crate::ir::ApiCall> {
    let members = vec![("StackName", told("stack"))];
    call::call(step, scope.catalogue, (SERVICE, "DescribeStacks"), members)
}

/// The step with `RetainResources.member.N`, as the user guide prints it, in the form of a list (spec 5.10).
fn numbered_as_list(step: &Step) -> Cow<'_, Step> {
    let number = |key: &Spanned<String>| {
        let rest = key.value.strip_prefix(RETAINED)?.strip_prefix(".member.")?;
        rest.parse::<u32>().ok()
    };
    let mut elements: Vec<(u32, &Spanned<String>, &Value)> = step
        .inputs
        .iter()
        .filter_map(|(key, value)| Some((number(key)?, key, value)))
        .collect();
    elements.sort_by_key(|(number, ..)| *number);
    let Some((_, first, value)) = elements.first() else {
        return Cow::Borrowed(step);
    };
    let list = Value {
        kind: ValueKind::List(
            elements
                .iter()
                .map(|(.., value)| (*value).clone())
                .collect(),
        ),
        ..(*value).clone()
    };
    let key = Spanned::new(RETAINED.to_owned(), first.span);
    let mut listed = step.clone();
    listed.inputs.retain(|(key, _)| number(key).is_none());
    listed.inputs.push((key, list));
    Cow::Owned(listed)
}
