//! Steps that wait for people: approvals and pauses (spec 5.1, 5.18; section 8, rows 38 and 39).

use std::sync::Mutex;
use std::time::Duration;

use runbook_runtime::approval::Approval;
use runbook_runtime::caller::BoxFuture;
use runbook_runtime::cancel::CancelToken;
use runbook_runtime::clock::{Clock, VirtualClock};
use runbook_runtime::effect::Effect;
use runbook_runtime::engine::{Engine, EngineError};
use runbook_runtime::event::{Change, Event};
use runbook_runtime::execution::Execution;
use runbook_runtime::flow::{Flow, OnCancel, OnFailure};
use runbook_runtime::observer::{Activity, Observer, View};
use runbook_runtime::record::Record;
use runbook_runtime::runbook::{Definition, StepDefinition};
use runbook_runtime::signal::{Awaited, Refusal, Signal, SignalKind, Signals, Wanted};
use runbook_runtime::simulate::{self, Scenario};
use runbook_runtime::status::Status;
use runbook_runtime::store::{MemoryStore, Store};
use runbook_runtime::value::InputError;
use serde_json::{Value, json};

use crate::toy::{
    BreakingStore, Do, EXECUTION, Reply, Script, ScriptedCaller, Sheet, State, Step, Toy, call,
    definition, done, morning, start, step,
};

const OPS: &str = "arn:aws-cn:iam::111122223333:user/ops";
const ANA: &str = "arn:aws-cn:sts::111122223333:assumed-role/Deployer/ana";
const BEN: &str = "arn:aws-cn:sts::111122223333:assumed-role/Deployer/ben";
const EVE: &str = "arn:aws-cn:iam::999988887777:user/ops";

const APPROVE: StepDefinition = StepDefinition {
    action: "aws:approve",
    time_limit: Some(604_800),
    inputs: &[],
    ..step("ask")
};

fn approval(approvers: &[&str], required: Option<i64>) -> Result<Approval, InputError> {
    let approvers = approvers.iter().map(|&name| name.to_owned()).collect();
    Approval::new(approvers, required)
}

/// `ask`, that asks as said and leads as said, before a call and a step for failures.
macro_rules! questions {
    ($($name:ident: $definition:expr, $flow:expr, $effect:expr;)*) => { $(
        struct $name;

        impl Sheet for $name {
            const DEFINITION: &'static Definition =
                &definition("ask", &[$definition, step("go"), step("tell")]);

            fn flow(step: Step) -> Flow<Step> {
                match step.0 {
                    0 => $flow,
                    1 => Flow::end(),
                    _ => Flow::last(),
                }
            }

            fn effect(step: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
                match step.0 {
                    0 => $effect,
                    _ => Ok(call()),
                }
            }
        }
    )* };
}

const FIRST: Flow<Step> = Flow::then(Step(1));
const ROLE: &str = "arn:aws-cn:iam::111122223333:role/team/Deployer";

questions! {
    Two: APPROVE, FIRST, Ok(Effect::approve(approval(&["ops", ROLE], Some(2))?));
    One: APPROVE, FIRST.on_cancel(OnCancel::Step(Step(2))), Ok(Effect::approve(approval(&["ops", ROLE], None)?));
    Handled: APPROVE, FIRST.on_failure(OnFailure::Step(Step(2))).is_critical(false),
        Ok(Effect::approve(approval(&["ops"], None)?));
    Thrice: StepDefinition { max_attempts: Some(3), time_limit: Some(60), ..APPROVE }, FIRST,
        Ok(Effect::approve(approval(&["ops", ROLE], Some(2))?));
    Announced: APPROVE, FIRST,
        Ok(Effect::approve(approval(&["ops"], None)?.message("Go?".to_owned())?).announced_by(Do(topic())));
    Enhanced: APPROVE, FIRST, Ok(Effect::approve(Approval::enhanced(lines(), Some(3))?).announced_by(Do(topic())));
    NobodyToAsk: APPROVE, FIRST, Ok(Effect::approve(approval(&[], None)?));
    TooMany: APPROVE, FIRST, Ok(Effect::approve(approval(&["ops"], Some(2))?));
    Rest: StepDefinition { action: "aws:pause", time_limit: None, ..APPROVE }, FIRST, Ok(Effect::pause());
    ShortRest: StepDefinition { action: "aws:pause", time_limit: Some(60), ..APPROVE }, FIRST, Ok(Effect::pause());
}

/// What a change template writes.
fn lines() -> Value {
    json!([
        {"approver": "ops", "type": "IamUser", "minRequiredApprovals": 1},
        {"approver": ROLE, "type": "IamRole", "minRequiredApprovals": 0},
    ])
}

fn topic() -> runbook_runtime::value::Map {
    let mut members = runbook_runtime::value::Map::new();
    members.insert("TopicArn".to_owned(), "arn:aws-cn:sns:topic".into());
    members
}

