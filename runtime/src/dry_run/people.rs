//! People who agree to everything at once.

use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::caller::BoxFuture;
use crate::signal::{Awaited, Refusal, Signal, SignalKind, Signals, Wanted};

/// Approves and resumes whatever waits, as whoever may.
#[derive(Debug, Default)]
pub(super) struct Agreeable {
    /// Nothing more is said once something was refused: it would be again.
    refused: AtomicBool,
}

impl Signals for Agreeable {
    fn next<'a>(&'a self, awaited: &'a Awaited<'a>) -> BoxFuture<'a, Signal> {
        let (kind, by) = match awaited.wanted {
            Wanted::Decisions { approval, made } => (
                SignalKind::Approve,
                approval.next_approver(made, awaited.account),
            ),
            Wanted::Resumption { .. } => (SignalKind::Resume, None),
            Wanted::Start => (SignalKind::Start, None),
        };
        let signal = Signal {
            kind,
            step: None,
            by: by.unwrap_or_else(|| awaited.caller.to_owned()),
            comment: Some("assumed by the dry run".to_owned()),
            letter: None,
        };
        Box::pin(async move {
            if self.refused.swap(false, Ordering::Relaxed) {
                return pending().await;
            }
            signal
        })
    }

    fn refused(&self, _: &Signal, _: &Refusal) {
        self.refused.store(true, Ordering::Relaxed);
    }
}
