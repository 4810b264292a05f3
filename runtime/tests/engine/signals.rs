//! Steps that wait for people: those who speak, pauses, and the signals of scenarios (spec 5.18; section 8, rows 38 and 39).

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
use runbook_runtime::signal::SignalKind::{Approve, Resume};
use runbook_runtime::signal::{Awaited, Refusal, Signal, SignalKind, Signals, Wanted};
use runbook_runtime::simulate::{self, Scenario};
use runbook_runtime::status::Status;
use runbook_runtime::store::{MemoryStore, Store};
use runbook_runtime::value::InputError;
use serde_json::{Value, json};

use crate::toy::{
    self, BreakingStore, Do, EXECUTION, Script, ScriptedCaller, Sheet, State, Step, Toy, call,
    definition, done, morning, start, step,
};

pub(crate) const OPS: &str = "arn:aws-cn:iam::111122223333:user/ops";
pub(crate) const ROLE: &str = "arn:aws-cn:iam::111122223333:role/team/Deployer";
pub(crate) const ANA: &str = "arn:aws-cn:sts::111122223333:assumed-role/Deployer/ana";
pub(crate) const BEN: &str = "arn:aws-cn:sts::111122223333:assumed-role/Deployer/ben";
pub(crate) const EVE: &str = "arn:aws-cn:iam::999988887777:user/ops";

pub(crate) const APPROVE: StepDefinition = StepDefinition {
    action: "aws:approve",
    time_limit: Some(604_800),
    inputs: &[],
    ..step("ask")
};

pub(crate) fn approval(approvers: &[&str], required: Option<i64>) -> Result<Approval, InputError> {
    let approvers = approvers.iter().map(|&name| name.to_owned()).collect();
    Approval::new(approvers, required)
}

/// `ask`, that asks as said and leads as said, before a call and a step for failures.
macro_rules! questions {
    ($($name:ident: $definition:expr, $flow:expr, $effect:expr;)*) => { $(
        pub(crate) struct $name;

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
pub(crate) fn lines() -> Value {
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
pub(crate) type Line = (u64, SignalKind, &'static str);

/// Says lines one after the other, in every wait from the first on; the number of decisions tells how far it is.
pub(crate) struct People<'a> {
    lines: &'static [Line],
    clock: &'a VirtualClock,
    said: Mutex<(Option<jiff::Timestamp>, usize)>,
    refusals: Mutex<Vec<String>>,
}

impl<'a> People<'a> {
    pub(crate) fn new(lines: &'static [Line], clock: &'a VirtualClock) -> Self {
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
pub(crate) struct Statuses(Mutex<Vec<String>>);

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
pub(crate) struct Heard {
    pub(crate) record: Record,
    pub(crate) refusals: Vec<String>,
    pub(crate) statuses: Vec<String>,
    pub(crate) calls: Vec<String>,
    pub(crate) events: Vec<Event>,
}

impl Heard {
    pub(crate) fn steps(&self) -> Vec<String> {
        toy::steps(&self.record)
    }

    pub(crate) fn seconds(&self) -> i64 {
        toy::seconds(&self.record)
    }

    pub(crate) fn failure(&self) -> &str {
        let step = self.record.step("ask").unwrap();
        step.failure_message.as_deref().unwrap()
    }

    pub(crate) fn payload(&self) -> Value {
        let outputs = self.record.step("ask").unwrap().outputs.clone().unwrap();
        let payload = json!(outputs);
        let payload = payload.pointer("/OutputPayload/0").unwrap().as_str();
        serde_json::from_str(payload.unwrap()).unwrap()
    }
}

pub(crate) async fn run<S: Sheet>(lines: &'static [Line]) -> Heard {
    run_with::<S>(lines, |_, _, _| done(), None).await
}

pub(crate) async fn run_with<S: Sheet>(
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

/// Plays a scenario; gives what is unmet and unused, or why it cannot be played.
pub(crate) async fn simulated<S: Sheet>(
    scenario: &str,
) -> Result<(Vec<String>, Vec<String>), String> {
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
        "s.yaml:1:43: `signals.ask` is the text \"maybe\", but approve, reject or resume belongs there"
    );
    assert_eq!(
        simulated::<Two>("{signals: {go: approve, aks: resume}}")
            .await
            .unwrap_err(),
        "s.yaml:1:12: `signals.go`: the step waits for nobody (aws:executeAwsApi)\n\
         s.yaml:1:25: `signals.aks`: the runbook has no step `aks`; did you mean `ask`?"
    );
}
