//! The backend that makes the calls with the AWS SDK.

use crate::aws::{SdkConfig, connect};
use crate::caller::{BoxFuture, Caller};

use super::backend::{Backend, ConnectError, Connection};

/// Makes the caller of a runbook from a configured SDK: the generated `aws.rs` has it.
pub(crate) type MakeCaller<Q> = fn(&SdkConfig) -> Box<dyn Caller<Q>>;

/// Connects by the SDK.
pub(crate) struct Sdk<Q> {
    make_caller: MakeCaller<Q>,
    /// How; without it as the machine is configured.
    config: Option<SdkConfig>,
}

impl<Q> Sdk<Q> {
    pub(crate) const fn new(make_caller: MakeCaller<Q>, config: Option<SdkConfig>) -> Self {
        Self {
            make_caller,
            config,
        }
    }
}

impl<Q: 'static> Backend<Q> for Sdk<Q> {
    fn connect<'a>(
        &'a self,
        region: Option<&'a str>,
        role: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Connection<Q>, ConnectError>> {
        Box::pin(async move {
            let session = connect(self.config.as_ref(), region, role).await?;
            Ok(Connection {
                caller: (self.make_caller)(&session.config),
                region: session.region.clone(),
                outside: Box::new(session),
            })
        })
    }
}
