//! A family of runbooks: one starts another in the same program, as a child or for each of several targets.

use std::marker::PhantomData;

use runbook_runtime::child::{Child, ChildRunbook, Fleet, OPERATION};
use runbook_runtime::effect::{Effect, Operation, Request};
use runbook_runtime::flow::{Flow, OnCancel};
use runbook_runtime::local::Local;
use runbook_runtime::procedure::RunCommand;
use runbook_runtime::runbook::{Definition, ParameterDefinition, Runbook, StepDefinition};
use runbook_runtime::scope::Context;
use runbook_runtime::value::{Document, InputError, Map, OutputError, Type};
use serde::Serialize;

use crate::toy::{Do, State, Step, definition, step};

/// What the members of the family ask for.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Ask {
    Do(Do),
    Child(Box<Child>),
    Fleet(Box<Fleet>),
}

impl Request for Ask {
    fn operation(&self) -> &'static Operation {
        match self {
            Self::Do(request) => request.operation(),
            Self::Child(_) | Self::Fleet(_) => &OPERATION,
        }
    }

    fn local(&self) -> Option<Local<'_, Self>> {
        match self {
            Self::Do(_) => None,
            Self::Child(child) => Some(Local::Child(child)),
            Self::Fleet(fleet) => Some(Local::Fleet(fleet)),
        }
    }
}

impl From<Do> for Ask {
    fn from(request: Do) -> Self {
        Self::Do(request)
    }
}

impl From<Child> for Ask {
    fn from(child: Child) -> Self {
        Self::Child(Box::new(child))
    }
}

impl From<Fleet> for Ask {
    fn from(fleet: Fleet) -> Self {
        Self::Fleet(Box::new(fleet))
    }
}

/// A runbook of the family.
pub(crate) trait Member: Send + Sync + 'static {
    const DEFINITION: &'static Definition;

    fn flow(step: Step) -> Flow<Step>;

    fn effect(step: Step) -> Effect<Ask, Step>;
}

pub(crate) struct Of<M>(PhantomData<M>);

impl<M: Member> Runbook for Of<M> {
    type Step = Step;
    type State = State;
    type Request = Ask;

    const DEFINITION: &'static Definition = M::DEFINITION;
    const STEPS: &'static [Step] = &[Step(0), Step(1), Step(2)];

    fn flow(step: Step) -> Flow<Step> {
        M::flow(step)
    }

    fn start(parameters: &Map, context: Context) -> Result<State, InputError> {
        Ok(State::new(parameters, context))
    }

    fn assume_role(_: &State) -> Result<Option<String>, InputError> {
        Ok(None)
    }

    fn identity() -> Ask {
        Do(Map::new()).into()
    }

    fn effect(step: Step, _: &State) -> Result<Effect<Ask, Step>, InputError> {
        Ok(M::effect(step))
    }

    fn answer(step: Step, state: &mut State, answer: &Document) -> Result<(), OutputError> {
        let outputs = answer.as_object().cloned().unwrap_or_default();
        state.outputs.insert(step.0, outputs);
        Ok(())
    }

    fn outputs(step: Step, state: &State) -> Map {
        state.outputs.get(&step.0).cloned().unwrap_or_default()
    }
}

/// Does something, has a kid do more, and goes on.
pub(crate) struct Parent;

impl Member for Parent {
    const DEFINITION: &'static Definition = &Definition {
        children: &[ChildRunbook::of::<Of<Kid>>("kid")],
        ..definition(
            "parent",
            &[
                step("before"),
                StepDefinition {
                    action: "aws:executeAutomation",
                    time_limit: Some(600),
                    max_attempts: Some(2),
                    inputs: &[],
                    calls: &[],
                    ..step("kid")
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
            1 => {
                let name = ("Name".to_owned(), vec!["web".to_owned()]);
                Effect::run(Child::of::<Of<Kid>>([name]))
            }
            _ => Effect::call(Do(Map::new())),
        }
    }
}

/// Does something, and runs a command; whatever becomes of it, cleans up.
pub(crate) struct Kid;

impl Member for Kid {
    const DEFINITION: &'static Definition = &Definition {
        parameters: &[ParameterDefinition {
            name: "Name",
            kind: Type::String,
            written_type: "String",
            description: "",
            default: None,
            allowed_values: &[
                r#""web""#,
                r#""app""#,
                r#""db""#,
                r#""cache""#,
                r#""locked""#,
                r#""nameless""#,
                r#""revoked""#,
            ],
            allowed_pattern: None,
            items: runbook_runtime::runbook::Bounds::NONE,
            chars: runbook_runtime::runbook::Bounds::NONE,
        }],
        ..definition(
            "kid",
            &[
                step("begin"),
                StepDefinition {
                    time_limit: None,
                    ..step("command")
                },
                step("clean"),
            ],
        )
    };

    fn flow(step: Step) -> Flow<Step> {
        match step.0 {
            0 => Flow::then(Step(1)),
            1 => Flow::then(Step(2)).on_cancel(OnCancel::Step(Step(2))),
            _ => Flow::last(),
        }
    }

    fn effect(step: Step) -> Effect<Ask, Step> {
        let by_id = |_: String| Do(Map::new()).into();
        match step.0 {
            1 => Effect::run(RunCommand {
                agents: None,
                send: Do(Map::new()).into(),
                command: by_id,
                invocations: by_id,
                cancel: by_id,
            }),
            _ => Effect::call(Do(Map::new())),
        }
    }
}
