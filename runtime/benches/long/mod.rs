//! Runbooks of any length, written by hand as the compiler would write them.

#![allow(
    clippy::indexing_slicing,
    reason = "the places of steps are known to be there"
)]

use jiff::Timestamp;
use runbook_runtime::caller::{self, BoxFuture, CallError, Caller};
use runbook_runtime::clock::VirtualClock;
use runbook_runtime::decode::{Member, Response, STRING, Shape};
use runbook_runtime::effect::{self, Operation, Repeat, Request};
use runbook_runtime::engine::Start;
use runbook_runtime::flow::Flow;
use runbook_runtime::runbook::{Bounds, Definition, ParameterDefinition, Runbook, StepDefinition};
use runbook_runtime::scope::{Context, Scope};
use runbook_runtime::turns::Turn;
use runbook_runtime::value::{Document, InputError, Map, OutputError, Type};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// Steps by tens: one level for each `x`, and one digit of their names.
macro_rules! ten {
    ([] $($digit:literal)*) => {
        step(concat!("step0" $(, $digit)*), "aws:executeAwsApi", None)
    };
    ([x $($level:tt)*] $($digit:literal)*) => {
        [
            ten!([$($level)*] $($digit)* 0), ten!([$($level)*] $($digit)* 1),
            ten!([$($level)*] $($digit)* 2), ten!([$($level)*] $($digit)* 3),
            ten!([$($level)*] $($digit)* 4), ten!([$($level)*] $($digit)* 5),
            ten!([$($level)*] $($digit)* 6), ten!([$($level)*] $($digit)* 7),
            ten!([$($level)*] $($digit)* 8), ten!([$($level)*] $($digit)* 9),
        ]
    };
}

/// A step, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Step(pub(crate) usize);

pub(crate) type Effect = effect::Effect<Call, Step>;

/// What the steps of a chain do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// `aws:sleep`, a second each.
    Sleep,
    /// `aws:branch`, to the next step.
    Branch,
    /// `aws:updateVariable`.
    Update,
    /// `aws:executeAwsApi`, with an output.
    Call,
}

impl Work {
    /// The parameter that asks for it; a runbook without parameters calls.
    pub(crate) fn parameters(self) -> Map {
        let name = format!("{self:?}");
        [("Work".to_owned(), name.into())].into_iter().collect()
    }

    fn asked(parameters: &Map) -> Self {
        let asked = parameters.get("Work").and_then(Document::as_str);
        let known = [Self::Sleep, Self::Branch, Self::Update];
        let known = known
            .into_iter()
            .find(|work| asked == Some(&format!("{work:?}")));
        known.unwrap_or(Self::Call)
    }

    fn effect(self, step: Step, last: usize) -> Result<Effect, InputError> {
        match self {
            Self::Sleep => Ok(Effect::sleep_seconds(1)),
            Self::Branch => Ok(Effect::jump((step.0 < last).then_some(Step(step.0 + 1)))),
            Self::Update => Effect::set(VARIABLES, "last", "on and on"),
            Self::Call => Ok(Effect::call(Call::Describe {
                name: "thing".to_owned(),
            })),
        }
    }
}

/// A runbook of `N` steps, one after the other.
pub(crate) struct Chain<const N: usize>;

/// Three loops, each inside the other, `N` iterations of the innermost step.
pub(crate) struct Loops<const N: usize>;

/// An API call.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Call {
    Describe {
        #[serde(rename = "Name")]
        name: String,
    },
    GetCallerIdentity {},
}

impl Request for Call {
    fn operation(&self) -> &'static Operation {
        match self {
            Self::Describe { .. } => &DESCRIBE,
            Self::GetCallerIdentity {} => &GET_CALLER_IDENTITY,
        }
    }
}

static DESCRIBE: Operation = Operation {
    service: "things",
    name: "Describe",
    response: &Response::json(&THING),
    repeat: Repeat::Reads,
};
static GET_CALLER_IDENTITY: Operation = Operation {
    service: "sts",
    name: "GetCallerIdentity",
    response: &Response::json(&THING),
    repeat: Repeat::Reads,
};
static THING: Shape =
    Shape::structure(&[Member::new("Arn", &STRING), Member::new("State", &STRING)]);

