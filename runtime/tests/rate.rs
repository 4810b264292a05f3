//! Rate control: numbers and percentages, the ramp, and when to stop.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use runbook_runtime::rate::{Counts, Limits, Rate};

fn limits(concurrency: &str, errors: &str, targets: usize) -> Limits {
    let rate = Rate::read(Some(concurrency), Some(errors));
    rate.unwrap().of(targets)
}

#[test]
fn numbers_and_percentages_become_limits() {
    let at_once = |text, targets| limits(text, "0", targets).concurrency;
    assert_eq!(at_once("3", 50), 3);
    assert_eq!(at_once("10%", 50), 5);
    assert_eq!(at_once("33%", 10), 3);
    // However few there are, one runs.
    assert_eq!(at_once("1%", 10), 1);
    assert_eq!(at_once("100%", 300), 300);
    let errors = |text, targets| limits("1", text, targets).errors;
    assert_eq!(errors("0", 50), 0);
    assert_eq!(errors("3", 50), 3);
    assert_eq!(errors("10%", 50), 5);
    assert_eq!(errors("10%", 9), 0);
    assert_eq!(errors("0%", 50), 0);
}

#[test]
fn ten_run_at_once_and_none_may_fail_where_nothing_is_said() {
    let limits = Rate::read(None, None).unwrap().of(300);
    assert_eq!((limits.concurrency, limits.errors), (10, 0));
}

#[test]
fn what_the_service_refuses_is_refused() {
    let refused = [
        "", "0", "0%", "01", "101%", "1.5", "-1", "+1", "5 %", "%", "many", "12345678",
    ];
    for text in refused {
        let error = Rate::read(Some(text), None).unwrap_err().to_string();
        let expected = format!("`MaxConcurrency` is `{text}`, but a number from 1 on");
        assert!(error.contains(&expected), "{error}");
    }
    let error = Rate::read(None, Some("few")).unwrap_err().to_string();
    assert!(
        error.contains("`MaxErrors` is `few`, but a number from 0 on"),
        "{error}"
    );
    assert!(Rate::read(Some("1234567"), Some("100%")).is_ok());
}

/// How many start one after the other when so many have ended, and all of these are known to run.
fn started_after(limits: Limits, completed: usize, failed: usize, total: usize) -> usize {
    let mut counts = Counts {
        total,
        started: completed,
        completed,
        failed,
    };
    while limits.may_start(counts) {
        counts.started += 1;
    }
    counts.started - completed
}

#[test]
fn one_runs_first_and_then_twice_as_many_up_to_the_limit() {
    let limits = limits("5", "0", 100);
    let running = |completed| started_after(limits, completed, 0, 100);
    let ramp: Vec<usize> = (0..9).map(running).collect();
    assert_eq!(ramp, [1, 2, 2, 4, 4, 4, 4, 5, 5]);
    // And never more than there are.
    assert_eq!(started_after(limits, 98, 0, 100), 2);
    assert_eq!(started_after(limits, 100, 0, 100), 0);
}

#[test]
fn nothing_starts_once_failures_exceed_what_is_tolerated() {
    let stops_after = |errors: &str, targets| {
        let limits = limits("1", errors, targets);
        (1..).find(|&failed| started_after(limits, failed, failed, targets) == 0)
    };
    // The examples of the service's own API.
    assert_eq!(stops_after("0", 50), Some(1));
    assert_eq!(stops_after("3", 50), Some(4));
    assert_eq!(stops_after("10%", 50), Some(6));
    let limits = limits("1", "3", 50);
    assert!(!limits.are_exceeded(3) && limits.are_exceeded(4));
}
