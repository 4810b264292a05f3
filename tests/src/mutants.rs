//! The mutation kit: makes the mistakes that people make in runbooks that have none, and sees which of them are found.
//!
//! A [`Kind`] is a way to go wrong; it makes [`Mutation`]s of a [`Subject`], a runbook without errors. A mutant that is
//! provably the same program as its original is left out ([`Subject::program`]); every other one counts, and is
//! [`Verdict::Found`] when something is reported that touches the place of the mistake and was not reported before.
//! Nothing depends on time or chance: the same runbooks give the same mutants.

mod judge;
mod kinds;
mod mutation;
mod spelling;
mod subject;
mod table;

pub use judge::{Verdict, judge};
pub use kinds::{KINDS, Kind};
pub use mutation::Mutation;
pub use subject::Subject;
pub use table::{Count, Table};

use std::thread;

/// A runbook, a kind, the mutant's text and the verdict.
pub type Tell<'a> = dyn Fn(&Subject, &Kind, &str, &Verdict) + Sync + 'a;

/// Judges up to `most` mutants of each kind, spread over the runbooks; `tell` is told of each that is not found.
pub fn run(subjects: &[Subject], most: usize, tell: &Tell<'_>) -> Table {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let part = KINDS.len().div_ceil(workers);
    thread::scope(|scope| {
        let parts = KINDS.chunks(part);
        let running: Vec<_> = parts
            .map(|kinds| scope.spawn(move || run_some(subjects, kinds, most, tell)))
            .collect();
        let mut table = Table::default();
        for worker in running {
            table.add(&worker.join().expect("judging does not panic"));
        }
        table
    })
}

fn run_some(subjects: &[Subject], kinds: &[Kind], most: usize, tell: &Tell<'_>) -> Table {
    let mut table = Table::default();
    for kind in kinds {
        let all = subjects.iter().flat_map(|subject| {
            let mutations = kind.mutations(subject).into_iter();
            mutations.map(move |mutation| (subject, mutation))
        });
        for (subject, mutation) in spread(all.collect(), most) {
            let Some(mutant) = mutation.apply(subject, kind.legible) else {
                continue;
            };
            let verdict = judge(subject, &mutant);
            if matches!(verdict, Verdict::Elsewhere(_) | Verdict::Missed) {
                tell(subject, kind, &mutant.text, &verdict);
            }
            table.count(kind.name, &verdict);
        }
    }
    table
}

/// Up to `most` of all, at equal distances.
fn spread<T>(all: Vec<T>, most: usize) -> impl Iterator<Item = T> {
    let count = all.len();
    let numbered = all.into_iter().enumerate();
    let chosen = numbered.filter(move |(index, _)| {
        count <= most || (index + 1) * most / count > index * most / count
    });
    chosen.map(|(_, one)| one)
}
