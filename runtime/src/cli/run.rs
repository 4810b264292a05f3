//! The command `run`.

use clap::ArgMatches;

use crate::cancel::CancelToken;
use crate::parameters::{Checked, check};
use crate::record::Record;
use crate::report::{Form, Progress, Summary};
use crate::runbook::Runbook;
use crate::simulate::{self, Scenario, SimulationError, SimulationOutcome};
use crate::value::Map;

use super::Program;
use super::console::Console;
use super::exit::Exit;
use super::mask::{self, Mask, MaskError};
use super::scenarios::read;
use super::signals::Signals;
use super::supplied::supplied;

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
    let checked = match parameters::<R>(base, matches, console) {
        Ok(checked) => checked,
        Err(exit) => return exit,
    };
    match scenario {
        Some(scenario) => simulated::<R>(scenario, checked, matches, console).await,
        None => really(program, checked, matches, console).await,
    }
}

#[cfg(feature = "journal")]
async fn really<R: Runbook>(
    program: &Program<R>,
    checked: Checked,
    matches: &ArgMatches,
    console: &mut Console,
) -> Exit {
    match program.backend.as_deref() {
        Some(backend) => {
            let children = &program.children;
            super::kept::run::<R>(backend, children, checked, matches, console).await
        }
        None => console.fail(Exit::NotRun, ONLY_SIMULATES),
    }
}

#[cfg(not(feature = "journal"))]
#[expect(clippy::unused_async, reason = "with the feature it waits")]
async fn really<R: Runbook>(
    _: &Program<R>,
    _: Checked,
    _: &ArgMatches,
    console: &mut Console,
) -> Exit {
    console.fail(Exit::NotRun, ONLY_SIMULATES)
}

const ONLY_SIMULATES: &str =
    "this binary was built without AWS and can only simulate: run --simulate FILE";

fn parameters<R: Runbook>(
    base: Map,
    matches: &ArgMatches,
    console: &mut Console,
) -> Result<Checked, Exit> {
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
    let checked = check(R::DEFINITION, &supplied).map_err(|errors| {
        let title = match errors.problems.len() {
            1 => "a parameter cannot be used".to_owned(),
            count => format!("{count} problems with the parameters"),
        };
        console.fail_with_all(Exit::Usage, &title, &errors.to_string())
    })?;
    hide(&hidden, &checked.values, console)?;
    Ok(checked)
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
    checked: Checked,
    matches: &ArgMatches,
    console: &Console,
) -> Exit {
    let scenario = Scenario {
        parameters: checked.supplied,
        ..scenario
    };
    let progress = progress(matches, console);
    let cancel = CancelToken::new();
    let _signals = Signals::follow(cancel.clone(), console.errors.clone());
    let outcome = simulate::run::<R>(scenario, &progress, cancel).await;
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
        console
            .errors
            .text(&format!("simulated  not as expected: {unmet}\n"));
    }
}

pub(super) fn progress(matches: &ArgMatches, console: &Console) -> Progress {
    let form = match matches.get_flag("quiet") {
        true => Form::Silent,
        false => console.form,
    };
    Progress::new(form, Box::new(console.errors.clone())).verbose(matches.get_flag("verbose"))
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
    match matches.get_one::<String>("output").map(String::as_str) {
        Some("json") => console.print_data(record, exit),
        _ => console.print(&format!("{}\n", Summary(record)), exit),
    }
}
