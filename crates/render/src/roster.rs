//! A roster as a page: who is on call now, four weeks with a row for everyone, gaps, and what each person carries.
//!
//! Drawn for one reader at a time and never kept. The bars are a picture of the list below them, which says all in words;
//! a gap has its own row and its own word, so that it is seen without colour.

use std::fmt::Write;

use askama::Template;
use domain::schedule::Duty;
use jiff::{SignedDuration, Span, Timestamp, civil::Date, tz::TimeZone};

use crate::{
    frame::Frame,
    page::{HTML, Page},
    view::{GapsView, Place, RosterKind, RosterView, ShiftView},
};

/// How many weeks are shown.
pub const ROSTER_WEEKS: i64 = 4;

/// Gaps that are spelled out.
const GAPS_SHOWN: usize = 5;

/// Shifts that are listed: turns of minutes would fill books.
const MOST_LISTED: usize = 400;

#[derive(Template)]
#[template(path = "roster.html")]
struct Roster<'a> {
    frame: Frame<'a>,
    view: &'a RosterView,
    is_person: bool,
    zone: String,
    now: Now,
    weeks: Vec<Week>,
    loads: Vec<[String; 4]>,
    gaps: Option<GapWords>,
    list: Vec<Listed>,
    left_out: usize,
}

/// What is true at this moment.
struct Now {
    tone: &'static str,
    headline: String,
    detail: String,
}

struct Week {
    heading: String,
    days: Vec<Day>,
    minutes: i64,
    rows: Vec<Row>,
    /// Where the present is, in minutes from the beginning.
    present: Option<i64>,
}

struct Day {
    weekday: String,
    number: i8,
    at: i64,
    is_today: bool,
}

struct Row {
    name: Option<String>,
    words: String,
    bars: Vec<Bar>,
}

struct Bar {
    class: &'static str,
    at: i64,
    minutes: i64,
    words: String,
}

struct GapWords {
    headline: String,
    detail: String,
    tone: &'static str,
    first: Vec<String>,
}

struct Listed {
    from: String,
    to: String,
    length: String,
    who: Option<String>,
    why: String,
    is_now: bool,
}

/// Returns the roster that the secret address of a calendar leads to.
#[must_use]
pub fn roster_page(view: &RosterView) -> Page {
    let place = Place { public_url: String::new(), base_path: "/calendar".to_owned(), events: None };
    let title = format!("On call: {}", view.name);
    let frame = Frame { is_listed: false, ..Frame::of_directory(&place, title.clone(), title, "") };
    let weeks = (0..ROSTER_WEEKS).filter_map(|number| week(view, number)).collect();
    let listed = view.shifts.iter().filter(|shift| shift.to > view.as_of);
    let left_out = listed.clone().count().saturating_sub(MOST_LISTED);
    let template = Roster {
        frame,
        view,
        is_person: view.kind == RosterKind::Person,
        zone: view.time_zone.iana_name().unwrap_or("UTC").replace('_', " "),
        now: now(view),
        weeks,
        loads: view
            .loads
            .iter()
            .map(|it| [it.name.clone(), hours(it.total), hours(it.nights), hours(it.weekends)])
            .collect(),
        gaps: view.gaps.as_ref().map(|gaps| gap_words(gaps, view)),
        list: listed.take(MOST_LISTED).map(|shift| line(shift, view)).collect(),
        left_out,
    };
    Page::of("", HTML, &template)
}

/// Returns the first instant of the weeks that are shown, and the first after.
#[must_use]
pub fn roster_window(zone: &TimeZone, as_of: Timestamp) -> (Timestamp, Timestamp) {
    let monday = monday(zone, as_of, 0);
    let end = monday.and_then(|day| day.checked_add(Span::new().weeks(ROSTER_WEEKS)).ok());
    let instant = |day: Option<Date>| day.and_then(|day| midnight(zone, day)).unwrap_or(as_of);
    (instant(monday), instant(end))
}

fn monday(zone: &TimeZone, as_of: Timestamp, weeks: i64) -> Option<Date> {
    let today = zone.to_datetime(as_of).date();
    let back = i64::from(today.weekday().to_monday_zero_offset());
    today.checked_add(Span::new().days(7 * weeks - back)).ok()
}

/// The beginning of a day; of one that the clock skips, the instant after.
fn midnight(zone: &TimeZone, day: Date) -> Option<Timestamp> {
    day.to_zoned(zone.clone()).ok().map(|begin| begin.timestamp())
}

fn now(view: &RosterView) -> Now {
    let current = |shift: &&ShiftView| shift.from <= view.as_of && view.as_of < shift.to;
    let coming = view.shifts.iter().find(|shift| shift.from > view.as_of && shift.row.is_some());
    let at = |instant| moment(instant, &view.time_zone);
    let next = match (coming, view.kind) {
        (None, _) => "Nobody follows within four weeks.".to_owned(),
        (Some(shift), RosterKind::Schedule) => {
            format!("Next: {} from {}.", shift.row.as_deref().unwrap_or_default(), at(shift.from))
        }
        (Some(shift), RosterKind::Person) => {
            format!("Next shift: {}, from {}.", shift.row.as_deref().unwrap_or_default(), at(shift.from))
        }
    };
    let Some(shift) = view.shifts.iter().find(current) else {
        return match (view.kind, coming) {
            (RosterKind::Person, None) => Now {
                tone: "unknown",
                headline: format!("{} is not on call", view.name),
                detail: "There is no shift within four weeks.".to_owned(),
            },
            (RosterKind::Person, Some(_)) => {
                Now { tone: "unknown", headline: format!("{} is not on call", view.name), detail: next }
            }
            (RosterKind::Schedule, _) => nobody(next),
        };
    };
    let (Some(who), Some(by)) = (&shift.row, shift.by) else { return nobody(next) };
    let until = format!("Until {}, by {}.", at(shift.to), why(Some(by)));
    match (view.kind, by) {
        (RosterKind::Person, _) => {
            let on = view.shifts.iter().filter(current).filter_map(|shift| shift.row.clone());
            let on = on.collect::<Vec<_>>().join(" and ");
            Now {
                tone: "ok",
                headline: format!("{} is on call for {on}", view.name),
                detail: format!("{until} {next}"),
            }
        }
        (RosterKind::Schedule, Duty::Fallback) => Now {
            tone: "degraded",
            headline: format!("{who} is called, since nobody is on call"),
            detail: format!("Until {}. {next}", at(shift.to)),
        },
        (RosterKind::Schedule, Duty::Layer(_) | Duty::Override) => {
            Now { tone: "ok", headline: format!("{who} is on call"), detail: format!("{until} {next}") }
        }
    }
}

