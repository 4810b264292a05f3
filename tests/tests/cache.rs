//! The cache gives every runbook its own binary.

use std::path::Path;

use runbookc_tests::folder::Folder;
use runbookc_tests::paths::compiler;
use runbookc_tests::process::run;

#[test]
fn runbooks_of_one_name_do_not_get_each_others_binary() {
    let folder = Folder::new();
    let first = folder.write("first/same-name.yaml", runbook("pauseHere"));
    let second = folder.write("second/same-name.yaml", runbook("pauseThere"));
    for (file, step) in [
        (&first, "pauseHere"),
        (&second, "pauseThere"),
        (&first, "pauseHere"),
        (&second, "pauseThere"),
    ] {
        assert_eq!(first_step(file), step);
    }
}

fn runbook(step: &str) -> String {
    format!(
        "schemaVersion: '0.3'\nmainSteps:\n  - name: {step}\n    action: aws:sleep\n    inputs: {{Duration: PT1S}}\n"
    )
}

/// The name of the first step, as the built binary knows it.
fn first_step(runbook: &Path) -> String {
    let scenario = runbook.with_file_name("scenario.yaml");
    runbookc_tests::folder::write(&scenario, "expect: {status: Success}\n");
    let mut command = compiler(["run"]);
    command.arg(runbook);
    command
        .args(["--", "--output", "json", "--simulate"])
        .arg(scenario);
    let record = run(&mut command).expect_code(0).json();
    let name = &record["AutomationExecution"]["StepExecutions"][0]["StepName"];
    name.as_str().expect("a step has a name").to_owned()
}
