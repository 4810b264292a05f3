//! `aws:changeInstanceState`: instances are started, stopped or terminated, and waited for (spec 5.4).

use serde_json::json;

use super::instances::{Fate, Instance, all_in, judged};
use super::{Move, Procedure, elements};
use crate::effect::{Request, inputs_of};
use crate::failure::{ACTION, COMPLETION};
use crate::value::{Document, InputError, Map};

/// Results of checks that tell that an instance cannot be used.
const UNFIT: [&str; 3] = ["impaired", "insufficient-data", "not-applicable"];

/// Brings instances into a state.
#[derive(Debug)]
pub struct ChangeInstanceState<Q> {
    /// The state that is wanted.
    pub desired: InstanceState,
    /// StartInstances; none where that cannot be meant.
    pub start: Option<Q>,
    /// StopInstances; none where that cannot be meant.
    pub stop: Option<Q>,
    /// TerminateInstances; none where that cannot be meant.
    pub terminate: Option<Q>,
    /// DescribeInstanceStatus of the instances.
    pub describe: Q,
    /// Whether the state is only waited for.
    pub check_only: bool,
    /// Whether an instance that is started and found stopped fails the step.
    pub fail_on_stopped: bool,
}

/// A state that instances can be brought into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceState {
    /// `running`.
    Running,
    /// `stopped`.
    Stopped,
    /// `terminated`.
    Terminated,
}

/// How far the instances are.
#[derive(Debug)]
pub enum Stage<Q> {
    /// They are told to.
    Change(Q),
    /// They are on their way.
    Wait,
}

impl InstanceState {
    const ALL: [Self; 3] = [Self::Running, Self::Stopped, Self::Terminated];

    /// The state of this name.
    ///
    /// # Errors
    /// When there is none, or instances cannot be brought into it.
    pub fn named(name: &str) -> Result<Self, InputError> {
        let mut all = Self::ALL.into_iter();
        all.find(|state| state.name() == name).ok_or_else(|| {
            InputError::OutOfBounds(format!(
                "`DesiredState` is `{name}`, but it must be `running`, `stopped` or `terminated`"
            ))
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Terminated => "terminated",
        }
    }
}

impl<Q: Request> Procedure<Q> for ChangeInstanceState<Q> {
    type Stage = Stage<Q>;

    fn inputs(&self) -> Map {
        let mut inputs = match self.change() {
            Some(change) => inputs_of(change),
            None => inputs_of(&self.describe),
        };
        inputs.shift_remove("IncludeAllInstances");
        inputs.insert("DesiredState".to_owned(), self.desired.name().into());
        if self.check_only {
            inputs.insert("CheckStateOnly".to_owned(), true.into());
        }
        if self.fail_on_stopped {
            inputs.insert("FailOnUnexpectedStopped".to_owned(), true.into());
        }
        inputs
    }

    fn begin(&self) -> Stage<Q> {
        match self.change() {
            Some(change) if !self.check_only => Stage::Change(change.clone()),
            _ => Stage::Wait,
        }
    }

    fn request(&self, stage: &Stage<Q>) -> Q {
        match stage {
            Stage::Change(change) => change.clone(),
            Stage::Wait => self.describe.clone(),
        }
    }

    fn answered(&self, stage: &Stage<Q>, answer: &Document) -> Move<Stage<Q>> {
        match stage {
            Stage::Change(_) => Move::Later(Stage::Wait),
            Stage::Wait => judged(
                &elements(&inputs_of(&self.describe), "InstanceIds"),
                answer,
                |instance| self.fate(instance),
                |states| json!({"InstanceStates": states}),
            ),
        }
    }

    fn hoped(&self, stage: &Stage<Q>) -> Option<Document> {
        match stage {
            Stage::Change(_) => None,
            Stage::Wait => {
                let instances = elements(&inputs_of(&self.describe), "InstanceIds");
                Some(all_in(&instances, self.desired.name()))
            }
        }
    }

    fn activity(&self, stage: &Stage<Q>) -> &'static str {
        match stage {
            Stage::Change(_) => ACTION,
            Stage::Wait => COMPLETION,
        }
    }
}

impl<Q> ChangeInstanceState<Q> {
    /// The request that brings instances into the state.
    fn change(&self) -> Option<&Q> {
        match self.desired {
            InstanceState::Running => self.start.as_ref(),
            InstanceState::Stopped => self.stop.as_ref(),
            InstanceState::Terminated => self.terminate.as_ref(),
        }
    }

    fn fate<'a>(&self, instance: &Instance<'a>) -> Fate<'a> {
        let unexpected = self.fail_on_stopped && !self.check_only;
        match (self.desired, instance.state) {
            (InstanceState::Running, "running") => instance.checked(&UNFIT),
            (InstanceState::Running, stopped @ "stopped") if unexpected => Fate::Lost(stopped),
            (desired, state) if state == desired.name() => Fate::There,
            (InstanceState::Running | InstanceState::Stopped, state)
                if ["shutting-down", "terminated"].contains(&state) =>
            {
                Fate::Lost(state)
            }
            (_, state) => Fate::OnItsWay(state),
        }
    }
}
