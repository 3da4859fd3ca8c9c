//! Judges an organisation: what its services are now, which incidents that makes, and who is owed a page for them.

use std::{sync::Arc, time::Duration};

use domain::{
    OrgId, Phase, PolicyId, ProviderId, SourceHealth, Status,
    incident::{Actor, Affected, Incident, Response},
    judge::{Finding, Judgement, Outlook, REOPENED_WITHIN, Wanted, World, attribute, judge},
    knowledge::Knowledge,
    setup::{Publish, Setup},
    upstream::{self, Trouble},
};
use jiff::Timestamp;
use store::{Scope, Tx, incidents, judgements, services, services::ServiceState};

use super::{
    Ground, contacts,
    escalate::{policies, start_paging},
    flapping::{self, Held},
    log, mark_status_pages, notices, words,
};
use crate::{causes, error::CommandError};

/// How long a person's word that an incident is over stands against trouble that goes on.
const SETTLED_FOR: Duration = Duration::from_secs(30 * 24 * 3600);

/// Judges the organisations whose time has come; returns how many.
///
/// # Errors
/// When the ledger fails.
pub fn judge_due(
    tx: &mut Tx<'_>,
    ground: &Ground,
    now: Timestamp,
    limit: u32,
) -> Result<usize, CommandError> {
    let due: Vec<OrgId> = judgements::claim_due(tx, now, limit)?;
    for &org in &due {
        judge_organization(&mut Scope::new(tx, org), ground, None, now)?;
    }
    Ok(due.len())
}

/// Judges one organisation and writes what follows. `written` is the provider whose knowledge this transaction has written.
///
/// # Errors
/// When the ledger fails or holds no configuration for it.
pub fn judge_organization(
    scope: &mut Scope<'_>,
    ground: &Ground,
    written: Option<ProviderId>,
    now: Timestamp,
) -> Result<(), CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let known = Known::load(scope, ground, &setup, written)?;
    let world = known.world();
    let judged = judge(&setup, &world, now);
    let findings: Vec<Finding> = judged.iter().flat_map(|judgement| judgement.findings.clone()).collect();
    let resolved_after = now.checked_sub(REOPENED_WITHIN).unwrap_or(Timestamp::MIN);
    let settled_after = now.checked_sub(SETTLED_FOR).unwrap_or(Timestamp::MIN);
    let before = incidents::list_attributable(scope, resolved_after, settled_after)?;
    let events = causes::grouped(&ground.catalog, &known.troubles(ground));
    let wanted = attribute(&findings, &before, &upstream::causes(&events), now);
    let mut desk = Desk { setup: &setup, world: &world, judged: &judged, now };
    let mut after: Vec<Incident> = Vec::with_capacity(wanted.len());
    for want in &wanted {
        let held = want.incident.and_then(|id| before.iter().find(|incident| incident.id == id));
        after.push(desk.carry(scope, held, want)?);
    }
    let mut ends_at = None;
    for incident in before.iter().filter(|incident| is_over(incident, &wanted)) {
        ends_at = sooner(ends_at, desk.end(scope, incident.clone())?);
    }
    save_states(scope, &judged, &after, now)?;
    let org = scope.org();
    judgements::clear(scope.tx(), org)?;
    if let Some(at) = sooner(judgements_due(&judged), ends_at) {
        judgements::request(scope.tx(), org, at)?;
    }
    mark_status_pages(scope.tx(), &setup, now)
}

/// When a trouble that is being held acts first.
fn judgements_due(judged: &[Judgement]) -> Option<Timestamp> {
    judged.iter().filter_map(|judgement| judgement.acts_at).min()
}

fn sooner(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

/// An open incident that came from judging and that nothing stands behind any more.
fn is_over(incident: &Incident, wanted: &[Wanted]) -> bool {
    !incident.is_resolved()
        && !incident.causes.is_empty()
        && !wanted.iter().any(|want| want.incident == Some(incident.id))
}

/// What is known of the providers an organisation depends on.
struct Known(Vec<(ProviderId, String, Arc<Knowledge>, SourceHealth)>);

impl Known {
    fn load(
        scope: &mut Scope<'_>,
        ground: &Ground,
        setup: &Setup,
        written: Option<ProviderId>,
    ) -> Result<Self, CommandError> {
        let mut known = Vec::new();
        for id in setup.providers() {
            if let Some((knowledge, health)) = ground.memory.recall(scope.tx(), id, written)? {
                known.push((id, ground.catalog.name(id), knowledge, health));
            }
        }
        Ok(Self(known))
    }

    /// Those that are in trouble, with what they say of it.
    fn troubles(&self, ground: &Ground) -> Vec<Trouble> {
        let known = self.0.iter();
        known.filter_map(|(id, _, knowledge, _)| causes::trouble(&ground.catalog, *id, knowledge)).collect()
    }

    fn world(&self) -> World<'_> {
        self.0
            .iter()
            .map(|(id, name, knowledge, health)| (*id, Outlook { name, knowledge, health: *health }))
            .collect()
    }
}