/// Somebody who says something some seconds after the step has begun to wait.
type Line = (u64, SignalKind, &'static str);

/// Says lines one after the other, in every wait from the first on; the number of decisions tells how far it is.
struct People<'a> {
    lines: &'static [Line],
    clock: &'a VirtualClock,
    said: Mutex<(Option<jiff::Timestamp>, usize)>,
    refusals: Mutex<Vec<String>>,
}

impl<'a> People<'a> {
    fn new(lines: &'static [Line], clock: &'a VirtualClock) -> Self {
        let (said, refusals) = (Mutex::default(), Mutex::default());
        Self {
            lines,
            clock,
            said,
            refusals,
        }
    }
}

impl Signals for People<'_> {
    fn next<'a>(&'a self, awaited: &'a Awaited<'a>) -> BoxFuture<'a, Signal> {
        Box::pin(async move {
            let number = {
                let mut said = self.said.lock().unwrap();
                if said.0 != Some(awaited.since) {
                    *said = (Some(awaited.since), 0);
                }
                said.1
            };
            let Some((seconds, kind, by)) = self.lines.get(number) else {
                return std::future::pending().await;
            };
            let moment = awaited.since + Duration::from_secs(*seconds);
            self.clock.sleep_until(moment).await;
            self.said.lock().unwrap().1 += 1;
            Signal {
                kind: *kind,
                step: None,
                by: (*by).to_owned(),
                comment: Some("so be it".to_owned()),
                letter: None,
            }
        })
    }

    fn refused(&self, _: &Signal, refusal: &Refusal) {
        self.refusals.lock().unwrap().push(refusal.to_string());
    }
}

/// Remembers the statuses that the execution and its step had after each event.
#[derive(Default)]
struct Statuses(Mutex<Vec<String>>);

impl Observer for Statuses {
    fn observe(&self, event: &Event, view: &View) {
        let step = view.step.as_ref();
        let activity = match step.map(|step| &step.activity) {
            Some(Activity::Listening { approvals }) => format!(" {approvals:?}"),
            _ => String::new(),
        };
        self.0.lock().unwrap().push(format!(
            "{} {} {}{activity}",
            event.change.name(),
            view.status,
            step.map_or(Status::Pending, |step| step.status),
        ));
    }
}

/// What came of a run.
struct Heard {
    record: Record,
    refusals: Vec<String>,
    statuses: Vec<String>,
    calls: Vec<String>,
    events: Vec<Event>,
}

impl Heard {
    fn steps(&self) -> Vec<String> {
        let steps = self.record.automation_execution.step_executions.iter();
        let started = steps.filter(|step| step.execution_start_time.is_some());
        started
            .map(|step| format!("{} {}", step.step_name, step.step_status))
            .collect()
    }

    fn seconds(&self) -> i64 {
        let execution = &self.record.automation_execution;
        let end = execution.execution_end_time.unwrap();
        end.duration_since(execution.execution_start_time).as_secs()
    }

    fn failure(&self) -> &str {
        let step = self.record.step("ask").unwrap();
        step.failure_message.as_deref().unwrap()
    }

    fn payload(&self) -> Value {
        let outputs = self.record.step("ask").unwrap().outputs.clone().unwrap();
        let payload = json!(outputs);
        let payload = payload.pointer("/OutputPayload/0").unwrap().as_str();
        serde_json::from_str(payload.unwrap()).unwrap()
    }
}

async fn run<S: Sheet>(lines: &'static [Line]) -> Heard {
    run_with::<S>(lines, |_, _, _| done(), None).await
}

async fn run_with<S: Sheet>(
    lines: &'static [Line],
    script: Script,
    cancel_after: Option<u64>,
) -> Heard {
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(script, &clock);
    let store = MemoryStore::new();
    let people = People::new(lines, &clock);
    let statuses = Statuses::default();
    let cancel = CancelToken::new();
    let engine = Engine::<Toy<S>>::new(&caller, &clock, &store)
        .observer(&statuses)
        .signals(&people)
        .cancel(cancel.clone());
    let canceller = async {
        if let Some(seconds) = cancel_after {
            let moment = morning() + Duration::from_secs(seconds);
            clock.sleep_until(moment).await;
            cancel.cancel();
        }
        std::future::pending::<Record>().await
    };
    let record = tokio::select! {
        biased;
        record = engine.run(start()) => record.unwrap(),
        never = canceller => never,
    };
    Heard {
        record,
        refusals: people.refusals.into_inner().unwrap(),
        statuses: statuses.0.into_inner().unwrap(),
        calls: caller.calls(),
        events: store.events(EXECUTION).unwrap(),
    }
}

use SignalKind::{Approve, Reject, Resume};

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

#[tokio::test]
async fn pause_ends_when_somebody_resumes_it() {
    let heard = run::<Rest>(&[(1, Approve, OPS), (86_400, Resume, EVE)]).await;
    assert_eq!(heard.record.status(), Status::Success);
    assert_eq!(heard.seconds(), 86_400);
    assert_eq!(
        heard.refusals,
        ["`ask` cannot be approved: it waits to be resumed"]
    );
    assert_eq!(heard.record.step("ask").unwrap().outputs, None);
}

