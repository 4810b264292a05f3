//! The values of the language, and what becomes of them.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests may panic"
)]

mod coercions;
mod outputs;
mod supplied;
mod times;
mod written;

use runbook_runtime::value::{Document, Map, Type};

fn text(text: &str) -> String {
    text.to_owned()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

fn map(value: Document) -> Map {
    value.as_object().unwrap().clone()
}

/// Checks what a value becomes, type by type in the order of the tables: String, Integer, Boolean, StringList, StringMap,
/// MapList; null where it becomes nothing.
#[track_caller]
fn row(become_of: impl Fn(Type) -> Option<Document>, expected: &Document, have: &Document) {
    let types = [
        Type::String,
        Type::Integer,
        Type::Boolean,
        Type::StringList,
        Type::StringMap,
        Type::MapList,
    ];
    let expected = expected.as_array().unwrap();
    assert_eq!(expected.len(), types.len());
    for (wanted, expected) in types.into_iter().zip(expected) {
        let found = become_of(wanted).unwrap_or_default();
        assert_eq!(found, *expected, "{have} as {wanted}");
    }
}
