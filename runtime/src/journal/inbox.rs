//! The inbox of a run: what people tell it here, where it runs, and from other processes, through the journal.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::caller::BoxFuture;
use crate::cancel::CancelToken;
use crate::signal::{Awaited, Refusal, Signal, Signals};

use super::{Errand, JournalError, Keeper, Mail, MailId};

/// How often the journal is looked at: it is a matter of microseconds, and somebody waits.
const LOOK: Duration = Duration::from_millis(100);

/// How often a decision is looked at while no step waits for one, before it is refused: the step may be about to.
const PATIENCE: u32 = 5;

/// Listens to people, wherever they are.
pub(crate) struct Inbox<'a> {
    keeper: &'a Keeper<'a>,
    here: &'a dyn Signals,
    /// Told what is wrong with the mail.
    note: &'a (dyn Fn(&str) + Send + Sync),
    noted: Mutex<String>,
    cancel: CancelToken,
    complete: CancelToken,
    /// How many steps wait for people: children may do so side by side.
    listening: AtomicUsize,
    news: Notify,
    /// The letters that steps have been given: what comes of them settles them.
    given: Mutex<BTreeSet<MailId>>,
}

impl<'a> Inbox<'a> {
    /// The inbox of the execution that `keeper` keeps. What people have asked for before reaches the tokens at once.
    pub(crate) fn new(
        keeper: &'a Keeper<'a>,
        here: &'a dyn Signals,
        note: &'a (dyn Fn(&str) + Send + Sync),
        cancel: CancelToken,
        complete: CancelToken,
    ) -> Self {
        let inbox = Self {
            keeper,
            here,
            note,
            noted: Mutex::default(),
            cancel,
            complete,
            listening: AtomicUsize::new(0),
            news: Notify::new(),
            given: Mutex::default(),
        };
        inbox.catch_up();
        inbox
    }

    /// Follows what people have asked for before this process: what another one has taken, and may not have done yet, and
    /// what has come while there was none.
    fn catch_up(&self) {
        for letters in [self.keeper.promised(), self.keeper.mail()] {
            // What is wrong with the mail, the watch tells.
            for Mail { errand, .. } in letters.unwrap_or_default() {
                match errand {
                    Errand::Cancel => self.cancel.cancel(),
                    Errand::Complete => self.complete.cancel(),
                    Errand::Signal(_) => {}
                }
            }
        }
    }

    /// Looks for letters. Never ends.
    pub(crate) async fn watch(&self) -> std::convert::Infallible {
        let (mut seen, mut is_early, mut early) = (None, false, 0);
        loop {
            let stir = self.keeper.stir().ok();
            // What came too early is looked at again, though nothing has changed.
            if stir.is_none() || stir != seen || is_early {
                seen = stir;
                is_early = self.look(early).unwrap_or_else(|error| {
                    self.complain(&error);
                    false
                });
                // Before the execution goes on, no step can wait.
                early = match is_early && self.keeper.is_under_way() {
                    true => early + 1,
                    false => 0,
                };
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

    /// Says what is wrong with the mail, once, however often it is looked at.
    fn complain(&self, error: &JournalError) {
        let problem = error.to_string();
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if *noted != problem {
            (self.note)(&problem);
            *noted = problem;
        }
    }

    /// The next letter that is a signal for a step that waits.
    async fn letter(&self, awaited: &Awaited<'_>) -> Signal {
        let _listening = Listening::of(&self.listening);
        loop {
            let news = self.news.notified();
            match self.unread(awaited) {
                Some(signal) => return signal,
                None => news.await,
            }
        }
    }

    /// The first letter that nobody has been given, and that is for this step, if several wait side by side.
    fn unread(&self, awaited: &Awaited<'_>) -> Option<Signal> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let alone = self.listening.load(Ordering::Relaxed) == 1;
        let is_for_it = |signal: &Signal| {
            let step = signal.step.as_deref();
            alone || step.is_none_or(|step| step == awaited.label || step == awaited.step)
        };
        // What is wrong with the mail, the watch tells.
        for Mail { id, errand, .. } in self.keeper.mail().unwrap_or_default() {
            match errand {
                Errand::Signal(signal) if is_for_it(&signal) && given.insert(id) => {
                    return Some(Signal {
                        letter: Some(id.0),
                        ..signal
                    });
                }
                Errand::Signal(_) | Errand::Cancel | Errand::Complete => {}
            }
        }
        None
    }
}

impl Signals for Inbox<'_> {
    fn next<'a>(&'a self, awaited: &'a Awaited<'a>) -> BoxFuture<'a, Signal> {
        Box::pin(async move {
            tokio::select! {
                biased;
                signal = self.letter(awaited) => signal,
                signal = self.here.next(awaited) => signal,
            }
        })
    }

    fn refused(&self, signal: &Signal, refusal: &Refusal) {
        if let Some(letter) = signal.letter
            && let Err(error) = self.keeper.refuse(MailId(letter), &refusal.to_string())
        {
            self.complain(&error);
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
