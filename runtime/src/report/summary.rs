//! The summary at the end of an execution.

use std::fmt;

use crate::record::{Record, Simulation, StepExecution, TargetsSummary};
use crate::status::Status;
use crate::value::{Document, Text};

use super::reasons::reasons;
use super::words::human;

/// The sentence of the service in place of an output that there is not (spec 7.4).
const NO_OUTPUT: &str = "No output available yet because the step is not successfully executed";

/// A finished execution in a few lines: outputs, what may have been done twice, why it failed, and how it ended.
pub struct Summary<'a>(pub &'a Record);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let execution = &self.0.automation_execution;
        match &self.0.simulation {
            Some(Simulation::Scenario(_)) => {
                writeln!(formatter, "simulated run of {}", execution.document_name)?;
            }
            Some(Simulation::DryRun(_)) => {
                writeln!(formatter, "dry run of {}", execution.document_name)?;
            }
            None => {}
        }
        let outputs: Vec<_> = execution.outputs.iter().filter_map(shown).collect();
        let width = outputs
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or_default();
        for (name, value) in outputs {
            writeln!(formatter, "{name:width$}  {value}")?;
        }
        for step in &execution.step_executions {
            if let Some(warning) = &step.warning_message {
                writeln!(formatter, "warning: {}: {warning}", step.step_name)?;
            }
        }
        if let Some(summary) = &execution.targets_summary {
            writeln!(
                formatter,
                "{}",
                of_targets(summary, &execution.step_executions)
            )?;
        }
        for reason in reasons(self.0) {
            writeln!(formatter, "{reason}")?;
        }
        write!(formatter, "{}", self.ending())
    }
}

impl Summary<'_> {
    /// The last line: `Success after 12 s`.
    fn ending(&self) -> String {
        let execution = &self.0.automation_execution;
        let status = self.0.status();
        let took = execution
            .execution_end_time
            .map(|end| human(end.duration_since(execution.execution_start_time)))
            .map(|took| format!(" after {took}"))
            .unwrap_or_default();
        match &self.0.simulation {
            Some(Simulation::Scenario(scenario)) => {
                format!("simulated: {status}{took} of virtual time, with the answers of {scenario}")
            }
            Some(Simulation::DryRun(_)) => format!(
                "dry run: {status}{took} of virtual time; nothing was done, and what stands in ‹…› is invented"
            ),
            None => format!("{}: {status}{took}", execution.document_name),
        }
    }
}

/// `3 of 5 targets succeeded, 1 failed, 1 was not started`. Of those that failed the summary counts the cancelled, too.
fn of_targets(summary: &TargetsSummary, runs: &[StepExecution]) -> String {
    let TargetsSummary {
        total_count: total,
        started_count: started,
        failed_count: failed,
        successful_count: successful,
        ..
    } = *summary;
    let mut text = format!("{successful} of {total} targets succeeded");
    let cancelled = runs
        .iter()
        .filter(|run| run.step_status == Status::Cancelled);
    let cancelled = cancelled.count();
    for (count, word) in [
        (failed.saturating_sub(cancelled), "failed"),
        (cancelled, "cancelled"),
    ] {
        if count > 0 {
            text.push_str(&format!(", {count} {word}"));
        }
    }
    match total - started.min(total) {
        0 => {}
        1 => text.push_str(", 1 was not started"),
        rest => text.push_str(&format!(", {rest} were not started")),
    }
    text
}

/// The name and value of an output; nothing if there is none.
fn shown<'a>((name, value): (&'a str, &Document)) -> Option<(&'a str, String)> {
    let texts: Vec<String> = value.as_array()?.iter().map(Text::text).collect();
    match texts.as_slice() {
        [] => None,
        [single] if single == NO_OUTPUT => None,
        _ => Some((name, texts.join(", "))),
    }
}
