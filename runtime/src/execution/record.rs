//! The execution as the service would tell it (spec 7.3).

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::caller::label;
use crate::flow::OnFailure;
use crate::record::{
    AutomationExecution, FailureDetails, ParentStepDetails, Record, ResolvedTargets, ScriptOutput,
    StepExecution, Texts,
};
use crate::runbook::{DocumentOutput, Runbook, StepDefinition};
use crate::status::Status;
use crate::value::{Document, Encode, Map, Text};

use super::history::{Parent, Progress, RunId};
use super::{Cursor, Execution, Place};

/// The output that holds a step's whole answer (spec 3.7).
const WHOLE_ANSWER: &str = "OutputPayload";

/// What a document output shows until its step has succeeded (spec 7.4).
const NO_OUTPUT_YET: &str = "No output available yet because the step is not successfully executed";

impl<R: Runbook> Execution<R> {
    /// The record at the moment of the last event. One that forgets tells nothing of steps that have ended.
    pub fn record(&self) -> Record {
        Record {
            automation_execution: self.automation_execution(),
            simulation: self.beginning.simulation.clone(),
            calls: Vec::new(),
            invented_choices: Vec::new(),
            child_executions: Vec::new(),
            script_output: self
                .history
                .runs()
                .filter_map(|(_, progress)| script_output(progress))
                .collect(),
        }
    }

    fn automation_execution(&self) -> AutomationExecution {
        let current = match &self.cursor {
            Cursor::In(running) => Some(running.place.definition),
            _ => None,
        };
        let last = self.last_runs();
        let failed = matches!(self.status, Status::Failed | Status::TimedOut);
        let message = self.verdict.as_ref().map(|(_, message)| message.clone());
        AutomationExecution {
            automation_execution_id: self.id(),
            document_name: self.beginning.runbook.clone(),
            document_version: "1".to_owned(),
            execution_start_time: self.began,
            execution_end_time: self.ended,
            automation_execution_status: self.status,
            step_executions: self.step_executions(&last),
            step_executions_truncated: false,
            parameters: encoded(&self.beginning.supplied),
            variables: (!R::DEFINITION.variables.is_empty()).then(|| self.variables()),
            outputs: self.document_outputs(&last),
            failure_message: message.filter(|_| failed),
            mode: match self.beginning.interactive {
                true => "Interactive",
                false => "Auto",
            }
            .to_owned(),
            parent_automation_execution_id: self.beginning.parent,
            target: self.beginning.target.clone(),
            executed_by: self.arn.clone(),
            current_step_name: current.map(|definition| definition.name.to_owned()),
            current_action: current.map(|definition| definition.action.to_owned()),
            target_parameter_name: None,
            targets: Vec::new(),
            target_maps: Vec::new(),
            resolved_targets: ResolvedTargets::default(),
            max_concurrency: None,
            max_errors: None,
            targets_summary: None,
        }
    }

    fn variables(&self) -> Texts {
        self.state
            .as_ref()
            .map_or_else(Texts::new, |state| encoded(&R::variables(state)))
    }

    /// The last run of each step that has started, by the step's place.
    fn last_runs(&self) -> Vec<Option<RunId>> {
        let mut last = vec![None; R::STEPS.len()];
        for (run, progress) in self.history.runs() {
            if let Some(last) = last.get_mut(progress.place) {
                *last = Some(run);
            }
        }
        last
    }

    /// Every step of `mainSteps`, a loop followed by what has run inside of it.
    fn step_executions(&self, last: &[Option<RunId>]) -> Vec<StepExecution> {
        let mut inside: BTreeMap<RunId, Vec<RunId>> = BTreeMap::new();
        for (run, progress) in self.history.runs() {
            if let Some(parent) = &progress.parent {
                inside.entry(parent.run).or_default().push(run);
            }
        }
        let mut executions = Vec::new();
        let steps = Place::<R>::all().zip(last);
        for (place, last) in steps.filter(|(place, _)| R::flow(place.step).inside.is_none()) {
            match *last {
                Some(run) => self.add_run(run, &inside, &mut executions),
                None => executions.push(pending_step(place.definition)),
            }
        }
        executions
    }

