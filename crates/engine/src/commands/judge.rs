//! Judges an organisation: what its services are now, which incidents that makes, and who is owed a page for them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::Duration,
};

use domain::{
    IncidentId, OrgId, PolicyId, ProviderId, ServiceId, Severity, Status,
    incident::{Actor, ByHand, Incident, Response},
    judge::{Finding, Judgement, REOPENED_WITHIN, Wanted, World, attribute, awaited, judge},
    maintenance::{Maintenance, hush},
    public::{Occasion, Said, Tongues},
    setup::{Publish, Setup},
    upstream,
};
use jiff::Timestamp;
use store::{
    Scope, Tx, incidents, judgements,
    timers::{self, Timer},
    told,
};

use super::{
    Ground,
    escalate::{begin_paging, policies, tell_first},
    flapping::{self, Held},
    growth::{grown, merged, watched},
    holders, impact,
    known::Known,
    locks, log, maintenance, notices, postmortem, promise,
    shown::Readers,
    teller::Teller,
    touched::{self, Judged},
    words,
    worse::{self, Paging},
};
use crate::{catalog::Catalog, causes, error::CommandError};

/// When an organisation is tried again whose configuration can't be read.
const UNREADABLE: Duration = Duration::from_secs(5 * 60);

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
        judge_or_put_off(tx, ground, org, &[], now)?;
    }
    Ok(due.len())
}

/// Judges an organisation. One whose configuration can't be read is put off, since it must not hold up the others.
///
/// # Errors
/// When the ledger fails.
pub(super) fn judge_or_put_off(
    tx: &mut Tx<'_>,
    ground: &Ground,
    org: OrgId,
    written: &[ProviderId],
    now: Timestamp,
) -> Result<(), CommandError> {
    match ground.setups.readable(&mut Scope::new(tx, org))? {
        Some(_) => judge_organization(&mut Scope::new(tx, org), ground, written, now),
        None => {
            let later = now.checked_add(UNREADABLE).unwrap_or(now);
            Ok(judgements::request(tx, org, later)?)
        }
    }
}

/// Judges one organisation and writes what follows. `written` are the providers whose knowledge this transaction has written.
///
/// # Errors
/// When the ledger fails or holds no configuration for it.
pub fn judge_organization(
    scope: &mut Scope<'_>,
    ground: &Ground,
    written: &[ProviderId],
    now: Timestamp,
) -> Result<(), CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let known = Known::load(scope, ground, &setup, written)?;
    let world = known.world();
    let mut judged = judge(&setup, &world, now);
    let works = maintenance::advance(scope, &setup, &judged, now)?;
    let covered = hush(&mut judged, &works);
    let found = wanted_of_held(scope, ground, (&setup, &known), &judged, now)?;
    let Before { incidents: before, wanted, behind } = found;
    let running = running(scope)?;
    let (catalog, behind) = (&ground.catalog, &behind);
    let resolved_after = now.checked_sub(REOPENED_WITHIN).unwrap_or(Timestamp::MIN);
    let told = told::list_live(scope, resolved_after)?.into_iter().collect();
    let mut desk = Desk {
        setup: &setup,
        catalog,
        behind,
        world: &world,
        judged: &judged,
        covered,
        running: &running,
        teller: Teller { setup: &setup, world: &world, now, told },
        now,
    };
    let by_id: HashMap<IncidentId, &Incident> =
        before.iter().map(|incident| (incident.id, incident)).collect();
    let mut after: Vec<Incident> = Vec::with_capacity(wanted.len());
    for want in &wanted {
        let held = want.incident.and_then(|id| by_id.get(&id).copied());
        after.push(desk.carry(scope, held, want)?);
    }
    let going_on: HashSet<IncidentId> = wanted.iter().filter_map(|want| want.incident).collect();
    let mut ends_at = works.iter().filter_map(Maintenance::due_at).min();
    for incident in before.iter().filter(|incident| is_left(incident, &going_on)) {
        if incident.is_held() {
            after.push(desk.leave(scope, incident)?);
        } else {
            ends_at = sooner(ends_at, desk.end(scope, incident.clone())?);
        }
    }
    after.extend(before.iter().filter(|it| !it.is_resolved() && it.causes.is_empty()).cloned());
    ends_at = sooner(ends_at, promise::keep_all(scope, &desk.teller, now)?);
    ends_at = sooner(ends_at, postmortem::remind_due(scope, &setup, now)?);
    locks::end_due(scope, &setup, now)?;
    let (teller, locks) = (&desk.teller, &setup.public.locks);
    let readers = Readers { locks, incidents: &after, teller, works: &works };
    let turned = readers.save(scope, &judged, now)?;
    let org = scope.org();
    judgements::clear(scope.tx(), org)?;
    let released = setup.public.locks.iter().filter_map(|lock| lock.until).filter(|until| *until > now);
    if let Some(at) = sooner(judgements_due(&judged), sooner(ends_at, released.min())) {
        judgements::request(scope.tx(), org, at)?;
    }
    let incidents = [&before[..], &after[..]];
    touched::mark(
        scope,
        &setup,
        &Judged { written, turned: &turned, judgements: &judged, incidents, works: &works },
        now,
    )
}

