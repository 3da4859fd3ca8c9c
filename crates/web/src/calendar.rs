//! Rosters by secret address: a page for people, and the same as an iCalendar for their programs.
//!
//! An address that is unknown, revoked, malformed, or whose schedule or person is gone gives one and the same answer.
//! Looking changes nothing but the note, once an hour, that somebody looked.

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    UserId,
    schedule::{Entry, MOST_SHIFTS, Subject, load},
    setup::Setup,
};
use engine::{Shell, setups::token_hash};
use jiff::{SignedDuration, Span, Timestamp, ToSpan, civil, tz::TimeZone};
use render::{
    Page, roster_calendar, roster_page, roster_window,
    view::{CalendarView, EventView, GapsView, LoadView, NoteView, RosterKind, RosterView, ShiftView},
};
use std::sync::Arc;
use store::{Lane, Scope, amendments, calendars, configurations, organizations};
use uuid::Uuid;

use crate::{problem::Problem, public::harden};

/// How often it is noted that a calendar was read.
const NOTE_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// The months of an iCalendar: from the first of last month on.
const MONTHS: i64 = 8;

/// Sequences leave room for this many months to each change of what the shifts follow from: three centuries.
const MONTHS_A_CHANGE: i64 = 4096;

pub(crate) fn routes() -> Router<Shell> {
    Router::new().route("/calendar/{token}", get(show))
}

/// What an address led to.
struct Found {
    subject: Subject,
    uid: Uuid,
    setup: Arc<Setup>,
    /// Counts the versions of the configuration and the amendments made and withdrawn.
    changes: i64,
    /// When the last of them was made.
    changed_at: Timestamp,
    /// When it was noted last that somebody looked: time does not go back behind it.
    last_read_at: Option<Timestamp>,
}

async fn show(State(shell): State<Shell>, Path(address): Path<String>) -> Response {
    let (token, is_feed) = match address.strip_suffix(".ics") {
        Some(token) => (token, true),
        None => (address.as_str(), false),
    };
    let found = match find(&shell, token).await {
        Ok(found) => found,
        Err(problem) => return answer(problem.status(), &sorry(problem.detail())),
    };
    let now = shell.clock.now();
    let page = found.and_then(|found| {
        if is_feed {
            feed(&found, now).map(|view| roster_calendar(&view))
        } else {
            let url = format!("{}/calendar/{token}.ics", shell.identity.public_url);
            roster(&found, now, url).map(|view| roster_page(&view))
        }
    });
    match page {
        Some(page) => answer(StatusCode::OK, &page),
        None => answer(
            StatusCode::NOT_FOUND,
            &sorry("It is not one of ours, was cut short, or is no longer good. Ask for a new one."),
        ),
    }
}

async fn find(shell: &Shell, token: &str) -> Result<Option<Found>, Problem> {
    let (hash, ground) = (token_hash(token), shell.ground());
    let read = shell.read(move |tx| {
        let Some(address) = calendars::find_by_hash(tx, &hash)? else { return Ok(None) };
        let mut scope = Scope::new(tx, address.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        let (version, amendments) = organizations::versions(&mut scope)?;
        let changed_at =
            configurations::find_applied_at(&mut scope)?.max(amendments::find_changed_at(&mut scope)?);
        let found = Found {
            subject: address.subject,
            uid: address.id.0,
            setup,
            changes: version + amendments,
            changed_at: changed_at.unwrap_or(Timestamp::UNIX_EPOCH),
            last_read_at: address.last_read_at,
        };
        Ok(Some((address, found)))
    });
    let Some((address, found)) = read.await? else { return Ok(None) };
    let is_stale = |at: Timestamp| shell.clock.now().duration_since(at) >= NOTE_EVERY;
    if address.last_read_at.is_none_or(is_stale) {
        let noted = shell.write(Lane::Bulk, move |tx, now| {
            Ok(calendars::touch(&mut Scope::new(tx, address.org), address.id, now)?)
        });
        // A roster is worth more than the note that it was read.
        if let Err(error) = noted.await {
            tracing::warn!(%error, "the reading of a calendar was not noted");
        }
    }
    Ok(Some(found))
}

fn name_of(setup: &Setup, id: UserId) -> String {
    setup.user(id).map_or_else(|| "a former member".to_owned(), |user| user.name.clone())
}

/// The subject's name and the zone that its times are shown in.
fn heading(found: &Found) -> Option<(String, RosterKind, TimeZone)> {
    match found.subject {
        Subject::Schedule(id) => {
            let schedule = found.setup.schedule(id)?;
            Some((schedule.name.clone(), RosterKind::Schedule, schedule.time_zone.clone()))
        }
        Subject::User(id) => {
            let user = found.setup.user(id)?;
            Some((user.name.clone(), RosterKind::Person, user.time_zone.clone()))
        }
    }
}

fn roster(found: &Found, now: Timestamp, feed_url: String) -> Option<RosterView> {
    let setup = &found.setup;
    let (name, kind, time_zone) = heading(found)?;
    let (from, to) = roster_window(&time_zone, now);
    let entries = found.subject.entries(setup, from, to)?;
    let row = |entry: &Entry<'_>| match kind {
        RosterKind::Schedule => entry.shift.user.map(|id| name_of(setup, id)),
        RosterKind::Person => Some(entry.schedule.name.clone()),
    };
    let shifts = entries.list.iter().map(|entry| ShiftView {
        row: row(entry),
        by: entry.shift.by,
        from: entry.shift.from,
        to: entry.shift.to,
    });
    let zone = |id| setup.user(id).map_or(TimeZone::UTC, |user| user.time_zone.clone());
    // What a part of the shifts weighs says nothing.
    let weighed = entries.list.iter().filter(|_| entries.is_whole).map(|entry| entry.shift);
    let loads = load(weighed, zone).into_iter().map(|load| LoadView {
        name: name_of(setup, load.user),
        total: load.total,
        nights: load.nights,
        weekends: load.weekends,
    });
    Some(RosterView {
        shifts: shifts.collect(),
        is_whole: entries.is_whole,
        loads: loads.collect(),
        gaps: gaps(found, now),
        name,
        kind,
        time_zone,
        as_of: now,
        feed_url,
    })
}

