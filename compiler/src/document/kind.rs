//! Documents of other kinds: one report says what a file is, for nothing in it is as in a runbook (spec 1.1).

use crate::diagnostic::{Code, Diagnostic};
use crate::document::scalars::misshapen;
use crate::habits;
use crate::syntax::{Entry, Node, NodeKind, Scalar};

const BEGINNING: &str =
    "a runbook begins with `schemaVersion: '0.3'`, and has its steps under `mainSteps`";

/// The report of a document that is no runbook, if it is plain what else it is.
pub(super) fn other(root: &Node) -> Option<Diagnostic> {
    if let Some(version) = root.get("schemaVersion") {
        let scalar = version.as_scalar()?;
        return is_command(root).then(|| other_version(version, scalar));
    }
    let NodeKind::Mapping(entries) = &root.kind else {
        return misshapen(root, "the runbook", "a mapping").map(|report| report.help(BEGINNING));
    };
    let kind = |entry: &Entry| {
        Some((
            habits::meant(habits::DOCUMENTS, &entry.key.value)?,
            entry.key.span,
        ))
    };
    let (kind, span) = entries
        .iter()
        .find_map(kind)
        .filter(|_| root.get("mainSteps").is_none())?;
    let message = format!("this is {kind}, and no runbook");
    let report =
        Diagnostic::error(Code::SchemaVersion, span, message).label("runbooks have no such key");
    Some(report.help(match kind {
        habits::TEMPLATE => {
            "check what stands below `Content` of an `AWS::SSM::Document`, as a file of its own"
        }
        habits::SCENARIO => "play it with `runbookc test RUNBOOK`",
        habits::ANSWER => "the runbook is the text of `Content`; check that as a file of its own",
        _ => BEGINNING,
    }))
}

/// Whether all steps of a document of another version are those of Command documents.
fn is_command(root: &Node) -> bool {
    let is_runbook = root.get("schemaVersion").and_then(Node::as_scalar);
    let is_runbook = is_runbook.is_none_or(|version| version.text == "0.3");
    let steps = match root.get("mainSteps").map(|steps| &steps.kind) {
        Some(NodeKind::Sequence(steps)) => steps.as_slice(),
        _ => return !is_runbook && root.get("runtimeConfig").is_some(),
    };
    let mut actions = steps
        .iter()
        .map(|step| step.get("action").and_then(Node::as_scalar));
    !is_runbook
        && actions.all(|action| {
            action.is_some_and(|action| habits::meant(habits::COMMANDS, &action.text).is_some())
        })
}

/// The report of a `schemaVersion` that runbooks do not have.
pub(super) fn other_version(node: &Node, scalar: &Scalar) -> Diagnostic {
    let text = &scalar.text;
    let message = format!("the schema version is `{text}`, but a runbook has `0.3`");
    let report = Diagnostic::error(Code::SchemaVersion, node.span, message)
        .label("not the version of a runbook");
    match text.as_str() {
        "1.0" | "1.2" | "2.0" | "2.2" => report.help(
            "this is the version of documents for nodes; a runbook runs one with an `aws:runCommand` step",
        ),
        _ => report.edit(node.span, "'0.3'", "write the version of runbooks"),
    }
}
