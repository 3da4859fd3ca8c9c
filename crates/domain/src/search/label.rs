//! One text that a provider is found by, and how far what was typed is from it.

use super::fold;

/// What a label is to its provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Slug,
    /// The other name at this place of the provider's list.
    Also(usize),
    /// The service at this place of the provider's list.
    Service(usize),
    Category,
}

// Costs, the smaller the closer. What a label is to its provider is added to how well it matches.
const BEGINS: u32 = 20;
const BEGINS_WITHIN_WORD: u32 = 26;
const INITIALS: u32 = 30;
const WORDS: u32 = 40;
const WORDS_BEGIN: u32 = 50;
/// Added where no single label has all words.
pub(super) const TOGETHER: u32 = 20;
const WITHIN: u32 = 90;
const SLIP: u32 = 100;
const SLIPS_IN_WORDS: u32 = 140;
const PER_SLIP: u32 = 10;

/// Shorter texts are found by much that does not mean them.
const LEAST_WITHIN: usize = 4;

/// What was typed, folded.
pub(super) struct Query {
    spaced: String,
    squashed: String,
    chars: Vec<char>,
    letters: u64,
    /// Each word by itself; empty where there is one only.
    parts: Vec<Query>,
}

/// One text that a provider is found by, folded.
#[derive(Debug)]
pub(super) struct Label {
    kind: Kind,
    spaced: Box<str>,
    squashed: Box<str>,
    letters: u64,
}

impl Query {
    pub(super) fn new<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let spaced = words.collect::<Vec<_>>().join(" ");
        let squashed = spaced.replace(' ', "");
        let parts = if spaced.contains(' ') {
            spaced.split(' ').map(|word| Self::new(std::iter::once(word))).collect()
        } else {
            Vec::new()
        };
        Self { chars: squashed.chars().collect(), letters: letters(&squashed), spaced, squashed, parts }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.squashed.is_empty()
    }

    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.spaced.split(' ')
    }

    /// Returns each word as a query.
    pub(super) fn each(&self) -> impl Iterator<Item = &Query> {
        let alone = self.parts.is_empty().then_some(self);
        self.parts.iter().chain(alone)
    }

    pub(super) const fn letters(&self) -> u64 {
        self.letters
    }

    /// Returns how many slips are forgiven: none in what is too short to recognise.
    fn forgiven(&self) -> usize {
        match self.chars.len() {
            0..4 => 0,
            4..8 => 1,
            8.. => 2,
        }
    }
}

