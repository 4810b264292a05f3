//! EC2 instances on their way to a state (spec 5.4, 5.20).

use serde_json::json;

use super::{Move, text};
use crate::value::Document;

/// An instance as DescribeInstanceStatus shows it.
pub(super) struct Instance<'a> {
    /// Its state: `pending`.
    pub(super) state: &'a str,
    /// What the checks of the instance, and of the system below it, have found: `initializing`.
    checks: [&'a str; 2],
}

/// What becomes of an instance.
pub(super) enum Fate<'a> {
    /// It is as it should be.
    There,
    /// It is not yet: what it is instead.
    OnItsWay(&'a str),
    /// It will not be, having become this.
    Lost(&'a str),
}

impl<'a> Instance<'a> {
    fn of(status: &'a Document) -> Self {
        let word = |pointer| text(status, pointer).unwrap_or_default();
        Self {
            state: word("/InstanceState/Name"),
            checks: [word("/InstanceStatus/Status"), word("/SystemStatus/Status")],
        }
    }

    /// What becomes of a running instance, which is ready when all checks are fine. Some results are `fatal`.
    pub(super) fn checked(&self, fatal: &[&str]) -> Fate<'a> {
        let mut checks = self.checks.into_iter();
        if let Some(result) = checks.clone().find(|result| fatal.contains(result)) {
            return Fate::Lost(result);
        }
        match checks.find(|result| *result != "ok") {
            Some("") => Fate::OnItsWay("not checked"),
            Some(result) => Fate::OnItsWay(result),
            None => Fate::There,
        }
    }
}

/// What DescribeInstanceStatus shows of instances that are all in a state, and fine.
pub(super) fn all_in(instances: &[String], state: &str) -> Document {
    let fine = |id: &String| {
        json!({
            "InstanceId": id,
            "InstanceState": {"Name": state},
            "InstanceStatus": {"Status": "ok"},
            "SystemStatus": {"Status": "ok"},
        })
    };
    let statuses: Vec<Document> = instances.iter().map(fine).collect();
    json!({"InstanceStatuses": statuses})
}

/// What an answer of DescribeInstanceStatus means for all instances. `outputs` makes the step's outputs of the states.
pub(super) fn judged<'a, S>(
    instances: &[String],
    answer: &'a Document,
    fate: impl Fn(&Instance<'a>) -> Fate<'a>,
    outputs: impl FnOnce(Vec<&str>) -> Document,
) -> Move<S> {
    let (mut states, mut waiting, mut lost) = (Vec::new(), None, None);
    for id in instances {
        let Some(status) = status(answer, id) else {
            waiting.get_or_insert_with(|| not_yet(id, "not there"));
            continue;
        };
        let instance = Instance::of(status);
        states.push(instance.state);
        match fate(&instance) {
            Fate::There => {}
            Fate::OnItsWay(state) => {
                waiting.get_or_insert_with(|| not_yet(id, state));
            }
            Fate::Lost(state) => {
                lost.get_or_insert_with(|| {
                    format!("Instance {id} entered unexpected state: {state}")
                });
            }
        }
    }
    match (lost, waiting) {
        (Some(cause), _) => Move::Failed {
            cause,
            outputs: Some(outputs(states)),
        },
        (None, Some(found)) => Move::Again(found),
        (None, None) => Move::Done(outputs(states)),
    }
}

/// What is said about an instance that is waited for.
pub(super) fn not_yet(instance: &str, state: &str) -> String {
    format!("Instance {instance} is {state}")
}

/// What is shown of an instance.
fn status<'a>(answer: &'a Document, id: &str) -> Option<&'a Document> {
    let statuses = answer.get("InstanceStatuses").and_then(Document::as_array);
    let mut statuses = statuses.into_iter().flatten();
    statuses.find(|status| text(status, "/InstanceId") == Some(id))
}
