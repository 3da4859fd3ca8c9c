//! How a report writes instants: on one clock, which its heading names, and so that no two of them look the same.

use jiff::{Timestamp, Zoned, tz::TimeZone};

/// The clock of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    zone: TimeZone,
    has_years: bool,
    has_offsets: bool,
}

impl Times {
    /// Returns how the instants from one to another are written: with the year where it changes among them, and with the
    /// offset from UTC where that does, since an hour comes twice then or is left out.
    #[must_use]
    pub fn of(zone: TimeZone, from: Timestamp, to: Timestamp) -> Self {
        let year = |at: Timestamp| at.to_zoned(zone.clone()).year();
        let has_years = year(from) != year(to);
        let has_offsets = zone.following(from).next().is_some_and(|change| change.timestamp() <= to);
        Self { zone, has_years, has_offsets }
    }

    /// Returns the name of the zone.
    #[must_use]
    pub fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// Says in a heading which clock this is, from the instant at which the report begins.
    #[must_use]
    pub fn heading(&self, from: Timestamp) -> String {
        let at = self.here(from);
        let begins = at.strftime("begins %a %d %b %Y, %H:%M");
        match (self.zone.iana_name(), self.has_offsets) {
            (None | Some("UTC"), _) => format!("{begins}, times in UTC"),
            (Some(name), true) => {
                format!("{begins}, times in {name} with their offset from UTC, since its clock changes")
            }
            (Some(name), false) => format!("{begins}, times in {name} (UTC{})", at.strftime("%:z")),
        }
    }

    /// Returns an instant with its day, to the second.
    #[must_use]
    pub fn shown(&self, at: Timestamp) -> String {
        let day = if self.has_years { "%a %d %b %Y" } else { "%a %d %b" };
        format!("{} {}", self.here(at).strftime(day), self.time(at))
    }

    /// Returns an instant without its day, to the second.
    #[must_use]
    pub fn time(&self, at: Timestamp) -> String {
        self.here(at).strftime(if self.has_offsets { "%H:%M:%S %:z" } else { "%H:%M:%S" }).to_string()
    }

    /// Returns an instant without its day, to the minute.
    pub(super) fn minute(&self, at: Timestamp) -> String {
        self.here(at).strftime(if self.has_offsets { "%H:%M %:z" } else { "%H:%M" }).to_string()
    }

    /// Returns the day above a mark of the axis.
    pub(super) fn day(&self, at: Timestamp) -> String {
        self.here(at).strftime(if self.has_years { "%a %d %b %Y" } else { "%a %d %b" }).to_string()
    }

    /// Returns the instant on the clock of the report.
    pub(super) fn here(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }
}
