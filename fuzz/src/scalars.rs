//! A text as a scalar of YAML, in every style that can write it.

use runbookc::diagnostic::Diagnostics;
use runbookc::source::Source;
use runbookc::syntax::{self, Scalar};

/// The text in all styles, each with the document that it stands in.
pub(crate) fn of(text: &str) -> Vec<(Source, Scalar)> {
    let styles = [
        double_quoted(text),
        single_quoted(text),
        block(text, '|'),
        block(text, '>'),
        plain(text),
    ];
    styles.into_iter().flatten().collect()
}

/// In double quotes, where any text can stand, with escapes for what YAML does not take as it is.
pub(crate) fn double_quoted(text: &str) -> Option<(Source, Scalar)> {
    let escaped: String = text.chars().map(escaped).collect();
    let read = read(format!("text: \"{escaped}\"\n"))?;
    (read.1.text == text).then_some(read)
}

fn escaped(character: char) -> String {
    match character {
        '"' | '\\' => format!("\\{character}"),
        ' '..='~' => character.to_string(),
        other => format!("\\U{:08x}", u32::from(other)),
    }
}

fn single_quoted(text: &str) -> Option<(Source, Scalar)> {
    read(format!("text: '{}'\n", text.replace('\'', "''")))
}

fn block(text: &str, style: char) -> Option<(Source, Scalar)> {
    let lines: String = text.lines().map(|line| format!("  {line}\n")).collect();
    read(format!("text: {style}2\n{lines}"))
}

fn plain(text: &str) -> Option<(Source, Scalar)> {
    read(format!("text: {text}\n"))
}

/// What YAML makes of it, which may be another text, or none.
fn read(document: String) -> Option<(Source, Scalar)> {
    let source = Source::new("fuzzed.yaml", document);
    let mut diagnostics = Diagnostics::default();
    let tree = syntax::parse(&source, &mut diagnostics).filter(|_| diagnostics.is_empty())?;
    let scalar = tree.get("text")?.as_scalar()?.clone();
    Some((source, scalar))
}
