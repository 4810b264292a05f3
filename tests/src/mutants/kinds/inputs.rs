//! Mistakes in the inputs of actions other than API calls.

use runbookc::source::Source;
use runbookc::syntax::{Entry, Node};

use crate::mutants::spelling::{misspelt as misspell, other_case};
use crate::mutants::subject::{Step, elements, entries, literal, names};
use crate::mutants::{Mutation, Subject};

/// What an action needs (spec 5); where one of several will do, it is not listed.
const REQUIRED: [(&str, &[&str]); 18] = [
    ("aws:approve", &["Approvers"]),
    (
        "aws:assertAwsResourceProperty",
        &["Service", "Api", "PropertySelector", "DesiredValues"],
    ),
    ("aws:branch", &["Choices"]),
    ("aws:changeInstanceState", &["InstanceIds", "DesiredState"]),
    (
        "aws:copyImage",
        &["SourceRegion", "SourceImageId", "ImageName"],
    ),
    ("aws:createImage", &["InstanceId", "ImageName"]),
    ("aws:createStack", &["StackName"]),
    ("aws:createTags", &["ResourceIds", "Tags"]),
    ("aws:deleteImage", &["ImageId"]),
    ("aws:executeAutomation", &["DocumentName"]),
    ("aws:executeAwsApi", &["Service", "Api"]),
    ("aws:executeScript", &["Runtime", "Handler"]),
    ("aws:executeStateMachine", &["stateMachineArn"]),
    ("aws:invokeLambdaFunction", &["FunctionName"]),
    ("aws:loop", &["Steps"]),
    ("aws:runCommand", &["DocumentName"]),
    ("aws:updateVariable", &["Name", "Value"]),
    (
        "aws:waitForAwsResourceProperty",
        &["Service", "Api", "PropertySelector", "DesiredValues"],
    ),
];

/// The values that an input may have (spec 5, and EC2's model).
const VALUES: [(&str, &[&str]); 7] = [
    ("DesiredState", &["running", "stopped", "terminated"]),
    ("InvocationType", &["Event", "RequestResponse", "DryRun"]),
    ("LogType", &["None", "Tail"]),
    ("DocumentHashType", &["Sha256", "Sha1"]),
    ("InstanceInitiatedShutdownBehavior", &["stop", "terminate"]),
    ("OnFailure", &["ROLLBACK", "DO_NOTHING", "DELETE"]),
    (
        "ResourceType",
        &["EC2", "ManagedInstance", "MaintenanceWindow", "Parameter"],
    ),
];

pub(super) fn misspelt(subject: &Subject) -> Vec<Mutation> {
    own(subject, |step, entry| {
        // `TimeStamp` is what an editor writes.
        let known = [
            names(step.inputs()),
            vec!["Timestamp".to_owned(), "Payload".to_owned()],
        ]
        .concat();
        Some(Mutation::replace(
            entry.key.span,
            misspell(&entry.key.value, &known)?,
        ))
    })
}

pub(super) fn case(subject: &Subject) -> Vec<Mutation> {
    own(subject, |_, entry| {
        Some(Mutation::replace(
            entry.key.span,
            other_case(&entry.key.value)?,
        ))
    })
}

pub(super) fn required(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let all = steps
        .iter()
        .flat_map(|step| step.inputs().iter().map(move |entry| (step, entry)));
    let removed = all.filter_map(|(step, entry)| {
        let (_, needed) = REQUIRED
            .iter()
            .find(|(action, _)| *action == step.action())?;
        let python = step
            .input("Runtime")
            .and_then(literal)
            .is_some_and(|runtime| runtime.text.starts_with("python"));
        let counts =
            needed.contains(&entry.key.value.as_str()) && (python || entry.key.value != "Handler");
        let whole = subject
            .whole(step.node.get("inputs")?, entry)
            .filter(|_| counts)?;
        Some(Mutation::remove(whole, step.node.span))
    });
    removed.collect()
}

pub(super) fn duration(subject: &Subject) -> Vec<Mutation> {
    let steps = subject.steps();
    let sleeps = steps.iter().filter(|step| step.action() == "aws:sleep");
    let sleeps = sleeps
        .filter_map(|step| literal(step.input("Duration").or_else(|| step.input("Timestamp"))?));
    let wrong = sleeps.flat_map(|scalar| {
        ["5 minutes", "P5S", "PT", "5M"].map(|wrong| Mutation::replace(scalar.inner_span(), wrong))
    });
    wrong.collect()
}