    fn add_run(
        &self,
        run: RunId,
        inside: &BTreeMap<RunId, Vec<RunId>>,
        executions: &mut Vec<StepExecution>,
    ) {
        let progress = self.history.get(run);
        let place = progress.and_then(|progress| Place::at(progress.place));
        if let (Some(progress), Some(place)) = (progress, place) {
            executions.push(self.started_step(place, progress));
        }
        for run in inside.get(&run).into_iter().flatten() {
            self.add_run(*run, inside, executions);
        }
    }

    fn started_step(&self, place: Place<R>, progress: &Progress) -> StepExecution {
        let definition = place.definition;
        let flow = R::flow(place.step);
        let failure = progress.failure.as_ref();
        StepExecution {
            timeout_seconds: definition.timeout_seconds.or(progress.time_limit),
            on_failure: flow.on_failure.map(on_failure_text::<R>),
            max_attempts: definition.max_attempts,
            execution_start_time: Some(progress.started),
            execution_end_time: progress.ended,
            step_status: progress.status,
            inputs: Some(inputs(definition, &progress.inputs)),
            outputs: Some(step_outputs(progress)).filter(|outputs| !outputs.is_empty()),
            failure_message: failure.map(|failure| failure.message.clone()),
            warning_message: progress.warning.clone(),
            failure_details: failure.map(|failure| FailureDetails {
                failure_stage: failure.stage,
                failure_type: failure.kind,
                details: failure.details.clone(),
            }),
            step_execution_id: Some(self.step_id(progress)),
            parent_step_details: progress
                .parent
                .as_ref()
                .and_then(|parent| self.parent_details(parent)),
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

    fn parent_details(&self, parent: &Parent) -> Option<ParentStepDetails> {
        let progress = self.history.get(parent.run)?;
        let definition = R::DEFINITION.steps.get(progress.place)?;
        Some(ParentStepDetails {
            step_execution_id: self.step_id(progress),
            step_name: definition.name.to_owned(),
            action: definition.action.to_owned(),
            iteration: parent.iteration,
            iterator_value: parent.item.as_ref().map(Text::text),
        })
    }

    /// Derived, so that every reading of the same events tells the same one.
    fn step_id(&self, progress: &Progress) -> Uuid {
        Uuid::new_v5(&self.id(), progress.path.as_bytes())
    }

    fn document_outputs(&self, last: &[Option<RunId>]) -> Texts {
        let declared = R::DEFINITION.outputs.iter();
        let named = declared.map(|output| {
            let name = format!("{}.{}", output.step, output.output);
            let texts = self.document_output(output, last);
            (name, texts.unwrap_or_else(|| vec![NO_OUTPUT_YET].into()))
        });
        named.collect()
    }

    fn document_output(&self, output: &DocumentOutput, last: &[Option<RunId>]) -> Option<Document> {
        let place = Place::<R>::named(output.step)?;
        let run = *last.get(place.index)?;
        let progress = self.history.get(run?)?;
        let succeeded = progress.status == Status::Success;
        succeeded.then(|| step_outputs(progress).shift_remove(output.output))?
    }
}

/// The outputs of a step that has ended; while it runs there are none.
fn step_outputs(progress: &Progress) -> Texts {
    let mut outputs = encoded(&progress.outputs);
    if let Some(payload) = &progress.payload {
        let whole = Document::from(vec![payload.to_string()]);
        outputs.entry(WHOLE_ANSWER).or_insert(whole);
    }
    outputs
}

fn script_output(progress: &Progress) -> Option<ScriptOutput> {
    let output = progress.printed.as_ref()?;
    Some(ScriptOutput {
        step_name: label(&progress.path),
        standard_output: output.stdout.to_string(),
        standard_error: output.stderr.to_string(),
    })
}

fn pending_step(definition: &StepDefinition) -> StepExecution {
    StepExecution::pending(definition.name, definition.action)
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
