//! Comparison with `DesiredValues` (spec 5.2, 5.23, section 8 rows 6 and 14).

use super::{Document, Text};
use crate::selector::Selected;

/// Whether the selected value is one of the desired ones.
///
/// Texts compare as they are, Booleans as `True` and `False` in any case, numbers in decimal.
/// A list must hold something, and all of it must be desired. Null, no match and maps never are.
pub fn matches_desired(selected: &Selected<'_>, desired: &[String]) -> bool {
    let value = selected.document();
    match value.as_array() {
        Some(elements) => {
            !elements.is_empty() && elements.iter().all(|element| is_desired(element, desired))
        }
        None => is_desired(&value, desired),
    }
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