/// As [`wanted`], of incidents that nobody has any more who is no longer in the configuration.
fn wanted_of_held(
    scope: &mut Scope<'_>,
    ground: &Ground,
    (setup, known): (&Setup, &Known),
    judged: &[Judgement],
    now: Timestamp,
) -> Result<Before, CommandError> {
    let found = wanted(scope, ground, known, judged, now)?;
    match holders::replace_holders(scope, setup, &found.incidents, now)? {
        true => wanted(scope, ground, known, judged, now),
        false => Ok(found),
    }
}

/// The incidents before a judgement, and what it wants of them.
pub(super) struct Before {
    pub(super) incidents: Vec<Incident>,
    pub(super) wanted: Vec<Wanted>,
    /// The probable cause of each provider in trouble that has one.
    pub(super) behind: BTreeMap<ProviderId, ProviderId>,
}

/// Returns what the findings want of the incidents.
pub(super) fn wanted(
    scope: &mut Scope<'_>,
    ground: &Ground,
    known: &Known,
    judged: &[Judgement],
    now: Timestamp,
) -> Result<Before, CommandError> {
    let findings: Vec<Finding> = judged.iter().flat_map(|judgement| judgement.findings.clone()).collect();
    let resolved_after = now.checked_sub(REOPENED_WITHIN).unwrap_or(Timestamp::MIN);
    let settled_after = now.checked_sub(SETTLED_FOR).unwrap_or(Timestamp::MIN);
    let incidents = incidents::list_attributable(scope, resolved_after, settled_after)?;
    let events = causes::grouped(&ground.catalog, &known.troubles(ground));
    let behind = upstream::causes(&events);
    let wanted = attribute(&findings, &incidents, &behind, now);
    Ok(Before { incidents, wanted, behind })
}

/// When a trouble that is being held acts first.
fn judgements_due(judged: &[Judgement]) -> Option<Timestamp> {
    judged.iter().filter_map(|judgement| judgement.acts_at).min()
}

