//! Which incident a finding belongs to: one cause, one incident.
//!
//! Findings that share a cause belong together. Trouble that no incident of the provider explains joins whatever else is
//! wrong at that provider, since a provider that fails in two places at once rarely does so for two reasons; trouble that
//! different provider incidents explain stays apart. A group continues the open incident that it shares a cause with, or
//! that began without an explanation at the same provider; and it reopens one that was resolved a moment ago. Providers that
//! one upstream is probably behind share an incident.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::Duration,
};

use jiff::Timestamp;

use super::Finding;
use crate::{
    IncidentId, ProviderId, ServiceId, Severity, Status,
    incident::{Actor, Cause, CauseKey, Incident, Response},
    public::Saying,
    setup::Publish,
};

/// Trouble that comes back within this time of the end is the same incident again, not a second page for a new one.
pub const REOPENED_WITHIN: Duration = Duration::from_secs(15 * 60);

/// An incident as the findings want it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The incident that goes on, or that opens again; `None` is a new one.
    pub incident: Option<IncidentId>,
    /// Everything behind it, each once, in ascending order.
    pub causes: Vec<Cause>,
    /// The services in trouble by it, with what they are now and whether they page, in ascending order.
    pub services: Vec<(ServiceId, Status, bool)>,
    /// How urgent: the worst of the services that page, else of all.
    pub severity: Severity,
    /// Whether anything pages.
    pub pages: bool,
    /// The most that any finding allows to be told.
    pub publish: Publish,
    /// What may be told of each finding.
    pub says: Vec<Saying>,
    /// When the trouble was first seen.
    pub since: Timestamp,
}

/// Gathers findings into incidents.
///
/// `behind` names the probable cause of providers that are in trouble together: what is wrong at them is one incident.
///
/// `known` holds the open incidents, those resolved less than [`REOPENED_WITHIN`] ago, and those that people resolved
/// lately. Open incidents that no result names have no finding left: they are over.
#[must_use]
pub fn attribute(
    findings: &[Finding],
    known: &[Incident],
    behind: &BTreeMap<ProviderId, ProviderId>,
    now: Timestamp,
) -> Vec<Wanted> {
    let mut groups = joined_by_provider(joined_by_cause(findings));
    groups.retain(|group| !known.iter().any(|incident| is_settled(incident, group)));
    let mut chosen: Vec<Option<IncidentId>> = vec![None; groups.len()];
    let mut taken: HashSet<IncidentId> = HashSet::new();
    // A shared cause says more than a shared provider: whoever shares one with an incident chooses before the others.
    for choose in [sharing, unexplained] {
        for (group, chosen) in groups.iter().zip(&mut chosen).filter(|(_, chosen)| chosen.is_none()) {
            let free = known.iter().filter(|incident| !taken.contains(&incident.id)).collect();
            *chosen = choose(group, free, now);
            taken.extend(*chosen);
        }
    }
    let placed = groups.into_iter().zip(chosen).map(|(group, incident)| (incident, group)).collect();
    joined_by_upstream(placed, known, behind).iter().map(|(incident, group)| want(*incident, group)).collect()
}

type Group<'a> = Vec<&'a Finding>;

/// A person has ended this incident while the trouble went on: their word stands until it gets worse or is over.
fn is_settled(incident: &Incident, group: &Group<'_>) -> bool {
    let Response::Resolved { by: Actor::User(_) | Actor::Account(_) | Actor::Operator, at } =
        incident.response
    else {
        return false;
    };
    let wanted = want(None, group);
    shares(&incident.causes, &wanted.causes) && wanted.since <= at && wanted.severity <= incident.severity
}

