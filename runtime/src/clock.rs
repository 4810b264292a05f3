//! Clocks: the only source of time and of waiting. Real ones wait, virtual ones move the time.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use jiff::Timestamp;

use crate::caller::BoxFuture;

/// Tells the time and waits.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Waits until `moment`; one that is past is no wait.
    fn sleep_until(&self, moment: Timestamp) -> BoxFuture<'_, ()>;
}

/// The clock on the wall.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// How long a sleep goes on without a look at the clock: timers stand still while a machine is suspended.
const LONGEST_DOZE: Duration = Duration::from_secs(2);

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep_until(&self, moment: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            while let Some(rest) = time_until(moment, self.now()) {
                tokio::time::sleep(rest.min(LONGEST_DOZE)).await;
            }
        })
    }
}

/// What is left until `moment`; nothing if it has come.
fn time_until(moment: Timestamp, now: Timestamp) -> Option<Duration> {
    let rest = Duration::try_from(moment.duration_since(now)).ok()?;
    (!rest.is_zero()).then_some(rest)
}

/// A clock whose time passes only while everybody sleeps: the sleep that ends first moves the time to its end.
///
/// Whatever else runs beside a sleep must either be ready at once or sleep on this clock too. Then things happen in the
/// order in which they would really happen: of a call that takes ten minutes and a limit of 25 seconds, the limit ends first.
#[derive(Debug)]
pub struct VirtualClock {
    timeline: Mutex<Timeline>,
}

#[derive(Debug)]
struct Timeline {
    now: Timestamp,
    /// Who sleeps until when; of those that end at one moment the first to come is the first to wake.
    sleepers: BTreeMap<(Timestamp, u64), Option<Waker>>,
    arrivals: u64,
}

impl VirtualClock {
    /// A clock that shows `start`.
    pub const fn new(start: Timestamp) -> Self {
        let timeline = Timeline {
            now: start,
            sleepers: BTreeMap::new(),
            arrivals: 0,
        };
        Self {
            timeline: Mutex::new(timeline),
        }
    }

    fn timeline(&self) -> MutexGuard<'_, Timeline> {
        // No code that can panic runs under the lock, so its content is sound in any case.
        self.timeline.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.timeline().now
    }

    fn sleep_until(&self, moment: Timestamp) -> BoxFuture<'_, ()> {
        Box::pin(VirtualSleep {
            clock: self,
            moment,
            place: None,
        })
    }
}

struct VirtualSleep<'a> {
    clock: &'a VirtualClock,
    moment: Timestamp,
    place: Option<(Timestamp, u64)>,
}

impl Future for VirtualSleep<'_> {
    type Output = ();

    /// The first poll lies down, so that all who sleep are known before the time moves; later ones wake whoever is first.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut timeline = self.clock.timeline();
        if timeline.now >= self.moment {
            return Poll::Ready(());
        }
        let Some(place) = self.place else {
            timeline.arrivals += 1;
            let place = (self.moment, timeline.arrivals);
            timeline.sleepers.insert(place, None);
            drop(timeline);
            self.place = Some(place);
            context.waker().wake_by_ref();
            return Poll::Pending;
        };
        if timeline.sleepers.keys().next() == Some(&place) {
            timeline.now = self.moment;
            return Poll::Ready(());
        }
        timeline
            .sleepers
            .insert(place, Some(context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for VirtualSleep<'_> {
    fn drop(&mut self) {
        let Some(place) = self.place else { return };
        let mut timeline = self.clock.timeline();
        timeline.sleepers.remove(&place);
        if let Some(waker) = timeline
            .sleepers
            .first_entry()
            .and_then(|mut first| first.get_mut().take())
        {
            waker.wake();
        }
    }
}

/// The moment `span` after `moment`; the end of time if that is past it.
pub(crate) fn later(moment: Timestamp, span: Duration) -> Timestamp {
    moment.checked_add(span).unwrap_or(Timestamp::MAX)
}
