//! `runbookc check --fix` and `--diff`: repairs, written or shown.

use std::path::Path;
use std::sync::Arc;

use similar::TextDiff;

use super::error::CliError;
use super::{output, replace};
use crate::fix::{Fixed, GivenUp};
use crate::source::Source;

/// Writes repaired runbooks into their files; gives the texts that are there now, and the first thing that went wrong.
/// Of standard input, the repaired text is printed.
pub(super) fn write(
    sources: &[Arc<Source>],
    fixed: Vec<Fixed>,
) -> (Vec<Arc<Source>>, Option<CliError>) {
    let mut failure = None;
    let pairs = sources.iter().zip(fixed);
    let written = pairs.map(|(source, fixed)| match write_one(source, &fixed) {
        Ok(()) => {
            tell(source, &fixed);
            fixed.source
        }
        Err(error) => {
            error.print();
            failure.get_or_insert(error);
            Arc::clone(source)
        }
    });
    let written = written.collect();
    (written, failure)
}

/// Shows what would be written, as a unified diff.
pub(super) fn show(sources: &[Arc<Source>], fixed: &[Fixed]) -> Result<(), CliError> {
    for (source, fixed) in sources.iter().zip(fixed) {
        output::print(&diff(source, &fixed.source))?;
        tell_given_up(source, fixed.given_up);
    }
    Ok(())
}

fn write_one(source: &Source, fixed: &Fixed) -> Result<(), CliError> {
    if source.name == super::input::STDIN {
        return output::print(&fixed.source.text);
    }
    if fixed.fixes.is_empty() {
        return Ok(());
    }
    let path = Path::new(&source.name);
    Ok(replace::replace(path, &source.text, &fixed.source.text)?)
}

fn diff(before: &Source, after: &Source) -> String {
    let diff = TextDiff::from_lines(&before.text, &after.text);
    let mut diff = diff.unified_diff();
    diff.header(&before.name, &before.name).to_string()
}

fn tell(source: &Source, fixed: &Fixed) {
    for fix in &fixed.fixes {
        let (line, column) = fix.place;
        output::error(&format!(
            "fixed {}:{line}:{column} {}: {}\n",
            source.name, fix.code, fix.words
        ));
    }
    tell_given_up(source, fixed.given_up);
}

fn tell_given_up(source: &Source, given_up: Option<GivenUp>) {
    let Some(GivenUp { errors, repaired }) = given_up else {
        return;
    };
    let name = &source.name;
    output::error(&match repaired {
        Some(repaired) => format!(
            "note: some repairs of `{name}` are left out: with them it would have {} instead of {errors}\n",
            output::count(repaired, "error")
        ),
        None => {
            format!("note: some repairs of `{name}` are left out: with them it would be no YAML\n")
        }
    });
}
