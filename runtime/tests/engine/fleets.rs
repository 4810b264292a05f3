//! Fleets: a runbook for each of several targets, under rate control (spec 6.3).

use runbook_runtime::child::{ChildRunbook, Fleet, Targets};
use runbook_runtime::clock::{Clock, VirtualClock};
use runbook_runtime::effect::Effect;
use runbook_runtime::flow::Flow;
use runbook_runtime::record::Record;
use runbook_runtime::runbook::{Definition, StepDefinition};
use runbook_runtime::status::Status::{Cancelled, Failed, Success, TimedOut};
use runbook_runtime::store::{MemoryStore, Store};
use runbook_runtime::value::InputError;
use serde_json::json;

use crate::family::{Ask, Kid, Member, Of};
use crate::family_runs::{
    attempt, completed, cut_everywhere, endless, expect, fails, steps, succeeds,
};
use crate::toy::{BreakingStore, EXECUTION, Script, Step, definition, morning, step};

/// Has a kid for each of four targets, two at once.
struct Two;

/// Has one after the other, and goes on with the next though one has failed.
struct Tolerant;

/// Has kids three of which cannot start: one's role, one's identity, and one's parameter are in the way.
struct Shut;

/// Has kids one of which may run only as long as nobody cuts it off: its role is taken away meanwhile.
struct Revoked;

macro_rules! fleets {
    ($($name:ident: $targets:expr, $concurrency:expr, $errors:expr;)*) => { $(
        impl Member for $name {
            const DEFINITION: &'static Definition = &Definition {
                children: &[ChildRunbook::for_targets::<Of<Kid>>("kids")],
                ..definition(
                    "parent",
                    &[
                        step("before"),
                        StepDefinition {
                            action: "aws:executeAutomation",
                            time_limit: Some(600),
                            max_attempts: None,
                            inputs: &[],
                            calls: &[],
                            ..step("kids")
                        },
                        step("after"),
                    ],
                )
            };

            fn flow(step: Step) -> Flow<Step> {
                match step.0 {
                    2 => Flow::last(),
                    number => Flow::then(Step(number + 1)),
                }
            }

            fn effect(step: Step) -> Effect<Ask, Step> {
                match step.0 {
                    1 => Effect::run(fleet(names($targets), $concurrency, $errors).unwrap()),
                    _ => Effect::call(crate::toy::Do(Default::default())),
                }
            }
        }
    )* };
}

fleets! {
    Two: ["web", "app", "db", "cache"], "2", "0";
    Tolerant: ["web", "app", "db", "cache"], "1", "25%";
    Shut: ["web", "locked", "nameless", "BAD", "cache"], "1", "3";
    Revoked: ["web", "revoked", "app"], "2", "1";
}

fn names<const N: usize>(names: [&str; N]) -> Targets {
    let names = names.map(str::to_owned);
    Targets::values("Name".to_owned(), names.into()).unwrap()
}

fn fleet(targets: Targets, concurrency: &str, errors: &str) -> Result<Fleet, InputError> {
    let (concurrency, errors) = (Some(concurrency.to_owned()), Some(errors.to_owned()));
    Fleet::of::<Of<Kid>>([], targets, concurrency, errors)
}

async fn run<M: Member>(script: Script, cancel_after: Option<u64>) -> Record {
    let (clock, store) = (VirtualClock::new(morning()), MemoryStore::new());
    let record = attempt::<M>(script, &clock, &store, cancel_after, false).await;
    record.unwrap()
}

const WELL: &str = "kid: begin Success, command Success, clean Success";
const BADLY: &str = "kid: begin Success, command Failed";
const STOPPED: &str = "kid: begin Success, command Cancelled, clean Success";

#[tokio::test]
async fn every_target_has_an_execution_of_its_own() {
    let record = run::<Two>(succeeds, None).await;
    let parent = "parent: before Success, kids Success, after Success";
    expect(&record, Success, &[parent, WELL, WELL, WELL, WELL]);
    let children = record
        .child_executions
        .iter()
        .map(|child| &child.automation_execution);
    let targets: Vec<_> = children
        .clone()
        .map(|child| child.target.as_deref())
        .collect();
    assert_eq!(
        targets,
        [Some("web"), Some("app"), Some("db"), Some("cache")]
    );
    for child in children {
        assert_eq!(child.parent_automation_execution_id, Some(EXECUTION));
        assert_eq!(child.parameters.get("Name"), Some(&json!([child.target])));
    }
    let inputs = record.step("kids").unwrap().inputs.clone().unwrap();
    assert_eq!(inputs.get("TargetParameterName"), Some("\"Name\""));
    assert_eq!(inputs.get("MaxConcurrency"), Some("\"2\""));
}

