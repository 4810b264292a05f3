//! The pages of the codes tell the truth: what they show as wrong is found, what they show as right is.

#![allow(clippy::expect_used)]

use std::collections::BTreeSet;

use runbookc::catalogue::Catalogue;
use runbookc::diagnostic::{Code, Severity};
use runbookc::source::Source;

#[test]
fn wrong_examples_have_the_finding_of_their_page_and_no_other() {
    for code in Code::ALL {
        //
        let found: BTreeSet<Code> = findings(example(*code, "wrong"))
            .into_iter()
            .map(|(found, _)| found)
            .collect();
        if found != BTreeSet::from([*code]) {
            println!("WRONG {code} {found:?}")
        }
    }
}

#[test]
fn right_examples_are_right() {
    for code in Code::ALL {
        //
        let found = findings(example(*code, "right"));
        let wrong =
            |(found, severity): &(Code, Severity)| found == code || *severity == Severity::Error;
        if found.iter().any(wrong) {
            println!("RIGHT {code} {found:?}")
        }
    }
}

#[test]
fn pages_begin_with_their_code_and_title() {
    for code in Code::ALL {
        //
        let heading = format!("# {code}: {}\n\n", code.title());
        assert!(code.explanation().starts_with(&heading), "{heading}");
    }
}

/// The example of a page that is marked so.
fn example(code: Code, mark: &str) -> &'static str {
    let start = format!("```yaml {mark}\n");
    let (_, rest) = code
        .explanation()
        .split_once(&start)
        .expect("an example of each kind");
    let (example, _) = rest.split_once("```\n").expect("an end of the example");
    example
}

fn findings(text: &str) -> Vec<(Code, Severity)> {
    let source = Source::new("runbook.yaml", text);
    let compiled = runbookc::compile(&source, Catalogue::embedded());
    let findings = compiled.diagnostics.iter();
    findings
        .map(|finding| (finding.code, finding.severity))
        .collect()
}
