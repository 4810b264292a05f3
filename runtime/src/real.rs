//! Real runs: who calls, under which role, then the engine. Binaries and programs that embed a runbook have it in common.

mod backend;
mod children;
mod identity;
#[cfg(feature = "aws")]
mod sdk;

use thiserror::Error;
use uuid::Uuid;

use crate::caller::CallError;
use crate::cancel::CancelToken;
use crate::child::{Answers, Children, Connected, World};
use crate::doubt::OnUnknown;
use crate::effect::Request;
use crate::engine::{Ended, Engine, EngineError, Start};
use crate::event::Change;
#[cfg(feature = "journal")]
use crate::journal::JournalError;
use crate::local::Performer;
use crate::observer::Observer;
use crate::parameters::{Checked, ParameterErrors};
use crate::runbook::{Definition, Runbook};
#[cfg(feature = "script")]
use crate::script::ProbeError;
use crate::script::Requirement;
use crate::signal::Signals;
use crate::store::Store;
use crate::value::InputError;

pub use backend::{Backend, ConnectError, Connection};
pub use children::Backends;
pub use identity::{Role, ScriptCredentials};

#[cfg(all(feature = "cli", feature = "journal"))]
pub(crate) use children::connect_for;
pub(crate) use children::{ChildConnector, Connects};
pub(crate) use identity::Identity;
#[cfg(all(feature = "aws", feature = "cli", feature = "journal"))]
pub(crate) use sdk::MakeCaller;
#[cfg(feature = "aws")]
pub(crate) use sdk::SdkBackend;

/// What a run needs beside its parameters.
pub(crate) struct Run<'a, Q> {
    pub(crate) backend: &'a dyn Backend<Q>,
    pub(crate) children: &'a Backends,
    /// How the runbook itself is connected where it is a child of the run, once for each of several targets.
    pub(crate) own: Option<&'a dyn Connects>,
    pub(crate) identity: Identity<'a>,
    /// Told what is worth knowing before anything runs.
    pub(crate) note: &'a (dyn Fn(&str) + Send + Sync),
    pub(crate) observer: &'a dyn Observer,
    pub(crate) signals: &'a dyn Signals,
    pub(crate) store: &'a dyn Store,
    pub(crate) execution: Uuid,
    pub(crate) cancel: CancelToken,
    pub(crate) complete: CancelToken,
}

/// What is to be done.
#[derive(Clone)]
pub(crate) enum Work {
    /// An execution starts.
    Start {
        /// Its parameters.
        checked: Checked,
        /// Whether somebody is asked before every step.
        interactive: bool,
    },
    /// An execution goes on.
    Resume {
        /// What becomes of a call of which nobody knows whether it was made.
        on_unknown: OnUnknown,
        /// Its parameters, as it has started with them.
        checked: Checked,
        /// Whether another version of the runbook may go on with it.
        force: bool,
    },
}

