//! What can be wrong with a scenario.

use std::fmt;

use thiserror::Error;

use crate::decode::AnswerProblem;

use super::places::{Part, Place, Places};
use super::scenario::Form;

/// Everything that is wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct ScenarioErrors {
    /// The file as it was named; `scenario` if it was put together in Rust.
    pub file: String,
    /// The problems, in the order of the scenario.
    pub problems: Vec<ScenarioProblem>,
    pub(crate) places: Places,
}

impl ScenarioErrors {
    /// Where a problem is in the file; nothing in a scenario that was put together in Rust.
    pub fn place(&self, problem: &ScenarioProblem) -> Option<Place> {
        match problem {
            ScenarioProblem::Syntax { place, .. } => *place,
            problem => self.places.find(problem.path(), problem.part()),
        }
    }
}

impl fmt::Display for ScenarioErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            let place = located(&self.file, self.place(problem));
            write!(formatter, "{separator}{place}: {problem}")?;
        }
        Ok(())
    }
}

/// A file, or a place in it: `it.yaml:3:5`.
pub(crate) fn located(file: &str, place: Option<Place>) -> String {
    match place {
        Some(place) => format!("{file}:{place}"),
        None => file.to_owned(),
    }
}

/// A part of a scenario, or the whole.
fn part(path: &str) -> String {
    match path {
        "" => "the scenario".to_owned(),
        path => format!("`{path}`"),
    }
}

/// One thing that is wrong with a scenario. Paths are those of the file, `answers.ecs[1]`, or calls: `.at(Step::Ecs, …)`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ScenarioProblem {
    /// The file is neither YAML nor JSON.
    #[error("{problem}")]
    Syntax {
        /// Where, if that is known.
        place: Option<Place>,
        /// What the parser says.
        problem: String,
    },
    /// A member that scenarios do not have.
    #[error("`{path}` is not something a scenario can say{hint}")]
    Unknown {
        /// The member.
        path: String,
        /// `; did you mean …?`, or all that can be said there.
        hint: String,
    },
    /// A value of the wrong kind.
    #[error("{} is {found}, but {wanted} belongs there", part(.path))]
    Wrong {
        /// Where.
        path: String,
        /// What is there, in words.
        found: String,
        /// What belongs there, in words.
        wanted: &'static str,
    },
    /// A name that the runbook does not have.
    #[error("`{path}`: the runbook has no {what} `{name}`{hint}")]
    NoSuch {
        /// Where.
        path: String,
        /// `step`, `call`.
        what: &'static str,
        /// The name.
        name: String,
        /// `; did you mean …?`, or nothing.
        hint: String,
    },
    /// A stub for a step that calls several operations, which does not say which of them it answers.
    #[error("`{path}`: the step makes several calls, and each has its own answers: write `{}`", .keys.join("`, `"))]
    Unsaid {
        /// Where.
        path: String,
        /// What to write: `makeImage.CreateImage`.
        keys: Vec<String>,
    },
    /// A stub that wants something run for real that cannot be.
    #[error("`{path}`: only scripts can really run; write what is answered instead")]
    NotRunnable {
        /// Where.
        path: String,
    },
    /// A step with iterations that it cannot have.
    #[error("`{path}`: {}", iterations(.step, *.around))]
    Iterations {
        /// Where.
        path: String,
        /// The step.
        step: String,
        /// How many loops are around it.
        around: usize,
    },
    /// A name in Parameter Store that no default refers to.
    #[error("`{path}`: no default of the runbook takes this from Parameter Store{hint}")]
    NotStored {
        /// Where.
        path: String,
        /// `; did you mean …?`, or nothing.
        hint: String,
    },
    /// A signal for a step that waits for nobody.
    #[error("`{path}`: the step waits for nobody ({action})")]
    NeverListens {
        /// Where.
        path: String,
        /// The action of the step.
        action: &'static str,
    },
    /// A stub for a step that calls no API.
    #[error("`{path}`: the step calls no API, so that nothing will ask for this answer ({action})")]
    NeverAsked {
        /// Where.
        path: String,
        /// The action of the step.
        action: &'static str,
    },
}

impl ScenarioProblem {
    /// What it is about.
    fn path(&self) -> &str {
        match self {
            Self::Syntax { .. } => "",
            Self::Unknown { path, .. }
            | Self::Wrong { path, .. }
            | Self::NoSuch { path, .. }
            | Self::Unsaid { path, .. }
            | Self::NotRunnable { path }
            | Self::Iterations { path, .. }
            | Self::NotStored { path, .. }
            | Self::NeverListens { path, .. }
            | Self::NeverAsked { path, .. } => path,
        }
    }