/// Findings that share a cause, directly or through others.
fn joined_by_cause(findings: &[Finding]) -> Vec<Group<'_>> {
    // A group that is joined leaves its place empty. Where a cause is found now is looked up, not searched for: when most of
    // the world fails at once there are thousands of findings.
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut place_of: HashMap<&Cause, usize> = HashMap::new();
    for finding in findings {
        let places: BTreeSet<usize> =
            finding.causes.iter().filter_map(|cause| place_of.get(cause).copied()).collect();
        let mut group: Group<'_> =
            places.into_iter().flat_map(|place| std::mem::take(&mut groups[place])).collect();
        group.push(finding);
        let causes = group.iter().flat_map(|finding| &finding.causes);
        place_of.extend(causes.map(|cause| (cause, groups.len())));
        groups.push(group);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Groups that no provider incident explains join the first other group of the same provider.
fn joined_by_provider(groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    let (mut explained, unexplained): (Vec<Group<'_>>, Vec<Group<'_>>) =
        groups.into_iter().partition(|group| is_explained(group));
    for group in unexplained {
        match explained.iter_mut().find(|other| same_provider(other, &group)) {
            Some(other) => other.extend(group),
            None => explained.push(group),
        }
    }
    explained
}

/// What is new joins what goes on: a group without an incident is one with the group whose incident already has a cause of
/// it, and with others that the same upstream is probably behind. Incidents that go on stay apart, since ending one would say
/// that its trouble is over.
fn joined_by_upstream<'a>(
    placed: Vec<(Option<IncidentId>, Group<'a>)>,
    known: &[Incident],
    behind: &BTreeMap<ProviderId, ProviderId>,
) -> Vec<(Option<IncidentId>, Group<'a>)> {
    let (mut joined, fresh): (Vec<_>, Vec<_>) =
        placed.into_iter().partition(|(incident, _)| incident.is_some());
    let known: HashMap<IncidentId, &Incident> =
        known.iter().map(|incident| (incident.id, incident)).collect();
    for (_, group) in fresh {
        let (causes, root) = (causes_of(&group), root_of(&group, behind));
        let holds = |incident: Option<IncidentId>| {
            incident.and_then(|id| known.get(&id)).is_some_and(|known| shares(&known.causes, &causes))
        };
        let place = joined.iter().position(|(incident, _)| holds(*incident)).or_else(|| {
            joined.iter().position(|(_, other)| root.is_some() && root_of(other, behind) == root)
        });
        match place {
            Some(place) => joined[place].1.extend(group),
            None => joined.push((None, group)),
        }
    }
    joined
}

fn root_of(group: &Group<'_>, behind: &BTreeMap<ProviderId, ProviderId>) -> Option<ProviderId> {
    let mut causes = group.iter().flat_map(|finding| &finding.causes);
    causes.find_map(|cause| behind.get(&cause.provider).copied())
}

/// The incident, open or over since a moment, that shares a cause with the group.
fn sharing(group: &Group<'_>, free: Vec<&Incident>, now: Timestamp) -> Option<IncidentId> {
    let causes = causes_of(group);
    let open_or_recent = |incident: &&Incident| match incident.resolved_at() {
        None => true,
        Some(at) => at.checked_add(REOPENED_WITHIN).is_ok_and(|until| now < until),
    };
    first(free.into_iter().filter(open_or_recent).filter(|incident| shares(&incident.causes, &causes)))
}

/// The open incident at the same provider, where one of the two has no explanation.
fn unexplained(group: &Group<'_>, free: Vec<&Incident>, _: Timestamp) -> Option<IncidentId> {
    let causes = causes_of(group);
    first(free.into_iter().filter(|incident| {
        let at_provider =
            incident.causes.iter().any(|c| causes.iter().any(|other| other.provider == c.provider));
        let either = !is_explained(group) || !incident.causes.iter().any(is_incident);
        !incident.is_resolved() && at_provider && either
    }))
}

/// Open ones come first, and of those the oldest.
fn first<'a>(incidents: impl Iterator<Item = &'a Incident>) -> Option<IncidentId> {
    incidents
        .min_by_key(|incident| (incident.is_resolved(), incident.opened_at, incident.id))
        .map(|incident| incident.id)
}

fn want(incident: Option<IncidentId>, group: &Group<'_>) -> Wanted {
    let mut services: Vec<(ServiceId, Status, bool)> = Vec::new();
    for finding in group {
        match services.iter_mut().find(|(service, ..)| *service == finding.service) {
            Some((_, status, pages)) => {
                *status = (*status).max(finding.status);
                *pages |= finding.pages;
            }
            None => services.push((finding.service, finding.status, finding.pages)),
        }
    }
    services.sort_unstable_by_key(|(service, ..)| *service);
    let pages = group.iter().any(|finding| finding.pages);
    let counted = group.iter().filter(|finding| finding.pages || !pages);
    Wanted {
        incident,
        causes: causes_of(group),
        services,
        severity: counted.map(|finding| finding.status.severity()).max().unwrap_or(Severity::Info),
        pages,
        says: group.iter().map(|finding| saying(finding)).collect(),
        publish: group.iter().map(|finding| finding.say.right()).max().unwrap_or(Publish::Never),
        since: group.iter().map(|finding| finding.since).min().unwrap_or(Timestamp::MAX),
    }
}

fn saying(finding: &Finding) -> Saying {
    Saying { service: finding.service, say: finding.say, causes: finding.causes.clone() }
}

fn causes_of(group: &Group<'_>) -> Vec<Cause> {
    let mut causes: Vec<Cause> = group.iter().flat_map(|finding| finding.causes.iter().cloned()).collect();
    causes.sort_unstable();
    causes.dedup();
    causes
}

fn shares(a: &[Cause], b: &[Cause]) -> bool {
    a.iter().any(|cause| b.contains(cause))
}

fn is_incident(cause: &Cause) -> bool {
    matches!(cause.key, CauseKey::Incident(_))
}

fn is_explained(group: &Group<'_>) -> bool {
    group.iter().any(|finding| finding.causes.iter().any(is_incident))
}

fn same_provider(a: &Group<'_>, b: &Group<'_>) -> bool {
    a.iter().flat_map(|finding| &finding.causes).any(|cause| {
        b.iter().flat_map(|finding| &finding.causes).any(|other| other.provider == cause.provider)
    })
}