impl Label {
    pub(super) fn new(kind: Kind, text: &str) -> Self {
        let spaced = fold(text);
        let squashed = spaced.replace(' ', "");
        Self { kind, letters: letters(&squashed), spaced: spaced.into(), squashed: squashed.into() }
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.squashed == other.squashed
    }

    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) const fn letters(&self) -> u64 {
        self.letters
    }

    /// Returns the cost of a query that matches as typed.
    pub(super) fn cost(&self, query: &Query) -> Option<u32> {
        if query.letters & !self.letters != 0 {
            return None;
        }
        let how = if self.squashed.as_ref() == query.squashed {
            0
        } else if let Some(rest) = self.spaced.strip_prefix(query.spaced.as_str()) {
            if rest.starts_with(' ') { BEGINS } else { BEGINS_WITHIN_WORD }
        } else if self.squashed.starts_with(&query.squashed) {
            BEGINS_WITHIN_WORD
        } else if self.has_initials(query) {
            INITIALS
        } else if let Some(cost) = self.in_words(query) {
            cost
        } else if query.chars.len() >= LEAST_WITHIN && self.squashed.contains(&query.squashed) {
            WITHIN
        } else {
            return None;
        };
        Some(how + self.weight(how == 0))
    }

    /// Returns the cost of a single word that is one of the label's or begins one.
    pub(super) fn cost_of_word(&self, word: &Query) -> Option<u32> {
        if word.letters & !self.letters != 0 {
            return None;
        }
        Some(self.in_words(word)? + self.weight(false))
    }

    /// Returns the cost of a query that has few letters wrong.
    pub(super) fn cost_with_slips(&self, query: &Query) -> Option<u32> {
        if self.kind == Kind::Category {
            return None;
        }
        let how = self.slips(query).map(|slips| SLIP + PER_SLIP * slips);
        let how = how.or_else(|| Some(SLIPS_IN_WORDS + PER_SLIP * self.slips_in_words(query)?))?;
        Some(how + self.weight(false))
    }

    /// A whole other name is as good as the name, nearly; a part of it is less.
    const fn weight(&self, is_whole: bool) -> u32 {
        match (self.kind, is_whole) {
            (Kind::Name, _) => 0,
            (Kind::Slug, _) => 1,
            (Kind::Also(_), true) => 4,
            (Kind::Also(_), false) => 5,
            (Kind::Service(_), true) => 12,
            (Kind::Service(_), false) => 24,
            (Kind::Category, _) => 60,
        }
    }

    fn has_initials(&self, query: &Query) -> bool {
        let of_a_name = match self.kind {
            Kind::Name | Kind::Also(_) | Kind::Service(_) => true,
            Kind::Slug | Kind::Category => false,
        };
        of_a_name
            && query.chars.len() > 1
            && self.spaced.split(' ').filter_map(|word| word.chars().next()).eq(query.chars.iter().copied())
    }

    fn in_words(&self, query: &Query) -> Option<u32> {
        let has = |fits: fn(&str, &str) -> bool| {
            query.each().all(|word| self.spaced.split(' ').any(|own| fits(own, &word.squashed)))
        };
        if has(|own, word| own == word) {
            return Some(WORDS);
        }
        has(|own, word| own.starts_with(word)).then_some(WORDS_BEGIN)
    }

    fn slips(&self, query: &Query) -> Option<u32> {
        let most = query.forgiven();
        // A slip changes the set of letters by two at most, and the length by one.
        if most == 0 || (query.letters ^ self.letters).count_ones() as usize > 2 * most {
            return None;
        }
        count(distance(&query.chars, &self.squashed.chars().collect::<Vec<_>>(), most))
    }

    /// Returns the slips of a query whose every word is near one of the label's.
    fn slips_in_words(&self, query: &Query) -> Option<u32> {
        let mut sum = 0;
        for word in query.each() {
            let most = word.forgiven();
            if (word.letters & !self.letters).count_ones() as usize > most {
                return None;
            }
            let of = |own: &str| distance(&word.chars, &own.chars().collect::<Vec<_>>(), most);
            sum += count(self.spaced.split(' ').filter_map(of).min())?;
        }
        Some(sum)
    }
}

fn count(slips: Option<usize>) -> Option<u32> {
    slips.and_then(|slips| u32::try_from(slips).ok())
}

/// Returns the letters of a folded text as a set, in which foreign ones share places.
fn letters(text: &str) -> u64 {
    let place = |c: char| match c {
        'a'..='z' => u32::from(c) - u32::from('a'),
        '0'..='9' => u32::from(c) - u32::from('0') + 26,
        foreign => u32::from(foreign) % 28 + 36,
    };
    text.chars().fold(0, |set, c| set | 1 << place(c))
}

/// Returns the least number of insertions, deletions, replacements and swaps of neighbours between two words, where that is
/// at most `most`.
#[must_use]
pub fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before_last: Vec<usize> = vec![usize::MAX; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut row: Vec<usize> = vec![0; b.len() + 1];
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before_last[j - 2] + 1);
            }
            row[j] = best;
        }
        // A swap looks back two rows: only when both are past the limit is everything that follows.
        if row.iter().chain(&last).all(|cost| *cost > most) {
            return None;
        }
        std::mem::swap(&mut before_last, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    Some(last[b.len()]).filter(|cost| *cost <= most)
}