    /// Whether that is what stands there, or the name that it stands under.
    fn part(&self) -> Part {
        match self {
            Self::Wrong { .. } => Part::Value,
            // The step is the value here.
            problem if problem.path() == "cancel.during" => Part::Value,
            _ => Part::Name,
        }
    }
}

/// Why a simulation cannot go on: the scenario has no usable answer for a call.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SimulationProblem {
    /// Nothing is written for the call.
    #[error(
        "{file} has no answer for the call of {api} by the step `{step}`: {}{}",
        answer_it(*.form, .key, .api),
        may_hold(.members)
    )]
    NoAnswer {
        /// The scenario file.
        file: String,
        /// Where the scenario began, so where to go on.
        form: Form,
        /// The step that calls.
        step: String,
        /// What it calls: `ECS.RunTask`.
        api: String,
        /// How the scenario names this call of the step: by the step alone, if it makes no other.
        key: String,
        /// The members that an answer may have.
        members: Box<[&'static str]>,
    },
    /// Nothing is written about what a default takes from Parameter Store.
    #[error("{file} does not say what Parameter Store has under `{name}`: {}", store_it(*.form, .name))]
    NoStored {
        /// The scenario file.
        file: String,
        /// Where the scenario began, so where to go on.
        form: Form,
        /// The name in Parameter Store.
        name: String,
    },
    /// Nobody ever tells a step that waits without a limit to go on.
    #[error(
        "{file}: the step `{step}` waits for a signal without a limit, and nobody gives it one: {}",
        say_it(*.form, .step, .signal)
    )]
    NoSignal {
        /// The scenario file.
        file: String,
        /// Where the scenario began, so where to go on.
        form: Form,
        /// The step that waits.
        step: String,
        /// A signal that it waits for.
        signal: &'static str,
    },
    /// The answer is one that the service could never give.
    #[error("{file}: `{path}`, {} of {api}: {problem}", answer_number(*.number))]
    ImpossibleAnswer {
        /// The scenario file, with the place in it.
        file: String,
        /// Where in the scenario.
        path: String,
        /// Which of several answers, from 1, if the path does not say so.
        number: Option<usize>,
        /// What was called.
        api: String,
        /// What is wrong with it.
        problem: Box<AnswerProblem>,
    },
}

fn iterations(step: &str, around: usize) -> String {
    match around {
        0 => format!("`{step}` is not inside a loop, so that it has no iterations"),
        _ => format!(
            "an iteration is named by numbers from 1, one for each loop around the step: `{step}{}`",
            "[1]".repeat(around)
        ),
    }
}

fn answer_it(form: Form, key: &str, api: &str) -> String {
    match (form, request(api)) {
        (Form::File, _) => {
            format!("write one under `answers:`, as `{key}: {{…}}` or `{api}: {{…}}`")
        }
        (Form::Program, Some(request)) => format!(
            "add one by `.on::<api::{request}>(json!({{…}}))` or `.at({key:?}, json!({{…}}))`"
        ),
        (Form::Program, None) => format!("add one by `.at({key:?}, json!({{…}}))`"),
    }
}

/// The struct of an operation's request, where the operation's name alone tells how that is called.
fn request(api: &str) -> Option<&str> {
    let (_, operation) = api.split_once('.')?;
    let is_upper = |letter: &u8| !letter.is_ascii_lowercase();
    let mut pairs = operation.as_bytes().windows(2);
    let is_plain = !pairs.any(|pair| pair.iter().all(is_upper));
    is_plain.then_some(operation)
}

fn store_it(form: Form, name: &str) -> String {
    match form {
        Form::File => format!(
            "write it under `ssm:`, as `{name}: …`, or give the parameter a value under `parameters:`"
        ),
        Form::Program => {
            format!("add it by `.stored({name:?}, …)`, or give the parameter a value")
        }
    }
}

fn say_it(form: Form, step: &str, signal: &str) -> String {
    match form {
        Form::File => format!("write it under `signals:`, as `{step}: {signal}`"),
        Form::Program => format!("add it by `.says({step:?}, Said::{signal}())`"),
    }
}

fn answer_number(number: Option<usize>) -> String {
    match number {
        None => "the answer".to_owned(),
        Some(number) => format!("answer no. {number}"),
    }
}

fn may_hold(members: &[&str]) -> String {
    match members {
        [] => " (its answer is always empty)".to_owned(),
        members => format!(" (its answer may hold {})", members.join(", ")),
    }
}
