//! Incidents that people open, change and open again. Judging leaves alone what they state, and a person ends them.

use domain::{
    IncidentId, Phase, PolicyId, ServiceId, Severity, Status,
    incident::{Actor, ByHand, Incident, Refusal, Response},
    public::{Occasion, Said, Template, Tongues},
    setup::{Publish, Setup},
};
use jiff::Timestamp;
use store::{Scope, incidents, timers::Timer};

use super::{
    Ground,
    escalate::{policies, start_paging, tell_first},
    impact, log, postmortem, promise,
    respond::{begin, begin_live, judge_soon, refused, resolve},
    whom, words, worse,
};
use crate::{
    error::CommandError,
    readers::{self, as_readers_know},
};

/// The longest title in characters.
const LONGEST_TITLE: usize = 200;

/// An incident as people open it.
#[derive(Clone, Debug)]
pub struct NewIncident {
    /// One line.
    pub title: String,
    /// What is said of it first, Markdown; may be empty.
    pub text: String,
    /// Each service, by slug, with what it is.
    pub services: Vec<(String, Status)>,
    /// How urgent; by the worst service where nothing is said.
    pub severity: Option<Severity>,
    /// Whether it pages by the policies of its services.
    pub pages: bool,
    /// Whether readers may see it.
    pub is_public: bool,
    /// When the trouble began, where that is past; then it pages nobody.
    pub began_at: Option<Timestamp>,
    /// When it was over, for what is recorded afterwards.
    pub resolved_at: Option<Timestamp>,
    /// The template that says whatever is not said here, by its name.
    pub template: Option<String>,
}

/// What people change of an incident; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct IncidentEdit {
    /// One line.
    pub title: Option<String>,
    /// How urgent.
    pub severity: Option<Severity>,
    /// Where it is in its life.
    pub phase: Option<Phase>,
    /// Each service, by slug, with what it is now.
    pub services: Vec<(String, Status)>,
    /// What readers are told with it, Markdown; may be empty.
    pub text: String,
}

/// Opens an incident by a person's word. Asking the same again, under the same id, changes nothing.
///
/// # Errors
/// When it names something that is not configured, or its times can't be those of an incident.
pub fn open(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    wanted: &NewIncident,
) -> Result<Incident, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    if let Some(known) = incidents::get(scope, id)? {
        return Ok(known);
    }
    let template = whom::template(&setup, wanted.template.as_deref())?;
    let phase = template.and_then(|template| template.phase).filter(|_| wanted.resolved_at.is_none());
    if phase == Some(Phase::Resolved) {
        let reason = "this template ends an incident: open one with another".to_owned();
        return Err(CommandError::Invalid { field: "template", reason });
    }
    let wanted = &from_template(wanted, template);
    let mut incident = new(scope, &setup, now, by, id, wanted)?;
    incident.phase = phase.unwrap_or(incident.phase);
    let follows = policies(&setup, &incident);
    if !follows.is_empty() {
        (incident.first_page_at, incident.generation) = (Some(now), 1);
    }
    impact::insert(scope, &incident)?;
    if incident.by_hand.began_at.is_some() {
        // The machine saw nothing of it so far: a person's word amends the history.
        for stored in incidents::list_waves(scope, id)? {
            incidents::correct_wave(scope, id, stored.number, &stored.wave)?;
        }
    }
    log(scope, id, now, "opened", by, words::opened_by(&setup, by, &incident))?;
    let text = Some(wanted.text.trim()).filter(|text| !text.is_empty());
    match wanted.resolved_at {
        Some(ended_at) => end_afterwards(scope, &setup, by, incident, text, ended_at, now),
        None => {
            say(scope, &setup, &incident, by, told(text, &setup, &incident, Occasion::Noticed), now)?;
            start_paging(scope, &setup, &incident, &follows, now)?;
            judge_soon(scope, &setup, now)?;
            Ok(incident)
        }
    }
}

