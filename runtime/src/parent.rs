//! Parents: an execution that runs a runbook once for each of several targets, under rate control (spec 6.3).
//!
//! To the engine a parent is a runbook of one step, which has no name and starts the fleet; so it is kept, continued and
//! cancelled like any other. What people see of it is made from its children.

mod order;

use std::marker::PhantomData;

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

#[cfg(feature = "journal")]
use crate::caller::{BoxFuture, Call, CallError, Caller};
use crate::child::{ChildRunbook, Fleet};
use crate::effect::{Effect, Operation, Request};
#[cfg(feature = "journal")]
use crate::event::Beginning;
use crate::flow::Flow;
use crate::local::Local;
use crate::record::{
    AutomationExecution, Record, ResolvedTargets, StepExecution, TargetsSummary, Texts,
};
use crate::runbook::{Definition, Runbook, StepDefinition};
use crate::scope::{Context, Scope};
use crate::status::Status;
use crate::value::{Document, InputError, Map, OutputError, Text};

pub(crate) use order::Order;

/// What its step is called: nothing, so that the steps of the runbook keep their names in scenarios and on screens.
const STEP: &str = "";

/// The action by which the service starts the children.
const ACTION: &str = "aws:executeAutomation";

/// The runbook `R` for several targets.
pub(crate) struct Parent<R>(PhantomData<R>);

/// What the parameters of an execution are given, or those of all that it starts for its targets.
#[cfg(feature = "journal")]
pub(crate) fn values(beginning: &Beginning) -> Map {
    let parameters = &beginning.parameters;
    if !beginning.for_targets {
        return parameters.clone();
    }
    let order = serde_json::from_value::<Order>(Document::Object(parameters.clone()));
    order.map(|order| order.values()).unwrap_or_default()
}

/// What a parent asks for.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Ask<Q> {
    /// What its runbook may ask for, too: who it is.
    Own(Q),
    /// Its children.
    All(Box<Fleet>),
}

impl<Q: Request> Request for Ask<Q> {
    fn operation(&self) -> &'static Operation {
        match self {
            Self::Own(request) => request.operation(),
            Self::All(_) => &crate::child::OPERATION,
        }
    }

    fn local(&self) -> Option<Local<'_, Self>> {
        match self {
            Self::Own(_) => None,
            Self::All(fleet) => Some(Local::Fleet(fleet)),
        }
    }
}

impl<Q> From<Fleet> for Ask<Q> {
    fn from(fleet: Fleet) -> Self {
        Self::All(Box::new(fleet))
    }
}

/// Makes the calls of a parent by the caller of its runbook.
#[cfg(feature = "journal")]
pub(crate) struct Through<C>(pub(crate) C);

#[cfg(feature = "journal")]
impl<Q: Request> Caller<Ask<Q>> for Through<Box<dyn Caller<Q>>> {
    fn call<'a>(
        &'a self,
        call: &'a Call,
        request: &'a Ask<Q>,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        match request {
            Ask::Own(request) => self.0.call(call, request),
            Ask::All(_) => {
                let problem = "the children of a run are not called".to_owned();
                Box::pin(std::future::ready(Err(CallError::Connection(problem))))
            }
        }
    }
}

/// Where a parent is, and what it was told.
#[derive(Clone, Debug)]
pub(crate) struct State {
    context: Context,
    order: Order,
    outputs: Map,
}

impl Scope for State {
    fn context(&self) -> &Context {
        &self.context
    }

    fn context_mut(&mut self) -> &mut Context {
        &mut self.context
    }
}

impl<R: Runbook> Runbook for Parent<R> {
    type Step = ();
    type State = State;
    type Request = Ask<R::Request>;

    const DEFINITION: &'static Definition = &Definition {
        name: R::DEFINITION.name,
        file: R::DEFINITION.file,
        hash: R::DEFINITION.hash,
        description: R::DEFINITION.description,
        // Whether to assume a role, and which, is a question of each child.
        assume_role: None,
        parameters: &[],
        variables: &[],
        steps: &[StepDefinition {
            name: STEP,
            action: ACTION,
            inside: None,
            line: 1,
            timeout_seconds: None,
            time_limit: None,
            max_attempts: None,
            inputs: &[],
            calls: &[],
            waits_for: None,
            selected: &[],
            decided_by: &[],
        }],
        outputs: &[],
        children: &[ChildRunbook::for_targets::<R>(STEP)],
    };
    const STEPS: &'static [()] = &[()];
    const FOR_TARGETS: bool = true;

    fn flow((): ()) -> Flow<()> {
        Flow::last()
    }

    fn start(parameters: &Map, context: Context) -> Result<State, InputError> {
        let order = serde_json::from_value(Document::Object(parameters.clone()));
        let order = order.map_err(|error| InputError::Parameters {
            message: error.to_string(),
        })?;
        Ok(State {
            context,
            order,
            outputs: Map::new(),
        })
    }

    fn assume_role(_: &State) -> Result<Option<String>, InputError> {
        Ok(None)
    }

    fn identity() -> Ask<R::Request> {
        Ask::Own(R::identity())
    }

    fn effect((): (), state: &State) -> Result<Effect<Ask<R::Request>, ()>, InputError> {
        Ok(Effect::run(state.order.fleet::<R>()?))
    }

    fn answer((): (), state: &mut State, answer: &Document) -> Result<(), OutputError> {
        state.outputs = answer.as_object().cloned().unwrap_or_default();
        Ok(())
    }

    fn outputs((): (), state: &State) -> Map {
        state.outputs.clone()
    }
}

