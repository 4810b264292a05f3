//! Whatever the models allow is emitted, and what is emitted compiles with the SDK: steps with all members.

mod values;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use runbookc::build::prune::{Pruning, operations_of, prune};
use runbookc::catalogue::{Catalogue, Operation, Service};
use runbookc::source::Source;
use runbookc::{compile, emit};
use runbookc_tests::emission::{cargo_in, crate_folder};
use runbookc_tests::folder::{read, write};
use runbookc_tests::process::{Ran, run};
use runbookc_tests::sdk::{Unpacked, unpacked};
use serde_json::{Value, json};
use values::Inputs;

/// The services that runbooks call most, and some with peculiar models.
const MANY: [&str; 16] = [
    "autoscaling",
    "ce",
    "cloudformation",
    "config",
    "dynamodb",
    "ec2",
    "ecs",
    "iam",
    "lambda",
    "pinpoint",
    "rds",
    "s3",
    "ssm",
    "stepfunctions",
    "verifiedpermissions",
    "wafv2",
];

/// As many operations as a runbook calls here, in up to one and a half times as many steps.
const MOST: usize = 60;

#[test]
fn every_member_can_be_emitted() {
    for name in MANY {
        let service = service(name);
        let operations: Vec<_> = service.operations.iter().collect();
        for (number, operations) in operations.chunks(MOST).enumerate() {
            let calls = calls(&service, operations, None);
            emitted(&format!("{name}-{number}"), &runbook(&calls));
        }
    }
}

#[test]
fn calls_with_every_member_compile() {
    expect_to_compile("every-member", &["dynamodb"], 12, calls);
}

#[test]
fn calls_with_values_handed_whole_compile() {
    expect_to_compile("handed-whole", &["dynamodb"], 12, handed);
}

#[test]
#[ignore = "takes minutes for each service; run with `cargo test -p runbookc-tests --test every_member -- --ignored --nocapture`"]
fn calls_with_every_member_compile_in_many_services() {
    expect_to_compile("every-member-many", &MANY, MOST, calls);
}

#[test]
#[ignore = "takes minutes for each service; run with `cargo test -p runbookc-tests --test every_member -- --ignored --nocapture`"]
fn calls_with_values_handed_whole_compile_in_many_services() {
    expect_to_compile("handed-whole-many", &MANY, MOST, handed);
}

/// Makes calls of operations of a service, with what a crate has.
type Calls = for<'a> fn(&'a Service, &[&'a Operation], Option<&'a Unpacked>) -> Vec<Call<'a>>;

/// One call of an operation.
struct Call<'a> {
    service: &'a str,
    operation: &'a str,
    input: Value,
}

fn service(name: &str) -> std::sync::Arc<Service> {
    Catalogue::embedded().find(name).expect(name)
}

/// Calls of those operations that runbooks can call, with all members. Every second operation is called again
/// with as few as possible, so that the members of its request are optional.
fn calls<'a>(
    service: &'a Service,
    operations: &[&'a Operation],
    krate: Option<&Unpacked>,
) -> Vec<Call<'a>> {
    let mut inputs = Inputs::new(service, krate);
    let mut calls = Vec::new();
    for (number, operation) in operations.iter().enumerate() {
        let again = (number % 2 == 0).then(|| inputs.least(operation));
        let given = [inputs.whole(operation), again.flatten()];
        calls.extend(given.into_iter().flatten().map(|input| Call {
            service: &service.name,
            operation: &operation.name,
            input,
        }));
    }
    calls
}

/// Calls whose members with parts are references.
fn handed<'a>(
    service: &'a Service,
    operations: &[&'a Operation],
    krate: Option<&'a Unpacked>,
) -> Vec<Call<'a>> {
    let mut inputs = Inputs::new(service, krate);
    let calls = operations.iter().filter_map(|operation| {
        Some(Call {
            service: &service.name,
            operation: &operation.name,
            input: inputs.handed(operation)?,
        })
    });
    calls.collect()
}