#[tokio::test]
async fn pause_with_a_limit_times_out() {
    let heard = run::<ShortRest>(&[]).await;
    assert_eq!(heard.record.status(), Status::TimedOut);
    assert_eq!(heard.seconds(), 60);
}

#[tokio::test]
async fn signals_for_other_steps_are_refused() {
    let clock = VirtualClock::new(morning());
    let caller = ScriptedCaller::new(|_, _, _| done(), &clock);
    let store = MemoryStore::new();
    // Began, Identified, StepStarted, AwaitsSignal.
    let breaking = BreakingStore::new(&store, 4);
    let people = People::new(&[(1, Approve, OPS)], &clock);
    let engine = Engine::<Toy<Two>>::new(&caller, &clock, &breaking).signals(&people);
    assert!(matches!(
        engine.run(start()).await,
        Err(EngineError::Store(_))
    ));

    let execution = Execution::<Toy<Two>>::from_events(&store.events(EXECUTION).unwrap()).unwrap();
    let signal = |step: &str| Signal {
        kind: Approve,
        step: Some(step.to_owned()),
        by: OPS.to_owned(),
        comment: None,
        letter: None,
    };
    assert!(matches!(
        execution.hear(&signal("ask")),
        Ok(Change::Signalled { .. })
    ));
    assert_eq!(
        execution.hear(&signal("go")).unwrap_err().to_string(),
        "`go` does not wait for a signal, `ask` does"
    );
    let awaited = execution.awaited().unwrap();
    assert_eq!(awaited.step, "ask");
    assert!(matches!(awaited.wanted, Wanted::Decisions { made: [], .. }));
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

/// Plays a scenario; gives what is unmet and unused, or why it cannot be played.
async fn simulated<S: Sheet>(scenario: &str) -> Result<(Vec<String>, Vec<String>), String> {
    let scenario = Scenario::read(scenario, "s.yaml").map_err(|errors| errors.to_string())?;
    let outcome = simulate::run::<Toy<S>>(scenario, &(), CancelToken::new()).await;
    let outcome = outcome.map_err(|error| error.to_string())?;
    let unmet = outcome.unmet.iter().map(ToString::to_string);
    Ok((unmet.collect(), outcome.unused))
}

#[tokio::test]
async fn scenario_in_which_nobody_ends_an_endless_pause_cannot_be_played() {
    let problem = simulated::<Rest>("{}").await.unwrap_err();
    assert_eq!(
        problem,
        "s.yaml: the step `ask` waits for a signal without a limit, and nobody gives it one: write it under `signals:`, \
         as `ask: resume`"
    );
    // Something else ends it.
    let cancelled = simulated::<Rest>("{cancel: {after: P60D}, expect: {status: Cancelled}}").await;
    assert_eq!(cancelled, Ok((vec![], vec![])));
    let timed_out = simulated::<ShortRest>("{expect: {status: TimedOut}}").await;
    assert_eq!(timed_out, Ok((vec![], vec![])));
}

#[tokio::test]
async fn scenario_says_which_signals_are_refused() {
    let answers = "answers: {go: {}}, expect: {status: Success}";
    let play = |signals: &str| format!("{{{answers}, signals: {{ask: [{signals}]}}}}");
    let stranger = "by: 'arn:aws:iam::1:user/eve'";

    let expected = play(&format!(
        "{{signal: reject, {stranger}, refused: none of the}}, approve, approve"
    ));
    assert_eq!(simulated::<Two>(&expected).await, Ok((vec![], vec![])));

    let unexpected = play(&format!("{{signal: reject, {stranger}}}, approve, approve"));
    let (unmet, _) = simulated::<Two>(&unexpected).await.unwrap();
    let [refused] = unmet.as_slice() else {
        panic!("{unmet:?}");
    };
    assert!(refused.starts_with("rejected by arn:aws:iam::1:user/eve: this was refused: "));

    let accepted = play("{signal: approve, refused: none of the}, approve");
    let (unmet, _) = simulated::<Two>(&accepted).await.unwrap();
    assert_eq!(
        unmet,
        [
            "ask was approved by arn:aws:iam::111122223333:user/ops, but this should have been refused with \"none of \
             the\""
        ]
    );

    let (_, unused) = simulated::<NobodyToAsk>("{signals: {ask: approve}}")
        .await
        .unwrap();
    assert_eq!(unused, ["signals.ask"]);
}

#[tokio::test]
async fn signals_of_scenarios_are_checked_before_they_are_played() {
    let wrong = "{signals: {go: approve, aks: resume, ask: maybe}}";
    assert_eq!(
        simulated::<Two>(wrong).await.unwrap_err(),
        "s.yaml: `signals.ask` is the text \"maybe\", but approve, reject or resume belongs there"
    );
    assert_eq!(
        simulated::<Two>("{signals: {go: approve, aks: resume}}")
            .await
            .unwrap_err(),
        "s.yaml: `signals.go`: the step waits for nobody (aws:executeAwsApi)\n\
         s.yaml: `signals.aks`: the runbook has no step `aks`; did you mean `ask`?"
    );
}
