//! `aws:runInstances`: instances are launched, then waited for until they can be used (spec 5.20).

use serde_json::json;

use super::instances::{Fate, Instance, all_in, judged, not_yet};
use super::{Move, Procedure, code, renamed, texts, without};
use crate::caller::CallError;
use crate::effect::{Request, inputs_of};
use crate::failure::{LAUNCH, READY};
use crate::value::{Document, Map};

/// States that a launched instance has on its way out.
const LOST: [&str; 4] = ["shutting-down", "terminated", "stopping", "stopped"];

/// Launches instances and waits until all of them are running and have passed their checks.
#[derive(Debug)]
pub struct RunInstances<Q> {
    /// RunInstances.
    pub launch: Q,
    /// DescribeInstanceStatus, by the ids of the instances.
    pub describe: fn(Vec<String>) -> Q,
}

/// How far the instances are.
#[derive(Debug)]
pub enum Stage {
    /// They are ordered.
    Launch,
    /// They are on their way.
    Ready {
        /// Their ids.
        instances: Vec<String>,
    },
}

impl<Q: Request> Procedure<Q> for RunInstances<Q> {
    type Stage = Stage;

    fn inputs(&self) -> Map {
        let mut inputs = inputs_of(&self.launch);
        raise(&mut inputs, "Monitoring", &[("Enabled", "Monitoring")]);
        let profile = [
            ("Arn", "IamInstanceProfileArn"),
            ("Name", "IamInstanceProfileName"),
        ];
        raise(&mut inputs, "IamInstanceProfile", &profile);
        let names = [
            ("MinCount", "MinInstanceCount"),
            ("MaxCount", "MaxInstanceCount"),
        ];
        renamed(inputs, &names)
    }

    fn begin(&self) -> Stage {
        Stage::Launch
    }

    fn request(&self, stage: &Stage) -> Q {
        match stage {
            Stage::Launch => self.launch.clone(),
            Stage::Ready { instances } => (self.describe)(instances.clone()),
        }
    }

    fn answered(&self, stage: &Stage, answer: &Document) -> Move<Stage> {
        match stage {
            Stage::Launch => {
                let instances = texts(answer, "Instances", "/InstanceId");
                match instances.as_slice() {
                    [] => without("RunInstances", "InstanceId"),
                    _ => Move::Next(Stage::Ready {
                        instances: instances.into_iter().map(str::to_owned).collect(),
                    }),
                }
            }
            Stage::Ready { instances } => judged(
                instances,
                answer,
                fate,
                |states| json!({"InstanceIds": instances, "InstanceStates": states}),
            ),
        }
    }

    fn refused(&self, stage: &Stage, error: &CallError) -> Option<Move<Stage>> {
        // New instances are not known everywhere at once.
        let unknown = code(error) == "InvalidInstanceID.NotFound";
        match stage {
            Stage::Ready { instances } if unknown => {
                Some(Move::Again(not_yet(&instances.join(", "), "not there")))
            }
            _ => None,
        }
    }

    fn hoped(&self, stage: &Stage) -> Option<Document> {
        match stage {
            Stage::Launch => None,
            Stage::Ready { instances } => Some(all_in(instances, "running")),
        }
    }

    fn activity(&self, stage: &Stage) -> &'static str {
        match stage {
            Stage::Launch => LAUNCH,
            Stage::Ready { .. } => READY,
        }
    }

    fn complaint(&self, stage: &Stage, error: &CallError) -> String {
        match stage {
            Stage::Launch => format!(
                "Get Exception from RunInstances API of ec2 Service. Exception Message from RunInstances API: [{error}]"
            ),
            Stage::Ready { .. } => error.to_string(),
        }
    }

    fn started(&self, stage: &Stage) -> Option<Document> {
        match stage {
            Stage::Launch => None,
            Stage::Ready { instances } => Some(json!({"InstanceIds": instances})),
        }
    }

    fn must_be_answered(&self, stage: &Stage) -> bool {
        matches!(stage, Stage::Launch)
    }
}

fn fate<'a>(instance: &Instance<'a>) -> Fate<'a> {
    match instance.state {
        "running" => instance.checked(&["impaired"]),
        state if LOST.contains(&state) => Fate::Lost(state),
        state => Fate::OnItsWay(state),
    }
}

/// Takes members of a structure out of it, as the inputs that they were.
fn raise(inputs: &mut Map, structure: &str, names: &[(&str, &str)]) {
    let Some(Document::Object(mut members)) = inputs.shift_remove(structure) else {
        return;
    };
    for (member, input) in names {
        if let Some(value) = members.shift_remove(*member) {
            inputs.insert((*input).to_owned(), value);
        }
    }
}
