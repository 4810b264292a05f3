//! `EnhancedApprovals`: the approvers of change templates, each line with the number of its own people that are needed.

use super::topic_name;
use crate::check::actions::call::{Called, Given};
use crate::check::actions::own::{ENHANCED, LINE};
use crate::check::actions::typed::Inputs;
use crate::check::actions::{OwnInput, data, inputs};
use crate::diagnostic::{Code, Diagnostic, similar};
use crate::document::{Value, ValueKind};
use crate::ir::{Data, Expression};
use crate::source::{Span, Spanned};

const WHOLE: &str = "`EnhancedApprovals`";
const A_LINE: &str = "a line of `Approvers`";

/// What the input comes to.
pub(super) struct Enhanced<'a> {
    /// `Approvers`: their lines.
    pub(super) lines: Data,
    /// Where they stand.
    pub(super) place: &'a Value,
    /// How many there are, if that is known.
    pub(super) count: Option<usize>,
    /// How many people can approve, if that is known and limited.
    pub(super) people: Option<usize>,
    /// `NotificationArn`
    pub(super) topic: Option<Given>,
}

/// Checks the input.
pub(super) fn enhanced<'a>(
    inputs: &mut Inputs<'a, '_>,
    name: &'static str,
    value: &'a Value,
    called: &Called,
) -> Option<Enhanced<'a>> {
    let ValueKind::Map(members) = &value.kind else {
        return inputs::reported(
            value,
            name,
            "a mapping that is written out",
            inputs.scope,
            inputs.diagnostics,
        );
    };
    let known = known(inputs, WHOLE, members, &ENHANCED);
    let topic = match given(members, "NotificationArn") {
        Some(arn) => {
            let topic = inputs.member_of(called, "TopicArn", "NotificationArn", arn);
            topic_name(inputs, topic.as_ref(), arn);
            Some(topic?)
        }
        None => None,
    };
    let Some(place) = given(members, "Approvers") else {
        if known {
            inputs.report(missing(value.span, WHOLE, "Approvers"));
        }
        return None;
    };
    let ValueKind::List(elements) = &place.kind else {
        let lines = data::maps(place, "Approvers", inputs.scope, inputs.diagnostics)?;
        let count = place.as_scalar().is_none().then_some(1);
        return Some(Enhanced {
            lines,
            place,
            count,
            people: None,
            topic,
        });
    };
    let lines: Vec<Option<Line>> = elements
        .iter()
        .map(|element| line(inputs, element))
        .collect();
    let lines: Vec<Line> = lines.into_iter().collect::<Option<_>>()?;
    let counted = lines.iter().all(|line| line.people != People::Unknown);
    let limited = lines.iter().all(|line| line.people == People::One);
    Some(Enhanced {
        place,
        count: counted.then_some(lines.len()),
        people: limited.then_some(lines.len()),
        lines: Data::List(lines.into_iter().map(|line| line.data).collect()),
        topic,
    })
}

/// A line of `Approvers`.
struct Line {
    data: Data,
    people: People,
}

/// How many people can decide by a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum People {
    One,
    Any,
    Unknown,
}

fn line(inputs: &mut Inputs<'_, '_>, value: &Value) -> Option<Line> {
    let ValueKind::Map(members) = &value.kind else {
        if value
            .as_scalar()
            .is_none_or(|scalar| scalar.template.is_literal())
        {
            return inputs::reported(
                value,
                "Approvers",
                "a list of mappings",
                inputs.scope,
                inputs.diagnostics,
            );
        }
        let data = data::data(value, inputs.scope, inputs.diagnostics)?;
        return Some(Line {
            data,
            people: People::Unknown,
        });
    };
    let known = known(inputs, A_LINE, members, &LINE);
    let mut entries = Vec::new();
    for input in &LINE {
        match given(members, input.name) {
            Some(value) => entries.push((input.name, inputs.expression(value, input)?)),
            None if input.required => {
                if known {
                    inputs.report(missing(value.span, A_LINE, input.name));
                }
                return None;
            }
            None => {}
        }
    }
    let people = people(inputs, members, &entries);
    let entries = entries.into_iter().map(|(name, value)| {
        let value = match value {
            Expression::Integer(number) => Data::Integer(number),
            other => Data::Expression(other),
        };
        (name.to_owned(), value)
    });
    Some(Line {
        data: Data::Map(entries.collect()),
        people,
    })
}

