//! From text to the document: what is reported, where, and what is left to read.

mod documents;
mod findings;
mod mutated;
mod selectors;
mod templates;
mod yaml;

use expect_test::Expect;
use runbookc::diagnostic::{Diagnostic, Diagnostics, Edit};
use runbookc::document::{self, Document};
use runbookc::source::Source;
use runbookc::syntax;

const WHOLE: &str = r#"---
schemaVersion: '0.3'
description: Stops a task — ☕
assumeRole: '{{ Role }}'
parameters:
  Role: {type: 'AWS::IAM::Role::Arn', default: ''}
  Ids: {type: List<AWS::EC2::Instance::Id>, minItems: 1}
variables:
  count: {type: Integer, default: 0}
mainSteps:
  - name: look
    action: aws:executeAwsApi
    timeoutSeconds: "25"
    onFailure: step:tidy
    isCritical: 'false'
    inputs:
      Service: ec2
      Api: DescribeVolumes
      VolumeIds: ['{{ Ids }}', "x\t{{look.a}}"]
      Text: |
        first
          at {{ global:REGION }}
    outputs:
      - {Name: state, Selector: "$.Volumes[0].State"}
  - name: each
    action: aws:loop
    timeoutSeconds: '{{ Wait }}'
    inputs:
      Iterators: '{{ look.state }}'
      Steps:
        - {name: tidy, action: aws:sleep, inputs: {Duration: PT1M}, isEnd: true}
outputs: [look.state]
...
"#;

fn read(text: &str) -> (Source, Document, Diagnostics) {
    let source = Source::new("runbook.yaml", text);
    let mut diagnostics = Diagnostics::default();
    let tree = syntax::parse(&source, &mut diagnostics);
    let document = tree.map(|tree| document::read(&tree, &mut diagnostics));
    (source, document.unwrap_or_default(), diagnostics)
}

/// Every finding, a line each: place, severity, code, message, label, and the changes offered.
fn findings(text: &str) -> String {
    let (source, _, diagnostics) = read(text);
    let mut lines = String::new();
    for diagnostic in diagnostics.iter() {
        let (line, column) = source.line_column(diagnostic.span.start);
        let severity = diagnostic.severity.as_str();
        lines += &format!(
            "{line}:{column} {severity} {}: {}; {}",
            diagnostic.code, diagnostic.message, diagnostic.label
        );
        for edit in edits(diagnostic) {
            lines += &format!(" [{} -> {}]", source.slice(edit.span), edit.replacement);
        }
        lines.push('\n');
    }
    lines
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&findings(text));
}

fn edits(diagnostic: &Diagnostic) -> impl Iterator<Item = &Edit> {
    diagnostic
        .suggestions
        .iter()
        .flat_map(|suggestion| &suggestion.edits)
}

/// Wraps the rest of a step.
fn step(rest: &str) -> String {
    format!("schemaVersion: '0.3'\nmainSteps:\n  - name: look\n    action: aws:sleep\n    {rest}\n")
}
