//! Comparison with `DesiredValues` (spec 5.2, 5.23, section 8 rows 6 and 14).

use super::{Document, Text};
use crate::selector::{Matches, Selected};

/// Whether the selected value is one of the desired ones.
///
/// Texts compare as they are, Booleans as `True` and `False` in any case, numbers in decimal.
/// All that a list holds must be desired; an empty one is `[]`. Null, no match and maps never are.
pub fn matches_desired(selected: &Selected<'_>, desired: &[String]) -> bool {
    let value = selected.document();
    // An indefinite path that finds nothing is no match, although it gives an empty list.
    let is_found = !matches!(&selected.matches, Matches::Many(_));
    match value.as_array() {
        Some(elements) if elements.is_empty() => is_found && is_empty_desired(desired),
        Some(elements) => elements.iter().all(|element| is_desired(element, desired)),
        None => is_desired(&value, desired),
    }
}

/// Published runbooks ask in this way whether there is nothing.
fn is_empty_desired(desired: &[String]) -> bool {
    desired.iter().any(|wanted| wanted == "[]")
}

fn is_desired(value: &Document, desired: &[String]) -> bool {
    match value {
        Document::Bool(flag) => desired
            .iter()
            .any(|wanted| wanted.eq_ignore_ascii_case(&flag.to_string())),
        Document::String(_) | Document::Number(_) => desired.contains(&value.text()),
        Document::Null | Document::Array(_) | Document::Object(_) => false,
    }
}
