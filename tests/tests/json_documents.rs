//! A runbook in JSON has the findings that it has in YAML: every document of the compiler's own tests, and of a folder of
//! real ones, is said in JSON and checked again.

use std::collections::BTreeMap;
use std::path::Path;

use runbookc::catalogue::Catalogue;
use runbookc::compile;
use runbookc::source::Source;
use runbookc_tests::folder::{files, read};
use runbookc_tests::paths::{outside, repository};
use serde_json::Value;

/// What only YAML has, as it is said in JSON here: keys that stand twice, and texts without quotes that the service takes
/// for something else.
const OF_YAML: [&str; 2] = ["RB0103", "RB0108"];

/// What silences findings; JSON has no comments.
const SILENCES: &str = "# runbookc:";

#[test]
fn runbooks_in_json_have_the_findings_that_they_have_in_yaml() {
    let mut folders = vec![
        repository().join("compiler/tests/diagnostics"),
        repository().join("examples"),
    ];
    folders.extend(outside("RUNBOOKC_CORPUS"));
    let mut compared = 0;
    for folder in folders {
        let is_yaml = |path: &Path| {
            let extension = path.extension();
            extension.is_none_or(|extension| extension == "yaml" || extension == "yml")
        };
        for file in files(&folder, &is_yaml) {
            compared += usize::from(compare(&folder.join(file)));
        }
    }
    assert!(compared > 40, "{compared} runbooks");
}

/// Whether there was something to compare.
fn compare(path: &Path) -> bool {
    let text = read(path);
    let Ok(value) = serde_yaml::from_str::<Value>(&text) else {
        return false;
    };
    if text.contains(SILENCES) {
        return false;
    }
    let in_json = serde_json::to_string_pretty(&value).expect("JSON can be written");
    let (yaml, json) = (findings(&text), findings(&in_json));
    assert_eq!(yaml, json, "{}", path.display());
    true
}

/// How often there is each finding.
fn findings(text: &str) -> BTreeMap<String, usize> {
    let compiled = compile(&Source::new("runbook.yaml", text), Catalogue::embedded());
    let mut findings = BTreeMap::new();
    for found in compiled.diagnostics.iter() {
        let code = found.code.to_string();
        if !OF_YAML.contains(&code.as_str()) {
            let line = format!("{} {code}: {}", found.severity.as_str(), found.message);
            *findings.entry(line).or_default() += 1;
        }
    }
    findings
}
