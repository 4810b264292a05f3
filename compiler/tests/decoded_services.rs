//! A check decodes the models of those services that the runbook calls, and no others: the catalogue has hundreds.
//!
//! One test in a process of its own, since the embedded catalogue is one for all of it.

use runbookc::catalogue::Catalogue;
use runbookc::source::Source;

#[test]
fn services_that_a_runbook_does_not_call_stay_packed() {
    let catalogue = Catalogue::embedded();
    let decoded = || -> Vec<&str> { catalogue.decoded().collect() };
    assert!(decoded().is_empty(), "{:?}", decoded());

    let text = include_str!("../../examples/ecs-run-task/runbook.yaml");
    let source = Source::new("runbook.yaml", text);
    let compiled = runbookc::compile(&source, catalogue);
    assert!(!compiled.diagnostics.has_errors());
    // Who runs a binary is asked of STS.
    assert_eq!(decoded(), ["ecs", "lambda", "sts"]);
}
