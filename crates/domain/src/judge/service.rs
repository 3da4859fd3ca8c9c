//! What a service's dependencies do to it.
//!
//! Of a provider's three ways to speak, components decide first; where none of ours has a status word, open incidents
//! decide; where there are none, the page's claim about the whole. What disagrees with the decision is kept as a note.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Finding, Judgement, Outlook, World};
use crate::{
    Impact, ProviderId, ServiceId, Severity, Status,
    incident::{Cause, CauseKey},
    knowledge::{KnownComponent, KnownIncident},
    setup::{Dependency, Effect, Service, Setup, Upstream},
};

/// Judges every service, in the order of the setup. Services that depend on others are judged after them; a cycle, which
/// the configuration refuses, reads as unknown.
#[must_use]
pub fn judge(setup: &Setup, world: &World<'_>, now: Timestamp) -> Vec<Judgement> {
    let mut done: BTreeMap<ServiceId, Judgement> = BTreeMap::new();
    // Each pass judges those whose upstream services are done; the number of passes is bounded by the depth of the graph.
    for _ in 0..setup.services.len() {
        let ready: Vec<&Service> = setup
            .services
            .iter()
            .filter(|service| !done.contains_key(&service.id))
            .filter(|service| upstream_services(service).all(|id| done.contains_key(&id)))
            .collect();
        if ready.is_empty() {
            break;
        }
        let judged: Vec<Judgement> =
            ready.into_iter().map(|service| judge_service(setup, service, world, &done, now)).collect();
        done.extend(judged.into_iter().map(|judgement| (judgement.service, judgement)));
    }
    let in_order = |service: &Service| done.remove(&service.id).unwrap_or_else(|| unjudged(service));
    setup.services.iter().map(in_order).collect()
}

fn upstream_services(service: &Service) -> impl Iterator<Item = ServiceId> + '_ {
    service.depends_on.iter().filter_map(|dependency| match dependency.upstream {
        Upstream::Service(id) => Some(id),
        Upstream::Provider(_) => None,
    })
}

fn unjudged(service: &Service) -> Judgement {
    let notes = vec!["depends on itself".to_owned()];
    let unknown = Status::Unknown;
    Judgement {
        service: service.id,
        status: unknown,
        untroubled: unknown,
        findings: Vec::new(),
        notes,
        acts_at: None,
    }
}

fn judge_service(
    setup: &Setup,
    service: &Service,
    world: &World<'_>,
    done: &BTreeMap<ServiceId, Judgement>,
    now: Timestamp,
) -> Judgement {
    let mut judgement = Judgement {
        service: service.id,
        status: Status::Operational,
        untroubled: Status::Operational,
        findings: Vec::new(),
        notes: Vec::new(),
        acts_at: None,
    };
    let mut bearing = 0;
    let mut is_unknown = false;
    for dependency in service.depends_on.iter().filter(|dependency| dependency.effect != Effect::Ignore) {
        let observation = match dependency.upstream {
            Upstream::Provider(id) => observe(id, dependency, world.get(&id), &mut judgement.notes),
            Upstream::Service(id) => observe_service(setup, done.get(&id)),
        };
        if dependency.effect != Effect::Annotate {
            bearing += 1;
            is_unknown |= observation.status == Status::Unknown;
        }
        weigh(service, dependency, observation, now, &mut judgement);
    }
    if is_unknown || bearing == 0 {
        judgement.untroubled = Status::Unknown;
    }
    let worst = judgement.findings.iter().map(|finding| finding.status).max();
    judgement.status = worst.unwrap_or(judgement.untroubled);
    judgement
}

/// What is seen upstream, before it means anything for us.
struct Observation {
    name: String,
    status: Status,
    causes: Vec<Cause>,
    since: Option<Timestamp>,
}

