//! Announced work on our own services: people plan and change it, and judging moves it on at its times.
//!
//! Every change is a line of its own, so that the calendar's sequence rises with each that readers may see.

use domain::{
    IncidentId, MaintenanceId, MaintenanceStatus, Phase, ServiceId, Severity, Status,
    incident::{Actor, Affected, ByHand, Incident, Response},
    judge::Judgement,
    maintenance::{Maintenance, Refusal},
    public::{Occasion, Said, Tongues},
    setup::{Publish, Setup},
    subscription::Thing,
};
use jiff::Timestamp;
use store::{
    Scope,
    incidents::{self, IncidentUpdate},
    judgements,
    maintenances::{self, MaintenanceUpdate},
    public_words, services,
};

use super::{
    Ground,
    escalate::{policies, start_paging},
    impact, log, mark_status_pages, opening, operators, whom, words,
};
use crate::error::CommandError;

/// Most steps that work takes by itself at one time: begin, verify, end.
const MOST_STEPS: usize = 3;

/// Work as people ask for it, by names.
#[derive(Clone, Debug, Default)]
pub struct NewMaintenance {
    /// What readers see.
    pub title: String,
    /// What readers are told of it, Markdown; may be empty.
    pub text: String,
    /// For the team alone; may be empty.
    pub note: String,
    /// Each service with the worst status that readers are told to expect.
    pub services: Vec<(String, Status)>,
    /// The status pages that show it; none is every page that shows one of its services.
    pub pages: Vec<String>,
    /// When it begins and when it ends; each is work of its own.
    pub times: Vec<(Timestamp, Timestamp)>,
    /// Whether a person has to say that it is over.
    pub is_manual_end: bool,
}

/// What people do to work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkAct {
    /// It begins now.
    Start,
    /// It is over now.
    End,
    /// It will not happen, or not go on.
    Cancel,
    /// It ends later, or earlier, than planned.
    Extend(Timestamp),
    /// It is planned for another time.
    Reschedule(Timestamp, Timestamp),
    /// Something is said of it, to readers or only inside.
    Say {
        /// Whether readers may see it.
        is_public: bool,
    },
}

/// Plans work, once for each of its times. Asking the same again, under the same id, changes nothing.
///
/// # Errors
/// When it names something that is not configured, or should not be: see [`Maintenance::check`].
pub fn plan_work(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: MaintenanceId,
    wanted: &NewMaintenance,
) -> Result<Vec<Maintenance>, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let (services, pages) = (named_services(&setup, wanted)?, named_pages(&setup, wanted)?);
    let mut planned = Vec::with_capacity(wanted.times.len());
    for (place, (starts_at, ends_at)) in wanted.times.iter().enumerate() {
        let id = if place == 0 { id } else { MaintenanceId::named(id.0, &place.to_string()) };
        if let Some(known) = maintenances::get(scope, id)? {
            planned.push(known);
            continue;
        }
        let work = Maintenance {
            id,
            number: maintenances::next_number(scope)?,
            title: wanted.title.trim().to_owned(),
            note: wanted.note.trim().to_owned(),
            status: MaintenanceStatus::Scheduled,
            starts_at: *starts_at,
            ends_at: *ends_at,
            began_at: None,
            ended_at: None,
            reminded_at: now,
            is_manual_end: wanted.is_manual_end,
            services: services.clone(),
            pages: pages.clone(),
            incident: None,
            made_at: now,
            made_by: by,
        };
        work.check(now).map_err(rejected)?;
        maintenances::insert(scope, &work)?;
        let said = told(&wanted.text, &setup, &work, Occasion::WorkPlanned);
        if place == 0 {
            say(scope, &work, first_word(said, &wanted.times), true, by, now)?;
        } else {
            // Whoever follows is told of the series once.
            maintenances::record_update(scope, work.id, &word(&work, said, true, by, now))?;
        }
        planned.push(work);
    }
    soon(scope, &setup, now)?;
    Ok(planned)
}

