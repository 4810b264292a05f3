//! Connections of the runbooks that steps start.

use std::any::Any;

use uuid::Uuid;

use crate::caller::{BoxFuture, CallError};
use crate::child::Connector;
use crate::parameters::Checked;
use crate::runbook::{Definition, Runbook};

use super::backend::Backend;
use super::identity::Identity;

/// Who makes the calls of the runbooks that steps may start.
#[derive(Default)]
pub struct Backends {
    /// What those have in common that call AWS.
    #[cfg(feature = "aws")]
    pub(crate) sdk: crate::aws::Sdk,
    /// By the runbooks' names.
    known: Vec<(&'static str, Box<dyn Connects>)>,
}

impl Backends {
    #[cfg(feature = "aws")]
    pub(crate) fn of(sdk: crate::aws::Sdk) -> Self {
        Self {
            sdk,
            known: Vec::new(),
        }
    }

    #[cfg(feature = "aws")]
    pub(crate) fn knows<R: Runbook>(&self) -> bool {
        self.find(R::DEFINITION.name).is_some()
    }

    pub(crate) fn insert<R: Runbook>(&mut self, backend: impl Backend<R::Request> + 'static) {
        let backend = Of::<R> {
            backend: Box::new(backend),
        };
        self.known.push((R::DEFINITION.name, Box::new(backend)));
    }

    fn find(&self, name: &str) -> Option<&dyn Connects> {
        let (_, backend) = self.known.iter().find(|(known, _)| *known == name)?;
        Some(backend.as_ref())
    }
}

/// Connects the runbooks that steps start, as the run itself was told to.
pub(crate) struct ChildConnector<'a> {
    pub(crate) backends: &'a Backends,
    /// That of the runbook itself, which a parent starts.
    pub(crate) own: Option<&'a dyn Connects>,
    pub(crate) identity: &'a Identity<'a>,
}

impl Connector for ChildConnector<'_> {
    fn connect<'a>(
        &'a self,
        definition: &'static Definition,
        execution: Uuid,
        parameters: &'a Checked,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, CallError>> {
        match self.backends.find(definition.name).or(self.own) {
            Some(backend) => backend.connect(self.identity, execution, parameters),
            None => {
                let problem = format!(
                    "nobody makes the calls of runbook `{}`: the run has callers of its own, and needs one for it, too \
                     (`.child::<…>(…)`)",
                    definition.name
                );
                Box::pin(std::future::ready(Err(CallError::Connection(problem))))
            }
        }
    }
}

/// The backend of some runbook.
pub(crate) trait Connects: Send + Sync {
    fn connect<'a>(
        &'a self,
        identity: &'a Identity<'_>,
        execution: Uuid,
        parameters: &'a Checked,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, CallError>>;
}

struct Of<R: Runbook> {
    backend: Box<dyn Backend<R::Request>>,
}

/// Connects for a child.
pub(crate) async fn connect_for<R: Runbook>(
    backend: &dyn Backend<R::Request>,
    identity: &Identity<'_>,
    execution: Uuid,
    parameters: &Checked,
) -> Result<Box<dyn Any + Send>, CallError> {
    let connected = identity.connect::<R>(backend, execution, parameters);
    match connected.await {
        Ok(connected) => Ok(Box::new(connected) as Box<dyn Any + Send>),
        Err(error) => Err(CallError::Connection((identity.words)(&error))),
    }
}

impl<R: Runbook> Connects for Of<R> {
    fn connect<'a>(
        &'a self,
        identity: &'a Identity<'_>,
        execution: Uuid,
        parameters: &'a Checked,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, CallError>> {
        let backend = self.backend.as_ref();
        Box::pin(connect_for::<R>(backend, identity, execution, parameters))
    }
}
