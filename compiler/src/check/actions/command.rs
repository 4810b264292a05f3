//! `aws:runCommand` (spec 5.19).

use super::call::{self, Called, Given, text, told, told_list};
use super::inputs;
use super::typed::Inputs;
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Step, Type, Value, ValueKind};
use crate::ir::{Expression, Field, Procedure, Work};

const SERVICE: &str = "ssm";

/// The most instances that one command may name.
const INSTANCES: usize = 50;

/// The members of SendCommand, and the inputs that they are; without the parameters, which have any type.
const MEMBERS: [(&str, &str); 15] = [
    ("DocumentName", "DocumentName"),
    ("DocumentVersion", "DocumentVersion"),
    ("InstanceIds", "InstanceIds"),
    ("Targets", "Targets"),
    ("Comment", "Comment"),
    ("DocumentHash", "DocumentHash"),
    ("DocumentHashType", "DocumentHashType"),
    ("NotificationConfig", "NotificationConfig"),
    ("OutputS3BucketName", "OutputS3BucketName"),
    ("OutputS3KeyPrefix", "OutputS3KeyPrefix"),
    ("ServiceRoleArn", "ServiceRoleArn"),
    ("TimeoutSeconds", "TimeoutSeconds"),
    ("CloudWatchOutputConfig", "CloudWatchOutputConfig"),
    ("MaxConcurrency", "MaxConcurrency"),
    ("MaxErrors", "MaxErrors"),
];

/// Checks a step that runs a command on instances.
pub(super) fn run(step: &Step, scope: &Scope<'_>, diagnostics: &mut Diagnostics) -> Option<Work> {
    let called = Called::find(scope.catalogue, SERVICE, "SendCommand")?;
    let mut inputs = Inputs::of(step, scope, diagnostics);
    let mut members = inputs.members(&called, &MEMBERS);
    inputs.one_of("InstanceIds", "Targets");
    members.extend(parameters(&mut inputs));
    let help = "name them by `Targets`, or in several steps";
    inputs.at_most(INSTANCES, "InstanceIds", &members, help);
    inputs.sound()?;

    let call =
        |operation: &str, members| call::call(step, scope.catalogue, (SERVICE, operation), members);
    let by_id = || ("CommandId", told("command"));
    let details = ("Details", Given::Value(Expression::Boolean(true)));
    let agents = match members.iter().any(|(name, _)| *name == "InstanceIds") {
        true => Some(call("DescribeInstanceInformation", of_instances())?),
        false => None,
    };
    Some(Work::Procedure(Procedure {
        name: "RunCommand",
        shared: Vec::new(),
        fields: vec![
            ("agents", Field::OptionalLater(agents)),
            ("send", Field::Call(called.with(step, members)?)),
            (
                "command",
                Field::Later(call("ListCommands", vec![by_id()])?),
            ),
            (
                "invocations",
                Field::Later(call("ListCommandInvocations", vec![by_id(), details])?),
            ),
            (
                "cancel",
                Field::Later(call("CancelCommand", vec![by_id()])?),
            ),
        ],
        constants: Vec::new(),
    }))
}

/// The members of the question whether the agents of some instances are there; all of them fit on one page.
fn of_instances() -> Vec<(&'static str, Given)> {
    let filter = Given::Map(vec![
        ("Key", text("InstanceIds")),
        ("Values", told_list("instances")),
    ]);
    vec![
        ("Filters", Given::List(vec![filter])),
        (
            "MaxResults",
            Given::Value(Expression::Integer(INSTANCES as i64)),
        ),
    ]
}

/// `Parameters`. Of this action alone the service checks the types when the document is created (spec 1.6): maps have no
/// place in a list.
fn parameters(inputs: &mut Inputs<'_, '_>) -> Option<(&'static str, Given)> {
    let value = inputs.given("Parameters")?;
    if let ValueKind::Map(entries) = &value.kind {
        for (key, value) in entries {
            report_maps(&key.value, value, inputs);
        }
    }
    Some(("Parameters", inputs.encoded("Parameters")?))
}

/// Reports a list of maps.
fn report_maps(name: &str, value: &Value, inputs: &mut Inputs<'_, '_>) {
    let listed = value.as_list().unwrap_or_default();
    let element = listed
        .iter()
        .find(|element| matches!(element.kind, ValueKind::Map(_) | ValueKind::List(_)));
    if let Some(element) = element {
        let message = format!(
            "`{name}` is a list of texts, but has {} in it",
            element.describe()
        );
        inputs.report(
            Diagnostic::error(Code::WrongValueType, element.span, message)
                .label(format!("this is {}", element.describe()))
                .help("write JSON as text"),
        );
    }
    let Some(scalar) = value.as_scalar() else {
        return;
    };
    // What is wrong with the reference itself is reported where its value is read.
    let typed = inputs
        .scope
        .scalar(scalar, value.span, &mut Diagnostics::default());
    if typed.kind == Some(Type::MapList) {
        let message = format!(
            "`{name}` takes text or a list of texts, but {} is a MapList",
            inputs::what(&typed)
        );
        let report = Diagnostic::error(Code::WrongReferenceType, typed.span, message)
            .label("this is a MapList")
            .note("the service refuses such a document");
        let report = inputs::declared(report, &typed);
        inputs.report(inputs::other_type(report, &typed, Type::StringList));
    }
}
