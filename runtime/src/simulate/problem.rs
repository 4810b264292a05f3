//! What can be wrong with a scenario file.

use std::fmt;

use thiserror::Error;

use crate::decode::AnswerProblem;

/// Everything that is wrong with a scenario file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct ScenarioErrors {
    /// The file as it was named.
    pub file: String,
    /// The problems, in the order of the file.
    pub problems: Vec<ScenarioProblem>,
}

impl fmt::Display for ScenarioErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{}: {problem}", self.file)?;
        }
        Ok(())
    }
}

/// One thing that is wrong with a scenario file. Paths are those of the file: `answers.ecs[1]`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScenarioProblem {
    /// The file is neither YAML nor JSON.
    #[error("{0}")]
    Syntax(String),
    /// A member that scenarios do not have.
    #[error("`{path}` is not something a scenario can say{hint}")]
    Unknown {
        /// The member.
        path: String,
        /// `; did you mean …?`, or nothing.
        hint: String,
    },
    /// A value of the wrong kind.
    #[error("`{path}` is {found}, but {wanted} belongs there")]
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
    #[error("`ssm.{name}`: no default of the runbook takes this from Parameter Store{hint}")]
    NotStored {
        /// The name.
        name: String,
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

/// Why a simulation cannot go on: the scenario has no usable answer for a call.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SimulationProblem {
    /// Nothing is written for the call.
    #[error(
        "{file} has no answer for the call of {api} by the step `{step}`: write one under \
         `answers:`, as `{key}: {{…}}` or `{api}: {{…}}`{}",
        may_hold(.members)
    )]
    NoAnswer {
        /// The scenario file.
        file: String,
        /// The step that calls.
        step: String,
        /// What it calls: `ECS.RunTask`.
        api: String,
        /// How the scenario names this call of the step: by the step alone, if it makes no other.
        key: String,
        /// The members that an answer may have.
        members: Vec<&'static str>,
    },
    /// Nothing is written about what a default takes from Parameter Store.
    #[error(
        "{file} does not say what Parameter Store has under `{name}`: write it under `ssm:`, as `{name}: …`, or give \
         the parameter a value under `parameters:`"
    )]
    NoStored {
        /// The scenario file.
        file: String,
        /// The name in Parameter Store.
        name: String,
    },
    /// Nobody ever tells a step that waits without a limit to go on.
    #[error(
        "{file}: the step `{step}` waits for a signal without a limit, and nobody gives it one: write it under \
         `signals:`, as `{step}: {signal}`"
    )]
    NoSignal {
        /// The scenario file.
        file: String,
        /// The step that waits.
        step: String,
        /// A signal that it waits for.
        signal: &'static str,
    },
    /// The answer is one that the service could never give.
    #[error("{file}: `{path}`, the answer of {api}: {problem}")]
    ImpossibleAnswer {
        /// The scenario file.
        file: String,
        /// Where in the file.
        path: String,
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

fn may_hold(members: &[&str]) -> String {
    match members {
        [] => " (its answer is always empty)".to_owned(),
        members => format!(" (its answer may hold {})", members.join(", ")),
    }
}
