//! The values that a tree holds, as JSON has them.

use runbookc::diagnostic::Diagnostics;
use runbookc::source::Source;
use runbookc::syntax::scalar::Reading;
use runbookc::syntax::{self, Node, NodeKind};
use serde_json::{Map, Value};

/// The longest key, quotes and all, that YAML takes for one (its section 7.4.2); no key of a runbook comes near.
const LONGEST_KEY: usize = 1000;

/// The values of a tree; nothing where it holds what JSON has no one spelling for.
pub(crate) fn of(node: &Node) -> Option<Value> {
    match &node.kind {
        NodeKind::Scalar(scalar) => match scalar.reading() {
            Reading::Text => Some(Value::from(scalar.text.as_str())),
            Reading::Null => Some(Value::Null),
            Reading::Boolean(value) => Some(Value::from(value)),
            Reading::Integer(value) => Some(Value::from(value?)),
            Reading::Float | Reading::Timestamp => None,
        },
        NodeKind::Sequence(elements) => elements
            .iter()
            .map(of)
            .collect::<Option<Vec<_>>>()
            .map(Value::from),
        NodeKind::Mapping(entries) => {
            let members = entries.iter().map(|entry| {
                let key = entry.key.value.clone();
                (key.len() <= LONGEST_KEY).then_some(())?;
                Some((key, of(&entry.value)?))
            });
            members.collect::<Option<Map<_, _>>>().map(Value::from)
        }
        NodeKind::Unknown => None,
    }
}

/// The values of a text.
pub(crate) fn read(text: &str) -> Option<Value> {
    let mut diagnostics = Diagnostics::default();
    let tree = syntax::parse(&Source::new("fuzzed.json", text), &mut diagnostics)?;
    of(&tree)
}

/// Whether a value is one whose numbers are whole and small, and that has no merge keys.
pub(crate) fn is_plain(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_i64() && number.as_i64() != Some(0),
        Value::Array(elements) => elements.iter().all(is_plain),
        Value::Object(members) => members
            .iter()
            .all(|(key, value)| key != "<<" && is_plain(value)),
        _ => true,
    }
}
