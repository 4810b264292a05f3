//! Parents call AWS as their runbook does.

use crate::caller::BoxFuture;
use crate::effect::Request;
use crate::parent::{Ask, Through};

use super::super::backend::{Backend, ConnectError, Connection};

/// The backend of a runbook, for a parent of it.
pub(super) struct OfParent<'a, Q>(pub(super) &'a dyn Backend<Q>);

impl<Q: Request> Backend<Ask<Q>> for OfParent<'_, Q> {
    fn connect<'a>(
        &'a self,
        region: Option<&'a str>,
        role: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Connection<Ask<Q>>, ConnectError>> {
        Box::pin(async move {
            let connection = self.0.connect(region, role).await?;
            Ok(Connection {
                caller: Box::new(Through(connection.caller)),
                region: connection.region,
                outside: connection.outside,
            })
        })
    }
}
