//! `aws:createTags` (spec 5.8).

use super::call::{self, Called, Element, Given, text, told_list};
use super::typed::Inputs;
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Step, Value};
use crate::ir::{Expression, Field, Procedure, Work};

/// What is tagged if the step does not say.
const EC2: &str = "EC2";

/// Checks a step that tags resources.
pub(super) fn create(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    let mut inputs = Inputs::of(step, scope, diagnostics);
    reserved_keys(&mut inputs);
    // After a wrong one, the other inputs are looked at all the same.
    match inputs.choice("ResourceType", "what is tagged") {
        None | Some(EC2) => of_ec2(inputs),
        Some(other) => of_ssm(other, inputs),
    }
}

/// Keys that begin with `aws:` are AWS's own.
fn reserved_keys(inputs: &mut Inputs<'_, '_>) {
    let tags = inputs.given("Tags").and_then(Value::as_list);
    let keys = tags
        .unwrap_or_default()
        .iter()
        .filter_map(|tag| tag.get("Key"));
    let reserved = |key: &&Value| {
        let text = key.as_scalar().map(|key| key.text().to_ascii_lowercase());
        text.is_some_and(|text| text.starts_with("aws:"))
    };
    for key in keys.filter(reserved) {
        let message = "the key of a tag begins with `aws:`";
        inputs.report(
            Diagnostic::error(Code::ViolatedConstraint, key.span, message)
                .label("only AWS itself gives such tags")
                .help("choose another key"),
        );
    }
}

fn of_ec2(mut inputs: Inputs<'_, '_>) -> Option<Work> {
    let (step, catalogue) = (inputs.step, inputs.scope.catalogue);
    let called = Called::find(catalogue, "ec2", "CreateTags")?;
    let members = inputs.members(&called, &[("Resources", "ResourceIds"), ("Tags", "Tags")]);
    inputs.sound()?;
    let filter =
        |name: &str, values| Given::Map(vec![("Name", text(name)), ("Values", told_list(values))]);
    let filters = vec![filter("resource-id", "resources"), filter("key", "keys")];
    let filters = vec![("Filters", Given::List(filters))];
    let look = call::call(step, catalogue, ("ec2", "DescribeTags"), filters)?;
    Some(Work::Procedure(Procedure {
        name: "CreateTags",
        shared: Vec::new(),
        fields: vec![
            ("tag", Field::Call(called.with(step, members)?)),
            ("look", Field::Later(look)),
        ],
        constants: resource_type(step, EC2),
    }))
}

fn of_ssm(kind: &'static str, mut inputs: Inputs<'_, '_>) -> Option<Work> {
    let (step, catalogue) = (inputs.step, inputs.scope.catalogue);
    let called = Called::find(catalogue, "ssm", "AddTagsToResource")?;
    let tags = inputs.member(&called, "Tags", "Tags");
    let resource = only_resource(kind, &called, &mut inputs);
    inputs.sound()?;
    let (tags, resource) = (tags?, resource?);
    let whose = || {
        vec![
            ("ResourceType", text(kind)),
            ("ResourceId", resource.clone()),
        ]
    };
    let look = call::call(step, catalogue, ("ssm", "ListTagsForResource"), whose())?;
    let mut members = whose();
    members.push(("Tags", tags));
    Some(Work::Procedure(Procedure {
        name: "AddTags",
        shared: Vec::new(),
        fields: vec![
            ("tag", Field::Call(called.with(step, members)?)),
            ("look", Field::Call(look)),
        ],
        constants: Vec::new(),
    }))
}

/// The only element of `ResourceIds`.
fn only_resource(kind: &str, called: &Called, inputs: &mut Inputs<'_, '_>) -> Option<Given> {
    let value = inputs.given("ResourceIds")?;
    let ids = inputs.member(called, "ResourceId", "ResourceIds")?;
    let only = match &ids {
        Given::Value(list) => Some(list),
        Given::Strings(elements) => match elements.as_slice() {
            [Element::One(id) | Element::All(id)] => Some(id),
            _ => None,
        },
        _ => None,
    };
    let Some(id) = only else {
        let message = format!("`ResourceIds` takes just one id of a {kind}");
        inputs.report(
            Diagnostic::error(Code::ViolatedConstraint, value.span, message)
                .label("more than one, or none")
                .help("tag each of them in a step of its own, or in a loop"),
        );
        return None;
    };
    Some(Given::Value(match id.kind() {
        crate::document::Type::String => id.clone(),
        _ => Expression::Coerce(Box::new(id.clone()), crate::document::Type::String),
    }))
}

/// `ResourceType` as the record shows it; no request of EC2 has it.
fn resource_type(step: &Step, kind: &str) -> Vec<(&'static str, String)> {
    let written = super::inputs::given(step, "ResourceType").is_some();
    match written {
        true => vec![("ResourceType", kind.to_owned())],
        false => Vec::new(),
    }
}
