//! Roles that a runbook hands over to services.

use serde_json::Value as Json;

use crate::ir::{ApiCall, ApiField, ApiItem, ApiValue, Data, Expression, Part, Reference, Runbook};

/// A role that is handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Its ARN.
    Arn(String),
    /// Not known before the run, as it is written: `{{ TaskRole }}`.
    Later(String),
    /// That of an instance profile, by the ARN or name of the profile as it is written.
    OfProfile(String),
}

/// Operations of these services name a role without handing it over.
const OWN: [&str; 2] = ["iam", "sts"];

/// Operations that begin so look at a role and do not hand it over.
const LOOKING: [&str; 4] = ["Describe", "Get", "List", "Search"];

/// The roles that calls hand over, each once.
pub(super) fn handed_over<'a>(
    calls: impl Iterator<Item = &'a ApiCall>,
    runbook: &Runbook,
) -> Vec<Role> {
    let mut roles = Vec::new();
    let mut profiles = Vec::new();
    for call in calls {
        let looks = LOOKING
            .iter()
            .any(|start| call.operation.name.starts_with(start));
        if !looks && !OWN.contains(&call.service.name.as_str()) {
            for field in &call.input {
                in_field(field, &mut roles);
                profiles.extend(profile(field));
            }
        }
    }
    let roles = roles.into_iter().filter_map(|role| named(role, runbook));
    let profiles = profiles
        .into_iter()
        .filter_map(|profile| named(profile, runbook));
    let profiles = profiles.map(|profile| match profile {
        Role::Arn(name) | Role::Later(name) | Role::OfProfile(name) => Role::OfProfile(name),
    });
    let roles = roles.chain(profiles);
    let mut each = Vec::new();
    roles.for_each(|role| {
        if !each.contains(&role) {
            each.push(role);
        }
    });
    each
}

/// The instance profile of instances that are launched.
fn profile(field: &ApiField) -> Option<&Expression> {
    match &field.value {
        ApiValue::Structure(_, fields) if field.name == "IamInstanceProfile" => {
            fields.iter().find_map(|field| match &field.value {
                ApiValue::Scalar(_, expression) => Some(expression),
                _ => None,
            })
        }
        _ => None,
    }
}

/// Whether a member holds a role: `RoleArn`, `taskRoleArn`, `ServiceRole`, `AutomationAssumeRole`.
fn is_role(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with("rolearn") || name.ends_with("role")
}

fn in_field<'a>(field: &'a ApiField, found: &mut Vec<&'a Expression>) {
    match &field.value {
        ApiValue::Scalar(_, expression) if is_role(&field.name) => found.push(expression),
        value => in_value(value, found),
    }
}

fn in_value<'a>(value: &'a ApiValue, found: &mut Vec<&'a Expression>) {
    match value {
        ApiValue::Structure(_, fields) => fields.iter().for_each(|field| in_field(field, found)),
        ApiValue::List(_, items) => items.iter().for_each(|item| {
            if let ApiItem::One(value) = item {
                in_value(value, found);
            }
        }),
        ApiValue::Map(_, entries) => {
            entries
                .iter()
                .for_each(|entry| in_value(&entry.value, found));
        }
        ApiValue::Encoded(_, data) | ApiValue::Whole(_, data) => in_data(data, found),
        ApiValue::Strings(..) | ApiValue::Scalar(..) | ApiValue::Float(..) => {}
    }
}

fn in_data<'a>(data: &'a Data, found: &mut Vec<&'a Expression>) {
    match data {
        Data::Map(entries) => {
            for (name, value) in entries {
                match value {
                    Data::Expression(expression) if is_role(name) => found.push(expression),
                    Data::List(elements) if is_role(name) => {
                        found.extend(elements.iter().filter_map(|element| match element {
                            Data::Expression(expression) => Some(expression),
                            _ => None,
                        }));
                    }
                    value => in_data(value, found),
                }
            }
        }
        Data::List(elements) => elements.iter().for_each(|element| in_data(element, found)),
        _ => {}
    }
}

/// The role that a text names; none if it names none by default.
fn named(expression: &Expression, runbook: &Runbook) -> Option<Role> {
    match expression {
        Expression::String(text) => of_text(text),
        Expression::Reference(Reference::Parameter(id, _)) => {
            let parameter = runbook.parameter(*id);
            match parameter.default.as_ref().and_then(Json::as_str) {
                Some(arn) if arn.starts_with("arn:") && !arn.contains("{{") => {
                    Some(Role::Arn(arn.to_owned()))
                }
                _ => Some(Role::Later(format!("{{{{ {} }}}}", parameter.name))),
            }
        }
        Expression::Reference(reference) => Some(Role::Later(written(reference, runbook))),
        Expression::Coerce(inner, _) => named(inner, runbook),
        Expression::Text(parts) => {
            let parts = parts.iter().map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Reference(reference) => written(reference, runbook),
            });
            Some(Role::Later(parts.collect()))
        }
        _ => None,
    }
}

fn of_text(text: &str) -> Option<Role> {
    match text.trim() {
        "" => None,
        arn if arn.starts_with("arn:") => Some(Role::Arn(arn.to_owned())),
        name => Some(Role::Later(name.to_owned())),
    }
}

fn written(reference: &Reference, runbook: &Runbook) -> String {
    let name = match reference {
        Reference::Parameter(id, _) => runbook.parameter(*id).name.clone(),
        Reference::Output(step, output, _) => format!(
            "{}.{}",
            runbook.step(*step).name,
            runbook.output(*step, *output).name
        ),
        Reference::Variable(id, _) => {
            format!("variable:{}", runbook.variable(*id).declaration.name)
        }
        Reference::System(variable) => variable.name().to_owned(),
    };
    format!("{{{{ {name} }}}}")
}
