//! What a copy needs beside its sources: manifest, licence, and a note on what was removed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{PruneError, Pruning, write};

/// Copies the manifest without what only development needs, copies the licences, and writes the note.
pub(super) fn write(
    pruning: &Pruning<'_>,
    operations: &BTreeSet<String>,
    to: &Path,
) -> Result<(), PruneError> {
    let path = pruning.source.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(PruneError::file("read", &path))?;
    write::write(&to.join("Cargo.toml"), &manifest(&text))?;
    write::write(&to.join("PRUNED.md"), &note(pruning, &text, operations))?;
    licences(pruning.source, to)
}

/// A manifest without its sections for tests, benches, examples and development, and without
/// the hint that most of the crate is unused, which holds no longer.
fn manifest(text: &str) -> String {
    let mut keep = true;
    let lines = text.lines().filter(|line| {
        if line.starts_with('[') {
            keep = !is_for_development(line);
        }
        keep
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn is_for_development(section: &str) -> bool {
    let tables = ["[[test]]", "[[bench]]", "[[example]]", "[[bin]]", "[hints]"];
    tables.contains(&section.trim_end()) || section.contains("dev-dependencies")
}

fn licences(from: &Path, to: &Path) -> Result<(), PruneError> {
    for entry in fs::read_dir(from).map_err(PruneError::file("read", from))? {
        let entry = entry.map_err(PruneError::file("read", from))?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        if ["LICENSE", "LICENCE", "NOTICE", "COPYRIGHT"]
            .iter()
            .any(|start| name.starts_with(start))
        {
            let target = to.join(entry.file_name());
            fs::copy(entry.path(), &target).map_err(PruneError::file("write", &target))?;
        }
    }
    Ok(())
}

fn note(pruning: &Pruning<'_>, manifest: &str, operations: &BTreeSet<String>) -> String {
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("version = "))
        .unwrap_or("unknown");
    let mut text = format!(
        "# A pruned copy of {krate} {version}\n\n\
         runbookc made this copy so that it builds faster. It is the text of the official crate, reduced to\n\
         the operations below and what they use, without documentation, tests and examples.\n\
         The licence of the original applies.\n\n\
         These operations are kept:\n\n",
        krate = pruning.krate,
        version = version.trim_matches('"'),
    );
    for name in operations {
        text += &format!("- {name}\n");
    }
    text
}
