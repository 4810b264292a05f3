//! The execution as the service would tell it (spec 7.3).

use crate::record::{
    AutomationExecution, Record, ResolvedTargets, ScriptOutput, StepExecution, Texts,
};
use crate::runbook::{DocumentOutput, Runbook};
use crate::status::Status;
use crate::value::Document;

use super::history::{History, Memory, RunId};
use super::told::encoded;
use super::{Cursor, Execution, Place};

/// What a document output shows until its step has succeeded (spec 7.4).
const NO_OUTPUT_YET: &str = "No output available yet because the step is not successfully executed";

impl<R: Runbook> Execution<R> {
    /// The record at the moment of the last event. One that forgets tells nothing of steps that have ended.
    pub fn record(&self) -> Record {
        self.record_with(self.history.clone())
    }

    /// The same of an execution that is needed no more, and the state of the runbook at its end.
    pub fn into_record(mut self) -> (Record, Option<R::State>) {
        let forgotten = History::new(Memory::Outputs, 0);
        let history = std::mem::replace(&mut self.history, forgotten);
        (self.record_with(history), self.state)
    }

    fn record_with(&self, history: History) -> Record {
        Record {
            script_output: script_output(&history),
            automation_execution: self.automation_execution(history),
            simulation: self.beginning.simulation.clone(),
            calls: Vec::new(),
            invented_choices: Vec::new(),
            child_executions: Vec::new(),
        }
    }

    fn automation_execution(&self, history: History) -> AutomationExecution {
        let current = match &self.cursor {
            Cursor::In(running) => Some(running.place.definition),
            _ => None,
        };
        let last = last_runs::<R>(&history);
        let failed = matches!(self.status, Status::Failed | Status::TimedOut);
        let message = self.verdict.as_ref().map(|(_, message)| message.clone());
        AutomationExecution {
            automation_execution_id: self.id(),
            document_name: self.beginning.runbook.clone(),
            document_version: "1".to_owned(),
            execution_start_time: self.began,
            execution_end_time: self.ended,
            automation_execution_status: self.status,
            outputs: document_outputs::<R>(&history, &last),
            step_executions: step_executions::<R>(history, &last),
            step_executions_truncated: false,
            parameters: encoded(&self.beginning.supplied),
            variables: (!R::DEFINITION.variables.is_empty()).then(|| self.variables()),
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
}

/// The last run of each step that has started, by the step's place.
fn last_runs<R: Runbook>(history: &History) -> Vec<Option<RunId>> {
    let mut last = vec![None; R::STEPS.len()];
    for run in history.runs() {
        if let Some(last) = last.get_mut(run.place) {
            *last = Some(run.id);
        }
    }
    last
}

/// Every step of `mainSteps`, a loop followed by what has run inside of it.
fn step_executions<R: Runbook>(history: History, last: &[Option<RunId>]) -> Vec<StepExecution> {
    let others = Place::<R>::all().zip(last);
    let others = others.filter(|(place, last)| last.is_none() && is_main::<R>(*place));
    let mut others = others.map(|(place, _)| pending(place)).peekable();
    if others.peek().is_none() && places(&history).is_sorted() {
        return history.into_steps();
    }
    // Most jumps lead onward: so this is mostly two ordered lists that become one.
    let places: Vec<usize> = places(&history).collect();
    let mut steps: Vec<_> = places.into_iter().zip(history.into_steps()).collect();
    steps.extend(others);
    steps.sort_by_key(|(place, _)| *place);
    steps.into_iter().map(|(_, step)| step).collect()
}

/// Where each run stands among `mainSteps`. What runs inside of a loop runs before the step after it starts.
fn places(history: &History) -> impl Iterator<Item = usize> {
    history.runs().iter().scan(0, |main, run| {
        if run.parent.is_none() {
            *main = run.place;
        }
        Some(*main)
    })
}

/// A step that has not started, with its place.
fn pending<R: Runbook>(place: Place<R>) -> (usize, StepExecution) {
    let Place {
        index, definition, ..
    } = place;
    (
        index,
        StepExecution::pending(&definition.name, &definition.action),
    )
}

fn is_main<R: Runbook>(place: Place<R>) -> bool {
    R::flow(place.step).inside.is_none()
}

fn document_outputs<R: Runbook>(history: &History, last: &[Option<RunId>]) -> Texts {
    let declared = R::DEFINITION.outputs.iter();
    let named = declared.map(|output| {
        let name = format!("{}.{}", output.step, output.output);
        let texts = document_output::<R>(output, history, last);
        (name, texts.unwrap_or_else(|| vec![NO_OUTPUT_YET].into()))
    });
    named.collect()
}

fn document_output<R: Runbook>(
    output: &DocumentOutput,
    history: &History,
    last: &[Option<RunId>],
) -> Option<Document> {
    let place = Place::<R>::named(output.step)?;
    let last = *last.get(place.index)?;
    let step = history.step(last?)?;
    let outputs = step.outputs.as_ref();
    let outputs = outputs.filter(|_| step.step_status == Status::Success);
    outputs?.get(output.output).cloned()
}

fn script_output(history: &History) -> Vec<ScriptOutput> {
    let printed = history.runs().iter().filter_map(|run| {
        let output = run.printed.as_ref()?;
        Some(ScriptOutput {
            step_name: history.label(run.id)?.into_string(),
            standard_output: output.stdout.to_string(),
            standard_error: output.stderr.to_string(),
        })
    });
    printed.collect()
}
