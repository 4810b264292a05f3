//! The example's `emitted/` is what the compiler writes today, and good Rust.

use runbookc_tests::emission::{cargo_in, copy, emit_crate, emitted_files};
use runbookc_tests::folder::Folder;
use runbookc_tests::paths::example;
use runbookc_tests::process::{cargo, run};

const HOW_TO_RENEW: &str = "emit the example anew: cargo run -p runbookc -- build --emit crate \
     --output examples/ecs-run-task/emitted examples/ecs-run-task/runbook.yaml";

#[test]
fn emitted_is_a_fresh_emission() {
    let kept = emitted_files(&example().join("emitted"));
    let fresh = Folder::new();
    emit_crate(&example().join("runbook.yaml"), fresh.path());
    for (kept, fresh) in kept.iter().zip(&emitted_files(fresh.path())) {
        assert!(
            kept == fresh,
            "{} differs; {HOW_TO_RENEW}",
            kept.0.display()
        );
    }
    assert_eq!(
        kept.len(),
        emitted_files(fresh.path()).len(),
        "{HOW_TO_RENEW}"
    );
}

#[test]
fn two_emissions_are_identical() {
    let (first, second) = (Folder::new(), Folder::new());
    for folder in [&first, &second] {
        emit_crate(&example().join("runbook.yaml"), folder.path());
    }
    assert_eq!(emitted_files(first.path()), emitted_files(second.path()));
}

#[test]
fn no_path_of_this_machine_is_emitted() {
    let example = example();
    for (file, text) in emitted_files(&example.join("emitted")) {
        let path = example.to_string_lossy();
        assert!(!text.contains(&*path), "{} holds {path}", file.display());
    }
}

#[test]
fn emitted_passes_rustfmt_and_clippy() {
    let folder = copy(&example().join("emitted"), "emitted");
    run(cargo("fmt").arg("--check").current_dir(&folder)).expect_code(0);
    for features in [["--no-default-features"].as_slice(), &[]] {
        let mut clippy = cargo_in(&folder, "clippy");
        clippy
            .arg("--all-targets")
            .args(features)
            .args(["--", "-D", "warnings"]);
        run(&mut clippy).expect_code(0);
    }
}