/// What is wanted, with a template saying what people did not.
fn from_template(wanted: &NewIncident, template: Option<&Template>) -> NewIncident {
    let mut wanted = wanted.clone();
    let Some(template) = template else { return wanted };
    if wanted.title.trim().is_empty() {
        wanted.title = template.title.clone().unwrap_or_default();
    }
    if wanted.text.trim().is_empty() {
        wanted.text = template.text.clone().unwrap_or_default();
    }
    wanted.severity = wanted.severity.or(template.severity);
    wanted
}

/// The incident as it is wanted, before it pages.
fn new(
    scope: &mut Scope<'_>,
    setup: &Setup,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    wanted: &NewIncident,
) -> Result<Incident, CommandError> {
    let services = whom::services(setup, &wanted.services, false)?;
    if services.is_empty() {
        let reason = "name a service with what it is, such as checkout=degraded_performance".to_owned();
        return Err(CommandError::Invalid { field: "services", reason });
    }
    check_times(setup, wanted, now)?;
    let worst = services.iter().map(|(_, status)| status.severity()).max();
    let by_hand = ByHand {
        opened_by: Some(by),
        began_at: wanted.began_at.filter(|at| *at < now),
        title: true,
        phase: true,
        severity: wanted.severity.is_some(),
        merged_into: None,
    };
    let incident = Incident {
        id,
        number: incidents::next_number(scope)?,
        title: title(&wanted.title)?,
        titles: Tongues::default(),
        severity: wanted.severity.or(worst).unwrap_or(Severity::Warning),
        response: Response::Open,
        assignee: None,
        phase: Phase::Investigating,
        opened_at: now,
        first_page_at: None,
        generation: 0,
        publish: if wanted.is_public { Publish::Auto } else { Publish::Never },
        causes: Vec::new(),
        services: Vec::new(),
        by_hand,
    };
    Ok(state(setup, incident, &services, wanted.pages && by_hand.began_at.is_none()))
}

/// It is over already: nobody is paged, and nobody is told but who reads it.
fn end_afterwards(
    scope: &mut Scope<'_>,
    setup: &Setup,
    by: Actor,
    incident: Incident,
    text: Option<&str>,
    ended_at: Timestamp,
    now: Timestamp,
) -> Result<Incident, CommandError> {
    let over = incident.clone().resolve(by, ended_at)?;
    impact::save(scope, setup, &incident, &over, by, ended_at)?;
    let until = words::instant(ended_at);
    log(scope, over.id, now, "resolved", by, format!("was over at {until}, {}", words::by(setup, by)))?;
    let word = told(text, setup, &over, Occasion::AddedAfterwards);
    incidents::record_update(scope, over.id, &public_word(&over, by, word, now))?;
    judge_soon(scope, setup, now)?;
    Ok(over)
}

fn check_times(setup: &Setup, wanted: &NewIncident, now: Timestamp) -> Result<(), CommandError> {
    let began_at = wanted.began_at.unwrap_or(now);
    let ended_at = wanted.resolved_at.unwrap_or(now);
    let is_empty = wanted.resolved_at.is_some() && began_at >= ended_at;
    if is_empty || began_at > now || ended_at > now {
        return Err(refused(setup, Refusal::Times { began_at, ended_at }));
    }
    Ok(())
}

