//! Rows of lists: ids, names and words that are safe to keep, and what to say of those that are not.

use std::collections::HashSet;

use jiff::Timestamp;

use super::warnings::Warnings;
use super::wire::{List, Text};
use crate::text::{NAME_CHARS, WORD_CHARS, clean_line, title_line};

/// The longest id kept, in bytes; those of AWS are the longest seen.
const ID_BYTES: usize = 400;

/// The longest name that serves as an id, in characters, so that it fits [`ID_BYTES`] in any script.
const NAMED_ID_CHARS: usize = 90;

/// Why a part of a list is refused that lost a row: the last part speaks for all, and would say that the row is gone.
pub(crate) const LOSSY_PART: &str = "a part of a list with rows that can't be read";

/// What has an id of its own in a list.
pub(crate) trait Row {
    fn id(&self) -> &Text;
}

/// Returns the rows that have an id of their own, each with it; the others are told and dropped.
pub(crate) fn identified<T: Row, const MAX: usize>(
    list: List<T, MAX>,
    what: &str,
    warnings: &mut Warnings,
) -> Vec<(String, T)> {
    let mut seen = HashSet::new();
    let mut rows = Vec::with_capacity(list.items.len());
    let mut dropped = list.dropped;
    for item in list.items {
        match id(item.id()) {
            None => dropped += 1,
            Some(id) if !seen.insert(id.clone()) => {
                warnings.add(format_args!("{what} '{id}' is listed twice"));
            }
            Some(id) => rows.push((id, item)),
        }
    }
    warnings.lost(what, dropped);
    rows
}

/// Returns an id as given: ids are opaque and compared exactly, so one that would need cleaning is none.
pub(crate) fn id(text: &Text) -> Option<String> {
    let id = text.get()?;
    let usable = !id.is_empty() && id.len() <= ID_BYTES && id.chars().all(|c| c.is_ascii_graphic());
    usable.then(|| id.to_owned())
}

/// Returns the newest of rows: the one with the latest time where all have one, the last of the list otherwise.
pub(crate) fn newest<T>(rows: &[T], time: impl Fn(&T) -> Option<Timestamp>) -> Option<&T> {
    if rows.iter().all(|row| time(row).is_some()) {
        return rows.iter().max_by_key(|row| time(row));
    }
    rows.last()
}

/// Returns a name as the id of what has no other; short enough that it is whole in every practical case.
pub(crate) fn name_as_id(name: &str) -> String {
    clean_line(name, NAMED_ID_CHARS)
}

/// Returns a clean line without markup, where there is one.
pub(crate) fn line(text: &Text) -> Option<String> {
    text.get().map(|text| title_line(text, NAME_CHARS)).filter(|line| !line.is_empty())
}

/// Returns what a row is called; one without a name is called by its id, which at least tells it from others.
pub(crate) fn name(text: &Text, what: &str, id: &str, warnings: &mut Warnings) -> String {
    line(text).unwrap_or_else(|| {
        warnings.add(format_args!("{what} '{id}' has no name"));
        id.to_owned()
    })
}

/// Whether a list was read without loss.
pub(crate) fn is_whole<T: Row, const MAX: usize>(list: &List<T, MAX>) -> bool {
    list.given && list.dropped == 0 && list.items.iter().all(|item| id(item.id()).is_some())
}

/// Returns the value of a word, or `unknown` with a warning. The word `unknown` is ours, not the platform's.
pub(crate) fn known<T: PartialEq>(
    value: Option<T>,
    unknown: T,
    owner: &str,
    field: &str,
    raw: &str,
    warnings: &mut Warnings,
) -> T {
    value.filter(|value| *value != unknown).unwrap_or_else(|| {
        warnings.add(format_args!("{owner} has unknown {field} word '{raw}'"));
        unknown
    })
}

/// Returns a clean word, where there is one.
pub(crate) fn word(text: &Text) -> Option<String> {
    text.get().map(|word| clean_line(word, WORD_CHARS))
}
