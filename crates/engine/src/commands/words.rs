//! What the machine says in public: titles and updates from facts, by fixed patterns.
//!
//! Provider text is quoted as data and attributed; no time, state or link is ever taken from it.

use std::fmt::Write;

use domain::{
    Phase, ServiceId, Status,
    incident::{Actor, Cause, CauseKey, Incident},
    judge::{Judgement, Wanted, World},
    knowledge::KnownIncident,
    setup::Setup,
};

/// What readers are told when the trouble of a flapping incident has ended for now.
pub(super) const CALM: &str = "The affected services work again. Since the trouble has come back several times, we keep \
                               watching before we call this resolved.";

/// Returns the title of a new incident: what fails, and at whom.
#[must_use]
pub fn title(setup: &Setup, world: &World<'_>, want: &Wanted) -> String {
    let services = list(want.services.iter().map(|(service, ..)| service_name(setup, *service)));
    let worst = want.services.iter().map(|(_, status, _)| *status).max().unwrap_or(Status::Unknown);
    format!("{services}: {} at {}", status_word(worst), providers(world, &want.causes))
}

/// Returns the phase that the provider's own incidents give ours: the earliest of those still open.
#[must_use]
pub fn phase(world: &World<'_>, causes: &[Cause]) -> Phase {
    let phases = provider_incidents(world, causes).map(|known| known.incident.phase);
    match phases.filter(|phase| !phase.is_over()).min() {
        Some(Phase::Unknown | Phase::Investigating) | None => Phase::Investigating,
        Some(phase) => phase,
    }
}

/// Returns what readers are told when an incident is opened.
#[must_use]
pub fn first_word(setup: &Setup, world: &World<'_>, incident: &Incident) -> String {
    let mut said = format!(
        "{} The cause is at our provider {}.",
        now(setup, incident),
        providers(world, &incident.causes)
    );
    for known in provider_incidents(world, &incident.causes).filter(|known| !known.incident.phase.is_over()) {
        let _ = write!(said, " They report: “{}” ({}).", plain(&known.incident.name), known.incident.phase);
    }
    said
}

/// Returns what readers are told when an incident goes on differently; `None` when nothing they could notice is different.
#[must_use]
pub fn next_word(setup: &Setup, world: &World<'_>, before: &Incident, after: &Incident) -> Option<String> {
    let mut said: Vec<String> = Vec::new();
    if before.is_resolved() {
        said.push("The trouble is back.".to_owned());
    }
    let statuses = |incident: &Incident| -> Vec<(ServiceId, Status)> {
        incident.services.iter().map(|affected| (affected.service, affected.status)).collect()
    };
    if statuses(before) != statuses(after) || before.is_resolved() {
        said.push(now(setup, after));
    }
    if before.phase != after.phase && !before.is_resolved() {
        let who = providers(world, &after.causes);
        let (has, is, reports) = verbs(&after.causes);
        said.push(match after.phase {
            Phase::Identified => format!("{who} {has} identified the cause."),
            Phase::Monitoring => {
                format!("{who} {reports} that a fix is in place and {is} watching the result.")
            }
            Phase::Investigating | Phase::Resolved | Phase::Postmortem | Phase::Unknown => {
                format!("{who} {is} investigating again.")
            }
        });
    }
    (!said.is_empty()).then(|| said.join(" "))
}

/// Returns *has*, *is* and *reports* as they go with the providers of these causes.
fn verbs(causes: &[Cause]) -> (&'static str, &'static str, &'static str) {
    let is_one = causes.windows(2).all(|pair| pair[0].provider == pair[1].provider);
    if is_one { ("has", "is", "reports") } else { ("have", "are", "report") }
}

/// Returns what readers are told when an incident is over.
#[must_use]
pub fn last_word(setup: &Setup, world: &World<'_>, judged: &[Judgement], incident: &Incident) -> String {
    let is_working = |service: ServiceId| {
        judged.iter().any(|judgement| judgement.service == service && judgement.status == Status::Operational)
    };
    let all = || incident.services.iter().map(|affected| affected.service);
    let working: Vec<String> =
        all().filter(|service| is_working(*service)).map(|service| service_name(setup, service)).collect();
    let who = providers(world, &incident.causes);
    let (_, _, reports) = verbs(&incident.causes);
    if working.len() == incident.services.len() {
        let verb = if working.len() == 1 { "is" } else { "are" };
        return format!("{who} {reports} recovery; {} {verb} working normally.", list(working));
    }
    // Planned work or another trouble goes on: this one is over, and no more than that is true.
    let services = list(all().map(|service| service_name(setup, service)));
    format!("{who} {reports} recovery; this trouble of {services} is over.")
}

