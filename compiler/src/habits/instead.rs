//! Keys of other languages that nothing here is called, and how the same is said instead.

use super::Habits;

/// Keys of the document.
pub(crate) const NO_RUNBOOK_KEYS: &Habits = &[
    (
        "name",
        "a runbook is called like its document: `create-document --name …`",
    ),
    ("title", "write it into `description`"),
    ("on", START),
    ("trigger", START),
    ("triggers", START),
    ("schedule", START),
    (
        "env",
        "what differs from run to run stands under `parameters`, what changes in a run under `variables`",
    ),
    ("timeout", "each step has its own `timeoutSeconds`"),
    ("timeoutSeconds", "each step has its own `timeoutSeconds`"),
    ("onFailure", "each step has its own `onFailure`"),
    (
        "tags",
        "tags belong to the document: `create-document --tags …`",
    ),
];

const START: &str =
    "nothing in a runbook says when it starts: schedules and events do that from outside";

/// What is said in another way here than by a key of this name.
pub(crate) const NO_STEP_KEYS: &Habits = &[
    ("run", COMMAND),
    ("shell", COMMAND),
    ("script", COMMAND),
    ("command", COMMAND),
    ("commands", COMMAND),
    (
        "env",
        "what a script needs to know stands in its `InputPayload`",
    ),
    (
        "environment",
        "what a script needs to know stands in its `InputPayload`",
    ),
    ("retry", "write `maxAttempts: 3`, the number of all tries"),
    (
        "timeoutMinutes",
        "write `timeoutSeconds`, a number of seconds",
    ),
    ("catch", HANDLER),
    ("rescue", HANDLER),
    (
        "register",
        "what a step leaves for others stands under `outputs`",
    ),
    (
        "parallel",
        "steps run one after the other; what runs at the same time is started by `aws:executeAutomation` with `Targets`",
    ),
    ("if", CONDITION),
    ("when", CONDITION),
    ("condition", CONDITION),
    ("precondition", CONDITION),
    ("continueOnError", "write `onFailure: Continue`"),
    ("ignoreErrors", "write `onFailure: Continue`"),
    ("dependsOn", ORDER),
    ("needs", ORDER),
    ("until", LOOP),
    ("while", LOOP),
    ("foreach", LOOP),
    ("loop", LOOP),
    ("withItems", LOOP),
];

const CONDITION: &str =
    "a step has no condition of its own: let an `aws:branch` step before it decide";
const COMMAND: &str = "commands are run on instances by an `aws:runCommand` step, and Python or PowerShell without one by `aws:executeScript`";
const HANDLER: &str = "write `onFailure: step:NAME`, the step to go to";
const ORDER: &str = "steps run in the order of the list; `nextStep` leads to another one";
const LOOP: &str = "what is repeated stands in the input `Steps` of an `aws:loop` step";

/// The same for keys of a parameter.
pub(crate) const NO_PARAMETER_KEYS: &Habits = &[
    ("required", "a parameter without `default` is required"),
    (
        "optional",
        "a parameter with `default` is optional, be it `default: ''`",
    ),
    (
        "noEcho",
        "nothing is masked: pass the name of a secret, and read it where it is needed",
    ),
    ("minValue", RANGE),
    ("maxValue", RANGE),
];

const RANGE: &str =
    "a range is not checked; list the numbers as `allowedValues`, or have an `aws:branch` compare";

/// Operators of conditions.
pub(crate) const NO_OPERATORS: &Habits = &[
    ("condition", COMPARISON),
    ("expression", COMPARISON),
    ("operator", COMPARISON),
    ("value", COMPARISON),
    ("isPresent", PRESENT),
    ("isNull", PRESENT),
    ("exists", PRESENT),
    (
        "stringMatches",
        "there are no patterns: compare with `StartsWith`, `EndsWith` or `Contains`",
    ),
    (
        "matches",
        "there are no patterns: compare with `StartsWith`, `EndsWith` or `Contains`",
    ),
];

const COMPARISON: &str = "a comparison is a variable and an operator with its value: `Variable: '{{ step.Output }}'` and `StringEquals: running`";
const PRESENT: &str = "whether a value is there cannot be asked; of one that is not, no comparison is true, and `Not` of it is";

/// Where the inputs of actions stand that are not for the action, but for what it starts.
pub(crate) const PASSED_ON: &Habits = &[
    (
        "aws:executeAutomation",
        "what the runbook takes stands under `RuntimeParameters`",
    ),
    (
        "aws:executeScript",
        "what the script gets stands under `InputPayload`",
    ),
    (
        "aws:invokeLambdaFunction",
        "what the function gets stands under `InputPayload`",
    ),
    (
        "aws:runCommand",
        "what the document takes stands under `Parameters`",
    ),
];

/// What is said in another way than by an input of this name.
pub(crate) const NO_INPUTS: &[(&str, &Habits)] = &[
    (
        "aws:runCommand",
        &[
            ("command", COMMANDS_BELOW),
            ("commands", COMMANDS_BELOW),
            ("script", COMMANDS_BELOW),
        ],
    ),
    (
        "aws:sleep",
        &[
            ("seconds", "ten seconds are `Duration: PT10S`"),
            ("minutes", "ten minutes are `Duration: PT10M`"),
            ("hours", "ten hours are `Duration: PT10H`"),
        ],
    ),
];

const COMMANDS_BELOW: &str =
    "what the document takes stands under `Parameters`: `Parameters: {commands: […]}`";
