//! Runs of a family: from their beginning, cancelled, completed early or cut off, with callers that answer by a script.

use std::any::Any;
use std::time::Duration;

use runbook_runtime::caller::{BoxFuture, Call, CallError, Caller};
use runbook_runtime::cancel::CancelToken;
use runbook_runtime::child::{Answers, Children, Connected, Connector, World};
use runbook_runtime::clock::{Clock, VirtualClock};
use runbook_runtime::doubt::OnUnknown;
use runbook_runtime::engine::{Engine, EngineError};
use runbook_runtime::local::{Outside, Performer, Permissions};
use runbook_runtime::parameters::Checked;
use runbook_runtime::record::Record;
use runbook_runtime::runbook::Definition;
use runbook_runtime::script::Credentials;
use runbook_runtime::status::Status;
use runbook_runtime::store::{MemoryStore, Store};
use runbook_runtime::value::Document;
use runbook_runtime::webhook::{Post, Posted};
use serde_json::json;
use uuid::Uuid;

use crate::family::{Ask, Member, Of};
use crate::toy::{self, BreakingStore, EXECUTION, Reply, Script, done, morning, start};

/// Runs the parent, or continues it.
pub(crate) async fn attempt<M: Member>(
    script: Script,
    clock: &VirtualClock,
    store: &dyn Store,
    cancel_after: Option<u64>,
    resumed: bool,
) -> Result<Record, EngineError> {
    let way = Way {
        cancel_after,
        resumed,
        ..Way::of(script)
    };
    attempt_of::<M>(way, clock, store).await
}

/// Runs the parent, which somebody asks after some seconds to start nothing more.
pub(crate) async fn completed<M: Member>(script: Script, after: u64) -> Record {
    let (clock, store) = (VirtualClock::new(morning()), MemoryStore::new());
    let way = Way::of(script);
    let complete = way.complete.clone();
    let work = attempt_of::<M>(way, &clock, &store);
    let somebody = async {
        clock.sleep(Duration::from_secs(after)).await;
        complete.cancel();
        std::future::pending().await
    };
    tokio::select! {
        biased;
        record = work => record.unwrap(),
        never = somebody => never,
    }
}

/// How a parent runs.
pub(crate) struct Way {
    pub(crate) scripted: Scripted,
    pub(crate) cancel_after: Option<u64>,
    pub(crate) resumed: bool,
    pub(crate) on_unknown: OnUnknown,
    pub(crate) complete: CancelToken,
}

impl Way {
    /// From its beginning to its end.
    pub(crate) fn of(script: Script) -> Self {
        Self {
            scripted: Scripted(script, None),
            cancel_after: None,
            resumed: false,
            on_unknown: OnUnknown::Ask,
            complete: CancelToken::new(),
        }
    }
}

/// Runs any member in some way.
pub(crate) async fn attempt_of<M: Member>(
    way: Way,
    clock: &VirtualClock,
    store: &dyn Store,
) -> Result<Record, EngineError> {
    let Way {
        scripted,
        cancel_after,
        resumed,
        on_unknown,
        complete,
    } = way;
    let gate = Gate { scripted, resumed };
    let world = World {
        clock,
        store,
        observer: &(),
        signals: &(),
        answers: Answers::Aws(&gate),
        on_unknown,
        dry_run: None,
    };
    let performer = Performer::new(&scripted, &Nowhere, "eu-west-1", Permissions::None)
        .children(Children::new(world, EXECUTION).complete(complete.clone()));
    let cancel = CancelToken::new();
    let engine = Engine::<Of<M>>::new(&performer, clock, store)
        .on_unknown(on_unknown)
        .complete(complete)
        .cancel(cancel.clone());
    let work = async {
        match resumed {
            true => engine.resume(EXECUTION).await,
            false => engine.run(start()).await,
        }
    };
    toy::cancelled(work, clock, &cancel, cancel_after).await
}

/// Cuts a run off after every event, and expects that it ends as it does without.
pub(crate) async fn cut_everywhere<M: Member>(script: Script, cancel_after: Option<u64>) {
    let (clock, store) = (VirtualClock::new(morning()), MemoryStore::new());
    let whole = attempt::<M>(script, &clock, &store, cancel_after, false).await;
    let whole = whole.unwrap();
    for cut in 1.. {
        let kept = MemoryStore::new();
        let breaking = BreakingStore::new(&kept, cut);
        let clock = VirtualClock::new(morning());
        let Err(_) = attempt::<M>(script, &clock, &breaking, cancel_after, false).await else {
            assert!(cut > 20, "only {cut} events");
            break;
        };
        // Another process, at the time of the cut: nothing is left but the store.
        let clock = VirtualClock::new(clock.now());
        let record = attempt::<M>(script, &clock, &kept, cancel_after, true).await;
        let record = record.unwrap();
        assert_eq!(steps(&record), steps(&whole), "cut after event {cut}");
        assert_eq!(record.status(), whole.status(), "cut after event {cut}");
    }
}

