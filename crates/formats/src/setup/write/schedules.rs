//! Schedules as JSON.

use domain::{
    schedule::{Layer, Restriction, Rotation, Schedule},
    setup::Setup,
};
use jiff::civil;
use serde_json::{Value, json};

use super::{
    super::{duration::words, values::day_word},
    each, email, object, zone,
};

/// Writes a schedule.
pub(super) fn schedule(schedule: &Schedule, setup: &Setup) -> Value {
    let exceptions = each(
        &schedule.overrides,
        |it| json!({ "user": email(it.user, setup), "from": it.from.to_string(), "to": it.to.to_string() }),
    );
    object([
        ("slug", Some(json!(schedule.slug))),
        ("name", Some(json!(schedule.name))),
        ("time_zone", Some(json!(zone(&schedule.time_zone)))),
        ("layer", Some(each(&schedule.layers, |it| layer(it, setup)))),
        ("override", Some(exceptions)),
        ("fallback", schedule.fallback.map(|user| json!(email(user, setup)))),
    ])
}

fn layer(layer: &Layer, setup: &Setup) -> Value {
    let rotation = match layer.rotation {
        Rotation::Daily => "daily".to_owned(),
        Rotation::Weekly => "weekly".to_owned(),
        Rotation::Every(turn) => words(turn),
    };
    let handoff = match layer.handoff_day {
        Some(day) => format!("{} {}", day_word(day), time(layer.handoff_time)),
        None => time(layer.handoff_time),
    };
    let restriction = |it: &Restriction| {
        let days: Vec<_> = it.days.iter().map(|day| day_word(*day)).collect();
        json!({ "days": days.join(","), "from": time(it.from), "to": time(it.to) })
    };
    object([
        ("rotation", Some(json!(rotation))),
        ("handoff", Some(json!(handoff))),
        ("start", Some(json!(layer.start.to_string()))),
        ("end", layer.end.map(|day| json!(day.to_string()))),
        ("participants", Some(each(&layer.participants, |it| json!(email(*it, setup))))),
        ("restrict", Some(each(&layer.restrictions, restriction))),
    ])
}

fn time(time: civil::Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}