fn gaps(found: &Found, now: Timestamp) -> Option<GapsView> {
    let Subject::Schedule(id) = found.subject else { return None };
    let schedule = found.setup.schedule(id)?;
    let gaps = schedule.gaps(now, year_after(now));
    Some(GapsView {
        count: gaps.count,
        total: gaps.total,
        first: gaps.first.iter().map(|gap| (gap.from, gap.to)).collect(),
        fallback: schedule.fallback.map(|id| name_of(&found.setup, id)),
    })
}

/// How far gaps are looked for.
pub(crate) fn year_after(now: Timestamp) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(365 * 24)).unwrap_or(Timestamp::MAX)
}

/// The window begins and ends with a month, so that what is cut off by it changes once a month and not at every reading.
fn feed(found: &Found, now: Timestamp) -> Option<CalendarView> {
    let setup = &found.setup;
    let (name, kind, _) = heading(found)?;
    let today = now.to_zoned(TimeZone::UTC).date();
    let first = today.first_of_month().checked_sub(1.month()).ok()?;
    let end = first.checked_add(Span::new().months(MONTHS)).ok()?;
    let instant = |day: civil::Date| day.to_zoned(TimeZone::UTC).ok().map(|begin| begin.timestamp());
    let (from, to) = (instant(first)?, instant(end)?);
    let entries = found.subject.entries(setup, from, to)?;
    let events = entries.list.into_iter().take(MOST_SHIFTS).map(|entry| event(setup, kind, &entry));
    // Programs take what falls for old news, so a clock that was set back changes nothing here.
    let month = now.max(found.last_read_at.unwrap_or(now)).to_zoned(TimeZone::UTC).date().first_of_month();
    let months = i64::from(month.year()) * 12 + i64::from(month.month()) - 1 - 2000 * 12;
    Some(CalendarView {
        uid: found.uid.to_string(),
        name: format!("On call: {name}"),
        sequence: found.changes * MONTHS_A_CHANGE + months,
        changed_at: found.changed_at.max(instant(month)?),
        events: events.collect(),
    })
}

fn event(setup: &Setup, kind: RosterKind, entry: &Entry<'_>) -> EventView {
    let Entry { schedule, shift } = entry;
    let who = shift.user.map(|id| name_of(setup, id));
    let summary = match (kind, &who) {
        (RosterKind::Person, _) => format!("On call: {}", schedule.name),
        (RosterKind::Schedule, Some(who)) => format!("{who} on call: {}", schedule.name),
        (RosterKind::Schedule, None) => format!("Nobody on call: {}", schedule.name),
    };
    let by = shift
        .by
        .map_or_else(|| "a gap: no layer, override or fallback has anyone".to_owned(), |by| by.to_string());
    EventView {
        uid: Uuid::new_v5(&schedule.id.0, shift.from.to_string().as_bytes()).to_string(),
        from: shift.from,
        to: shift.to,
        summary,
        description: format!("schedule {}, {by}", schedule.slug),
    }
}

fn sorry(text: &str) -> Page {
    render::note_page(&NoteView {
        about: None,
        heading: "This link leads nowhere".to_owned(),
        text: text.to_owned(),
        button: None,
        link: None,
    })
}

/// An answer for one reader: not stored, not indexed, its address not passed on.
fn answer(status: StatusCode, page: &Page) -> Response {
    let kind = [(header::CONTENT_TYPE, page.content_type)];
    let mut response = (status, kind, page.body.clone()).into_response();
    let set = response.headers_mut();
    harden(set);
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    set.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    set.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}
