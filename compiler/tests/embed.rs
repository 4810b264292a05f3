//! Runbooks that are compiled for another program, as a build system does it that is not cargo.

#![allow(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

use std::fs;
use std::path::{Path, PathBuf};

use runbookc::embed::{EmbedError, Embedded, compile};

const NAP: &str = "
schemaVersion: '0.3'
mainSteps:
  - {name: nap, action: 'aws:sleep', inputs: {Duration: PT1S}}
";

/// A folder for a test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("embed")
        .join(test);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runbooks of these names, all of which take a nap.
fn runbooks(folder: &Path, names: &[&str]) -> Vec<PathBuf> {
    let paths = names.iter().map(|name| {
        let path = folder.join(name);
        fs::write(&path, NAP).unwrap();
        path
    });
    paths.collect()
}

/// What is said of these runbooks, which cannot be in one program.
#[track_caller]
fn refused(names: &[&str]) -> String {
    let folder = folder("refused");
    let paths = runbooks(&folder, names);
    let refused = compile(&paths, true).unwrap_err().to_string();
    refused.replace(&*folder.join("").to_string_lossy(), "")
}

fn texts(embedded: &Embedded) -> Vec<&str> {
    let files = embedded.files.iter();
    files.map(|file| file.path.as_str()).collect()
}

#[test]
fn every_runbook_is_a_text_of_its_own_and_all_are_one() {
    let paths = runbooks(&folder("texts"), &["nap.yaml", "long-nap.yaml"]);
    let embedded = compile(&paths, true).unwrap();
    assert!(!embedded.has_errors());
    assert_eq!(
        texts(&embedded),
        ["runbooks/nap.rs", "runbooks/long-nap.rs", "runbooks.rs"]
    );
    assert_eq!(embedded.read, paths);
    // Who is calling is asked by all of them.
    assert_eq!(embedded.crates, ["aws-sdk-sts"]);
    assert!(compile(&paths, false).unwrap().crates.is_empty());
}

#[test]
fn two_files_of_one_name_are_refused() {
    assert_eq!(
        refused(&["nap.json", "nap.yaml"]),
        "`nap.json` and `nap.yaml` are both called `nap`; rename one of them"
    );
}

#[test]
fn two_runbooks_whose_modules_would_be_one_are_refused() {
    assert_eq!(
        refused(&["Nap_Now.yaml", "nap-now.yaml"]),
        "`Nap_Now.yaml` and `nap-now.yaml` both need the module `nap_now`; rename one of them"
    );
    assert_eq!(
        refused(&["nap-aws.yaml", "nap.yaml"]),
        "`nap-aws.yaml` and `nap.yaml` both need the module `nap_aws`; rename one of them"
    );
}

#[test]
fn a_runbook_that_is_called_like_a_keyword_has_modules() {
    let paths = runbooks(&folder("keyword"), &["type.yaml"]);
    let embedded = compile(&paths, true).unwrap();
    let text = &embedded.files.first().unwrap().text;
    for module in ["\npub mod type_ {\n", "\npub mod type_aws {\n"] {
        assert!(text.contains(module), "{text}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let missing = Path::new("/nowhere/nap.yaml").to_owned();
    let error = compile(&[missing], true).unwrap_err();
    assert!(matches!(error, EmbedError::Read { .. }));
    assert!(
        error
            .to_string()
            .starts_with("cannot read `/nowhere/nap.yaml`: ")
    );
}
