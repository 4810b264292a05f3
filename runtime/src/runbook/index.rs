//! The steps of runbooks by their names. The names of one are sorted in when the first of them is looked for, and stay for
//! as long as the program, like the steps themselves.

use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock};

use super::StepDefinition;

/// The places of some steps, by their names.
type Names = HashMap<&'static str, usize>;

/// Which steps: the address of the first, and how many there are.
type Steps = (usize, usize);

static ALL: RwLock<BTreeMap<Steps, &'static Names>> = RwLock::new(BTreeMap::new());

/// Up to so many steps are faster looked through than looked up.
const FEW: usize = 8;

/// The place of the step of this name.
pub(super) fn place(steps: &'static [StepDefinition], name: &str) -> Option<usize> {
    match steps.len() {
        0..=FEW => steps.iter().position(|step| step.name == name),
        _ => names(steps).get(name).copied(),
    }
}

fn names(steps: &'static [StepDefinition]) -> &'static Names {
    let key = (steps.as_ptr().addr(), steps.len());
    // Nothing panics while it holds the lock, and what it guards is whole at any time.
    let known = ALL.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(names) = known.get(&key) {
        return names;
    }
    drop(known);
    let mut all = ALL.write().unwrap_or_else(PoisonError::into_inner);
    all.entry(key).or_insert_with(|| {
        let places = steps.iter().enumerate();
        // Of two steps of one name, which no runbook has, the first counts, as it does where they are looked through.
        let places = places.rev().map(|(place, step)| (step.name, place));
        Box::leak(Box::new(places.collect()))
    })
}
