//! `--format json`: what programs read of a finding.

#![allow(clippy::unwrap_used)]

use runbookc::catalogue::Catalogue;
use runbookc::diagnostic::render;
use runbookc::source::Source;
use serde_json::{Value, json};

/// The findings about a runbook, as programs read them.
fn findings(text: &str) -> Vec<Value> {
    let source = Source::new("runbooks/run.yaml", text);
    let compiled = runbookc::compile(&source, Catalogue::embedded());
    let json = render::json(&[(&source, &compiled.diagnostics)]);
    serde_json::from_str(&json).unwrap()
}

/// Those of the fields that are named.
fn fields(finding: &Value, names: &[&str]) -> Value {
    let fields = names.iter().map(|name| (*name, finding[*name].clone()));
    fields.collect()
}

const PLACE: [&str; 5] = ["file", "line", "column", "endLine", "endColumn"];

#[test]
fn a_finding_has_its_place_its_words_and_its_edit() {
    let found = findings(
        "\
schemaVersion: '0.3'
mainSteps:
  - name: run
    action: aws:executeAwsApi
    inputs: {Service: ecs, Api: RunTask, taskDefinition: web, clusterr: blue}
",
    );
    assert_eq!(
        found,
        [json!({
            "code": "RB0404",
            "severity": "error",
            "message": "`RunTask` of `ecs` has no member `clusterr`",
            "file": "runbooks/run.yaml",
            "line": 5,
            "column": 63,
            "endLine": 5,
            "endColumn": 71,
            "label": "no member has this name",
            "help": ["a member with a similar name exists"],
            "notes": [],
            "related": [],
            "edits": [{
                "line": 5,
                "column": 63,
                "endLine": 5,
                "endColumn": 71,
                "replacement": "cluster",
                "suggestion": 0,
                "certain": true,
            }],
        })]
    );
}

#[test]
fn edits_that_belong_together_share_a_suggestion() {
    let found = findings(
        "\
schemaVersion: '0.3'
mainSteps:
  - name: invoke
    action: aws:invokeLambdaFunction
    inputs: {FunctionName: orders}
  - name: look
    action: aws:branch
    inputs:
      Choices:
        - Variable: '{{ invoke.StatusCode }}'
          NumericEquals: 200
          NextStep: rest
  - name: rest
    action: aws:sleep
    inputs: {Duration: PT1S}
",
    );
    let [finding] = found.as_slice() else {
        panic!("one finding: {found:?}");
    };
    assert_eq!(finding["code"], "RB0310");
    assert_eq!(
        finding["help"],
        json!(["compare it with `StringEquals: '200'`"])
    );
    assert_eq!(finding["related"][0]["line"], 10);
    let edits = finding["edits"].as_array().unwrap();
    let edits: Vec<Value> = edits
        .iter()
        .map(|edit| {
            fields(
                edit,
                &["line", "column", "endColumn", "replacement", "suggestion"],
            )
        })
        .collect();
    assert_eq!(
        edits,
        [
            json!({"line": 11, "column": 11, "endColumn": 24, "replacement": "StringEquals", "suggestion": 0}),
            json!({"line": 11, "column": 26, "endColumn": 29, "replacement": "'200'", "suggestion": 0}),
        ]
    );
}

#[test]
fn findings_stand_in_the_order_of_the_text_and_count_characters() {
    let found = findings(
        "\
schemaVersion: '0.3'
mainSteps:
  - name: rest
    action: aws:sleep
    isCritical: false
    inputs: {Duration: 'für 3'}
    nextStep: gone
",
    );
    let places: Vec<Value> = found
        .iter()
        .map(|finding| fields(finding, &[&["code", "severity"], &PLACE[..]].concat()))
        .collect();
    let place = |code: &str, severity: &str, line: u8, column: u8, end: u8| {
        json!({
            "code": code, "severity": severity, "file": "runbooks/run.yaml",
            "line": line, "column": column, "endLine": line, "endColumn": end,
        })
    };
    assert_eq!(
        places,
        [
            place("RB0215", "warning", 5, 17, 22),
            place("RB0408", "error", 6, 25, 30),
            place("RB0203", "error", 7, 15, 19),
        ]
    );
    assert_eq!(found[2]["help"], json!(["the steps are `rest`"]));
    assert_eq!(found[2]["edits"], json!([]));
}

#[test]
fn a_sound_runbook_gives_an_empty_array() {
    let found = findings(
        "\
schemaVersion: '0.3'
mainSteps:
  - {name: rest, action: aws:sleep, inputs: {Duration: PT1S}}
",
    );
    assert!(found.is_empty(), "{found:?}");
}