/// Adds what one dependency does to the judgement.
fn weigh(
    service: &Service,
    dependency: &Dependency,
    seen: Observation,
    now: Timestamp,
    judgement: &mut Judgement,
) {
    if seen.status == Status::UnderMaintenance && dependency.show_maintenance {
        if dependency.effect == Effect::Annotate {
            judgement.notes.push(format!("{} is under maintenance", seen.name));
        } else {
            judgement.untroubled = Status::UnderMaintenance;
        }
    }
    let Some(since) = seen.since.filter(|_| seen.status.is_trouble()) else { return };
    let acts_at = since.checked_add(dependency.hold).unwrap_or(Timestamp::MAX);
    if acts_at > now {
        judgement.acts_at = Some(judgement.acts_at.map_or(acts_at, |other| other.min(acts_at)));
        return;
    }
    let status = match dependency.effect {
        Effect::Mirror => seen.status,
        Effect::Soften => seen.status.softened(),
        Effect::Annotate | Effect::Ignore => Status::Operational,
    };
    if !status.is_trouble() {
        judgement.notes.push(format!("{} reports {}", seen.name, in_words(seen.status)));
        return;
    }
    let pages = service.policy.is_some() && dependency.page.is_some_and(|threshold| status >= threshold);
    let say = dependency.publish.say(status, since, now);
    if let Some(at) = say.speaks_at {
        judgement.acts_at = Some(judgement.acts_at.map_or(at, |other| other.min(at)));
    }
    judgement.findings.push(Finding {
        service: service.id,
        upstream: dependency.upstream,
        causes: seen.causes,
        observed: seen.status,
        status,
        since,
        pages,
        say,
    });
}

fn observe(
    id: ProviderId,
    dependency: &Dependency,
    outlook: Option<&Outlook<'_>>,
    notes: &mut Vec<String>,
) -> Observation {
    let nothing = |name: &str| Observation {
        name: name.to_owned(),
        status: Status::Unknown,
        causes: Vec::new(),
        since: None,
    };
    let Some(outlook) = outlook else { return nothing("a provider that is not configured") };
    if outlook.knowledge.first_read_at.is_none() {
        return nothing(outlook.name);
    }
    let matched = matching(dependency, outlook, notes);
    if matched.is_empty() && !dependency.components.is_empty() && !outlook.knowledge.components.is_empty() {
        return nothing(outlook.name);
    }
    let incidents: Vec<&KnownIncident> =
        outlook.knowledge.open_incidents().filter(|known| concerns(known, &matched)).collect();
    let by_component = worst_component(&matched);
    match by_component {
        Some((status, since)) => {
            contradict(outlook, status, &incidents, notes);
            let mut causes: Vec<Cause> = troubled(&matched).map(|known| component_cause(id, known)).collect();
            let explaining = incidents.iter().filter(|known| explains(known, &matched));
            causes.extend(explaining.map(|known| incident_cause(id, known)));
            observation(outlook, status, causes, since)
        }
        None if !incidents.is_empty() => {
            let seen = by_incidents(id, outlook, &incidents);
            // An incident without impact is no evidence that components without a status work.
            let is_silent = seen.status == Status::Operational && !matched.is_empty();
            if is_silent { nothing(outlook.name) } else { seen }
        }
        None if matched.is_empty() => by_indicator(id, outlook),
        None => nothing(outlook.name),
    }
}

/// The components that the dependency names; all of them when it names none.
fn matching<'a>(
    dependency: &Dependency,
    outlook: &Outlook<'a>,
    notes: &mut Vec<String>,
) -> Vec<&'a KnownComponent> {
    if dependency.components.is_empty() {
        return outlook.knowledge.components.iter().collect();
    }
    let mut matched: Vec<&KnownComponent> = Vec::new();
    for key in &dependency.components {
        match outlook.knowledge.component(key) {
            Some(known) if !matched.iter().any(|other| other.component.id == known.component.id) => {
                matched.push(known)
            }
            Some(_) => {}
            None if outlook.knowledge.components.is_empty() => {}
            None => notes.push(format!("{} has no component '{key}'", outlook.name)),
        }
    }
    matched
}

