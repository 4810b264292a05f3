//! The backend that makes the calls with the AWS SDK.

use crate::aws::{Sdk, Session};
use crate::caller::{BoxFuture, Caller};

use super::backend::{Backend, ConnectError, Connection};

/// Makes the caller of a runbook, with clients of a session: the generated `aws.rs` has it.
pub(crate) type MakeCaller<Q> = fn(&Session) -> Box<dyn Caller<Q>>;

/// Connects by the SDK.
pub(crate) struct SdkBackend<Q> {
    make_caller: MakeCaller<Q>,
    sdk: Sdk,
}

impl<Q> SdkBackend<Q> {
    pub(crate) const fn new(make_caller: MakeCaller<Q>, sdk: Sdk) -> Self {
        Self { make_caller, sdk }
    }
}

impl<Q: 'static> Backend<Q> for SdkBackend<Q> {
    fn connect<'a>(
        &'a self,
        region: Option<&'a str>,
        role: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Connection<Q>, ConnectError>> {
        Box::pin(async move {
            let session = self.sdk.session(region, role).await?;
            Ok(Connection {
                caller: (self.make_caller)(&session),
                region: session.region.clone(),
                outside: Box::new(session),
            })
        })
    }
}
