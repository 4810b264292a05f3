//! Connections to AWS: as whom a runbook runs, and those that its steps start.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use uuid::Uuid;

use crate::caller::{BoxFuture, Call, CallError};
use crate::child::{Connected, Connector};
use crate::clock::{Clock, SystemClock};
use crate::engine::EngineError;
use crate::local::Permissions;
use crate::parameters::Checked;
use crate::runbook::{Definition, Runbook};
use crate::scope::Context;
use crate::stored;
use crate::value::{Document, Map};

use super::super::backend::{Backend, Connection};
use super::super::command::has_listeners;
use super::real::RunError;

/// Whose permissions a run uses (spec 1.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
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

/// As whom, and where.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) region: Option<String>,
    pub(super) role: Role,
    pub(super) script_credentials: ScriptCredentials,
    /// Who starts the binary, once that is known and the role is another one: a role is assumed by somebody.
    pub(super) starter: Arc<OnceLock<String>>,
}

impl Identity {
    /// Connects for an execution of a runbook with these parameters, which may decide about the role.
    pub(super) async fn connect<R: Runbook>(
        &self,
        backend: &dyn Backend<R::Request>,
        execution: Uuid,
        parameters: &Checked,
    ) -> Result<Connected<R::Request>, RunError> {
        match &self.role {
            Role::Caller => self.connect_as(backend, None).await,
            Role::Arn(arn) => {
                if has_listeners(R::DEFINITION) && self.starter.get().is_none() {
                    let own = self.connect_as(backend, None).await?;
                    self.starts_as(caller(&own, R::identity()).await?);
                }
                self.connect_as(backend, Some(arn)).await
            }
            Role::Runbook if R::DEFINITION.assume_role.is_none() => {
                self.connect_as(backend, None).await
            }
            Role::Runbook => {
                let connected = self.connect_as(backend, None).await?;
                let caller = caller(&connected, R::identity()).await?;
                let role = assume_role::<R>(&connected, &caller, execution, parameters).await?;
                self.starts_as(caller);
                match role {
                    Some(arn) => self.connect_as(backend, Some(&arn)).await,
                    None => Ok(connected),
                }
            }
        }
    }

    /// The ARN of whoever starts the binary.
    pub(super) async fn own_arn<R: Runbook>(
        &self,
        backend: &dyn Backend<R::Request>,
    ) -> Result<String, RunError> {
        let connected = self.connect_as(backend, None).await?;
        Ok(caller(&connected, R::identity()).await?.arn)
    }

    fn starts_as(&self, caller: Caller) {
        // Whoever it is, they stay who they are.
        let _ = self.starter.set(caller.arn);
    }

    async fn connect_as<Q>(
        &self,
        backend: &dyn Backend<Q>,
        role: Option<&str>,
    ) -> Result<Connected<Q>, RunError> {
        let connection = backend.connect(self.region.as_deref(), role).await;
        let Connection {
            caller,
            region,
            outside,
        } = connection.map_err(RunError::Connect)?;
        Ok(Connected {
            caller,
            outside,
            region,
            permissions: match (self.script_credentials, role) {
                (ScriptCredentials::Role, None) => Permissions::None,
                (ScriptCredentials::Caller, _) | (ScriptCredentials::Role, Some(_)) => {
                    Permissions::OfRun
                }
            },
        })
    }
}

/// Who makes the calls of a connection.
struct Caller {
    arn: String,
    account: String,
}

async fn caller<Q>(connected: &Connected<Q>, request: Q) -> Result<Caller, RunError> {
    let call = Call::before_steps(1);
    let answer = connected.caller.call(&call, &request).await;
    let answer = answer.map_err(RunError::Identity)?;
    let text = |name: &str| {
        let text = answer.get(name).and_then(Document::as_str);
        text.unwrap_or_default().to_owned()
    };
    Ok(Caller {
        arn: text("Arn"),
        account: text("Account"),
    })
}