/// Changes an incident by a person's word, and tells readers of a phase or a status that is new. One that pages, and that is
/// more severe by it, pages again as that severe.
///
/// # Errors
/// When there is no such incident, the phase does not follow the present one, or something is named that is not configured.
pub fn edit(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    wanted: &IncidentEdit,
) -> Result<Incident, CommandError> {
    let (setup, before) = begin(scope, ground, id)?;
    let mut after = before.clone();
    if let Some(text) = &wanted.title {
        (after.title, after.titles) = (title(text)?, Tongues::default());
        after.by_hand.title = true;
    }
    if let Some(severity) = wanted.severity {
        after.severity = severity;
        after.by_hand.severity = true;
    }
    let services = whom::services(&setup, &wanted.services, true)?;
    if !services.is_empty() {
        before.unresolved().map_err(|refusal| refused(&setup, refusal))?;
        let pages = before.by_hand.began_at.is_none();
        after = state(&setup, after, &services, pages);
    }
    let ends = wanted.phase == Some(Phase::Resolved) && !before.is_resolved();
    if let Some(phase) = wanted.phase.filter(|_| !ends) {
        after = after.moved(phase).map_err(|refusal| refused(&setup, refusal))?;
    }
    for (kind, detail) in words::edited(&before, &after) {
        log(scope, id, now, kind, by, format!("{detail}, {}", words::by(&setup, by)))?;
    }
    let known = as_readers_know(scope, before.clone())?.unwrap_or_else(|| before.clone());
    if after != before {
        let raised = if ends { None } else { worse::raise(scope, &setup, by, &before, &mut after, now)? };
        impact::save(scope, &setup, &before, &after, by, now)?;
        page_changed(scope, &setup, (&before, &after), raised, now)?;
    }
    readers::follow(scope, &after)?;
    // Of what is kept from readers the machine says nothing in a person's place.
    let told = as_readers_know(scope, after.clone())?.unwrap_or_else(|| after.clone());
    let said = words::told(&setup, &known, &told, wanted.text.trim());
    if let Some(said) = said {
        let phase = postmortem::phase_of_word(scope, &after, wanted.phase)?;
        tell(scope, &setup, &after, phase, by, said, now)?;
    }
    if ends {
        return resolve(scope, ground, now, by, id);
    }
    judge_soon(scope, &setup, now)?;
    Ok(after)
}

/// Opens an incident that was over again: its record goes on, and it pages as at first. Its services are what is said of
/// them, else what they were when it ended.
///
/// # Errors
/// When there is no such incident, it has become part of another, or nothing is known of its services.
pub fn reopen(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    wanted: &IncidentEdit,
    pages: bool,
) -> Result<Incident, CommandError> {
    let (setup, before) = begin(scope, ground, id)?;
    if !before.is_resolved() {
        return Ok(before);
    }
    let named = whom::services(&setup, &wanted.services, false)?;
    let services = if named.is_empty() { last_seen(scope, &before)? } else { named };
    if services.is_empty() {
        let reason = "say which services it touches, such as checkout=degraded_performance".to_owned();
        return Err(CommandError::Invalid { field: "services", reason });
    }
    let mut open = before.clone();
    open.services.iter_mut().for_each(|affected| affected.pages = false);
    let open = state(&setup, open, &services, pages);
    let follows = policies(&setup, &open);
    let open = open.opened_again(!follows.is_empty(), now).map_err(|refusal| refused(&setup, refusal))?;
    log(scope, id, now, "reopened", by, words::by(&setup, by))?;
    impact::save(scope, &setup, &before, &open, by, now)?;
    readers::follow(scope, &open)?;
    let text = Some(wanted.text.trim()).filter(|text| !text.is_empty());
    say(scope, &setup, &open, by, told(text, &setup, &open, Occasion::Reopened), now)?;
    if open.is_paging() {
        start_paging(scope, &setup, &open, &follows, now)?;
    }
    judge_soon(scope, &setup, now)?;
    Ok(open)
}

/// What the services were when the incident ended.
fn last_seen(scope: &mut Scope<'_>, of: &Incident) -> Result<Vec<(ServiceId, Status)>, CommandError> {
    let ended = of.resolved_at();
    let waves = incidents::list_waves(scope, of.id)?;
    let last = waves.iter().filter(|stored| ended.is_some() && stored.wave.to == ended);
    Ok(last.map(|stored| (stored.wave.service, stored.wave.status)).collect())
}

/// The incident with what a person states of services; those that have a policy page by it.
fn state(setup: &Setup, incident: Incident, services: &[(ServiceId, Status)], pages: bool) -> Incident {
    let mut incident = incident;
    for &(service, status) in services {
        let has_policy = setup.service(service).is_some_and(|service| service.policy.is_some());
        incident = incident.restated(service, status, false);
        let own = incident.services.iter_mut().find(|affected| affected.service == service);
        if let Some(own) = own {
            own.pages |= pages && has_policy && status.is_trouble();
        }
        if !incident.by_hand.severity {
            incident.severity = incident.severity.max(status.severity());
        }
    }
    incident
}

