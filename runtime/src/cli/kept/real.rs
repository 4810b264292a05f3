//! A real run: who calls, under which role, then the engine.

use thiserror::Error;
use uuid::Uuid;

use crate::caller::CallError;
use crate::cancel::CancelToken;
use crate::child::{Answers, Children, Connected, World};
use crate::clock::SystemClock;
use crate::doubt::OnUnknown;
use crate::effect::Request;
use crate::engine::{Engine, EngineError, Start};
use crate::local::Performer;
use crate::observer::Observer;
use crate::parameters::Checked;
use crate::record::Record;
use crate::runbook::{Definition, Runbook};
use crate::script::Requirement;
use crate::signal::Signals;
use crate::store::Store;
use crate::value::InputError;

use super::super::backend::{Backend, ConnectError};
use super::super::console::Console;
use super::connect::{Backends, ChildConnector, Connects, Identity};

/// What a run needs beside its parameters.
pub(super) struct Run<'a, Q> {
    pub(super) backend: &'a dyn Backend<Q>,
    pub(super) children: &'a Backends,
    /// How the runbook itself is connected where it is a child of the run, once for each of several targets.
    pub(super) own: Option<&'a dyn Connects>,
    pub(super) identity: Identity,
    pub(super) console: &'a Console,
    pub(super) observer: &'a dyn Observer,
    pub(super) signals: &'a dyn Signals,
    pub(super) store: &'a dyn Store,
    pub(super) execution: Uuid,
    pub(super) cancel: CancelToken,
    pub(super) complete: CancelToken,
}

/// What is to be done.
#[derive(Clone)]
pub(super) enum Work {
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

/// Why a run could not start or go on.
#[derive(Debug, Error)]
pub(super) enum RunError {
    #[error("{0}")]
    Connect(ConnectError),
    #[error("cannot find out who is calling: {0}")]
    Identity(CallError),
    #[error("the runbook's assumeRole cannot be used: {0}")]
    Role(InputError),
    #[error(
        "the runbook's assumeRole is {0:?}: The format of the supplied assume role ARN is invalid.\nhelp: give the \
         parameter it comes from the ARN of a role, leave it empty, or run with --role caller"
    )]
    RoleFormat(String),
    #[cfg(feature = "script")]
    #[error("nothing has run: {0}")]
    Scripts(#[from] crate::script::ProbeError),
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl<Q: Request> Run<'_, Q> {
    /// Runs to the end.
    pub(super) async fn drive<R: Runbook<Request = Q>>(
        &self,
        work: Work,
    ) -> Result<Record, RunError> {
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
        self.probe(R::SCRIPTS, R::DEFINITION, &connected).await?;
        let connector = ChildConnector {
            backends: self.children,
            own: self.own,
            identity,
        };
        let world = World {
            clock: &SystemClock,
            store,
            observer: self.observer,
            signals: self.signals,
            answers: Answers::Aws(&connector),
            on_unknown,
            dry_run: None,
        };
        let (caller, outside) = (connected.caller.as_ref(), connected.outside.as_ref());
        let performer = Performer::new(caller, outside, &connected.region, connected.permissions)
            .children(Children::new(world, execution));
        let engine: Engine<'_, R> = Engine::new(&performer, &SystemClock, store)
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
                engine.run(start).await?
            }
            Work::Resume { force, .. } => engine.force(force).resume(execution).await?,
        })
    }

    /// Finds out whether the scripts can run here, before anything does.
    #[cfg(feature = "script")]
    async fn probe(
        &self,
        scripts: &[Requirement],
        definition: &Definition,
        connected: &Connected<Q>,
    ) -> Result<(), RunError> {
        let aws = crate::script::Aws {
            region: connected.region.clone(),
            credentials: None,
            endpoint: None,
        };
        let notes = crate::script::probe(&needs(scripts, definition), &aws).await?;
        for note in notes {
            self.console.errors.text(&format!("note: {note}\n"));
        }
        Ok(())
    }

    #[cfg(not(feature = "script"))]
    #[expect(clippy::unused_async, reason = "with the feature it waits")]
    async fn probe(
        &self,
        _: &[Requirement],
        _: &Definition,
        _: &Connected<Q>,
    ) -> Result<(), RunError> {
        // Only a probe has something to say.
        let _ = self.console;
        Ok(())
    }
}

/// What the scripts of a runbook need, and those of the runbooks that its steps start.
#[cfg(feature = "script")]
fn needs(own: &[Requirement], definition: &Definition) -> Vec<Requirement> {
    let children = definition.children.iter();
    let inside = children.flat_map(|child| needs(child.scripts, child.definition));
    own.iter().copied().chain(inside).collect()
}
