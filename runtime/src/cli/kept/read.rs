//! Dry runs that read: connected like real ones, but kept nowhere.

use std::sync::Arc;

use clap::ArgMatches;

use crate::cancel::CancelToken;
use crate::child::{Answers, Children};
use crate::clock::SystemClock;
use crate::dry_run::{Rehearsal, Rehearsed};
use crate::local::Performer;
use crate::observer::Observer;
use crate::parameters::Checked;
use crate::parent::Parent;
use crate::real::{Backend, Backends, ChildConnector, Connects, Identity};
use crate::record::Reading;
use crate::runbook::Runbook;

use super::help::told;
use super::options::Options;
use super::parents::{OfParent, Own};

/// Goes through a runbook without doing anything but read.
pub(crate) async fn read<R: Runbook>(
    backend: &dyn Backend<R::Request>,
    children: &Backends,
    checked: Checked,
    matches: &ArgMatches,
    audience: &dyn Observer,
    cancel: CancelToken,
) -> Result<Rehearsed, String> {
    read_with::<R>(backend, children, None, checked, matches, audience, cancel).await
}

/// The same for several targets; `checked` is what a parent of the runbook starts from.
pub(crate) async fn read_for_targets<R: Runbook>(
    backend: &dyn Backend<R::Request>,
    children: &Backends,
    checked: Checked,
    matches: &ArgMatches,
    audience: &dyn Observer,
    cancel: CancelToken,
) -> Result<Rehearsed, String> {
    let (own, backend) = (Own::<R>(backend), OfParent(backend));
    let own = Some(&own as &dyn Connects);
    read_with::<Parent<R>>(&backend, children, own, checked, matches, audience, cancel).await
}

async fn read_with<R: Runbook>(
    backend: &dyn Backend<R::Request>,
    children: &Backends,
    own: Option<&dyn Connects>,
    checked: Checked,
    matches: &ArgMatches,
    audience: &dyn Observer,
    cancel: CancelToken,
) -> Result<Rehearsed, String> {
    let rehearsal = Rehearsal::new(Reading::Aws, audience, cancel);
    let options = Options::of(matches);
    let identity = Identity {
        region: matches.get_one::<String>("region").cloned(),
        role: options.role(),
        script_credentials: options.script_credentials(),
        starter: Arc::default(),
        clock: &SystemClock,
        words: told,
    };
    let connected = identity.connect::<R>(backend, rehearsal.execution, &checked);
    let connected = connected.await.map_err(|error| told(&error))?;
    let connector = ChildConnector {
        backends: children,
        own,
        identity: &identity,
    };
    let world = rehearsal.world(Answers::Aws(&connector));
    let (caller, outside) = (connected.caller.as_ref(), connected.outside.as_ref());
    let performer = Performer::new(caller, outside, &connected.region, connected.permissions)
        .children(Children::new(world, rehearsal.execution));
    let rehearsed = rehearsal.perform::<R>(&performer, &connected.region, checked);
    rehearsed.await.map_err(|error| error.to_string())
}
