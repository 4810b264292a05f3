//! A runbook as the compiler would write it, by hand: call a function, run a task, wait for it, call another function;
//! whatever fails leads to a short sleep.

use std::borrow::Cow;

use runbook_runtime::decode::{INTEGER, List, Member, Response, STRING, Shape};
use runbook_runtime::effect::{Effect, Operation, Repeat, Request};
use runbook_runtime::flow::{Flow, OnCancel, OnFailure};
use runbook_runtime::pattern::Pattern;
use runbook_runtime::runbook::{
    Bounds, Definition, DocumentOutput, ParameterDefinition, Runbook, StepDefinition, StepOf,
};
use runbook_runtime::scope::{Context, Scope};
use runbook_runtime::selector::{Segment, Select, Selector};
use runbook_runtime::value::{Document, InputError, Map, OutputError, Required, Type};
use serde::Serialize;

pub(crate) struct EcsRunTask;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Lambda1,
    Ecs,
    Wait,
    Lambda2,
    Sleep,
}

#[derive(Clone, Debug)]
pub(crate) struct State {
    context: Context,
    parameters: Map,
    pub(crate) task_arn: Option<String>,
}

impl Scope for State {
    fn context(&self) -> &Context {
        &self.context
    }

    fn context_mut(&mut self) -> &mut Context {
        &mut self.context
    }

    fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        self.parameters.get(name)?.as_str().map(Cow::Borrowed)
    }
}

impl State {
    fn text(&self, name: &str) -> Result<String, InputError> {
        self.parameter(name)
            .map(Cow::into_owned)
            .required(name)
            .cloned()
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Call {
    #[serde(rename_all = "PascalCase")]
    Invoke {
        function_name: String,
    },
    #[serde(rename_all = "camelCase")]
    RunTask {
        cluster: String,
        count: i64,
    },
    #[serde(rename_all = "camelCase")]
    DescribeTasks {
        cluster: String,
        tasks: Vec<String>,
    },
    GetCallerIdentity {},
}

impl Request for Call {
    fn operation(&self) -> &'static Operation {
        match self {
            Self::Invoke { .. } => &INVOKE,
            Self::RunTask { .. } => &RUN_TASK,
            Self::DescribeTasks { .. } => &DESCRIBE_TASKS,
            Self::GetCallerIdentity {} => &GET_CALLER_IDENTITY,
        }
    }
}

pub(crate) static INVOKE: Operation = Operation {
    service: "lambda",
    name: "Invoke",
    response: &Response::rest_json(&INVOCATION),
    repeat: Repeat::Unknown,
};
pub(crate) static RUN_TASK: Operation = Operation {
    service: "ecs",
    name: "RunTask",
    response: &Response::json(&TASKS),
    repeat: Repeat::Recognised,
};
pub(crate) static DESCRIBE_TASKS: Operation = Operation {
    service: "ecs",
    name: "DescribeTasks",
    response: &Response::json(&TASKS),
    repeat: Repeat::Reads,
};
static GET_CALLER_IDENTITY: Operation = Operation {
    service: "sts",
    name: "GetCallerIdentity",
    response: &Response::query(&IDENTITY, "GetCallerIdentityResult"),
    repeat: Repeat::Reads,
};

static INVOCATION: Shape = Shape::structure(&[
    Member::new("StatusCode", &INTEGER).status(),
    Member::new("FunctionError", &STRING).header("X-Amz-Function-Error"),
    Member::new("Payload", &Shape::Blob).payload(),
]);
static TASKS: Shape = Shape::structure(&[Member::new("tasks", &TASK_LIST)]);
static TASK_LIST: Shape = Shape::List(List {
    element: &TASK,
    wire: None,
    flattened: false,
});
static TASK: Shape = Shape::structure(&[
    Member::new("taskArn", &STRING),
    Member::new("lastStatus", &STRING),
    Member::new("exitCode", &INTEGER),
]);
static IDENTITY: Shape =
    Shape::structure(&[Member::new("Account", &STRING), Member::new("Arn", &STRING)]);

static TASK_ARN: Selector = Selector::new(
    "$.tasks[0].taskArn",
    &[
        Segment::Key("tasks"),
        Segment::Index(0),
        Segment::Key("taskArn"),
    ],
);
static EXIT_CODE: Selector = Selector::new(
    "tasks[0].exitCode",
    &[
        Segment::Key("tasks"),
        Segment::Index(0),
        Segment::Key("exitCode"),
    ],
);

const fn parameter(
    name: &'static str,
    kind: Type,
    default: Option<&'static str>,
) -> ParameterDefinition {
    ParameterDefinition {
        name,
        kind,
        written_type: "String",
        description: "",
        default,
        allowed_values: &[],
        allowed_pattern: None,
        items: Bounds::NONE,
        chars: Bounds::NONE,
    }
}

const fn step(
    name: &'static str,
    action: &'static str,
    calls: &'static [&'static str],
) -> StepDefinition {
    StepDefinition {
        name,
        action,
        inside: None,
        line: 1,
        timeout_seconds: None,
        time_limit: None,
        max_attempts: None,
        inputs: &[],
        calls,
        waits_for: None,
        selected: &[],
        decided_by: &[],
    }
}

