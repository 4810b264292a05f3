//! Attachments: found beside the runbook, verified, and carried as they are.

#![allow(clippy::expect_used)]

use std::fs;
use std::path::PathBuf;

use runbookc::attachments::{Missing, load};
use runbookc::catalogue::Catalogue;
use runbookc::diagnostic::render;
use runbookc::ir::Runbook;
use runbookc::source::Source;
use runbookc::{compile, emit};

/// The checksum of `def main(events, context): return "é"` and a line break.
const CHECKSUM: &str = "4ee58a5ec099d2b524677c9283c2cf7749d98c390dd4be3ca3bb0fcc2b62f439";
const HELPERS: &str = "def main(events, context): return \"é\"\n";

#[test]
fn a_file_with_the_right_checksum_is_carried_as_it_is() {
    let folder = Folder::with("right", &[("helpers.py", HELPERS.as_bytes())]);
    let (source, mut runbook) = runbook("helpers.py", CHECKSUM);
    let found = load(&mut runbook, &folder.0, Missing::Refused);
    assert!(
        found.is_empty(),
        "{}",
        render::human(&source, &found, false)
    );
    let scripts = scripts(&runbook, &source);
    assert!(
        scripts.contains("Attachment::text(\"helpers.py\", r#"),
        "{scripts}"
    );
    assert!(scripts.contains(HELPERS), "{scripts}");
}

#[test]
fn another_file_is_refused_and_its_checksum_told() {
    let folder = Folder::with("other", &[("helpers.py", b"def main(a, b): pass")]);
    let (source, mut runbook) = runbook("helpers.py", CHECKSUM);
    let found = load(&mut runbook, &folder.0, Missing::Allowed);
    let text = render::human(&source, &found, false);
    assert!(text.contains("is not the file of the document"), "{text}");
    assert!(text.contains("its sha256 is not "), "{text}");
    assert_eq!(
        runbook
            .attachments
            .first()
            .and_then(|file| file.content.clone()),
        None
    );
}

#[test]
fn a_missing_file_is_told_with_where_it_was_looked_for() {
    let folder = Folder::with("missing", &[]);
    let (source, mut runbook) = runbook("helpers.py", CHECKSUM);
    let found = load(&mut runbook, &folder.0, Missing::Refused);
    let text = render::human(&source, &found, false);
    let place = folder.0.join("helpers.py");
    assert!(
        text.contains(&format!("looked for `{}`", place.display())),
        "{text}"
    );

    let found = load(&mut runbook, &folder.0, Missing::Allowed);
    assert!(found.is_empty());
    assert!(scripts(&runbook, &source).contains("Attachment::absent(\"helpers.py\")"));
}

fn scripts(runbook: &Runbook, source: &Source) -> String {
    let files = emit::krate(runbook, &source.text);
    let file = files
        .into_iter()
        .find(|file| file.path.ends_with("/scripts.rs"));
    file.expect("there are scripts").text
}

fn runbook(name: &str, checksum: &str) -> (Source, Runbook) {
    let text = format!(
        "schemaVersion: '0.3'\nfiles: {{{name}: {{checksums: {{sha256: {checksum}}}}}}}\nmainSteps:\n  - name: run\n    \
         action: aws:executeScript\n    inputs: {{Runtime: python3.11, Handler: helpers.main, Attachment: {name}}}\n"
    );
    let source = Source::new("runbook.yaml", text);
    let compiled = compile(&source, Catalogue::embedded());
    let runbook = compiled.runbook.expect("the runbook is right");
    (source, runbook)
}

/// A folder that is there as long as this value.
struct Folder(PathBuf);

impl Folder {
    fn with(name: &str, files: &[(&str, &[u8])]) -> Self {
        let name = format!("runbookc-attachments-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder can be made");
        for (name, content) in files {
            fs::write(folder.join(name), content).expect("a file can be written");
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
