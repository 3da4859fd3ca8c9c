//! What someone may have meant: the nearest of the words that would have been right.

use domain::search::distance;

/// Longer words are not compared: nobody mistypes so much, and the comparison is quadratic.
const MAX_CHARS: usize = 80;

/// Returns the candidate that is a slip of the pen away from `word`: at most a third of its letters are wrong, missing,
/// too many or swapped with their neighbour. Of an address the letters before the `@` count: those behind it are the same for a
/// whole team. Case does not count.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = letters(word);
    let own = word.iter().position(|letter| *letter == '@').unwrap_or(word.len());
    let allowed = (own.max(3) / 3).min(own.saturating_sub(1));
    if word.len() > MAX_CHARS {
        return None;
    }
    candidates
        .into_iter()
        .filter_map(|candidate| Some((distance(&word, &letters(candidate), allowed)?, candidate)))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

fn letters(word: &str) -> Vec<char> {
    word.to_lowercase().chars().collect()
}