static DEFINITION: Definition = Definition {
    name: "ecs-run-task",
    file: "ecs-run-task.yaml",
    hash: "abc",
    description: "Run a task and wait for it.",
    parameters: &[
        ParameterDefinition {
            description: "The cluster to run in.",
            allowed_pattern: Some(Pattern::new("[a-z]+")),
            ..parameter("Cluster", Type::String, None)
        },
        ParameterDefinition {
            written_type: "Integer",
            ..parameter("Count", Type::Integer, Some("1"))
        },
        ParameterDefinition {
            allowed_values: &["\"test\"", "\"live\""],
            ..parameter("Function", Type::String, Some("\"test\""))
        },
    ],
    variables: &[],
    children: &[],
    steps: &[
        step("lambda1", "aws:invokeLambdaFunction", &["Lambda.Invoke"]),
        step("ecs", "aws:executeAwsApi", &["ECS.RunTask"]),
        StepDefinition {
            timeout_seconds: Some(300),
            time_limit: Some(300),
            waits_for: Some("tasks[0].exitCode = 0"),
            selected: &[],
            decided_by: &[],
            ..step(
                "wait",
                "aws:waitForAwsResourceProperty",
                &["ECS.DescribeTasks"],
            )
        },
        step("lambda2", "aws:invokeLambdaFunction", &["Lambda.Invoke"]),
        step("Sleep", "aws:sleep", &[]),
    ],
    assume_role: Some("arn:aws:iam::{{global:ACCOUNT_ID}}:role/runbook"),
    outputs: &[DocumentOutput {
        step: "ecs",
        output: "taskArn",
    }],
};

impl StepOf for Step {
    type Runbook = EcsRunTask;
}

impl Runbook for EcsRunTask {
    type Step = Step;
    type State = State;
    type Request = Call;

    const DEFINITION: &'static Definition = &DEFINITION;
    const STEPS: &'static [Step] = &[
        Step::Lambda1,
        Step::Ecs,
        Step::Wait,
        Step::Lambda2,
        Step::Sleep,
    ];

    fn flow(step: Step) -> Flow<Step> {
        let failure = OnFailure::Step(Step::Sleep);
        match step {
            Step::Lambda1 => Flow::then(Step::Ecs).on_failure(failure),
            Step::Ecs => Flow::then(Step::Wait).on_failure(failure),
            Step::Wait => Flow::then(Step::Lambda2)
                .on_failure(failure)
                .on_cancel(OnCancel::Step(Step::Lambda2)),
            Step::Lambda2 => Flow::then(Step::Sleep).is_end(true),
            Step::Sleep => Flow::last().is_end(true),
        }
    }

    fn start(parameters: &Map, context: Context) -> Result<State, InputError> {
        Ok(State {
            context,
            parameters: parameters.clone(),
            task_arn: None,
        })
    }

    fn assume_role(state: &State) -> Result<Option<String>, InputError> {
        let account = &state.context.account_id;
        Ok(Some(format!("arn:aws:iam::{account}:role/runbook")))
    }

    fn identity() -> Call {
        Call::GetCallerIdentity {}
    }

    fn effect(step: Step, state: &State) -> Result<Effect<Call, Step>, InputError> {
        Ok(match step {
            Step::Lambda1 | Step::Lambda2 => Effect::call(Call::Invoke {
                function_name: state.text("Function")?,
            })
            .unless_function_error(),
            Step::Ecs => Effect::call(Call::RunTask {
                cluster: state.text("Cluster")?,
                count: state.parameters["Count"].as_i64().unwrap(),
            }),
            Step::Wait => Effect::call(Call::DescribeTasks {
                cluster: state.text("Cluster")?,
                tasks: vec![state.task_arn.required("ecs.taskArn")?.clone()],
            })
            .until(&EXIT_CODE, vec!["0".to_owned()]),
            Step::Sleep => Effect::sleep("PT3S")?,
        })
    }

    fn answer(step: Step, state: &mut State, answer: &Document) -> Result<(), OutputError> {
        if step == Step::Ecs {
            state.task_arn = answer.select(&TASK_ARN).convert()?;
        }
        Ok(())
    }

    fn outputs(step: Step, state: &State) -> Map {
        let task_arn = state.task_arn.clone().filter(|_| step == Step::Ecs);
        task_arn
            .map(|arn| ("taskArn".to_owned(), arn.into()))
            .into_iter()
            .collect()
    }
}
