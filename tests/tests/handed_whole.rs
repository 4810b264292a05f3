//! Maps and lists of maps that are handed whole to an API arrive there, in a real run against moto's server, which was
//! not written for it: unions within unions, enums, numbers, Booleans and bytes.

use std::process::Command;

use serde_json::{Value, json};

use runbookc_tests::account::step_statuses;
use runbookc_tests::folder::Folder;
use runbookc_tests::moto::Moto;
use runbookc_tests::paths::compiler;
use runbookc_tests::process::run;

const RUNBOOK: &str = r#"
schemaVersion: '0.3'
parameters:
  Keys: {type: MapList, default: [{AttributeName: id, KeyType: HASH}]}
  Attributes: {type: MapList, default: [{AttributeName: id, AttributeType: S}]}
  Throughput: {type: StringMap, default: {ReadCapacityUnits: 1, WriteCapacityUnits: 2}}
  Item: {type: StringMap}
  Key: {type: StringMap, default: {id: {S: one}}}
mainSteps:
  - name: create
    action: aws:executeAwsApi
    inputs:
      Service: dynamodb
      Api: CreateTable
      TableName: items
      KeySchema: '{{ Keys }}'
      AttributeDefinitions: ['{{ Attributes }}']
      ProvisionedThroughput: '{{ Throughput }}'
    outputs:
      - {Name: units, Selector: $.TableDescription.ProvisionedThroughput.WriteCapacityUnits, Type: Integer}
  - name: put
    action: aws:executeAwsApi
    inputs: {Service: dynamodb, Api: PutItem, TableName: items, Item: '{{ Item }}'}
  - name: get
    action: aws:executeAwsApi
    inputs: {Service: dynamodb, Api: GetItem, TableName: items, Key: '{{ Key }}'}
    outputs:
      - {Name: item, Selector: $.Item, Type: StringMap}
"#;

#[test]
fn maps_arrive_as_they_were_handed_over() {
    let folder = Folder::new();
    let runbook = folder.write("runbook.yaml", RUNBOOK);
    let binary = folder.path().join("runbook");
    run(compiler(["build", "--output"]).arg(&binary).arg(runbook)).expect_code(0);

    let item = json!({
        "id": { "S": "one" },
        "count": { "N": "12.5" },
        "flag": { "BOOL": true },
        "none": { "NULL": true },
        "texts": { "SS": ["a", "b"] },
        "list": { "L": [{ "S": "x" }, { "M": { "deep": { "L": [{ "N": "1" }] } } }] },
    });
    let parameters = folder.write("parameters.json", json!({ "Item": item }).to_string());
    let moto = Moto::start();
    let mut command = Command::new(&binary);
    command
        .args(["run", "--output", "json", "--parameters"])
        .arg(parameters)
        .current_dir(folder.path());
    let ran = run(moto.seen_by(&mut command)).expect_code(0);

    let execution = ran.json()["AutomationExecution"].take();
    assert_eq!(step_statuses(&execution), ["Success"; 3], "{execution:#}");
    let output =
        |step: usize, name: &str| execution["StepExecutions"][step]["Outputs"][name][0].clone();
    assert_eq!(output(0, "units"), "2");
    let found: Value =
        serde_json::from_str(output(2, "item").as_str().expect("text")).expect("JSON");
    assert_eq!(found, item);
}
