//! People, teams and escalation policies as JSON.

use domain::{
    escalation::{Condition, Policy, Step, Target},
    schedule::Restriction,
    setup::{Contact, Rung, Setup, Team, User},
};
use serde_json::{Value, json};

use super::{day_word, each, email, object, time, with_destination, words, zone};

pub(super) fn user(user: &User) -> Value {
    let contact = |contact: &Contact| with_destination("id", &contact.id, &contact.destination);
    let rung = |rung: &Rung| json!({ "after": words(rung.after), "contact": rung.contact });
    object([
        ("email", Some(json!(user.email))),
        ("name", Some(json!(user.name))),
        ("role", Some(json!(user.role.word()))),
        ("time_zone", Some(json!(zone(&user.time_zone)))),
        ("contact", Some(each(&user.contacts, contact))),
        ("notify", Some(each(&user.ladder, rung))),
        ("notify_low", some(&user.ladder_low, rung)),
        ("quiet", some(&user.quiet, hours)),
    ])
}

pub(super) fn team(team: &Team, setup: &Setup) -> Value {
    json!({
        "slug": team.slug,
        "name": team.name,
        "members": each(&team.members, |id| json!(email(*id, setup))),
    })
}

pub(super) fn policy(policy: &Policy, setup: &Setup) -> Value {
    object([
        ("slug", Some(json!(policy.slug))),
        ("repeat", Some(json!(policy.repeat))),
        ("repeat_after", policy.repeat_after.map(|gap| json!(words(gap)))),
        ("step", Some(each(&policy.steps, |it| step(it, setup)))),
    ])
}

/// Writes a time of the week.
pub(super) fn hours(hours: &Restriction) -> Value {
    json!({ "days": days(hours), "from": time(hours.from), "to": time(hours.to) })
}

fn step(step: &Step, setup: &Setup) -> Value {
    object([
        ("after", Some(json!(words(step.after)))),
        ("notify", Some(each(&step.targets, |it| target(*it, setup)))),
        ("round_robin", step.round_robin.then_some(Value::Bool(true))),
        ("when", some(&step.when, condition)),
        ("unless", some(&step.unless, condition)),
        ("taken_from", step.taken_from.as_ref().map(|from| json!(from.policies))),
        ("taken_step", step.taken_from.as_ref().map(|from| json!(from.step))),
    ])
}

/// Writes whom a step names. An id that leads nowhere is written as it is, and refused when read.
fn target(target: Target, setup: &Setup) -> Value {
    let (kind, slug, id) = match target {
        Target::User(id) => return json!(format!("user:{}", email(id, setup))),
        Target::Team(id) => ("team", setup.team(id).map(|team| &team.slug), id.0),
        Target::Schedule(id) => ("schedule", setup.schedule(id).map(|schedule| &schedule.slug), id.0),
        Target::Channel(id) => ("channel", setup.channel(id).map(|channel| &channel.slug), id.0),
    };
    json!(format!("{kind}:{}", slug.map_or_else(|| id.to_string(), String::clone)))
}

fn condition(condition: &Condition) -> Value {
    let hours = condition.hours.as_ref();
    object([
        ("severity", condition.severity.map(|severity| json!(severity.word()))),
        ("days", hours.map(|hours| json!(days(hours)))),
        ("from", hours.map(|hours| json!(time(hours.from)))),
        ("to", hours.map(|hours| json!(time(hours.to)))),
        ("time_zone", hours.map(|_| json!(zone(&condition.time_zone)))),
    ])
}

fn days(hours: &Restriction) -> String {
    hours.days.iter().map(|day| day_word(*day)).collect::<Vec<_>>().join(",")
}

/// Writes a list, unless it is empty.
fn some<T>(items: &[T], write: impl Fn(&T) -> Value) -> Option<Value> {
    (!items.is_empty()).then(|| each(items, write))
}
