//! Parents call AWS as their runbook does.

use std::any::Any;

use uuid::Uuid;

use crate::caller::{BoxFuture, CallError};
use crate::effect::Request;
use crate::parameters::Checked;
use crate::parent::{Ask, Through};
use crate::real::{Backend, ConnectError, Connection, Connects, Identity, connect_for};
use crate::runbook::Runbook;

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

/// The backend of the runbook, which a parent starts.
pub(super) struct Own<'b, R: Runbook>(pub(super) &'b dyn Backend<R::Request>);

impl<R: Runbook> Connects for Own<'_, R> {
    fn connect<'a>(
        &'a self,
        identity: &'a Identity<'_>,
        execution: Uuid,
        parameters: &'a Checked,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, CallError>> {
        Box::pin(connect_for::<R>(self.0, identity, execution, parameters))
    }
}