#[tokio::test]
async fn one_runs_first_and_then_as_many_as_may() {
    let record = run::<Two>(succeeds, None).await;
    let started = record.child_executions.iter().map(|child| {
        let started = child.automation_execution.execution_start_time;
        started.duration_since(morning()).as_secs()
    });
    let ended = |number: usize| {
        let end = record.child_executions[number]
            .automation_execution
            .execution_end_time;
        end.unwrap().duration_since(morning()).as_secs()
    };
    let started: Vec<i64> = started.collect();
    assert!(ended(0) > 0);
    assert_eq!(started, [0, ended(0), ended(0), ended(1)]);
}

#[tokio::test]
async fn nothing_starts_once_too_many_have_failed() {
    let record = run::<Two>(fails, None).await;
    expect(
        &record,
        Failed,
        &["parent: before Success, kids Failed", BADLY],
    );
    let message = record
        .step("kids")
        .unwrap()
        .failure_message
        .clone()
        .unwrap();
    assert!(
        message
            .contains("Of 4 executions 1 did not succeed, and 3 were not started. web: Step fails"),
        "{message}"
    );

    let record = run::<Tolerant>(fails, None).await;
    expect(
        &record,
        Failed,
        &["parent: before Success, kids Failed", BADLY, BADLY],
    );
}

#[tokio::test]
async fn those_that_cannot_start_have_failed_and_say_why() {
    let record = run::<Shut>(succeeds, None).await;
    let parent = "parent: before Success, kids Success, after Success";
    expect(
        &record,
        Success,
        &[parent, WELL, "kid: ", "kid: ", "kid: ", WELL],
    );
    let failed = record.child_executions.iter().skip(1).take(3).map(|child| {
        let execution = &child.automation_execution;
        assert_eq!(execution.automation_execution_status, Failed);
        assert!(execution.execution_end_time.is_some());
        let message = execution.failure_message.as_deref().unwrap();
        format!("{}: {message}", execution.target.as_deref().unwrap())
    });
    let failed: Vec<String> = failed.collect();
    assert_eq!(
        failed,
        [
            "locked: the role cannot be assumed",
            "nameless: cannot find out who is calling: nobody answers",
            "BAD: An error occurred (InvalidAutomationExecutionParametersException) when calling the \
             StartAutomationExecution operation: `Name` cannot be the text \"BAD\"; allowed are \"web\", \"app\", \"db\", \
             \"cache\", \"locked\", \"nameless\", \"revoked\"",
        ]
    );
    cut_everywhere::<Shut>(succeeds, None).await;
}

#[tokio::test]
async fn one_that_cannot_go_on_has_failed_and_the_others_go_on() {
    let mut under_way = 0;
    for cut in 1.. {
        let kept = MemoryStore::new();
        let breaking = BreakingStore::new(&kept, cut);
        let clock = VirtualClock::new(morning());
        let Err(_) = attempt::<Revoked>(succeeds, &clock, &breaking, None, false).await else {
            break;
        };
        let record = attempt::<Revoked>(succeeds, &clock, &kept, None, true).await;
        let record = record.unwrap();
        let children = record.child_executions.iter();
        let revoked = children
            .clone()
            .map(|child| &child.automation_execution)
            .filter(|child| child.target.as_deref() == Some("revoked"));
        let others = children
            .filter(|child| child.automation_execution.target.as_deref() != Some("revoked"));
        for other in others {
            assert_eq!(steps(other), [WELL], "cut after event {cut}");
        }
        for revoked in revoked {
            let failure = revoked.failure_message.as_deref();
            match revoked.automation_execution_status {
                Success => continue,
                status => assert_eq!(status, Failed, "cut after event {cut}"),
            }
            assert_eq!(failure, Some("the role cannot be assumed"));
            assert!(revoked.execution_end_time.is_some());
            let started = revoked.step_executions.iter();
            let mut started = started.filter(|step| step.execution_start_time.is_some());
            let Some(last) = started.next_back() else {
                continue;
            };
            assert!(last.step_status.is_final(), "cut after event {cut}");
            if last.step_status == Failed {
                under_way += 1;
                let message = last.failure_message.as_deref().unwrap();
                assert!(message.contains("the role cannot be assumed"), "{message}");
            }
        }
    }
    assert!(under_way > 5, "cut off in a step {under_way} times");
}