/// Where incidents are opened, carried on and ended.
struct Desk<'a> {
    setup: &'a Setup,
    world: &'a World<'a>,
    judged: &'a [Judgement],
    now: Timestamp,
}

impl Desk<'_> {
    /// Makes the incident what the findings want it to be.
    fn carry(
        &mut self,
        scope: &mut Scope<'_>,
        held: Option<&Incident>,
        want: &Wanted,
    ) -> Result<Incident, CommandError> {
        let Some(held) = held else { return self.open(scope, want) };
        let mut incident = held.clone();
        incident.services = merged(&held.services, want);
        incident.causes = union(&held.causes, want);
        incident.publish = held.publish.max(want.publish);
        incident.phase = words::phase(self.world, &incident.causes);
        let is_worse = want.severity > held.severity;
        incident.severity = held.severity.max(want.severity);
        let mut pages_anew = false;
        match held.response {
            Response::Resolved { .. } => {
                incident.severity = want.severity;
                incident.response = Response::Open;
                pages_anew = want.pages;
                incident.first_page_at = None;
                log(
                    scope,
                    held.id,
                    self.now,
                    "reopened",
                    Actor::Machine,
                    words::reopened(self.setup, &incident),
                )?;
            }
            Response::Acknowledged { .. } if is_worse && want.pages => {
                incident.response = Response::Open;
                pages_anew = true;
                let detail = format!("severity rose from {} to {}", held.severity, want.severity);
                log(scope, held.id, self.now, "escalated", Actor::Machine, detail)?;
            }
            Response::Open if is_worse && want.pages && self.turns_on_steps(held, &incident) => {
                pages_anew = true;
                let detail = format!(
                    "severity rose from {} to {}, which turns on further steps",
                    held.severity, want.severity
                );
                log(scope, held.id, self.now, "escalated", Actor::Machine, detail)?;
            }
            Response::Acknowledged { .. } | Response::Open => {}
        }
        if want.pages
            && (pages_anew || (incident.first_page_at.is_none() && incident.response == Response::Open))
        {
            incident.first_page_at = Some(self.now);
            incident.generation += 1;
        }
        if incident != *held {
            flapping::came_back(scope, held, self.now)?;
            self.tell_readers(scope, held, &incident)?;
            incidents::update(scope, &incident)?;
        }
        if is_worse && incident.is_paging() {
            contacts::release_held(scope, &incident, self.now)?;
        }
        if incident.is_paging() {
            start_paging(scope, self.setup, &incident, &self.policies(&incident), self.now)?;
        }
        Ok(incident)
    }

    fn open(&mut self, scope: &mut Scope<'_>, want: &Wanted) -> Result<Incident, CommandError> {
        let number = incidents::next_number(scope)?;
        let mut incident = Incident {
            id: domain::IncidentId::named(scope.org().0, &number.to_string()),
            number,
            title: words::title(self.setup, self.world, want),
            severity: want.severity,
            response: Response::Open,
            assignee: None,
            phase: words::phase(self.world, &want.causes),
            opened_at: self.now,
            first_page_at: want.pages.then_some(self.now),
            generation: u32::from(want.pages),
            publish: want.publish,
            causes: want.causes.clone(),
            services: merged(&[], want),
        };
        incident.causes.sort_unstable();
        incidents::insert(scope, &incident)?;
        log(
            scope,
            incident.id,
            self.now,
            "opened",
            Actor::Machine,
            words::cause(self.world, &incident.causes),
        )?;
        let body = words::first_word(self.setup, self.world, &incident);
        self.say(scope, &incident, body)?;
        if incident.is_paging() {
            start_paging(scope, self.setup, &incident, &self.policies(&incident), self.now)?;
        }
        Ok(incident)
    }

    /// Ends an incident that nothing stands behind any more. Returns when it will end, where it flaps.
    fn end(&mut self, scope: &mut Scope<'_>, incident: Incident) -> Result<Option<Timestamp>, CommandError> {
        if let Held::Until { at, is_new } = flapping::hold(scope, &incident, self.now)? {
            if is_new {
                self.calm(scope, incident)?;
            }
            return Ok(Some(at));
        }
        let incident = incident.resolve(Actor::Machine, self.now)?;
        incidents::update(scope, &incident)?;
        let body = words::last_word(self.setup, self.world, self.judged, &incident);
        self.say(scope, &incident, body.clone())?;
        log(scope, incident.id, self.now, "resolved", Actor::Machine, body)?;
        notices::stop_paging(scope, &incident, "resolved", self.now)?;
        notices::tell_the_paged(scope, self.setup, &incident, domain::NoticeKind::Resolved, None, self.now)?;
        Ok(None)
    }

    /// Trouble has ended and the end is not believed yet: the services work again, the incident goes on.
    fn calm(&self, scope: &mut Scope<'_>, mut incident: Incident) -> Result<(), CommandError> {
        for affected in &mut incident.services {
            affected.status = Status::Operational;
        }
        incident.phase = Phase::Monitoring;
        incidents::update(scope, &incident)?;
        self.say(scope, &incident, words::CALM.to_owned())
    }

    /// Tells readers what is different about an incident that goes on.
    fn tell_readers(
        &self,
        scope: &mut Scope<'_>,
        before: &Incident,
        after: &Incident,
    ) -> Result<(), CommandError> {
        match words::next_word(self.setup, self.world, before, after) {
            Some(body) => self.say(scope, after, body),
            None => Ok(()),
        }
    }

    fn say(&self, scope: &mut Scope<'_>, incident: &Incident, body: String) -> Result<(), CommandError> {
        let update = incidents::IncidentUpdate {
            phase: incident.phase,
            body,
            at: self.now,
            is_public: true,
            actor: Actor::Machine,
        };
        incidents::push_update(scope, incident.id, &update)?;
        Ok(())
    }

    /// Whether steps apply to the incident as it has become that did not apply to it as it was.
    fn turns_on_steps(&self, before: &Incident, after: &Incident) -> bool {
        let policies = self.policies(after).into_iter().filter_map(|policy| self.setup.policy(policy));
        policies.into_iter().any(|policy| policy.turns_on(before.severity, after.severity))
    }

    /// The policies of the services that page, each once, in the order of the setup.
    fn policies(&self, incident: &Incident) -> Vec<PolicyId> {
        policies(self.setup, incident)
    }
}

