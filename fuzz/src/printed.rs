//! Selectors, printed from what was read of them.

use runbookc::syntax::selector::{Filter, FilterTest, Literal};
use runbookc::syntax::{Selector, SelectorSegment};

/// The one spelling of a selector that says no more than its segments do.
pub(crate) fn selector(selector: &Selector) -> String {
    let mut text = "$".to_owned();
    let mut deep = false;
    for segment in &selector.segments {
        text += &match &segment.value {
            SelectorSegment::Descend => "..".to_owned(),
            SelectorSegment::AnyChild if deep => "*".to_owned(),
            other => one(other),
        };
        deep = segment.value == SelectorSegment::Descend;
    }
    text
}

fn one(segment: &SelectorSegment) -> String {
    match segment {
        SelectorSegment::Key(key) => format!("[{}]", quoted(key)),
        SelectorSegment::Keys(keys) => format!("[{}]", list(keys.iter().map(|key| quoted(key)))),
        SelectorSegment::Index(index) => format!("[{index}]"),
        SelectorSegment::Indexes(indexes) => {
            format!("[{}]", list(indexes.iter().map(i64::to_string)))
        }
        SelectorSegment::Slice { from, to } => format!("[{}:{}]", bound(*from), bound(*to)),
        SelectorSegment::AnyChild => "[*]".to_owned(),
        SelectorSegment::Descend => "..".to_owned(),
        SelectorSegment::Filter(filter) => self::filter(filter),
        SelectorSegment::Length => ".length()".to_owned(),
    }
}

fn filter(filter: &Filter) -> String {
    let path: String = filter
        .path
        .iter()
        .map(|segment| one(&segment.value))
        .collect();
    let test = match &filter.test {
        FilterTest::Exists => String::new(),
        FilterTest::Compare(comparison, literal) => {
            let literal = match &literal.value {
                Literal::String(text) => quoted(text),
                // With a fraction, so that it stays what it is.
                Literal::Float(number) => format!("{number:e}"),
                other => other.to_string(),
            };
            format!(" {} {literal}", comparison.as_str())
        }
    };
    format!("[?(@{path}{test})]")
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "\\'");
    format!("'{escaped}'")
}

fn bound(bound: Option<i64>) -> String {
    bound.map_or(String::new(), |bound| bound.to_string())
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(",")
}
