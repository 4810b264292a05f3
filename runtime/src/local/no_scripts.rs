//! Scripts in a program that was built without the feature `script`: they fail, and say why.

use super::{Outside, Permissions};
use crate::caller::{CallError, EffectId};
use crate::script::{Output, Script, ScriptError};
use crate::value::Document;

/// Runs no scripts.
pub(crate) struct Scripts<'a>(std::marker::PhantomData<&'a ()>);

impl<'a> Scripts<'a> {
    pub(crate) const fn new(_: &'a dyn Outside, _: &str, _: Permissions) -> Self {
        Self(std::marker::PhantomData)
    }

    #[expect(clippy::unused_async, reason = "with the feature it waits")]
    pub(crate) async fn run(&self, _: &EffectId, _: &Script) -> Result<Document, CallError> {
        Err(CallError::Script(ScriptError::NotBuilt))
    }

    #[expect(clippy::unused_self, reason = "with the feature it stops")]
    pub(crate) const fn stop(&self, _: &EffectId) -> bool {
        false
    }

    #[expect(clippy::unused_self, reason = "with the feature it looks")]
    pub(crate) const fn printed(&self, _: &EffectId) -> Option<Output> {
        None
    }
}