/// The services of an incident after a judgement: those no longer in trouble by it have recovered, and stay listed.
fn merged(before: &[Affected], want: &Wanted) -> Vec<Affected> {
    let mut services: Vec<Affected> = before
        .iter()
        .map(|affected| Affected { status: Status::Operational, pages: false, ..*affected })
        .collect();
    for &(service, status, pages) in &want.services {
        match services.iter_mut().find(|affected| affected.service == service) {
            Some(affected) => {
                *affected = Affected { service, status, worst: affected.worst.max(status), pages }
            }
            None => services.push(Affected { service, status, worst: status, pages }),
        }
    }
    services.sort_unstable_by_key(|affected| affected.service);
    services
}

fn union(before: &[domain::incident::Cause], want: &Wanted) -> Vec<domain::incident::Cause> {
    let mut causes = before.to_vec();
    causes.extend(want.causes.iter().cloned());
    causes.sort_unstable();
    causes.dedup();
    causes
}

/// Writes what each service is now, and what readers may see of it.
fn save_states(
    scope: &mut Scope<'_>,
    judgements: &[Judgement],
    incidents: &[Incident],
    now: Timestamp,
) -> Result<(), CommandError> {
    let before = services::list_states(scope)?;
    for judgement in judgements {
        let public = judgement.public_status(|finding| is_told(finding, incidents));
        let old = before.iter().find(|state| state.service == judgement.service);
        let since = |same: bool, at: Option<Timestamp>| at.filter(|_| same).unwrap_or(now);
        let state = ServiceState {
            service: judgement.service,
            status: judgement.status,
            since: since(old.is_some_and(|s| s.status == judgement.status), old.map(|s| s.since)),
            public_status: public,
            public_since: since(old.is_some_and(|s| s.public_status == public), old.map(|s| s.public_since)),
            notes: judgement.notes.clone(),
            judged_at: now,
        };
        services::save_state(scope, &state)?;
    }
    Ok(())
}

/// A finding is told when its rule says so by itself, or when a person has published the incident it belongs to.
fn is_told(finding: &Finding, incidents: &[Incident]) -> bool {
    finding.publish == Publish::Auto
        || (finding.publish == Publish::Draft
            && incidents.iter().any(|incident| {
                incident.publish == Publish::Auto
                    && incident.causes.iter().any(|cause| finding.causes.contains(cause))
            }))
}
