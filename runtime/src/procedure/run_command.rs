//! `aws:runCommand`: a command is sent to instances and awaited (spec 5.19).

use serde_json::json;

use super::{Move, Procedure, code, elements, text, told};
use crate::caller::CallError;
use crate::effect::{Request, inputs_of};
use crate::failure::{ACTION, AGENT, COMMAND};
use crate::value::{Document, Map, Text};

/// Statuses in which a command is not over.
const RUNNING: [&str; 3] = ["Pending", "InProgress", "Cancelling"];

/// Waits for the agents of the instances that are named, runs a command, and reads what it printed.
#[derive(Debug)]
pub struct RunCommand<Q> {
    /// DescribeInstanceInformation, by the ids of instances; none for a command that names no instances.
    pub agents: Option<fn(Vec<String>) -> Q>,
    /// SendCommand.
    pub send: Q,
    /// ListCommands, by the command's id.
    pub command: fn(String) -> Q,
    /// ListCommandInvocations with their details, by the command's id.
    pub invocations: fn(String) -> Q,
    /// CancelCommand, by the command's id.
    pub cancel: fn(String) -> Q,
}

/// How far the command is.
#[derive(Debug)]
pub enum Stage<Q> {
    /// The agents have to be there.
    Agents {
        /// DescribeInstanceInformation.
        ask: fn(Vec<String>) -> Q,
        /// The instances.
        instances: Vec<String>,
    },
    /// It is sent.
    Send,
    /// It runs.
    Command {
        /// Its id.
        id: String,
    },
    /// It is over.
    Invocations {
        /// Its id.
        id: String,
        /// How it ended.
        status: String,
    },
}

impl<Q: Request> Procedure<Q> for RunCommand<Q> {
    type Stage = Stage<Q>;

    fn inputs(&self) -> Map {
        inputs_of(&self.send)
    }

    fn begin(&self) -> Stage<Q> {
        let instances = elements(&self.inputs(), "InstanceIds");
        match self.agents {
            Some(ask) if !instances.is_empty() => Stage::Agents { ask, instances },
            _ => Stage::Send,
        }
    }

    fn request(&self, stage: &Stage<Q>) -> Q {
        match stage {
            Stage::Agents { ask, instances } => ask(instances.clone()),
            Stage::Send => self.send.clone(),
            Stage::Command { id } => (self.command)(id.clone()),
            Stage::Invocations { id, .. } => (self.invocations)(id.clone()),
        }
    }

    fn answered(&self, stage: &Stage<Q>, answer: &Document) -> Move<Stage<Q>> {
        match stage {
            Stage::Agents { instances, .. } => online(instances, answer),
            Stage::Send => told(answer, "SendCommand", "/Command/CommandId", |id| {
                Move::Later(Stage::Command { id })
            }),
            Stage::Command { id } => match text(answer, "/Commands/0/Status") {
                Some(status) if !RUNNING.contains(&status) => Move::Next(Stage::Invocations {
                    id: id.clone(),
                    status: status.to_owned(),
                }),
                status => not_yet(id, status),
            },
            Stage::Invocations { id, status } => completed(id, status, answer),
        }
    }

    fn refused(&self, stage: &Stage<Q>, error: &CallError) -> Option<Move<Stage<Q>>> {
        // A new command is not known everywhere at once.
        match stage {
            Stage::Command { id } if code(error) == "InvalidCommandId" => Some(not_yet(id, None)),
            _ => None,
        }
    }

    fn hoped(&self, stage: &Stage<Q>) -> Option<Document> {
        match stage {
            Stage::Agents { instances, .. } => {
                let online = |id: &String| json!({"InstanceId": id, "PingStatus": "Online"});
                let online: Vec<Document> = instances.iter().map(online).collect();
                Some(json!({"InstanceInformationList": online}))
            }
            Stage::Command { .. } => Some(json!({"Commands": [{"Status": "Success"}]})),
            Stage::Send | Stage::Invocations { .. } => None,
        }
    }

    fn activity(&self, stage: &Stage<Q>) -> &'static str {
        match stage {
            Stage::Agents { .. } => AGENT,
            Stage::Send => ACTION,
            Stage::Command { .. } | Stage::Invocations { .. } => COMMAND,
        }
    }

    fn started(&self, stage: &Stage<Q>) -> Option<Document> {
        match stage {
            Stage::Command { id } | Stage::Invocations { id, .. } => Some(json!({"CommandId": id})),
            Stage::Agents { .. } | Stage::Send => None,
        }
    }

    fn stop(&self, stage: &Stage<Q>) -> Option<Q> {
        match stage {
            Stage::Command { id } => Some((self.cancel)(id.clone())),
            Stage::Agents { .. } | Stage::Send | Stage::Invocations { .. } => None,
        }
    }

    fn stops_when_late(&self) -> bool {
        true
    }

    fn must_be_answered(&self, stage: &Stage<Q>) -> bool {
        matches!(stage, Stage::Send)
    }
}

/// Goes on once the agent of every instance is there.
fn online<Q>(instances: &[String], answer: &Document) -> Move<Stage<Q>> {
    let list = answer.get("InstanceInformationList");
    let known = list.and_then(Document::as_array).into_iter().flatten();
    let online: Vec<&str> = known
        .filter(|known| text(known, "/PingStatus") == Some("Online"))
        .filter_map(|known| text(known, "/InstanceId"))
        .collect();
    let missing = instances.iter().map(String::as_str);
    let missing: Vec<&str> = missing.filter(|id| !online.contains(id)).collect();
    match missing.is_empty() {
        true => Move::Next(Stage::Send),
        false => Move::Again(format!(
            "SSM Agent on Instances: [{}] are not functioning",
            missing.join(", ")
        )),
    }
}

fn not_yet<Q>(id: &str, status: Option<&str>) -> Move<Stage<Q>> {
    let status = status.unwrap_or("not there");
    Move::Again(format!("Command {id} is {status}"))
}

/// The end of a command, with what it printed if it ran at one place and did one thing.
fn completed<Q>(id: &str, status: &str, answer: &Document) -> Move<Stage<Q>> {
    let plugin = only(answer, "CommandInvocations")
        .filter(|_| answer.get("NextToken").is_none_or(Document::is_null))
        .and_then(|invocation| only(invocation, "CommandPlugins"));
    let printed = |name: &str| plugin.and_then(|plugin| plugin.get(name));
    let outputs = json!({
        "Status": status,
        "ResponseCode": printed("ResponseCode"),
        "Output": printed("Output"),
        "CommandId": id,
    });
    if status == "Success" {
        return Move::Done(outputs);
    }
    Move::Failed {
        cause: format!(
            "Command {id} returns unexpected invocation result: \n{}",
            result(&outputs)
        ),
        outputs: Some(outputs),
    }
}

/// `{Status=[Failed], ResponseCode=[1], Output=[…], OutputPayload=[{…}], CommandId=[…]}`
fn result(outputs: &Document) -> String {
    let value = |name: &str| outputs.get(name).filter(|value| !value.is_null());
    let entry = |name: &str| Some(format!("{name}=[{}]", value(name)?.text()));
    let entries = [
        entry("Status"),
        entry("ResponseCode"),
        entry("Output"),
        Some(format!("OutputPayload=[{outputs}]")),
        entry("CommandId"),
    ];
    let entries: Vec<String> = entries.into_iter().flatten().collect();
    format!("{{{}}}", entries.join(", "))
}

/// The only element of a list.
fn only<'a>(answer: &'a Document, list: &str) -> Option<&'a Document> {
    match answer.get(list)?.as_array()?.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}
