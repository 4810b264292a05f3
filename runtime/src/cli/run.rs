//! The command `run`.

use std::time::Duration;

use clap::ArgMatches;

use crate::cancel::CancelToken;
use crate::parameters::{Checked, check};
use crate::record::Record;
use crate::report::{Form, Progress, Summary};
use crate::runbook::Runbook;
use crate::simulate::{self, Scenario, SimulationError, SimulationOutcome};
use crate::value::Map;

use super::Program;
use super::backend::Backend;
use super::connect::{Backends, Identity, Role, ScriptCredentials};
use super::console::Console;
use super::decisions::Decisions;
use super::exit::Exit;
use super::real;
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
    match (scenario, program.backend.as_deref()) {
        (Some(scenario), _) => simulated::<R>(scenario, checked, matches, console).await,
        (None, Some(backend)) => {
            let children = &program.children;
            really::<R>(backend, children, checked, matches, console).await
        }
        (None, None) => console.fail(
            Exit::NotRun,
            "this binary was built without AWS and can only simulate: run --simulate FILE",
        ),
    }
}

fn parameters<R: Runbook>(
    base: Map,
    matches: &ArgMatches,
    console: &mut Console,
) -> Result<Checked, Exit> {
    let supplied = supplied(R::DEFINITION, base, matches, console)
        .map_err(|error| console.fail(Exit::Usage, &error))?;
    check(R::DEFINITION, &supplied).map_err(|errors| {
        let title = match errors.problems.len() {
            1 => "a parameter cannot be used".to_owned(),
            count => format!("{count} problems with the parameters"),
        };
        console.fail_with_all(Exit::Usage, &title, &errors.to_string())
    })
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

async fn really<R: Runbook>(
    backend: &dyn Backend<R::Request>,
    children: &Backends,
    checked: Checked,
    matches: &ArgMatches,
    console: &mut Console,
) -> Exit {
    let progress = progress(matches, console);
    let cancel = CancelToken::new();
    let _signals = Signals::follow(cancel.clone(), console.errors.clone());
    let input = console.take_input();
    let by = decider(matches);
    let decisions = Decisions::new(R::DEFINITION, by, input, &progress, cancel.clone());
    let run = real::Run {
        backend,
        children,
        identity: Identity {
            region: matches.get_one::<String>("region").cloned(),
            role: matches
                .get_one::<Role>("role")
                .cloned()
                .unwrap_or(Role::Runbook),
            script_credentials: script_credentials(matches),
            starter: decisions.starter(),
        },
        console,
        observer: &progress,
        signals: &decisions,
        cancel,
    };
    let record = tokio::select! {
        record = run.start::<R>(checked) => record,
        never = tick(&progress) => match never {},
    };
    progress.close();
    match record {
        Ok(record) => finish(&record, matches, console),
        Err(error) => console.fail(Exit::NotRun, &error.to_string()),
    }
}

/// Only runbooks with steps that wait for people have the option.
fn decider(matches: &ArgMatches) -> Option<&str> {
    let given = matches.try_get_one::<String>("as");
    given.ok().flatten().map(String::as_str)
}

/// Only runbooks with scripts have the option.
fn script_credentials(matches: &ArgMatches) -> ScriptCredentials {
    let asked = matches.try_get_one::<String>("script-credentials");
    match asked.ok().flatten().map(String::as_str) {
        Some("caller") => ScriptCredentials::Caller,
        _ => ScriptCredentials::Role,
    }
}

/// Keeps the shown times going. Never ends.
async fn tick(progress: &Progress) -> std::convert::Infallible {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    loop {
        seconds.tick().await;
        progress.tick();
    }
}

fn progress(matches: &ArgMatches, console: &Console) -> Progress {
    let form = match matches.get_flag("quiet") {
        true => Form::Silent,
        false => console.form,
    };
    Progress::new(form, Box::new(console.errors.clone())).verbose(matches.get_flag("verbose"))
}

/// Prints what came of a run.
fn finish(record: &Record, matches: &ArgMatches, console: &Console) -> Exit {
    let exit = Exit::of(record.status());
    match matches.get_one::<String>("output").map(String::as_str) {
        Some("json") => match serde_json::to_string_pretty(record) {
            Ok(json) => console.print(&format!("{json}\n"), exit),
            Err(error) => console.fail(Exit::NotRun, &format!("cannot write the record: {error}")),
        },
        _ => console.print(&format!("{}\n", Summary(record)), exit),
    }
}
