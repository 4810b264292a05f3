//! Runbooks as parts of other crates.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use expect_test::expect_file;
use runbookc::catalogue::Catalogue;
use runbookc::emit;
use runbookc::source::Source;

use runbookc_tests::emission::{cargo_in, crate_folder, emit_module};
use runbookc_tests::folder::{Folder, read, write};
use runbookc_tests::paths::{example, repository};
use runbookc_tests::process::{cargo, run};

/// A second runbook, unlike the example in everything.
const RESTART: &str = r#"
schemaVersion: '0.3'
description: Restarts an instance, unless it is protected.
parameters:
  InstanceId:
    type: String
  Tags:
    type: StringList
    default: []
mainSteps:
  - name: look
    action: aws:executeAwsApi
    inputs:
      Service: ec2
      Api: DescribeInstances
      InstanceIds: ['{{ InstanceId }}']
    outputs:
      - Name: State
        Selector: $.Reservations[0].Instances[0].State.Name
        Type: String
  - name: decide
    action: aws:branch
    inputs:
      Choices:
        - Variable: '{{ look.State }}'
          StringEquals: running
          NextStep: reboot
    isEnd: true
  - name: reboot
    action: aws:executeAwsApi
    inputs:
      Service: ec2
      Api: RebootInstances
      InstanceIds: ['{{ InstanceId }}']
outputs:
  - look.State
"#;

/// A third one, whose step starts the second.
const NIGHTLY: &str = "
schemaVersion: '0.3'
mainSteps:
  - name: restart
    action: aws:executeAutomation
    inputs: {DocumentName: restart-instance, RuntimeParameters: {InstanceId: i-0123456789abcdef0}}
outputs: [restart.Output]
";

#[test]
fn two_runbooks_live_in_one_crate() {
    let runbooks = Folder::new();
    let restart = runbooks.write("restart-instance.yaml", RESTART);
    let folder = crate_folder("two-runbooks");
    for runbook in [example().join("runbook.yaml"), restart] {
        emit_module(&runbook, &folder.join("src"));
    }
    write_manifest(&folder, "two-runbooks");
    let library = "//! Two runbooks.\n\npub mod ecs_run_task;\npub mod restart_instance;\n\n\
        pub use ecs_run_task::EcsRunTask;\npub use restart_instance::RestartInstance;\n";
    write(&folder.join("src/lib.rs"), library);

    compiles_without_warnings(&folder);
}

#[test]
fn runbook_is_included_into_a_crate_without_features() {
    let folder = crate_folder("included-runbook");
    write(
        &folder.join("src/restart.rs"),
        included("restart-instance.yaml", RESTART),
    );
    let text = read(&example().join("runbook.yaml"));
    write(
        &folder.join("src/report.rs"),
        included("report.yaml", &text),
    );
    write_manifest(&folder, "included-runbook");
    let library = "//! Two runbooks, included.\n\ninclude!(\"restart.rs\");\ninclude!(\"report.rs\");\n\n\
        /// The names of the steps.\npub const STEPS: &[restart_instance::Step] = restart_instance::flow::STEPS;\n";
    write(&folder.join("src/lib.rs"), library);

    compiles_without_warnings(&folder);
}

#[test]
fn runbook_is_included_with_those_that_its_steps_start() {
    let folder = crate_folder("included-with-child");
    let sources = [
        ("nightly.yaml", NIGHTLY),
        ("restart-instance.yaml", RESTART),
    ]
    .map(|(name, text)| Arc::new(Source::new(name, text)));
    let compiled = runbookc::compile_all(&sources, Catalogue::embedded());
    let runbook = compiled.into_iter().next().and_then(|first| first.runbook);
    let runbook = runbook.expect("the runbooks have no errors");
    write(
        &folder.join("src/nightly.rs"),
        emit::include(&runbook, false),
    );
    write_manifest(&folder, "included-with-child");
    let library = "//! A runbook and its child, included.\n\ninclude!(\"nightly.rs\");\n\n\
        pub use nightly::Nightly;\npub use restart_instance::RestartInstance;\n";
    write(&folder.join("src/lib.rs"), library);

    compiles_without_warnings(&folder);
}

