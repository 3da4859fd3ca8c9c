//! The dates of a Statuspage feed: `Nov 18, 21:59 UTC`, without a year, in the page's zone by its abbreviation.
//!
//! The first date of an entry is that of its newest update, which the entry also gives as a full instant. That tells the
//! year, and the offset of an abbreviation that means different things in different places (IST, BST).

use jiff::{SignedDuration, SignedDurationRound, Timestamp, Unit};

use crate::feeds::times;

/// How far a date may lie after the one before it and still belong to the same year: owners edit the times they show.
const SLACK: SignedDuration = SignedDuration::from_hours(36);
/// How far the entry's instant may be from the minute its newest update shows, beyond the offset of the zone.
const AGREED: SignedDuration = SignedDuration::from_secs(60);

/// Reads the dates of an entry, each earlier than the one before.
pub(super) struct Clock {
    /// The instant to go back from.
    last: Option<Timestamp>,
    /// The abbreviation of the newest update, and what it adds to UTC.
    zone: Option<(String, SignedDuration)>,
    is_first: bool,
}

impl Clock {
    /// Begins at the instant that an entry gives.
    pub(super) fn at(published: Option<Timestamp>) -> Self {
        Self { last: published, zone: None, is_first: true }
    }

    /// Returns the instant of a date that lies before the ones read so far.
    pub(super) fn back_to(&mut self, text: &str) -> Option<Timestamp> {
        let last = self.last?;
        let (date, zone) = text.trim().rsplit_once(' ')?;
        if std::mem::take(&mut self.is_first) && times::mail(&format!("1 Jan 2000 00:00:00 {zone}")).is_none()
        {
            self.zone = deduced(date, last).map(|offset| (zone.to_owned(), offset));
        }
        let year = i64::from(year_of(last));
        let found = [year + 1, year, year - 1]
            .into_iter()
            .filter_map(|year| self.instant(date, year, zone))
            .find(|at| at.duration_since(last) <= SLACK)?;
        self.last = Some(found);
        Some(found)
    }

    fn instant(&self, date: &str, year: i64, zone: &str) -> Option<Timestamp> {
        match &self.zone {
            Some((name, offset)) if name == zone => as_utc(date, year)?.checked_sub(*offset).ok(),
            Some(_) | None => in_zone(date, year, zone),
        }
    }
}

/// Reads planned times: `Nov 20, 02:00 - 06:00 UTC` or `Nov 20, 22:00 - Nov 21, 02:00 UTC`, announced at an instant.
pub(super) fn planned(text: &str, announced: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let (start, end) = text.split_once('-')?;
    let (start, end) = (start.trim(), end.trim());
    let (end, zone) = end.rsplit_once(' ')?;
    let end = match start.split_once(',') {
        Some((day, _)) if !end.contains(',') => format!("{day}, {end}"),
        _ => end.to_owned(),
    };
    // Work is announced before it, or entered some time after it.
    let earliest = announced.checked_sub(SignedDuration::from_hours(24 * 180)).ok()?;
    let after = |date: &str, from: Timestamp| {
        let year = i64::from(year_of(from));
        [year, year + 1].into_iter().filter_map(|year| in_zone(date, year, zone)).find(|at| *at >= from)
    };
    let start = after(start, earliest)?;
    Some((start, after(&end, start)?))
}

/// Returns what the zone adds to UTC, from a date and the instant it stands for; offsets are quarters of an hour.
fn deduced(date: &str, instant: Timestamp) -> Option<SignedDuration> {
    let year = i64::from(year_of(instant));
    [year - 1, year, year + 1].into_iter().filter_map(|year| as_utc(date, year)).find_map(|shown| {
        let apart = shown.duration_since(instant);
        let offset = apart.round(SignedDurationRound::new().smallest(Unit::Minute).increment(15)).ok()?;
        ((apart - offset).abs() <= AGREED && offset.abs() <= SignedDuration::from_hours(14)).then_some(offset)
    })
}

fn as_utc(date: &str, year: i64) -> Option<Timestamp> {
    in_zone(date, year, "UTC")
}

/// Reads `Nov 18, 21:59` in a year and a zone of the fixed table.
fn in_zone(date: &str, year: i64, zone: &str) -> Option<Timestamp> {
    let (day, time) = date.split_once(',')?;
    let (month, day) = day.trim().split_once(' ')?;
    times::mail(&format!("{} {month} {year} {}:00 {zone}", day.trim(), time.trim()))
}

fn year_of(at: Timestamp) -> i16 {
    at.to_zoned(jiff::tz::TimeZone::UTC).year()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_year_goes_backwards_from_the_newest() {
        let mut clock = Clock::at(Some(instant("2026-01-02T08:00:21Z")));
        let mut check =
            |text: &str, expect: &str| assert_eq!(clock.back_to(text), Some(instant(expect)), "{text}");
        check("Jan 2, 08:00 UTC", "2026-01-02T08:00:00Z");
        check("Jan 1, 00:10 UTC", "2026-01-01T00:10:00Z");
        check("Dec 31, 23:50 UTC", "2025-12-31T23:50:00Z");
        check("Jan 1, 00:05 UTC", "2026-01-01T00:05:00Z");
        check("Jul 4, 12:00 PDT", "2025-07-04T19:00:00Z");
        check("Aug 4, 12:00 PDT", "2024-08-04T19:00:00Z");
        assert_eq!(clock.back_to("Aug 3, 12:00 IST"), None);
        assert_eq!(clock.back_to("yesterday"), None);
        assert_eq!(Clock::at(None).back_to("Jan 2, 08:00 UTC"), None);
    }

    #[test]
    fn an_ambiguous_zone_is_read_off_the_newest_update() {
        let mut clock = Clock::at(Some(instant("2025-12-31T20:00:21Z")));
        assert_eq!(clock.back_to("Jan 1, 01:30 IST"), Some(instant("2025-12-31T20:00:00Z")));
        assert_eq!(clock.back_to("Dec 31, 05:30 IST"), Some(instant("2025-12-31T00:00:00Z")));
        let mut clock = Clock::at(Some(instant("2026-06-30T20:00:21Z")));
        assert_eq!(clock.back_to("Jun 30, 20:07 XYZ"), None, "not the minute of the entry");
    }

    #[test]
    fn planned_times_come_after_they_are_announced() {
        let announced = instant("2025-12-20T10:00:00Z");
        let check = |text: &str, expect: Option<(&str, &str)>| {
            let expect = expect.map(|(start, end)| (instant(start), instant(end)));
            assert_eq!(planned(text, announced), expect, "{text}");
        };
        check("Jan 3, 02:00 - 06:00 UTC", Some(("2026-01-03T02:00:00Z", "2026-01-03T06:00:00Z")));
        check("Dec 31, 22:00 - Jan 1, 02:00 PST", Some(("2026-01-01T06:00:00Z", "2026-01-01T10:00:00Z")));
        check("Jan 3, 02:00 - 06:00 IST", None);
        check("soon", None);
    }
}
