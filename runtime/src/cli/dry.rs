//! The option `--dry-run`: what a run would do, without anything being done.

use std::fmt::Write as _;

use clap::{Arg, ArgMatches};

use crate::cancel::CancelToken;
use crate::dry_run::{Entry, Rehearsed, rehearse};
use crate::engine::EngineError;
use crate::parameters::Checked;
use crate::record::{Answered, InventedChoice, PlannedCall, Reading};
use crate::report::Progress;
use crate::runbook::Runbook;
use crate::value::Document;

use super::Program;
use super::console::Console;
use super::exit::Exit;
use super::run::{Wanted, finish, progress, wants_json};
use super::signals::Signals;

/// Where a dry run takes place that asks nobody about it.
const NOWHERE: &str = "‹Region›";

/// The option.
pub(super) fn option() -> Arg {
    Arg::new("dry-run")
        .long("dry-run")
        .value_name("nothing|read")
        .value_parser(["nothing", "read"])
        .hide_possible_values(true)
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("nothing")
        .conflicts_with("simulate")
        .help(
            "Do nothing, and show what would be called; with =read, what only reads is really read",
        )
}

/// What a dry run reads, if it is to be one.
pub(super) fn wanted(matches: &ArgMatches) -> Option<Reading> {
    let reading = matches.get_one::<String>("dry-run")?;
    Some(match reading.as_str() {
        "read" => Reading::Aws,
        _ => Reading::Nothing,
    })
}

/// Shows what a run would do.
pub(super) async fn run<R: Runbook>(
    program: &Program<R>,
    reading: Reading,
    wanted: Wanted,
    matches: &ArgMatches,
    console: &Console,
) -> Exit {
    let Wanted::Once(checked) = wanted else {
        let problem = "a dry run is one run: leave out the targets, or give one as the parameter";
        return console.fail(Exit::Usage, problem);
    };
    let progress = progress(matches, console);
    let cancel = CancelToken::new();
    let _signals = Signals::follow(cancel.clone(), console.errors.clone());
    let rehearsed = match reading {
        Reading::Nothing => {
            // Without a journal nothing is real, and there is no Region to choose.
            let region = matches.try_get_one::<String>("region").ok().flatten();
            let region = region.map_or(NOWHERE, String::as_str);
            let rehearsed = rehearse::<R>(checked, region, &progress, cancel).await;
            rehearsed.map_err(|error| match error {
                EngineError::Stored(_) => format!("{error}\nhelp: --dry-run=read reads them"),
                error => error.to_string(),
            })
        }
        Reading::Aws => read(program, checked, matches, &progress, cancel).await,
    };
    progress.close();
    match rehearsed {
        Ok(Rehearsed { record, entries }) => {
            if !wants_json(matches) {
                console.print(&shown(&entries), Exit::Success);
            }
            finish(&record, matches, console)
        }
        Err(error) => console.fail(Exit::NotRun, &error),
    }
}

#[cfg(feature = "journal")]
async fn read<R: Runbook>(
    program: &Program<R>,
    checked: Checked,
    matches: &ArgMatches,
    progress: &Progress,
    cancel: CancelToken,
) -> Result<Rehearsed, String> {
    match program.backend.as_deref() {
        None => Err(CANNOT_READ.to_owned()),
        Some(backend) => {
            let children = &program.children;
            super::kept::read::<R>(backend, children, checked, matches, progress, cancel).await
        }
    }
}

#[cfg(not(feature = "journal"))]
#[expect(clippy::unused_async, reason = "with the feature it waits")]
async fn read<R: Runbook>(
    _: &Program<R>,
    _: Checked,
    _: &ArgMatches,
    _: &Progress,
    _: CancelToken,
) -> Result<Rehearsed, String> {
    Err(CANNOT_READ.to_owned())
}

const CANNOT_READ: &str = "this binary was built without AWS and cannot read: run --dry-run";

/// The calls in order, each with its inputs, for people.
fn shown(entries: &[Entry]) -> String {
    let mut text = String::new();
    for entry in entries {
        match entry {
            Entry::Call(call) => show_call(&mut text, call),
            Entry::Choice(choice) => show_choice(&mut text, choice),
        }
    }
    text
}

fn show_call(text: &mut String, call: &PlannedCall) {
    let PlannedCall {
        step_name,
        operation,
        inputs,
        answered,
    } = call;
    let answered = match answered {
        Answered::Invented => "would call",
        Answered::Read => "has read",
        Answered::Child => "would start",
    };
    // Nothing goes wrong when a text is written to.
    let _ = writeln!(text, "dry run  {step_name}  {answered} {operation}");
    let members = inputs.as_object().into_iter().flatten();
    for (name, value) in members {
        let _ = writeln!(text, "dry run      {name}: {}", plain(value));
    }
}

/// JSON, but for a text of one line, which needs no quotes.
fn plain(value: &Document) -> String {
    match value.as_str() {
        Some(line) if !line.is_empty() && !line.contains('\n') => line.to_owned(),
        _ => value.to_string(),
    }
}

fn show_choice(text: &mut String, choice: &InventedChoice) {
    let InventedChoice {
        step_name,
        decided_by,
        next_step,
    } = choice;
    let next = next_step.as_deref().unwrap_or("the end");
    let by = decided_by.join(", ");
    let _ = writeln!(
        text,
        "dry run  {step_name}  leads to {next} because of what is invented of {by}"
    );
}
