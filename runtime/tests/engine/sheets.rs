//! The runbooks of the tests, and the scripts that answer them.

use runbook_runtime::effect::Effect;
use runbook_runtime::flow::{Flow, OnCancel, OnFailure};
use runbook_runtime::runbook::{Definition, DocumentOutput, StepDefinition};
use runbook_runtime::selector::{Segment, Selector};
use runbook_runtime::value::InputError;
use serde_json::json;

use crate::toy::{Do, Reply, Sheet, State, Step, call, definition, done, step};

static STATUS: Selector = Selector::new("$.Status", &[Segment::Key("Status")]);

pub(crate) fn until_ready() -> Effect<Do, Step> {
    call().until(&STATUS, vec!["READY".to_owned()])
}

pub(crate) fn assert_ready() -> Effect<Do, Step> {
    call().assert(&STATUS, vec!["READY".to_owned()])
}

/// Everything at once: attempts, polls, a branch, a sleep, a function that fails, a step never reached.
pub(crate) struct Everything;

impl Sheet for Everything {
    const DEFINITION: &'static Definition = &Definition {
        assume_role: None,
        outputs: &[
            DocumentOutput {
                step: "create",
                output: "value",
            },
            DocumentOutput {
                step: "skipped",
                output: "value",
            },
            DocumentOutput {
                step: "invoke",
                output: "value",
            },
        ],
        ..definition("everything", Self::STEPS)
    };

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::then(Step(1)).on_failure(OnFailure::Abort),
            5 => Flow::last()
                .on_failure(OnFailure::Continue)
                .is_critical(true)
                .is_end(true),
            number => Flow::then(Step(number + 1)),
        }
    }

    fn effect(step: Step, state: &State) -> Result<Effect<Do, Step>, InputError> {
        Ok(match step.0 {
            0 => {
                let name = state.parameters.get("Name").cloned().unwrap_or_default();
                call().show_input("", "Name", name)
            }
            1 => until_ready(),
            2 => Effect::jump(Some(Step(4))),
            4 => Effect::sleep("PT1M")?,
            5 => call().unless_function_error(),
            _ => call(),
        })
    }
}

impl Everything {
    const STEPS: &'static [StepDefinition] = &[
        StepDefinition {
            max_attempts: Some(3),
            ..step("create")
        },
        StepDefinition {
            timeout_seconds: Some(600),
            time_limit: Some(600),
            ..step("wait")
        },
        StepDefinition {
            action: "aws:branch",
            inputs: &[],
            ..step("choose")
        },
        step("skipped"),
        StepDefinition {
            action: "aws:sleep",
            inputs: &[],
            ..step("rest")
        },
        StepDefinition {
            action: "aws:invokeLambdaFunction",
            inputs: &[],
            ..step("invoke")
        },
    ];

    pub(crate) fn script(step: &str, attempt: u32, number: u32) -> Reply {
        match (step, attempt, number) {
            ("create", 1, _) => Reply::Error("Unlucky"),
            ("create", 2, 1) => Reply::Throttled,
            ("wait", _, 2) => Reply::Throttled,
            ("wait", _, 1 | 3) => Reply::Answer(json!({"Status": "STARTING"})),
            ("wait", ..) => Reply::Slow(3, json!({"Status": "READY"})),
            ("invoke", ..) => Reply::Answer(json!({
                "StatusCode": 200,
                "FunctionError": "Unhandled",
                "Payload": "{\"errorType\": \"KeyError\", \"errorMessage\": \"'x'\"}",
                "Value": "half",
            })),
            _ => done(),
        }
    }
}

/// Three steps, the first of which leads as said.
macro_rules! three_steps {
    ($($name:ident: $flow:expr;)*) => { $(
        pub(crate) struct $name;

        impl Sheet for $name {
            const DEFINITION: &'static Definition =
                &definition("three", &[step("a"), step("b"), step("c")]);

            fn flow(step: Step) -> Flow<Step> {
                match step.0 {
                    0 => $flow,
                    1 => Flow::then(Step(2)),
                    _ => Flow::last(),
                }
            }
        }
    )* };
}

