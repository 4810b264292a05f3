//! The option `--dry-run`: what a run would do, without anything being done.

use std::fmt::Write as _;

use clap::{Arg, ArgMatches};

use crate::cancel::CancelToken;
use crate::dry_run::{Entry, Rehearsed, given, rehearse};
use crate::engine::EngineError;
use crate::log::Log;
use crate::observer::Observer;
use crate::parameters::Checked;
use crate::parent::{Order, Parent, target_names};
use crate::record::{Answered, InventedChoice, PlannedCall, Reading};
use crate::runbook::Runbook;
use crate::value::Document;

use super::Program;
use super::console::Console;
use super::exit::Exit;
use super::run::{Wanted, finish, progress, wants_json};
use super::signals::Signals;

/// Where a dry run takes place that asks nobody about it.
const NOWHERE: &str = "‹Region›";

/// For how many targets the way is shown.
const MOST_TARGETS: usize = 3;

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
    console: &mut Console,
) -> Exit {
    let wanted = match few::<R>(program, reading, wanted, matches, console).await {
        Ok(wanted) => wanted,
        Err(exit) => return exit,
    };
    let progress = progress(matches, console);
    let cancel = CancelToken::new();
    let _signals = Signals::follow(cancel.clone(), console.errors.clone());
    let log = (Log::new(), &progress);
    let rehearsed = match reading {
        Reading::Nothing => {
            // Without a journal nothing is real, and there is no Region to choose.
            let region = matches.try_get_one::<String>("region").ok().flatten();
            let region = region.map_or(NOWHERE, String::as_str);
            let rehearsed = match wanted {
                Wanted::Once(checked) => rehearse::<R>(checked, region, &log, cancel).await,
                Wanted::ForTargets { order, supplied } => {
                    let values = order.parameters();
                    let checked = Checked { values, supplied };
                    rehearse::<Parent<R>>(checked, region, &log, cancel).await
                }
            };
            rehearsed.map_err(|error| match error {
                EngineError::Stored(_) => format!("{error}\nhelp: --dry-run=read reads them"),
                error => error.to_string(),
            })
        }
        Reading::Aws => read(program, wanted, matches, &log, cancel).await,
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

/// What a dry run for several targets shows: the way for the first of them, as the others take it too. Where they are
/// still to be found and nothing is read, it is that of one whose name is invented.
async fn few<R: Runbook>(
    program: &Program<R>,
    reading: Reading,
    wanted: Wanted,
    matches: &ArgMatches,
    console: &mut Console,
) -> Result<Wanted, Exit> {
    let (order, supplied) = match wanted {
        Wanted::Once(checked) => return Ok(Wanted::Once(checked)),
        Wanted::ForTargets { order, supplied } => (order, supplied),
    };
    if let (true, Reading::Nothing, Some(parameter)) =
        (order.is_open(), reading, order.parameter::<R>())
    {
        let mut values = order.known::<R>().values;
        values.insert(parameter.name.to_owned(), given(parameter));
        console
            .errors
            .text("note: shown is one target; --dry-run=read finds out which there are\n");
        return Ok(Wanted::Once(Checked { values, supplied }));
    }
    let order = found(program, &order, matches, console).await?;
    let (order, left) = order.first(MOST_TARGETS);
    if left > 0 {
        let note =
            format!("note: shown are the first {MOST_TARGETS} targets; {left} more are left out\n");
        console.errors.text(&note);
    }
    let order = Box::new(order);
    Ok(Wanted::ForTargets { order, supplied })
}

#[cfg(feature = "journal")]
async fn found<R: Runbook>(
    program: &Program<R>,
    order: &Order,
    matches: &ArgMatches,
    console: &mut Console,
) -> Result<Order, Exit> {
    match program.backend.as_deref() {
        Some(backend) => super::kept::found::<R>(backend, order, matches, console).await,
        // Who needs one is told later.
        None => Ok(order.clone()),
    }
}

#[cfg(not(feature = "journal"))]
#[expect(clippy::unused_async, reason = "with the feature it waits")]
async fn found<R: Runbook>(
    _: &Program<R>,
    order: &Order,
    _: &ArgMatches,
    _: &Console,
) -> Result<Order, Exit> {
    Ok(order.clone())
}

#[cfg(feature = "journal")]
async fn read<R: Runbook>(
    program: &Program<R>,
    wanted: Wanted,
    matches: &ArgMatches,
    audience: &dyn Observer,
    cancel: CancelToken,
) -> Result<Rehearsed, String> {
    match program.backend.as_deref() {
        None => Err(CANNOT_READ.to_owned()),
        Some(backend) => {
            let children = &program.children;
            match wanted {
                Wanted::Once(checked) => {
                    super::kept::read::<R>(backend, children, checked, matches, audience, cancel)
                        .await
                }
                Wanted::ForTargets { order, supplied } => {
                    let values = order.parameters();
                    let checked = Checked { values, supplied };
                    super::kept::read_for_targets::<R>(
                        backend, children, checked, matches, audience, cancel,
                    )
                    .await
                }
            }
        }
    }
}

#[cfg(not(feature = "journal"))]
#[expect(clippy::unused_async, reason = "with the feature it waits")]
async fn read<R: Runbook>(
    _: &Program<R>,
    _: Wanted,
    _: &ArgMatches,
    _: &dyn Observer,
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
    if step_name.is_empty() {
        show_targets(text, inputs);
        return;
    }
    // Nothing goes wrong when a text is written to.
    let _ = writeln!(text, "dry run  {step_name}  {answered} {operation}");
    let members = inputs.as_object().into_iter().flatten();
    for (name, value) in members {
        let _ = writeln!(text, "dry run      {name}: {}", plain(value));
    }
}

/// The runs for several targets, whose steps are told by their numbers.
fn show_targets(text: &mut String, inputs: &Document) {
    for (number, name) in (1..).zip(target_names(inputs)) {
        let _ = writeln!(text, "dry run  [{number}]  would run for {name}");
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
        iterations,
    } = choice;
    let done = match (iterations, next_step) {
        (Some(1), _) => "goes round once".to_owned(),
        (Some(count), _) => format!("goes round {count} times"),
        (None, Some(next)) => format!("leads to {next}"),
        (None, None) => "leads to the end".to_owned(),
    };
    let by = decided_by.join(", ");
    let _ = writeln!(
        text,
        "dry run  {step_name}  {done} because of what is invented of {by}"
    );
}
