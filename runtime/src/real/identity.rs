//! Identities: as whom a runbook runs.

use std::sync::{Arc, OnceLock};

use uuid::Uuid;

use crate::caller::Call;
use crate::child::Connected;
use crate::clock::Clock;
use crate::engine::EngineError;
use crate::local::Permissions;
use crate::parameters::Checked;
use crate::runbook::Runbook;
use crate::scope::Context;
use crate::stored;
use crate::value::{Document, Map};

use super::RunError;
use super::backend::{Backend, Connection};

/// Whose permissions a run uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Those of the runbook's `assumeRole`; without one those of the caller.
    #[default]
    Runbook,
    /// Those of whoever starts the program.
    Caller,
    /// Those of the role with this ARN.
    Arn(String),
}

/// Whose permissions the scripts of a run use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScriptCredentials {
    /// Those of the role that was assumed; without one they have none.
    #[default]
    Role,
    /// Those of the run, whoever it runs as.
    Caller,
}

/// As whom, and where.
pub(crate) struct Identity<'a> {
    pub(crate) region: Option<String>,
    pub(crate) role: Role,
    pub(crate) script_credentials: ScriptCredentials,
    /// Who starts the program, once that is known and the role is another one: a role is assumed by somebody.
    pub(crate) starter: Arc<OnceLock<String>>,
    /// The time, on which the role may depend.
    pub(crate) clock: &'a dyn Clock,
    /// How a child is told why it has no connection.
    pub(crate) words: fn(&RunError) -> String,
}

impl Identity<'_> {
    /// Connects for an execution of a runbook with these parameters, which may decide about the role.
    pub(crate) async fn connect<R: Runbook>(
        &self,
        backend: &dyn Backend<R::Request>,
        execution: Uuid,
        parameters: &Checked,
    ) -> Result<Connected<R::Request>, RunError> {
        match &self.role {
            Role::Caller => self.connect_as(backend, None).await,
            Role::Arn(arn) => {
                if R::DEFINITION.waits_for_people() && self.starter.get().is_none() {
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
                let role = self
                    .assume_role::<R>(&connected, &caller, execution, parameters)
                    .await?;
                self.starts_as(caller);
                match role {
                    Some(arn) => self.connect_as(backend, Some(&arn)).await,
                    None => Ok(connected),
                }
            }
        }
    }

    /// The ARN of whoever starts the program.
    #[cfg(all(feature = "cli", feature = "journal"))]
    pub(crate) async fn own_arn<R: Runbook>(
        &self,
        backend: &dyn Backend<R::Request>,
    ) -> Result<String, RunError> {
        let connected = self.connect_as(backend, None).await?;
        Ok(caller(&connected, R::identity()).await?.arn)
    }

    /// The role that the runbook names, which may depend on parameters and on the caller's account.
    async fn assume_role<R: Runbook>(
        &self,
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
            now: self.clock.now(),
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
pub(super) struct Caller {
    arn: String,
    pub(super) account: String,
}

pub(super) async fn caller<Q>(connected: &Connected<Q>, request: Q) -> Result<Caller, RunError> {
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
