//! Schedules as JSON.

use domain::{
    schedule::{Layer, Rotation, Schedule},
    setup::Setup,
};
use serde_json::{Value, json};

use super::{
    super::{duration::words, values::day_word},
    each, email, object,
    people::hours,
    time, zone,
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
    object([
        ("rotation", Some(json!(rotation))),
        ("handoff", Some(json!(handoff))),
        ("start", Some(json!(layer.start.to_string()))),
        ("end", layer.end.map(|day| json!(day.to_string()))),
        ("participants", Some(each(&layer.participants, |it| json!(email(*it, setup))))),
        ("restrict", Some(each(&layer.restrictions, hours))),
    ])
}