/// The role that the runbook names, which may depend on parameters and on the caller's account.
async fn assume_role<R: Runbook>(
    connected: &Connected<R::Request>,
    caller: &Caller,
    execution: Uuid,
    checked: &Checked,
) -> Result<Option<String>, RunError> {
    let context = Context {
        execution_id: execution.to_string(),
        account_id: caller.account.clone(),
        region: connected.region.clone(),
        partition: caller.arn.split(':').nth(1).unwrap_or("aws").to_owned(),
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
            let read = stored::read::<R>(connected.caller.as_ref(), &names).await;
            let read = read.map_err(EngineError::ParameterStore)?;
            let parameters =
                stored::resolved::<R>(values, supplied, &read).map_err(EngineError::Stored)?;
            role(&parameters).map_err(RunError::Role)?
        }
        arn => arn,
    };
    match arn.filter(|arn| !arn.trim().is_empty()) {
        Some(arn) if !arn.starts_with("arn:") => Err(RunError::RoleFormat(arn)),
        arn => Ok(arn),
    }
}

/// The backends of the runbooks that steps may start, by the runbooks' names.
pub(crate) struct Backends(Vec<(&'static str, Box<dyn Connects>)>);

impl Backends {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn insert<R: Runbook>(&mut self, backend: impl Backend<R::Request> + 'static) {
        let backend = Of::<R> {
            backend: Box::new(backend),
        };
        self.0.push((R::DEFINITION.name, Box::new(backend)));
    }

    fn find(&self, name: &str) -> Option<&dyn Connects> {
        let (_, backend) = self.0.iter().find(|(known, _)| *known == name)?;
        Some(backend.as_ref())
    }
}

/// Connects the runbooks that steps start, as the run itself was told to.
pub(super) struct ChildConnector<'a> {
    pub(super) backends: &'a Backends,
    /// That of the runbook itself, which a parent starts.
    pub(super) own: Option<&'a dyn Connects>,
    pub(super) identity: &'a Identity,
}

impl Connector for ChildConnector<'_> {
    fn connect<'a>(
        &'a self,
        definition: &'static Definition,
        execution: Uuid,
        parameters: &'a Checked,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, CallError>> {
        match self.backends.find(definition.name).or(self.own) {
            Some(backend) => backend.connect(self.identity, execution, parameters),
            None => {
                let problem = format!("nothing calls AWS for runbook `{}`", definition.name);
                Box::pin(std::future::ready(Err(CallError::Connection(problem))))
            }
        }
    }
}

/// The backend of some runbook.
pub(super) trait Connects: Send + Sync {
    fn connect<'a>(
        &'a self,
        identity: &'a Identity,
        execution: Uuid,
        parameters: &'a Checked,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, CallError>>;
}

struct Of<R: Runbook> {
    backend: Box<dyn Backend<R::Request>>,
}

/// The same, of the runbook that the binary is made from.
pub(super) struct Own<'b, R: Runbook>(pub(super) &'b dyn Backend<R::Request>);

impl<R: Runbook> Connects for Own<'_, R> {
    fn connect<'a>(
        &'a self,
        identity: &'a Identity,
        execution: Uuid,
        parameters: &'a Checked,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, CallError>> {
        Box::pin(connect_for::<R>(self.0, identity, execution, parameters))
    }
}

/// Connects for a child.
async fn connect_for<R: Runbook>(
    backend: &dyn Backend<R::Request>,
    identity: &Identity,
    execution: Uuid,
    parameters: &Checked,
) -> Result<Box<dyn Any + Send>, CallError> {
    let connected = identity.connect::<R>(backend, execution, parameters);
    match connected.await {
        Ok(connected) => Ok(Box::new(connected) as Box<dyn Any + Send>),
        Err(error) => Err(CallError::Connection(error.to_string())),
    }
}

impl<R: Runbook> Connects for Of<R> {
    fn connect<'a>(
        &'a self,
        identity: &'a Identity,
        execution: Uuid,
        parameters: &'a Checked,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, CallError>> {
        let backend = self.backend.as_ref();
        Box::pin(connect_for::<R>(backend, identity, execution, parameters))
    }
}