pub(super) fn value(subject: &Subject) -> Vec<Mutation> {
    own(subject, |_, entry| {
        let (_, known) = VALUES.iter().find(|(key, _)| *key == entry.key.value)?;
        let scalar =
            literal(&entry.value).filter(|scalar| known.contains(&scalar.text.as_str()))?;
        Some(Mutation::replace(
            scalar.inner_span(),
            misspell(&scalar.text, known)?,
        ))
    })
}

/// Members of structures that the model of the API knows: tags, targets, block devices.
pub(super) fn member(subject: &Subject) -> Vec<Mutation> {
    const STRUCTURED: [&str; 7] = [
        "Tags",
        "Targets",
        "BlockDeviceMappings",
        "NetworkInterfaces",
        "TagSpecifications",
        "Placement",
        "CloudWatchOutputConfig",
    ];
    let steps = subject.steps();
    let inputs = steps
        .iter()
        .filter(|step| !is_call(step))
        .flat_map(|step| step.inputs());
    let structured = inputs.filter(|entry| STRUCTURED.contains(&entry.key.value.as_str()));
    let members = structured.flat_map(|entry| match elements(&entry.value) {
        [] => entries(&entry.value).iter().collect::<Vec<_>>(),
        elements => elements.iter().flat_map(entries).collect(),
    });
    members
        .filter_map(|entry| {
            Some(Mutation::replace(
                entry.key.span,
                misspell(&entry.key.value, &[] as &[&str])?,
            ))
        })
        .collect()
}

pub(super) fn child_parameter(subject: &Subject) -> Vec<Mutation> {
    children(subject, |given, _, entry| {
        Some(Mutation::replace(
            entry.key.span,
            misspell(&entry.key.value, &names(given))?,
        ))
    })
}

pub(super) fn child_required(subject: &Subject) -> Vec<Mutation> {
    children(subject, |_, child, entry| {
        let parameter = child.get("parameters")?.get(&entry.key.value)?;
        parameter.get("default").is_none().then_some(())?;
        let steps = subject.steps();
        let step = steps.iter().find(|step| {
            step.node.span.start < entry.key.span.start && entry.key.span.end < step.node.span.end
        })?;
        let mapping = step.input("RuntimeParameters")?;
        Some(Mutation::remove(
            subject.whole(mapping, entry)?,
            step.node.span,
        ))
    })
}

/// What a step gives to a runbook that is at hand.
fn children(
    subject: &Subject,
    make: impl Fn(&[Entry], &Node, &Entry) -> Option<Mutation>,
) -> Vec<Mutation> {
    let steps = subject.steps();
    let mut mutations = Vec::new();
    for step in steps
        .iter()
        .filter(|step| step.action() == "aws:executeAutomation")
    {
        let name = step
            .input("DocumentName")
            .and_then(literal)
            .map(|scalar| scalar.text.as_str());
        let Some(child) = name.and_then(|name| subject.child(name)) else {
            continue;
        };
        let given = step.input("RuntimeParameters").map_or(&[][..], entries);
        mutations.extend(given.iter().filter_map(|entry| make(given, &child, entry)));
    }
    mutations
}

fn own(subject: &Subject, make: impl Fn(&Step<'_>, &Entry) -> Option<Mutation>) -> Vec<Mutation> {
    let steps = subject.steps();
    let others = steps.iter().filter(|step| !is_call(step));
    let all = others.flat_map(|step| step.inputs().iter().map(move |entry| (step, entry)));
    all.filter_map(|(step, entry)| make(step, entry)).collect()
}

fn is_call(step: &Step<'_>) -> bool {
    [
        "aws:executeAwsApi",
        "aws:waitForAwsResourceProperty",
        "aws:assertAwsResourceProperty",
    ]
    .contains(&step.action())
}

impl Subject {
    /// The tree of a runbook beside this one.
    fn child(&self, name: &str) -> Option<Node> {
        let source: &Source = self.beside(name)?;
        runbookc::syntax::parse(source, &mut runbookc::diagnostic::Diagnostics::default())
    }
}