/// Does something to work; `text` is what readers are told, where people say more than the machine would.
///
/// # Errors
/// When there is no such work, or what was asked makes no sense where it is in its life.
pub fn act_on_work(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: MaintenanceId,
    act: &WorkAct,
    text: &str,
) -> Result<Maintenance, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let before = find(scope, id)?;
    let is_public = *act != WorkAct::Say { is_public: false };
    if before.status.is_over() && is_public {
        return Err(rejected(Refusal::Not(before.status, "nothing about it can be changed any more")));
    }
    let (work, occasion) = changed(before, act, now)?;
    if matches!(act, WorkAct::Say { .. }) && text.trim().is_empty() {
        return Err(CommandError::Invalid { field: "text", reason: "give the words to add".to_owned() });
    }
    maintenances::update(scope, &work)?;
    say(scope, &work, told(text, &setup, &work, occasion), is_public, by, now)?;
    soon(scope, &setup, now)?;
    Ok(work)
}

/// Makes work that has gone wrong an incident: it opens with everything that was said of the work, and pages as any other.
/// Asking again returns the incident that it became.
///
/// # Errors
/// When there is no such work, or it has not begun.
pub fn incident_of_work(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: MaintenanceId,
) -> Result<Incident, CommandError> {
    let (_, setup) = ground.setups.current(scope)?;
    let work = find(scope, id)?;
    if let Some(id) = work.incident {
        return incidents::get(scope, id)?.ok_or_else(|| CommandError::NotFound(format!("incident {id}")));
    }
    if work.began_at.is_none() {
        return Err(rejected(Refusal::Not(work.status, "only work that has begun becomes an incident")));
    }
    let mut incident = opened(scope, &setup, &work, by, now)?;
    let policies = policies(&setup, &incident);
    if !policies.is_empty() {
        (incident.first_page_at, incident.generation) = (Some(now), 1);
    }
    impact::insert(scope, &incident)?;
    let detail = format!("maintenance {} became this incident", work.number);
    log(scope, incident.id, now, "opened", by, detail)?;
    // Readers have what was said of the work beside it; whoever works on the incident has it here.
    for MaintenanceUpdate { body, tongues, at, actor, .. } in maintenances::list_updates(scope, work.id)? {
        let said = Said { text: body, tongues };
        let internal =
            IncidentUpdate { is_public: false, ..opening::public_word(&incident, actor, said, at) };
        incidents::push_update(scope, incident.id, &internal)?;
    }
    let noticed = words::of_incident(&setup, &incident, Occasion::Noticed);
    opening::say(scope, &setup, &incident, by, noticed, now)?;
    if incident.publish != Publish::Auto {
        let detail = "it waits to be published: the work was for the readers of some pages, and others show its services";
        log(scope, incident.id, now, "draft", Actor::Machine, detail.to_owned())?;
    }
    let work = Maintenance { incident: Some(incident.id), ..work };
    let work = if work.status.is_over() { work } else { work.turned(MaintenanceStatus::Completed, now) };
    maintenances::update(scope, &work)?;
    let occasion = match incident.publish {
        Publish::Auto => Occasion::WorkFailed,
        Publish::Draft | Publish::Never => Occasion::WorkOverrun,
    };
    say(scope, &work, words::of_work(&setup, &work, occasion), true, by, now)?;
    start_paging(scope, &setup, &incident, &policies, now)?;
    soon(scope, &setup, now)?;
    Ok(incident)
}

/// Moves all work on to where it is at `now`, by what was just judged, and returns what is planned or going on then.
pub(super) fn advance(
    scope: &mut Scope<'_>,
    setup: &Setup,
    judged: &[Judgement],
    now: Timestamp,
) -> Result<Vec<Maintenance>, CommandError> {
    let is_bad = |service: ServiceId| {
        judged.iter().any(|judgement| judgement.service == service && judgement.status.is_trouble())
    };
    let mut live = Vec::new();
    for mut work in maintenances::list_live(scope)? {
        for _ in 0..MOST_STEPS {
            let Some(next) = work.next(is_bad, now) else { break };
            work = work.turned(next, now);
            maintenances::update(scope, &work)?;
            let said = words::of_work(setup, &work, occasion(&work));
            say(scope, &work, said.clone(), true, Actor::Machine, now)?;
            mark_status_pages(scope.tx(), setup, now)?;
            if next == MaintenanceStatus::Verifying {
                let title = format!("Maintenance {} is past its end: {}", work.number, work.title);
                operators::tell_of_work(scope, setup, title, said.text, now)?;
            }
        }
        if let Some(before) = work.reminder(now) {
            work.reminded_at = now;
            maintenances::update(scope, &work)?;
            remind(scope, setup, &work, before.as_secs() / 3600, now)?;
        }
        if !work.status.is_over() {
            live.push(work);
        }
    }
    Ok(live)
}

