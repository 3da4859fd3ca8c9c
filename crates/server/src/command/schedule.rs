//! `schedule`: who is on call, when nobody is, what people carry, and calendars of it, by the configuration file.

mod calendar;

use std::process::ExitCode;

use anyhow::anyhow;
use domain::{
    UserId,
    schedule::{Gaps, MOST_SHIFTS, NIGHT, Schedule, Shift, load},
    setup::Setup,
};
use engine::seams::Clock;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::{
    configured::configured_at,
    output::{print, print_json, second},
    who,
};
use crate::{
    args::{self, Failure},
    config::Config,
    seams::SystemClock,
    table::table,
};

/// How far gaps are looked for, and how far shifts are shown where no end is given.
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);
const MONTH: SignedDuration = SignedDuration::from_hours(28 * 24);

/// Looks at schedules and their calendars.
pub(super) fn run(config: &Config, command: args::Schedule) -> Result<ExitCode, Failure> {
    let now = SystemClock.now();
    // With the shifts that were taken while it runs.
    let setup = &configured_at(config, now, now)?.setup;
    // Nobody asks for fractions of a second, and shifts are clipped to the present.
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    match command {
        args::Schedule::List { json } => list(setup, now, json),
        args::Schedule::Show { slug, window } => {
            let (from, to) = instants(&window, now)?;
            who::roster(setup, find(setup, &slug)?, from, to, window.json)
        }
        args::Schedule::Gaps { slug, json } => gaps(setup, slug.as_deref(), now, json),
        args::Schedule::Hours { slug, window } => hours(setup, slug.as_deref(), &window, now),
        args::Schedule::Calendar(command) => calendar::run(config, command),
    }
}

/// Returns a warning for each schedule that has nobody on call at some time of the coming year.
pub(super) fn warnings(setup: &Setup, now: Timestamp) -> Vec<String> {
    let of = |schedule: &Schedule| {
        let gaps = schedule.gaps(now, after(now, YEAR));
        let first = gaps.first.first()?;
        let times = if gaps.count == 1 { "once".to_owned() } else { format!("{} times", gaps.count) };
        let then = match schedule.fallback {
            Some(id) => format!("{} is called then, as the fallback", email(setup, id)),
            None => "add a layer, an override or a `fallback`".to_owned(),
        };
        Some(format!(
            "schedule {} has nobody on call {times} in the coming year, {} in all, first from {} to {}; {then}",
            schedule.slug,
            length(gaps.total),
            second(first.from),
            second(first.to)
        ))
    };
    setup.schedules.iter().filter_map(of).collect()
}

fn find<'a>(setup: &'a Setup, slug: &str) -> Result<&'a Schedule, Failure> {
    who::find("schedule", slug, &setup.schedules, |schedule| &schedule.slug)
}

/// One schedule, or all.
fn chosen<'a>(setup: &'a Setup, slug: Option<&str>) -> Result<Vec<&'a Schedule>, Failure> {
    match slug {
        Some(slug) => Ok(vec![find(setup, slug)?]),
        None => Ok(setup.schedules.iter().collect()),
    }
}

fn instants(window: &args::Window, now: Timestamp) -> Result<(Timestamp, Timestamp), Failure> {
    let from = window.from.unwrap_or(now);
    let to = window.to.unwrap_or_else(|| after(from, MONTH));
    if to <= from {
        return Err(Failure::Usage(anyhow!("--to has to be after --from, which is {}", second(from))));
    }
    Ok((from, to))
}

