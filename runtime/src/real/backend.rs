//! The door to what a real run needs: callers, a Region, an identity.

use std::sync::Arc;

use crate::caller::{BoxFuture, Caller};
use crate::local::Outside;

/// Why there is no connection, in words for who runs the program.
pub type ConnectError = Box<dyn std::error::Error + Send + Sync>;

/// Makes connections to AWS.
pub trait Backend<Q>: Send + Sync {
    /// Connects to `region`, else to the configured one, with the permissions of `role`, else with those of whoever
    /// starts the program.
    fn connect<'a>(
        &'a self,
        region: Option<&'a str>,
        role: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Connection<Q>, ConnectError>>;
}

/// A shared backend is one, too.
impl<Q, B: Backend<Q> + ?Sized> Backend<Q> for Arc<B> {
    fn connect<'a>(
        &'a self,
        region: Option<&'a str>,
        role: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Connection<Q>, ConnectError>> {
        (**self).connect(region, role)
    }
}

/// A way to make calls.
pub struct Connection<Q> {
    /// Makes them.
    pub caller: Box<dyn Caller<Q>>,
    /// Where they go.
    pub region: String,
    /// What is done here and not by an API takes from it what it needs.
    pub outside: Box<dyn Outside>,
}
