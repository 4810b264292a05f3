//! Runs whose calls the program makes itself.

use std::sync::Arc;

use crate::caller::{BoxFuture, CallError, Caller};
use crate::local::Outside;
use crate::real::{Backend, Backends, ConnectError, Connection};
use crate::runbook::Runbook;
use crate::script::Credentials;
use crate::webhook::{Post, Posted};

use super::Calls;

/// What the program has given to a run makes the calls: callers of its own, or backends.
pub struct Own<R: Runbook> {
    backend: Arc<dyn Backend<R::Request>>,
    children: Backends,
}

impl<R: Runbook> Own<R> {
    pub(super) fn caller(caller: impl Caller<R::Request> + 'static) -> Self {
        Self::backend(Constant(Arc::new(caller)))
    }

    pub(super) fn backend(backend: impl Backend<R::Request> + 'static) -> Self {
        Self {
            backend: Arc::new(backend),
            children: Backends::default(),
        }
    }

    pub(super) fn child<K: Runbook>(&mut self, caller: impl Caller<K::Request> + 'static) {
        self.child_backend::<K>(Constant(Arc::new(caller)));
    }

    pub(super) fn child_backend<K: Runbook>(
        &mut self,
        backend: impl Backend<K::Request> + 'static,
    ) {
        self.children.insert::<K>(backend);
    }
}

impl<R: Runbook> Calls<R> for Own<R> {
    fn connect(&mut self) -> (Box<dyn Backend<R::Request>>, Backends) {
        let children = std::mem::take(&mut self.children);
        (Box::new(Arc::clone(&self.backend)), children)
    }
}

/// One caller for everything, whatever the role.
struct Constant<C>(Arc<C>);

/// Where a run is if nobody says so, as in scenarios.
const REGION: &str = "us-east-1";

impl<Q: 'static, C: Caller<Q> + 'static> Backend<Q> for Constant<C> {
    fn connect<'a>(
        &'a self,
        region: Option<&'a str>,
        _: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Connection<Q>, ConnectError>> {
        Box::pin(std::future::ready(Ok(Connection {
            caller: Box::new(Arc::clone(&self.0)),
            region: region.unwrap_or(REGION).to_owned(),
            outside: Box::new(Nothing),
        })))
    }
}

/// Nothing but the caller: no credentials, and no way to send a webhook.
struct Nothing;

impl Outside for Nothing {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CallError>> {
        let problem = "a run with a caller of its own has no credentials".to_owned();
        Box::pin(std::future::ready(Err(CallError::Connection(problem))))
    }

    fn post<'a>(&'a self, _: &'a Post) -> BoxFuture<'a, Result<Posted, CallError>> {
        let problem = "The webhook cannot be sent: a run with a caller of its own sends none";
        let error = CallError::Webhook(problem.to_owned());
        Box::pin(std::future::ready(Err(error)))
    }
}
