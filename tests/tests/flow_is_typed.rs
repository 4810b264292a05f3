//! A transition to a step that does not exist is no Rust, even if the checker had a hole.

use runbookc_tests::emission::{cargo_in, copy};
use runbookc_tests::folder::{read, write};
use runbookc_tests::paths::example;
use runbookc_tests::process::run;

#[test]
fn transition_to_a_missing_step_does_not_compile() {
    let folder = copy(&example().join("emitted"), "flow-is-typed");
    let sources = folder.join("src");
    let flow = sources.join("ecs_run_task/flow.rs");
    let text = read(&flow);
    let transition = "OnFailure::Step(Step::LetLogsArrive)";
    assert!(
        text.contains(transition),
        "the table has no {transition}:\n{text}"
    );

    run(cargo_in(&folder, "check").arg("--no-default-features")).expect_code(0);
    write(
        &flow,
        text.replacen(transition, "OnFailure::Step(Step::LetLogsVanish)", 1),
    );
    let ran = run(cargo_in(&folder, "check").arg("--no-default-features")).expect_code(101);
    assert!(ran.stderr.contains("error[E0599]"), "{}", ran.stderr);
    assert!(ran.stderr.contains("`LetLogsVanish`"), "{}", ran.stderr);
}
