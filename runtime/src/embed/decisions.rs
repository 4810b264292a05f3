//! What people decide, told by the program itself.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::caller::BoxFuture;
use crate::signal::{Awaited, Refusal, Signal, Signals};

/// Brings a run what people decide: a program tells it, and steps that wait for people hear it. Clones are the same one.
///
/// ```
/// # use runbook_runtime::embed::{Calls, Embedded, Run};
/// # async fn example<R: Embedded, C: Calls<R>>(run: Run<R, C>) -> Result<(), Box<dyn std::error::Error>> {
/// use runbook_runtime::embed::Decisions;
/// use runbook_runtime::signal::Signal;
///
/// let decisions = Decisions::new();
/// let finished = tokio::spawn(run.signals(decisions.clone()));
/// decisions.tell(Signal::approve("arn:aws:iam::111122223333:user/ops").comment("go ahead"));
/// println!("{}", finished.await??.status());
/// # Ok(())
/// # }
/// ```
///
/// What is told waits until a step listens; with [`Signal::to`], until that step does. Who may say what is judged by the
/// step: what it refuses changes nothing, and is handed out by [`Decisions::refusals`].
#[derive(Clone, Default)]
pub struct Decisions(Arc<Inner>);

#[derive(Default)]
struct Inner {
    waiting: Mutex<VecDeque<Signal>>,
    came: Notify,
    refusals: Mutex<Vec<(Signal, Refusal)>>,
}

impl Decisions {
    /// Nothing is decided yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells the step that waits, or the next one that will.
    pub fn tell(&self, signal: Signal) {
        lock(&self.0.waiting).push_back(signal);
        self.0.came.notify_waiters();
    }

    /// What was refused since the last look, and why.
    pub fn refusals(&self) -> Vec<(Signal, Refusal)> {
        std::mem::take(&mut *lock(&self.0.refusals))
    }

    /// The first signal that is for this step.
    fn take(&self, awaited: &Awaited<'_>) -> Option<Signal> {
        let mut waiting = lock(&self.0.waiting);
        let place = waiting.iter().position(|signal| is_for(signal, awaited))?;
        waiting.remove(place)
    }
}

impl Signals for Decisions {
    fn next<'a>(&'a self, awaited: &'a Awaited<'a>) -> BoxFuture<'a, Signal> {
        Box::pin(async move {
            loop {
                // Who waits before looking misses nothing that comes in between.
                let came = self.0.came.notified();
                match self.take(awaited) {
                    Some(signal) => return signal,
                    None => came.await,
                }
            }
        })
    }

    fn refused(&self, signal: &Signal, refusal: &Refusal) {
        lock(&self.0.refusals).push((signal.clone(), refusal.clone()));
    }
}

impl fmt::Debug for Decisions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = lock(&self.0.waiting);
        formatter.debug_tuple("Decisions").field(&*waiting).finish()
    }
}

fn is_for(signal: &Signal, awaited: &Awaited<'_>) -> bool {
    match signal.step.as_deref() {
        Some(step) => step == awaited.step || step == awaited.label,
        None => true,
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code that can panic runs under the lock, so its content is sound in any case.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