/// Answers by a script, wherever it is asked; slowly only where it has a clock.
#[derive(Clone, Copy)]
pub(crate) struct Scripted(pub(crate) Script, pub(crate) Option<&'static VirtualClock>);

impl Caller<Ask> for Scripted {
    fn call<'a>(
        &'a self,
        call: &'a Call,
        _: &'a Ask,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        let reply = match call.effect.step.is_empty() {
            true => {
                Ok(json!({"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/dev"}))
            }
            false => {
                let reply = (self.0)(&call.effect.step, call.effect.attempt, call.effect.number);
                match (reply, self.1) {
                    (Reply::Answer(answer), _) => Ok(answer),
                    (Reply::Slow(seconds, answer), Some(clock)) => {
                        return Box::pin(async move {
                            clock.sleep(Duration::from_secs(seconds)).await;
                            Ok(answer)
                        });
                    }
                    (Reply::Error(code), _) => Err(CallError::Connection(code.to_owned())),
                    _ => Err(CallError::Connection("unwritten".to_owned())),
                }
            }
        };
        Box::pin(std::future::ready(reply))
    }
}

/// Answers nothing.
struct Mute;

impl Caller<Ask> for Mute {
    fn call<'a>(&'a self, _: &'a Call, _: &'a Ask) -> BoxFuture<'a, Result<Document, CallError>> {
        let error = CallError::Connection("nobody answers".to_owned());
        Box::pin(std::future::ready(Err(error)))
    }
}

struct Nowhere;

impl Outside for Nowhere {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CallError>> {
        Box::pin(async { Err(CallError::Connection("nowhere".to_owned())) })
    }

    fn post<'a>(&'a self, _: &'a Post) -> BoxFuture<'a, Result<Posted, CallError>> {
        Box::pin(async { Err(CallError::Connection("nowhere".to_owned())) })
    }
}

/// Connects kids with the script; some of them not always.
struct Gate {
    scripted: Scripted,
    /// Whether the parent was cut off, and goes on.
    resumed: bool,
}

impl Connector for Gate {
    fn connect<'a>(
        &'a self,
        _: &'static Definition,
        _: Uuid,
        parameters: &'a Checked,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, CallError>> {
        let name = parameters.values.get("Name").and_then(Document::as_str);
        if name == Some("locked") || (name == Some("revoked") && self.resumed) {
            let error = CallError::Connection("the role cannot be assumed".to_owned());
            return Box::pin(std::future::ready(Err(error)));
        }
        let connected: Connected<Ask> = Connected {
            caller: match name {
                Some("nameless") => Box::new(Mute),
                _ => Box::new(self.scripted),
            },
            outside: Box::new(Nowhere),
            region: "eu-west-1".to_owned(),
            permissions: Permissions::None,
        };
        Box::pin(std::future::ready(Ok(
            Box::new(connected) as Box<dyn Any + Send>
        )))
    }
}

/// `kid: work Success, command Failed` for every execution, the parent first.
pub(crate) fn steps(record: &Record) -> Vec<String> {
    let name = &record.automation_execution.document_name;
    let own = format!("{name}: {}", toy::steps(record).join(", "));
    let children = record.child_executions.iter().flat_map(self::steps);
    std::iter::once(own).chain(children).collect()
}

/// A command that ends with a status at its third look; the kid's other steps are done at once.
fn ends(step: &str, number: u32, status: &str) -> Reply {
    match (step, number) {
        ("command", 1) => Reply::Answer(json!({"Command": {"CommandId": "c-1"}})),
        ("command", 2 | 3) => Reply::Answer(json!({"Commands": [{"Status": "InProgress"}]})),
        ("command", 4) => Reply::Answer(json!({"Commands": [{"Status": status}]})),
        _ => done(),
    }
}

pub(crate) fn succeeds(step: &str, _: u32, number: u32) -> Reply {
    ends(step, number, "Success")
}

pub(crate) fn fails(step: &str, _: u32, number: u32) -> Reply {
    ends(step, number, "Failed")
}

pub(crate) fn endless(step: &str, _: u32, number: u32) -> Reply {
    match (step, number) {
        ("command", 1) => Reply::Answer(json!({"Command": {"CommandId": "c-1"}})),
        ("command", _) => Reply::Answer(json!({"Commands": [{"Status": "InProgress"}]})),
        _ => done(),
    }
}

#[track_caller]
pub(crate) fn expect(record: &Record, status: Status, expected: &[&str]) {
    assert_eq!(record.status(), status);
    assert_eq!(steps(record), expected);
}
