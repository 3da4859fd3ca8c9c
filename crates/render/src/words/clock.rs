//! Instants, spans and figures, by the language, on the clock of the page, and naming its zone.
//!
//! Digits are those of ASCII in every language, Arabic too, as the addresses, versions and codes beside them have no others.

use std::time::Duration;

use domain::Language;
use jiff::{Timestamp, Zoned, civil::Date};

use super::{Arg, Form, Text, Words};
use crate::view::Uptime;

/// `2025-05-23T05:50:00Z`
pub(crate) fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2025-05-23T05:50:00.000Z`, the form of Statuspage.
pub(crate) fn millis(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// `Fri, 23 May 2025 05:50:00 +0000`
pub(crate) fn rfc2822(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

type Months = [&'static str; 12];

const fn short_months(language: Language) -> Months {
    match language {
        Language::English => {
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        }
        Language::Italian => {
            ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"]
        }
        Language::German => {
            ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."]
        }
        Language::Arabic => ARABIC_MONTHS,
    }
}

const fn long_months(language: Language) -> Months {
    match language {
        Language::English => [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        Language::Italian => [
            "Gennaio",
            "Febbraio",
            "Marzo",
            "Aprile",
            "Maggio",
            "Giugno",
            "Luglio",
            "Agosto",
            "Settembre",
            "Ottobre",
            "Novembre",
            "Dicembre",
        ],
        Language::German => [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        Language::Arabic => ARABIC_MONTHS,
    }
}

const ARABIC_MONTHS: Months = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
];

impl Words<'_> {
    /// `09:04 UTC`; another day brings `Nov 18, 09:04 UTC`, another year `Nov 18, 2025, 09:04 UTC`.
    pub(crate) fn near(&self, at: Timestamp, as_of: Timestamp) -> Text {
        Text::time(self.in_context(at, as_of, "%H:%M"), at, Form::Near)
    }

    /// `09:22:14 UTC`, with the day if it isn't that of `as_of`.
    pub(crate) fn seconds(&self, at: Timestamp, as_of: Timestamp) -> Text {
        Text::time(self.in_context(at, as_of, "%H:%M:%S"), at, Form::Seconds)
    }

    /// `May 23, 2025, 05:50 UTC`
    pub(crate) fn full(&self, at: Timestamp) -> Text {
        let here = self.here(at);
        let text = self.moment(&self.date(here.date()), &here, "%H:%M");
        Text::time(format!("{text} {}", zone_name(&here)), at, Form::Full)
    }

    /// `May 23, 2025`
    pub(crate) fn date(&self, date: Date) -> String {
        let (day, year) = (self.day(date), date.year());
        match self.language {
            Language::English => format!("{day}, {year}"),
            Language::Italian | Language::German | Language::Arabic => format!("{day} {year}"),
        }
    }

    /// `May 2025`
    pub(crate) fn month(&self, at: Timestamp) -> String {
        self.month_of(self.here(at).date())
    }

    /// The month of a date, whatever the clock.
    pub(crate) fn month_of(&self, date: Date) -> String {
        format!("{} {}", of(long_months(self.language), date), date.year())
    }

    /// `May 23, 2025 · resolved May 23`, with the year at the end too if it is another one.
    pub(crate) fn dates(&self, start: Timestamp, end: Option<Timestamp>) -> Text {
        let from = self.here(start).date();
        let from_text = Text::time(self.date(from), start, Form::Day);
        let Some(end) = end else { return from_text };
        let until = self.here(end).date();
        let until = if until.year() == from.year() {
            Text::time(self.day(until), end, Form::ShortDay)
        } else {
            Text::time(self.date(until), end, Form::Day)
        };
        self.say("dates-resolved", [("from", from_text.into()), ("until", until.into())])
    }

    /// `05:50–07:03 UTC`, or `Nov 18, 22:10 – Nov 19, 01:30 UTC` over several days.
    pub(crate) fn span(&self, start: Timestamp, end: Timestamp) -> Text {
        let (from, until) = (self.here(start), self.here(end));
        let clock = "%H:%M";
        let text = if from.date() == until.date() {
            format!("{}–{}", from.strftime(clock), until.strftime(clock))
        } else if from.year() == until.year() {
            let side = |at: &Zoned| self.moment(&self.day(at.date()), at, clock);
            format!("{} – {}", side(&from), side(&until))
        } else {
            let side = |at: &Zoned| self.moment(&self.date(at.date()), at, clock);
            format!("{} – {}", side(&from), side(&until))
        };
        Text::span(format!("{text} {}", zone_name(&until)), start, end)
    }

    /// `45 s`, `18 min`, `1 h 13 min`, `2 d 3 h`: the two largest units, rounded down.
    pub(crate) fn duration(&self, length: Duration) -> String {
        let seconds = length.as_secs();
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
        let put = |amount: u64, unit: &'static str| format!("{amount} {}", self.t(unit));
        let two = |large: String, small: u64, unit| match small {
            0 => large,
            small => format!("{large} {}", put(small, unit)),
        };
        match (days, hours, minutes) {
            (0, 0, 0) => put(seconds, "unit-second"),
            (0, 0, minutes) => put(minutes, "unit-minute"),
            (0, hours, minutes) => two(put(hours, "unit-hour"), minutes % 60, "unit-minute"),
            (days, hours, _) => two(put(days, "unit-day"), hours % 24, "unit-hour"),
        }
    }

    /// The units of lengths from the largest to the smallest, for the script.
    pub(crate) fn units(&self) -> String {
        ["unit-day", "unit-hour", "unit-minute", "unit-second"].map(|unit| self.t(unit)).join("|")
    }

    /// The same for a delay, which reads better in minutes up to three hours: `66 min`.
    pub(crate) fn lag(&self, length: Duration) -> String {
        match length.as_secs() / 60 {
            minutes @ 1..180 => format!("{minutes} {}", self.t("unit-minute")),
            _ => self.duration(length),
        }
    }

    /// Returns since when something is so, behind the words for it; what was so at our first reading began before.
    pub(crate) fn since(
        &self,
        what: Text,
        since: Timestamp,
        is_first_reading: bool,
        as_of: Timestamp,
    ) -> Text {
        let args = [("what", Arg::Text(what)), ("time", self.near(since, as_of).into())];
        if is_first_reading { self.say("so-already-at", args) } else { self.say("so-since", args) }
    }

    /// Returns the uptime figure, rounded down so that it never promises more than was kept; `None` without any evidence.
    pub(crate) fn share(&self, uptime: &Uptime) -> Option<String> {
        let known = uptime.window.checked_sub(uptime.maintenance)?.checked_sub(uptime.unknown)?.as_millis();
        let up = known.saturating_sub(uptime.down.as_millis());
        let thousandths = (up * 100_000).checked_div(known)?;
        let (whole, rest) = (thousandths / 1000, thousandths % 1000);
        Some(match self.language {
            Language::English => format!("{whole}.{rest:03} %"),
            Language::Italian => format!("{whole},{rest:03}%"),
            Language::German => format!("{whole},{rest:03} %"),
            Language::Arabic => format!("{whole}.{rest:03}%"),
        })
    }

    /// Returns what zone the clock goes by.
    pub(crate) fn times_in(&self) -> Text {
        self.say("times-in", [("zone", self.zone.iana_name().unwrap_or("UTC").to_owned().into())])
    }

    /// Returns the same for a reader's own zone, which the script puts in.
    pub(crate) fn times_here(&self) -> String {
        self.say("times-here", [("zone", "{zone}".into())]).plain()
    }

    /// How old the page is, which the script puts in.
    pub(crate) fn this_old(&self) -> String {
        self.say("this-old", [("age", "{age}".into())]).plain()
    }

    /// `May 23`
    fn day(&self, date: Date) -> String {
        let (month, day) = (of(short_months(self.language), date), date.day());
        match self.language {
            Language::English => format!("{month} {day}"),
            Language::Italian | Language::Arabic => format!("{day} {month}"),
            Language::German => format!("{day}. {month}"),
        }
    }

    fn in_context(&self, at: Timestamp, as_of: Timestamp, clock: &str) -> String {
        let (here, today) = (self.here(at), self.here(as_of).date());
        let day = here.date();
        let text = if day == today {
            here.strftime(clock).to_string()
        } else if day.year() == today.year() {
            self.moment(&self.day(day), &here, clock)
        } else {
            self.moment(&self.date(day), &here, clock)
        };
        format!("{text} {}", zone_name(&here))
    }

    /// Returns a day with the hour.
    fn moment(&self, day: &str, at: &Zoned, clock: &str) -> String {
        let comma = if self.language == Language::Arabic { '،' } else { ',' };
        format!("{day}{comma} {}", at.strftime(clock))
    }

    fn here(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }
}

fn of(months: Months, date: Date) -> &'static str {
    let index = usize::try_from(date.month() - 1).expect("months are 1 to 12");
    months[index]
}

/// `UTC`, `CEST`; of a zone that has no such name what it is from UTC: `UTC+3`, `UTC+5:30`.
fn zone_name(at: &Zoned) -> String {
    let name = at.strftime("%Z").to_string();
    if !name.starts_with(['+', '-']) {
        return name;
    }
    let seconds = at.offset().seconds();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    match minutes % 60 {
        0 => format!("UTC{sign}{}", minutes / 60),
        rest => format!("UTC{sign}{}:{rest:02}", minutes / 60),
    }
}
