//! Statuses of executions and steps.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How far an execution or a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Status {
    /// Not started. A step that nothing led to stays so.
    Pending,
    /// Running.
    InProgress,
    /// Waiting for people: an approval, or the end of a pause.
    Waiting,
    /// Ended well.
    Success,
    /// Ended by its time limit.
    TimedOut,
    /// Asked to stop.
    Cancelling,
    /// Stopped.
    Cancelled,
    /// Ended badly.
    Failed,
    /// Left for a step outside: only loops end so.
    Exited,
}

impl Status {
    /// Whether nothing can follow.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Success | Self::TimedOut | Self::Cancelled | Self::Failed | Self::Exited
        )
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, formatter)
    }
}
