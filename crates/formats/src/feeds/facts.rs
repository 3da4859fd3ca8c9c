//! Facts that most platforms tell in the same way, so that their readers differ in words and shapes only.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::fmt::Display;

use domain::snapshot::{Coverage, Incident, Update};
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

/// What a document covers whose lists close nothing.
pub(crate) const NOTHING: Coverage =
    Coverage { components: false, open_incidents: false, open_maintenances: false };

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

/// Returns how much a status weighs in a roll-up: what is unknown may be worse than calm, and is no trouble.
pub(crate) fn weight(status: Status) -> u8 {
    match status {
        Status::Operational => 0,
        Status::UnderMaintenance => 1,
        Status::Unknown => 2,
        Status::DegradedPerformance => 3,
        Status::PartialOutage => 4,
        Status::MajorOutage => 5,
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

/// Returns the updates newest first; where one has no time the provider's order stays.
pub(crate) fn newest_first(mut updates: Vec<Update>) -> Vec<Update> {
    if updates.iter().all(|update| update.at.is_some()) {
        updates.sort_by_key(|update| Reverse(update.at));
    }
    updates
}

/// Returns the incidents newest first; where one has no time the provider's order stays.
pub(crate) fn latest_first(mut incidents: Vec<Incident>) -> Vec<Incident> {
    let began = |incident: &Incident| incident.created_at.or(incident.started_at);
    if incidents.iter().all(|incident| began(incident).is_some()) {
        incidents.sort_by_key(|incident| Reverse(began(incident)));
    }
    incidents
}

/// Tells how many rows of a list could not be read.
pub(crate) fn tell_lost(count: usize, what: &str, warnings: &mut Warnings) {
    if count > 0 {
        warnings.add(format_args!("{what}: {count} rows dropped as unreadable or too many"));
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
    timed(owner, field, text.get(), |text| times::civil(text, &TimeZone::UTC), warnings)
}

/// Returns the instant of a time in any form that has its zone.
pub(crate) fn instant(
    owner: impl Display,
    field: &str,
    text: &Text,
    warnings: &mut Warnings,
) -> Option<Timestamp> {
    timed(owner, field, text.get(), times::any, warnings)
}

fn timed(
    owner: impl Display,
    field: &str,
    text: Option<&str>,
    read: impl Fn(&str) -> Option<Timestamp>,
    warnings: &mut Warnings,
) -> Option<Timestamp> {
    let text = text.filter(|text| !text.trim().is_empty())?;
    let time = read(text);
    if time.is_none() {
        warnings.add(format_args!("{owner} has unreadable time {field} '{}'", clean_line(text, WORD_CHARS)));
    }
    time
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

    #[test]
    fn what_is_unknown_outweighs_calm_but_no_trouble() {
        let mut all = Status::ALL.to_vec();
        all.sort_by_key(|status| weight(*status));
        let trouble: Vec<bool> = all.iter().map(|status| status.is_trouble()).collect();
        assert_eq!(trouble, [false, false, false, true, true, true]);
        assert_eq!((all[0], all[2]), (Status::Operational, Status::Unknown));
    }
}
