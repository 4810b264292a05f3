//! Cancellation: asking a running execution to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Asks an execution to stop. Clones are the same request, so that a signal handler can hold one.
///
/// The engine lets go of the step under way, runs its `onCancel` chain, and ends the execution as `Cancelled`.
#[derive(Clone, Debug)]
pub struct CancelToken {
    request: Arc<Request>,
}

#[derive(Debug, Default)]
struct Request {
    is_made: AtomicBool,
    made: Notify,
    /// A request that counts as this one, too.
    above: Option<CancelToken>,
}

impl CancelToken {
    /// A token that nothing has asked of yet.
    pub fn new() -> Self {
        Self {
            request: Arc::default(),
        }
    }

    /// A token that is asked when this one is, and that can be asked alone: a program that shuts down asks one, and each of
    /// its runs has a child of it.
    #[must_use]
    pub fn child(&self) -> Self {
        let above = Some(self.clone());
        let request = Request {
            above,
            ..Request::default()
        };
        Self {
            request: Arc::new(request),
        }
    }

    /// Asks the execution to stop. It cannot be taken back; asking twice changes nothing.
    pub fn cancel(&self) {
        self.request.is_made.store(true, Ordering::Release);
        self.request.made.notify_waiters();
    }

    /// Whether somebody has asked.
    pub fn is_cancelled(&self) -> bool {
        let above = self.request.above.as_ref();
        self.request.is_made.load(Ordering::Acquire) || above.is_some_and(Self::is_cancelled)
    }

    /// Waits until somebody asks.
    pub async fn cancelled(&self) {
        // Who waits before looking misses no request that is made in between.
        let made = self.request.made.notified();
        if self.is_cancelled() {
            return;
        }
        match &self.request.above {
            None => made.await,
            Some(above) => tokio::select! {
                () = made => {}
                () = Box::pin(above.cancelled()) => {}
            },
        }
    }
}

impl Default for CancelToken {
    fn default() -> Self {
        Self::new()
    }
}
