//! `aws:createStack` and `aws:deleteStack` (spec 5.7, 5.10).

use std::borrow::Cow;

use super::call::{self, Called, told};
use super::inputs;
use super::typed::Inputs;
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Scalar, Step, Value, ValueKind};
use crate::ir::{Field, Procedure, Work};
use crate::source::Spanned;

const SERVICE: &str = "cloudformation";

/// The most topics that are told about a stack.
const TOPICS: usize = 5;

/// The most bytes of a template that is written out, and characters of a name.
const TEMPLATE: usize = 51_200;
const NAME: usize = 128;

const TOKEN: &str = "ClientRequestToken";

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
    let help = "subscribe further ones to one of the topics";
    inputs.at_most(TOPICS, "NotificationARNs", &members, help);
    written_as(&mut inputs, "StackName", u8::is_ascii_alphabetic);
    written_as(&mut inputs, TOKEN, u8::is_ascii_alphanumeric);
    long_template(&mut inputs);
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
    written_as(&mut inputs, TOKEN, u8::is_ascii_alphanumeric);
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

/// Reports a name that CloudFormation refuses: it has letters, digits and hyphens, and begins with one of some.
fn written_as(inputs: &mut Inputs<'_, '_>, name: &str, begins: fn(&u8) -> bool) {
    let Some(scalar) = literal(inputs, name) else {
        return;
    };
    let text = scalar.text();
    let letters = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-';
    let fine = text.bytes().all(letters) && text.as_bytes().first().is_none_or(begins);
    let (label, help) = match fine {
        true if text.len() <= NAME => return,
        true => (
            "too long".to_owned(),
            format!("it has at most {NAME} characters"),
        ),
        false => (
            "not of this form".to_owned(),
            match name {
                TOKEN => "it has letters, digits and hyphens, and begins with no hyphen".to_owned(),
                _ => "it has letters, digits and hyphens, and begins with a letter".to_owned(),
            },
        ),
    };
    let message = format!("CloudFormation takes no `{name}` like this");
    let span = inputs::text_span(scalar);
    inputs.report(
        Diagnostic::error(Code::ViolatedConstraint, span, message)
            .label(label)
            .help(help),
    );
}

/// Reports a template that is too long to be written out.
fn long_template(inputs: &mut Inputs<'_, '_>) {
    let name = "TemplateBody";
    let length = literal(inputs, name).map_or(0, |scalar| scalar.text().len());
    if let Some(value) = inputs.given(name).filter(|_| length > TEMPLATE) {
        let message =
            format!("`{name}` has {length} bytes, but CloudFormation takes at most {TEMPLATE}");
        inputs.report(
            Diagnostic::error(Code::ViolatedConstraint, value.span, message)
                .label("too long")
                .help("put the template into a bucket, and give its `TemplateURL`"),
        );
    }
}

/// The text of an input without references; what is empty is reported elsewhere.
fn literal<'a>(inputs: &Inputs<'a, '_>, name: &str) -> Option<&'a Scalar> {
    let scalar = inputs.given(name)?.as_scalar()?;
    scalar.template.is_literal().then_some(scalar)
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
