//! The command `run`.

use clap::ArgMatches;

use crate::cancel::CancelToken;
use crate::log::Log;
use crate::parameters::{Checked, check};
use crate::parent::Order;
use crate::record::Record;
use crate::report::{Form, Progress, Summary};
use crate::runbook::Runbook;
use crate::simulate::{self, Scenario, SimulationError, SimulationOutcome};
use crate::value::Map;

use super::Program;
use super::console::Console;
use super::dry;
use super::exit::Exit;
use super::log;
use super::mask::{self, Mask, MaskError};
use super::scenarios::read;
use super::signals::Signals;
use super::supplied::supplied;
use super::targets;

/// Runs the runbook as the arguments say.
pub(super) async fn run<R: Runbook>(
    program: &Program<R>,
    matches: &ArgMatches,
    console: &mut Console,
) -> Exit {
    let scenario = match matches
        .get_one::<String>("simulate")
        .map(|file| read(file.as_ref()))
    {
        None => None,
        Some(Ok(scenario)) => Some(scenario),
        Some(Err(error)) => return console.fail(Exit::Simulation, &error),
    };
    let base = scenario
        .as_ref()
        .map(|scenario| scenario.parameters.clone())
        .unwrap_or_default();
    let work = match work::<R>(base, matches, console) {
        Ok(work) => work,
        Err(exit) => return exit,
    };
    if let Some(reading) = dry::wanted(matches) {
        return dry::run(program, reading, work, matches, console).await;
    }
    match scenario {
        Some(scenario) => simulated::<R>(scenario, work, matches, console).await,
        None => really(program, work, matches, console).await,
    }
}

/// What is to be run.
pub(super) enum Wanted {
    /// The runbook.
    Once(Checked),
    /// The runbook for each of several targets.
    ForTargets {
        /// Which ones.
        order: Box<Order>,
        /// The parameters that were supplied for all of them.
        supplied: Map,
    },
}

#[cfg(feature = "journal")]
async fn really<R: Runbook>(
    program: &Program<R>,
    wanted: Wanted,
    matches: &ArgMatches,
    console: &mut Console,
) -> Exit {
    match program.backend.as_deref() {
        Some(backend) => {
            let children = &program.children;
            super::kept::run::<R>(backend, children, wanted, matches, console).await
        }
        None => console.fail(Exit::NotRun, ONLY_SIMULATES),
    }
}

#[cfg(not(feature = "journal"))]
#[expect(clippy::unused_async, reason = "with the feature it waits")]
async fn really<R: Runbook>(
    _: &Program<R>,
    _: Wanted,
    _: &ArgMatches,
    console: &mut Console,
) -> Exit {
    console.fail(Exit::NotRun, ONLY_SIMULATES)
}

const ONLY_SIMULATES: &str =
    "this binary was built without AWS and can only simulate: run --simulate FILE";

fn work<R: Runbook>(
    base: Map,
    matches: &ArgMatches,
    console: &mut Console,
) -> Result<Wanted, Exit> {
    let supplied = supplied(R::DEFINITION, base, matches, console)
        .map_err(|error| console.fail(Exit::Usage, &error))?;
    let hidden = mask::names(matches);
    // What is wrong with a value must not show it.
    hide(&hidden, &supplied, console)?;
    let mut stored = R::STORED.iter().map(|stored| stored.parameter);
    if let Some(name) = stored
        .find(|name| hidden.iter().any(|hidden| hidden == name) && !supplied.contains_key(*name))
    {
        let error = MaskError::Stored(name.to_owned());
        return Err(console.fail(Exit::Usage, &error.to_string()));
    }
    let order = targets::order::<R>(matches, &supplied)
        .map_err(|problem| console.fail(Exit::Usage, &problem))?;
    if let Some(order) = order {
        hide(&hidden, &order.values(), console)?;
        targets::check::<R>(&order, console)?;
        let order = Box::new(order);
        return Ok(Wanted::ForTargets { order, supplied });
    }
    let checked = check(R::DEFINITION, &supplied).map_err(|errors| {
        let title = match errors.problems.len() {
            1 => "a parameter cannot be used".to_owned(),
            count => format!("{count} problems with the parameters"),
        };
        console.fail_with_all(Exit::Usage, &title, &errors.to_string())
    })?;
    hide(&hidden, &checked.values, console)?;
    Ok(Wanted::Once(checked))
}

/// Hides the values of these parameters from now on.
pub(super) fn hide(names: &[String], values: &Map, console: &Console) -> Result<(), Exit> {
    let mask = Mask::of(names, values);
    let mask = mask.map_err(|error| console.fail(Exit::Usage, &error.to_string()))?;
    console.hide(&mask);
    Ok(())
}

async fn simulated<R: Runbook>(
    scenario: Scenario,
    wanted: Wanted,
    matches: &ArgMatches,
    console: &Console,
) -> Exit {
    let progress = progress(matches, console);
    let cancel = CancelToken::new();
    let _signals = Signals::follow(cancel.clone(), console.errors.clone());
    let log = (Log::new(), &progress);
    let with = |parameters| Scenario {
        parameters,
        ..scenario
    };
    let outcome = match wanted {
        Wanted::Once(checked) => simulate::run::<R>(with(checked.supplied), &log, cancel).await,
        Wanted::ForTargets { order, supplied } => {
            simulate::run_for_targets::<R>(with(supplied), &order, &log, cancel).await
        }
    };
    progress.close();
    match outcome {
        Ok(outcome) => {
            notes(&outcome, console);
            finish(&outcome.record, matches, console)
        }
        Err(SimulationError::Engine(error)) => console.fail(Exit::NotRun, &error.to_string()),
        Err(error) => console.fail_with_all(
            Exit::Simulation,
            "the scenario cannot be played",
            &error.to_string(),
        ),
    }
}

/// What there is to say about the scenario itself.
fn notes(outcome: &SimulationOutcome, console: &Console) {
    for key in &outcome.unused {
        console.errors.text(&format!(
            "simulated  note: nothing asked for the answer `{key}`\n"
        ));
    }
    for unmet in &outcome.unmet {
        let place = outcome.place(unmet).map(|place| format!(" ({place})"));
        let place = place.unwrap_or_default();
        console
            .errors
            .text(&format!("simulated  not as expected{place}: {unmet}\n"));
    }
}

pub(super) fn progress(matches: &ArgMatches, console: &Console) -> Progress {
    let form = match (matches.get_flag("quiet"), log::wanted(matches)) {
        // Who reads a log by a program wants nothing between its lines.
        (true, _) | (_, log::Wanted::Json) => Form::Silent,
        (false, log::Wanted::Text) => Form::Lines,
        (false, log::Wanted::No) => console.form,
    };
    let is_verbose = log::verbosity(matches) > 0;
    Progress::new(form, Box::new(console.errors.clone())).verbose(is_verbose)
}

/// Prints what came of a run.
pub(super) fn finish(record: &Record, matches: &ArgMatches, console: &Console) -> Exit {
    let exit = Exit::of(record.status());
    print_record(record, exit, matches, console)
}

/// Prints a record as the arguments want it.
pub(super) fn print_record(
    record: &Record,
    exit: Exit,
    matches: &ArgMatches,
    console: &Console,
) -> Exit {
    match wants_json(matches) {
        true => console.print_data(record, exit),
        false => console.print(&format!("{}\n", Summary(record)), exit),
    }
}

/// Whether programs are to read what is printed.
pub(super) fn wants_json(matches: &ArgMatches) -> bool {
    let output = matches.get_one::<String>("output");
    output.is_some_and(|output| output == "json")
}
