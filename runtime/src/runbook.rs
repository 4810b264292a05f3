//! What generated code implements: the static description of a runbook, and its pure functions.

mod index;

use std::fmt::Debug;
use std::hash::Hash;

use crate::child::ChildRunbook;
use crate::effect::{Effect, Request};
use crate::flow::Flow;
use crate::pattern::Pattern;
use crate::scope::{Context, Scope};
use crate::script::Requirement;
use crate::search::Search;
use crate::selector::Selector;
use crate::stored::StoredDefault;
use crate::turns::Turn;
use crate::value::{Document, InputError, Map, OutputError, Type};

/// A compiled runbook. Everything here is pure: no clock, no network, no state but its arguments.
pub trait Runbook: Send + Sync + 'static {
    /// One variant per step: those of `mainSteps` in document order, then those inside loops.
    type Step: Copy + Eq + Hash + Debug + Send + Sync + 'static;
    /// The parameters, and what each finished step left behind.
    type State: Scope + Clone + Debug + Send + Sync;
    /// The API calls that the runbook makes.
    type Request: Request;

    /// The facts that need no execution.
    const DEFINITION: &'static Definition;

    /// The steps: those of `mainSteps` in document order, then those inside loops. The first is where an execution
    /// starts. Parallel to [`Definition::steps`].
    const STEPS: &'static [Self::Step];

    /// Whether it stands for a runbook that is started for each of several targets (spec 6.3).
    const FOR_TARGETS: bool = false;

    /// What the scripts of the steps need of the machine.
    const SCRIPTS: &'static [Requirement] = &[];

    /// What the defaults of parameters take from Parameter Store.
    const STORED: &'static [StoredDefault] = &[];

    /// The place of a step among [`Runbook::STEPS`]. Generated code knows it without a search.
    fn place(step: Self::Step) -> usize {
        let place = Self::STEPS.iter().position(|known| *known == step);
        place.unwrap_or(Self::STEPS.len())
    }

    /// Where a step leads.
    fn flow(step: Self::Step) -> Flow<Self::Step>;

    /// The state at the start. `parameters` have been checked and completed against the definition.
    ///
    /// # Errors
    /// When a value does not have the type of its parameter.
    fn start(parameters: &Map, context: Context) -> Result<Self::State, InputError>;

    /// The role to run under: `assumeRole`, resolved; `None` or an empty text means the caller's own identity (spec 1.5).
    ///
    /// # Errors
    /// When a reference has no value.
    fn assume_role(state: &Self::State) -> Result<Option<String>, InputError>;

    /// The call that tells who runs this (STS GetCallerIdentity).
    fn identity() -> Self::Request;

    /// The call that reads parameters from Parameter Store (SSM GetParameters), if defaults need that.
    fn stored(_names: Vec<String>) -> Option<Self::Request> {
        None
    }

    /// The calls that find the resources for which it is to run, if it has them.
    fn search() -> Option<Search<Self::Request>> {
        None
    }

    /// What a step asks for, its references resolved.
    ///
    /// # Errors
    /// When a reference has no value or not the type its place wants: the step fails as `InputValidation`.
    fn effect(
        step: Self::Step,
        state: &Self::State,
    ) -> Result<Effect<Self::Request, Self::Step>, InputError>;

    /// Stores the outputs that `answer` gives to `step`, or the value that the step gives to a variable. A null gives a step
    /// no outputs; an error changes nothing.
    ///
    /// # Errors
    /// When a selected value cannot become the declared type: the step fails as `PostVerification`.
    fn answer(
        step: Self::Step,
        state: &mut Self::State,
        answer: &Document,
    ) -> Result<(), OutputError>;

    /// The outputs of a step by name, as stored by [`Runbook::answer`]; absent ones are left out.
    fn outputs(step: Self::Step, state: &Self::State) -> Map;

    /// Begins an iteration of a loop: sets the loop's own values, and empties the outputs of the steps inside.
    fn iterate(_step: Self::Step, _state: &mut Self::State, _turn: &Turn<'_>) {}

    /// Whether the condition of a loop holds, so that its steps are to run once more.
    ///
    /// # Errors
    /// When it compares a value that has not the type for it.
    fn repeats(_step: Self::Step, _state: &Self::State) -> Result<bool, InputError> {
        Ok(false)
    }

    /// The variables by name, as they stand; those without a value are left out.
    fn variables(_state: &Self::State) -> Map {
        Map::new()
    }
}

/// A step that knows its runbook. Generated code implements it for the enum `Step`, so that a test can name a step by its
/// variant, and one that does not exist does not compile.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step of a runbook",
    note = "the steps of a runbook are the variants of the enum `Step` in its module"
)]
pub trait StepOf: Copy + Debug {
    /// The runbook.
    type Runbook: Runbook<Step = Self>;

    /// The name in the document.
    fn name(self) -> &'static str {
        let place = Self::Runbook::place(self);
        let step = Self::Runbook::DEFINITION.steps.get(place);
        step.map_or("", |step| step.name)
    }
}

