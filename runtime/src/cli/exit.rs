//! Exit codes: how a program that started a runbook's binary learns what came of it.

use std::process::ExitCode;

use crate::status::Status;

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The run succeeded; of `test`: everything came out as expected.
    Success,
    /// The run failed; of `test`: something came out otherwise.
    Failed,
    /// The arguments or the parameters cannot be used; nothing ran.
    Usage,
    /// The run timed out.
    TimedOut,
    /// The run was cancelled.
    Cancelled,
    /// The run could not start or go on.
    NotRun,
    /// The scenario cannot be played.
    Simulation,
    /// A second Ctrl-C ended the program at once.
    Interrupted,
}

/// Every exit code with its meaning, as `--help` shows them.
pub const EXIT_CODES: [(Exit, &str); 8] = [
    (
        Exit::Success,
        "Success; of `test`: everything came out as expected",
    ),
    (
        Exit::Failed,
        "Failed; of `test`: something came out otherwise",
    ),
    (
        Exit::Usage,
        "the arguments or parameters cannot be used, nothing ran",
    ),
    (Exit::TimedOut, "TimedOut"),
    (Exit::Cancelled, "Cancelled"),
    (
        Exit::NotRun,
        "the run could not start or go on: credentials, Region, role, journal",
    ),
    (
        Exit::Simulation,
        "the scenario cannot be played: a missing or an impossible answer",
    ),
    (Exit::Interrupted, "ended at once by a second Ctrl-C"),
];

impl Exit {
    /// The number that the process ends with.
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::TimedOut => 3,
            Self::Cancelled => 4,
            Self::NotRun => 5,
            Self::Simulation => 6,
            Self::Interrupted => 130,
        }
    }

    /// How a run with this final status ends.
    pub const fn of(status: Status) -> Self {
        match status {
            Status::Success => Self::Success,
            Status::TimedOut => Self::TimedOut,
            Status::Cancelled => Self::Cancelled,
            _ => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The table of exit codes for `--help`.
pub(super) fn help() -> String {
    let lines = EXIT_CODES
        .iter()
        .map(|(exit, meaning)| format!("\n  {:>3}  {meaning}", exit.code()));
    format!("Exit codes:{}", lines.collect::<String>())
}