/// The parameters, and what each finished step left behind.
#[derive(Clone, Debug)]
pub(crate) struct State {
    context: Context,
    work: Work,
    outputs: Vec<Option<String>>,
    variable: Option<Document>,
    turns: [i64; 3],
}

impl State {
    fn new(context: Context, work: Work, outputs: usize) -> Self {
        Self {
            context,
            work,
            outputs: vec![None; outputs],
            variable: None,
            turns: [0; 3],
        }
    }
}

impl Scope for State {
    fn context(&self) -> &Context {
        &self.context
    }

    fn context_mut(&mut self) -> &mut Context {
        &mut self.context
    }
}

impl<const N: usize> Chain<N> {
    const LAST: usize = N - 1;
    const STEPS: [Step; N] = steps();
}

impl<const N: usize> Runbook for Chain<N> {
    type Step = Step;
    type State = State;
    type Request = Call;

    const DEFINITION: &'static Definition = &definition(first(N));
    const STEPS: &'static [Step] = &Self::STEPS;

    fn place(step: Step) -> usize {
        step.0
    }

    fn flow(step: Step) -> Flow<Step> {
        match step.0 < Self::LAST {
            true => Flow::then(Step(step.0 + 1)),
            false => Flow::last(),
        }
    }

    fn start(parameters: &Map, context: Context) -> Result<State, InputError> {
        let work = Work::asked(parameters);
        Ok(State::new(
            context,
            work,
            if work == Work::Call { N } else { 0 },
        ))
    }

    fn assume_role(_: &State) -> Result<Option<String>, InputError> {
        Ok(None)
    }

    fn identity() -> Call {
        Call::GetCallerIdentity {}
    }

    fn effect(step: Step, state: &State) -> Result<Effect, InputError> {
        state.work.effect(step, Self::LAST)
    }

    fn answer(step: Step, state: &mut State, answer: &Document) -> Result<(), OutputError> {
        match state.outputs.get_mut(step.0) {
            Some(output) => {
                *output = answer
                    .get("Arn")
                    .and_then(Document::as_str)
                    .map(str::to_owned)
            }
            None => state.variable = Some(answer.clone()),
        }
        Ok(())
    }

    fn outputs(step: Step, state: &State) -> Map {
        let output = state.outputs.get(step.0).into_iter().flatten();
        output
            .map(|arn| ("arn".to_owned(), arn.as_str().into()))
            .collect()
    }

    fn variables(state: &State) -> Map {
        let variable = state.variable.iter();
        variable
            .map(|value| ("last".to_owned(), value.clone()))
            .collect()
    }
}

impl<const N: usize> Loops<N> {
    /// How many iterations the loop at a place has, from the outside in.
    const fn iterations(place: usize) -> usize {
        match place {
            0 => N.div_ceil(10_000),
            1 if N >= 10_000 => 100,
            1 => N.div_ceil(100),
            _ => 100,
        }
    }
}

impl<const N: usize> Runbook for Loops<N> {
    type Step = Step;
    type State = State;
    type Request = Call;