fn runbook(calls: &[Call<'_>]) -> String {
    let steps = calls.iter().enumerate().map(|(number, call)| {
        let mut inputs = json!({ "Service": call.service, "Api": call.operation });
        let given = call.input.as_object().expect("an input is a structure");
        inputs
            .as_object_mut()
            .expect("an object")
            .extend(given.clone());
        json!({ "name": format!("step{number}"), "action": "aws:executeAwsApi", "inputs": inputs })
    });
    let steps: Vec<_> = steps.collect();
    let parameters = json!({ "Map": { "type": "StringMap" }, "Maps": { "type": "MapList" } });
    json!({ "schemaVersion": "0.3", "parameters": parameters, "mainSteps": steps }).to_string()
}

/// The files of the crate of a runbook.
#[track_caller]
fn emitted(name: &str, text: &str) -> Vec<emit::File> {
    emitted_for(name, text, None)
}

/// The same for a crate that may lack members of the models.
#[track_caller]
fn emitted_for(name: &str, text: &str, krate: Option<&Unpacked>) -> Vec<emit::File> {
    let source = Source::new(format!("{name}.json"), text.to_owned());
    let compiled = compile(&source, Catalogue::embedded());
    let Some(runbook) = compiled.runbook else {
        let found = compiled
            .diagnostics
            .iter()
            .map(|found| format!("{found:?}"));
        panic!("{name}: {}", found.collect::<Vec<_>>().join("\n"));
    };
    let Some(krate) = krate else {
        return emit::krate(&runbook, text);
    };
    let calls = emit::sdk_calls(&runbook).into_iter();
    let calls = calls.filter(|call| call.krate == krate.name);
    let setters = calls.flat_map(|call| call.reached);
    let lacks = setters.filter(|setter| !krate.declares(&setter.file, &setter.method));
    let lacks = lacks.map(|setter| (krate.name.clone(), setter.file, setter.method));
    emit::krate_without(&runbook, text, &lacks.collect())
}

/// Type-checks a runbook per service that calls up to `most` of its operations.
fn expect_to_compile(folder: &str, services: &[&str], most: usize, calls: Calls) {
    let services: Vec<_> = services.iter().map(|name| service(name)).collect();
    let crates = unpacked(
        &format!("{folder}-sources"),
        services.iter().map(|service| service.crate_name()),
    );
    let mut failed = Vec::new();
    for (service, krate) in services.iter().zip(&crates) {
        let known = operations_of(&krate.folder).expect("a crate has operations");
        let operations = service.operations.iter();
        let operations: Vec<_> = operations
            .filter(|operation| known.contains(&operation.name))
            .collect();
        // Spread over the whole service.
        let every = operations.len().div_ceil(most);
        let operations: Vec<_> = operations.into_iter().step_by(every).collect();
        let calls = calls(service, &operations, Some(krate));
        let checked = check(&format!("{folder}-{}", service.name), krate, &calls);
        println!(
            "{} {}: {} calls of {} operations, of {}",
            krate.name,
            krate.version,
            calls.len(),
            operations.len(),
            service.operations.len()
        );
        if checked.code != Some(0) {
            println!("{}", checked.stderr);
            failed.push(&krate.name);
        }
    }
    assert!(failed.is_empty(), "calls that do not compile: {failed:?}");
}

/// Type-checks the crate of a runbook with the pruned SDK.
fn check(name: &str, krate: &Unpacked, calls: &[Call<'_>]) -> Ran {
    let folder = crate_folder(name);
    for file in emitted_for(name, &runbook(calls), Some(krate)) {
        write(&folder.join(file.path), file.text);
    }
    let copy = folder.join("sdk");
    let operations: BTreeSet<String> = calls.iter().map(|call| call.operation.to_owned()).collect();
    let pruning = Pruning {
        krate: &krate.name,
        source: &krate.folder,
        operations: &operations,
    };
    prune(&pruning, &copy).unwrap_or_else(|error| panic!("{}: {error}", krate.name));
    patch(&folder.join("Cargo.toml"), &krate.name);
    run(&mut cargo_in(&folder, "check"))
}

fn patch(manifest: &Path, krate: &str) {
    let text = read(manifest);
    let patch = format!("\n[patch.crates-io]\n{krate} = {{ path = \"sdk\" }}\n");
    fs::write(manifest, text + &patch).expect("a manifest can be written");
}
