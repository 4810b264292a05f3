//! The inbox of a run: what people tell it here, on standard input, and from other processes, through the journal.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::caller::BoxFuture;
use crate::cancel::CancelToken;
use crate::journal::{Errand, JournalError, Keeper, Mail, MailId};
use crate::report::Progress;
use crate::signal::{Awaited, Refusal, Signal, Signals};

use super::decisions::Decisions;

/// How often the journal is looked at: it is a matter of microseconds, and somebody waits.
const LOOK: Duration = Duration::from_millis(100);

/// How often a decision is looked at while no step waits for one, before it is refused: the step may be about to.
const PATIENCE: u32 = 5;

/// Listens to people, wherever they are.
pub(super) struct Inbox<'a> {
    keeper: &'a Keeper<'a>,
    here: &'a Decisions<'a>,
    progress: &'a Progress,
    cancel: CancelToken,
    complete: CancelToken,
    /// How many steps wait for people: children may do so side by side.
    listening: AtomicUsize,
    news: Notify,
    /// Whether the engine has the letter, or a line of standard input.
    is_letter: Mutex<bool>,
}

impl<'a> Inbox<'a> {
    /// The inbox of the execution that `keeper` keeps.
    pub(super) fn new(
        keeper: &'a Keeper<'a>,
        here: &'a Decisions<'a>,
        progress: &'a Progress,
        cancel: CancelToken,
        complete: CancelToken,
    ) -> Self {
        Self {
            keeper,
            here,
            progress,
            cancel,
            complete,
            listening: AtomicUsize::new(0),
            news: Notify::new(),
            is_letter: Mutex::new(false),
        }
    }

    /// Looks for letters. Never ends.
    pub(super) async fn watch(&self) -> std::convert::Infallible {
        let mut seen = None;
        let mut early = 0;
        loop {
            let stir = self.keeper.stir().ok();
            // What came too early is looked at again, though nothing has changed.
            if stir.is_none() || stir != seen || early > 0 {
                seen = stir;
                match self.look(early) {
                    Ok(is_early) => early = if is_early { early + 1 } else { 0 },
                    Err(error) => {
                        self.progress.say(&format!("note: {error}"));
                        early = 0;
                    }
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Follows the letters that are there; whether one has come before a step waits for it.
    fn look(&self, early: u32) -> Result<bool, JournalError> {
        let mut is_early = false;
        for Mail { id, errand, .. } in self.keeper.mail()? {
            match errand {
                Errand::Cancel if self.cancel.is_cancelled() => self.keeper.accept(id)?,
                // Its event settles it.
                Errand::Cancel => self.cancel.cancel(),
                Errand::Complete => {
                    self.complete.cancel();
                    self.keeper.accept(id)?;
                }
                Errand::Signal(_) if self.listening.load(Ordering::Relaxed) > 0 => {
                    self.news.notify_waiters();
                }
                Errand::Signal(_) if early >= PATIENCE => {
                    let refusal = Refusal::NothingWaits.to_string();
                    self.keeper.refuse(id, &refusal)?;
                }
                Errand::Signal(_) => is_early = true,
            }
        }
        Ok(is_early)
    }

    /// The next letter that is a signal.
    async fn letter(&self) -> (MailId, Signal) {
        let _listening = Listening::of(&self.listening);
        loop {
            let news = self.news.notified();
            // What is wrong with the mail, the watch tells.
            let mail = self.keeper.mail().unwrap_or_default();
            let signal = mail.into_iter().find_map(|mail| match mail.errand {
                Errand::Signal(signal) => Some((mail.id, signal)),
                Errand::Cancel | Errand::Complete => None,
            });
            match signal {
                Some(found) => return found,
                None => news.await,
            }
        }
    }

    fn has_letter(&self, is_letter: bool) -> bool {
        let mut has = self
            .is_letter
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut has, is_letter)
    }
}

impl Signals for Inbox<'_> {
    fn next<'a>(&'a self, awaited: &'a Awaited<'a>) -> BoxFuture<'a, Signal> {
        Box::pin(async move {
            tokio::select! {
                biased;
                (id, signal) = self.letter() => {
                    self.keeper.give(id);
                    self.has_letter(true);
                    signal
                }
                signal = self.here.next(awaited) => {
                    self.has_letter(false);
                    signal
                }
            }
        })
    }

    fn refused(&self, signal: &Signal, refusal: &Refusal) {
        if self.has_letter(false)
            && let Err(error) = self.keeper.refuse_given(&refusal.to_string())
        {
            self.progress.say(&format!("note: {error}"));
        }
        self.here.refused(signal, refusal);
    }
}

/// Counts somebody who waits for people, as long as they do.
struct Listening<'a>(&'a AtomicUsize);

impl<'a> Listening<'a> {
    fn of(listening: &'a AtomicUsize) -> Self {
        listening.fetch_add(1, Ordering::Relaxed);
        Self(listening)
    }
}

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