#[tokio::test]
async fn all_are_cancelled_and_awaited() {
    let parent = "parent: before Success, kids Cancelled";
    let record = run::<Two>(endless, Some(100)).await;
    expect(&record, Cancelled, &[parent, STOPPED]);

    let parent = "parent: before Success, kids TimedOut";
    let record = run::<Two>(endless, None).await;
    expect(&record, TimedOut, &[parent, STOPPED]);
}

#[tokio::test]
async fn those_under_way_end_and_no_other_starts_once_that_is_asked_for() {
    let whole = run::<Two>(succeeds, None).await;
    let first = &whole.child_executions[0].automation_execution;
    let ended = first.execution_end_time.unwrap();
    let seconds = ended.duration_since(morning()).as_secs();

    let record = completed::<Two>(succeeds, seconds as u64 + 1).await;
    let parent = "parent: before Success, kids Success";
    expect(&record, Success, &[parent, WELL, WELL, WELL]);
}

#[tokio::test]
async fn fleet_that_is_cut_off_after_any_event_ends_as_it_would_have() {
    cut_everywhere::<Two>(succeeds, None).await;
    cut_everywhere::<Two>(fails, None).await;
    cut_everywhere::<Two>(endless, None).await;
    cut_everywhere::<Two>(endless, Some(60)).await;
    cut_everywhere::<Two>(succeeds, Some(12)).await;
    cut_everywhere::<Tolerant>(fails, None).await;
}

/// Cuts a run off as soon as its first kid has ended, and continues it with other answers.
async fn changed_after_the_first<M: Member>(before: Script, after: Script) -> Record {
    let whole = run::<M>(before, None).await;
    let first = &whole.child_executions.first().unwrap().automation_execution;
    let first = first.automation_execution_id;
    for cut in 1.. {
        let kept = MemoryStore::new();
        let breaking = BreakingStore::new(&kept, cut);
        let clock = VirtualClock::new(morning());
        let ran = attempt::<M>(before, &clock, &breaking, None, false).await;
        assert!(ran.is_err(), "the first has never ended");
        let events = kept.events(first).unwrap();
        if events.iter().any(|event| event.change.name() == "Ended") {
            let clock = VirtualClock::new(clock.now());
            return attempt::<M>(after, &clock, &kept, None, true)
                .await
                .unwrap();
        }
    }
    unreachable!("the loop has no end")
}

#[tokio::test]
async fn what_has_ended_before_a_cut_stays_and_counts() {
    // The first is not run again, or it would fail, too.
    let record = changed_after_the_first::<Two>(succeeds, fails).await;
    let parent = "parent: before Success, kids Failed";
    expect(&record, Failed, &[parent, WELL, BADLY, BADLY]);

    // The failure from before is one too many.
    let record = changed_after_the_first::<Two>(fails, succeeds).await;
    expect(&record, Failed, &[parent, BADLY]);

    // It is tolerated.
    let record = changed_after_the_first::<Tolerant>(fails, succeeds).await;
    let parent = "parent: before Success, kids Success, after Success";
    expect(&record, Success, &[parent, BADLY, WELL, WELL, WELL]);
}

#[test]
fn targets_that_cannot_be_are_refused() {
    let many = |count: usize| {
        (0..count)
            .map(|number| number.to_string())
            .collect::<Vec<_>>()
    };
    let of = |count| Targets::values("Name".to_owned(), many(count));
    assert!(of(50).is_ok());
    let error = of(51).unwrap_err().to_string();
    assert_eq!(error, "`Values` has 51 elements, but 1 to 50 can be");
    assert!(of(0).is_err());
    let map = [("Name".to_owned(), vec!["web".to_owned()])];
    assert!(Targets::maps(vec![map.clone(); 300]).is_ok());
    let error = Targets::maps(vec![map; 301]).unwrap_err().to_string();
    assert_eq!(error, "`TargetMaps` has 301 elements, but 1 to 300 can be");

    let other = Targets::values("Role".to_owned(), many(1)).unwrap();
    let error = fleet(other, "1", "0").unwrap_err().to_string();
    assert!(
        error.contains("the runbook `kid` has no parameter `Role`"),
        "{error}"
    );
    let error = fleet(of(1).unwrap(), "none", "0").unwrap_err().to_string();
    assert!(error.contains("`MaxConcurrency` is `none`"), "{error}");
}
