//! Work that comes again: `every Sun 02:00 for 2h until 2027-03-31`, by the wall clock of its zone.

use std::time::Duration;

use jiff::{Timestamp, civil, tz::TimeZone};
use thiserror::Error;

use crate::schedule::wall;

/// Most times that work comes again: each is announced on its own, and a plan for years is none.
pub const MOST_OCCURRENCES: usize = 60;

/// When work comes again.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// On this day of the week; `None` is every day.
    pub on: Option<civil::Weekday>,
    /// When it begins on the wall.
    pub at: civil::Time,
    /// How long it lasts.
    pub lasts: Duration,
    /// The last day on which it may begin.
    pub until: civil::Date,
    /// Whose wall clock.
    pub zone: TimeZone,
}

/// Why a series can't be read or is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SeriesError {
    /// It is not written as we read it.
    #[error("{0:?} is no repetition; right would be \"every Sun 02:00 for 2h until 2027-03-31\"")]
    Unreadable(String),
    /// It would never come.
    #[error("the maintenance would never begin before the end of {0}")]
    Never(civil::Date),
    /// It would come too often.
    #[error("the maintenance would come more than {MOST_OCCURRENCES} times; give an earlier end")]
    TooMany,
}

impl Series {
    /// Reads `every Sun 02:00 for 2h until 2027-03-31`; `every day` is every day.
    ///
    /// # Errors
    /// When the text is none.
    pub fn parse(text: &str, zone: TimeZone) -> Result<Self, SeriesError> {
        let unreadable = || SeriesError::Unreadable(text.to_owned());
        let words: Vec<&str> = text.split_whitespace().collect();
        let ["every", day, at, "for", lasts, "until", until] = words[..] else { return Err(unreadable()) };
        let on = match day {
            "day" => None,
            day => Some(weekday(day).ok_or_else(unreadable)?),
        };
        let lasts: jiff::SignedDuration = lasts.parse().map_err(|_| unreadable())?;
        let lasts = Duration::try_from(lasts).map_err(|_| unreadable())?;
        let at = at.parse().map_err(|_| unreadable())?;
        let until = until.parse().map_err(|_| unreadable())?;
        Ok(Self { on, at, lasts, until, zone })
    }

    /// Returns each time it comes from `now` on. Where the clock is set, a time that is skipped begins right after the gap
    /// and a time that is shown twice begins once; it always lasts as long as it does.
    ///
    /// # Errors
    /// When it never comes, or too often.
    pub fn occurrences(&self, now: Timestamp) -> Result<Vec<(Timestamp, Timestamp)>, SeriesError> {
        let mut found = Vec::new();
        let mut day = wall::wall(&self.zone, now).date();
        while day <= self.until {
            let begins = wall::reached(&self.zone, day.to_datetime(self.at)).filter(|at| *at >= now);
            let ends = begins.and_then(|at| at.checked_add(self.lasts).ok());
            if let (Some(begins), Some(ends)) = (begins, ends)
                && self.on.is_none_or(|on| on == day.weekday())
            {
                found.push((begins, ends));
            }
            if found.len() > MOST_OCCURRENCES {
                return Err(SeriesError::TooMany);
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        if found.is_empty() { Err(SeriesError::Never(self.until)) } else { Ok(found) }
    }
}

fn weekday(text: &str) -> Option<civil::Weekday> {
    use civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    match text.to_ascii_lowercase().get(..3)? {
        "mon" => Some(Monday),
        "tue" => Some(Tuesday),
        "wed" => Some(Wednesday),
        "thu" => Some(Thursday),
        "fri" => Some(Friday),
        "sat" => Some(Saturday),
        "sun" => Some(Sunday),
        _ => None,
    }
}
