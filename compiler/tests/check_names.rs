//! The program that the checker makes: ids, flow, parameters, and what is kept of the document.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use runbookc::catalogue::Catalogue;
use runbookc::document::Type;
use runbookc::ir::{
    Expression, OnCancel, OnFailure, OutputSource, Part, Reference, Runbook, StepId, SystemVariable,
};
use runbookc::source::Source;
use serde_json::json;

const RUNBOOK: &str = r#"
schemaVersion: '0.3'
description: Lists clusters
assumeRole: 'arn:{{ global:AWS_PARTITION }}:iam::{{ Account }}:role/Lister'
parameters:
  Account:
    type: String
    description: The account
    allowedPattern: '[0-9]{12}'
  Flag: {type: Boolean, default: no}
  Names: {type: StringList, default: [a, 2], allowedValues: [a, '2', c], minItems: 1, maxItems: 3}
  Role: {type: 'AWS::IAM::Role::Arn', default: ''}
  Map: {type: StringMap, default: {count: 1, list: [true, x]}}
mainSteps:
  - name: list
    action: aws:executeAwsApi
    timeoutSeconds: 300
    maxAttempts: 3
    onFailure: step:handle
    onCancel: step:handle
    isCritical: false
    nextStep: invoke
    inputs: {Service: ecs, Api: ListClusters}
    outputs:
      - {Name: arn, Selector: '$.clusterArns[0]'}
      - {Name: all, Selector: '$.clusterArns', Type: StringList}
  - name: handle
    action: aws:invokeLambdaFunction
    isEnd: true
    onFailure: Continue
    inputs:
      FunctionName: notify
      Payload: '{{ invoke.OutputPayload }}'
  - name: invoke
    action: aws:invokeLambdaFunction
    timeoutSeconds: 60
    onFailure: step:handle
    inputs:
      FunctionName: deploy
      Payload: 'arn={{ list.arn }} {{ list.OutputPayload }}'
    outputs:
      - {Name: Payload, Selector: $.Payload.id}
  - name: wait
    action: aws:waitForAwsResourceProperty
    inputs:
      Service: ecs
      Api: DescribeClusters
      clusters: '{{ list.all }}'
      PropertySelector: $.clusters[0].status
      DesiredValues: [ACTIVE]
  - name: pause
    action: aws:sleep
    timeoutSeconds: 5
    inputs: {Duration: PT1S}
outputs:
  - list.arn
  - invoke.StatusCode
"#;

fn compiled(text: &str) -> Runbook {
    let source = Source::new("folder/list-clusters.yaml", text);
    let compiled = runbookc::compile(&source, Catalogue::embedded());
    let found: Vec<_> = compiled
        .diagnostics
        .iter()
        .map(|finding| finding.message.clone())
        .collect();
    compiled.runbook.unwrap_or_else(|| panic!("{found:#?}"))
}

#[test]
fn the_runbook_is_named_after_its_file() {
    let runbook = compiled(RUNBOOK);
    assert_eq!(runbook.name, "list-clusters");
    assert_eq!(runbook.file, "list-clusters.yaml");
    assert_eq!(runbook.description, "Lists clusters");
    assert_eq!(runbook.identity.operation.name, "GetCallerIdentity");
}

#[test]
fn the_hash_is_that_of_the_text() {
    let runbook = compiled(RUNBOOK);
    assert_eq!(runbook.hash.len(), 64);
    assert_eq!(runbook.hash, compiled(RUNBOOK).hash);
    assert_ne!(runbook.hash, compiled(&format!("{RUNBOOK}\n")).hash);
}

#[test]
fn the_role_is_an_expression() {
    let runbook = compiled(RUNBOOK);
    let Some(Expression::Text(parts)) = runbook.assume_role else {
        panic!("text with references");
    };
    assert_eq!(
        parts[1],
        Part::Reference(Reference::System(SystemVariable::Partition))
    );
    assert_eq!(
        parts[3],
        Part::Reference(Reference::Parameter(
            runbookc::ir::ParameterId(0),
            Type::String
        ))
    );
}

#[test]
fn an_empty_role_is_none() {
    let text = RUNBOOK.replace(
        "'arn:{{ global:AWS_PARTITION }}:iam::{{ Account }}:role/Lister'",
        "''",
    );
    assert_eq!(compiled(&text).assume_role, None);
}

