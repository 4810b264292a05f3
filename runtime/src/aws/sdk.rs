//! The SDK of a program, with the clients that its runbooks share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_types::SdkConfig;

use super::session::{Session, SessionError};

/// The AWS SDK, as the machine is configured ([`Sdk::default`]) or as the program says ([`Sdk::new`]), with all clients that
/// were made of it.
///
/// Clones are the same one: runs that are given it [share](crate::embed::Run::aws) their clients, and those their
/// connections, credentials and retries, whichever runbook they run. There is a client of a service for each Region and role.
///
/// ```
/// use runbook_runtime::aws::{Sdk, SdkConfig};
///
/// # fn example(config: SdkConfig) {
/// let sdk = Sdk::new(config);     // or `Sdk::default()`
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sdk(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// What sessions are made from; without it, as the machine is configured.
    config: Option<SdkConfig>,
    sessions: Mutex<Sessions>,
}

/// All sessions that could be made.
#[derive(Debug, Default)]
struct Sessions {
    /// The Region of those for which none is named, once that is known.
    region: Option<String>,
    /// By Region and role.
    known: HashMap<(String, Option<String>), Session>,
}

impl Sdk {
    /// Calls as `config` says: with its credentials, its Region, its endpoint and its HTTP client.
    pub fn new(config: SdkConfig) -> Self {
        Self(Arc::new(Inner {
            config: Some(config),
            sessions: Mutex::default(),
        }))
    }

    /// The session in a Region, else in the configured one, with the permissions of a role, else with those of whoever
    /// starts the program. Its clients are those of the runs.
    ///
    /// # Errors
    /// When there is no Region, there are no credentials, or the role cannot be assumed. That is found out every time.
    pub async fn session(
        &self,
        region: Option<&str>,
        role: Option<&str>,
    ) -> Result<Session, SessionError> {
        let own = match self.find(region, None) {
            Some(known) => known,
            None => Session::own(self.0.config.as_ref(), region).await?,
        };
        own.check().await.map_err(SessionError::NoCredentials)?;
        let own = self.keep(own, region, None);
        let Some(arn) = role else {
            return Ok(own);
        };
        let assumed = match self.find(Some(&own.region), role) {
            Some(known) => known,
            None => own.assume(arn).await,
        };
        match assumed.check().await {
            Ok(()) => Ok(self.keep(assumed, Some(&own.region), role)),
            Err(cause) => Err(SessionError::RoleDenied {
                arn: arn.to_owned(),
                cause,
            }),
        }
    }

    fn find(&self, region: Option<&str>, role: Option<&str>) -> Option<Session> {
        let sessions = self.sessions();
        let region = region.or(sessions.region.as_deref())?;
        let key = (region.to_owned(), role.map(str::to_owned));
        sessions.known.get(&key).cloned()
    }

    /// Keeps a session that can be used. Gives the one that is kept already, if somebody was faster.
    fn keep(&self, session: Session, region: Option<&str>, role: Option<&str>) -> Session {
        let mut sessions = self.sessions();
        if region.is_none() {
            sessions.region = Some(session.region.clone());
        }
        let key = (session.region.clone(), role.map(str::to_owned));
        sessions.known.entry(key).or_insert(session).clone()
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        let sessions = self.0.sessions.lock();
        sessions.unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<SdkConfig> for Sdk {
    fn from(config: SdkConfig) -> Self {
        Self::new(config)
    }
}

impl From<&SdkConfig> for Sdk {
    fn from(config: &SdkConfig) -> Self {
        Self::new(config.clone())
    }
}

/// The same one.
impl From<&Sdk> for Sdk {
    fn from(sdk: &Sdk) -> Self {
        sdk.clone()
    }
}
