//! Flow: where each step leads, as the runbook writes it, and the rules that follow from it (spec 4.4).
//!
//! Generated code gives one [`Flow`] per step. Targets are values of the generated `Step` enum, so a
//! jump to a step that does not exist cannot be written down.

use serde::{Deserialize, Serialize};

/// What follows a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum After<S> {
    /// Another step.
    Step(S),
    /// Nothing on its level: the iteration of the loop around it ends, or else the execution.
    End,
    /// Nothing at all: the loops around it and the execution end.
    Abort,
}

impl<S> After<S> {
    /// The same about what `change` makes of the step.
    pub fn map<T>(self, change: impl FnOnce(S) -> T) -> After<T> {
        match self {
            Self::Step(step) => After::Step(change(step)),
            Self::End => After::End,
            Self::Abort => After::Abort,
        }
    }

    /// The step, if one follows.
    pub fn step(self) -> Option<S> {
        match self {
            Self::Step(step) => Some(step),
            Self::End | Self::Abort => None,
        }
    }
}

/// What happens when a step fails or times out (`onFailure`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure<S> {
    /// End the execution as failed. The default.
    Abort,
    /// Go on as if the step had succeeded.
    Continue,
    /// Jump to a step.
    Step(S),
}

/// What happens when a step is cancelled (`onCancel`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnCancel<S> {
    /// End the execution. The default.
    Abort,
    /// Run this step and what follows it, within two minutes (spec 4.5).
    Step(S),
}

/// The properties of one step that decide where it leads. `None` means that the runbook does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow<S: 'static> {
    /// The loop around it.
    pub inside: Option<S>,
    /// The first step inside, if it is a loop.
    pub body: Option<S>,
    /// The step listed after this one; `None` for the last of its level.
    pub following: Option<S>,
    /// Where the `Choices` of a branch lead; empty for other steps.
    pub choices: &'static [S],
    /// `Default` of a branch.
    pub otherwise: Option<S>,
    /// `nextStep`.
    pub next_step: Option<S>,
    /// `onFailure`.
    pub on_failure: Option<OnFailure<S>>,
    /// `onCancel`.
    pub on_cancel: Option<OnCancel<S>>,
    /// `isCritical`.
    pub is_critical: Option<bool>,
    /// `isEnd`.
    pub is_end: Option<bool>,
}

impl<S: Copy + 'static> Flow<S> {
    /// A step that is followed by `following` in the list.
    pub const fn then(following: S) -> Self {
        Self {
            following: Some(following),
            ..Self::last()
        }
    }

    /// The last step of the list.
    pub const fn last() -> Self {
        Self {
            inside: None,
            body: None,
            following: None,
            choices: &[],
            otherwise: None,
            next_step: None,
            on_failure: None,
            on_cancel: None,
            is_critical: None,
            is_end: None,
        }
    }

    /// A step after which its level ends: `isEnd: true`.
    pub const fn end() -> Self {
        Self::last().is_end(true)
    }

    /// Adds the loop around the step.
    pub const fn inside(self, step: S) -> Self {
        Self {
            inside: Some(step),
            ..self
        }
    }

    /// Adds the first step inside a loop.
    pub const fn body(self, step: S) -> Self {
        Self {
            body: Some(step),
            ..self
        }
    }

    /// Adds the targets of a branch's `Choices`.
    pub const fn choices(self, choices: &'static [S]) -> Self {
        Self { choices, ..self }
    }

    /// Adds the `Default` of a branch.
    pub const fn otherwise(self, step: S) -> Self {
        Self {
            otherwise: Some(step),
            ..self
        }
    }

    /// Adds `nextStep`.
    pub const fn next_step(self, step: S) -> Self {
        Self {
            next_step: Some(step),
            ..self
        }
    }

    /// Adds `onFailure`.
    pub const fn on_failure(self, on_failure: OnFailure<S>) -> Self {
        Self {
            on_failure: Some(on_failure),
            ..self
        }
    }

    /// Adds `onCancel`.
    pub const fn on_cancel(self, on_cancel: OnCancel<S>) -> Self {
        Self {
            on_cancel: Some(on_cancel),
            ..self
        }
    }

    /// Adds `isCritical`.
    pub const fn is_critical(self, is_critical: bool) -> Self {
        Self {
            is_critical: Some(is_critical),
            ..self
        }
    }

    /// Adds `isEnd`.
    pub const fn is_end(self, is_end: bool) -> Self {
        Self {
            is_end: Some(is_end),
            ..self
        }
    }

    /// The step after a success, branch jumps aside: `nextStep`, else the next in the list.
    pub const fn successor(&self) -> Option<S> {
        match self.next_step {
            Some(step) => Some(step),
            None => self.following,
        }
    }

    /// Whether its level ends after this step.
    pub const fn ends(&self) -> bool {
        matches!(self.is_end, Some(true))
    }

    /// What follows a success. `jump` is the choice that a branch has taken; it wins over `isEnd` (spec 4.4).
    pub const fn after_success(&self, jump: Option<S>) -> After<S> {
        match (jump, self.successor()) {
            (Some(step), _) => After::Step(step),
            (None, Some(step)) if !self.ends() => After::Step(step),
            (None, _) => After::End,
        }
    }

    /// What follows a failure or a timeout that no attempt is left for.
    pub const fn after_failure(&self) -> After<S> {
        match self.on_failure {
            None | Some(OnFailure::Abort) => After::Abort,
            Some(OnFailure::Continue) => self.after_success(None),
            Some(OnFailure::Step(_)) if self.ends() => After::End,
            Some(OnFailure::Step(step)) => After::Step(step),
        }
    }

    /// Whether a failure of this step makes the execution fail: always with `Abort`, with `Continue` only where
    /// `isCritical: true` is written, with a jump unless `isCritical: false` is (spec 4.4, 4.7).
    pub const fn failure_counts(&self) -> bool {
        match self.on_failure {
            None | Some(OnFailure::Abort) => true,
            Some(OnFailure::Continue) => matches!(self.is_critical, Some(true)),
            Some(OnFailure::Step(_)) => !matches!(self.is_critical, Some(false)),
        }
    }

    /// What follows when this step is cancelled.
    pub const fn after_cancel(&self) -> After<S> {
        match self.on_cancel {
            None | Some(OnCancel::Abort) => After::Abort,
            Some(OnCancel::Step(step)) => After::Step(step),
        }
    }
}