/// Reminds of work that begins soon: the one place from which everybody who is reminded is told.
fn remind(
    scope: &mut Scope<'_>,
    setup: &Setup,
    work: &Maintenance,
    hours: u64,
    now: Timestamp,
) -> Result<(), CommandError> {
    let said = public_words::Said::Reminder(i64::try_from(hours).unwrap_or(i64::MAX));
    public_words::owe(scope, Thing::Maintenance(work.id), said, now)?;
    let title = format!("Maintenance {} begins in {hours} h: {}", work.number, work.title);
    let detail = format!("planned from {:.0} to {:.0}", work.starts_at, work.ends_at);
    operators::tell_of_work(scope, setup, title, detail, now)
}

/// Returns the work as the act leaves it, and on what occasion readers are told where people say nothing.
fn changed(
    work: Maintenance,
    act: &WorkAct,
    now: Timestamp,
) -> Result<(Maintenance, Occasion), CommandError> {
    let only = |is_right: bool, why| match is_right {
        true => Ok(()),
        false => Err(rejected(Refusal::Not(work.status, why))),
    };
    let planned = work.status == MaintenanceStatus::Scheduled;
    match act {
        WorkAct::Start => only(planned, "it has begun already")?,
        WorkAct::End => only(!planned, "it has not begun; cancel it instead")?,
        WorkAct::Reschedule(..) => only(planned, "it has begun; extend it instead")?,
        WorkAct::Cancel | WorkAct::Extend(_) | WorkAct::Say { .. } => {}
    }
    let work = match act {
        WorkAct::Start => {
            let starts_at = work.starts_at.min(now);
            Maintenance { starts_at, ..work }.turned(MaintenanceStatus::InProgress, now)
        }
        WorkAct::End => work.turned(MaintenanceStatus::Completed, now),
        WorkAct::Cancel => work.turned(MaintenanceStatus::Cancelled, now),
        WorkAct::Extend(to) if work.status == MaintenanceStatus::Verifying => {
            Maintenance { ends_at: *to, ..work }.turned(MaintenanceStatus::InProgress, now)
        }
        WorkAct::Extend(to) => Maintenance { ends_at: *to, ..work },
        WorkAct::Reschedule(from, to) => {
            Maintenance { starts_at: *from, ends_at: *to, reminded_at: now, ..work }
        }
        WorkAct::Say { .. } => work,
    };
    if let WorkAct::Extend(_) | WorkAct::Reschedule(..) = act {
        work.check(now).map_err(rejected)?;
    }
    let occasion = match act {
        WorkAct::Extend(_) => Occasion::WorkExtended,
        WorkAct::Reschedule(..) => Occasion::WorkMoved,
        WorkAct::Start | WorkAct::End | WorkAct::Cancel | WorkAct::Say { .. } => occasion(&work),
    };
    Ok((work, occasion))
}

/// What there is to say of work that has come to this.
const fn occasion(work: &Maintenance) -> Occasion {
    match work.status {
        MaintenanceStatus::InProgress => Occasion::WorkBegun,
        MaintenanceStatus::Verifying => Occasion::WorkOverrun,
        MaintenanceStatus::Completed => Occasion::WorkDone,
        MaintenanceStatus::Cancelled => Occasion::WorkCancelled,
        MaintenanceStatus::Scheduled | MaintenanceStatus::Unknown => Occasion::WorkPlanned,
    }
}

/// What a person says, else what the machine says for them.
fn told(text: &str, setup: &Setup, work: &Maintenance, occasion: Occasion) -> Said {
    match text.trim() {
        "" => words::of_work(setup, work, occasion),
        text => Said::by_a_person(text),
    }
}

