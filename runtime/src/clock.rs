//! Clocks: the only source of time and of waiting. Real ones wait, virtual ones move the time.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::caller::BoxFuture;

/// Tells the time and waits.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Waits until `moment`; one that is past is no wait.
    fn sleep_until(&self, moment: Timestamp) -> BoxFuture<'_, ()>;

    /// Waits for so long, also if the clock is put back meanwhile.
    fn sleep(&self, length: Duration) -> BoxFuture<'_, ()> {
        self.sleep_until(later(self.now(), length))
    }
}

/// A shared clock is one, too.
impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }

    fn sleep_until(&self, moment: Timestamp) -> BoxFuture<'_, ()> {
        (**self).sleep_until(moment)
    }

    fn sleep(&self, length: Duration) -> BoxFuture<'_, ()> {
        (**self).sleep(length)
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

    /// Ends by the clock, which goes on while the machine is suspended, or by a timer, which nobody puts back.
    fn sleep(&self, length: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let (started, moment) = (Instant::now(), later(self.now(), length));
            while let Some(rest) = time_until(moment, self.now())
                && let Some(most) = length.checked_sub(started.elapsed())
            {
                tokio::time::sleep(rest.min(most).min(LONGEST_DOZE)).await;
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
    sleepers: Sleepers,
    arrivals: u64,
    /// How many do something that takes real time.
    holds: usize,
}

/// Who sleeps until when.
#[derive(Debug)]
struct Sleepers {
    /// The one that wakes first. Mostly there is no other, so it has a place of its own.
    first: Option<(Place, Option<Waker>)>,
    /// All others.
    others: BTreeMap<Place, Option<Waker>>,
}

/// When somebody wakes; of those that wake at one moment the first to come is the first.
type Place = (Timestamp, u64);

/// While it is there, a virtual clock stands still: something real is under way.
#[derive(Debug)]
pub struct Hold<'a>(&'a VirtualClock);

impl VirtualClock {
    /// A clock that shows `start`.
    pub const fn new(start: Timestamp) -> Self {
        let timeline = Timeline {
            now: start,
            sleepers: Sleepers {
                first: None,
                others: BTreeMap::new(),
            },
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
    place: Option<Place>,
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
        if timeline.holds > 0 || !timeline.sleepers.is_first(place) {
            self.seen = timeline.now;
            let waker = context.waker().clone();
            timeline.sleepers.wake_by(place, waker);
            return Poll::Pending;
        }
        if self.seen == timeline.now {
            timeline.now = self.moment;
            timeline.sleepers.remove(place);
            self.place = None;
            return Poll::Ready(());
        }
        self.seen = timeline.now;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Timeline {
    /// A place among the sleepers that nobody else has.
    fn place(&mut self, moment: Timestamp) -> Place {
        self.arrivals += 1;
        let place = (moment, self.arrivals);
        self.sleepers.insert(place);
        place
    }
}

impl Sleepers {
    fn insert(&mut self, place: Place) {
        let later = match &self.first {
            Some((first, _)) if *first < place => Some((place, None)),
            _ => self.first.replace((place, None)),
        };
        self.others.extend(later);
    }

    /// Lets somebody leave; who is the first then may go on.
    fn remove(&mut self, place: Place) {
        if self.is_first(place) {
            self.first = self.others.pop_first();
        } else {
            self.others.remove(&place);
        }
        self.wake_first();
    }

    fn is_first(&self, place: Place) -> bool {
        self.first
            .as_ref()
            .is_some_and(|(first, _)| *first == place)
    }

    /// Says how somebody is woken who sleeps.
    fn wake_by(&mut self, place: Place, waker: Waker) {
        let first = self.first.as_mut().filter(|(first, _)| *first == place);
        let sleeper = first.map(|(_, sleeper)| sleeper);
        if let Some(sleeper) = sleeper.or_else(|| self.others.get_mut(&place)) {
            *sleeper = Some(waker);
        }
    }

    fn wake_first(&mut self) {
        let first = self.first.as_mut();
        if let Some(waker) = first.and_then(|(_, waker)| waker.take()) {
            waker.wake();
        }
    }
}

impl Drop for VirtualSleep<'_> {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.clock.timeline().sleepers.remove(place);
        }
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        let mut timeline = self.0.timeline();
        timeline.holds = timeline.holds.saturating_sub(1);
        timeline.sleepers.wake_first();
    }
}

/// The moment `span` after `moment`; the end of time if that is past it.
pub(crate) fn later(moment: Timestamp, span: Duration) -> Timestamp {
    moment.checked_add(span).unwrap_or(Timestamp::MAX)
}