#[test]
fn parameters_have_their_defaults_as_values_of_their_type() {
    let runbook = compiled(RUNBOOK);
    let defaults: Vec<_> = runbook
        .parameters
        .iter()
        .map(|parameter| parameter.default.clone())
        .collect();
    let expected = [
        None,
        Some(json!(false)),
        Some(json!(["a", "2"])),
        Some(json!("")),
        Some(json!({"count": 1, "list": [true, "x"]})),
    ];
    assert_eq!(defaults, expected);
    assert_eq!(runbook.parameters[0].description, "The account");
    assert_eq!(
        runbook.parameters[0].allowed_pattern.as_deref(),
        Some("[0-9]{12}")
    );
    assert_eq!(
        runbook.parameters[2].allowed_values,
        [json!("a"), json!("2"), json!("c")]
    );
    assert_eq!(
        (
            runbook.parameters[2].items.min,
            runbook.parameters[2].items.max
        ),
        (Some(1), Some(3))
    );
    assert_eq!(runbook.parameters[3].kind, Type::String);
    assert_eq!(runbook.parameters[3].written_type, "AWS::IAM::Role::Arn");
}

#[test]
fn jumps_are_ids() {
    let runbook = compiled(RUNBOOK);
    let flow = &runbook.steps[0].flow;
    assert_eq!(flow.next_step, Some(StepId(2)));
    assert_eq!(flow.on_failure, Some(OnFailure::Step(StepId(1))));
    assert_eq!(flow.on_cancel, Some(OnCancel::Step(StepId(1))));
    assert_eq!(flow.is_critical, Some(false));
    assert_eq!(runbook.steps[1].flow.is_end, Some(true));
    assert_eq!(runbook.steps[1].flow.on_failure, Some(OnFailure::Continue));
}

#[test]
fn steps_keep_declared_outputs_and_those_of_the_action() {
    let runbook = compiled(RUNBOOK);
    let names = |step: usize| -> Vec<&str> {
        runbook.steps[step]
            .outputs
            .iter()
            .map(|output| output.name.as_str())
            .collect()
    };
    assert_eq!(names(0), ["OutputPayload", "arn", "all"]);
    // All of the action's own but the whole answer, which nothing uses here.
    assert_eq!(
        names(1),
        ["StatusCode", "FunctionError", "LogResult", "Payload"]
    );
    // The declared `Payload` stands for the action's own.
    assert_eq!(
        names(2),
        [
            "StatusCode",
            "FunctionError",
            "LogResult",
            "OutputPayload",
            "Payload"
        ]
    );
    let outputs = &runbook.steps[2].outputs;
    assert!(matches!(
        outputs[0].source,
        OutputSource::Invocation("StatusCode")
    ));
    assert!(matches!(outputs[3].source, OutputSource::Payload));
    assert!(matches!(outputs[4].source, OutputSource::Selected(_)));
}

#[test]
fn references_find_their_outputs() {
    let runbook = compiled(RUNBOOK);
    let printed = format!("{:?}", runbook.steps[2].work);
    assert!(
        printed.contains("Output(StepId(0), OutputId(1), String)"),
        "{printed}"
    );
    assert!(
        printed.contains("Output(StepId(0), OutputId(0), String)"),
        "{printed}"
    );
}

#[test]
fn time_limits_are_defaults_within_the_maximum() {
    let runbook = compiled(RUNBOOK);
    let limits: Vec<_> = runbook
        .steps
        .iter()
        .map(|step| (step.timeout_seconds, step.time_limit))
        .collect();
    let expected = [
        (Some(300), Some(25)),
        (None, Some(300)),
        (Some(60), Some(60)),
        (None, Some(3600)),
        (Some(5), Some(5)),
    ];
    assert_eq!(limits, expected);
    assert_eq!(runbook.steps[0].max_attempts, Some(3));
}

#[test]
fn steps_know_their_lines() {
    let lines: Vec<usize> = compiled(RUNBOOK)
        .steps
        .iter()
        .map(|step| step.line)
        .collect();
    assert_eq!(lines, [15, 27, 34, 43, 51]);
}

/// Runbooks from elsewhere, in the folder that `RUNBOOKC_CORPUS` names, are checked without a panic, and are
/// programs exactly when they have no error.
#[test]
fn public_runbooks_are_checked_to_the_end() {
    let Some(folder) = std::env::var_os("RUNBOOKC_CORPUS") else {
        return;
    };
    let mut folders = vec![std::path::PathBuf::from(folder)];
    while let Some(path) = folders.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).expect("a readable folder");
            folders.extend(entries.map(|entry| entry.expect("a readable entry").path()));
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let source = Source::new(path.to_string_lossy(), text);
            let compiled = runbookc::compile(&source, Catalogue::embedded());
            let errors = compiled.diagnostics.has_errors();
            assert_eq!(compiled.runbook.is_none(), errors, "{}", path.display());
        }
    }
}
