//! "Did you mean": the candidate nearest to what was written.

use std::fmt;
use std::ops::Deref;

/// The name that is nearest to what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    name: String,
    certain: bool,
}

/// The candidate most similar to `written`, if one is near enough to be a slip.
///
/// A difference in case alone always wins; beyond that a third of the letters may differ.
pub fn similar<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<Near> {
    let near = within_reach(written, candidates);
    let (_, name) = near.iter().min_by_key(|(distance, _)| *distance)?;
    Some(Near {
        certain: is_certain(written, name, &near),
        name: (*name).to_owned(),
    })
}

impl Near {
    /// A candidate that was chosen in another way as the nearest.
    pub fn chosen<'a>(
        written: &str,
        name: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            certain: is_certain(written, name, &within_reach(written, candidates)),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The name, owned.
    pub fn into_name(self) -> String {
        self.name
    }

    /// Whether nothing else can be meant: only the case differs, or it is a small slip and other names are farther.
    pub const fn is_certain(&self) -> bool {
        self.certain
    }

    /// The name in another form, as sure as before.
    #[must_use]
    pub fn map(self, form: impl FnOnce(&str) -> String) -> Self {
        Self {
            name: form(&self.name),
            ..self
        }
    }
}

impl Deref for Near {
    type Target = str;

    fn deref(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Near {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

/// The candidates that are near enough, with their distances.
fn within_reach<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Vec<(usize, &'a str)> {
    let lower = written.to_lowercase();
    let limit = (written.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != written)
        .map(|candidate| (distance(&lower, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= limit && *distance < candidate.chars().count())
        .collect()
}

fn is_certain(written: &str, name: &str, near: &[(usize, &str)]) -> bool {
    let lower = written.to_lowercase();
    let distance = distance(&lower, name);
    let mut others = near.iter().filter(|(_, other)| *other != name);
    if distance == 0 {
        return others.all(|(distance, _)| *distance > 0);
    }
    let letters = written.chars().count();
    let slips = if letters < 8 { 1 } else { 2 };
    let alone = others.all(|(other, _)| *other >= distance + 2);
    letters >= 4 && distance <= slips && alone && !tells_apart(&lower, name)
}

/// Whether the difference is one by which people tell names apart: `stop1` and `stop2`, `stopA` and `stopB`.
fn tells_apart(lower: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let but_last = |text: &str| {
        let mut letters = text.chars();
        letters.next_back();
        letters.as_str().to_owned()
    };
    digits(lower) != digits(&name) || but_last(lower) == but_last(&name)
}

fn distance(lower: &str, candidate: &str) -> usize {
    strsim::damerau_levenshtein(lower, &candidate.to_lowercase())
}
