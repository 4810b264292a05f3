//! Clocks, sleeps and pauses (spec 5.21).

use std::time::Duration;

use runbook_runtime::clock::{Clock, SystemClock, VirtualClock};
use runbook_runtime::policy::Backoff;
use runbook_runtime::status::Status::Success;

use crate::sheets::{Sleep, SleepUntil, SleepUntilPast};
use crate::toy::{done, morning, run};

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

#[test]
fn pauses_double_up_to_the_longest() {
    let pauses = Backoff::seconds(2, 15);
    let seconds: Vec<u64> = (1..=5)
        .map(|number| pauses.after(number).as_secs())
        .collect();
    assert_eq!(seconds, [2, 4, 8, 15, 15]);
    assert_eq!(pauses.after(u32::MAX).as_secs(), 15);
}
