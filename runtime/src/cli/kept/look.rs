//! Looking at executions: `list`, `show` and `logs`.

use std::io::Write;
use std::time::Duration;

use clap::ArgMatches;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use crate::child;
use crate::event::Change;
use crate::execution::{Fold, JournalError, Memory};
use crate::journal::{Entry, Filter, Journal};
use crate::observer::Observer;
use crate::parent::Parent;
use crate::record::Record;
use crate::report::{Form, Progress, cause, human};
use crate::runbook::Runbook;
use crate::status::Status;
use crate::store::Store;

use super::super::console::Console;
use super::super::exit::Exit;
use super::super::run::{print_record, wants_json};
use super::state;

/// How often `logs --follow` looks for more.
const LOOK: Duration = Duration::from_millis(200);

/// Lists executions, the newest first.
pub(super) fn list<R: Runbook>(matches: &ArgMatches, console: &Console) -> Exit {
    let journal = match state::open(matches, console) {
        Ok(journal) => journal,
        Err(exit) => return exit,
    };
    let all = matches.get_flag("all");
    let filter = Filter {
        runbook: (!all).then(|| R::DEFINITION.name.to_owned()),
        statuses: matches
            .get_many::<Status>("status")
            .into_iter()
            .flatten()
            .copied()
            .collect(),
        most: Some(matches.get_one::<usize>("most").copied().unwrap_or(20)),
    };
    let entries = match journal.list(&filter) {
        Ok(entries) => entries,
        Err(error) => return state::failed(&error, console),
    };
    let entries = masked(&journal, entries);
    let lines = entries.iter().map(|entry| Line::of(entry, &journal));
    let lines: Vec<Line<'_>> = lines.collect();
    match matches.get_one::<String>("output").map(String::as_str) {
        Some("json") => {
            let list: Vec<_> = lines.iter().map(Line::json).collect();
            console.print(&format!("{:#}\n", json!(list)), Exit::Success)
        }
        _ if lines.is_empty() => {
            let which = if all { "" } else { " of this runbook" };
            let text = format!("the journal has no such execution{which}\n");
            console.errors.text(&text);
            Exit::Success
        }
        _ => {
            let text: String = lines.iter().map(|line| line.text(all)).collect();
            console.print(&text, Exit::Success)
        }
    }
}

/// The same without what their runs were told to hide.
pub(super) fn masked(journal: &Journal, entries: Vec<Entry>) -> Vec<Entry> {
    let entries = entries.into_iter().map(|entry| {
        let mask = state::mask(journal, &entry);
        let message = entry.message.map(|message| mask.text(&message));
        Entry { message, ..entry }
    });
    entries.collect()
}

/// An execution as a line.
pub(super) struct Line<'a> {
    entry: &'a Entry,
    is_cut_off: bool,
}

impl<'a> Line<'a> {
    pub(super) fn of(entry: &'a Entry, journal: &Journal) -> Self {
        let holder = || journal.holder(entry.execution).ok().flatten();
        Self {
            entry,
            is_cut_off: !entry.status.is_final() && holder().is_none(),
        }
    }

    /// Whether no process drives it, though it has not ended.
    pub(super) const fn is_cut_off(&self) -> bool {
        self.is_cut_off
    }

    /// `0f1e2d3c  Failed      2026-01-31 08:00:00  12 s  stop: …`
    pub(super) fn text(&self, with_runbook: bool) -> String {
        let entry = self.entry;
        let id = entry.execution.to_string();
        let id = id.split('-').next().unwrap_or_default();
        let status = entry.status.to_string();
        let started = entry.started.strftime("%Y-%m-%d %H:%M:%SZ");
        let took = human(took(entry, self.is_cut_off));
        let runbook = match with_runbook {
            true => format!("  {}", entry.runbook),
            false => String::new(),
        };
        let mut notes: Vec<String> = Vec::new();
        if self.is_cut_off {
            notes.push("cut off".to_owned());
        }
        notes.extend(entry.step.clone().filter(|step| !step.is_empty()));
        notes.extend(
            entry
                .message
                .as_deref()
                .map(|message| one_line(cause(message))),
        );
        let text = format!(
            "{id}  {status:10}  {started}  {took:>9}{runbook}  {}",
            notes.join(": ")
        );
        format!("{}\n", text.trim_end())
    }

    pub(super) fn json(&self) -> serde_json::Value {
        let entry = self.entry;
        json!({
            "AutomationExecutionId": entry.execution,
            "DocumentName": entry.runbook,
            "AutomationExecutionStatus": entry.status,
            "CutOff": self.is_cut_off,
            "Region": entry.region,
            "ExecutedBy": entry.executed_by,
            "ExecutionStartTime": entry.started,
            "ExecutionEndTime": entry.ended,
            "CurrentStepName": entry.step,
            "FailureMessage": entry.message,
        })
    }
}

fn took(entry: &Entry, is_cut_off: bool) -> SignedDuration {
    let end = match (entry.ended, is_cut_off) {
        (Some(ended), _) => ended,
        (None, true) => entry.last,
        (None, false) => Timestamp::now(),
    };
    end.duration_since(entry.started)
}

fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// Shows the record of an execution.
pub(super) fn show<R: Runbook>(matches: &ArgMatches, console: &Console) -> Exit {
    let journal = match state::open(matches, console) {
        Ok(journal) => journal,
        Err(exit) => return exit,
    };
    match state::find(&journal, matches, console)
        .and_then(|entry| own::<R>(&journal, entry, console))
    {
        Ok(entry) => show_entry::<R>(&journal, &entry, matches, console),
        Err(exit) => exit,
    }
}

/// Shows the record of an execution; that of one that has ended gives the exit code that the run had.
pub(super) fn show_entry<R: Runbook>(
    journal: &Journal,
    entry: &Entry,
    matches: &ArgMatches,
    console: &Console,
) -> Exit {
    console.hide(&state::mask(journal, entry));
    let record = match record::<R>(journal, entry.execution) {
        Ok(record) => record,
        Err(problem) => return console.fail(Exit::NotRun, &problem),
    };
    if record.status().is_final() {
        return print_record(&record, Exit::of(record.status()), matches, console);
    }
    let exit = print_record(&record, Exit::Success, matches, console);
    if !wants_json(matches) {
        console.print(&format!("{}\n", outlook(journal, entry)), exit);
    }
    exit
}

/// Where an execution is that has not ended, and who runs it: `at ask, run by process 4711 since …`.
fn outlook(journal: &Journal, entry: &Entry) -> String {
    let step = entry.step.as_deref().filter(|step| !step.is_empty());
    let at = step.map(|step| format!(" at {step}")).unwrap_or_default();
    let id = state::root(journal, entry).map_or(entry.execution, |root| root.execution);
    match journal.holder(id) {
        Ok(Some(holder)) => format!("it is{at}, run by {holder}"),
        _ => format!("it was cut off{at}: `resume {id}` goes on"),
    }
}

fn record<R: Runbook>(journal: &Journal, execution: Uuid) -> Result<Record, String> {
    match is_for_targets(journal, execution)? {
        true => folded::<Parent<R>>(journal, execution),
        false => folded::<R>(journal, execution),
    }
}

fn folded<R: Runbook>(journal: &Journal, execution: Uuid) -> Result<Record, String> {
    let mut fold = Fold::<R>::new(Memory::Record);
    let read = journal.read(execution, &mut |event| fold.add(&event));
    read.map_err(|error| error.to_string())?;
    let folded = fold
        .finish()
        .and_then(|folded| folded.ok_or(JournalError::Empty));
    let folded = folded.map_err(|error| error.to_string())?;
    Ok(child::with_children::<R>(folded.record(), journal))
}

/// Whether an execution runs its runbook for several targets.
fn is_for_targets(journal: &Journal, execution: Uuid) -> Result<bool, String> {
    let mut for_targets = false;
    let read = journal.read(execution, &mut |event| {
        if let Change::Began(beginning) = event.change {
            for_targets = beginning.for_targets;
        }
    });
    read.map(|()| for_targets)
        .map_err(|error| error.to_string())
}

/// An execution, if it is one of this runbook.
pub(super) fn own<R: Runbook>(
    journal: &Journal,
    entry: Entry,
    console: &Console,
) -> Result<Entry, Exit> {
    let name = R::DEFINITION.name;
    if entry.runbook == name {
        return Ok(entry);
    }
    let entry = state::whole(journal, entry, console)?;
    let message = format!(
        "execution {} is one of runbook `{}`, and this is the binary of `{name}`",
        entry.execution, entry.runbook
    );
    Err(console.fail(Exit::Usage, &message))
}

/// Tells what has happened in an execution, and goes on telling if that is wanted.
pub(super) async fn logs<R: Runbook>(matches: &ArgMatches, console: &Console) -> Exit {
    let journal = match state::open(matches, console) {
        Ok(journal) => journal,
        Err(exit) => return exit,
    };
    let entry = match state::find(&journal, matches, console)
        .and_then(|entry| own::<R>(&journal, entry, console))
    {
        Ok(entry) => entry,
        Err(exit) => return exit,
    };
    console.hide(&state::mask(&journal, &entry));
    let root = state::root(&journal, &entry).map_or(entry.execution, |root| root.execution);
    let output: Box<dyn Write + Send> = Box::new(console.output.clone());
    let progress = Progress::new(Form::Lines, output).verbose(true);
    let happened = match is_for_targets(&journal, entry.execution) {
        Ok(true) => child::happened::<Parent<R>>,
        Ok(false) => child::happened::<R>,
        Err(problem) => return console.fail(Exit::NotRun, &problem),
    };
    let mut told = 0;
    let mut says_that_nobody_runs_it = matches.get_flag("follow");
    loop {
        let happened = match happened(entry.execution, &journal) {
            Ok(happened) => happened,
            Err(error) => return console.fail(Exit::NotRun, &error.to_string()),
        };
        for (event, view) in happened.iter().skip(told) {
            progress.observe(event, view);
        }
        told = told.max(happened.len());
        let current = match journal.find(&entry.execution.to_string()) {
            Ok(current) => current,
            Err(error) => return state::failed(&error, console),
        };
        if !matches.get_flag("follow") || current.status.is_final() {
            return Exit::Success;
        }
        if says_that_nobody_runs_it && matches!(journal.holder(root), Ok(None)) {
            says_that_nobody_runs_it = false;
            let text =
                format!("nobody runs it now; what happens is told once `resume {root}` goes on\n");
            console.errors.text(&text);
        }
        tokio::time::sleep(LOOK).await;
    }
}
