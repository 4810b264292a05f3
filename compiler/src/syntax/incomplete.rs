//! What is nearly a reference, and so is text: with a brace too few, `{{ Name }`, in the spelling of other languages,
//! `{{ global.REGION }}`, or with more than a name between the braces, `{{ Name | upper }}`.

use std::ops::Range;

use crate::habits;
use crate::syntax::template::{Reference, reference};

/// A text that would refer to something, were it not for its flaw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incomplete {
    /// The braces and what is between them, in the text.
    pub place: Range<usize>,
    /// What the name would refer to.
    pub reference: Reference,
    /// Why it is none.
    pub flaw: Flaw,
}

/// Why something is no reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// One of the braces is missing.
    Brace,
    /// What is between the braces, which is another spelling of the name.
    Spelling(String),
    /// What is between the braces, which is a name and more.
    More(String),
}

/// Everything in a text that is nearly a reference. `${Name}}` and `{{{Name}}` are not: shells and languages with braces of
/// their own write them.
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
        let name = inner.get(..end)?.trim();
        let (reference, flaw) = match braces + closing {
            3 => (reference(name)?, Flaw::Brace),
            4 if reference(name).is_none() => flawed(name)?,
            _ => return None,
        };
        Some(Incomplete {
            place: start..start + braces + end + closing,
            reference,
            flaw,
        })
    })
}

/// What was meant between complete braces that do not hold a name.
fn flawed(inner: &str) -> Option<(Reference, Flaw)> {
    if let Some(reference) = respelt(inner) {
        return Some((reference, Flaw::Spelling(inner.to_owned())));
    }
    let is_name = |next: char| next.is_ascii_alphanumeric() || matches!(next, '_' | '.' | ':');
    let (name, more) = inner.split_at(inner.find(|next: char| !is_name(next))?);
    more.trim_start().strip_prefix(['|', '[', '+', '?'])?;
    let reference = reference(name).or_else(|| respelt(name))?;
    Some((reference, Flaw::More(inner.to_owned())))
}

/// The reference that a name in another spelling means. A single name behind a dot is one of Go's templates.
fn respelt(name: &str) -> Option<Reference> {
    if let Some(name) = habits::meant(habits::PSEUDO_PARAMETERS, name) {
        return reference(name);
    }
    let tight = |separator: char| {
        move |name: &str| {
            let parts: Vec<&str> = name.split(separator).map(str::trim).collect();
            parts.join(&separator.to_string())
        }
    };
    let name = tight(':')(&tight('.')(name));
    let name = match name.strip_prefix("$.") {
        Some(rest) if rest.contains('.') => rest,
        _ => name.as_str(),
    };
    if let Some(reference) = reference(name) {
        return Some(reference);
    }
    let (prefix, rest) = name.split_once(':')?;
    reference(&match habits::meant(habits::NAMESPACES, prefix) {
        Some(prefix) => format!("{prefix}{rest}"),
        None => format!("{prefix}.{rest}"),
    })
}
