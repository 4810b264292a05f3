//! A real run: who calls, under which role, then the engine.

use thiserror::Error;
use uuid::Uuid;

use crate::caller::{CallError, EffectId};
use crate::cancel::CancelToken;
use crate::clock::{Clock, SystemClock};
use crate::effect::Request;
use crate::engine::{Engine, EngineError, Start};
use crate::local::{Performer, Permissions};
use crate::observer::Observer;
use crate::parameters::Checked;
use crate::record::Record;
use crate::runbook::Runbook;
use crate::scope::Context;
use crate::signal::Signals;
use crate::store::MemoryStore;
use crate::stored;
use crate::value::{Document, InputError, Map};

use super::backend::{Backend, ConnectError, Connection};
use super::console::Console;

/// Whose permissions a run uses (spec 1.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Those of the runbook's `assumeRole`; without one those of the caller.
    Runbook,
    /// Those of whoever starts the binary.
    Caller,
    /// Those of this role.
    Arn(String),
}

/// Whose permissions the scripts of a run use (spec 1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScriptCredentials {
    /// Those of the role that was assumed; without one they have none.
    Role,
    /// Those of the run, whoever it runs as.
    Caller,
}

/// A connection, and whether it is that of a role.
struct Connected<Q> {
    connection: Connection<Q>,
    assumed: bool,
}

/// What a run needs beside its parameters.
pub(super) struct Run<'a, Q> {
    pub(super) backend: &'a dyn Backend<Q>,
    pub(super) region: Option<&'a str>,
    pub(super) role: Role,
    pub(super) script_credentials: ScriptCredentials,
    pub(super) console: &'a Console,
    pub(super) observer: &'a dyn Observer,
    pub(super) signals: &'a dyn Signals,
    pub(super) cancel: CancelToken,
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
    #[cfg(feature = "script")]
    #[error("nothing has run: {0}")]
    Scripts(#[from] crate::script::ProbeError),
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl<Q: Request> Run<'_, Q> {
    /// Runs to the end.
    pub(super) async fn start<R: Runbook<Request = Q>>(
        self,
        checked: Checked,
    ) -> Result<Record, RunError> {
        let execution = Uuid::new_v4();
        let connected = self.connection::<R>(execution, &checked).await?;
        let permissions = self.permissions(&connected);
        let connection = connected.connection;
        let (caller, outside) = (connection.caller.as_ref(), connection.outside.as_ref());
        self.probe::<R>(&connection).await?;
        let performer = Performer::new(caller, outside, &connection.region, permissions);
        let store = MemoryStore::new();
        let engine: Engine<'_, R> = Engine::new(&performer, &SystemClock, &store)
            .observer(self.observer)
            .signals(self.signals)
            .cancel(self.cancel);
        let start = Start {
            execution,
            parameters: checked.values,
            supplied: checked.supplied,
            region: connection.region.clone(),
            simulation: None,
        };
        Ok(engine.run(start).await?)
    }

    async fn connection<R: Runbook<Request = Q>>(
        &self,
        execution: Uuid,
        checked: &Checked,
    ) -> Result<Connected<Q>, RunError> {
        match &self.role {
            Role::Caller => self.connect(None).await,
            Role::Arn(arn) => self.connect(Some(arn)).await,
            Role::Runbook if R::DEFINITION.assume_role.is_none() => self.connect(None).await,
            Role::Runbook => {
                let connection = self.connect(None).await?;
                match assume_role::<R>(&connection.connection, execution, checked).await? {
                    Some(arn) => self.connect(Some(&arn)).await,
                    None => Ok(connection),
                }
            }
        }
    }

    async fn connect(&self, role: Option<&str>) -> Result<Connected<Q>, RunError> {
        let connection = self.backend.connect(self.region, role).await;
        Ok(Connected {
            connection: connection.map_err(RunError::Connect)?,
            assumed: role.is_some(),
        })
    }

    const fn permissions(&self, connected: &Connected<Q>) -> Permissions {
        match (self.script_credentials, connected.assumed) {
            (ScriptCredentials::Role, false) => Permissions::None,
            (ScriptCredentials::Caller, _) | (ScriptCredentials::Role, true) => Permissions::OfRun,
        }
    }

    /// Finds out whether the scripts can run here, before anything does.
    #[cfg(feature = "script")]
    async fn probe<R: Runbook>(&self, connection: &Connection<Q>) -> Result<(), RunError> {
        let aws = crate::script::Aws {
            region: connection.region.clone(),
            credentials: None,
            endpoint: None,
        };
        let notes = crate::script::probe(R::SCRIPTS, &aws).await?;
        for note in notes {
            self.console.errors.text(&format!("note: {note}\n"));
        }
        Ok(())
    }

    #[cfg(not(feature = "script"))]
    #[expect(clippy::unused_async, reason = "with the feature it waits")]
    async fn probe<R: Runbook>(&self, _: &Connection<Q>) -> Result<(), RunError> {
        Ok(())
    }
}

/// The role that the runbook names, which may depend on parameters and on the caller's account.
async fn assume_role<R: Runbook>(
    connection: &Connection<R::Request>,
    execution: Uuid,
    checked: &Checked,
) -> Result<Option<String>, RunError> {
    let effect = EffectId::before_steps(1);
    let request = R::identity();
    let answer = connection
        .caller
        .call(&effect, &request)
        .await
        .map_err(RunError::Identity)?;
    let text = |name: &str| {
        answer
            .get(name)
            .and_then(Document::as_str)
            .unwrap_or_default()
    };
    let context = Context {
        execution_id: execution.to_string(),
        account_id: text("Account").to_owned(),
        region: connection.region.clone(),
        partition: text("Arn").split(':').nth(1).unwrap_or("aws").to_owned(),
        now: SystemClock.now(),
    };
    let role = |parameters: &Map| {
        let state = R::start(parameters, context.clone())?;
        R::assume_role(&state)
    };
    let Checked { values, supplied } = checked;
    let unread = stored::unread::<R>(values, supplied);
    let arn = match role(&unread).map_err(RunError::Role)? {
        // The role itself is in Parameter Store: you read it, what else is there, the role does.
        Some(arn) if stored::refers(&arn) => {
            let names = stored::names::<R>(supplied);
            let read = stored::read::<R>(connection.caller.as_ref(), &names).await;
            let read = read.map_err(EngineError::ParameterStore)?;
            let parameters =
                stored::resolved::<R>(values, supplied, &read).map_err(EngineError::Stored)?;
            role(&parameters).map_err(RunError::Role)?
        }
        arn => arn,
    };
    Ok(arn.filter(|arn| !arn.trim().is_empty()))
}