/// The record of a parent, with those of its children, as the service would show it: a step for each target.
pub(crate) fn shown(mut record: Record) -> Record {
    let execution = &mut record.automation_execution;
    let inputs = execution
        .step_executions
        .first()
        .and_then(|step| step.inputs.clone());
    let inputs = inputs.unwrap_or_default();
    let input = |name: &str| {
        let text = inputs.get(name)?;
        serde_json::from_str::<Document>(text).ok()
    };
    let text = |name: &str| input(name)?.as_str().map(str::to_owned);
    let asked = Asked::read(input);
    let names = asked.names();
    execution.target_parameter_name = text("TargetParameterName");
    execution.max_concurrency = text("MaxConcurrency");
    execution.max_errors = text("MaxErrors");
    execution.resolved_targets = ResolvedTargets {
        parameter_values: asked.values.iter().map(Text::text).collect(),
        truncated: false,
    };
    execution.targets = asked.targets.into_iter().filter_map(object).collect();
    execution.target_maps = asked.maps.into_iter().filter_map(object).collect();
    execution.targets_summary = Some(summary(names.len(), &record.child_executions));
    let mut children = record
        .child_executions
        .iter()
        .map(|child| &child.automation_execution)
        .peekable();
    let parent = execution.automation_execution_id;
    // Both are in the order of the targets, but not every target need have an execution.
    let steps = names.iter().enumerate().map(|(index, name)| {
        let child = children.next_if(|child| child.target.as_ref() == Some(name));
        step(
            Uuid::new_v5(&parent, index.to_string().as_bytes()),
            name,
            child,
        )
    });
    execution.step_executions = steps.collect();
    execution.current_step_name = None;
    execution.current_action = None;
    record
}

/// What the targets of a dry run are called, by the inputs of the step that starts the runs.
#[cfg(feature = "cli")]
pub(crate) fn target_names(inputs: &Document) -> Vec<String> {
    Asked::read(|name| inputs.get(name).cloned()).names()
}

/// For what the children are, as the inputs of the step say it.
struct Asked {
    targets: Vec<Document>,
    values: Vec<Document>,
    maps: Vec<Document>,
}

impl Asked {
    fn read(input: impl Fn(&str) -> Option<Document>) -> Self {
        let list = |value: Option<Document>| match value {
            Some(Document::Array(elements)) => elements,
            _ => Vec::new(),
        };
        let targets = list(input("Targets"));
        let given = targets.first().and_then(|target| target.get("Values"));
        // What was found stands beside by what it was found.
        let values = input("ResolvedTargets").or_else(|| given.cloned());
        Self {
            values: list(values),
            targets,
            maps: list(input("TargetMaps")),
        }
    }

    /// What people call the targets.
    fn names(&self) -> Vec<String> {
        let maps = self.maps.iter().filter_map(Document::as_object);
        match self.maps.is_empty() {
            true => self.values.iter().map(Text::text).collect(),
            false => maps.map(crate::child::name_of).collect(),
        }
    }
}

fn object(document: Document) -> Option<Texts> {
    match document {
        Document::Object(members) => Some(members.into()),
        _ => None,
    }
}

fn summary(total: usize, children: &[Record]) -> TargetsSummary {
    let completed = children.iter().filter(|child| child.status().is_final());
    let successful = completed
        .clone()
        .filter(|child| child.status() == Status::Success);
    let (completed, successful) = (completed.count(), successful.count());
    TargetsSummary {
        total_count: total,
        started_count: children.len(),
        completed_count: completed,
        successful_count: successful,
        failed_count: completed - successful,
    }
}

/// The step that stands for one target.
fn step(id: Uuid, name: &str, child: Option<&AutomationExecution>) -> StepExecution {
    let step = StepExecution::pending(name.to_owned(), &ACTION);
    let Some(child) = child else {
        return step;
    };
    let outputs = child.outputs.values().filter_map(Document::as_array);
    let output: Vec<Document> = outputs.flatten().cloned().collect();
    let told = json!({
        "ExecutionId": [child.automation_execution_id],
        "Status": [child.automation_execution_status],
        "Output": output,
    });
    StepExecution {
        step_status: child.automation_execution_status,
        execution_start_time: Some(child.execution_start_time),
        execution_end_time: child.execution_end_time,
        failure_message: child.failure_message.as_deref().map(Box::from),
        step_execution_id: Some(id),
        outputs: object(told),
        ..step
    }
}
