//! What was changed in a text: the words that went and the words that came, in the order of reading.

/// Words compared with each other, at most; a longer rewriting is shown as the old text and the new one.
const MOST_PAIRS: usize = 1_000_000;

/// A run of words with one fate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) fate: Fate,
    pub(crate) text: String,
}

/// What became of a run of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Kept,
    Gone,
    Come,
}

impl Piece {
    pub(crate) fn is_gone(&self) -> bool {
        self.fate == Fate::Gone
    }

    pub(crate) fn is_come(&self) -> bool {
        self.fate == Fate::Come
    }
}

/// Returns the difference of two texts by words; the pieces that were not inserted make the first, those that were not
/// deleted the second.
pub(crate) fn difference(before: &str, after: &str) -> Vec<Piece> {
    let (old, new) = (words(before), words(after));
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tails = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = tails.take_while(|(a, b)| a == b).count();
    let mut pieces = Pieces::default();
    pieces.push(Fate::Kept, &old[..head]);
    middle(&mut pieces, &old[head..old.len() - tail], &new[head..new.len() - tail]);
    pieces.push(Fate::Kept, &old[old.len() - tail..]);
    pieces.0
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn push(&mut self, fate: Fate, words: &[&str]) {
        if words.is_empty() {
            return;
        }
        match self.0.last_mut().filter(|last| last.fate == fate) {
            Some(last) => last.text.extend(words.iter().copied()),
            None => self.0.push(Piece { fate, text: words.concat() }),
        }
    }
}

/// A word and the blanks behind it are one, so that runs read as they were written.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let blank = rest[word..].find(|c: char| !c.is_whitespace()).map_or(rest.len(), |blank| word + blank);
        let (first, others) = rest.split_at(blank);
        words.push(first);
        rest = others;
    }
    words
}

/// The longest common subsequence of what differs.
fn middle(pieces: &mut Pieces, old: &[&str], new: &[&str]) {
    if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        pieces.push(Fate::Gone, old);
        pieces.push(Fate::Come, new);
        return;
    }
    let width = new.len() + 1;
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i * width + j] = if old[i] == new[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            pieces.push(Fate::Kept, &old[i..=i]);
            (i, j) = (i + 1, j + 1);
        } else if j == new.len()
            || (i < old.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1])
        {
            pieces.push(Fate::Gone, &old[i..=i]);
            i += 1;
        } else {
            pieces.push(Fate::Come, &new[j..=j]);
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn put(before: &str, after: &str) -> String {
        let put = |piece: &Piece| match piece.fate {
            Fate::Kept => piece.text.clone(),
            Fate::Gone => format!("[-{}-]", piece.text),
            Fate::Come => format!("[+{}+]", piece.text),
        };
        difference(before, after).iter().map(put).collect()
    }

    #[test]
    fn words_that_went_and_came_stand_where_they_did() {
        for (before, after, expect) in [
            ("", "", ""),
            ("same words", "same words", "same words"),
            ("about 5% failed", "about 30% failed", "about [-5% -][+30% +]failed"),
            ("one two", "one two three", "one [-two-][+two three+]"),
            ("one two three ", "one three ", "one [-two -]three "),
            ("", "new", "[+new+]"),
            ("old", "", "[-old-]"),
            ("a b c d", "a x c y d", "a [-b -][+x +]c [+y +]d"),
        ] {
            assert_eq!(put(before, after), expect, "{before:?} to {after:?}");
        }
    }

    #[test]
    fn a_long_rewriting_is_the_old_text_and_the_new_one() {
        let (old, new): (String, String) =
            ((0..2000).map(|n| format!("a{n} ")).collect(), (0..2000).map(|n| format!("b{n} ")).collect());
        let fates: Vec<Fate> = difference(&old, &new).iter().map(|piece| piece.fate).collect();
        assert_eq!(fates, [Fate::Gone, Fate::Come]);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_the_difference(before in "[ab \n]{0,40}", after in "[ab \n]{0,40}") {
            let pieces = difference(&before, &after);
            let side = |left_out: Fate| -> String {
                pieces.iter().filter(|piece| piece.fate != left_out).map(|piece| piece.text.as_str()).collect()
            };
            prop_assert_eq!(side(Fate::Come), before);
            prop_assert_eq!(side(Fate::Gone), after);
        }
    }
}
