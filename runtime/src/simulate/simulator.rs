//! What a simulation answers calls by: the scenario alone, so that nothing real is ever reached.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;
use tokio::sync::Notify;

use crate::caller::{CallError, EffectId, is_throttling_code};
use crate::clock::VirtualClock;
use crate::decode::{AnswerProblem, Location, Response, Shape, check_answer};
use crate::effect::{Operation, Request};
use crate::local::Local;
use crate::name::Name;
use crate::script::{self, Output, Script, ScriptError};
use crate::value::{Document, Map};

use super::api::{display_name, step};
use super::places::{Part, Place};
use super::problem::{SimulationProblem, located};
use super::rehearsal::Rehearsal;
use super::scenario::{Answer, Form, Scenario, Stub};
use super::stage::Cue;
use super::stubs::Stubs;

/// A call that a simulated run has made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MadeCall {
    /// Which effect it was.
    pub effect: EffectId,
    /// The step that made it, as scenarios call it: `stop[3]`, that of a child after the step that starts it,
    /// `prepare[3]/stop`.
    pub step: Name,
    /// What was called, as the runbook writes it: `ECS.RunTask`.
    pub api: Name,
    /// The same as the service's own models write it: `ecs.RunTask`.
    pub operation: String,
    /// Its inputs.
    pub inputs: Document,
}

/// Answers calls from a scenario.
pub struct Simulator {
    scenario: Scenario,
    stubs: Stubs,
    rehearsal: Rehearsal,
    progress: Mutex<Progress>,
    stuck: Notify,
}

/// What the scenario says to a call.
enum Reply {
    /// This is the answer.
    Answer(Result<Document, CallError>),
    /// What comes of it is to be seen.
    Run,
}

#[derive(Default)]
struct Progress {
    /// Which answer of which stub was given to each effect: one that is repeated gets the same, or really runs again.
    said: HashMap<EffectId, (usize, usize)>,
    /// How many answers of each stub were given.
    given: BTreeMap<usize, usize>,
    calls: Vec<MadeCall>,
    /// The names that were read from Parameter Store.
    read: BTreeSet<String>,
    problem: Option<SimulationProblem>,
}

impl Simulator {
    /// A simulator that answers the calls of one run, whose time is that of `clock`.
    pub fn new(scenario: Scenario, clock: Arc<VirtualClock>) -> Self {
        Self {
            rehearsal: Rehearsal::new(&scenario.region, clock),
            stubs: Stubs::of(&scenario.stubs),
            scenario,
            progress: Mutex::default(),
            stuck: Notify::new(),
        }
    }

    /// The scenario that is played.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The calls that were made, in order, without that for the caller's identity: at the end, when no more follow.
    pub(super) fn take_calls(&self) -> Vec<MadeCall> {
        std::mem::take(&mut self.progress().calls)
    }

    /// The keys of the stubs that nothing has asked for.
    pub fn unused(&self) -> Vec<String> {
        let progress = self.progress();
        let stubs = self.scenario.stubs.iter().enumerate();
        let unasked = stubs.filter(|(place, _)| !progress.given.contains_key(place));
        let answers = unasked.map(|(_, stub)| match stub.key.form {
            Form::File => &stub.key.name,
            Form::Program => &stub.key.path,
        });
        let stored = self.scenario.stored.iter().map(|stored| &stored.key);
        let stored = stored.filter(|key| !progress.read.contains(&key.name));
        let stored = stored.map(|key| &key.path);
        answers.chain(stored).cloned().collect()
    }

    /// Why the run cannot go on, if it cannot.
    pub fn problem(&self) -> Option<SimulationProblem> {
        self.progress().problem.clone()
    }

