//! What would be a reference if one more brace stood there: `{{ Name }`.

use std::ops::Range;

use crate::syntax::template::{Reference, reference};

/// A name between braces of which one is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incomplete {
    /// The braces and what is between them, in the text.
    pub place: Range<usize>,
    /// What the name would refer to.
    pub reference: Reference,
}

/// Everything in a text that lacks one brace for a reference. `${Name}}` and `{{{Name}}` are none: shells and languages
/// with braces of their own write them.
pub fn incomplete(text: &str) -> impl Iterator<Item = Incomplete> {
    let opening = text.match_indices('{').map(|(start, _)| start);
    opening.filter_map(move |start| {
        let before = text.get(..start)?;
        let rest = text.get(start..)?;
        let braces = rest.len() - rest.trim_start_matches('{').len();
        if before.ends_with(['{', '$', '#', '%', '\\']) || braces > 2 {
            return None;
        }
        let inner = rest.get(braces..)?;
        let end = inner.find(['{', '}'])?;
        let behind = inner.get(end..)?;
        let closing = behind.len() - behind.trim_start_matches('}').len();
        if braces + closing != 3 {
            return None;
        }
        Some(Incomplete {
            place: start..start + braces + end + closing,
            reference: reference(inner.get(..end)?.trim())?,
        })
    })
}