/// The worst status word among the components and, for trouble, since when; `None` when none has a word we know.
fn worst_component(matched: &[&KnownComponent]) -> Option<(Status, Option<Timestamp>)> {
    let known = matched.iter().filter(|known| known.component.status != Status::Unknown);
    let worst = known.clone().map(|known| known.component.status).max()?;
    let has_unknown = known.count() < matched.len();
    if has_unknown && !worst.is_trouble() {
        return None;
    }
    Some((worst, troubled(matched).filter_map(|known| known.trouble_since).min()))
}

fn troubled<'a>(matched: &'a [&'a KnownComponent]) -> impl Iterator<Item = &'a &'a KnownComponent> {
    matched.iter().filter(|known| known.component.status.is_trouble())
}

/// An incident concerns the dependency when it lists one of its components, or lists none at all.
fn concerns(known: &KnownIncident, matched: &[&KnownComponent]) -> bool {
    let listed = &known.incident.components;
    listed.is_empty()
        || matched.is_empty()
        || listed.iter().any(|id| matched.iter().any(|m| m.component.id == *id))
}

/// An incident explains a component's trouble when it lists that component.
fn explains(known: &KnownIncident, matched: &[&KnownComponent]) -> bool {
    troubled(matched).any(|component| known.incident.components.contains(&component.component.id))
}

fn by_incidents(id: ProviderId, outlook: &Outlook<'_>, incidents: &[&KnownIncident]) -> Observation {
    let worst =
        incidents.iter().map(|known| known.incident.impact.as_status()).max().unwrap_or(Status::Unknown);
    let causing = incidents.iter().filter(|known| known.incident.impact.as_status().is_trouble());
    let since = causing.clone().map(|known| known.first_seen_at).min();
    observation(outlook, worst, causing.map(|known| incident_cause(id, known)).collect(), since)
}

fn by_indicator(id: ProviderId, outlook: &Outlook<'_>) -> Observation {
    let status = outlook.knowledge.claim();
    let causes = vec![Cause { provider: id, key: CauseKey::Page }];
    observation(outlook, status, causes, outlook.knowledge.overall_trouble_since)
}

/// Notes that the provider's incidents say worse than its components do.
fn contradict(outlook: &Outlook<'_>, decided: Status, incidents: &[&KnownIncident], notes: &mut Vec<String>) {
    for known in incidents.iter().filter(|known| known.incident.impact >= Impact::Minor) {
        let said = known.incident.impact.as_status();
        if said.severity() > Severity::Info && !decided.is_trouble() {
            let (name, impact) = (&known.incident.name, known.incident.impact);
            notes.push(format!(
                "{} shows its components working, but has an open incident of impact {impact}: {name}",
                outlook.name
            ));
        }
    }
}

fn observe_service(setup: &Setup, upstream: Option<&Judgement>) -> Observation {
    let name = upstream
        .and_then(|judged| setup.service(judged.service))
        .map_or("a service", |service| &service.name);
    let findings = upstream.map(|judged| judged.findings.as_slice()).unwrap_or_default();
    let mut causes: Vec<Cause> = findings.iter().flat_map(|finding| finding.causes.clone()).collect();
    causes.sort_unstable();
    causes.dedup();
    Observation {
        name: name.to_owned(),
        status: upstream.map_or(Status::Unknown, |judged| judged.status),
        causes,
        since: findings.iter().map(|finding| finding.since).min(),
    }
}

fn observation(
    outlook: &Outlook<'_>,
    status: Status,
    mut causes: Vec<Cause>,
    since: Option<Timestamp>,
) -> Observation {
    causes.sort_unstable();
    causes.dedup();
    Observation { name: outlook.name.to_owned(), status, causes, since }
}

fn component_cause(provider: ProviderId, known: &KnownComponent) -> Cause {
    Cause { provider, key: CauseKey::Component(known.component.id.clone()) }
}

fn incident_cause(provider: ProviderId, known: &KnownIncident) -> Cause {
    Cause { provider, key: CauseKey::Incident(known.incident.id.clone()) }
}

fn in_words(status: Status) -> String {
    status.word().replace('_', " ")
}
