//! Policy: how long to pause where the runbook does not say.

use std::time::Duration;

/// The pauses of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Between the polls of one wait.
    pub poll: Backoff,
    /// Between the attempts of a step, and between the calls that a service throttles (spec 8, row 19).
    pub retry: Backoff,
    /// For how long throttled calls are repeated before they count as a failed attempt (spec 4.3).
    pub throttling: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            poll: Backoff::seconds(2, 15),
            retry: Backoff::seconds(1, 30),
            throttling: Duration::from_secs(60),
        }
    }
}

/// A pause that doubles each time, up to a longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The first pause.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
}

impl Backoff {
    /// From `first` to `longest` seconds.
    pub const fn seconds(first: u64, longest: u64) -> Self {
        Self {
            first: Duration::from_secs(first),
            longest: Duration::from_secs(longest),
        }
    }

    /// The pause after the try of this number, from 1.
    pub fn after(&self, number: u32) -> Duration {
        let factor = 2_u32.saturating_pow(number.saturating_sub(1));
        self.first.saturating_mul(factor).min(self.longest)
    }
}
