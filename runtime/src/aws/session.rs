//! The session: credentials, Region and the identity that an execution runs under (spec 1.5).

use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_types::SdkConfig;
use aws_types::sdk_config::SharedTimeSource;

use super::http;
use crate::caller::{BoxFuture, CallError};
use crate::local::Outside;
use crate::script::Credentials;
use crate::webhook::{Post, Posted};

/// A configured SDK.
#[derive(Clone, Debug)]
pub struct Session {
    /// What clients are made from.
    pub config: SdkConfig,
    /// The Region of the execution.
    pub region: String,
}

/// Why no session could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// No Region is configured.
    #[error("no AWS Region is configured")]
    NoRegion,
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

/// Makes a session in a Region, with the permissions of a role; without one those of whoever starts the program. What
/// `config` does not say comes from the environment and the shared configuration files if there is no `config`, as with
/// every AWS tool.
///
/// # Errors
/// When there is no Region, there are no credentials, or the role cannot be assumed.
pub async fn connect(
    config: Option<&SdkConfig>,
    region: Option<&str>,
    role: Option<&str>,
) -> Result<Session, SessionError> {
    let region = region.map(|name| Region::new(name.to_owned()));
    let config = match config {
        Some(config) => complete(config, region),
        None => load(region).await,
    };
    let region = config.region().ok_or(SessionError::NoRegion)?.to_string();
    check_credentials(&config)
        .await
        .map_err(SessionError::NoCredentials)?;
    let config = match role {
        None => config,
        Some(arn) => assume(config, arn).await?,
    };
    Ok(Session { config, region })
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

/// The same configuration under a role, whose credentials are renewed as they expire.
async fn assume(config: SdkConfig, arn: &str) -> Result<SdkConfig, SessionError> {
    let provider = AssumeRoleProvider::builder(arn)
        .session_name("runbookc")
        .configure(&config)
        .build()
        .await;
    let assumed = config
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .build();
    match check_credentials(&assumed).await {
        Ok(()) => Ok(assumed),
        Err(cause) => Err(SessionError::RoleDenied {
            arn: arn.to_owned(),
            cause,
        }),
    }
}

/// Asks for credentials once, so that missing ones are told before anything runs.
async fn check_credentials(config: &SdkConfig) -> Result<(), String> {
    let Some(provider) = config.credentials_provider() else {
        return Err("no provider is configured".to_owned());
    };
    match provider.provide_credentials().await {
        Ok(_) => Ok(()),
        Err(error) => Err(super::causes(&error)),
    }
}