fn sooner(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

/// An open incident with causes of which nothing is left.
fn is_left(incident: &Incident, going_on: &HashSet<IncidentId>) -> bool {
    !incident.is_resolved() && !incident.causes.is_empty() && !going_on.contains(&incident.id)
}

/// The timers of the incidents that are not over.
fn running(scope: &mut Scope<'_>) -> Result<HashMap<IncidentId, Vec<Timer>>, CommandError> {
    let mut running: HashMap<IncidentId, Vec<Timer>> = HashMap::new();
    for timer in timers::list_open(scope)? {
        running.entry(timer.incident).or_default().push(timer);
    }
    Ok(running)
}

/// Where incidents are opened, carried on and ended.
struct Desk<'a> {
    setup: &'a Setup,
    catalog: &'a Catalog,
    /// The probable cause of each provider in trouble that has one.
    behind: &'a BTreeMap<ProviderId, ProviderId>,
    world: &'a World<'a>,
    judged: &'a [Judgement],
    /// The services whose trouble is announced work.
    covered: BTreeSet<ServiceId>,
    /// The timers of the incidents that were not over when this judgement began.
    running: &'a HashMap<IncidentId, Vec<Timer>>,
    teller: Teller<'a>,
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
        let mut incident = grown(self.setup, self.world, held, want);
        let paging = worse::paging(self.setup, held, incident.severity, want, self.running(held));
        let mut pages_anew = paging != Paging::GoesOn;
        match held.response {
            Response::Resolved { .. } => {
                incident.severity = want.severity;
                incident.response = Response::Open;
                (incident.by_hand.severity, incident.by_hand.phase) = (false, false);
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
            Response::Acknowledged { .. } | Response::Open if pages_anew => {
                incident.response = Response::Open;
                self.log_growth(scope, held, incident.severity, paging)?;
                notices::stop_paging(scope, held, "paging began anew", self.now)?;
            }
            Response::Acknowledged { .. } | Response::Open => {}
        }
        if held.is_paging() && !want.pages && self.is_covered(want) {
            // Whatever had begun stops; should it outlast or outgrow the work, paging begins anew.
            incident.first_page_at = None;
            notices::stop_paging(scope, held, "covered by announced work", self.now)?;
            log(scope, held.id, self.now, "covered", Actor::Machine, "announced work covers it".to_owned())?;
        }
        if want.pages
            && (pages_anew || (incident.first_page_at.is_none() && incident.response == Response::Open))
        {
            incident.first_page_at = Some(self.now);
            incident.generation += 1;
        }
        if incident != *held {
            self.log_spread(scope, held, &incident)?;
            flapping::came_back(scope, held, self.now)?;
            impact::save(scope, self.setup, held, &incident, Actor::Machine, self.now)?;
        }
        self.teller.tell(scope, held, &incident, want)?;
        match paging {
            Paging::GoesOn => self.page(scope, &incident)?,
            Paging::Again => {
                let policies = self.policies(&incident);
                worse::page_again(scope, self.setup, &incident, &policies, self.running(held), self.now)?;
            }
            Paging::Anew => {
                self.page(scope, &incident)?;
                worse::tell_holder(scope, self.setup, held, &incident, self.now)?;
            }
        }
        self.tell_newcomers(scope, held, &incident)?;
        Ok(incident)
    }

    /// Notes that an incident has got worse, and what that does to its paging.
    fn log_growth(
        &self,
        scope: &mut Scope<'_>,
        held: &Incident,
        risen: Severity,
        paging: Paging,
    ) -> Result<(), CommandError> {
        let rose = format!("severity rose from {} to {risen}", held.severity);
        let (kind, detail) = match (paging, risen > held.severity) {
            (Paging::Again, _) => ("worsened", rose),
            (Paging::Anew | Paging::GoesOn, true) => ("escalated", rose),
            (Paging::Anew | Paging::GoesOn, false) => {
                ("escalated", "it is worse again, and no step was left".to_owned())
            }
        };
        log(scope, held.id, self.now, kind, Actor::Machine, detail)
    }

    /// Notes which further providers an incident has taken with it.
    fn log_spread(
        &self,
        scope: &mut Scope<'_>,
        before: &Incident,
        after: &Incident,
    ) -> Result<(), CommandError> {
        let Some(spread) = words::spread(self.world, before, after) else { return Ok(()) };
        let detail = spread + &self.probably(after);
        log(scope, after.id, self.now, "spread", Actor::Machine, detail)
    }

    /// An incident that somebody has, or was handed, has spread to services of others: they are told once, since nothing else
    /// would.
    fn tell_newcomers(
        &self,
        scope: &mut Scope<'_>,
        before: &Incident,
        after: &Incident,
    ) -> Result<(), CommandError> {
        if after.is_resolved() || (after.response == Response::Open && after.assignee.is_none()) {
            return Ok(());
        }
        let known = self.policies(before);
        let running = self.running(after);
        let has_begun = |policy: &PolicyId| {
            running.iter().any(|timer| timer.policy == *policy && timer.generation == after.generation)
        };
        let new = self.policies(after).into_iter().filter(|it| !known.contains(it) && !has_begun(it));
        new.into_iter().try_for_each(|policy| tell_first(scope, self.setup, after, policy, self.now))
    }

    /// Whether announced work covers a service of this trouble.
    fn is_covered(&self, want: &Wanted) -> bool {
        want.services.iter().any(|(service, ..)| self.covered.contains(service))
    }

    fn running(&self, incident: &Incident) -> &[Timer] {
        self.running.get(&incident.id).map(Vec::as_slice).unwrap_or_default()
    }

    /// What is probably behind the trouble of the providers, for the timeline; nothing where it is one of them itself.
    fn probably(&self, incident: &Incident) -> String {
        let root = incident.causes.iter().find_map(|cause| self.behind.get(&cause.provider));
        let is_named = |root: ProviderId| incident.causes.iter().any(|cause| cause.provider == root);
        match root.filter(|root| !is_named(**root)) {
            Some(root) => format!(", probably because of {}", self.catalog.name(*root)),
            None => String::new(),
        }
    }

    /// Begins to page for an incident by what has not begun yet.
    fn page(&self, scope: &mut Scope<'_>, incident: &Incident) -> Result<(), CommandError> {
        if !incident.is_paging() {
            return Ok(());
        }
        // One that was over has timers of earlier generations at most, which count for nothing.
        begin_paging(scope, self.setup, incident, &self.policies(incident), self.running(incident), self.now)
    }

    fn open(&mut self, scope: &mut Scope<'_>, want: &Wanted) -> Result<Incident, CommandError> {
        let number = incidents::next_number(scope)?;
        let mut incident = Incident {
            id: IncidentId::named(scope.org().0, &number.to_string()),
            number,
            title: String::new(),
            titles: Tongues::default(),
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
            by_hand: ByHand::default(),
        };
        incident.causes.sort_unstable();
        Said { text: incident.title, tongues: incident.titles } =
            words::title(self.setup, self.world, &incident);
        impact::insert(scope, &incident)?;
        let cause = words::cause(self.world, &incident.causes) + &self.probably(&incident);
        log(scope, incident.id, self.now, "opened", Actor::Machine, cause)?;
        let unknown = Incident { publish: Publish::Never, services: Vec::new(), ..incident.clone() };
        self.teller.tell(scope, &unknown, &incident, want)?;
        self.page(scope, &incident)?;
        Ok(incident)
    }

    /// Ends an incident that nothing stands behind any more. Returns when it will end, where it flaps.
    fn end(&mut self, scope: &mut Scope<'_>, incident: Incident) -> Result<Option<Timestamp>, CommandError> {
        let awaited = awaited(self.setup, self.world, self.judged, &incident);
        if !awaited.is_empty() {
            self.watch(scope, incident, &awaited)?;
            return Ok(None);
        }
        if let Held::Until { at, is_new } = flapping::hold(scope, &incident, self.now)? {
            if is_new {
                self.calm(scope, &incident)?;
            }
            return Ok(Some(at));
        }
        let before = incident;
        let incident = before.clone().resolve(Actor::Machine, self.now)?;
        impact::save(scope, self.setup, &before, &incident, Actor::Machine, self.now)?;
        let told = self.teller.as_told(&incident);
        let body = words::last_word(self.setup, self.world, self.judged, &told);
        self.teller.say(scope, &incident, body.clone(), true)?;
        self.teller.end(scope, &incident)?;
        log(scope, incident.id, self.now, "resolved", Actor::Machine, body.text)?;
        notices::stop_paging(scope, &incident, "resolved", self.now)?;
        notices::tell_the_paged(scope, self.setup, &incident, domain::NoticeKind::Resolved, None, self.now)?;
        Ok(None)
    }

    /// Nothing is left behind an incident that a person has to end: it goes on with what people state.
    fn leave(&mut self, scope: &mut Scope<'_>, held: &Incident) -> Result<Incident, CommandError> {
        let services = held.services.iter().map(|affected| affected.judged(Status::Operational, false));
        let incident = Incident { services: services.collect(), ..held.clone() };
        if incident != *held {
            impact::save(scope, self.setup, held, &incident, Actor::Machine, self.now)?;
        }
        self.teller.follow(scope, held, &incident)?;
        Ok(incident)
    }

    /// Trouble has gone out of sight, and no reading shows that it is over: readers are told that we watch, and for what.
    fn watch(
        &mut self,
        scope: &mut Scope<'_>,
        held: Incident,
        awaited: &BTreeSet<ProviderId>,
    ) -> Result<(), CommandError> {
        let mut incident = watched(&held);
        for affected in &mut incident.services {
            let judged = self.judged.iter().find(|judgement| judgement.service == affected.service);
            let is_unknown = judged.is_some_and(|judgement| judgement.status == Status::Unknown);
            affected.status = if is_unknown { Status::Unknown } else { Status::Operational };
        }
        if incident == held {
            return Ok(());
        }
        impact::save(scope, self.setup, &held, &incident, Actor::Machine, self.now)?;
        let who = words::named(self.world, awaited);
        log(
            scope,
            incident.id,
            self.now,
            "awaited",
            Actor::Machine,
            format!("no reading of {who} shows that it is over"),
        )?;
        let body = words::awaited(self.setup, self.world, &self.teller.as_told(&incident), awaited);
        self.teller.end(scope, &incident)?;
        self.teller.say(scope, &incident, body, true)
    }

    /// Trouble has ended and the end is not believed yet: the services work again, the incident goes on.
    fn calm(&mut self, scope: &mut Scope<'_>, before: &Incident) -> Result<(), CommandError> {
        let mut incident = watched(before);
        for affected in &mut incident.services {
            affected.status = Status::Operational;
        }
        impact::save(scope, self.setup, before, &incident, Actor::Machine, self.now)?;
        self.teller.end(scope, &incident)?;
        let body = words::of_incident(self.setup, &incident, Occasion::Calm);
        self.teller.say(scope, &incident, body, true)
    }

    /// The policies of the services that page, each once, in the order of the setup.
    fn policies(&self, incident: &Incident) -> Vec<PolicyId> {
        policies(self.setup, incident)
    }
}
