//! Facts that most platforms tell in the same way, so that their readers differ in words and shapes only.

use std::collections::HashSet;
use std::fmt::Display;

use domain::{Impact, MaintenanceStatus, Status};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;

use super::document::Document;
use super::rows::id;
use super::times;
use super::warnings::Warnings;
use super::wire::{Object, Text};
use crate::text::{WORD_CHARS, clean_line};

/// Parses a document that should be an object; `None` where it is a list or a single value.
pub(crate) fn object<T: DeserializeOwned>(document: &Document<'_>) -> Option<Result<T, String>> {
    document.json::<Object<T>>().map(|Object(object)| object).transpose()
}

/// Returns the meaning of a word and the word. None, and one that `map` does not know, is a warning and no meaning.
pub(crate) fn told<T>(
    word: &Text,
    map: impl Fn(&str) -> Option<T>,
    what: impl Display,
    warnings: &mut Warnings,
) -> (Option<T>, String) {
    let Some(word) = word.get() else {
        warnings.add(format_args!("{what} is not given"));
        return (None, String::new());
    };
    let raw = clean_line(word, WORD_CHARS);
    let meaning = map(&raw);
    if meaning.is_none() {
        warnings.add(format_args!("{what} is the unknown word '{raw}'"));
    }
    (meaning, raw)
}

/// Returns the impact that says of an incident what a status says of a component.
pub(crate) fn impact_of(status: Status) -> Impact {
    match status {
        Status::Unknown => Impact::Unknown,
        Status::Operational => Impact::None,
        Status::UnderMaintenance => Impact::Maintenance,
        Status::DegradedPerformance => Impact::Minor,
        Status::PartialOutage => Impact::Major,
        Status::MajorOutage => Impact::Critical,
    }
}

/// Returns where announced work is in its life by its planned times; without a start nobody can tell.
pub(crate) fn by_clock(
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    at: Timestamp,
) -> MaintenanceStatus {
    match (starts_at, ends_at) {
        (_, Some(end)) if end <= at => MaintenanceStatus::Completed,
        (Some(start), _) if start > at => MaintenanceStatus::Scheduled,
        (Some(_), _) => MaintenanceStatus::InProgress,
        (None, _) => MaintenanceStatus::Unknown,
    }
}

/// Returns each usable id once.
pub(crate) fn distinct<'a>(ids: impl Iterator<Item = &'a Text>) -> Vec<String> {
    let mut seen = HashSet::new();
    ids.filter_map(id).filter(|id| seen.insert(id.clone())).collect()
}

/// Returns the instant of a time that the platform writes without a zone and means in UTC.
pub(crate) fn utc(
    owner: impl Display,
    field: &str,
    text: &Text,
    warnings: &mut Warnings,
) -> Option<Timestamp> {
    warnings.time_by(owner, field, given(text), |text| times::civil(text, &TimeZone::UTC))
}

/// Returns the instant of a time in any form that has its zone.
pub(crate) fn instant(
    owner: impl Display,
    field: &str,
    text: &Text,
    warnings: &mut Warnings,
) -> Option<Timestamp> {
    warnings.time_by(owner, field, given(text), times::any)
}

/// Returns a text that is not empty.
fn given(text: &Text) -> Option<&str> {
    text.get().filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planned_times_say_where_work_is_in_its_life() {
        let at = |hour: i64| Timestamp::from_second(1_790_000_000 + hour * 3_600).ok();
        let check = |starts: Option<i64>, ends: Option<i64>, expect: MaintenanceStatus| {
            assert_eq!(by_clock(starts.and_then(at), ends.and_then(at), at(0).unwrap()), expect);
        };
        check(Some(1), Some(2), MaintenanceStatus::Scheduled);
        check(Some(-1), Some(1), MaintenanceStatus::InProgress);
        check(Some(-1), None, MaintenanceStatus::InProgress);
        check(Some(-2), Some(0), MaintenanceStatus::Completed);
        check(None, Some(-1), MaintenanceStatus::Completed);
        check(None, Some(1), MaintenanceStatus::Unknown);
        check(None, None, MaintenanceStatus::Unknown);
    }

    #[test]
    fn an_impact_and_a_status_say_the_same_of_each_other() {
        for status in Status::ALL {
            assert_eq!(impact_of(*status).as_status(), *status);
        }
    }
}
