//! Approvals: who may decide, what decisions come to, and what is told (spec 5.1; section 8, rows 38 and 39).

use runbook_runtime::clock::VirtualClock;
use runbook_runtime::effect::Effect;
use runbook_runtime::engine::Engine;
use runbook_runtime::event::Change;
use runbook_runtime::flow::{Flow, OnCancel};
use runbook_runtime::runbook::{Definition, StepDefinition};
use runbook_runtime::signal::SignalKind::{Approve, Reject, Resume};
use runbook_runtime::status::Status;
use runbook_runtime::store::{MemoryStore, Store};
use runbook_runtime::value::InputError;
use serde_json::{Value, json};

use crate::signals::{
    ANA, APPROVE, Announced, BEN, EVE, Enhanced, Handled, Line, NobodyToAsk, OPS, One, People,
    ROLE, Thrice, TooMany, Two, approval, lines, run, run_with,
};
use crate::toy::{
    BreakingStore, Do, EXECUTION, Reply, Script, ScriptedCaller, Sheet, State, Step, Toy, call,
    definition, done, morning, start, step,
};

#[tokio::test]
async fn step_and_execution_wait_until_there_are_enough_approvals() {
    let heard = run::<Two>(&[(60, Approve, OPS), (120, Approve, ANA)]).await;
    assert_eq!(heard.record.status(), Status::Success);
    assert_eq!(heard.steps(), ["ask Success", "go Success"]);
    assert_eq!(heard.seconds(), 120);
    assert_eq!(
        heard.statuses[2..7],
        [
            "StepStarted InProgress InProgress",
            "AwaitsSignal Waiting Waiting Some((0, 2))",
            "Signalled Waiting Waiting Some((1, 2))",
            "Signalled InProgress InProgress",
            "StepEnded InProgress Success",
        ]
    );
    assert_eq!(
        heard.payload(),
        json!({
            "ApprovalStatus": "Approved",
            "ApproverDecisions": [
                {
                    "Approver": OPS,
                    "ApprovalStatus": "Approve",
                    "ApprovalDecisionTime": "2026-01-31T08:01:00.101Z",
                    "Comment": "so be it",
                },
                {
                    "Approver": ANA,
                    "ApprovalStatus": "Approve",
                    "ApprovalDecisionTime": "2026-01-31T08:02:00.101Z",
                    "Comment": "so be it",
                },
            ],
        })
    );
}

#[tokio::test]
async fn any_rejection_fails_the_step_whatever_was_approved_before() {
    let heard = run::<Two>(&[(1, Approve, OPS), (2, Reject, ANA)]).await;
    assert_eq!(heard.record.status(), Status::Failed);
    assert_eq!(heard.steps(), ["ask Failed"]);
    assert!(
        heard
            .failure()
            .contains(&format!("The step was rejected by {ANA}: so be it"))
    );
    assert_eq!(heard.payload()["ApprovalStatus"], "Rejected");
    assert_eq!(
        heard.record.automation_execution.failure_message.as_deref(),
        Some(heard.failure())
    );
}

#[tokio::test]
async fn rejected_step_is_not_asked_again() {
    let heard = run::<Thrice>(&[(1, Reject, OPS)]).await;
    assert_eq!(heard.steps(), ["ask Failed"]);
    assert_eq!(heard.seconds(), 1);
}

#[tokio::test]
async fn rejection_goes_where_a_failure_leads() {
    let heard = run::<Handled>(&[(1, Reject, OPS)]).await;
    assert_eq!(heard.record.status(), Status::Success);
    assert_eq!(heard.steps(), ["ask Failed", "tell Success"]);
}

#[tokio::test]
async fn strangers_and_second_votes_are_refused_and_change_nothing() {
    let lines = &[
        (1, Approve, EVE),
        (2, Reject, EVE),
        (3, Resume, OPS),
        (4, Approve, ANA),
        (5, Approve, ANA),
        (6, Reject, ANA),
        (7, Reject, BEN),
        (8, Approve, OPS),
    ];
    let heard = run::<Two>(lines).await;
    assert_eq!(heard.record.status(), Status::Success);
    let stranger = format!("{EVE} is none of the approvers of `ask`: ops, {ROLE}");
    let again = format!("{ANA} has decided about `ask` already, and nobody decides twice");
    let taken = format!("{BEN} would decide about `ask` as {ROLE}, but so has {ANA} already");
    let pause = "`ask` cannot be resumed: it waits for a decision, approve or reject".to_owned();
    let expected = [&stranger, &stranger, &pause, &again, &again, &taken];
    assert_eq!(heard.refusals.iter().collect::<Vec<_>>(), expected);
    let signals = heard.events.iter();
    let signals = signals.filter(|event| matches!(event.change, Change::Signalled { .. }));
    assert_eq!(signals.count(), 2);
}

