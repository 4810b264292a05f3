//! Whether a text is a runbook at all, without reading all of it where that is not needed.

use serde::Deserialize;
use serde_json::Value;

use crate::diagnostic::Diagnostics;
use crate::source::Source;
use crate::syntax;

const KEY: &str = "schemaVersion";

/// The version of runbooks; other documents of Systems Manager have others.
const VERSION: &str = "0.3";

/// Whether a text is a runbook, or means to be one: on its top level, `schemaVersion` is `0.3`. Templates and other
/// documents may hold a runbook further inside, which makes them none.
pub(super) fn is_runbook(source: &Source) -> bool {
    if !source.text.contains(KEY) {
        return false;
    }
    let text = source.text.trim_start_matches('\u{feff}').trim_start();
    let version = match text.starts_with('{') {
        true => of_json(text),
        false => of_block(text),
    };
    match version.or_else(|| of_tree(source)) {
        Some(version) => version == VERSION,
        None => opens_with_version(text),
    }
}

fn of_json(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Document {
        #[serde(rename = "schemaVersion")]
        version: Option<Value>,
    }

    let document: Document = serde_json::from_str(text).ok()?;
    Some(match document.version {
        Some(Value::String(version)) => version,
        Some(version) => version.to_string(),
        None => String::new(),
    })
}

/// The value behind a key at the beginning of a line: there, nothing is inside of anything.
fn of_block(text: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let value = [KEY, "'schemaVersion'", "\"schemaVersion\""]
            .iter()
            .find_map(|key| line.strip_prefix(key))?;
        let value = value.trim_start().strip_prefix(':')?;
        let value = value.split(" #").next()?.trim();
        Some(value.trim_matches(['\'', '"']).to_owned())
    })
}

fn of_tree(source: &Source) -> Option<String> {
    let tree = syntax::parse(source, &mut Diagnostics::default())?;
    let version = tree.get(KEY).and_then(|version| version.as_scalar());
    Some(
        version
            .map(|version| version.text.clone())
            .unwrap_or_default(),
    )
}

/// For JSON that cannot be parsed: whether the key stands in the outermost braces.
fn opens_with_version(text: &str) -> bool {
    let mut parts = text.match_indices("\"schemaVersion\"");
    parts.any(|(start, key)| {
        let (before, behind) = text.split_at(start);
        let behind = behind.get(key.len()..).unwrap_or_default().trim_start();
        let value = behind.strip_prefix(':').unwrap_or_default().trim_start();
        depth(before) == 1 && value.starts_with("\"0.3\"")
    })
}

/// How many brackets are open, by and large.
fn depth(text: &str) -> i64 {
    let brackets = text.chars().map(|letter| match letter {
        '{' | '[' => 1,
        '}' | ']' => -1,
        _ => 0,
    });
    brackets.sum()
}
