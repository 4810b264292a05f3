//! The SDK's names and types, as emission derives them from the models, are those of the SDK's sources.

mod krate;
mod proof;

use krate::Krate;
use proof::{Proof, prove};
use runbookc::catalogue::Catalogue;
use runbookc_tests::sdk::unpacked;

/// Services whose crates are small.
const SMALL: [&str; 2] = ["stepfunctions", "sts"];

/// The services that runbooks call most, and five whose models are peculiar: members called like methods of the SDK
/// (pinpoint), unions with members that have no value (verifiedpermissions), structures within themselves (wafv2,
/// costexplorer), a crate that is not called like its service (config).
const MANY: [&str; 17] = [
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
    "sts",
    "verifiedpermissions",
    "wafv2",
];

#[test]
fn names_are_those_of_the_sdk() {
    expect_proof("sdk-names", &SMALL);
}

#[test]
#[ignore = "reads the sources of many SDK crates; run with `cargo test -p runbookc-tests --test sdk_names -- --ignored --nocapture`"]
fn names_are_those_of_the_sdk_in_many_crates() {
    expect_proof("sdk-names-many", &MANY);
}

fn expect_proof(folder: &str, services: &[&str]) {
    let catalogue = Catalogue::embedded();
    let services = services
        .iter()
        .map(|name| catalogue.find(name).expect(name));
    let services: Vec<_> = services.collect();
    let crates = unpacked(folder, services.iter().map(|service| service.crate_name()));
    let proofs = services.iter().zip(crates);
    let proofs: Vec<Proof> = proofs
        .map(|(service, krate)| prove(service, &Krate::new(krate)))
        .collect();
    println!(
        "the models of botocore {}, {}",
        catalogue.botocore_version(),
        catalogue.date()
    );
    for proof in &proofs {
        println!("{proof}");
    }
    println!("{}", Proof::sum(&proofs));
    let wrong: Vec<_> = proofs.iter().flat_map(|proof| &proof.wrong).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