    /// Waits until the run cannot go on.
    pub async fn stuck(&self) -> SimulationProblem {
        loop {
            let notified = self.stuck.notified();
            if let Some(problem) = self.problem() {
                return problem;
            }
            notified.await;
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        // Nothing panics while it holds the lock, and what it guards is whole at any time.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the scenario has an answer for a call.
    pub(super) fn knows(&self, cue: &Cue<'_>, operation: &Operation) -> bool {
        let name = operation.full_name();
        self.stub(cue, &name, &name).is_some()
    }

    /// Answers a call.
    pub(super) async fn play<Q: Request>(
        &self,
        cue: Cue<'_>,
        request: &Q,
    ) -> Result<Document, CallError> {
        let operation = request.operation();
        if cue.effect.step.is_empty() && operation.name == "GetCallerIdentity" {
            return Ok(self.identity());
        }
        let inputs =
            serde_json::to_value(request).map_err(|error| CallError::Input(error.to_string()))?;
        if cue.effect.step.is_empty() && operation.name == "GetParameters" {
            match self.stored(&inputs) {
                Ok(answer) => return Ok(answer),
                Err(name) if !self.has_stub(operation) => self.give_up(self.unsaid(name)),
                Err(_) => {}
            }
        }
        match (self.reply(&cue, operation, inputs), request.local()) {
            (Ok(Reply::Answer(answered)), _) => answered,
            (Ok(Reply::Run), Some(Local::Script(script))) => self.run(&cue, script).await,
            // Scenarios are checked before they are played: only scripts are to run.
            (Ok(Reply::Run), _) => std::future::pending().await,
            (Err(problem), _) => {
                self.give_up(problem);
                // A failed step could pass for one that the scenario wants; this run just ends here.
                std::future::pending().await
            }
        }
    }

    /// What a script has printed.
    pub(super) fn printed_by(&self, path: &EffectId) -> Option<Output> {
        self.rehearsal.printed(path)
    }

    fn reply(
        &self,
        cue: &Cue<'_>,
        operation: &'static Operation,
        inputs: Document,
    ) -> Result<Reply, SimulationProblem> {
        let mut progress = self.progress();
        let effect = cue.path();
        let api = display_name(cue.definition, cue.effect.step_name(), operation);
        let (stub, number) = match progress.said.get(&effect) {
            Some(said) => *said,
            None => {
                let name = operation.full_name();
                let stub = self.stub(cue, &name, &api);
                progress.calls.push(MadeCall {
                    effect: effect.clone(),
                    step: cue.label(),
                    api: api.clone(),
                    operation: name,
                    inputs,
                });
                let stub = stub.ok_or_else(|| self.no_answer(cue, operation, &api))?;
                let given = progress.given.entry(stub).or_default();
                if *given == 0 {
                    self.check(stub, operation, &api)?;
                }
                let number = *given;
                *given += 1;
                progress.said.insert(effect, (stub, number));
                (stub, number)
            }
        };
        let answers = self.scenario.stubs.get(stub).map(|stub| &stub.answers);
        let answer = answers.and_then(|answers| answers.get(number).or(answers.last()));
        let answer = answer.ok_or_else(|| self.no_answer(cue, operation, &api))?;
        Ok(finish(answer, operation).map_or(Reply::Run, Reply::Answer))
    }

    /// Really runs what can be: a script.
    async fn run(&self, cue: &Cue<'_>, script: &Script) -> Result<Document, CallError> {
        let limit = step(cue.definition, cue.effect.step_name()).and_then(|step| step.time_limit);
        self.rehearsal.run(&cue.path(), script, limit).await
    }

    /// By step name first, that in this iteration before that in all, with the operation where the step calls several; by
    /// API second.
    fn stub(&self, cue: &Cue<'_>, name: &str, api: &str) -> Option<usize> {
        let operation = name
            .split_once('.')
            .map_or(name, |(_, operation)| operation);
        let names = cue.names();
        let mut by_step = names.iter();
        by_step
            .find_map(|step| self.stubs.of_step(step, operation))
            .or_else(|| self.stubs.of_api([api, name]))
    }

    /// All answers of a stub must be ones that the operation could give.
    fn check(
        &self,
        stub: usize,
        operation: &Operation,
        api: &str,
    ) -> Result<(), SimulationProblem> {
        let Some(stub) = self.scenario.stubs.get(stub) else {
            return Ok(());
        };
        for (index, answer) in stub.answers.iter().enumerate() {
            let Answer::Success(members) = answer else {
                continue;
            };
            let answer = Document::Object(with_payload_text(members, operation.response));
            if let Some(problem) = check_answer(operation.response, &answer).into_iter().next() {
                let (position, number) = match (stub.answers.len(), stub.key.form) {
                    (1, _) => (String::new(), None),
                    (_, Form::File) => (format!("[{index}]"), None),
                    (_, Form::Program) => (String::new(), Some(index + 1)),
                };
                return Err(SimulationProblem::ImpossibleAnswer {
                    file: located(&self.scenario.file, self.place(stub, index, &problem)),
                    path: format!("{}{position}", stub.key.path),
                    number,
                    api: api.to_owned(),
                    problem: Box::new(problem),
                });
            }
        }
        Ok(())
    }

    /// Where in the file an answer is impossible. Where there is only one, it may stand in a list all the same.
    fn place(&self, stub: &Stub, index: usize, problem: &AnswerProblem) -> Option<Place> {
        let part = match problem {
            AnswerProblem::UnknownMember { .. } => Part::Name,
            AnswerProblem::WrongType { .. } => Part::Value,
        };
        let (path, inside) = (&stub.key.path, problem.path().trim_start_matches('$'));
        let places = &self.scenario.places;
        let in_list = format!("{path}[{index}]{inside}");
        match stub.answers.len() {
            1 => places
                .exact(&in_list, part)
                .or_else(|| places.find(&format!("{path}{inside}"), part)),
            _ => places.find(&in_list, part),
        }
    }

    fn no_answer(&self, cue: &Cue<'_>, operation: &Operation, api: &str) -> SimulationProblem {
        let names = cue.names();
        let key = names.last().cloned().unwrap_or_default();
        let calls = step(cue.definition, cue.effect.step_name()).map(|step| step.calls.len());
        SimulationProblem::NoAnswer {
            file: self.scenario.file.clone(),
            form: self.scenario.form,
            step: cue.label().into_string(),
            api: api.to_owned(),
            key: match calls {
                Some(2..) => format!("{key}.{}", operation.name),
                _ => key,
            },
            members: operation
                .response
                .members()
                .iter()
                .map(|member| member.name)
                .collect(),
        }
    }

    /// What STS tells about the caller in the scenario's account.
    fn identity(&self) -> Document {
        let account = &self.scenario.account;
        json!({
            "UserId": "AIDASIMULATEDSIMULATE",
            "Account": account,
            "Arn": format!("arn:aws:iam::{account}:user/simulated"),
        })
    }

    /// What Parameter Store holds, or the first name that the scenario says nothing about.
    fn stored(&self, inputs: &Document) -> Result<Document, String> {
        let names = inputs.get("Names").and_then(Document::as_array);
        let names = names.into_iter().flatten().filter_map(Document::as_str);
        let mut found = Vec::new();
        for name in names {
            self.progress().read.insert(name.to_owned());
            let mut stored = self.scenario.stored.iter();
            let stored = stored.find(|stored| stored.key.name == name);
            match &stored.ok_or_else(|| name.to_owned())?.value {
                Document::Null => {}
                Document::Array(elements) => {
                    let elements = elements.iter().filter_map(Document::as_str);
                    let text = elements.collect::<Vec<_>>().join(",");
                    found.push(json!({"Name": name, "Type": "StringList", "Value": text}));
                }
                text => found.push(json!({"Name": name, "Type": "String", "Value": text})),
            }
        }
        Ok(json!({"Parameters": found}))
    }

    fn has_stub(&self, operation: &Operation) -> bool {
        self.stubs.of_api([&operation.full_name()]).is_some()
    }

    fn unsaid(&self, name: String) -> SimulationProblem {
        SimulationProblem::NoStored {
            file: self.scenario.file.clone(),
            form: self.scenario.form,
            name,
        }
    }

    /// Ends the run, because the scenario says too little.
    pub(super) fn give_up(&self, problem: SimulationProblem) {
        self.progress().problem.get_or_insert(problem);
        self.stuck.notify_one();
    }
}

/// Whether the answer is no service's.
fn is_local(operation: &Operation) -> bool {
    operation.service == "aws"
}

/// Whether it is the run of another runbook, which is refused as the service would refuse to start it.
fn is_child(operation: &Operation) -> bool {
    is_local(operation) && operation.name == "executeAutomation"
}

/// The answer as the caller of a real service would see it; none where the scenario wants to see what comes.
fn finish(answer: &Answer, operation: &Operation) -> Option<Result<Document, CallError>> {
    Some(match answer {
        Answer::Run => return None,
        Answer::Success(members) if is_local(operation) => Ok(Document::Object(members.clone())),
        Answer::Success(members) => {
            let mut members = with_payload_text(members, operation.response);
            members
                .entry("ResponseMetadata")
                .or_insert_with(|| json!({"HTTPStatusCode": 200, "RetryAttempts": 0}));
            Ok(Document::Object(members))
        }
        Answer::Error { code, message } if is_child(operation) => Err(CallError::Service {
            operation: "StartAutomationExecution".to_owned(),
            throttling: is_throttling_code(code),
            code: code.clone(),
            message: message.clone(),
        }),
        Answer::Error { code, message } if operation.name == script::OPERATION.name => {
            let raised = format!("{code} - {message}");
            Err(CallError::Script(ScriptError::Raised(raised)))
        }
        Answer::Error { code, message } => Err(CallError::Service {
            operation: match is_local(operation) {
                // What a service says to a webhook is about its integration.
                true => "GetParameter".to_owned(),
                false => operation.name.to_owned(),
            },
            throttling: is_throttling_code(code),
            code: code.clone(),
            message: message.clone(),
        }),
    })
}

/// A body that is bytes (Lambda's `Payload`) may be written as the JSON value that it holds.
pub(crate) fn with_payload_text(members: &Map, response: &Response) -> Map {
    let mut members = members.clone();
    let payload = response
        .members()
        .iter()
        .find(|member| member.location == Location::Payload && matches!(member.shape, Shape::Blob));
    if let Some(value) = payload.and_then(|member| members.get_mut(member.name))
        && !value.is_string()
    {
        *value = Document::String(value.to_string());
    }
    members
}
