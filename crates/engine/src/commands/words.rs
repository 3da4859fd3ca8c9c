//! What the machine says in public: titles and updates from facts, by fixed patterns.
//!
//! Provider text is quoted as data and attributed; no time, state or link is ever taken from it.

use std::{collections::BTreeSet, fmt::Write};

use domain::{
    Phase, ProviderId, ServiceId, Status,
    incident::{Actor, Affected, Cause, CauseKey, Incident},
    judge::{Judgement, World},
    knowledge::KnownIncident,
    setup::Setup,
};

/// What readers are told when the trouble of a flapping incident has ended for now.
pub(super) const CALM: &str = "The affected services work again. Since the trouble has come back several times, we keep \
                               watching before we call this resolved.";

/// Services and providers that a title names; it says how many more there are.
const TITLED: (usize, usize) = (3, 2);

/// Names in one sentence; it says how many more there are.
const NAMED: usize = 12;

/// Incidents of providers whose titles are quoted at the opening.
const QUOTED: usize = 3;

/// Returns the title of an incident: what a person has written, else what fails at worst, and at whom. That grows with the
/// incident and never shrinks.
#[must_use]
pub fn title(setup: &Setup, world: &World<'_>, incident: &Incident) -> String {
    if incident.by_hand.title {
        return incident.title.clone();
    }
    let is_told = |affected: &&Affected| is_told(setup, affected.service);
    let mut affected: Vec<&Affected> = incident.services.iter().filter(is_told).collect();
    if affected.is_empty() {
        // No reader sees the incident: its title is for those who are paged for it.
        affected.extend(&incident.services);
    }
    let worst = affected.iter().map(|affected| affected.worst).max().unwrap_or(Status::Unknown);
    let services = listed(setup, affected.iter().map(|affected| affected.service).collect(), TITLED.0);
    let at = some(provider_names(world, &incident.causes), TITLED.1, "providers");
    format!("{services}: {} at {at}", status_word(worst))
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
    let open = provider_incidents(world, &incident.causes).filter(|known| !known.incident.phase.is_over());
    for known in open.take(QUOTED) {
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
        let told = incident.services.iter().filter(|affected| is_told(setup, affected.service));
        told.map(|affected| (affected.service, affected.status)).collect()
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
    let who = providers(world, &incident.causes);
    let (_, _, reports) = verbs(&incident.causes);
    let services = services(setup, all(), NAMED);
    if all().all(is_working) {
        let verb = if all().filter(|id| is_told(setup, *id)).count() == 1 { "is" } else { "are" };
        return format!("{who} {reports} recovery; {services} {verb} working normally.");
    }
    // Planned work or another trouble goes on: this one is over, and no more than that is true.
    format!("{who} {reports} recovery; this trouble of {services} is over.")
}

/// Returns what readers are told when the time of a promised word has come and nothing is new.
#[must_use]
pub fn still(setup: &Setup, incident: &Incident) -> String {
    let watches = if incident.phase == Phase::Monitoring { " We keep watching." } else { "" };
    format!("Nothing has changed since the last update. {}{watches}", now(setup, incident)).replace("  ", " ")
}

/// Returns what readers are told when trouble is out of sight and nothing shows that it is over.
#[must_use]
pub fn awaited(setup: &Setup, incident: &Incident, who: &str) -> String {
    let services = services(setup, incident.services.iter().map(|affected| affected.service), NAMED);
    format!(
        "The trouble of {services} is no longer reported. We wait for a reading of {who} that shows that it is over, and \
         keep watching until then."
    )
}

/// Returns the names of providers, as a sentence has them.
#[must_use]
pub fn named(world: &World<'_>, ids: &BTreeSet<ProviderId>) -> String {
    let name = |id: &ProviderId| world.get(id).map_or("a provider", |outlook| outlook.name).to_owned();
    let names: BTreeSet<String> = ids.iter().map(name).collect();
    some(names.into_iter().collect(), NAMED, "providers")
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
    format!("{}: {}", providers(world, causes), some(named.collect(), NAMED, "things there"))
}

/// Returns what the timeline says when an incident has taken further providers with it; `None` where it has not.
#[must_use]
pub fn spread(world: &World<'_>, before: &Incident, after: &Incident) -> Option<String> {
    let is_new = |cause: &&Cause| !before.causes.iter().any(|known| known.provider == cause.provider);
    let new: Vec<Cause> = after.causes.iter().filter(is_new).cloned().collect();
    (!new.is_empty()).then(|| format!("now at {} too", providers(world, &new)))
}

/// Returns what the timeline says of a reopening.
#[must_use]
pub fn reopened(setup: &Setup, incident: &Incident) -> String {
    format!("the trouble came back: {}", now(setup, incident))
}

/// Returns what the timeline says when services of an incident have turned or joined; `None` where none has.
#[must_use]
pub fn turned(setup: &Setup, before: &Incident, after: &Incident) -> Option<String> {
    let turn = |affected: &Affected| {
        let old = before.services.iter().find(|other| other.service == affected.service);
        let (name, now) = (service_name(setup, affected.service), status_word(affected.status));
        match old {
            None => Some(format!("{name} joined with {now}")),
            Some(old) if old.status != affected.status => {
                Some(format!("{name}: {} → {now}", status_word(old.status)))
            }
            Some(_) => None,
        }
    };
    let turns: Vec<String> = after.services.iter().filter_map(turn).collect();
    (!turns.is_empty()).then(|| turns.join("; "))
}

/// Returns what the timeline says of an incident that a person has opened.
#[must_use]
pub fn opened_by(setup: &Setup, actor: Actor, incident: &Incident) -> String {
    let began = incident.by_hand.began_at.map(|at| format!(" It began at {}.", instant(at)));
    format!("{}: {}{}", by(setup, actor), now(setup, incident), began.unwrap_or_default())
}

/// Returns what the timeline says of what a person has changed of an incident itself, by kind of event.
#[must_use]
pub fn edited(before: &Incident, after: &Incident) -> Vec<(&'static str, String)> {
    let mut said = Vec::new();
    if before.title != after.title {
        said.push(("title", format!("“{}”, it was “{}”", after.title, before.title)));
    }
    if before.severity != after.severity {
        said.push(("severity", format!("{} → {}", before.severity, after.severity)));
    }
    if before.phase != after.phase {
        said.push(("phase", format!("{} → {}", before.phase, after.phase)));
    }
    said
}

/// Returns what readers are told of what a person has changed: their own words, else what turned; `None` where they could
/// notice nothing.
#[must_use]
pub fn told(setup: &Setup, before: &Incident, after: &Incident, text: &str) -> Option<String> {
    if !text.is_empty() {
        return Some(text.to_owned());
    }
    let phase = (before.phase != after.phase).then_some(match after.phase {
        Phase::Identified => Some("The cause has been identified."),
        Phase::Monitoring => Some("A fix is in place, and we are watching the result."),
        Phase::Investigating => Some("We are investigating again."),
        Phase::Resolved | Phase::Postmortem | Phase::Unknown => None,
    });
    let turned = turned(setup, before, after).map(|_| now(setup, after));
    let said: Vec<String> = phase.flatten().map(str::to_owned).into_iter().chain(turned).collect();
    (!said.is_empty()).then(|| said.join(" "))
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
    let is_any_told = incident.services.iter().any(|affected| is_told(setup, affected.service));
    for &status in Status::ALL.iter().rev() {
        let at = incident.services.iter().filter(|affected| affected.status == status);
        let at = at.map(|affected| affected.service);
        let at: Vec<ServiceId> =
            if is_any_told { at.filter(|id| is_told(setup, *id)).collect() } else { at.collect() };
        // Of what is out of sight nothing is said.
        if at.is_empty() || status == Status::Unknown {
            continue;
        }
        let verb = if is_any_told && at.len() == 1 { "has" } else { "have" };
        let who = services(setup, at, NAMED);
        said.push(match status {
            Status::MajorOutage => format!("{who} {verb} a major outage."),
            Status::PartialOutage => format!("{who} {verb} a partial outage."),
            Status::DegradedPerformance => format!("{who} {verb} degraded performance."),
            Status::Operational | Status::UnderMaintenance | Status::Unknown => {
                format!("{who} {verb} recovered.")
            }
        });
    }
    said.join(" ")
}

fn providers(world: &World<'_>, causes: &[Cause]) -> String {
    some(provider_names(world, causes), NAMED, "providers")
}

/// The names of the providers of these causes, each once, in alphabetical order.
fn provider_names(world: &World<'_>, causes: &[Cause]) -> Vec<String> {
    let name = |cause: &Cause| world.get(&cause.provider).map_or("a provider", |outlook| outlook.name);
    let names: BTreeSet<&str> = causes.iter().map(name).collect();
    // Readers may be told of a service and not of whom it fails by.
    let names = if names.is_empty() { BTreeSet::from(["a provider"]) } else { names };
    names.into_iter().map(str::to_owned).collect()
}

/// Whether readers may be told of a service.
fn is_told(setup: &Setup, service: ServiceId) -> bool {
    !setup.service(service).is_some_and(|service| service.is_internal)
}

/// The names of the services that readers may be told of, in the order of the configuration.
pub(super) fn services(setup: &Setup, ids: impl IntoIterator<Item = ServiceId>, most: usize) -> String {
    let ids: Vec<ServiceId> = ids.into_iter().filter(|id| is_told(setup, *id)).collect();
    if ids.is_empty() {
        return "Internal services".to_owned();
    }
    listed(setup, ids, most)
}

fn listed(setup: &Setup, mut ids: Vec<ServiceId>, most: usize) -> String {
    setup.sort_by_service(&mut ids, |id| *id);
    some(ids.into_iter().map(|id| service_name(setup, id)).collect(), most, "services")
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

/// Joins names as a sentence does: `A`, `A and B`, `A, B and C`; after so many, `A, B and 10 more services`.
fn some(mut names: Vec<String>, most: usize, of: &str) -> String {
    // To say that there is one more takes as much room as to name it.
    if names.len() > most + 1 {
        let more = names.len() - most;
        names.truncate(most);
        names.push(format!("{more} more {of}"));
    }
    match names.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// A provider's title inside our sentence: Markdown and quotation marks would break out of it.
pub(super) fn plain(title: &str) -> String {
    title
        .chars()
        .filter(|c| !matches!(c, '“' | '”' | '*' | '_' | '`' | '[' | ']' | '\\'))
        .map(|c| match c {
            // What compares goes on doing so, and is no tag.
            '<' => '‹',
            '>' => '›',
            other => other,
        })
        .collect()
}
