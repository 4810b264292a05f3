//! Mistakes are found where they are: of all that the kit makes in our own runbooks, at least 95 of 100.
//!
//! `cargo test -p runbookc-tests --test mutants -- --ignored --nocapture` makes all of them, not only a sample, and prints the
//! table by kind. `RUNBOOKC_MUTANTS` names another folder of runbooks to make mistakes in, each taken alone, and
//! `RUNBOOKC_MUTANTS_SHOWN` prints those that are not found.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use runbookc_tests::folder::files;
use runbookc_tests::mutants::{KINDS, Kind, Subject, Verdict, run};
use runbookc_tests::paths::{outside, repository};

/// How many mutants of a kind are made, if not all.
const SAMPLE: usize = 8;

/// The same, in runbooks that are not ours.
const SAMPLE_OF_OTHERS: usize = 40;

/// Of a hundred mistakes.
const FOUND: f64 = 95.0;

#[test]
fn mistakes_in_our_runbooks_are_found_where_they_are() {
    let table = run(&ours(), SAMPLE, &show);
    for kind in KINDS {
        assert!(
            table.of(kind.name).made() > 0,
            "no runbook has a place for {}",
            kind.name
        );
    }
    let found = table.total().percent();
    assert!(
        found >= FOUND,
        "{found:.1} of 100 mistakes are found\n{table}"
    );
}

#[test]
#[ignore = "takes minutes, and tells the numbers of the README"]
fn all_mistakes_in_our_runbooks_are_counted() {
    let table = run(&ours(), usize::MAX, &show);
    println!("{table}");
    assert!(table.total().percent() >= FOUND, "{table}");
}

#[test]
fn mistakes_in_other_runbooks_are_counted() {
    let Some(folder) = outside("RUNBOOKC_MUTANTS") else {
        return eprintln!("skipped: set RUNBOOKC_MUTANTS to a folder of runbooks");
    };
    let files = runbooks(&folder).into_iter();
    let subjects: Vec<Subject> = files.filter_map(|file| Subject::read(&[file], 0)).collect();
    let table = run(&subjects, SAMPLE_OF_OTHERS, &show);
    println!("{} runbooks without errors\n{table}", subjects.len());
    assert!(
        table.total().mutants() > 0,
        "{} holds no runbook without errors",
        folder.display()
    );
}

/// The runbooks of the repository, those of one folder together.
fn ours() -> Vec<Subject> {
    let mut folders: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for root in ["examples", "tests/actions", "tests/mutants"] {
        for file in runbooks(&repository().join(root)) {
            let folder = file.parent().expect("a file lies in a folder").to_owned();
            folders.entry(folder).or_default().push(file);
        }
    }
    let groups = folders.into_values();
    let subjects =
        groups.flat_map(|group| (0..group.len()).map(move |position| (group.clone(), position)));
    subjects
        .map(|(group, position)| {
            let subject = Subject::read(&group, position);
            subject.unwrap_or_else(|| panic!("{} has an error", group[position].display()))
        })
        .collect()
}

fn runbooks(root: &Path) -> Vec<PathBuf> {
    let is_runbook = |path: &Path| {
        let extension = path.extension().unwrap_or_default();
        let other = ["scenarios", "emitted"]
            .iter()
            .any(|folder| path.ends_with(folder));
        !other
            && ["", "yaml", "yml", "json"]
                .iter()
                .any(|known| extension == *known)
    };
    let mut found = files(root, &is_runbook);
    found.retain(|path| path.extension().is_some());
    found.into_iter().map(|path| root.join(path)).collect()
}

fn show(subject: &Subject, kind: &Kind, text: &str, verdict: &Verdict) {
    if env::var_os("RUNBOOKC_MUTANTS_SHOWN").is_some() {
        println!(
            "{}: {}: {verdict:?}\n{}",
            subject.source().name,
            kind.name,
            difference(&subject.source().text, text)
        );
    }
}

/// The first lines that differ.
fn difference(original: &str, mutant: &str) -> String {
    let mut lines = original.lines().zip(mutant.lines());
    match lines.find(|(one, other)| one != other) {
        Some((one, other)) => format!("  - {one}\n  + {other}"),
        None => String::new(),
    }
}
