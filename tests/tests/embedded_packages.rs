//! Packages that embed runbooks, as their authors test them.

use runbookc_tests::paths::{cache, repository};
use runbookc_tests::process::{cargo, run};

/// A service that restarts others by a runbook.
#[test]
fn example_of_a_service_passes_its_tests() {
    passes_its_tests("examples/embed");
}

/// Programs that do not fit the runbooks which they embed, and what Rust says about them.
#[test]
fn programs_that_do_not_fit_their_runbooks_do_not_compile() {
    passes_its_tests("tests/typed");
}

#[track_caller]
fn passes_its_tests(package: &str) {
    let mut test = cargo("test");
    test.current_dir(repository().join(package))
        .arg("--locked")
        // By the environment, where the cargo that such a test starts finds it too.
        .env("CARGO_TARGET_DIR", cache().join("target"));
    run(&mut test).expect_code(0);
    let mut format = cargo("fmt");
    format
        .current_dir(repository().join(package))
        .args(["--", "--check"]);
    run(&mut format).expect_code(0);
}
