//! Local requests: what a step asks for that is no call of an API, but is performed and awaited like one.
//!
//! A [`Performer`] stands before the caller of the APIs: it performs what is local itself and passes everything else on.
//! So attempts, time limits, cancellation, events and simulation know nothing of the difference. A local request that is
//! cut off is just dropped, and whatever it has started ends with it; a script is asked to end before.

#[cfg(not(feature = "script"))]
#[path = "local/no_scripts.rs"]
mod scripts;
#[cfg(feature = "script")]
mod scripts;

use crate::caller::{BoxFuture, Call, CallError, Caller, EffectId};
use crate::child::{Child, Children, Fleet};
use crate::effect::Request;
use crate::script::{Credentials, Output, Script};
use crate::value::Document;
use crate::webhook::{Post, Posted, Webhook};
pub(crate) use scripts::Scripts;

/// What is done here.
#[derive(Clone, Copy, Debug)]
pub enum Local<'a, Q> {
    /// A script is run.
    Script(&'a Script),
    /// A webhook is read and sent.
    Webhook(&'a Webhook<Q>),
    /// Another runbook is run.
    Child(&'a Child),
    /// Another runbook is run for several targets.
    Fleet(&'a Fleet),
}

/// What local requests need of the world around the program.
pub trait Outside: Send + Sync {
    /// The credentials that the run calls AWS with, as fresh as they have to be.
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CallError>>;

    /// Sends a post. What goes wrong is told without anything that the post holds.
    fn post<'a>(&'a self, post: &'a Post) -> BoxFuture<'a, Result<Posted, CallError>>;

    /// Where calls go instead of to AWS, if anywhere.
    fn endpoint(&self) -> Option<String> {
        None
    }
}

/// As whom the scripts of a run call AWS (spec 1.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permissions {
    /// As nobody: their calls fail.
    #[default]
    None,
    /// As the run itself.
    OfRun,
}

/// Performs local requests, and passes the others on.
pub struct Performer<'a, Q> {
    caller: &'a dyn Caller<Q>,
    outside: &'a dyn Outside,
    scripts: Scripts<'a>,
    children: Option<Children<'a>>,
}

impl<'a, Q: Request> Performer<'a, Q> {
    /// A performer before `caller`. Scripts find `region` in their environment, and what `permissions` gives them.
    pub fn new(
        caller: &'a dyn Caller<Q>,
        outside: &'a dyn Outside,
        region: &str,
        permissions: Permissions,
    ) -> Self {
        Self {
            caller,
            outside,
            scripts: Scripts::new(outside, region, permissions),
            children: None,
        }
    }

    /// Runs the children of the execution, too.
    #[must_use]
    pub fn children(self, children: Children<'a>) -> Self {
        Self {
            children: Some(children),
            ..self
        }
    }

    /// Reads an integration, and sends what it says.
    async fn webhook(&self, call: &Call, webhook: &Webhook<Q>) -> Result<Document, CallError> {
        let read = self.caller.call(call, &webhook.read).await?;
        let post = webhook.post(&read)?;
        Ok(self.outside.post(&post).await?.answer())
    }
}

impl<Q: Request> Caller<Q> for Performer<'_, Q> {
    fn call<'a>(
        &'a self,
        call: &'a Call,
        request: &'a Q,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        match request.local() {
            Some(Local::Script(script)) => Box::pin(self.scripts.run(&call.effect, script)),
            Some(Local::Webhook(webhook)) => Box::pin(self.webhook(call, webhook)),
            Some(Local::Child(child)) => match &self.children {
                Some(children) => Box::pin(children.perform(&call.effect, child)),
                None => Box::pin(std::future::ready(Err(childless()))),
            },
            Some(Local::Fleet(fleet)) => match &self.children {
                Some(children) => Box::pin(children.perform_all(&call.effect, fleet)),
                None => Box::pin(std::future::ready(Err(childless()))),
            },
            None => self.caller.call(call, request),
        }
    }

    fn stop(&self, effect: &EffectId) -> bool {
        self.scripts.stop(effect) || self.caller.stop(effect)
    }

    fn printed(&self, effect: &EffectId) -> Option<Output> {
        self.scripts
            .printed(effect)
            .or_else(|| self.caller.printed(effect))
    }
}

fn childless() -> CallError {
    CallError::Connection("this program does not run other runbooks".to_owned())
}