#[track_caller]
fn compiles_without_warnings(folder: &Path) {
    let ran = run(&mut cargo_in(folder, "check")).expect_code(0);
    assert_eq!(ran.stderr, "");
}

/// What a build script would write for a runbook.
fn included(name: &str, text: &str) -> String {
    let compiled = runbookc::compile(&Source::new(name, text), Catalogue::embedded());
    let runbook = compiled.runbook.expect("the runbook has no errors");
    emit::include(&runbook, false)
}

fn write_manifest(folder: &Path, name: &str) {
    let version = env!("CARGO_PKG_VERSION");
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nrunbook-runtime = \"={version}\"\n"
    );
    write(&folder.join("Cargo.toml"), manifest);
}

/// A package whose build script is one statement, and what it says in `src/lib.rs`.
fn package(name: &str, library: &str) -> PathBuf {
    let folder = crate_folder(name);
    write_manifest(&folder, name);
    let compiler = serde_json::Value::from(repository().join("compiler").to_string_lossy());
    let manifest = read(&folder.join("Cargo.toml"))
        + &format!(
            "\n[build-dependencies]\nrunbookc = {{ path = {compiler}, default-features = false }}\n"
        );
    write(&folder.join("Cargo.toml"), manifest);
    let script =
        "fn main() {\n    runbookc::Embed::new(\"runbooks/*.yaml\").aws(false).build();\n}\n";
    write(&folder.join("build.rs"), script);
    write(&folder.join("runbooks/restart-instance.yaml"), RESTART);
    write(&folder.join("runbooks/nightly.yaml"), NIGHTLY);
    write(&folder.join("src/lib.rs"), library);
    folder
}

#[test]
fn build_script_compiles_runbooks_once_and_shows_mistakes_where_they_are() {
    let folder = package(
        "built-by-script",
        "//! Runbooks.\n\nrunbook_runtime::include_runbook!(\"restart-instance\");\n\
         runbook_runtime::include_runbook!(\"nightly\");\n\n\
         pub use nightly::Nightly;\npub use restart_instance::RestartInstance;\n",
    );
    compiles_without_warnings(&folder);

    assert_eq!(compiled(&folder), Vec::<String>::new());
    let touched = format!("# Reviewed.{RESTART}");
    write(&folder.join("runbooks/restart-instance.yaml"), touched);
    assert_eq!(compiled(&folder), ["built-by-script"]);

    let mistaken = RESTART.replace("NextStep: reboot", "NextStep: rebot");
    write(&folder.join("runbooks/restart-instance.yaml"), mistaken);
    let failed = run(&mut cargo_in(&folder, "check")).expect_code(101);
    let shown = "runbooks/restart-instance.yaml:27:21";
    assert!(failed.stderr.contains(shown), "{}", failed.stderr);
    assert!(failed.stderr.contains("error[RB0203]"), "{}", failed.stderr);
    assert!(!failed.stderr.contains("panicked"), "{}", failed.stderr);

    let elsewhere = read(&folder.join("build.rs")).replace("runbooks/*", "books/*");
    write(&folder.join("build.rs"), elsewhere);
    let failed = run(&mut cargo_in(&folder, "check")).expect_code(101);
    let shown = format!(
        "error: no file is called `books/*.yaml` in `{}`, which has no `books`\n",
        folder.display()
    );
    assert!(failed.stderr.contains(&shown), "{}", failed.stderr);
}

/// A runbook whose parameters have all kinds of types, and which starts the second.
const DEPLOY: &str = r"
schemaVersion: '0.3'
description: Deploys a release, and restarts an instance by a runbook of its own.
parameters:
  InstanceId: {type: 'AWS::EC2::Instance::Id', description: The instance to restart.}
  Ticket: {type: String, allowedPattern: '^[A-Z]+-[0-9]+$'}
  Stage: {type: String, default: beta, allowedValues: [alpha, beta, prod-1]}
  Hosts: {type: StringList, default: [], allowedPattern: '^[a-z]+$'}
  Count: {type: Integer, default: 3}
  Tags: {type: StringMap, default: {}}
  new: {type: Boolean, default: false}