/// Why a run could not start or go on. A step that fails is no such reason.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// The parameters cannot be used. Nothing was done.
    #[error(transparent)]
    Parameters(#[from] ParameterErrors),
    /// There is no way to make calls. Nothing was done.
    #[error(transparent)]
    Connect(ConnectError),
    /// Nobody knows as whom the runbook would run. Nothing was done.
    #[error("cannot find out who is calling: {0}")]
    Identity(CallError),
    /// The runbook's `assumeRole` refers to what has no value. Nothing was done.
    #[error("the runbook's assumeRole cannot be used: {0}")]
    Role(InputError),
    /// The runbook's `assumeRole` is no ARN. Nothing was done.
    #[error(
        "the runbook's assumeRole is {0:?}: The format of the supplied assume role ARN is invalid."
    )]
    RoleFormat(String),
    /// The execution has begun elsewhere. Nothing was done.
    #[error(
        "execution {execution} has begun in {its}, and would go on in {own}: nothing that it has made is there"
    )]
    Elsewhere {
        /// The execution.
        execution: Uuid,
        /// Where it has begun: `account 111122223333`, `Region eu-west-1`.
        its: String,
        /// Where it would go on.
        own: String,
    },
    /// The scripts of the runbook cannot run here. Nothing was done.
    #[cfg(feature = "script")]
    #[error("nothing has run: {0}")]
    Scripts(#[from] ProbeError),
    /// The execution is a run for several targets, which only the binary of the runbook continues. Nothing was done.
    #[error(
        "execution {0} is a run for several targets, which only the binary of its runbook continues"
    )]
    ForTargets(Uuid),
    /// The journal cannot be used. Nothing was done.
    #[cfg(feature = "journal")]
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The execution cannot begin or go on, or its events cannot be kept.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl<Q: Request> Run<'_, Q> {
    /// Runs to the end.
    pub(crate) async fn drive<R: Runbook<Request = Q>>(
        &self,
        work: Work,
    ) -> Result<Ended<R>, RunError> {
        let (execution, store) = (self.execution, self.store);
        let (checked, on_unknown) = match &work {
            // A new execution has made no calls before.
            Work::Start { checked, .. } => (checked, OnUnknown::Ask),
            Work::Resume {
                checked,
                on_unknown,
                ..
            } => (checked, *on_unknown),
        };
        let identity = &self.identity;
        let connected = identity.connect::<R>(self.backend, execution, checked);
        let connected = connected.await?;
        if let Work::Resume { .. } = &work {
            self.check_place::<R>(&connected).await?;
        }
        for note in probe(R::SCRIPTS, R::DEFINITION, &connected.region).await? {
            (self.note)(&note);
        }
        let connector = ChildConnector {
            backends: self.children,
            own: self.own,
            identity,
        };
        let world = World {
            clock: identity.clock,
            store,
            observer: self.observer,
            signals: self.signals,
            answers: Answers::Aws(&connector),
            on_unknown,
            dry_run: None,
        };
        let (caller, outside) = (connected.caller.as_ref(), connected.outside.as_ref());
        let mut children = Children::new(world, execution);
        if R::FOR_TARGETS {
            // Each target is a step of its own to whoever looks on.
            children = children.complete(self.complete.clone());
        }
        let performer = Performer::new(caller, outside, &connected.region, connected.permissions)
            .children(children);
        let engine: Engine<'_, R> = Engine::new(&performer, identity.clock, store)
            .observer(self.observer)
            .signals(self.signals)
            .on_unknown(on_unknown)
            .cancel(self.cancel.clone())
            .complete(self.complete.clone());
        Ok(match work {
            Work::Start {
                checked,
                interactive,
            } => {
                let start = Start {
                    execution,
                    parent: None,
                    target: None,
                    parameters: checked.values,
                    supplied: checked.supplied,
                    region: connected.region.clone(),
                    simulation: None,
                    interactive,
                };
                engine.finish(start).await?
            }
            Work::Resume { force, .. } => engine.force(force).finish_resumed(execution).await?,
        })
    }

    /// Whether the calls go where the execution has begun: in another account or Region the same names mean other things.
    async fn check_place<R: Runbook<Request = Q>>(
        &self,
        connected: &Connected<Q>,
    ) -> Result<(), RunError> {
        let execution = self.execution;
        let (mut region, mut account) = (None, None);
        let read = self.store.read(execution, &mut |event| match event.change {
            Change::Began(beginning) => region = Some(beginning.region.clone()),
            Change::Identified { account: began, .. } => account = Some(began),
            _ => {}
        });
        read.map_err(EngineError::Store)?;
        let elsewhere = |its: String, own: String| RunError::Elsewhere {
            execution,
            its,
            own,
        };
        if let Some(region) = region.filter(|region| *region != connected.region) {
            let own = format!("Region {}", connected.region);
            return Err(elsewhere(format!("Region {region}"), own));
        }
        let Some(account) = account else {
            return Ok(());
        };
        let own = identity::caller(connected, R::identity()).await?.account;
        match *own == *account {
            true => Ok(()),
            false => Err(elsewhere(
                format!("account {account}"),
                format!("account {own}"),
            )),
        }
    }
}

/// Finds out whether the scripts can run here, before anything does. Gives what is worth knowing about it.
#[cfg(feature = "script")]
async fn probe(
    scripts: &[Requirement],
    definition: &Definition,
    region: &str,
) -> Result<Vec<String>, RunError> {
    let aws = crate::script::Aws {
        region: region.to_owned(),
        credentials: None,
        endpoint: None,
    };
    let notes = crate::script::probe(&needs(scripts, definition), &aws).await?;
    Ok(notes.iter().map(ToString::to_string).collect())
}

#[cfg(not(feature = "script"))]
#[expect(clippy::unused_async, reason = "with the feature it waits")]
async fn probe(_: &[Requirement], _: &Definition, _: &str) -> Result<Vec<String>, RunError> {
    Ok(Vec::new())
}

/// What the scripts of a runbook need, and those of the runbooks that its steps start.
#[cfg(feature = "script")]
fn needs(own: &[Requirement], definition: &Definition) -> Vec<Requirement> {
    let children = definition.children.iter();
    let inside = children.flat_map(|child| needs(child.scripts, child.definition));
    own.iter().copied().chain(inside).collect()
}
