//! What the machine says in public and in timelines: which occasion it is, and its facts by their names of now.
//!
//! What comes of it in each language is `render::said`. Provider text is quoted as data and attributed; no time and no state is
//! ever taken from it.

use std::collections::BTreeSet;

use domain::{
    Language, Phase, ProviderId, ServiceId, Status,
    incident::{Actor, Affected, Cause, CauseKey, Incident},
    judge::{Judgement, World},
    knowledge::KnownIncident,
    maintenance::Maintenance,
    public::{Names, Occasion, Quote, Said, Templates, Tongues, Word, plain},
    setup::{Effect, Setup, Upstream},
};
use render::{said, said_in};

/// Services and providers that a title names; it says how many more there are.
const TITLED: (usize, usize) = (3, 2);

/// Names in one sentence; it says how many more there are.
const NAMED: usize = 12;

/// Incidents of providers that are quoted at most.
const QUOTED: usize = 3;

/// Returns the title of an incident: what a person has written, else what fails at worst, and at whom. That grows with the
/// incident and never shrinks.
#[must_use]
pub fn title(setup: &Setup, world: &World<'_>, incident: &Incident) -> Said {
    let known = || Said { text: incident.title.clone(), tongues: incident.titles.clone() };
    if incident.by_hand.title {
        return known();
    }
    let is_told = |affected: &&Affected| is_told(setup, affected.service);
    let mut affected: Vec<&Affected> = incident.services.iter().filter(is_told).collect();
    if affected.is_empty() {
        // No reader sees the incident: its title is for those who are paged for it.
        affected.extend(&incident.services);
    }
    let worst = affected.iter().map(|affected| affected.worst).max().unwrap_or(Status::Unknown);
    let services = names(setup, affected.iter().map(|affected| affected.service).collect(), TITLED.0);
    let providers = provider_names(world, &incident.causes, TITLED.1);
    let word = Word { services: vec![(worst, services)], providers, ..Word::on(Occasion::Title) };
    let text = said_in(&word, Language::English, &setup.public.templates);
    if text == incident.title && !incident.titles.is_empty() {
        return known();
    }
    said(&word, &setup.public.templates)
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
pub fn first_word(setup: &Setup, world: &World<'_>, incident: &Incident) -> Said {
    said(&caused(setup, world, incident, Occasion::Opened), &setup.public.templates)
}

/// Returns what readers are told when an incident goes on differently; `None` when nothing they could notice is different.
#[must_use]
pub fn next_word(setup: &Setup, world: &World<'_>, before: &Incident, after: &Incident) -> Option<Said> {
    let statuses = |incident: &Incident| -> Vec<(ServiceId, Status)> {
        let told = incident.services.iter().filter(|affected| is_told(setup, affected.service));
        told.map(|affected| (affected.service, affected.status)).collect()
    };
    let has_turned = statuses(before) != statuses(after);
    let occasion = match after.phase {
        _ if before.is_resolved() => Occasion::Back,
        _ if before.phase == after.phase => Occasion::Changed,
        Phase::Identified => Occasion::Identified,
        Phase::Monitoring => Occasion::Monitoring,
        Phase::Investigating | Phase::Resolved | Phase::Postmortem | Phase::Unknown => {
            Occasion::Investigating
        }
    };
    let mut word = caused(setup, world, after, occasion);
    if !has_turned && occasion != Occasion::Back {
        word.services = Vec::new();
    }
    let is_new = occasion != Occasion::Changed || !word.services.is_empty();
    is_new.then(|| said(&word, &setup.public.templates))
}

/// What is known of an incident that has providers behind it.
fn caused(setup: &Setup, world: &World<'_>, incident: &Incident, occasion: Occasion) -> Word {
    let open = provider_incidents(world, &incident.causes).filter(|known| !known.incident.phase.is_over());
    let quotes = open.take(QUOTED).map(|KnownIncident { incident: known, .. }| {
        Quote::new(&known.name, known.phase, known.url.as_deref())
    });
    Word {
        services: state(setup, incident),
        providers: provider_names(world, &incident.causes, NAMED),
        quotes: quotes.collect(),
        ..Word::on(occasion)
    }
}

/// Returns what readers are told when an incident is over.
#[must_use]
pub fn last_word(setup: &Setup, world: &World<'_>, judged: &[Judgement], incident: &Incident) -> Said {
    let is_working = |service: ServiceId| {
        judged.iter().any(|judgement| judgement.service == service && judgement.status == Status::Operational)
    };
    if !is_built_on(setup, incident) {
        let providers = provider_names(world, &incident.causes, NAMED);
        let services = vec![(Status::Unknown, all_told(setup, incident))];
        let word = Word { services, providers, ..Word::on(Occasion::NoLongerOurs) };
        return said(&word, &setup.public.templates);
    }
    // Where planned work or another trouble goes on this one is over, and no more than that is true.
    let (occasion, status) = match incident.services.iter().all(|affected| is_working(affected.service)) {
        true => (Occasion::Resolved, Status::Operational),
        false => (Occasion::Over, Status::Unknown),
    };
    let word = Word {
        services: vec![(status, all_told(setup, incident))],
        providers: provider_names(world, &incident.causes, NAMED),
        ..Word::on(occasion)
    };
    said(&word, &setup.public.templates)
}

/// Whether a service of an incident still depends on what is behind it; one without a cause is of our own.
fn is_built_on(setup: &Setup, incident: &Incident) -> bool {
    let is_ours = |cause: &Cause| {
        incident.services.iter().any(|affected| depends(setup, affected.service, cause.provider))
    };
    incident.causes.is_empty() || incident.causes.iter().any(is_ours)
}

/// Whether trouble of a provider may be trouble of a service, directly or through services. No configuration has a loop.
fn depends(setup: &Setup, service: ServiceId, on: ProviderId) -> bool {
    let dependencies = setup.service(service).into_iter().flat_map(|service| &service.depends_on);
    dependencies.filter(|it| it.effect != Effect::Ignore).any(|it| match it.upstream {
        Upstream::Provider(provider) => provider == on,
        Upstream::Service(service) => depends(setup, service, on),
    })
}

/// Returns what readers are told when the time of a promised word has come and nothing is new.
#[must_use]
pub fn still(setup: &Setup, incident: &Incident) -> Said {
    let is_watched = incident.phase == Phase::Monitoring;
    of_incident(setup, incident, if is_watched { Occasion::StillMonitoring } else { Occasion::Still })
}

/// Returns what readers are told when trouble is out of sight and nothing shows that it is over.
#[must_use]
pub fn awaited(setup: &Setup, world: &World<'_>, incident: &Incident, whom: &BTreeSet<ProviderId>) -> Said {
    let word = Word {
        services: vec![(Status::Unknown, all_told(setup, incident))],
        providers: names_of(world, whom, NAMED),
        ..Word::on(Occasion::Awaited)
    };
    said(&word, &setup.public.templates)
}

/// Returns what readers are told of an incident on an occasion for which it is known how its services are, and no more.
#[must_use]
pub fn of_incident(setup: &Setup, incident: &Incident, occasion: Occasion) -> Said {
    said(&Word { services: state(setup, incident), ..Word::on(occasion) }, &setup.public.templates)
}

/// Returns what readers are told of another incident, which is named in each language by its title there.
#[must_use]
pub fn of_other(setup: &Setup, other: &Incident, occasion: Occasion) -> Said {
    let put = |language: Language| {
        let title = other.titles.get(language).unwrap_or(&other.title);
        let word = Word { title: Some(plain(title)), ..Word::on(occasion) };
        said_in(&word, language, &setup.public.templates)
    };
    let others = Language::ALL.into_iter().filter(|language| *language != Language::English);
    Said {
        text: put(Language::English),
        tongues: Tongues(others.map(|language| (language, put(language))).collect()),
    }
}

/// Returns what readers are told of announced work.
#[must_use]
pub fn of_work(setup: &Setup, work: &Maintenance, occasion: Occasion) -> Said {
    let services = work.services.iter().map(|(service, status)| (*service, *status));
    let word = Word {
        services: by_status(setup, services.collect()),
        times: Some((work.starts_at, work.ends_at)),
        title: Some(plain(&work.title)),
        ..Word::on(occasion)
    };
    said(&word, &setup.public.templates)
}

/// Returns the names of providers, as a sentence has them.
#[must_use]
pub fn named(world: &World<'_>, ids: &BTreeSet<ProviderId>) -> String {
    listed(names_of(world, ids, NAMED), "provider")
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
    format!("{}: {}", providers(world, causes), listed(Names::of(named.map(Some), NAMED), "thing there"))
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
pub fn told(setup: &Setup, before: &Incident, after: &Incident, text: &str) -> Option<Said> {
    if !text.is_empty() {
        return Some(Said::by_a_person(text));
    }
    let phase = (before.phase != after.phase).then_some(match after.phase {
        Phase::Identified => Some(Occasion::CauseFound),
        Phase::Monitoring => Some(Occasion::FixInPlace),
        Phase::Investigating => Some(Occasion::LookingAgain),
        Phase::Resolved | Phase::Postmortem | Phase::Unknown => None,
    });
    let turned = turned(setup, before, after).map(|_| state(setup, after)).unwrap_or_default();
    let occasion = phase.flatten().or((!turned.is_empty()).then_some(Occasion::Changed))?;
    Some(said(&Word { services: turned, ..Word::on(occasion) }, &setup.public.templates))
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

/// What the services of an incident are now, in a sentence for each status, for the timeline.
fn now(setup: &Setup, incident: &Incident) -> String {
    let word = Word { services: state(setup, incident), ..Word::on(Occasion::Changed) };
    said_in(&word, Language::English, &Templates::default())
}

/// The services of an incident that readers may be told of, by what they are now, the worst first.
fn state(setup: &Setup, incident: &Incident) -> Vec<(Status, Names)> {
    by_status(setup, incident.services.iter().map(|affected| (affected.service, affected.status)).collect())
}

/// Services by what they are; those that readers must not be told of have no names, where there are no others.
fn by_status(setup: &Setup, services: Vec<(ServiceId, Status)>) -> Vec<(Status, Names)> {
    let is_any_told = services.iter().any(|(service, _)| is_told(setup, *service));
    // Of what is out of sight nothing is said.
    let statuses = Status::ALL.iter().rev().filter(|status| **status != Status::Unknown);
    let at = |status: &Status| {
        let at = services.iter().filter(|(_, other)| other == status).map(|(service, _)| *service);
        let (told, hidden): (Vec<_>, Vec<_>) = at.partition(|service| is_told(setup, *service));
        let is_said = !told.is_empty() || (!is_any_told && !hidden.is_empty());
        is_said.then(|| (*status, names(setup, told, NAMED)))
    };
    statuses.filter_map(at).collect()
}

fn providers(world: &World<'_>, causes: &[Cause]) -> String {
    listed(provider_names(world, causes, NAMED), "provider")
}

/// The names of the providers of these causes, each once, in alphabetical order.
fn provider_names(world: &World<'_>, causes: &[Cause], most: usize) -> Names {
    names_of(world, &causes.iter().map(|cause| cause.provider).collect(), most)
}

fn names_of(world: &World<'_>, ids: &BTreeSet<ProviderId>, most: usize) -> Names {
    let mut names: BTreeSet<Option<&str>> = ids.iter().map(|id| Some(world.get(id)?.name)).collect();
    if names.is_empty() {
        // Readers may be told of a service and not of whom it fails by.
        names.insert(None);
    }
    Names::of(names.into_iter().map(|name| name.map(str::to_owned)), most)
}

/// Whether readers may be told of a service.
fn is_told(setup: &Setup, service: ServiceId) -> bool {
    !setup.service(service).is_some_and(|service| service.is_internal)
}

/// The names of the services of an incident that readers may be told of.
fn all_told(setup: &Setup, incident: &Incident) -> Names {
    let ids = incident.services.iter().map(|affected| affected.service);
    names(setup, ids.filter(|id| is_told(setup, *id)).collect(), NAMED)
}

/// The names of services in the order of the configuration.
fn names(setup: &Setup, mut ids: Vec<ServiceId>, most: usize) -> Names {
    setup.sort_by_service(&mut ids, |id| *id);
    Names::of(ids.into_iter().map(|id| setup.service(id).map(|service| service.name.clone())), most)
}

/// The name of a service that readers may be told of, for the timeline.
pub(super) fn service(setup: &Setup, id: ServiceId) -> String {
    if is_told(setup, id) { service_name(setup, id) } else { "Internal services".to_owned() }
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

/// Joins names as an English sentence does: `A`, `A and B`, `A, B and C`; after so many, `A, B and 10 more services`.
fn listed(names: Names, of: &str) -> String {
    let Names { mut named, more } = names;
    match (more, named.is_empty()) {
        (0, _) => {}
        (1, true) => return format!("a {of}"),
        (1, false) => named.push(format!("1 more {of}")),
        (more, true) => return format!("{more} {of}s"),
        (more, false) => named.push(format!("{more} more {of}s")),
    }
    match named.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}
