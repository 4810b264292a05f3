//! Sessions: credentials, Region and the identity that an execution runs under.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_types::SdkConfig;
use aws_types::sdk_config::SharedTimeSource;

use super::{http, profile};
use crate::caller::{BoxFuture, CallError};
use crate::local::Outside;
use crate::script::Credentials;
use crate::webhook::{Post, Posted};

/// A configured SDK in a Region and under an identity, with the clients that were made of it. Clones share them.
#[derive(Clone, Debug)]
pub struct Session {
    /// What clients are made from.
    pub config: SdkConfig,
    /// The Region of the execution.
    pub region: String,
    /// By their types.
    clients: Arc<Mutex<HashMap<TypeId, Box<dyn Any + Send + Sync>>>>,
}

/// Why no session could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// No Region is configured.
    #[error("no AWS Region is configured")]
    NoRegion,
    /// The files with profiles cannot be read.
    #[error("the configuration of AWS cannot be read: {0}")]
    Profiles(String),
    /// There is no profile of the name that the environment gives.
    #[error("AWS_PROFILE is `{name}`, and there is no such profile{hint}")]
    NoProfile {
        /// The name.
        name: String,
        /// `; did you mean …?`, or which there are, or nothing.
        hint: String,
    },
    /// No credentials were found, or they cannot be used.
    #[error("no usable AWS credentials: {0}")]
    NoCredentials(String),
    /// The role of the runbook cannot be assumed.
    #[error("the role {arn} cannot be assumed: {cause}")]
    RoleDenied {
        /// The role.
        arn: String,
        /// What STS said.
        cause: String,
    },
}

impl Session {
    /// The client of this type, made by `make` when it is asked for the first time.
    ///
    /// ```
    /// # use runbook_runtime::aws::{SdkConfig, Session};
    /// # #[derive(Clone)]
    /// # struct Client;
    /// # impl Client { fn new(_: &SdkConfig) -> Self { Self } }
    /// # fn example(session: &Session) {
    /// let ecs = session.client(Client::new); // aws_sdk_ecs::Client::new
    /// # }
    /// ```
    pub fn client<C: Clone + Send + Sync + 'static>(
        &self,
        make: impl FnOnce(&SdkConfig) -> C,
    ) -> C {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let known = clients.get(&TypeId::of::<C>());
        if let Some(client) = known.and_then(|client| client.downcast_ref::<C>()) {
            return client.clone();
        }
        let client = make(&self.config);
        clients.insert(TypeId::of::<C>(), Box::new(client.clone()));
        client
    }

    /// Whoever starts the program, as `config` says; without one, as the machine is configured.
    pub(super) async fn own(
        config: Option<&SdkConfig>,
        region: Option<&str>,
    ) -> Result<Self, SessionError> {
        let region = region.map(|name| Region::new(name.to_owned()));
        let config = match config {
            Some(config) => complete(config, region),
            None => {
                profile::check().await?;
                load(region).await
            }
        };
        let region = config.region().ok_or(SessionError::NoRegion)?.to_string();
        Ok(Self::new(config, region))
    }

    /// The same under a role, whose credentials are renewed as they expire.
    pub(super) async fn assume(&self, arn: &str) -> Self {
        let provider = AssumeRoleProvider::builder(arn)
            .session_name("runbookc")
            .configure(&self.config)
            .build()
            .await;
        let config = self.config.to_builder();
        let config = config.credentials_provider(SharedCredentialsProvider::new(provider));
        Self::new(config.build(), self.region.clone())
    }

    /// Asks for credentials once, so that missing ones are told before anything runs.
    pub(super) async fn check(&self) -> Result<(), String> {
        let Some(provider) = self.config.credentials_provider() else {
            return Err("no provider is configured".to_owned());
        };
        match provider.provide_credentials().await {
            Ok(_) => Ok(()),
            Err(error) => Err(super::causes(&error)),
        }
    }

    fn new(config: SdkConfig, region: String) -> Self {
        Self {
            config,
            region,
            clients: Arc::default(),
        }
    }
}

impl Outside for Session {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CallError>> {
        Box::pin(async move {
            let missing = || CallError::Connection("no AWS credentials are configured".to_owned());
            let provider = self.config.credentials_provider().ok_or_else(missing)?;
            let found = provider.provide_credentials().await;
            let found = found.map_err(|error| CallError::Connection(super::causes(&error)))?;
            Ok(Credentials {
                access_key_id: found.access_key_id().to_owned(),
                secret_access_key: found.secret_access_key().to_owned(),
                session_token: found.session_token().map(str::to_owned),
            })
        })
    }

    fn post<'a>(&'a self, post: &'a Post) -> BoxFuture<'a, Result<Posted, CallError>> {
        Box::pin(super::post::send(post))
    }

    fn endpoint(&self) -> Option<String> {
        self.config.endpoint_url().map(str::to_owned)
    }
}

/// The configuration of the machine.
async fn load(region: Option<Region>) -> SdkConfig {
    let loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http::client());
    match region {
        Some(region) => loader.region(region).load().await,
        None => loader.load().await,
    }
}

/// The same configuration, in another Region if one is given, and with all that no client can do without: those who write
/// one by hand need not know that.
fn complete(config: &SdkConfig, region: Option<Region>) -> SdkConfig {
    let mut builder = config.to_builder();
    if region.is_some() {
        builder.set_region(region);
    }
    if config.behavior_version().is_none() {
        builder.set_behavior_version(Some(BehaviorVersion::latest()));
    }
    if config.time_source().is_none() {
        builder.set_time_source(Some(SharedTimeSource::default()));
    }
    if config.http_client().is_none() {
        builder.set_http_client(Some(http::client()));
    }
    builder.build()
}
