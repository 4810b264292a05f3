//! The targets of a run that have to be found first.

use std::sync::Arc;

use clap::ArgMatches;
use uuid::Uuid;

use crate::clock::SystemClock;
use crate::parent::Order;
use crate::real::{Backend, Identity};
use crate::runbook::Runbook;

use super::super::console::Console;
use super::super::exit::Exit;
use super::super::{mask, run, targets};
use super::help::told;
use super::options::Options;

/// The same order with the values that are found for its targets, as whom the runs will be.
///
/// # Errors
/// When they cannot be found, when there are none, or when the runbook does not take them; it has been told then.
pub(crate) async fn found<R: Runbook>(
    backend: &dyn Backend<R::Request>,
    order: &Order,
    matches: &ArgMatches,
    console: &mut Console,
) -> Result<Order, Exit> {
    if !order.is_open() {
        return Ok(order.clone());
    }
    let found = find::<R>(backend, order, matches).await;
    let order = found.map_err(|problem| console.fail(Exit::NotRun, &problem))?;
    run::hide(&mask::names(matches), &order.values(), console)?;
    targets::check::<R>(&order, console)?;
    if !matches.get_flag("quiet") {
        console.errors.text(&targets::told(&order));
    }
    Ok(order)
}

async fn find<R: Runbook>(
    backend: &dyn Backend<R::Request>,
    order: &Order,
    matches: &ArgMatches,
) -> Result<Order, String> {
    let options = Options::of(matches);
    let identity = Identity {
        region: matches.get_one::<String>("region").cloned(),
        role: options.role(),
        script_credentials: options.script_credentials(),
        starter: Arc::default(),
        clock: &SystemClock,
        words: told,
    };
    // The role may depend on what all targets have in common; no execution has begun.
    let known = order.known::<R>();
    let connected = identity.connect::<R>(backend, Uuid::nil(), &known);
    let connected = connected.await.map_err(|error| told(&error))?;
    let found = order.find::<R>(connected.caller.as_ref()).await;
    found.map_err(|error| error.to_string())
}