fn nobody(next: String) -> Now {
    Now { tone: "major", headline: "Nobody is on call".to_owned(), detail: next }
}

fn week(view: &RosterView, number: i64) -> Option<Week> {
    let zone = &view.time_zone;
    let days: Vec<Date> = monday(zone, view.as_of, number)?.series(Span::new().days(1)).take(8).collect();
    let (begin, end) = (midnight(zone, *days.first()?)?, midnight(zone, *days.last()?)?);
    let since = |at: Timestamp| at.duration_since(begin).as_mins();
    let today = zone.to_datetime(view.as_of).date();
    let (first, last) = (days.first()?, days.get(6)?);
    let shown: Vec<&ShiftView> = view.shifts.iter().filter(|it| it.from < end && begin < it.to).collect();
    let mut names: Vec<&Option<String>> = shown.iter().map(|shift| &shift.row).collect();
    // Gaps stand last; people and schedules by name, so that a row is in the same place every week.
    names.sort_by_key(|name| (name.is_none(), name.as_deref()));
    names.dedup();
    let row = |name: &Option<String>| {
        let bars: Vec<Bar> = shown
            .iter()
            .filter(|shift| shift.row == *name)
            .map(|shift| {
                let (from, to) = (shift.from.max(begin), shift.to.min(end));
                let words = format!("{} – {}", moment(shift.from, zone), moment(shift.to, zone));
                let minutes = (since(to) - since(from)).max(1);
                Bar { class: class(shift.by), at: since(from), minutes, words }
            })
            .collect();
        let mut words = name.clone().unwrap_or_else(|| "Nobody".to_owned());
        for (place, bar) in bars.iter().enumerate() {
            // Writing to a string can't fail.
            let _ = write!(words, "{}{}", if place == 0 { ": " } else { "; " }, bar.words);
        }
        Row { name: name.clone(), words, bars }
    };
    Some(Week {
        heading: format!("{} – {}", first.strftime("%-d %b"), last.strftime("%-d %b %Y")),
        days: days[..7]
            .iter()
            .filter_map(|&day| {
                Some(Day {
                    weekday: day.strftime("%a").to_string(),
                    number: day.day(),
                    at: since(midnight(zone, day)?),
                    is_today: day == today,
                })
            })
            .collect(),
        minutes: since(end),
        rows: names.into_iter().map(row).collect(),
        present: (begin <= view.as_of && view.as_of < end).then(|| since(view.as_of)),
    })
}

fn class(by: Option<Duty>) -> &'static str {
    match by {
        Some(Duty::Layer(_)) => "turn",
        Some(Duty::Override) => "swap",
        Some(Duty::Fallback) => "spare",
        None => "hole",
    }
}

fn why(by: Option<Duty>) -> String {
    by.map_or_else(|| "gap".to_owned(), |by| by.to_string())
}

fn line(shift: &ShiftView, view: &RosterView) -> Listed {
    Listed {
        from: moment(shift.from, &view.time_zone),
        to: moment(shift.to, &view.time_zone),
        length: hours(shift.to.duration_since(shift.from)),
        who: shift.row.clone(),
        why: why(shift.by),
        is_now: shift.from <= view.as_of && view.as_of < shift.to,
    }
}

fn gap_words(gaps: &GapsView, view: &RosterView) -> GapWords {
    if gaps.count == 0 {
        return GapWords {
            headline: "No gap in the coming year".to_owned(),
            detail: "Somebody is on call at every minute.".to_owned(),
            tone: "ok",
            first: Vec::new(),
        };
    }
    let times = if gaps.count == 1 { "One gap".to_owned() } else { format!("{} gaps", gaps.count) };
    let (detail, tone) = match &gaps.fallback {
        Some(name) => (format!("{name} is called then, as the fallback."), "degraded"),
        None => ("Nobody is on call then; add a layer, an override or a fallback.".to_owned(), "major"),
    };
    let span = |&(from, to): &(Timestamp, Timestamp)| {
        let length = hours(to.duration_since(from));
        format!("{} – {} ({length})", moment(from, &view.time_zone), moment(to, &view.time_zone))
    };
    GapWords {
        headline: format!("{times} in the coming year, {} in all", hours(gaps.total)),
        detail,
        tone,
        first: gaps.first.iter().take(GAPS_SHOWN).map(span).collect(),
    }
}

/// `Mon 23 Nov, 09:00`
fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %-d %b, %H:%M").to_string()
}

/// `12 h` or `7 h 30 min`
fn hours(span: SignedDuration) -> String {
    match (span.as_hours(), span.as_mins() % 60) {
        (0, minutes) if minutes > 0 => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