#[tokio::test]
async fn too_few_approvals_run_into_the_limit() {
    let heard = run::<Two>(&[(60, Approve, OPS)]).await;
    assert_eq!(heard.record.status(), Status::TimedOut);
    assert_eq!(heard.steps(), ["ask TimedOut"]);
    assert_eq!(heard.seconds(), 604_800);
    assert!(
        heard
            .failure()
            .contains("Within 604800 seconds, 1 of 2 required approvals were given")
    );
    assert_eq!(heard.payload()["ApprovalStatus"], "Waiting");
    assert_eq!(heard.payload()["ApproverDecisions"][0]["Approver"], OPS);
}

#[tokio::test]
async fn timeout_counts_unless_the_step_says_otherwise() {
    let heard = run::<Handled>(&[]).await;
    assert_eq!(heard.record.status(), Status::Success);
    assert_eq!(heard.steps(), ["ask TimedOut", "tell Success"]);
}

#[tokio::test]
async fn each_attempt_hears_everybody_anew() {
    let heard = run::<Thrice>(&[(10, Approve, OPS), (70, Approve, ANA)]).await;
    assert_eq!(heard.record.status(), Status::TimedOut);
    assert_eq!(heard.seconds(), 60 + 1 + 60 + 2 + 60);
    assert!(heard.refusals.is_empty());
    assert!(heard.failure().contains("1 of 2 required approvals"));
    assert!(
        heard
            .statuses
            .contains(&"AttemptFailed InProgress InProgress".to_owned())
    );
}

#[tokio::test]
async fn cancelled_wait_goes_where_on_cancel_leads() {
    let heard = run_with::<One>(&[], |_, _, _| done(), Some(30)).await;
    assert_eq!(heard.record.status(), Status::Cancelled);
    assert_eq!(heard.steps(), ["ask Cancelled", "tell Success"]);
    assert_eq!(heard.seconds(), 30);
}

/// A pause whose cancellation leads to a step, and from there to a question and to a last step.
struct AsksWhenCancelled;

impl Sheet for AsksWhenCancelled {
    const DEFINITION: &'static Definition = &definition(
        "chain",
        &[
            StepDefinition {
                action: "aws:pause",
                time_limit: None,
                ..APPROVE
            },
            step("clean"),
            StepDefinition {
                name: "sure",
                ..APPROVE
            },
            step("last"),
        ],
    );

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::end().on_cancel(OnCancel::Step(Step(1))),
            3 => Flow::last(),
            number => Flow::then(Step(number + 1)),
        }
    }

    fn effect(step: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
        Ok(match step.0 {
            0 => Effect::pause(),
            2 => Effect::approve(approval(&["ops"], None)?),
            _ => call(),
        })
    }
}

#[tokio::test]
async fn question_after_a_cancellation_has_what_is_left_of_its_two_minutes() {
    let done: Script = |_, _, _| done();
    let heard = run_with::<AsksWhenCancelled>(&[], done, Some(30)).await;
    assert_eq!(heard.record.status(), Status::Cancelled);
    assert_eq!(
        heard.steps(),
        ["ask Cancelled", "clean Success", "sure Cancelled"]
    );
    assert_eq!(heard.seconds(), 30 + 120);
    // The execution does not go back to waiting while it is being cancelled.
    assert!(
        heard
            .statuses
            .contains(&"AwaitsSignal Cancelling Waiting Some((0, 1))".to_owned()),
        "{:?}",
        heard.statuses
    );

    let heard = run_with::<AsksWhenCancelled>(&[(60, Approve, OPS)], done, Some(30)).await;
    assert_eq!(heard.record.status(), Status::Cancelled);
    assert_eq!(heard.steps().last().unwrap(), "last Success");
    assert_eq!(heard.seconds(), 30 + 60);
}

