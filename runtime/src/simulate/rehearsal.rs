//! Rehearsals: scripts that a scenario really runs, without AWS credentials, while virtual time stands still.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use crate::caller::{BoxFuture, CallError, EffectId};
use crate::clock::VirtualClock;
use crate::local::{Outside, Permissions, Scripts};
use crate::script::{Credentials, Output, Script};
use crate::value::Document;
use crate::webhook::{Post, Posted};

/// Runs scripts of a simulated execution.
pub(super) struct Rehearsal {
    scripts: Scripts<'static>,
    clock: Arc<VirtualClock>,
}

impl Rehearsal {
    pub(super) fn new(region: &str, clock: Arc<VirtualClock>) -> Self {
        Self {
            scripts: Scripts::new(&Nowhere, region, Permissions::None),
            clock,
        }
    }

    /// Runs a script. One that takes longer than `limit` seconds, which are real ones, does not end in virtual time either.
    pub(super) async fn run(
        &self,
        effect: &EffectId,
        script: &Script,
        limit: Option<u64>,
    ) -> Result<Document, CallError> {
        let hold = self.clock.hold();
        let run = self.scripts.run(effect, script);
        let answered = match limit {
            Some(seconds) => tokio::time::timeout(Duration::from_secs(seconds), run)
                .await
                .ok(),
            None => Some(run.await),
        };
        drop(hold);
        match answered {
            Some(answered) => answered,
            None => pending().await,
        }
    }

    pub(super) fn printed(&self, effect: &EffectId) -> Option<Output> {
        self.scripts.printed(effect)
    }
}

/// A simulation has no outside.
struct Nowhere;

impl Outside for Nowhere {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CallError>> {
        let refused = "a simulation has no AWS credentials".to_owned();
        Box::pin(async { Err(CallError::Connection(refused)) })
    }

    fn post<'a>(&'a self, _: &'a Post) -> BoxFuture<'a, Result<Posted, CallError>> {
        let refused = "a simulation sends nothing".to_owned();
        Box::pin(async { Err(CallError::Webhook(refused)) })
    }
}
