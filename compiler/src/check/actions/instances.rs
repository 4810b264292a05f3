//! `aws:runInstances` and `aws:changeInstanceState` (spec 5.20, 5.4).

use super::call::{self, Called, Given, told_list};
use super::typed::{Inputs, Members};
use crate::check::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Step, Type};
use crate::ir::{Expression, Field, Procedure, Work};

const SERVICE: &str = "ec2";

const STATUS: &str = "DescribeInstanceStatus";

/// The runtime's enum of states.
const STATE: &str = "InstanceState";

/// The members of RunInstances that are inputs, most under the same name.
const MEMBERS: [(&str, &str); 22] = [
    ("ImageId", "ImageId"),
    ("InstanceType", "InstanceType"),
    ("MinCount", "MinInstanceCount"),
    ("MaxCount", "MaxInstanceCount"),
    ("AdditionalInfo", "AdditionalInfo"),
    ("BlockDeviceMappings", "BlockDeviceMappings"),
    ("ClientToken", "ClientToken"),
    ("DisableApiTermination", "DisableApiTermination"),
    ("EbsOptimized", "EbsOptimized"),
    (
        "InstanceInitiatedShutdownBehavior",
        "InstanceInitiatedShutdownBehavior",
    ),
    ("KernelId", "KernelId"),
    ("KeyName", "KeyName"),
    ("MetadataOptions", "MetadataOptions"),
    ("NetworkInterfaces", "NetworkInterfaces"),
    ("Placement", "Placement"),
    ("PrivateIpAddress", "PrivateIpAddress"),
    ("RamdiskId", "RamdiskId"),
    ("SecurityGroupIds", "SecurityGroupIds"),
    ("SecurityGroups", "SecurityGroups"),
    ("SubnetId", "SubnetId"),
    ("TagSpecifications", "TagSpecifications"),
    ("UserData", "UserData"),
];

/// Checks a step that launches instances.
pub(super) fn launch(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    let called = Called::find(scope.catalogue, SERVICE, "RunInstances")?;
    let mut inputs = Inputs::of(step, scope, diagnostics);
    let mut members = inputs.members(&called, &MEMBERS);
    let mut part = |member, name, input| {
        let value = inputs.member(&called, member, input)?;
        Some((member, Given::Map(vec![(name, value)])))
    };
    let monitoring = part("Monitoring", "Enabled", "Monitoring");
    let by_arn = part("IamInstanceProfile", "Arn", "IamInstanceProfileArn");
    let by_name = part("IamInstanceProfile", "Name", "IamInstanceProfileName");
    inputs.exclusive("IamInstanceProfileArn", "IamInstanceProfileName");
    members.extend(monitoring.into_iter().chain(by_arn.or(by_name)));
    counts(&mut inputs, &mut members);
    inputs.sound()?;

    let launched = vec![
        ("InstanceIds", told_list("instances")),
        ("IncludeAllInstances", truth(true)),
    ];
    let describe = call::call(step, scope.catalogue, (SERVICE, STATUS), launched)?;
    Some(Work::Procedure(Procedure {
        name: "RunInstances",
        shared: Vec::new(),
        fields: vec![
            ("launch", Field::Call(called.with(step, members)?)),
            ("describe", Field::Later(describe)),
        ],
        constants: Vec::new(),
    }))
}

