//! Clocks: the only source of time and of waiting. Real ones wait, virtual ones move the time.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

/// A shared clock is one, too.
impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }

    fn sleep_until(&self, moment: Timestamp) -> BoxFuture<'_, ()> {
        (**self).sleep_until(moment)
    }
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
    /// How many do something that takes real time.
    holds: usize,
}

/// While it is there, a virtual clock stands still: something real is under way.
#[derive(Debug)]
pub struct Hold<'a>(&'a VirtualClock);

impl VirtualClock {
    /// A clock that shows `start`.
    pub const fn new(start: Timestamp) -> Self {
        let timeline = Timeline {
            now: start,
            sleepers: BTreeMap::new(),
            arrivals: 0,
            holds: 0,
        };
        Self {
            timeline: Mutex::new(timeline),
        }
    }

    /// Stops the clock for as long as the returned value lives.
    pub fn hold(&self) -> Hold<'_> {
        self.timeline().holds += 1;
        Hold(self)
    }

    /// Sets the clock, as that of another process which goes on. Nobody may sleep.
    pub(crate) fn show(&self, moment: Timestamp) {
        self.timeline().now = moment;
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
            seen: Timestamp::MIN,
        })
    }
}

struct VirtualSleep<'a> {
    clock: &'a VirtualClock,
    moment: Timestamp,
    place: Option<(Timestamp, u64)>,
    /// The time at the last poll.
    seen: Timestamp,
}

impl Future for VirtualSleep<'_> {
    type Output = ();

    /// Moves the time only if it has not moved since the last poll: whoever else can do something at this time, or lie
    /// down to sleep, does that first.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let clock = self.clock;
        let mut timeline = clock.timeline();
        if timeline.now >= self.moment {
            return Poll::Ready(());
        }
        let place = self.place.unwrap_or_else(|| timeline.place(self.moment));
        self.place = Some(place);
        let is_first = timeline.holds == 0 && timeline.sleepers.keys().next() == Some(&place);
        if is_first && self.seen == timeline.now {
            timeline.now = self.moment;
            return Poll::Ready(());
        }
        self.seen = timeline.now;
        timeline
            .sleepers
            .insert(place, Some(context.waker().clone()));
        if is_first {
            context.waker().wake_by_ref();
        }
        Poll::Pending
    }
}

impl Timeline {
    fn wake_first(&mut self) {
        let mut first = self.sleepers.first_entry();
        if let Some(waker) = first.as_mut().and_then(|first| first.get_mut().take()) {
            waker.wake();
        }
    }

    /// A place among the sleepers that nobody else has.
    fn place(&mut self, moment: Timestamp) -> (Timestamp, u64) {
        self.arrivals += 1;
        let place = (moment, self.arrivals);
        self.sleepers.insert(place, None);
        place
    }
}

impl Drop for VirtualSleep<'_> {
    fn drop(&mut self) {
        let Some(place) = self.place else { return };
        let mut timeline = self.clock.timeline();
        timeline.sleepers.remove(&place);
        timeline.wake_first();
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        let mut timeline = self.0.timeline();
        timeline.holds = timeline.holds.saturating_sub(1);
        timeline.wake_first();
    }
}

/// The moment `span` after `moment`; the end of time if that is past it.
pub(crate) fn later(moment: Timestamp, span: Duration) -> Timestamp {
    moment.checked_add(span).unwrap_or(Timestamp::MAX)
}
