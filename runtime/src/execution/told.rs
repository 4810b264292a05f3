//! What the record tells of a step: at its start, and at its end.

use std::sync::Arc;

use uuid::Uuid;

use crate::effect::Action;
use crate::failure::Failure;
use crate::flow::{Flow, OnFailure};
use crate::name::{Name, Named};
use crate::record::{
    FailureDetails, Inputs, LoopDetails, NoParameters, ParentStepDetails, StepExecution, Texts,
};
use crate::runbook::Runbook;
use crate::status::Status;
use crate::value::{Document, Map, Text, encode, json};

use super::history::Run;
use super::{Execution, Place, Running};

/// The output that holds a step's whole answer (spec 3.7).
const WHOLE_ANSWER: &str = "OutputPayload";

impl<R: Runbook> Execution<R> {
    /// A step that starts. Nobody but the record wants to know its inputs.
    pub(super) fn run(&self, running: &mut Running<R>) -> (Run, StepExecution) {
        let around = self.loops.last();
        let effect = running.effect.as_mut().ok();
        let (resolved, time_limit) = match effect {
            Some(effect) => (std::mem::take(&mut effect.inputs), effect.time_limit),
            None => (Named::new(), None),
        };
        let Place {
            index,
            step,
            definition,
        } = running.place;
        let flow = R::flow(step);
        // Derived, so that every reading of the same events tells the same one.
        let id = Uuid::new_v5(&self.id(), running.path.as_bytes());
        let told = StepExecution {
            timeout_seconds: definition.timeout_seconds.or(time_limit),
            on_failure: flow.on_failure.map(on_failure_text::<R>),
            max_attempts: definition.max_attempts,
            execution_start_time: Some(self.now),
            step_status: Status::InProgress,
            inputs: Some(Inputs::new(definition.inputs, resolved)),
            step_execution_id: Some(id),
            parent_step_details: around.and_then(|around| self.parent_details(around)),
            overridden_parameters: Some(NoParameters {}),
            is_end: flow.is_end,
            next_step: flow.next_step.and_then(name_of::<R>),
            is_critical: flow.is_critical,
            ..StepExecution::pending(&definition.name, &definition.action)
        };
        let run = Run {
            id: running.run,
            place: index,
            parent: around.map(|around| around.run),
            attempt: running.attempt,
            printed: None,
            around: running.is_loop().then(|| {
                Arc::new(LoopDetails {
                    step_execution_id: id,
                    step_name: (&definition.name).into(),
                    action: (&definition.action).into(),
                })
            }),
        };
        (run, told)
    }

    /// The iteration of a loop, as the record tells it of the steps inside.
    fn parent_details(&self, around: &Running<R>) -> Option<ParentStepDetails> {
        let turn = around
            .turns()
            .and_then(|turns| turns.turn(around.iteration));
        let item = turn.and_then(|turn| turn.item).map(Text::text);
        Some(ParentStepDetails {
            around: self.history.run(around.run)?.around.clone()?,
            iteration: around.iteration,
            iterator_value: item.map(String::into_boxed_str),
        })
    }
}

impl<R: Runbook> Running<R> {
    /// Where the step could lead once it has ended: to what a branch has chosen, else to its successor.
    pub(super) fn valid_next_steps(&self, flow: &Flow<R::Step>) -> Option<[Name; 1]> {
        let chosen = match self.effect.as_ref().map(|effect| &effect.action) {
            Ok(Action::Jump(target)) => *target,
            _ => None,
        };
        let successor = flow.successor().filter(|_| !flow.ends());
        Some([name_of::<R>(chosen.or(successor)?)?])
    }
}

impl StepExecution {
    /// Tells why the step has failed.
    pub(super) fn fail(&mut self, failure: &Failure) {
        self.failure_message = Some(failure.message.as_str().into());
        self.failure_details = Some(Box::new(FailureDetails {
            failure_stage: failure.stage,
            failure_type: failure.kind,
            details: failure.details.clone(),
        }));
    }

    /// Tells what the step has left behind: its outputs, and its whole answer.
    pub(super) fn leave(&mut self, outputs: &Map, answer: Option<&Document>) {
        let mut outputs = encoded(outputs);
        if let Some(answer) = answer.filter(|_| outputs.get(WHOLE_ANSWER).is_none()) {
            outputs.insert(WHOLE_ANSWER, vec![json(answer)].into());
        }
        self.outputs = Some(outputs).filter(|outputs| !outputs.is_empty());
    }
}

/// Values, each as a list of texts.
pub(super) fn encoded(values: &Map) -> Texts {
    let texts = values.iter();
    texts
        .map(|(name, value)| (name.clone(), encode(value).into()))
        .collect()
}

fn on_failure_text<R: Runbook>(on_failure: OnFailure<R::Step>) -> Name {
    match on_failure {
        OnFailure::Abort => (&"Abort").into(),
        OnFailure::Continue => (&"Continue").into(),
        OnFailure::Step(step) => format!("step:{}", name_of::<R>(step).unwrap_or_default()).into(),
    }
}

fn name_of<R: Runbook>(step: R::Step) -> Option<Name> {
    Place::<R>::name_of(step)
}
