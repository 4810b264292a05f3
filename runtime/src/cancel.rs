//! Cancellation: asking a running execution to stop (spec 4.5).

use std::sync::Arc;

use tokio::sync::watch;

/// Asks an execution to stop. Clones are the same request, so that a signal handler can hold one.
///
/// The engine lets go of the step under way, runs its `onCancel` chain, and ends the execution as `Cancelled`.
#[derive(Clone, Debug)]
pub struct CancelToken {
    requested: Arc<watch::Sender<bool>>,
}

impl CancelToken {
    /// A token that nothing has asked of yet.
    pub fn new() -> Self {
        Self {
            requested: Arc::new(watch::Sender::new(false)),
        }
    }

    /// Asks the execution to stop. It cannot be taken back; asking twice changes nothing.
    pub fn cancel(&self) {
        self.requested.send_replace(true);
    }

    /// Whether somebody has asked.
    pub fn is_cancelled(&self) -> bool {
        *self.requested.borrow()
    }

    /// Waits until somebody asks.
    pub async fn cancelled(&self) {
        // The sender lives as long as `self`, so that the wait ends by a request only.
        let _ = self
            .requested
            .subscribe()
            .wait_for(|requested| *requested)
            .await;
    }
}

impl Default for CancelToken {
    fn default() -> Self {
        Self::new()
    }
}