const FIRST: Flow<Step> = Flow::then(Step(1));
const TO_C: Flow<Step> = FIRST.on_failure(OnFailure::Step(Step(2)));
const CONTINUE: Flow<Step> = FIRST.on_failure(OnFailure::Continue);

three_steps! {
    Plain: FIRST;
    NextStep: FIRST.next_step(Step(2));
    AbortUncritical: FIRST.is_critical(false);
    AbortAtEnd: FIRST.is_end(true);
    Jump: TO_C;
    JumpUncritical: TO_C.is_critical(false);
    JumpAtEnd: TO_C.is_end(true);
    JumpAtEndUncritical: TO_C.is_end(true).is_critical(false);
    Continue: CONTINUE;
    ContinueCritical: CONTINUE.is_critical(true);
    ContinueAtEnd: CONTINUE.is_end(true);
    ContinueAtEndCritical: CONTINUE.is_end(true).is_critical(true);
    CancelToC: FIRST.on_cancel(OnCancel::Step(Step(2)));
}

/// A branch that chooses what is said, before two steps.
macro_rules! branches {
    ($($name:ident: $jump:expr, $flow:expr;)*) => { $(
        pub(crate) struct $name;

        impl Sheet for $name {
            const DEFINITION: &'static Definition =
                &definition("branch", &[step("a"), step("b"), step("c")]);

            fn flow(step: Step) -> Flow<Step> {
                match step.0 {
                    0 => $flow,
                    _ => Flow::last(),
                }
            }

            fn effect(step: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
                Ok(if step.0 == 0 { Effect::jump($jump) } else { call() })
            }
        }
    )* };
}

branches! {
    Chosen: Some(Step(2)), FIRST;
    ChosenAtEnd: Some(Step(2)), FIRST.is_end(true);
    NotChosen: None, FIRST;
    NotChosenAtEnd: None, FIRST.is_end(true);
}

/// One step, declared and asking as said.
macro_rules! one_step {
    ($($name:ident: $definition:expr, $effect:expr;)*) => { $(
        pub(crate) struct $name;

        impl Sheet for $name {
            const DEFINITION: &'static Definition = &definition("one", &[$definition]);

            fn flow(_: Step) -> Flow<Step> {
                Flow::last()
            }

            fn effect(_: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
                $effect
            }
        }
    )* };
}

const THRICE: StepDefinition = StepDefinition {
    max_attempts: Some(3),
    ..step("a")
};
const PATIENT: StepDefinition = StepDefinition {
    time_limit: Some(3600),
    ..step("a")
};

one_step! {
    Thrice: THRICE, Ok(call());
    ThriceWithoutInput: THRICE, Err(InputError::Missing { reference: "look.Id".to_owned() });
    Patient: PATIENT, Ok(call());
    Hasty: StepDefinition { time_limit: Some(3), ..step("a") }, Ok(call());
    Wait: PATIENT, Ok(until_ready());
    WaitTwice: StepDefinition { max_attempts: Some(2), time_limit: Some(60), ..step("a") }, Ok(until_ready());
    Assert: step("a"), Ok(assert_ready());
    Invoke: step("a"), Ok(call().unless_function_error());
    Sleep: step("a"), Effect::sleep("PT1H");
    SleepUntilPast: step("a"), Effect::sleep_until("2020-01-01T00:00:00Z");
    SleepUntil: step("a"), Effect::sleep_until("2026-01-31T10:00:00Z");
}

/// A step that does not succeed on a chain of three after a cancelled sleep.
pub(crate) struct CancelChain;

impl Sheet for CancelChain {
    const DEFINITION: &'static Definition = &definition(
        "chain",
        &[
            step("sleep"),
            step("never"),
            step("clean"),
            step("slow"),
            step("last"),
        ],
    );

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::then(Step(1)).on_cancel(OnCancel::Step(Step(2))),
            4 => Flow::last(),
            number => Flow::then(Step(number + 1)),
        }
    }

    fn effect(step: Step, _: &State) -> Result<Effect<Do, Step>, InputError> {
        match step.0 {
            0 => Effect::sleep("PT10M"),
            3 => Effect::sleep("PT5M"),
            _ => Ok(call()),
        }
    }
}
