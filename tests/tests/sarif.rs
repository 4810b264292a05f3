//! `check --format sarif` is valid by the schema that OASIS publishes.
//!
//! The schema comes with the crate `serde-sarif`, which cargo fetches and nobody compiles.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use runbookc_tests::folder::{Folder, files, write};
use runbookc_tests::paths::{compiler, kept, repository};
use runbookc_tests::process::{cargo, run};
use runbookc_tests::python;
use serde_json::Value;

const VALIDATE: &str = "\
import json, sys
import jsonschema
schema, log = (json.load(open(path)) for path in sys.argv[1:])
validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
errors = [f'{error.json_path}: {error.message}' for error in validator.iter_errors(log)]
sys.exit('\\n'.join(errors) or 0)
";

#[test]
fn logs_of_all_faulty_runbooks_are_valid() {
    let faulty = repository().join("compiler/tests/diagnostics");
    let paths = files(&faulty, &|_| true).into_iter();
    let paths = paths.map(|path| faulty.join(path));
    let ran = run(compiler(["check", "--format", "sarif"])
        .args(paths)
        .current_dir(repository()));
    let ran = ran.expect_code(1);
    let log: Value = serde_json::from_str(&ran.stdout).expect("a log is JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert!(results.len() > 100, "{}", results.len());
    let with = |member: &str| results.iter().any(|result| result[member][0].is_object());
    assert!(with("fixes") && with("relatedLocations"));
    let location = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"];
    let uri = location["uri"].as_str().expect("a URI");
    assert!(uri.starts_with("compiler/tests/diagnostics/"), "{uri}");

    let folder = Folder::new();
    let valid = folder.write("valid.sarif", &ran.stdout);
    run(&mut validate(&valid)).expect_code(0);

    let broken = ran.stdout.replace("\"startLine\"", "\"line\"");
    let broken = folder.write("broken.sarif", broken);
    let refused = run(&mut validate(&broken)).expect_code(1);
    assert!(refused.stderr.contains("'line'"), "{}", refused.stderr);
}

#[test]
fn the_log_of_a_sound_runbook_is_valid() {
    let ran = run(compiler(["check", "--format", "sarif"])
        .arg("examples/ecs-run-task/runbook.yaml")
        .current_dir(repository()));
    let folder = Folder::new();
    let log = folder.write("sound.sarif", ran.expect_code(0).stdout);
    run(&mut validate(&log)).expect_code(0);
}

fn validate(log: &Path) -> Command {
    let mut command = Command::new(python::with_jsonschema());
    command.args(["-c", VALIDATE]).arg(published()).arg(log);
    command
}

fn published() -> &'static Path {
    static SCHEMA: OnceLock<PathBuf> = OnceLock::new();
    SCHEMA.get_or_init(fetch)
}

/// The schema, in the source of a crate that cargo has fetched.
fn fetch() -> PathBuf {
    const MANIFEST: &str = "\
[package]
name = \"schema\"
version = \"0.0.0\"
edition = \"2024\"
[workspace]
[dependencies]
serde-sarif = \"=0.8.0\"
";
    let folder = kept("sarif-schema");
    write(&folder.join("Cargo.toml"), MANIFEST);
    write(&folder.join("src/lib.rs"), "");
    let mut metadata = cargo("metadata");
    metadata
        .args(["--quiet", "--format-version", "1"])
        .current_dir(&folder);
    let metadata = run(&mut metadata).expect_code(0).stdout;
    let metadata: Value = serde_json::from_str(&metadata).expect("metadata is JSON");
    let mut packages = metadata["packages"].as_array().expect("packages").iter();
    let package = packages.find(|package| package["name"] == "serde-sarif");
    let manifest = package.expect("the crate")["manifest_path"].as_str();
    let schema = Path::new(manifest.expect("a path")).with_file_name("src/schema.json");
    assert!(fs::exists(&schema).expect("a readable folder"));
    schema
}