/// How many instances: one each, where nothing is said. Reports a minimum above the maximum.
fn counts(inputs: &mut Inputs<'_, '_>, members: &mut Members) {
    // What is given and illegible was reported.
    let illegible = |own, member| {
        inputs.given(own).is_some() && !members.iter().any(|(name, _)| *name == member)
    };
    if illegible("MinInstanceCount", "MinCount") || illegible("MaxInstanceCount", "MaxCount") {
        return;
    }
    let mut count = |member| {
        let known = members.iter().find(|(name, _)| *name == member);
        match known {
            Some((_, Given::Value(Expression::Integer(count)))) => Some(*count),
            Some(_) => None,
            None => {
                members.push((member, Given::Value(Expression::Integer(1))));
                Some(1)
            }
        }
    };
    let (Some(least), Some(most)) = (count("MinCount"), count("MaxCount")) else {
        return;
    };
    let Some(value) = inputs.given("MinInstanceCount").filter(|_| least > most) else {
        return;
    };
    let message = format!("`MinInstanceCount` is {least}, above `MaxInstanceCount`");
    let (label, help) = match inputs.given("MaxInstanceCount") {
        Some(_) => (
            "no number is both",
            format!("raise `MaxInstanceCount` to at least {least}"),
        ),
        None => (
            "above 1, the maximum",
            format!("add `MaxInstanceCount: {least}`"),
        ),
    };
    inputs.report(
        Diagnostic::error(Code::ViolatedConstraint, value.span, message)
            .label(label)
            .help(help),
    );
}

/// Checks a step that brings instances into a state.
pub(super) fn change(
    step: &Step,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Work> {
    let called = |operation| Called::find(scope.catalogue, SERVICE, operation);
    let (start, stop) = (called("StartInstances")?, called("StopInstances")?);
    let (terminate, describe) = (called("TerminateInstances")?, called(STATUS)?);
    let mut inputs = Inputs::of(step, scope, diagnostics);
    let instances = inputs.texts("InstanceIds");
    let desired = desired_state(&mut inputs);
    let only = inputs.setting("CheckStateOnly");
    let force = inputs.member(&stop, "Force", "Force");
    let unexpected = inputs.setting("FailOnUnexpectedStopped");
    let information = inputs.member(&start, "AdditionalInfo", "AdditionalInfo");
    inputs.sound()?;

    let (instances, desired) = (instances?, desired?);
    let members = |more: Option<(&'static str, Given)>| {
        let instances = Expression::Shared("instances", Type::StringList);
        let instances = ("InstanceIds", Given::Value(instances));
        std::iter::once(instances).chain(more).collect()
    };
    let changes = only != Some(Expression::Boolean(true));
    let wanted = |called: Called, variant, more| match &desired {
        Field::Variant(_, known) if *known != variant => Some(None),
        _ if !changes => Some(None),
        _ => called.with(step, members(more)).map(Some),
    };
    let named = |name| move |value| (name, value);
    let start = wanted(start, "Running", information.map(named("AdditionalInfo")))?;
    let stop = wanted(stop, "Stopped", force.map(named("Force")))?;
    let terminate = wanted(terminate, "Terminated", None)?;
    let describe = describe.with(step, members(Some(("IncludeAllInstances", truth(true)))))?;
    let or_not = |setting: Option<Expression>| setting.unwrap_or(Expression::Boolean(false));
    Some(Work::Procedure(Procedure {
        name: "ChangeInstanceState",
        shared: vec![("instances", instances)],
        fields: vec![
            ("desired", desired),
            ("start", Field::OptionalCall(start)),
            ("stop", Field::OptionalCall(stop)),
            ("terminate", Field::OptionalCall(terminate)),
            ("describe", Field::Call(describe)),
            ("check_only", Field::Value(or_not(only))),
            ("fail_on_stopped", Field::Value(or_not(unexpected))),
        ],
        constants: Vec::new(),
    }))
}

/// `DesiredState`; where a reference stands for it, it is decided when the step begins.
fn desired_state(inputs: &mut Inputs<'_, '_>) -> Option<Field> {
    let written = inputs.given("DesiredState")?.as_scalar();
    if written.is_some_and(|scalar| !scalar.template.is_literal()) {
        let setting = inputs.setting("DesiredState")?;
        return Some(Field::Named(STATE, setting));
    }
    let variant = match inputs.choice("DesiredState", "the state")? {
        "running" => "Running",
        "stopped" => "Stopped",
        _ => "Terminated",
    };
    Some(Field::Variant(STATE, variant))
}

const fn truth(value: bool) -> Given {
    Given::Value(Expression::Boolean(value))
}