/// People have changed an incident: it pages again where they have raised it, and whoever is new to it is paged or told.
pub(super) fn page_changed(
    scope: &mut Scope<'_>,
    setup: &Setup,
    (before, after): (&Incident, &Incident),
    raised: Option<Vec<Timer>>,
    now: Timestamp,
) -> Result<(), CommandError> {
    match raised {
        Some(running) => worse::page_again(scope, setup, after, &policies(setup, after), &running, now),
        None => page_newcomers(scope, setup, before, after, now),
    }
}

/// Services have joined an incident: who is on call for them is paged, or told where somebody has it already.
fn page_newcomers(
    scope: &mut Scope<'_>,
    setup: &Setup,
    before: &Incident,
    after: &Incident,
    now: Timestamp,
) -> Result<(), CommandError> {
    let follows = policies(setup, after);
    if after.is_paging() {
        return start_paging(scope, setup, after, &follows, now);
    }
    if after.is_resolved() || after.response == Response::Open {
        return Ok(());
    }
    let known: Vec<PolicyId> = policies(setup, before);
    let new = follows.into_iter().filter(|policy| !known.contains(policy));
    new.into_iter().try_for_each(|policy| tell_first(scope, setup, after, policy, now))
}

fn title(text: &str) -> Result<String, CommandError> {
    let text = text.trim();
    let wrong = |reason: String| Err(CommandError::Invalid { field: "title", reason });
    if text.is_empty() {
        return wrong("an incident has a title".to_owned());
    }
    if text.chars().nth(LONGEST_TITLE).is_some() || text.contains(char::is_control) {
        return wrong(format!("a title is one line of at most {LONGEST_TITLE} characters"));
    }
    Ok(text.to_owned())
}

/// What a person says, else what the machine says for them.
fn told(text: Option<&str>, setup: &Setup, of: &Incident, occasion: Occasion) -> Said {
    text.map_or_else(|| words::of_incident(setup, of, occasion), Said::by_a_person)
}

/// Tells readers something of an incident, which promises them the next word.
pub(super) fn say(
    scope: &mut Scope<'_>,
    setup: &Setup,
    of: &Incident,
    by: Actor,
    body: Said,
    at: Timestamp,
) -> Result<(), CommandError> {
    let phase = postmortem::phase_of_word(scope, of, None)?;
    tell(scope, setup, of, phase, by, body, at)
}

fn tell(
    scope: &mut Scope<'_>,
    setup: &Setup,
    of: &Incident,
    phase: Phase,
    by: Actor,
    body: Said,
    at: Timestamp,
) -> Result<(), CommandError> {
    let update = incidents::IncidentUpdate { phase, ..public_word(of, by, body, at) };
    incidents::push_update(scope, of.id, &update)?;
    promise::after_word(scope, setup, of, None, at)
}

/// What readers are told of an incident.
pub(super) fn public_word(of: &Incident, by: Actor, body: Said, at: Timestamp) -> incidents::IncidentUpdate {
    incidents::IncidentUpdate {
        phase: of.phase,
        body: body.text,
        tongues: body.tongues,
        at,
        is_public: true,
        actor: by,
        edited: None,
        removed_at: None,
    }
}

/// Makes one incident part of another, which goes on with its causes, services, links and timeline. What it still owed is
/// not owed any more; whoever was paged for it is told that it is over there. It can't be undone.
///
/// # Errors
/// When there is no such incident, they are one already, the other is over, or readers would lose one that they can see.
pub fn merge(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    part: IncidentId,
    into: IncidentId,
) -> Result<Incident, CommandError> {
    let (setup, into) = begin_live(scope, ground, into)?;
    let (_, part) = begin(scope, ground, part)?;
    if part.id == into.id {
        return Err(CommandError::Invalid { field: "into", reason: "name another incident".to_owned() });
    }
    if part.by_hand.merged_into == Some(into.id) {
        return Ok(into);
    }
    if part.publish == Publish::Auto && into.publish != Publish::Auto {
        return Err(CommandError::Rejected(format!(
            "readers see incident {} and not incident {}: publish that first, or merge it into this one",
            part.number, into.number
        )));
    }
    super::merging::merge(scope, &setup, (part, into), by, now)
}
