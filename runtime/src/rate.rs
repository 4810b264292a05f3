//! Rate control: how many executions for several targets run at once, and when no more are started (spec 6.3).
//!
//! Only arithmetic: whoever starts executions asks here, with nothing but how many there are of which kind. So the answer
//! is the same after a cut.

use crate::value::InputError;

/// The most values of a parameter that can be targets (spec 6.6).
pub const MOST_VALUES: usize = 50;

/// The most maps that can be targets (spec 6.3).
pub const MOST_MAPS: usize = 300;

/// `MaxConcurrency` where nothing is said.
const CONCURRENCY: Share = Share::Number(10);

/// `MaxErrors` where nothing is said.
const ERRORS: Share = Share::Number(0);

/// What is said of a rate: `MaxConcurrency` and `MaxErrors`, each a number or a percentage of the targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    concurrency: Share,
    errors: Share,
}

/// What a rate comes to for a number of targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many executions may run at once; 1 at least.
    pub concurrency: usize,
    /// How many may fail before no more are started.
    pub errors: usize,
}

/// How far the executions for several targets are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many targets there are.
    pub total: usize,
    /// For how many an execution has started, whether it has ended or not.
    pub started: usize,
    /// How many have ended, however.
    pub completed: usize,
    /// How many of those have not succeeded.
    pub failed: usize,
}

/// A number, or a part of all targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    Number(usize),
    Percent(usize),
}

impl Rate {
    /// Reads what is said: numbers such as `3`, percentages such as `10%`. What is not said has the service's default:
    /// 10 at once, no error.
    ///
    /// # Errors
    /// When a text is neither, or is no possible number.
    pub fn read(
        max_concurrency: Option<&str>,
        max_errors: Option<&str>,
    ) -> Result<Self, InputError> {
        let read = |name, text: Option<&str>, least, default| {
            match text {
            None => Ok(default),
            Some(text) => Share::read(text, least).ok_or_else(|| {
                InputError::OutOfBounds(format!(
                    "`{name}` is `{text}`, but a number from {least} on or a percentage such as `10%` is wanted"
                ))
            }),
        }
        };
        Ok(Self {
            concurrency: read("MaxConcurrency", max_concurrency, 1, CONCURRENCY)?,
            errors: read("MaxErrors", max_errors, 0, ERRORS)?,
        })
    }

    /// What it comes to for so many targets: of percentages the whole part, and one execution at once in any case.
    pub fn of(self, targets: usize) -> Limits {
        Limits {
            concurrency: self.concurrency.of(targets).max(1),
            errors: self.errors.of(targets),
        }
    }
}

impl Limits {
    /// Whether one more execution may start now. One runs alone at first, then two, then four: with every such wave that
    /// has ended twice as many, up to the limit.
    pub fn may_start(self, counts: Counts) -> bool {
        let running = counts.started.saturating_sub(counts.completed);
        counts.started < counts.total
            && !self.are_exceeded(counts.failed)
            && running < self.window(counts.completed)
    }

    /// Whether so many failures are too many: no more executions start then, and all of them together have failed.
    pub const fn are_exceeded(self, failed: usize) -> bool {
        failed > self.errors
    }

    /// How many may run at once after so many have ended.
    fn window(self, completed: usize) -> usize {
        let wave = completed.saturating_add(1).ilog2();
        let window = 1_usize.checked_shl(wave).unwrap_or(self.concurrency);
        window.min(self.concurrency)
    }
}

impl Share {
    fn read(text: &str, least: usize) -> Option<Self> {
        let (digits, percent) = match text.strip_suffix('%') {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
        let padded = digits.len() > 1 && digits.starts_with('0');
        // The service takes seven characters.
        let number: usize = digits
            .parse()
            .ok()
            .filter(|_| plain && !padded && text.len() <= 7)?;
        match percent {
            _ if number < least => None,
            true => (number <= 100).then_some(Self::Percent(number)),
            false => Some(Self::Number(number)),
        }
    }

    fn of(self, targets: usize) -> usize {
        match self {
            Self::Number(number) => number,
            Self::Percent(percent) => targets.saturating_mul(percent) / 100,
        }
    }
}
