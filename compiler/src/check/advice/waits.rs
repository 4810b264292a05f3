//! Waits that go on although what they wait for cannot come any more, or that end before it comes (spec 4.2, 5.18).

use super::Program;
use crate::check::actions::listed;
use crate::check::selectors::{self, Answer, ScalarKind, View};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::{Step, Value};
use crate::ir::{self, ApiCall, Expectation, Expression, Work};

/// A wait that is over within so many seconds is not worth a word.
const SHORT: u64 = 900;

/// Words for states of what has gone wrong.
const FAILED: [&str; 11] = [
    "FAILED",
    "FAILURE",
    "ERROR",
    "ERRORED",
    "CANCELLED",
    "CANCELED",
    "REJECTED",
    "EXPIRED",
    "ABORTED",
    "INVALID",
    "TIMEDOUT",
];

/// Operations that look at what may well take hours, as its documentation says or its size decides.
const SLOW: [(&str, &str); 16] = [
    ("acm", "DescribeCertificate"),
    ("backup", "DescribeBackupJob"),
    ("backup", "DescribeCopyJob"),
    ("backup", "DescribeRestoreJob"),
    ("dynamodb", "DescribeExport"),
    ("dynamodb", "DescribeImport"),
    ("ec2", "DescribeExportImageTasks"),
    ("ec2", "DescribeExportTasks"),
    ("ec2", "DescribeImages"),
    ("ec2", "DescribeImportImageTasks"),
    ("ec2", "DescribeImportSnapshotTasks"),
    ("ec2", "DescribeSnapshots"),
    ("glacier", "DescribeJob"),
    ("rds", "DescribeDBClusterSnapshots"),
    ("rds", "DescribeDBSnapshots"),
    ("rds", "DescribeExportTasks"),
];

/// Reports waits that sit out a failure, and those that may be too short because nothing says how long they are.
pub(super) fn check(program: &Program<'_>, diagnostics: &mut Diagnostics) {
    for (written, step) in program.steps() {
        if let Work::Wait(call, expectation) = &step.work {
            diagnostics.extend(sits_out(written, step, call, expectation));
            diagnostics.extend(too_short(written, step, call));
        }
    }
}

fn sits_out(
    written: &Step,
    step: &ir::Step,
    call: &ApiCall,
    expectation: &Expectation,
) -> Option<Diagnostic> {
    if step.time_limit.is_some_and(|seconds| seconds <= SHORT) {
        return None;
    }
    let desired = expectation.desired.iter().map(literal);
    let desired: Vec<&str> = desired.collect::<Option<_>>()?;
    let failed = failures(&states(call, expectation)?, &desired);
    let values = input(written, "DesiredValues")?;
    let last = desired.last()?;
    let (first, others) = failed.split_first()?;
    let message = format!("a wait for `{last}` goes on when the state is `{first}`");
    let report = Diagnostic::hint(Code::SatOutFailure, values.span, message)
        .label("only these values end the wait before its time is up");
    let report = match step.time_limit {
        Some(seconds) => report.note(format!("that takes {}", duration(seconds))),
        None => report.note("nothing says how long that takes"),
    };
    let report = match others {
        [] => report,
        others => report.note(format!("the same goes for {}", listed(others))),
    };
    Some(report.help(format!(
        "let `{first}` end the wait, too, and assert or branch in the next step on what it has become"
    )))
}

/// The listed states that mean failure, unless one of these is waited for. Of states that begin with what they are about
/// (`CREATE_FAILED`), those that are about the same.
fn failures(states: &[String], desired: &[&str]) -> Vec<String> {
    if desired.iter().any(|state| is_failure(state)) {
        return Vec::new();
    }
    let mut failed: Vec<&String> = states.iter().filter(|state| is_failure(state)).collect();
    // The plainest word first.
    failed.sort_by_key(|state| {
        FAILED
            .iter()
            .position(|word| state.eq_ignore_ascii_case(word))
            .unwrap_or(FAILED.len())
    });
    let subject = |state: &str| state.split_once('_').map(|(subject, _)| subject.to_owned());
    let wanted: Vec<String> = desired.iter().filter_map(|state| subject(state)).collect();
    let same = |state: &&&String| subject(state).is_some_and(|subject| wanted.contains(&subject));
    let same: Vec<&String> = failed.iter().filter(same).copied().collect();
    let chosen = if same.is_empty() { failed } else { same };
    chosen.into_iter().cloned().collect()
}

fn is_failure(state: &str) -> bool {
    let state = state.to_ascii_uppercase().replace("TIMED_OUT", "TIMEDOUT");
    let mut words = state.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.any(|word| FAILED.contains(&word))
}

fn too_short(written: &Step, step: &ir::Step, call: &ApiCall) -> Option<Diagnostic> {
    let looks_at = (call.service.name.as_str(), call.operation.name.as_str());
    if written.timeout_seconds.is_some() || !SLOW.contains(&looks_at) {
        return None;
    }
    let limit = step.time_limit?;
    let message = format!(
        "step `{}` waits for {} at most, and this may take longer",
        step.name,
        duration(limit)
    );
    let api = input(written, "Api").map_or(call.span, |api| api.span);
    Some(
        Diagnostic::hint(Code::UnlimitedWait, api, message)
            .label("this can take hours")
            .note("that is the time of every wait that does not say how long it is")
            .help("say how long it may take: `timeoutSeconds: 14400`"),
    )
}

/// `1 hour`, `20 minutes`
fn duration(seconds: u64) -> String {
    let (count, unit) = match seconds {
        _ if seconds.is_multiple_of(3600) => (seconds / 3600, "hour"),
        _ if seconds.is_multiple_of(60) => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    match count {
        1 => format!("1 {unit}"),
        _ => format!("{count} {unit}s"),
    }
}

/// The states that the property may have, if the model lists them.
fn states(call: &ApiCall, expectation: &Expectation) -> Option<Vec<String>> {
    let answer = Answer::of_operation(&call.service, &call.operation);
    let selection = selectors::select(&answer, &expectation.selector).ok()?;
    let each = selection.nodes.iter().map(|node| match answer.view(node) {
        View::Scalar(ScalarKind::Text(values)) => values.to_vec(),
        View::List(element) => match answer.view(&element) {
            View::Scalar(ScalarKind::Text(values)) => values.to_vec(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    });
    Some(each.flatten().collect())
}

fn literal(expression: &Expression) -> Option<&str> {
    match expression {
        Expression::String(text) => Some(text),
        _ => None,
    }
}

fn input<'a>(step: &'a Step, name: &str) -> Option<&'a Value> {
    let mut inputs = step.inputs.iter();
    let (_, value) = inputs.find(|(key, _)| key.value == name)?;
    Some(value)
}
