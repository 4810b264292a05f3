//! What generated code says to dry runs.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use runbookc::catalogue::Catalogue;
use runbookc::emit;
use runbookc::source::Source;

const RUNBOOK: &str = "
schemaVersion: '0.3'
variables:
  Last: {type: String, default: none}
mainSteps:
  - name: poll
    action: aws:loop
    inputs:
      MaxIterations: 3
      LoopCondition: {Not: {Variable: '{{ variable:Last }}', StringEquals: done}}
      Steps:
        - name: look
          action: aws:executeAwsApi
          inputs: {Service: ecs, Api: DescribeClusters}
          outputs: [{Name: Status, Selector: '$.clusters[0].status', Type: String}]
        - name: remember
          action: aws:updateVariable
          inputs: {Name: 'variable:Last', Value: '{{ look.Status }}'}
";

#[test]
fn condition_of_a_loop_names_the_steps_that_decide_it() {
    let source = Source::new("poll.yaml", RUNBOOK);
    let compiled = runbookc::compile(&source, Catalogue::embedded());
    let runbook = compiled.runbook.unwrap();
    let files = emit::krate(&runbook, RUNBOOK);
    let module = files.iter().find(|file| file.path == "src/poll/mod.rs");
    let module = &module.unwrap().text;
    let (_, of_loop) = module
        .split_once("name: \"poll\",\n            action")
        .unwrap();
    let (of_loop, _) = of_loop.split_once("StepDefinition").unwrap();
    assert!(of_loop.contains("decided_by: &[\"look\"]"), "{of_loop}");
}