/// Returns why an incident was opened, for its timeline.
#[must_use]
pub fn cause(world: &World<'_>, causes: &[Cause]) -> String {
    let named = causes.iter().map(|cause| match &cause.key {
        CauseKey::Incident(id) => {
            let found = provider_incidents(world, std::slice::from_ref(cause)).next();
            found.map_or_else(
                || format!("incident {id}"),
                |known| format!("incident “{}”", plain(&known.incident.name)),
            )
        }
        CauseKey::Component(id) => component_name(world, cause, id),
        CauseKey::Page => "the page as a whole".to_owned(),
    });
    format!("{}: {}", providers(world, causes), list(named))
}

/// Returns what the timeline says of a reopening.
#[must_use]
pub fn reopened(setup: &Setup, incident: &Incident) -> String {
    format!("the trouble came back: {}", now(setup, incident))
}

/// Returns who did something, for the timeline.
#[must_use]
pub fn by(setup: &Setup, actor: Actor) -> String {
    match actor {
        Actor::Machine => "by Midwatch".to_owned(),
        Actor::Operator => "by an operator".to_owned(),
        Actor::Account(account) => format!("by {account}"),
        Actor::User(id) => {
            setup.user(id).map_or_else(|| format!("by user {id}"), |user| format!("by {}", user.name))
        }
    }
}

/// Returns the length of time that is written as in the configuration: `30m`, `1h30m`, `2d`.
#[must_use]
pub fn span(text: &str) -> Option<std::time::Duration> {
    formats::setup::duration::parse(text)
}

/// Returns an instant as refusals and timelines say it.
#[must_use]
pub fn instant(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Returns a status in words: `major outage`.
#[must_use]
pub fn status_word(status: Status) -> String {
    status.word().replace('_', " ")
}

/// What the services of an incident are now, in a sentence for each status.
fn now(setup: &Setup, incident: &Incident) -> String {
    let mut said = Vec::new();
    for &status in Status::ALL.iter().rev() {
        let at: Vec<String> = incident
            .services
            .iter()
            .filter(|affected| affected.status == status)
            .map(|affected| service_name(setup, affected.service))
            .collect();
        if at.is_empty() {
            continue;
        }
        let verb = if at.len() == 1 { "has" } else { "have" };
        said.push(match status {
            Status::MajorOutage => format!("{} {verb} a major outage.", list(at)),
            Status::PartialOutage => format!("{} {verb} a partial outage.", list(at)),
            Status::DegradedPerformance => format!("{} {verb} degraded performance.", list(at)),
            Status::Operational | Status::UnderMaintenance | Status::Unknown => {
                format!("{} {verb} recovered.", list(at))
            }
        });
    }
    said.join(" ")
}

fn providers(world: &World<'_>, causes: &[Cause]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for cause in causes {
        let name = world.get(&cause.provider).map_or("a provider", |outlook| outlook.name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    list(names.into_iter().map(str::to_owned))
}

fn provider_incidents<'a>(
    world: &'a World<'_>,
    causes: &'a [Cause],
) -> impl Iterator<Item = &'a KnownIncident> {
    causes.iter().filter_map(|cause| match &cause.key {
        CauseKey::Incident(id) => {
            let outlook = world.get(&cause.provider)?;
            outlook.knowledge.incidents.iter().find(|known| known.incident.id == *id)
        }
        CauseKey::Component(_) | CauseKey::Page => None,
    })
}

fn component_name(world: &World<'_>, cause: &Cause, id: &str) -> String {
    let outlook = world.get(&cause.provider);
    let known = outlook.and_then(|outlook| outlook.knowledge.component(id));
    known.map_or_else(
        || format!("component {id}"),
        |known| format!("{} in {}", known.component.name, status_word(known.component.status)),
    )
}

fn service_name(setup: &Setup, id: ServiceId) -> String {
    setup.service(id).map_or_else(|| "a former service".to_owned(), |service| service.name.clone())
}

/// Joins names as a sentence does: `A`, `A and B`, `A, B and C`.
fn list(names: impl IntoIterator<Item = String>) -> String {
    let names: Vec<String> = names.into_iter().collect();
    match names.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// A provider's title inside our sentence: Markdown and quotation marks would break out of it.
fn plain(title: &str) -> String {
    title
        .chars()
        .filter(|c| !matches!(c, '“' | '”' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\\'))
        .collect()
}
