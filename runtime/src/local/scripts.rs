//! Scripts as requests: each gets its credentials when it starts, and what it prints can be asked for however it ends.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Outside, Permissions};
use crate::caller::{CallError, EffectId};
use crate::cancel::CancelToken;
use crate::script::{Aws, Ending, Output, Printing, Script, ScriptError, Surroundings, run};
use crate::value::Document;

/// Runs scripts.
pub(crate) struct Scripts<'a> {
    outside: &'a dyn Outside,
    region: String,
    permissions: Permissions,
    /// The scripts about which nobody has asked yet what they have printed.
    started: Mutex<HashMap<EffectId, Started>>,
}

/// A script that was started.
#[derive(Clone, Default)]
struct Started {
    printing: Printing,
    stop: CancelToken,
}

impl<'a> Scripts<'a> {
    pub(crate) fn new(outside: &'a dyn Outside, region: &str, permissions: Permissions) -> Self {
        Self {
            outside,
            region: region.to_owned(),
            permissions,
            started: Mutex::default(),
        }
    }

    /// Runs a script to its end, or until it is to stop. Dropped, it is killed.
    pub(crate) async fn run(
        &self,
        effect: &EffectId,
        script: &Script,
    ) -> Result<Document, CallError> {
        let surroundings = Surroundings::new(self.aws().await?);
        let Started { printing, stop } = Started::default();
        let started = Started {
            printing: printing.clone(),
            stop: stop.clone(),
        };
        self.started().insert(effect.clone(), started);
        let run = run(script, &surroundings, &printing, stop.cancelled());
        let answer = match run.await.ending {
            Ending::Finished(answer) => answer,
            Ending::Stopped(()) => Err(ScriptError::Stopped),
        };
        answer.map_err(CallError::Script)
    }

    /// Asks a script to end, if it is under way: it has a moment for that.
    pub(crate) fn stop(&self, effect: &EffectId) -> bool {
        let started = self.started();
        let script = started.get(effect);
        script.is_some_and(|script| {
            script.stop.cancel();
            true
        })
    }

    /// What a script has printed; told once.
    pub(crate) fn printed(&self, effect: &EffectId) -> Option<Output> {
        let output = self.started().remove(effect)?.printing.output();
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

    fn started(&self) -> MutexGuard<'_, HashMap<EffectId, Started>> {
        // Nothing panics while it holds the lock, and what it guards is whole at any time.
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
