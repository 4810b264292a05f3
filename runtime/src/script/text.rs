//! The text of a script whose references were resolved.

/// Puts values in the places of references: `(written, value)`, in the order of the text.
///
/// The text keeps the references as they are written, so that it can be read; the same reference stands there once
/// for every place.
pub fn fill<const N: usize>(text: &str, values: [(&str, String); N]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    for (written, value) in values {
        if let Some((before, after)) = rest.split_once(written) {
            filled.push_str(before);
            filled.push_str(&value);
            rest = after;
        }
    }
    filled + rest
}
