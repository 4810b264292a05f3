//! What was found, by kind of mistake.

use std::collections::BTreeMap;
use std::fmt;

use super::{KINDS, Verdict};

/// How many mutants ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Those that are the same program as their original; they count for nothing else.
    pub same: usize,
    /// Those that are reported where they should be.
    pub found: usize,
    /// Those that are reported elsewhere.
    pub elsewhere: usize,
    /// Those that are not reported.
    pub missed: usize,
}

/// The counts of all kinds.
#[derive(Clone, Debug, Default)]
pub struct Table {
    counts: BTreeMap<&'static str, Count>,
}

impl Count {
    /// All mutants that are other programs.
    pub const fn mutants(&self) -> usize {
        self.found + self.elsewhere + self.missed
    }

    /// All mutants.
    pub const fn made(&self) -> usize {
        self.mutants() + self.same
    }

    /// How many of a hundred are found; 100 of none.
    #[allow(
        clippy::cast_precision_loss,
        reason = "there are not that many mutants"
    )]
    pub fn percent(&self) -> f64 {
        match self.mutants() {
            0 => 100.0,
            mutants => 100.0 * self.found as f64 / mutants as f64,
        }
    }

    fn add(&mut self, other: &Self) {
        self.same += other.same;
        self.found += other.found;
        self.elsewhere += other.elsewhere;
        self.missed += other.missed;
    }
}

impl Table {
    /// Counts one mutant.
    pub fn count(&mut self, kind: &'static str, verdict: &Verdict) {
        let count = self.counts.entry(kind).or_default();
        match verdict {
            Verdict::Same => count.same += 1,
            Verdict::Found => count.found += 1,
            Verdict::Elsewhere(_) => count.elsewhere += 1,
            Verdict::Missed => count.missed += 1,
        }
    }

    /// Adds the counts of another table.
    pub fn add(&mut self, other: &Self) {
        for (kind, count) in &other.counts {
            self.counts.entry(kind).or_default().add(count);
        }
    }

    /// The count of a kind.
    pub fn of(&self, kind: &str) -> Count {
        self.counts.get(kind).copied().unwrap_or_default()
    }

    /// The count of all kinds together.
    pub fn total(&self) -> Count {
        let mut total = Count::default();
        self.counts.values().for_each(|count| total.add(count));
        total
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{:52} {:>7} {:>7} {:>9} {:>7} {:>7}",
            "kind", "mutants", "found", "elsewhere", "missed", "percent"
        )?;
        let mut line = |name: &str, count: &Count| {
            writeln!(
                formatter,
                "{name:52} {:7} {:7} {:9} {:7} {:7.1}",
                count.mutants(),
                count.found,
                count.elsewhere,
                count.missed,
                count.percent()
            )
        };
        for kind in KINDS {
            line(kind.name, &self.of(kind.name))?;
        }
        let total = self.total();
        line("all", &total)?;
        writeln!(
            formatter,
            "{} more mutants were the same programs as their originals",
            total.same
        )
    }
}