#[tokio::test]
async fn notification_comes_before_the_wait() {
    let heard = run::<Announced>(&[(5, Approve, OPS)]).await;
    assert_eq!(heard.record.status(), Status::Success);
    assert_eq!(heard.calls, ["ask/1/1", "go/1/1"]);
    let inputs = heard.record.step("ask").unwrap().inputs.clone().unwrap();
    assert_eq!(
        json!(inputs),
        json!({
            "Approvers": "[\"ops\"]",
            "Message": "\"Go?\"",
            "NotificationArn": "\"arn:aws-cn:sns:topic\"",
        })
    );
}

#[tokio::test]
async fn lines_are_shown_as_written_and_both_counts_hold() {
    let lines = &[(5, Approve, ANA), (6, Approve, BEN), (7, Approve, OPS)];
    let heard = run::<Enhanced>(lines).await;
    assert_eq!(heard.record.status(), Status::Success);
    let inputs = heard.record.step("ask").unwrap().inputs.clone().unwrap();
    let mut shown = json!(inputs);
    let enhanced = shown["EnhancedApprovals"].as_str().unwrap().to_owned();
    assert_eq!(
        serde_json::from_str::<Value>(&enhanced).unwrap(),
        json!({"Approvers": self::lines(), "NotificationArn": "arn:aws-cn:sns:topic"})
    );
    shown["EnhancedApprovals"].take();
    assert_eq!(
        shown,
        json!({"EnhancedApprovals": null, "MinRequiredApprovals": "3"})
    );

    // Two of the role are two approvals, but not that of the user.
    let heard = run::<Enhanced>(&[(5, Approve, ANA), (6, Approve, BEN)]).await;
    assert_eq!(heard.record.status(), Status::TimedOut);
    let message = heard.record.step("ask").unwrap().failure_message.clone();
    assert!(
        message
            .unwrap()
            .contains("2 of 3 required approvals were given")
    );
}

#[tokio::test]
async fn notification_that_fails_fails_the_step() {
    let heard = run_with::<Announced>(
        &[(5, Approve, OPS)],
        |_, _, _| Reply::Error("NotFound"),
        None,
    );
    let heard = heard.await;
    assert_eq!(heard.steps(), ["ask Failed"]);
    assert!(heard.failure().contains("An error occurred (NotFound)"));
}

#[tokio::test]
async fn cancelled_notification_is_let_go() {
    let slow: Script = |_, _, _| Reply::Slow(20, json!({}));
    let heard = run_with::<Announced>(&[(5, Approve, OPS)], slow, Some(10)).await;
    assert_eq!(heard.steps(), ["ask Cancelled"]);
    assert_eq!(heard.seconds(), 10);
}

#[tokio::test]
async fn approvers_that_cannot_be_asked_fail_the_step() {
    let heard = run::<NobodyToAsk>(&[]).await;
    assert!(
        heard
            .failure()
            .contains("`Approvers` names 0, but 1 to 10 can be")
    );
    let heard = run::<TooMany>(&[]).await;
    assert!(
        heard
            .failure()
            .contains("`MinRequiredApprovals` is 2, but 1 to 1 can be")
    );
    let details = heard.record.step("ask").unwrap().failure_details.clone();
    let stage = format!("{:?}", details.unwrap().failure_stage);
    assert_eq!(stage, "InputValidation");
}

/// Cuts an execution after every event and goes on with another engine: nothing may change.
#[tokio::test]
async fn cut_after_any_event_of_an_approval_changes_nothing() {
    let lines: &'static [Line] = &[(60, Approve, OPS), (90, Approve, EVE), (120, Approve, ANA)];
    let whole = run::<Two>(lines).await;
    for limit in 1..whole.events.len() {
        let clock = VirtualClock::new(morning());
        let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
        let store = MemoryStore::new();
        let breaking = BreakingStore::new(&store, limit);
        let people = People::new(lines, &clock);
        let engine = Engine::<Toy<Two>>::new(&caller, &clock, &breaking).signals(&people);
        assert!(engine.run(start()).await.is_err());

        let last = store.events(EXECUTION).unwrap().pop().unwrap();
        let clock = VirtualClock::new(last.at);
        // What was said before the cut is said again, and refused where it counts already.
        let people = People::new(lines, &clock);
        let engine = Engine::<Toy<Two>>::new(&caller, &clock, &store).signals(&people);
        let record = engine.resume(EXECUTION).await.unwrap();
        assert_eq!(record, whole.record, "cut after {limit}");
    }
}
