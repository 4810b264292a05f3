//! What is found in a runbook, and where: `tests/diagnostics/<topic>/*.yaml`.
//!
//! Each file carries its findings as comments under the faulty lines:
//!
//! ```yaml
//!     nextStep: verfy
//!     #         ^^^^^ error[RB0203]: step `stop` jumps to unknown step `verfy` => `verify`
//! ```
//!
//! The carets stand under the place, `=>` shows what is offered instead. `UPDATE_EXPECT=1` rewrites the comments.
//! Files of one folder may start one another.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use runbookc::catalogue::Catalogue;
use runbookc::diagnostic::{Code, Diagnostic, Suggestion};
use runbookc::source::Source;

#[test]
fn findings_stand_where_they_are_expected() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics"));
    assert!(!files.is_empty(), "there are expectations");
    let wrong: Vec<String> = files
        .iter()
        .filter_map(|file| differences(file, update))
        .collect();
    assert!(
        wrong.is_empty(),
        "\n{}\nUPDATE_EXPECT=1 rewrites them",
        wrong.join("\n")
    );
}

#[test]
fn every_finding_shows_a_way_out() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics"));
    let findings = files.iter().flat_map(|file| {
        let text = fs::read_to_string(file).expect("a readable file");
        findings(file, without_findings(&text)).1
    });
    let without =
        findings.filter(|finding| finding.help.is_empty() && finding.suggestions.is_empty());
    let without: Vec<String> = without
        .map(|finding| format!("{}: {}", finding.code, finding.message))
        .collect();
    assert!(without.is_empty(), "\n{}", without.join("\n"));
}

#[test]
fn every_code_has_a_case() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics"));
    let texts = files
        .iter()
        .map(|file| fs::read_to_string(file).expect("a readable file"));
    let expected = texts.collect::<Vec<_>>().concat();
    let lacks = |code: &&Code| !expected.contains(&format!("[{code}]: "));
    // What the SDK lacks shows only when a binary is built (`tests/sdk.rs`).
    let without: Vec<&Code> = Code::ALL.iter().filter(lacks).collect();
    assert_eq!(without, [&Code::NotInSdk]);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a readable folder");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable entry").path())
        .collect();
    paths.sort();
    let inside = |path: PathBuf| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    };
    paths.into_iter().flat_map(inside).collect()
}

/// What is not as the file expects, unless it is brought up to date.
fn differences(file: &Path, update: bool) -> Option<String> {
    let expected = fs::read_to_string(file).expect("a readable file");
    let found = annotated(file, without_findings(&expected));
    if found == expected {
        return None;
    }
    if update {
        fs::write(file, found).expect("a writable file");
        return None;
    }
    Some(format!("{} should be:\n{found}", file.display()))
}

/// The text without its comments about findings.
fn without_findings(text: &str) -> String {
    text.split_inclusive('\n')
        .filter(|line| !is_finding(line))
        .collect()
}

fn is_finding(line: &str) -> bool {
    let Some(comment) = line.trim_start().strip_prefix('#') else {
        return false;
    };
    let carets = comment.trim_start();
    let words = carets.trim_start_matches('^');
    carets.len() > words.len()
        && [" error[RB", " warning[RB", " hint[RB"]
            .iter()
            .any(|start| words.starts_with(start))
}

/// The text with its findings as comments.
fn annotated(file: &Path, text: String) -> String {
    let (source, findings) = findings(file, text);
    let mut text = String::new();
    for (index, line) in source.text.split_inclusive('\n').enumerate() {
        text.push_str(line);
        let here = |finding: &&Diagnostic| source.line_column(finding.span.start).0 == index + 1;
        for finding in findings.iter().filter(here) {
            text.push_str(&comment(finding, &source));
        }
    }
    text
}

fn findings(file: &Path, text: String) -> (Arc<Source>, Vec<Diagnostic>) {
    let source = Arc::new(Source::new(name(file), text));
    let beside = files(file.parent().expect("a folder"));
    let beside = beside.iter().filter(|other| *other != file).map(|other| {
        let text = fs::read_to_string(other).expect("a readable file");
        Arc::new(Source::new(name(other), text))
    });
    let sources: Vec<Arc<Source>> = std::iter::once(Arc::clone(&source)).chain(beside).collect();
    let compiled = runbookc::compile_all(&sources, Catalogue::embedded());
    let compiled = compiled.into_iter().next().expect("one result each");
    let errors = compiled.diagnostics.has_errors();
    assert_eq!(
        compiled.runbook.is_none(),
        errors,
        "a runbook, or errors: {}",
        source.name
    );
    (source, compiled.diagnostics.into_vec())
}

fn name(file: &Path) -> String {
    let name = file.file_name().expect("a file");
    name.to_string_lossy().into_owned()
}

fn comment(finding: &Diagnostic, source: &Source) -> String {
    let (line, column) = source.line_column(finding.span.start);
    let place = source
        .slice(finding.span)
        .lines()
        .next()
        .unwrap_or_default()
        .trim_end();
    let indent = source
        .line_text(line)
        .chars()
        .take_while(|letter| *letter == ' ')
        .count();
    // The comment's own sign needs a column to the left of the carets.
    let sign = if column > indent + 1 {
        indent
    } else {
        indent.saturating_sub(2)
    };
    let gap = column.saturating_sub(sign + 2);
    let carets = "^".repeat(place.chars().count().max(1));
    let Diagnostic {
        severity,
        code,
        message,
        ..
    } = finding;
    let suggestions: Vec<String> = finding.suggestions.iter().map(suggestion).collect();
    let severity = severity.as_str();
    format!(
        "{:sign$}#{:gap$}{carets} {severity}[{code}]: {message}{}\n",
        "",
        "",
        suggestions.concat()
    )
}

fn suggestion(suggestion: &Suggestion) -> String {
    let edits = suggestion.edits.iter();
    let replacements: Vec<String> = edits
        .map(|edit| format!("`{}`", edit.replacement))
        .collect();
    format!(" => {}", replacements.join(" and "))
}
