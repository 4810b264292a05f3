//! Names: how runbooks may spell services and operations, and near misses.

/// Boto3's method for an operation: `DescribeInstances` is `describe_instances`.
///
/// The rule is botocore's `xform_name`: a name that holds an underscore stays;
/// a plural acronym at the end (`ListACLs`) stays together; a word begins at a
/// capital before small letters and at a capital after a small letter or digit.
pub(super) fn method_name(name: &str) -> String {
    if name.contains('_') {
        return name.to_owned();
    }
    let (head, tail) = plural_acronym(name);
    let words = split_before_words(head);
    let mut method = split_after_small(&words).to_lowercase();
    if !tail.is_empty() {
        method.push('_');
        method.push_str(&tail.to_lowercase());
    }
    method
}

/// Without case and punctuation: how `Step Functions` and `step-functions` are equal.
pub(super) fn folded(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|character| character.to_ascii_lowercase())
        .collect()
}

/// A service's name of today, where Boto3 still knows one of the past.
pub(super) fn current(service: &str) -> &str {
    match service {
        "runtime.sagemaker" => "sagemaker-runtime",
        current => current,
    }
}

/// The candidate most like `written`, if any is like enough to be meant.
pub(super) fn similar<'a>(
    written: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let near =
        candidates.filter_map(|candidate| Some((difference(written, candidate)?, candidate)));
    let (_, nearest) = near.min_by_key(|(difference, _)| *difference)?;
    Some(nearest)
}

/// How many letters differ, if a slip may be the reason: one, or three in ten of a longer name.
pub(super) fn difference(written: &str, candidate: &str) -> Option<usize> {
    let (written, candidate) = (folded(written), folded(candidate));
    let longest = written.len().max(candidate.len());
    let difference = strsim::damerau_levenshtein(&written, &candidate);
    let is_slip = difference <= (longest * 3 / 10).max(1) && difference < candidate.len();
    is_slip.then_some(difference)
}

/// Splits a plural acronym, at least two capitals and an `s`, off the end.
fn plural_acronym(name: &str) -> (&str, &str) {
    let Some(singular) = name.strip_suffix('s') else {
        return (name, "");
    };
    let head = singular.trim_end_matches(|character: char| character.is_ascii_uppercase());
    if singular.len() - head.len() < 2 {
        return (name, "");
    }
    name.split_at(head.len())
}

/// Puts an underscore before each capital that small letters follow, unless it stands first.
fn split_before_words(name: &str) -> String {
    let mut split = String::with_capacity(name.len() + 8);
    let mut rest = name.chars().peekable();
    while let Some(character) = rest.next() {
        split.push(character);
        let mut ahead = rest.clone();
        let capital = ahead.next_if(char::is_ascii_uppercase);
        if let (Some(capital), Some(true)) = (capital, ahead.peek().map(char::is_ascii_lowercase)) {
            split.extend(['_', capital]);
            rest = ahead;
            while let Some(small) = rest.next_if(char::is_ascii_lowercase) {
                split.push(small);
            }
        }
    }
    split
}

/// Puts an underscore between a small letter or digit and a capital.
fn split_after_small(name: &str) -> String {
    let mut split = String::with_capacity(name.len() + 8);
    let mut before = '_';
    for character in name.chars() {
        let small = before.is_ascii_lowercase() || before.is_ascii_digit();
        if small && character.is_ascii_uppercase() {
            split.push('_');
        }
        split.push(character);
        before = character;
    }
    split
}