fn list(setup: &Setup, now: Timestamp, as_json: bool) -> Result<ExitCode, Failure> {
    let mut rows = Vec::new();
    let mut values = Vec::new();
    for schedule in &setup.schedules {
        let mut shifts = schedule.shifts(now, after(now, YEAR));
        let (present, next) = (shifts.next(), shifts.next());
        let gaps = schedule.gaps(now, after(now, YEAR));
        let name = |shift: &Option<Shift>| match shift {
            None => "-".to_owned(),
            Some(shift) => shift.user.map_or_else(|| "nobody".to_owned(), |id| email(setup, id)),
        };
        let since = next.map_or_else(|| "-".to_owned(), |shift| second(shift.from));
        rows.push([schedule.slug.clone(), name(&present), since, name(&next), length(gaps.total)]);
        let shift = |shift: Option<Shift>| shift.map(|shift| shift_json(setup, &shift));
        values.push(json!({
            "slug": schedule.slug,
            "name": schedule.name,
            "time_zone": schedule.time_zone.iana_name(),
            "fallback": schedule.fallback.map(|id| email(setup, id)),
            "now": shift(present),
            "next": shift(next),
            "gap_seconds": gaps.total.as_secs(),
        }));
    }
    if as_json {
        print_json(&values)?;
    } else {
        print(&table(["SCHEDULE", "NOW", "UNTIL", "NEXT", "GAPS IN A YEAR"], &rows))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn gaps(setup: &Setup, slug: Option<&str>, now: Timestamp, as_json: bool) -> Result<ExitCode, Failure> {
    let found: Vec<(&Schedule, Gaps)> = chosen(setup, slug)?
        .into_iter()
        .map(|schedule| (schedule, schedule.gaps(now, after(now, YEAR))))
        .collect();
    let fallback = |schedule: &Schedule| schedule.fallback.map(|id| email(setup, id));
    if as_json {
        let values = found.iter().map(|(schedule, gaps)| {
            let first = gaps.first.iter();
            let first = first.map(|gap| json!({ "from": gap.from.to_string(), "to": gap.to.to_string() }));
            json!({
                "schedule": schedule.slug,
                "fallback": fallback(schedule),
                "count": gaps.count,
                "total_seconds": gaps.total.as_secs(),
                "first": first.collect::<Vec<_>>(),
            })
        });
        print_json(&values.collect::<Value>())?;
    } else {
        let rows = found.iter().flat_map(|(schedule, gaps)| {
            gaps.first.iter().map(|gap| {
                [
                    schedule.slug.clone(),
                    second(gap.from),
                    second(gap.to),
                    length(gap.to.duration_since(gap.from)),
                    fallback(schedule).unwrap_or_else(|| "nobody".to_owned()),
                ]
            })
        });
        let rows: Vec<_> = rows.collect();
        print(&table(["SCHEDULE", "FROM", "TO", "LENGTH", "CALLED"], &rows))?;
        if rows.is_empty() {
            super::note("somebody is on call at every minute of the coming year");
        }
        for (schedule, gaps) in found.iter().filter(|(_, gaps)| gaps.count > gaps.first.len()) {
            super::note(&format!(
                "schedule {} has {} gaps; the first {} are shown",
                schedule.slug,
                gaps.count,
                gaps.first.len()
            ));
        }
    }
    let is_open = found.iter().any(|(schedule, gaps)| gaps.count > 0 && schedule.fallback.is_none());
    Ok(if is_open { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn hours(
    setup: &Setup,
    slug: Option<&str>,
    window: &args::Window,
    now: Timestamp,
) -> Result<ExitCode, Failure> {
    let (from, to) = instants(window, now)?;
    let mut shifts = Vec::new();
    for schedule in chosen(setup, slug)? {
        let known = shifts.len();
        shifts.extend(schedule.shifts(from, to).take(MOST_SHIFTS + 1));
        if shifts.len() - known > MOST_SHIFTS {
            let slug = &schedule.slug;
            return Err(Failure::Usage(anyhow!(
                "schedule {slug} has more than {MOST_SHIFTS} shifts in this time; give an earlier --to"
            )));
        }
    }
    let zone = |id| setup.user(id).map_or(TimeZone::UTC, |user| user.time_zone.clone());
    let loads = load(shifts, zone);
    if window.json {
        let values = loads.iter().map(|load| {
            json!({
                "user": email(setup, load.user),
                "total_seconds": load.total.as_secs(),
                "night_seconds": load.nights.as_secs(),
                "weekend_seconds": load.weekends.as_secs(),
            })
        });
        print_json(&values.collect::<Value>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = loads.iter().map(|load| {
        [email(setup, load.user), length(load.total), length(load.nights), length(load.weekends)]
    });
    let rows: Vec<_> = rows.collect();
    let heading = period(from, to);
    print(&format!("{heading}\n{}", table(["WHO", "ON CALL", "NIGHTS", "WEEKENDS"], &rows)))?;
    Ok(ExitCode::SUCCESS)
}

/// Says what hours are counted of.
fn period(from: Timestamp, to: Timestamp) -> String {
    let (begin, end) = (NIGHT.0.strftime("%H:%M"), NIGHT.1.strftime("%H:%M"));
    let (from, to) = (second(from), second(to));
    format!("from {from} to {to}; nights are {begin} to {end}, each by the person's own clock")
}

fn shift_json(setup: &Setup, shift: &Shift) -> Value {
    json!({
        "from": shift.from.to_string(),
        "to": shift.to.to_string(),
        "user": shift.user.map(|id| email(setup, id)),
        "by": shift.by.map(|by| by.to_string()),
    })
}

fn email(setup: &Setup, id: UserId) -> String {
    setup.user(id).map_or_else(|| format!("former member {id}"), |user| user.email.clone())
}

fn after(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// Returns a length in hours and minutes, as `61h` or `7h30m`: nobody counts a month of nights in days.
fn length(span: SignedDuration) -> String {
    match (span.as_hours(), span.as_mins() % 60) {
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h{minutes}m"),
    }
}

#[cfg(test)]
mod tests;
