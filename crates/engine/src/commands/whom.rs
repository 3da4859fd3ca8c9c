//! Whom people name: `user:ana@acme.example` or the address alone, `schedule:primary`, `policy:default`, `channel:ops`.

use domain::{
    ServiceId, Status,
    escalation::{Target, out_of_reach},
    incident::Assignee,
    public::Template,
    setup::Setup,
};
use formats::setup::nearest;
use jiff::Timestamp;

use crate::error::CommandError;

/// Where whom an incident is handed to stands in what was asked.
pub(super) const TO: &str = "to";

/// Where who is asked to help stands in what was asked.
pub(super) const TARGET: &str = "target";

/// Returns who can be asked to help by this name.
///
/// # Errors
/// When nobody is called so, with who might be meant.
pub fn target(setup: &Setup, text: &str) -> Result<Target, CommandError> {
    match split(text) {
        ("user", email) => user(setup, TARGET, email).map(Target::User),
        ("schedule", slug) => schedule(setup, TARGET, slug).map(Target::Schedule),
        ("team", slug) => {
            let known = setup.teams.iter().map(|team| (team.slug.as_str(), team.id));
            find(TARGET, "team", slug, known.collect()).map(Target::Team)
        }
        ("channel", slug) => {
            let known = setup.channels.iter().map(|channel| (channel.slug.as_str(), channel.id));
            find(TARGET, "channel", slug, known.collect()).map(Target::Channel)
        }
        _ => Err(unknown(TARGET, text, "user:ADDRESS, team:SLUG, schedule:SLUG or channel:SLUG")),
    }
}

/// Returns whom an incident can be handed to by this name.
///
/// # Errors
/// When nobody is called so, with who might be meant.
pub fn assignee(setup: &Setup, text: &str) -> Result<Assignee, CommandError> {
    match split(text) {
        ("user", email) => user(setup, TO, email).map(Assignee::User),
        ("schedule", slug) => schedule(setup, TO, slug).map(Assignee::Schedule),
        ("policy", slug) => {
            let known = setup.policies.iter().map(|policy| (policy.slug.as_str(), policy.id));
            find(TO, "escalation policy", slug, known.collect()).map(Assignee::Policy)
        }
        _ => Err(unknown(TO, text, "user:ADDRESS, schedule:SLUG or policy:SLUG")),
    }
}

/// Returns the template of this name that people begin with.
pub(super) fn template<'a>(
    setup: &'a Setup,
    name: Option<&str>,
) -> Result<Option<&'a Template>, CommandError> {
    let Some(name) = name else { return Ok(None) };
    let known = setup.public.templates.people.iter().map(|template| (template.name.as_str(), template));
    find("template", "template", name, known.collect()).map(Some)
}

/// Returns what people call whom an incident was handed to.
#[must_use]
pub fn name(setup: &Setup, assignee: Assignee) -> String {
    match assignee {
        Assignee::User(id) => {
            setup.user(id).map_or_else(|| "a former member".to_owned(), |user| user.name.clone())
        }
        Assignee::Schedule(id) => {
            format!("schedule {}", setup.schedule(id).map_or("that is gone", |schedule| &schedule.slug))
        }
        Assignee::Policy(id) => {
            format!("policy {}", setup.policy(id).map_or("that is gone", |policy| &policy.slug))
        }
    }
}

/// Returns what people call somebody who is asked to help.
#[must_use]
pub fn target_name(setup: &Setup, target: Target) -> String {
    match target {
        Target::User(id) => name(setup, Assignee::User(id)),
        Target::Team(id) => {
            let team = setup.teams.iter().find(|team| team.id == id);
            format!("team {}", team.map_or("that is gone", |team| &team.slug))
        }
        Target::Schedule(id) => name(setup, Assignee::Schedule(id)),
        Target::Channel(id) => {
            format!("channel {}", setup.channel(id).map_or("that is gone", |channel| &channel.slug))
        }
    }
}

/// Refuses somebody to hand an incident to, or to ask for help, of whom nobody would be told now.
pub(super) fn refuse_out_of_reach(
    setup: &Setup,
    field: &'static str,
    targets: &[Target],
    now: Timestamp,
) -> Result<(), CommandError> {
    match out_of_reach(setup, targets, now) {
        None => Ok(()),
        Some(why) => Err(CommandError::Invalid { field, reason: format!("nobody would be told: {why}") }),
    }
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    match text.split_once(':') {
        Some((kind, name)) => (kind, name),
        None if text.contains('@') => ("user", text),
        None => ("", text),
    }
}

pub(super) fn user(setup: &Setup, field: &'static str, email: &str) -> Result<domain::UserId, CommandError> {
    let found = setup.user_by_email(email).map(|user| user.id);
    found.map_or_else(
        || {
            find(
                field,
                "user",
                email,
                setup.users.iter().map(|user| (user.email.as_str(), user.id)).collect(),
            )
        },
        Ok,
    )
}

/// Finds services with what people state of them: trouble, or that they work where that `may_work` be said.
pub(super) fn services(
    setup: &Setup,
    named: &[(String, Status)],
    may_work: bool,
) -> Result<Vec<(ServiceId, Status)>, CommandError> {
    let wrong = |reason: String| Err(CommandError::Invalid { field: "services", reason });
    let mut found: Vec<(ServiceId, Status)> = Vec::new();
    for (slug, status) in named {
        let known = setup.services.iter().map(|service| (service.slug.as_str(), service.id)).collect();
        let service = find("services", "service", slug, known)?;
        let is_right = status.is_trouble() || (may_work && *status == Status::Operational);
        if !is_right {
            let works = if may_work { "operational, " } else { "" };
            return wrong(format!(
                "{slug}: right would be {works}degraded_performance, partial_outage or major_outage"
            ));
        }
        if found.iter().any(|(other, _)| *other == service) {
            return wrong(format!("{slug} is named twice"));
        }
        found.push((service, *status));
    }
    Ok(found)
}

fn schedule(setup: &Setup, field: &'static str, slug: &str) -> Result<domain::ScheduleId, CommandError> {
    let known = setup.schedules.iter().map(|schedule| (schedule.slug.as_str(), schedule.id));
    find(field, "schedule", slug, known.collect())
}

/// Finds one by its name among those that are configured; `field` is where the name stands in what was asked.
pub(super) fn find<T: Copy>(
    field: &'static str,
    kind: &str,
    name: &str,
    known: Vec<(&str, T)>,
) -> Result<T, CommandError> {
    if let Some((_, id)) = known.iter().find(|(slug, _)| *slug == name) {
        return Ok(*id);
    }
    let names: Vec<&str> = known.iter().map(|(slug, _)| *slug).collect();
    let hint = match nearest(name, names.iter().copied()) {
        Some(near) => format!("is {near} meant?"),
        None if names.is_empty() => format!("the configuration has no {kind}"),
        None => format!("known are: {}", names.join(", ")),
    };
    Err(CommandError::Invalid { field, reason: format!("there is no {kind} {name}; {hint}") })
}

fn unknown(field: &'static str, text: &str, right: &str) -> CommandError {
    CommandError::Invalid { field, reason: format!("{text:?} names nobody: right would be {right}") }
}
