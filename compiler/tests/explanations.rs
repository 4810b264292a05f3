//! The pages of the codes tell the truth: what they show as wrong is found, what they show as right is.

#![allow(clippy::expect_used)]

use std::collections::BTreeSet;
use std::sync::Arc;

use runbookc::catalogue::Catalogue;
use runbookc::diagnostic::{Code, Severity};
use runbookc::source::Source;

#[test]
fn wrong_examples_have_the_finding_of_their_page_and_no_other() {
    // What the SDK lacks shows only when a binary is built.
    let shown = Code::ALL.iter().filter(|code| **code != Code::NotInSdk);
    for code in shown {
        let found: BTreeSet<Code> = findings(*code, "wrong")
            .into_iter()
            .map(|(found, _)| found)
            .collect();
        assert_eq!(found, BTreeSet::from([*code]), "{code}");
    }
}

#[test]
fn right_examples_are_right() {
    for code in Code::ALL {
        let found = findings(*code, "right");
        let wrong =
            |(found, severity): &(Code, Severity)| found == code || *severity == Severity::Error;
        assert!(!found.iter().any(wrong), "{code}: {found:?}");
    }
}

#[test]
fn every_code_has_a_page_with_its_title_and_one_example_of_each_kind() {
    for code in Code::ALL {
        assert_eq!(Code::parse(&code.as_str().to_lowercase()), Some(*code));
        let page = code.explanation();
        let heading = format!("# {code}: {}\n\n", code.title());
        assert!(page.starts_with(&heading), "{heading}");
        for fence in ["```yaml wrong\n", "```yaml right\n"] {
            assert_eq!(page.matches(fence).count(), 1, "{code}");
        }
    }
}

/// The example of a page that is marked so, if it has one.
fn example(code: Code, mark: &str) -> Option<&'static str> {
    let start = format!("```yaml {mark}\n");
    let (_, rest) = code.explanation().split_once(&start)?;
    let (example, _) = rest.split_once("```\n").expect("an end of the example");
    Some(example)
}

/// What is found in an example; the page may have another runbook beside it, `prepare`.
fn findings(code: Code, mark: &str) -> Vec<(Code, Severity)> {
    let text = example(code, mark).expect("an example of each kind");
    let beside = example(code, "beside").map(|text| Source::new("prepare.yaml", text));
    let sources: Vec<Arc<Source>> = std::iter::once(Source::new("runbook.yaml", text))
        .chain(beside)
        .map(Arc::new)
        .collect();
    let compiled = runbookc::compile_all(&sources, Catalogue::embedded());
    let findings = compiled
        .first()
        .expect("one result each")
        .diagnostics
        .iter();
    findings
        .map(|finding| (finding.code, finding.severity))
        .collect()
}
