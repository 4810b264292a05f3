//! Scripts as requests: each gets its credentials when it starts, and what it prints can be asked for however it ends.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::pending;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Outside, Permissions};
use crate::caller::{CallError, EffectId};
use crate::script::{Aws, Ending, Output, Printing, Script, Surroundings, run};
use crate::value::Document;

/// Runs scripts.
pub(crate) struct Scripts<'a> {
    outside: &'a dyn Outside,
    region: String,
    permissions: Permissions,
    /// What the scripts print that nobody has asked about yet.
    printing: Mutex<HashMap<EffectId, Printing>>,
}

impl<'a> Scripts<'a> {
    pub(crate) fn new(outside: &'a dyn Outside, region: &str, permissions: Permissions) -> Self {
        Self {
            outside,
            region: region.to_owned(),
            permissions,
            printing: Mutex::default(),
        }
    }

    /// Runs a script to its end. Dropped, it is killed.
    pub(crate) async fn run(
        &self,
        effect: &EffectId,
        script: &Script,
    ) -> Result<Document, CallError> {
        let surroundings = Surroundings::new(self.aws().await?);
        let printing = Printing::default();
        self.printing().insert(effect.clone(), printing.clone());
        let never = pending::<Infallible>();
        match run(script, &surroundings, &printing, never).await.ending {
            Ending::Finished(answer) => answer.map_err(CallError::Script),
            Ending::Stopped(never) => match never {},
        }
    }

    /// What a script has printed; told once.
    pub(crate) fn printed(&self, effect: &EffectId) -> Option<Output> {
        let output = self.printing().remove(effect)?.output();
        (!output.is_empty()).then_some(output)
    }

    async fn aws(&self) -> Result<Aws, CallError> {
        let credentials = match self.permissions {
            Permissions::None => None,
            Permissions::OfRun => Some(self.outside.credentials().await?),
        };
        Ok(Aws {
            region: self.region.clone(),
            credentials,
            endpoint: self.outside.endpoint(),
        })
    }

    fn printing(&self) -> MutexGuard<'_, HashMap<EffectId, Printing>> {
        // Nothing panics while it holds the lock, and what it guards is whole at any time.
        self.printing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
