//! The backend of a binary that is built with the AWS SDK.

use crate::aws::{Role, SdkConfig, connect};
use crate::caller::{BoxFuture, Caller};
use crate::runbook::Runbook;

use super::Program;
use super::backend::{Backend, ConnectError, Connection};

/// Makes the caller of a runbook from a configured SDK: the generated `aws.rs` has it.
type MakeCaller<Q> = fn(&SdkConfig) -> Box<dyn Caller<Q>>;

impl<R: Runbook> Program<R> {
    /// A program that calls AWS by `make_caller`.
    #[must_use]
    pub fn aws(self, make_caller: MakeCaller<R::Request>) -> Self {
        self.backend(Sdk { make_caller })
    }

    /// A program that calls AWS by `make_caller` for a runbook that its steps start.
    #[must_use]
    pub fn aws_of<C: Runbook>(self, make_caller: MakeCaller<C::Request>) -> Self {
        self.child::<C>(Sdk { make_caller })
    }
}

struct Sdk<Q> {
    make_caller: MakeCaller<Q>,
}

impl<Q: 'static> Backend<Q> for Sdk<Q> {
    fn connect<'a>(
        &'a self,
        region: Option<&'a str>,
        role: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Connection<Q>, ConnectError>> {
        Box::pin(async move {
            let role = role.map_or(Role::Caller, |arn| Role::Arn(arn.to_owned()));
            let session = connect(region.map(str::to_owned), &role).await?;
            Ok(Connection {
                caller: (self.make_caller)(&session.config),
                region: session.region.clone(),
                outside: Box::new(session),
            })
        })
    }
}
