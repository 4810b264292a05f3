//! The runbook that this project began with, unchanged, where it is at hand.

use std::process::Command;

use runbookc_tests::paths::{cache, outside, repository, runbookc};
use runbookc_tests::process::run;

#[test]
fn the_five_outcomes_of_the_seed() {
    let Some(seed) = outside("RUNBOOKC_SEED") else {
        return eprintln!("skipped: set RUNBOOKC_SEED to the seed's runbook");
    };
    let mut script = Command::new(repository().join("tests/seed-scenarios.sh"));
    script
        .arg(seed)
        .env("RUNBOOKC", runbookc())
        .env("RUNBOOKC_CACHE_DIR", cache());
    let ran = run(&mut script).expect_code(0);
    assert!(
        ran.stdout.contains("coverage: 5 of 5 steps, 8 of 8 ways"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("5 of 5 scenarios came out as expected"),
        "{}",
        ran.stdout
    );
}