/// Checks how many people a line needs against how many there can be, as far as both are known.
fn people(
    inputs: &mut Inputs<'_, '_>,
    members: &[(Spanned<String>, Value)],
    line: &[(&'static str, Expression)],
) -> People {
    let is = |name: &str| line.iter().find(|(known, _)| *known == name);
    let needed = match is("minRequiredApprovals") {
        Some((_, Expression::Integer(number))) => *number,
        _ => 0,
    };
    let Some((_, Expression::String(kind))) = is("type") else {
        return People::Any;
    };
    let number = given(members, "minRequiredApprovals").map(|value| value.span);
    let place = given(members, "type").map(|value| value.span);
    match (kind.as_str(), number) {
        (_, Some(span)) if needed < 0 => inputs.report(few(span, needed)),
        ("IamUser" | "SSOUser", Some(span)) if needed > 1 => inputs.report(
            Diagnostic::error(
                Code::ViolatedConstraint,
                span,
                format!("`minRequiredApprovals` of a user is {needed}, but takes 0 or 1"),
            )
            .label("one person approves once")
            .help("name a role that several people can assume, or several users"),
        ),
        ("IamGroup" | "SSOGroup", _) => {
            if let Some(span) = place {
                inputs.diagnostics.push(group(span, needed));
            }
        }
        _ => {}
    }
    match kind.as_str() {
        "IamRole" => People::Any,
        _ => People::One,
    }
}

fn few(span: Span, needed: i64) -> Diagnostic {
    let message = format!("`minRequiredApprovals` is {needed}, but takes 0 at least");
    Diagnostic::error(Code::ViolatedConstraint, span, message)
        .label("not a number of approvals")
        .help("write how many people have to approve by this line")
}

fn group(span: Span, needed: i64) -> Diagnostic {
    let message = match needed {
        2.. => format!("{needed} approvals of a group are never reached here"),
        _ => "nobody is known here as a member of a group".to_owned(),
    };
    Diagnostic::warning(Code::ViolatedConstraint, span, message)
        .label("an ARN does not tell of groups")
        .help("name the users, or a role that they can assume")
        .note("the group decides as one: somebody says `--as` with its own ARN, `…:group/NAME`")
}

fn missing(span: Span, whole: &str, name: &str) -> Diagnostic {
    let message = format!("`{name}` is missing in {whole}");
    Diagnostic::error(Code::MissingInput, span, message)
        .label(format!("`{name}` is missing here"))
        .help(format!("add `{name}: …`"))
}

/// Whether all members are known ones; reports the others.
fn known(
    inputs: &mut Inputs<'_, '_>,
    whole: &str,
    members: &[(Spanned<String>, Value)],
    known: &[OwnInput],
) -> bool {
    let names: Vec<&str> = known.iter().map(|input| input.name).collect();
    let unknown = members.iter().map(|(key, _)| key);
    let unknown: Vec<_> = unknown
        .filter(|key| !names.contains(&key.value.as_str()))
        .collect();
    for key in &unknown {
        let message = format!("`{key}` is no part of {whole}");
        let report = Diagnostic::error(Code::UnknownInput, key.span, message)
            .label("nothing here has this name");
        inputs.report(match similar(&key.value, names.iter().copied()) {
            Some(name) => report.edit(key.span, name, "a similar name exists"),
            None => report.help(format!("it takes {}", inputs::listed(&names))),
        });
    }
    unknown.is_empty()
}

fn given<'a>(members: &'a [(Spanned<String>, Value)], name: &str) -> Option<&'a Value> {
    let (_, value) = members.iter().find(|(key, _)| key.value == name)?;
    (value.kind != ValueKind::Null).then_some(value)
}
