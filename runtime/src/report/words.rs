//! How durations, failures and waits are put into words.

use jiff::SignedDuration;

use crate::event::Reason;
use crate::observer::{Activity, StepView, View};

const ADVICE: &str =
    " Please refer to Automation Service Troubleshooting Guide for more diagnosis details.";

/// A duration as people say it: `0.4 s`, `12 s`, `5 min 3 s`, `2 h 10 min`.
pub fn human(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match seconds {
        0 if duration.subsec_millis() >= 50 => format!("0.{} s", duration.subsec_millis() / 100),
        0..60 => format!("{seconds} s"),
        60..3600 => with_rest(minutes, "min", seconds % 60, "s"),
        3600..86_400 => with_rest(hours, "h", minutes % 60, "min"),
        _ => with_rest(hours / 24, "d", hours % 24, "h"),
    }
}

/// A duration that is left, with the second that has begun: an hour is one until a second of it is over.
fn begun(left: SignedDuration) -> SignedDuration {
    match left.as_secs() {
        ..1 => left,
        seconds => SignedDuration::from_secs(seconds + i64::from(left.subsec_nanos() > 0)),
    }
}

fn with_rest(count: i64, unit: &str, rest: i64, rest_unit: &str) -> String {
    match rest {
        0 => format!("{count} {unit}"),
        _ => format!("{count} {unit} {rest} {rest_unit}"),
    }
}

/// What a failure message says of its own: without the service's fixed beginning and advice (spec 7.5).
pub fn cause(message: &str) -> &str {
    let message = message.strip_suffix(ADVICE).unwrap_or(message);
    let beginnings = [
        "Step fails when it is ",
        "Step fails when it's ",
        "Step timed out while step is ",
    ];
    let fixed = beginnings
        .into_iter()
        .any(|start| message.starts_with(start));
    match message.split_once(". ") {
        Some((_, cause)) if fixed => cause,
        _ => message,
    }
}

/// What a step is doing, as far as it is worth a word.
pub(super) fn activity(view: &View, step: &StepView) -> String {
    let left = |until: jiff::Timestamp| human(begun(until.duration_since(view.now)));
    let calls = step.definition.calls.join(", ");
    match &step.activity {
        Activity::Deciding | Activity::Ended => String::new(),
        Activity::Calling { .. } => join(&calls, waits_for(step).unwrap_or_default()),
        Activity::Waiting {
            reason: Reason::Sleep,
            until,
            ..
        } => format!("sleeps {}", left(*until)),
        Activity::Waiting {
            reason: Reason::Throttled { .. },
            until,
            ..
        } => {
            format!(
                "{calls} was asked to slow down, next call in {}",
                left(*until)
            )
        }
        Activity::Waiting {
            reason: Reason::Poll,
            found,
            ..
        } => {
            let found = found.as_deref().unwrap_or("nothing yet");
            match waits_for(step) {
                Some(waits_for) => format!("{waits_for}, found {found}"),
                None => found.to_owned(),
            }
        }
        Activity::Listening { approvals } => {
            let waits = match approvals {
                Some((given, required)) => {
                    format!("waits for approval, {given} of {required} given")
                }
                None => "waits to be resumed".to_owned(),
            };
            match step.deadline {
                Some(deadline) => format!("{waits}, {} left", left(deadline)),
                None => waits,
            }
        }
        Activity::Retrying {
            until,
            cause: message,
        } => format!(
            "attempt {} of {} failed ({}), next in {}",
            step.attempt,
            step.max_attempts,
            cause(message),
            left(*until)
        ),
    }
}

fn waits_for(step: &StepView) -> Option<String> {
    step.definition
        .waits_for
        .map(|property| format!("waits for {property}"))
}

fn join(left: &str, right: String) -> String {
    match (left.is_empty(), right.is_empty()) {
        (true, _) => right,
        (_, true) => left.to_owned(),
        _ => format!("{left}, {right}"),
    }
}
