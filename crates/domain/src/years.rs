//! The years that people can mean: a slip of the pen in a year is refused where it is read, rather than be in force for
//! centuries or never.

use std::ops::RangeInclusive;

use jiff::{Timestamp, civil, tz::TimeZone};

/// The years in which anything of ours happens.
pub const YEARS: RangeInclusive<i16> = 1970..=2200;

/// Returns why a day can't be meant; `None` where it can.
#[must_use]
pub fn unlikely_day(day: civil::Date) -> Option<String> {
    let (first, last) = (YEARS.start(), YEARS.end());
    (!YEARS.contains(&day.year()))
        .then(|| format!("the year {} can't be meant: years from {first} to {last} are taken", day.year()))
}

/// Returns why an instant can't be meant; `None` where it can. Its year is that of UTC.
#[must_use]
pub fn unlikely(at: Timestamp) -> Option<String> {
    unlikely_day(TimeZone::UTC.to_datetime(at).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_that_nobody_means_are_refused_with_those_that_are_taken() {
        let why = |text: &str| unlikely(text.parse().unwrap());
        for good in ["1970-01-01T00:00:00Z", "2026-12-24T09:00:00Z", "2200-12-31T23:59:59Z"] {
            assert_eq!(why(good), None, "{good}");
        }
        let words = |year| Some(format!("the year {year} can't be meant: years from 1970 to 2200 are taken"));
        assert_eq!(why("0001-01-01T00:00:00Z"), words(1));
        assert_eq!(why("1969-12-31T23:59:59Z"), words(1969));
        assert_eq!(why("9999-12-30T00:00:00Z"), words(9999));
    }
}
