//! Procedures whose time is up: what they have started is stopped first (spec 5.19).

use runbook_runtime::effect::Effect;
use runbook_runtime::flow::Flow;
use runbook_runtime::procedure::RunCommand;
use runbook_runtime::runbook::{Definition, StepDefinition};
use runbook_runtime::status::Status::{Cancelled, TimedOut};
use runbook_runtime::value::{InputError, Map};
use serde_json::json;

use crate::toy::{Do, Reply, Sheet, State, Step, definition, run, run_cancelled, step};

/// A step `a` that runs a command in at most a minute, and tries twice.
pub(crate) struct Command;

impl Sheet for Command {
    const DEFINITION: &'static Definition = &definition(
        "command",
        &[StepDefinition {
            time_limit: Some(60),
            max_attempts: Some(2),
            ..step("a")
        }],
    );

    fn flow(_: Step) -> Flow<Step> {
        Flow::last()
    }

    fn effect(_: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
        let by_id = |_: String| Do(Map::new());
        Ok(Effect::run(RunCommand {
            agents: None,
            send: Do(Map::new()),
            command: by_id,
            invocations: by_id,
            cancel: by_id,
        }))
    }
}

/// A command that never ends; to cancel it is refused at first.
pub(crate) fn endless(_: &str, _: u32, number: u32) -> Reply {
    match number {
        1 => Reply::Answer(json!({"Command": {"CommandId": "c-1"}})),
        2..=6 => Reply::Answer(json!({"Commands": [{"Status": "InProgress"}]})),
        7 => Reply::Throttled,
        _ => Reply::Answer(json!({})),
    }
}

#[tokio::test]
async fn what_was_started_is_stopped_when_the_time_is_up() {
    let outcome = run::<Command>(endless).await;

    assert_eq!(outcome.record.status(), TimedOut);
    let calls: Vec<String> = (1..=2)
        .flat_map(|attempt| (1..=8).map(move |number| format!("a/{attempt}/{number}")))
        .collect();
    assert_eq!(outcome.calls, calls);
    assert_eq!(
        outcome.cause("a"),
        "Step timed out while step is verifying the command has completed. Command c-1 is InProgress."
    );
}

#[tokio::test]
async fn what_is_being_stopped_can_be_cancelled() {
    let outcome = run_cancelled::<Command>(endless, Some(61)).await;

    assert_eq!(outcome.record.status(), Cancelled);
    assert_eq!(outcome.calls.last().map(String::as_str), Some("a/1/8"));
}
