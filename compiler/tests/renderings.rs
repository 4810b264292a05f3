//! `--format sarif` and `--format github`: what services read of findings.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use expect_test::expect;
use runbookc::catalogue::Catalogue;
use runbookc::diagnostic::{Code, Diagnostic, Diagnostics, render};
use runbookc::source::{Source, Span};
use serde_json::{Value, json};

const FAULTY: &str = "\
schemaVersion: '0.3'
mainSteps:
  - name: run
    action: aws:executeAwsApi
    isCritical: false
    inputs: {Service: ecs, Api: RunTask, taskDefinition: '😀', clusterr: blue}
    nextStep: gone
  - name: rest
    action: aws:sleep
    inputs: {Duration: PT1S}
";

/// What is found in runbooks that are checked together.
fn checked(files: &[(&str, &str)]) -> Vec<(Arc<Source>, Diagnostics)> {
    let sources = files.iter();
    let sources: Vec<Arc<Source>> = sources
        .map(|(name, text)| Arc::new(Source::new(*name, *text)))
        .collect();
    let compiled = runbookc::compile_all(&sources, Catalogue::embedded());
    let diagnostics = compiled.into_iter().map(|compiled| compiled.diagnostics);
    sources.into_iter().zip(diagnostics).collect()
}

fn pairs(checked: &[(Arc<Source>, Diagnostics)]) -> Vec<(&Source, &Diagnostics)> {
    let pairs = checked.iter();
    pairs.map(|(source, found)| (&**source, found)).collect()
}

fn sarif(files: &[(&str, &str)], folder: &str) -> Value {
    let checked = checked(files);
    let text = render::sarif(&pairs(&checked), Path::new(folder));
    serde_json::from_str(&text).unwrap()
}

#[test]
fn annotations_stand_one_on_a_line_in_the_order_of_the_text() {
    let checked = checked(&[("books/run.yaml", FAULTY), ("rest.yaml", FAULTY)]);
    let text = render::github(&pairs(&checked));
    let (first, second) = text.split_at(text.find("::warning file=rest.yaml").unwrap());
    expect![[r#"
        ::warning file=books/run.yaml,line=5,col=17,endLine=5,endColumn=22,title=RB0215 ineffective combination of properties::`isCritical: false` of step `run` has no effect, because its failure aborts the runbook: without effect%0Anote: without `onFailure`, a failure aborts the runbook%0Ahelp: to go on after a failure, write `onFailure: Continue`
        ::error file=books/run.yaml,line=6,col=63,endLine=6,endColumn=71,title=RB0404 unknown member::`RunTask` of `ecs` has no member `clusterr`: no member has this name%0Ahelp: a member with a similar name exists: `cluster`
        ::error file=books/run.yaml,line=7,col=15,endLine=7,endColumn=19,title=RB0203 unknown step::step `run` jumps to unknown step `gone`: no step has this name%0Ahelp: the steps are `run` and `rest`
    "#]]
    .assert_eq(first);
    assert_eq!(second.lines().count(), 3);
}

#[test]
fn annotations_escape_what_the_runner_would_read() {
    let source = Source::new("a:b,c 100%.yaml", "one\ntwo: 1\n");
    let mut found = Diagnostics::default();
    let finding = Diagnostic::error(Code::WrongKind, Span::new(0, 8), "50 %, a: b");
    found.push(finding.label("two\r\nlines"));
    assert_eq!(
        render::github(&[(&source, &found)]),
        "::error file=a%3Ab%2Cc 100%25.yaml,line=1,endLine=2,title=RB0105 wrong kind of value\
         ::50 %25, a: b: two%0D%0Alines\n"
    );
}

#[test]
fn sarif_has_a_run_with_the_rules_that_its_results_name() {
    let log = sarif(&[("run.yaml", FAULTY)], "/srv");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<&Value> = rules.iter().map(|rule| &rule["id"]).collect();
    assert_eq!(ids, ["RB0203", "RB0215", "RB0404"]);
    assert_eq!(rules[0]["name"], "UnknownStep");
    assert_eq!(
        rules[0]["help"]["markdown"],
        Code::UnknownStep.explanation()
    );
    let results = run["results"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let levels: Vec<&Value> = results.iter().map(|result| &result["level"]).collect();
    assert_eq!(levels, ["warning", "error", "error"]);
    assert_eq!(
        results[2]["relatedLocations"][0]["message"]["text"],
        "in this step"
    );
}

#[test]
fn sarif_counts_columns_in_utf_16_and_gives_fixes() {
    let log = sarif(&[("run.yaml", FAULTY)], "/srv");
    let result = &log["runs"][0]["results"][1];
    let region = json!({"startLine": 6, "startColumn": 64, "endLine": 6, "endColumn": 72});
    assert_eq!(
        result["locations"][0]["physicalLocation"],
        json!({"artifactLocation": {"uri": "run.yaml"}, "region": region})
    );
    assert_eq!(
        result["fixes"],
        json!([{
            "description": {"text": "a member with a similar name exists"},
            "artifactChanges": [{
                "artifactLocation": {"uri": "run.yaml"},
                "replacements": [{"deletedRegion": region, "insertedContent": {"text": "cluster"}}],
            }],
        }])
    );
}

#[test]
fn sarif_names_files_as_uris_seen_from_the_folder() {
    let names = [
        ("/srv/books/für alle.yaml", "books/f%C3%BCr%20alle.yaml"),
        ("./books/run.yaml", "books/run.yaml"),
        ("../run.yaml", "../run.yaml"),
        ("/elsewhere/run.yaml", "file:///elsewhere/run.yaml"),
    ];
    for (name, uri) in names {
        let log = sarif(&[(name, FAULTY)], "/srv");
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], uri);
    }
}

#[test]
fn sarif_of_sound_runbooks_is_a_run_without_results() {
    let log = sarif(&[], "/srv");
    assert_eq!(log["runs"][0]["results"], json!([]));
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"], json!([]));
}