fn opened(
    scope: &mut Scope<'_>,
    setup: &Setup,
    work: &Maintenance,
    by: Actor,
    now: Timestamp,
) -> Result<Incident, CommandError> {
    let (number, states) = (incidents::next_number(scope)?, services::list_states(scope)?);
    let affected = work.services.iter().filter_map(|(id, announced)| {
        let judged = states.iter().find(|state| state.service == *id).map(|state| state.status);
        let status = judged.filter(|status| status.is_trouble()).unwrap_or(*announced);
        let status = status.max(Status::DegradedPerformance);
        let pages = setup.service(*id)?.policy.is_some();
        Some(Affected { service: *id, status, worst: status, pages, stated: Some(status) })
    });
    let mut services: Vec<Affected> = affected.collect();
    services.sort_unstable_by_key(|affected| affected.service);
    Ok(Incident {
        id: IncidentId::named(scope.org().0, &number.to_string()),
        number,
        title: work.title.clone(),
        titles: Tongues::default(),
        severity: services.iter().map(|it| it.status.severity()).max().unwrap_or(Severity::Warning),
        response: Response::Open,
        assignee: None,
        phase: Phase::Investigating,
        opened_at: now,
        first_page_at: None,
        generation: 0,
        publish: if is_for_some(setup, work) { Publish::Draft } else { Publish::Auto },
        causes: Vec::new(),
        services,
        by_hand: ByHand { opened_by: Some(by), title: true, phase: true, ..ByHand::default() },
    })
}

/// Whether a page shows services of the work and not the work.
fn is_for_some(setup: &Setup, work: &Maintenance) -> bool {
    let mut others = setup.status_pages.iter().filter(|page| !work.pages.contains(&page.id));
    !work.pages.is_empty() && others.any(|page| work.services.iter().any(|(service, _)| page.shows(*service)))
}

fn find(scope: &mut Scope<'_>, id: MaintenanceId) -> Result<Maintenance, CommandError> {
    maintenances::get(scope, id)?.ok_or_else(|| CommandError::NotFound(format!("maintenance {id}")))
}

fn named_services(setup: &Setup, wanted: &NewMaintenance) -> Result<Vec<(ServiceId, Status)>, CommandError> {
    let mut found: Vec<(ServiceId, Status)> = Vec::new();
    for (slug, status) in &wanted.services {
        let known = setup.services.iter().map(|service| (service.slug.as_str(), service.id)).collect();
        let service = whom::find("services", "service", slug, known)?;
        if *status == Status::Unknown {
            let reason = format!("{slug}: say what is expected of it, such as degraded_performance");
            return Err(CommandError::Invalid { field: "services", reason });
        }
        if found.iter().any(|(other, _)| *other == service) {
            let reason = format!("{slug} is named twice");
            return Err(CommandError::Invalid { field: "services", reason });
        }
        found.push((service, *status));
    }
    Ok(found)
}

fn named_pages(setup: &Setup, wanted: &NewMaintenance) -> Result<Vec<domain::StatusPageId>, CommandError> {
    let known = || setup.status_pages.iter().map(|page| (page.slug.as_str(), page.id)).collect();
    wanted.pages.iter().map(|slug| whom::find("pages", "status page", slug, known())).collect()
}

/// What is said of work first; of work that comes again also how often.
fn first_word(said: Said, times: &[(Timestamp, Timestamp)]) -> Said {
    match times {
        [_, .., (from, to)] => {
            let (text, count) = (said.text, times.len());
            let text = format!(
                "{text}\n\nThis work takes place {count} times, the last time from {from:.0} to {to:.0}."
            );
            Said { text, ..said }
        }
        [] | [_] => said,
    }
}

fn word(of: &Maintenance, said: Said, is_public: bool, actor: Actor, at: Timestamp) -> MaintenanceUpdate {
    let Said { text: body, tongues } = said;
    MaintenanceUpdate { status: of.status, body, tongues, at, is_public, actor }
}

fn say(
    scope: &mut Scope<'_>,
    of: &Maintenance,
    body: Said,
    is_public: bool,
    actor: Actor,
    at: Timestamp,
) -> Result<(), CommandError> {
    Ok(maintenances::push_update(scope, of.id, &word(of, body, is_public, actor, at))?)
}

/// Has the services judged and the pages drawn again at once.
fn soon(scope: &mut Scope<'_>, setup: &Setup, now: Timestamp) -> Result<(), CommandError> {
    let org = scope.org();
    judgements::request(scope.tx(), org, now)?;
    mark_status_pages(scope.tx(), setup, now)
}

fn rejected(refusal: Refusal) -> CommandError {
    CommandError::Rejected(refusal.to_string())
}
