//! Schedules: who is on call now and next, the gaps of the coming year, what people carry; and shifts of a window.

use axum::{Json, extract::State};
use domain::{
    Role,
    schedule::{MOST_SHIFTS, Schedule, Shift, load},
    setup::Setup,
};
use engine::Shell;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Serialize;
use std::sync::Arc;
use store::Scope;

use super::{
    Caller,
    extract::{Pairs, Path, bad},
};
use crate::{calendar::year_after, problem::Problem};

/// The days ahead for which loads are told, and shifts where no end is asked for.
const DAYS: i64 = 28;

/// Gaps that are spelled out.
const GAPS_SHOWN: usize = 10;

#[derive(Serialize)]
pub(crate) struct ScheduleJson {
    id: String,
    slug: String,
    name: String,
    time_zone: Option<String>,
    fallback: Option<String>,
    now: ShiftJson,
    next: Option<ShiftJson>,
    gaps: GapsJson,
    /// Of four weeks; none where there are too many shifts to weigh.
    load: Option<Vec<LoadJson>>,
}

#[derive(Serialize)]
pub(crate) struct ShiftJson {
    from: String,
    to: String,
    user: Option<String>,
    by: Option<String>,
}

#[derive(Serialize)]
struct GapsJson {
    until: String,
    count: usize,
    total_seconds: i64,
    first: Vec<GapJson>,
}

#[derive(Serialize)]
struct GapJson {
    from: String,
    to: String,
}

#[derive(Serialize)]
struct LoadJson {
    user: String,
    total_seconds: i64,
    night_seconds: i64,
    weekend_seconds: i64,
}

#[derive(Serialize)]
pub(crate) struct List<T> {
    data: Vec<T>,
}

/// Every schedule of the organisation.
pub(crate) async fn list(
    State(shell): State<Shell>,
    caller: Caller,
) -> Result<Json<List<ScheduleJson>>, Problem> {
    let setup = current(&shell, caller).await?;
    // Nobody asks for fractions of a second, and shifts are clipped to the present.
    let now = shell.clock.now();
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let data = setup.schedules.iter().map(|schedule| schedule_json(&setup, schedule, now)).collect();
    Ok(Json(List { data }))
}

/// The shifts of one schedule that overlap a window, clipped to it.
pub(crate) async fn shifts(
    State(shell): State<Shell>,
    caller: Caller,
    Path(slug): Path<String>,
    pairs: Pairs,
) -> Result<Json<List<ShiftJson>>, Problem> {
    pairs.only(&["from", "to"])?;
    let instant =
        |name| pairs.read(name, "an instant such as 2026-12-24T09:00:00Z", |text| text.parse().ok());
    let (from, to) = (instant("from")?, instant("to")?);
    let setup = current(&shell, caller).await?;
    let schedule = setup.schedules.iter().find(|schedule| schedule.slug == slug);
    let schedule = schedule.ok_or_else(|| Problem::not_found(format!("there is no schedule {slug:?}")))?;
    let from = from.unwrap_or_else(|| shell.clock.now());
    let to = to.unwrap_or_else(|| days_after(from));
    if to <= from {
        return Err(bad(format!("`to` must be after `from`, which is {from}")));
    }
    let shifts: Vec<Shift> = schedule.shifts(from, to).take(MOST_SHIFTS + 1).collect();
    if let Some(beyond) = shifts.get(MOST_SHIFTS) {
        let most = beyond.from;
        return Err(bad(format!(
            "there are more than {MOST_SHIFTS} shifts; ask for those `to` {most} first"
        )));
    }
    Ok(Json(List { data: shifts.iter().map(|shift| shift_json(&setup, shift)).collect() }))
}

async fn current(shell: &Shell, caller: Caller) -> Result<Arc<Setup>, Problem> {
    caller.require(Role::Viewer)?;
    let ground = shell.ground();
    let read = shell.read(move |tx| ground.setups.current(&mut Scope::new(tx, caller.org)));
    Ok(read.await?.1)
}

fn days_after(from: Timestamp) -> Timestamp {
    from.checked_add(SignedDuration::from_hours(24 * DAYS)).unwrap_or(Timestamp::MAX)
}

fn schedule_json(setup: &Setup, schedule: &Schedule, now: Timestamp) -> ScheduleJson {
    let year = year_after(now);
    let mut coming = schedule.shifts(now, year);
    let present = coming.next().unwrap_or(Shift { user: None, by: None, from: now, to: now });
    let gaps = schedule.gaps(now, year);
    let zone = |id| setup.user(id).map_or(TimeZone::UTC, |user| user.time_zone.clone());
    let month: Vec<Shift> = schedule.shifts(now, days_after(now)).take(MOST_SHIFTS + 1).collect();
    let is_whole = month.len() <= MOST_SHIFTS;
    let weighed = month.into_iter().filter(|_| is_whole);
    let load = load(weighed, zone).into_iter().map(|load| LoadJson {
        user: email(setup, load.user),
        total_seconds: load.total.as_secs(),
        night_seconds: load.nights.as_secs(),
        weekend_seconds: load.weekends.as_secs(),
    });
    let first = gaps.first.iter().take(GAPS_SHOWN);
    ScheduleJson {
        id: schedule.id.to_string(),
        slug: schedule.slug.clone(),
        name: schedule.name.clone(),
        time_zone: schedule.time_zone.iana_name().map(str::to_owned),
        fallback: schedule.fallback.map(|id| email(setup, id)),
        now: shift_json(setup, &present),
        next: coming.next().map(|shift| shift_json(setup, &shift)),
        gaps: GapsJson {
            until: year.to_string(),
            count: gaps.count,
            total_seconds: gaps.total.as_secs(),
            first: first.map(|gap| GapJson { from: gap.from.to_string(), to: gap.to.to_string() }).collect(),
        },
        load: is_whole.then(|| load.collect()),
    }
}

fn shift_json(setup: &Setup, shift: &Shift) -> ShiftJson {
    ShiftJson {
        from: shift.from.to_string(),
        to: shift.to.to_string(),
        user: shift.user.map(|id| email(setup, id)),
        by: shift.by.map(|by| by.to_string()),
    }
}

fn email(setup: &Setup, id: domain::UserId) -> String {
    setup.user(id).map_or_else(|| format!("former member {id}"), |user| user.email.clone())
}