    const DEFINITION: &'static Definition = &definition(
        &const {
            [
                step("outer", "aws:loop", None),
                step("middle", "aws:loop", Some("outer")),
                step("inner", "aws:loop", Some("middle")),
                step("update", "aws:updateVariable", Some("inner")),
            ]
        },
    );
    const STEPS: &'static [Step] = &[Step(0), Step(1), Step(2), Step(3)];

    fn place(step: Step) -> usize {
        step.0
    }

    fn flow(step: Step) -> Flow<Step> {
        let flow = match step.0 {
            0 => return Flow::last().body(Step(1)),
            3 => Flow::last(),
            around => Flow::last().body(Step(around + 1)),
        };
        flow.inside(Step(step.0 - 1))
    }

    fn start(_: &Map, context: Context) -> Result<State, InputError> {
        Ok(State::new(context, Work::Update, 0))
    }

    fn assume_role(_: &State) -> Result<Option<String>, InputError> {
        Ok(None)
    }

    fn identity() -> Call {
        Call::GetCallerIdentity {}
    }

    fn effect(step: Step, state: &State) -> Result<Effect, InputError> {
        match step.0 {
            3 => state.work.effect(step, 3),
            around => Effect::repeat(i64::try_from(Self::iterations(around)).ok()),
        }
    }

    fn answer(_: Step, state: &mut State, answer: &Document) -> Result<(), OutputError> {
        state.variable = Some(answer.clone());
        Ok(())
    }

    fn outputs(step: Step, state: &State) -> Map {
        let turn = state.turns.get(step.0).into_iter();
        turn.map(|turn| ("CurrentIteration".to_owned(), (*turn).into()))
            .collect()
    }

    fn iterate(step: Step, state: &mut State, turn: &Turn<'_>) {
        state.turns[step.0] = turn.iteration();
    }

    fn repeats(_: Step, _: &State) -> Result<bool, InputError> {
        Ok(true)
    }
}

static VARIABLES: &[ParameterDefinition] = &[ParameterDefinition {
    name: "last",
    kind: Type::String,
    written_type: "String",
    description: "",
    default: None,
    allowed_values: &[],
    allowed_pattern: None,
    items: Bounds::NONE,
    chars: Bounds::NONE,
}];

const fn definition(steps: &'static [StepDefinition]) -> Definition {
    Definition {
        name: "long",
        file: "long.yaml",
        hash: "long",
        description: "",
        assume_role: None,
        parameters: &[],
        variables: &[],
        steps,
        outputs: &[],
        children: &[],
    }
}

const fn step(
    name: &'static str,
    action: &'static str,
    inside: Option<&'static str>,
) -> StepDefinition {
    StepDefinition {
        name,
        action,
        inside,
        line: 1,
        timeout_seconds: None,
        time_limit: None,
        max_attempts: None,
        // Those of a call. What the definition of another step says of its inputs is shorter.
        inputs: &[("Service", "\"things\""), ("Api", "\"Describe\"")],
        calls: &["things.Describe"],
        waits_for: None,
        selected: &[],
        decided_by: &[],
    }
}

/// The steps of the longest chain: `step000000` and so on.
static ALL: [[[[[StepDefinition; 10]; 10]; 10]; 10]; 10] = ten!([x x x x x]);

const fn first(count: usize) -> &'static [StepDefinition] {
    let all = ALL.as_flattened().as_flattened().as_flattened();
    all.as_flattened().split_at(count).0
}

const fn steps<const N: usize>() -> [Step; N] {
    let mut steps = [Step(0); N];
    let mut place = 0;
    while place < N {
        steps[place] = Step(place);
        place += 1;
    }
    steps
}

/// Answers every call at once.
pub(crate) struct Answers;

impl Caller<Call> for Answers {
    fn call<'a>(
        &'a self,
        _: &'a caller::Call,
        request: &'a Call,
    ) -> BoxFuture<'a, Result<Document, CallError>> {
        Box::pin(async move {
            Ok(match request {
                Call::Describe { .. } => json!({"Arn": "arn:aws:things:::thing", "State": "ready"}),
                Call::GetCallerIdentity {} => json!({
                    "Account": "111122223333",
                    "Arn": "arn:aws:iam::111122223333:user/dev",
                }),
            })
        })
    }
}

pub(crate) fn clock() -> VirtualClock {
    VirtualClock::new(Timestamp::UNIX_EPOCH)
}

pub(crate) fn start(execution: u128, work: Work) -> Start {
    Start {
        execution: Uuid::from_u128(execution),
        parent: None,
        target: None,
        parameters: work.parameters(),
        supplied: Map::new(),
        region: "eu-west-1".to_owned(),
        simulation: None,
        interactive: false,
    }
}
