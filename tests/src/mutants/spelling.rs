//! How people misspell words.

/// A word with two letters in each other's place, one too few or one twice, that is none of those in use: names that
/// differ in case, `_` and `-` alone count as one.
pub(super) fn misspelt<S: AsRef<str>>(word: &str, in_use: &[S]) -> Option<String> {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-'], "");
    let taken: Vec<String> = in_use.iter().map(|name| plain(name.as_ref())).collect();
    let mut candidates = candidates(word).into_iter();
    candidates.find(|candidate| {
        let candidate = plain(candidate);
        candidate != plain(word) && !taken.contains(&candidate)
    })
}

/// The ways to misspell a word; which one comes first depends on the word.
fn candidates(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let middle = letters.len() / 2;
    let is_letter = |index: usize| letters.get(index).is_some_and(char::is_ascii_alphabetic);
    // From the middle outwards, for nobody misspells the first letter.
    let mut places: Vec<usize> = (1..letters.len())
        .filter(|index| is_letter(*index))
        .collect();
    places.sort_by_key(|index| index.abs_diff(middle));
    let swapped = places
        .iter()
        .filter(|index| is_letter(**index + 1))
        .map(|&index| {
            let mut letters = letters.clone();
            letters.swap(index, index + 1);
            letters
        });
    let dropped = places.iter().filter(|_| letters.len() > 3).map(|&index| {
        let mut letters = letters.clone();
        letters.remove(index);
        letters
    });
    let doubled = places.iter().map(|&index| {
        let mut letters = letters.clone();
        letters.insert(index, letters[index]);
        letters
    });
    let mut ways: [Vec<Vec<char>>; 3] = [swapped.collect(), dropped.collect(), doubled.collect()];
    ways.rotate_left(letters.iter().map(|letter| *letter as usize).sum::<usize>() % 3);
    let last = letters.iter().copied().chain(['x']).collect();
    let all = ways.into_iter().flatten().chain([last]);
    all.map(|letters| letters.into_iter().collect()).collect()
}

/// A word with its first letter in the other case.
pub(super) fn other_case(word: &str) -> Option<String> {
    let first = word.chars().next().filter(char::is_ascii_alphabetic)?;
    let changed = match first.is_uppercase() {
        true => first.to_ascii_lowercase(),
        false => first.to_ascii_uppercase(),
    };
    Some(format!("{changed}{}", &word[1..]))
}
