//! A roster of three people with an override, a clock change ahead of it long past, and two gaps.

use domain::schedule::Duty;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::view::{GapsView, LoadView, RosterKind, RosterView, ShiftView};

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// Weekly turns, a swapped evening, and two times with nobody.
pub(crate) fn roster() -> RosterView {
    let (ana, bo) = ("Ana Ruiz", "Bo <b>Lind");
    let turns: [(Option<&str>, Option<Duty>, &str); 10] = [
        (Some(bo), Some(Duty::Layer(1)), "2026-11-22T23:00:00Z"),
        (Some(ana), Some(Duty::Layer(1)), "2026-11-23T08:00:00Z"),
        (Some(bo), Some(Duty::Layer(1)), "2026-11-30T08:00:00Z"),
        (Some("Cy Okafor"), Some(Duty::Override), "2026-12-02T17:00:00Z"),
        (Some(bo), Some(Duty::Layer(1)), "2026-12-03T07:00:00Z"),
        (None, None, "2026-12-05T08:00:00Z"),
        (Some("Cy Okafor"), Some(Duty::Layer(2)), "2026-12-06T08:00:00Z"),
        (Some(ana), Some(Duty::Layer(1)), "2026-12-07T08:00:00Z"),
        (None, None, "2026-12-12T16:00:00Z"),
        (Some(ana), Some(Duty::Layer(1)), "2026-12-13T08:00:00Z"),
    ];
    let ends = turns.iter().skip(1).map(|turn| turn.2).chain(["2026-12-20T23:00:00Z"]);
    let shifts = turns.iter().zip(ends).map(|(&(row, by, from), to)| ShiftView {
        row: row.map(str::to_owned),
        by,
        from: at(from),
        to: at(to),
    });
    let hours = SignedDuration::from_hours;
    let load = |name: &str, total, nights, weekends| LoadView {
        name: name.to_owned(),
        total: hours(total),
        nights: hours(nights),
        weekends: hours(weekends),
    };
    RosterView {
        name: "Primary on-call".to_owned(),
        kind: RosterKind::Schedule,
        time_zone: TimeZone::get("Europe/Rome").expect("a zone of the database"),
        as_of: at("2026-11-25T12:20:00Z"),
        shifts: shifts.collect(),
        is_whole: true,
        loads: vec![load(ana, 478, 160, 136), load(bo, 127, 48, 9), load("Cy Okafor", 38, 16, 16)],
        gaps: Some(GapsView {
            count: 2,
            total: hours(40),
            first: vec![
                (at("2026-12-05T08:00:00Z"), at("2026-12-06T08:00:00Z")),
                (at("2026-12-12T16:00:00Z"), at("2026-12-13T08:00:00Z")),
            ],
            fallback: None,
        }),
        feed_url: "https://midwatch.example/calendar/3f9a0c.ics".to_owned(),
    }
}