/// The facts of a runbook that need no execution.
#[derive(Debug)]
pub struct Definition {
    /// The document's name: the file's, without its ending.
    pub name: &'static str,
    /// The file it was compiled from, without folders.
    pub file: &'static str,
    /// SHA-256 of that file's text, in hexadecimal.
    pub hash: &'static str,
    /// `description`.
    pub description: &'static str,
    /// `assumeRole` as written, references included; none if it is empty.
    pub assume_role: Option<&'static str>,
    /// `parameters`.
    pub parameters: &'static [ParameterDefinition],
    /// `variables`.
    pub variables: &'static [ParameterDefinition],
    /// The steps: those of `mainSteps` in document order, then those inside loops.
    pub steps: &'static [StepDefinition],
    /// `outputs`.
    pub outputs: &'static [DocumentOutput],
    /// The runbooks that steps start and that are part of the same program.
    pub children: &'static [ChildRunbook],
}

impl Definition {
    /// The step of this name.
    pub fn step(&self, name: &str) -> Option<&'static StepDefinition> {
        self.steps.get(self.place(name)?)
    }

    /// The place of the step of this name.
    pub fn place(&self, name: &str) -> Option<usize> {
        index::place(self.steps, name)
    }

    /// The runbook that a step starts, if it is part of the same program.
    pub fn child(&self, step: &str) -> Option<&'static ChildRunbook> {
        self.children.iter().find(|child| child.step == step)
    }

    /// Whether a step waits for people, or one of a runbook that a step starts.
    pub(crate) fn waits_for_people(&self) -> bool {
        self.has_action(&["aws:approve", "aws:pause"])
    }

    /// Whether a step has one of these actions, or one of a runbook that a step starts.
    pub(crate) fn has_action(&self, actions: &[&str]) -> bool {
        let mut steps = self.steps.iter();
        let mut children = self.children.iter();
        steps.any(|step| actions.contains(&step.action))
            || children.any(|child| child.definition.has_action(actions))
    }

    /// The loops around a step, from the inside out.
    pub fn loops_around(
        &self,
        step: &StepDefinition,
    ) -> impl Iterator<Item = &'static StepDefinition> {
        let outer = |step: &StepDefinition| self.step(step.inside?);
        std::iter::successors(outer(step), move |step| outer(step))
    }
}

/// One parameter or variable, as declared (spec 2, 3.5).
#[derive(Debug)]
pub struct ParameterDefinition {
    /// The name.
    pub name: &'static str,
    /// The type of its values.
    pub kind: Type,
    /// `type` as written, which may be a resource type such as `AWS::EC2::Instance::Id`.
    pub written_type: &'static str,
    /// `description`.
    pub description: &'static str,
    /// `default` as JSON text; a parameter without one is required, a variable without one has no value at first.
    pub default: Option<&'static str>,
    /// `allowedValues`, each as JSON text; none if empty.
    pub allowed_values: &'static [&'static str],
    /// `allowedPattern`.
    pub allowed_pattern: Option<Pattern>,
    /// `minItems` and `maxItems`.
    pub items: Bounds,
    /// `minChars` and `maxChars`.
    pub chars: Bounds,
}

/// An inclusive range; an end that is `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The smallest number allowed.
    pub min: Option<u64>,
    /// The largest number allowed.
    pub max: Option<u64>,
}

impl Bounds {
    /// Open at both ends.
    pub const NONE: Self = Self {
        min: None,
        max: None,
    };
}

/// One step, as declared (spec 4.1); where it leads is in [`Flow`].
#[derive(Debug)]
pub struct StepDefinition {
    /// The name.
    pub name: &'static str,
    /// The action: `aws:executeAwsApi`.
    pub action: &'static str,
    /// The loop around it.
    pub inside: Option<&'static str>,
    /// The line of the document that names it, from 1.
    pub line: u32,
    /// `timeoutSeconds` as written; `None` if a reference gives it.
    pub timeout_seconds: Option<u64>,
    /// The seconds that one attempt may take: as written, within the action's default and maximum (spec 4.2); `None` is no limit.
    /// Where a reference says how many, this is the action's maximum.
    pub time_limit: Option<u64>,
    /// `maxAttempts` as written; 1 if not.
    pub max_attempts: Option<u32>,
    /// Inputs that no reference decides and no request carries, each with its JSON text: `("Service", "\"ECS\"")`.
    pub inputs: &'static [(&'static str, &'static str)],
    /// The operations that it calls, each once: `ecs.RunTask`.
    pub calls: &'static [&'static str],
    /// What to say while it waits: `tasks[0].containers[0].exitCode = 0`.
    pub waits_for: Option<&'static str>,
    /// The outputs that it selects from its answer.
    pub selected: &'static [SelectedOutput],
    /// The steps whose outputs decide where it leads, or how often a loop goes round.
    pub decided_by: &'static [&'static str],
}

/// An output that is selected from an answer.
#[derive(Clone, Copy, Debug)]
pub struct SelectedOutput {
    /// Where its value is.
    pub selector: &'static Selector,
    /// The type that the value becomes.
    pub kind: Type,
}

/// One entry of the document's `outputs`: `step.Output`.
#[derive(Debug)]
pub struct DocumentOutput {
    /// The step.
    pub step: &'static str,
    /// Its output.
    pub output: &'static str,
}