mainSteps:
  - name: announce
    action: aws:executeAwsApi
    inputs:
      Service: sns
      Api: Publish
      TopicArn: 'arn:aws:sns:us-east-1:111122223333:releases'
      Message: '{{ Ticket }} {{ Stage }} {{ Hosts }} {{ Count }} {{ Tags }} {{ new }}'
    outputs:
      - {Name: Message, Selector: $.MessageId, Type: String}
  - name: restart
    action: aws:executeAutomation
    inputs:
      DocumentName: restart-instance
      RuntimeParameters:
        InstanceId: '{{ InstanceId }}'
        Tags: ['{{ Stage }}', 'count-{{ Count }}']
  - name: nap
    action: aws:sleep
    inputs: {Duration: PT1S}
outputs: [announce.Message, restart.Output]
";

/// What a program does with it.
const TYPED: &str = r#"//! Runbooks.
#![warn(missing_docs, clippy::pedantic)]

runbook_runtime::include_runbooks!();

use deploy::parameters::{Hosts, Stage, Ticket};
use deploy::Parameters;
use runbook_runtime::resource::InstanceId;

/// What is supplied where every type is a type of its own.
///
/// # Errors
/// When a text is none of its type.
pub fn parameters(ticket: &str) -> Result<Parameters, Box<dyn std::error::Error>> {
    let parameters = Parameters::new(InstanceId::new("i-0123456789abcdef0")?, Ticket::new(ticket)?)
        .stage("prod-1".parse()?)
        .hosts(vec![Hosts::new("blue")?])
        .count(5)
        .tags([("owner".to_owned(), "ana".into())].into_iter().collect())
        .with_new(true);
    Ok(parameters.stage(Stage::Alpha))
}

#[cfg(test)]
mod tests {
    use super::*;
    use runbook_runtime::parameters::Supplied;
    use runbook_runtime::serde::Deserialize;
    use runbook_runtime::value::Document;

    #[test]
    fn parameters_are_supplied_by_their_names() {
        let supplied = super::parameters("OPS-7").unwrap().supplied();
        assert_eq!(supplied["Ticket"], "OPS-7");
        assert_eq!(supplied["Stage"], "alpha");
        assert_eq!(supplied["Hosts"][0], "blue");
        assert_eq!(supplied["Count"], 5);
        assert_eq!(supplied["Tags"]["owner"], "ana");
        assert_eq!(supplied["new"], true);
        let least = Parameters::new(InstanceId::unchecked(""), Ticket::new("A-1").unwrap());
        assert_eq!(least.supplied().len(), 2);
    }

    #[test]
    fn what_is_supplied_can_be_read() {
        let parameters = super::parameters("OPS-7").unwrap();
        assert_eq!(parameters.ticket.to_string(), "OPS-7");
        assert_eq!(parameters.stage, Some(Stage::Alpha));
        assert_eq!(Stage::Prod1.to_string(), "prod-1");
        let written = Document::from(parameters.supplied());
        assert_eq!(Parameters::deserialize(written).unwrap(), parameters);
    }

    #[test]
    fn texts_of_no_such_type_are_refused() {
        let refused = super::parameters("ops 7").unwrap_err().to_string();
        assert_eq!(refused, "the pattern `^[A-Z]+-[0-9]+$` does not match \"ops 7\"");
        let refused = "gamma".parse::<Stage>().unwrap_err().to_string();
        assert_eq!(refused, "\"gamma\" cannot be; allowed are alpha, beta, prod-1");
    }

    #[test]
    fn outputs_have_types() {
        let outputs = deploy::Outputs::default();
        let message: Option<String> = outputs.announce_message;
        let restarted: Option<Vec<String>> = outputs.restart_output;
        assert_eq!((message, restarted), (None, None));
    }
}
"#;

#[test]
fn parameters_and_outputs_have_types() {
    let folder = package("typed", TYPED);
    write(&folder.join("runbooks/deploy.yaml"), DEPLOY);
    let ran = run(&mut cargo_in(&folder, "test")).expect_code(0);
    assert!(ran.stdout.contains("4 passed"), "{}", ran.stdout);
    let ran = run(&mut cargo_in(&folder, "clippy")).expect_code(0);
    assert_eq!(ran.stderr, "");
}

/// A runbook that is called like a keyword, and so is much of it.
const KEYWORDS: &str = r"
schemaVersion: '0.3'
parameters:
  match: {type: String, allowedPattern: '^[a-z]+$'}
  Self: {type: String, default: async, allowedValues: [async, dyn]}
