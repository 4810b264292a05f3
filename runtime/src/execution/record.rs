//! The execution as the service would tell it (spec 7.3).

use uuid::Uuid;

use crate::flow::OnFailure;
use crate::record::{
    AutomationExecution, FailureDetails, Record, ResolvedTargets, ScriptOutput, StepExecution,
    Texts,
};
use crate::runbook::{DocumentOutput, Runbook, StepDefinition};
use crate::status::Status;
use crate::value::{Document, Encode, Map};

use super::{Cursor, Execution, Place, Progress};

/// The output that holds a step's whole answer (spec 3.7).
const WHOLE_ANSWER: &str = "OutputPayload";

/// What a document output shows until its step has succeeded (spec 7.4).
const NO_OUTPUT_YET: &str = "No output available yet because the step is not successfully executed";

impl<R: Runbook> Execution<R> {
    /// The record at the moment of the last event.
    pub fn record(&self) -> Record {
        Record {
            automation_execution: self.automation_execution(),
            simulation: self.beginning.simulation.clone(),
            script_output: Place::<R>::all()
                .filter_map(|place| self.script_output(place))
                .collect(),
        }
    }

    fn script_output(&self, place: Place<R>) -> Option<ScriptOutput> {
        let output = self.steps.get(&place.index)?.printed.as_ref()?;
        Some(ScriptOutput {
            step_name: place.name().to_owned(),
            standard_output: output.stdout.to_string(),
            standard_error: output.stderr.to_string(),
        })
    }

    fn automation_execution(&self) -> AutomationExecution {
        let current = match &self.cursor {
            Cursor::In(running) => Some(running.place.definition),
            _ => None,
        };
        let failed = matches!(self.status, Status::Failed | Status::TimedOut);
        let message = self.verdict.as_ref().map(|(_, message)| message.clone());
        AutomationExecution {
            automation_execution_id: self.id(),
            document_name: self.beginning.runbook.clone(),
            document_version: "1".to_owned(),
            execution_start_time: self.began,
            execution_end_time: self.ended,
            automation_execution_status: self.status,
            step_executions: Place::all()
                .map(|place| self.step_execution(place))
                .collect(),
            step_executions_truncated: false,
            parameters: encoded(&self.beginning.supplied),
            outputs: self.document_outputs(),
            failure_message: message.filter(|_| failed),
            mode: "Auto".to_owned(),
            executed_by: self.arn.clone(),
            current_step_name: current.map(|definition| definition.name.to_owned()),
            current_action: current.map(|definition| definition.action.to_owned()),
            targets: Vec::new(),
            resolved_targets: ResolvedTargets::default(),
        }
    }

    fn step_execution(&self, place: Place<R>) -> StepExecution {
        match self.steps.get(&place.index) {
            Some(progress) => self.started_step(place, progress),
            None => pending_step(place.definition),
        }
    }

    fn started_step(&self, place: Place<R>, progress: &Progress) -> StepExecution {
        let definition = place.definition;
        let flow = R::flow(place.step);
        let failure = progress.failure.as_ref();
        StepExecution {
            timeout_seconds: definition.timeout_seconds,
            on_failure: flow.on_failure.map(on_failure_text::<R>),
            max_attempts: definition.max_attempts,
            execution_start_time: Some(progress.started),
            execution_end_time: progress.ended,
            step_status: progress.status,
            inputs: Some(inputs(definition, &progress.inputs)),
            outputs: Some(self.step_outputs(place, progress)).filter(|outputs| !outputs.is_empty()),
            failure_message: failure.map(|failure| failure.message.clone()),
            failure_details: failure.map(|failure| FailureDetails {
                failure_stage: failure.stage,
                failure_type: failure.kind,
                details: failure.details.clone(),
            }),
            step_execution_id: Some(Uuid::new_v5(&self.id(), definition.name.as_bytes())),
            overridden_parameters: Some(Texts::new()),
            is_end: flow.is_end,
            next_step: flow.next_step.and_then(name_of::<R>),
            is_critical: flow.is_critical,
            valid_next_steps: progress
                .ended
                .and_then(|_| valid_next_steps(place, progress)),
            ..pending_step(definition)
        }
    }

    /// The outputs of a step that has ended; while it runs there are none.
    fn step_outputs(&self, place: Place<R>, progress: &Progress) -> Texts {
        let (Some(payload), Some(state)) = (&progress.payload, &self.state) else {
            return Texts::new();
        };
        let mut outputs = encoded(&R::outputs(place.step, state));
        let whole = Document::from(vec![payload.to_string()]);
        outputs.entry(WHOLE_ANSWER).or_insert(whole);
        outputs
    }

    fn document_outputs(&self) -> Texts {
        let declared = R::DEFINITION.outputs.iter();
        let named = declared.map(|output| {
            let name = format!("{}.{}", output.step, output.output);
            let texts = self.document_output(output);
            (name, texts.unwrap_or_else(|| vec![NO_OUTPUT_YET].into()))
        });
        named.collect()
    }

    fn document_output(&self, output: &DocumentOutput) -> Option<Document> {
        let place = Place::<R>::named(output.step)?;
        let progress = self.steps.get(&place.index)?;
        let succeeded = progress.status == Status::Success;
        succeeded.then(|| {
            self.step_outputs(place, progress)
                .shift_remove(output.output)
        })?
    }
}

fn pending_step(definition: &StepDefinition) -> StepExecution {
    StepExecution {
        step_name: definition.name.to_owned(),
        action: definition.action.to_owned(),
        timeout_seconds: None,
        on_failure: None,
        max_attempts: None,
        execution_start_time: None,
        execution_end_time: None,
        step_status: Status::Pending,
        inputs: None,
        outputs: None,
        failure_message: None,
        failure_details: None,
        step_execution_id: None,
        overridden_parameters: None,
        is_end: None,
        next_step: None,
        is_critical: None,
        valid_next_steps: None,
    }
}

/// Where a finished step could lead: to what a branch has chosen, else to its successor.
fn valid_next_steps<R: Runbook>(place: Place<R>, progress: &Progress) -> Option<Vec<String>> {
    let flow = R::flow(place.step);
    let successor = flow
        .successor()
        .filter(|_| !flow.ends())
        .and_then(name_of::<R>);
    let next = progress.jump.map(str::to_owned).or(successor)?;
    Some(vec![next])
}

fn on_failure_text<R: Runbook>(on_failure: OnFailure<R::Step>) -> String {
    match on_failure {
        OnFailure::Abort => "Abort".to_owned(),
        OnFailure::Continue => "Continue".to_owned(),
        OnFailure::Step(step) => format!("step:{}", name_of::<R>(step).unwrap_or_default()),
    }
}

fn name_of<R: Runbook>(step: R::Step) -> Option<String> {
    Place::<R>::name_of(step).map(str::to_owned)
}

/// Inputs, each as JSON text: those that stand in the definition, then those that were resolved.
fn inputs(definition: &StepDefinition, resolved: &Map) -> Texts {
    let fixed = definition.inputs.iter();
    let fixed = fixed.map(|(name, json)| ((*name).to_owned(), Document::from(*json)));
    let resolved = resolved.iter();
    let resolved = resolved.map(|(name, value)| (name.clone(), Document::from(value.to_string())));
    fixed.chain(resolved).collect()
}

/// Values, each as a list of texts.
fn encoded(values: &Map) -> Texts {
    let texts = values.iter();
    texts
        .map(|(name, value)| (name.clone(), value.encode().into()))
        .collect()
}
