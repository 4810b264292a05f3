//! Clocks, sleeps and pauses (spec 5.21).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use runbook_runtime::caller::{BoxFuture, Call, CallError, Caller};
use runbook_runtime::clock::{Clock, SystemClock, VirtualClock};
use runbook_runtime::engine::Engine;
use runbook_runtime::policy::Backoff;
use runbook_runtime::status::Status::Success;
use runbook_runtime::store::MemoryStore;
use runbook_runtime::value::Document;
use serde_json::json;

use crate::sheets::{Sleep, SleepUntil, SleepUntilPast, Wait, WaitTwice};
use crate::toy::{
    BreakingStore, Do, EXECUTION, Reply, Script, ScriptedCaller, Sheet, Toy, attempt, done,
    morning, run, start,
};

#[tokio::test]
async fn sleeps_take_their_time() {
    let outcome = run::<Sleep>(|_, _, _| done()).await;
    assert_eq!(
        (outcome.record.status(), outcome.seconds()),
        (Success, 3600)
    );
    let outcome = run::<SleepUntilPast>(|_, _, _| done()).await;
    assert_eq!((outcome.record.status(), outcome.seconds()), (Success, 0));
    let outcome = run::<SleepUntil>(|_, _, _| done()).await;
    assert_eq!(
        (outcome.record.status(), outcome.seconds()),
        (Success, 2 * 3600 - 1)
    );
}

#[tokio::test]
async fn virtual_sleeper_that_ends_first_wakes_first() {
    let clock = VirtualClock::new(morning());
    let after = |seconds| clock.sleep_until(morning() + Duration::from_secs(seconds));
    let first = tokio::select! {
        biased;
        () = after(600) => 600,
        () = after(25) => 25,
        () = after(60) => 60,
    };
    assert_eq!(first, 25);
    assert_eq!(clock.now(), morning() + Duration::from_secs(25));
    after(10).await;
    assert_eq!(clock.now(), morning() + Duration::from_secs(25));
    let order = std::sync::Mutex::new(Vec::new());
    let note = async |seconds| {
        after(seconds).await;
        order.lock().unwrap().push(seconds);
    };
    tokio::join!(note(90), note(70), note(80));
    assert_eq!(order.into_inner().unwrap(), [70, 80, 90]);
}

#[tokio::test]
async fn clock_on_the_wall_does_not_wait_for_the_past() {
    SystemClock.sleep_until(morning()).await;
    assert!(SystemClock.now() > morning());
}

/// A clock that is behind, by some seconds.
struct Behind<'a> {
    clock: &'a VirtualClock,
    by: AtomicU64,
}

impl Behind<'_> {
    fn lag(&self) -> Duration {
        Duration::from_secs(self.by.load(Ordering::Relaxed))
    }
}

impl Clock for Behind<'_> {
    fn now(&self) -> Timestamp {
        self.clock.now() - self.lag()
    }

    fn sleep_until(&self, moment: Timestamp) -> BoxFuture<'_, ()> {
        self.clock.sleep_until(moment + self.lag())
    }

    fn sleep(&self, length: Duration) -> BoxFuture<'_, ()> {
        self.clock.sleep(length)
    }
}

/// Calls, and puts the clock back by an hour when it is to make its second call.
struct PutsBack<'a> {
    caller: &'a ScriptedCaller<'a>,
    clock: &'a Behind<'a>,
}

impl Caller<Do> for PutsBack<'_> {
    fn call<'a>(
        &'a self,
        call: &'a Call,
        request: &'a Do,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        if call.effect.number == 2 {
            self.clock.by.store(3600, Ordering::Relaxed);
        }
        self.caller.call(call, request)
    }
}

#[tokio::test]
async fn clock_that_is_put_back_makes_no_wait_longer() {
    async fn check<S: Sheet>(script: Script) {
        let expected = run::<S>(script).await;
        let clock = VirtualClock::new(morning());
        let behind = Behind {
            clock: &clock,
            by: AtomicU64::new(0),
        };
        let (caller, store) = (ScriptedCaller::new(script, &clock), MemoryStore::new());
        let caller = PutsBack {
            caller: &caller,
            clock: &behind,
        };
        let engine = Engine::<Toy<S>>::new(&caller, &behind, &store);
        let record = engine.run(start()).await.unwrap();
        assert_eq!(behind.lag(), Duration::from_secs(3600));
        assert_eq!(record, expected.record);
        let took = clock.now().duration_since(morning()).as_secs();
        assert_eq!(took, expected.seconds());
    }

    let ready_in_the_end: Script = |_, _, number| match number {
        6 => Reply::Answer(json!({"Status": "READY"})),
        _ => Reply::Answer(json!({"Status": "STARTING"})),
    };
    check::<Wait>(ready_in_the_end).await;
    check::<WaitTwice>(|_, _, _| Reply::Answer(json!({"Status": "STARTING"}))).await;
    check::<WaitTwice>(|_, _, number| match number {
        2 => Reply::Slow(3600, json!({"Status": "READY"})),
        _ => Reply::Answer(json!({"Status": "STARTING"})),
    })
    .await;
}

/// Cuts a sleep off at eight and continues it at once, by a clock that shows seven. Gives the seconds that it takes then.
async fn continued_at_seven<S: Sheet>() -> i64 {
    let (clock, store) = (VirtualClock::new(morning()), MemoryStore::new());
    let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
    // Began, Identified, StepStarted, Waiting.
    let breaking = BreakingStore::new(&store, 4);
    let cut = attempt::<S>(&caller, &clock, &breaking, None, None).await;
    assert!(cut.is_err());

    let clock = VirtualClock::new(morning());
    let behind = Behind {
        clock: &clock,
        by: AtomicU64::new(3600),
    };
    let engine = Engine::<Toy<S>>::new(&caller, &behind, &store);
    let record = engine.resume(EXECUTION).await.unwrap();
    assert_eq!(record.status(), Success);
    clock.now().duration_since(morning()).as_secs()
}

#[tokio::test]
async fn only_a_sleep_until_a_moment_goes_by_a_clock_that_is_behind() {
    assert_eq!(continued_at_seven::<Sleep>().await, 3600);
    assert_eq!(continued_at_seven::<SleepUntil>().await, 3 * 3600 - 1);
}

#[tokio::test]
async fn sleep_by_the_clock_on_the_wall_ends() {
    let before = SystemClock.now();
    SystemClock.sleep(Duration::from_millis(5)).await;
    assert!(SystemClock.now() >= before + Duration::from_millis(5));
    SystemClock.sleep(Duration::ZERO).await;
}

#[test]
fn pauses_double_up_to_the_longest() {
    let pauses = Backoff::seconds(2, 15);
    let seconds: Vec<u64> = (1..=5)
        .map(|number| pauses.after(number).as_secs())
        .collect();
    assert_eq!(seconds, [2, 4, 8, 15, 15]);
    assert_eq!(pauses.after(u32::MAX).as_secs(), 15);
}