mainSteps:
  - name: crate
    action: aws:sleep
    inputs: {Duration: 'PT1S'}
  - name: loop
    action: aws:runCommand
    inputs: {DocumentName: '{{ match }}', Comment: '{{ Self }}', InstanceIds: [i-0123456789abcdef0]}
outputs: [loop.Output]
";

#[test]
fn names_of_any_kind_become_rust() {
    let folder = package(
        "names",
        "//! Runbooks.\n#![warn(missing_docs)]\n\nrunbook_runtime::include_runbooks!();\n",
    );
    // The oldest edition in which paths are those of today.
    let manifest = read(&folder.join("Cargo.toml")).replace("2024", "2018");
    write(&folder.join("Cargo.toml"), manifest);
    for name in ["parent.yaml", "Runbook.yaml"] {
        let text = read(&repository().join("tests/names").join(name));
        write(&folder.join("runbooks").join(name), text);
    }
    write(&folder.join("runbooks/type.yaml"), KEYWORDS);
    let ran = run(&mut cargo_in(&folder, "clippy")).expect_code(0);
    let of_rust = ran.stderr.lines();
    let of_rust: Vec<&str> = of_rust
        .filter(|line| !line.starts_with("warning: names@0.0.0: runbooks/"))
        .collect();
    assert_eq!(of_rust, Vec::<&str>::new());
}

/// The packages that cargo compiles when it is asked to.
fn compiled(folder: &Path) -> Vec<String> {
    let mut check = cargo_in(folder, "check");
    check.args(["--message-format", "json"]);
    let ran = run(&mut check).expect_code(0);
    let messages = ran.stdout.lines().map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).expect("cargo speaks JSON");
        message
    });
    let artifacts: Vec<serde_json::Value> = messages
        .filter(|message| message["reason"] == "compiler-artifact")
        .collect();
    assert!(!artifacts.is_empty());
    let stale = artifacts
        .iter()
        .filter(|artifact| artifact["fresh"] == false);
    stale
        .map(|artifact| artifact["target"]["name"].as_str().unwrap_or_default())
        .map(|name| name.replace('_', "-"))
        .collect()
}

#[test]
fn runbooks_are_tested_in_rust_with_stubs_that_have_types() {
    let library = include_str!("embedding/simulated.rs");
    let folder = package("simulated", library);
    write(
        &folder.join("runbooks/rolling.yaml"),
        include_str!("embedding/rolling.yaml"),
    );
    let manifest = read(&folder.join("Cargo.toml"))
        + "\n[dev-dependencies]\ntokio = { version = \"1\", features = [\"macros\", \"rt\"] }\n";
    write(&folder.join("Cargo.toml"), manifest);
    let ran = run(&mut cargo_in(&folder, "test")).expect_code(0);
    assert!(ran.stdout.contains("3 passed"), "{}", ran.stdout);

    let mistaken = library.replacen("At::step(Step::StopOne)", "At::step(Step::StopAll)", 1);
    write(&folder.join("src/lib.rs"), mistaken);
    let ran = run(cargo_in(&folder, "check").arg("--tests")).expect_code(101);
    assert!(ran.stderr.contains("`StopAll`"), "{}", ran.stderr);
}

#[test]
fn compiler_in_a_build_script_stands_on_few_crates() {
    let mut tree = cargo("tree");
    tree.current_dir(repository())
        .args(["--package", "runbookc", "--no-default-features"])
        .args(["--edges", "normal,build", "--prefix", "none", "--no-dedupe"]);
    let ran = run(&mut tree).expect_code(0);
    let crates: BTreeSet<&str> = ran.stdout.lines().collect();
    let others = crates.len() - 1;
    assert!(others < 30, "{others}: {crates:#?}");
}

/// The runbook of the runtime's documentation, whose examples run. `UPDATE_EXPECT=1` writes it anew.
#[test]
fn documented_runbook_is_a_fresh_emission() {
    let folder = repository().join("runtime/doc");
    let text = read(&folder.join("purge-queue.yaml"));
    let emitted = included("purge-queue.yaml", &text);
    expect_file![folder.join("purge_queue.rs")].assert_eq(&emitted);
}
