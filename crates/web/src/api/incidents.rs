//! Incidents, to read: a list, and everything on record about one. What people do to them is in `acts`.

mod acts;
mod record;

use std::collections::BTreeMap;

use axum::{
    Json, Router,
    extract::State,
    routing::{delete, get, patch, post, put},
};
use domain::{
    IncidentId, Role,
    escalation::Responder,
    incident::{CauseKey, Incident},
    postmortem::Postmortem,
    setup::Setup,
};
use engine::{
    CommandError, Shell,
    commands::{self, Draft, Ground, whom},
    compose,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Scope,
    attempts::{self, AttemptOutcome},
    incidents::{self, Linked},
    notifications, postmortems, promises,
};

use super::{
    Caller,
    extract::{Path, Query, bad},
};
use crate::problem::Problem;

/// Incidents on one page at the most.
const MOST: u32 = 100;

/// Notifications shown with one incident.
const NOTIFICATIONS: u32 = 200;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/incidents", get(list).post(record::open))
        .route("/incidents/{id}", get(one).patch(record::edit))
        .route("/incidents/{id}/reopen", post(record::reopen))
        .route("/incidents/{id}/merge", post(record::merge))
        .route("/incidents/{id}/updates/{number}", patch(record::edit_update).delete(record::remove_update))
        .route("/incidents/{id}/impacts", post(record::add_impact))
        .route(
            "/incidents/{id}/impacts/{number}",
            patch(record::correct_impact).delete(record::remove_impact),
        )
        .route("/incidents/{id}/roles/{role}", put(record::give_role).delete(record::take_role))
        .route("/incidents/{id}/links", post(record::add_link))
        .route("/incidents/{id}/links/{number}", delete(record::remove_link))
        .route("/incidents/{id}/acknowledge", post(acts::acknowledge))
        .route("/incidents/{id}/unacknowledge", post(acts::unacknowledge))
        .route("/incidents/{id}/snooze", post(acts::snooze))
        .route("/incidents/{id}/reassign", post(acts::reassign))
        .route("/incidents/{id}/escalate", post(acts::escalate))
        .route("/incidents/{id}/responders", post(acts::add_responder))
        .route("/incidents/{id}/resolve", post(acts::resolve))
        .route("/incidents/{id}/publish", post(acts::publish))
        .route("/incidents/{id}/reject", post(acts::reject))
        .route("/incidents/{id}/updates", post(acts::say))
}

#[derive(Serialize)]
pub(super) struct IncidentJson {
    id: String,
    number: i64,
    title: String,
    severity: &'static str,
    response: &'static str,
    phase: &'static str,
    impact: &'static str,
    opened_at: String,
    started_at: String,
    resolved_at: Option<String>,
    added_afterwards: bool,
    opened_by: Option<String>,
    merged_into: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    responded_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    responded_at: Option<String>,
    /// When the answer lapses and paging begins anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    responded_until: Option<String>,
    snoozed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    assigned_to: Option<String>,
    published: bool,
    services: Vec<AffectedJson>,
    causes: Vec<CauseJson>,
}

#[derive(Serialize)]
struct AffectedJson {
    service: String,
    status: &'static str,
    worst: &'static str,
    /// What a person states that it is.
    stated: Option<&'static str>,
}

#[derive(Serialize)]
struct CauseJson {
    provider: String,
    kind: &'static str,
    id: Option<String>,
}

#[derive(Serialize)]
struct Detail {
    #[serde(flatten)]
    incident: IncidentJson,
    updates: Vec<UpdateJson>,
    timeline: Vec<EventJson>,
    impacts: Vec<ImpactJson>,
    roles: BTreeMap<String, String>,
    links: Vec<LinkJson>,
    notifications: Vec<NotificationJson>,
    /// Where its post-mortem is, if one has begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    postmortem: Option<&'static str>,
    /// What readers would see, where that waits for a person's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<DraftJson>,
    /// When readers are promised the next word.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_update_at: Option<String>,
}

#[derive(Serialize)]
struct DraftJson {
    title: String,
    services: Vec<DraftedJson>,
    body: String,
    /// What readers of the other languages of the status pages would be told, by language.
    languages: BTreeMap<&'static str, SpokenJson>,
    /// To send with the word that publishes it.
    seen: String,
    rejected: bool,
}

#[derive(Serialize)]
struct SpokenJson {
    title: String,
    body: String,
}

#[derive(Serialize)]
struct DraftedJson {
    service: String,
    status: &'static str,
}

#[derive(Serialize)]
struct UpdateJson {
    number: usize,
    at: String,
    phase: &'static str,
    body: String,
    public: bool,
    edited_at: Option<String>,
    removed_at: Option<String>,
}

/// A time in which a service was worse by it.
#[derive(Serialize)]
struct ImpactJson {
    number: i64,
    service: String,
    status: &'static str,
    from: String,
    to: Option<String>,
    by_hand: bool,
}

#[derive(Serialize)]
struct LinkJson {
    number: i64,
    kind: &'static str,
    provider: Option<String>,
    target: String,
    label: String,
}

#[derive(Serialize)]
struct EventJson {
    /// The number of the incident: this one, or one that has become part of it.
    incident: i64,
    at: String,
    kind: String,
    by: String,
    detail: String,
}

#[derive(Serialize)]
struct NotificationJson {
    id: String,
    kind: &'static str,
    to: String,
    contact: String,
    reason: String,
    round: u32,
    step: u32,
    due_at: String,
    state: &'static str,
    attempts: Vec<AttemptJson>,
}

#[derive(Serialize)]
struct AttemptJson {
    id: String,
    started_at: String,
    ended_at: Option<String>,
    outcome: Option<&'static str>,
    answer: Option<String>,
}

#[derive(Serialize)]
struct PageJson {
    data: Vec<IncidentJson>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct ListQuery {
    limit: Option<u32>,
    cursor: Option<String>,
    response: Option<String>,
}

async fn list(
    State(shell): State<Shell>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<PageJson>, Problem> {
    caller.require(Role::Viewer)?;
    let before = query.cursor.as_deref().map(cursor).transpose()?;
    let limit = query.limit.unwrap_or(20).clamp(1, MOST);
    let ground = shell.ground();
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        Ok((setup, incidents::list_recent(&mut scope, before, limit)?))
    });
    let (setup, found) = read.await?;
    let is_last = found.len() < limit as usize;
    let next_cursor = found
        .last()
        .filter(|_| !is_last)
        .map(|incident| format!("{}_{}", incident.opened_at.as_microsecond(), incident.id));
    let wanted =
        |incident: &&Incident| query.response.as_deref().is_none_or(|word| word == incident.response.word());
    let data = found.iter().filter(wanted).map(|incident| json(&shell, &setup, incident)).collect();
    Ok(Json(PageJson { data, next_cursor }))
}

async fn one(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Detail>, Problem> {
    caller.require(Role::Viewer)?;
    let (ground, now) = (shell.ground(), shell.clock.now());
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        let incident = find(&mut scope, &id)?;
        let record = Record::load(&mut scope, &ground, &setup, &incident, now)?;
        Ok((setup, incident, record))
    });
    let (setup, incident, record) = read.await?;
    Ok(Json(record.told(&shell, &setup, &incident)))
}

/// Everything on record about an incident.
struct Record {
    updates: Vec<incidents::IncidentUpdate>,
    timeline: Vec<(i64, incidents::IncidentEvent)>,
    waves: Vec<incidents::StoredWave>,
    roles: Vec<(String, domain::UserId)>,
    links: Vec<incidents::IncidentLink>,
    notifications: Vec<NotificationJson>,
    postmortem: Option<Postmortem>,
    draft: Option<Draft>,
    promised: Option<Timestamp>,
}

impl Record {
    fn load(
        scope: &mut Scope<'_>,
        ground: &Ground,
        setup: &Setup,
        of: &Incident,
        now: Timestamp,
    ) -> Result<Self, CommandError> {
        let mut told = Vec::new();
        for notification in notifications::list(scope, of.id, NOTIFICATIONS)? {
            let tries = attempts::list(scope, notification.id)?;
            told.push(told_json(setup, &notification, &tries));
        }
        Ok(Self {
            updates: incidents::list_updates(scope, of.id)?,
            timeline: incidents::list_timeline(scope, of.id)?,
            waves: incidents::list_waves(scope, of.id)?,
            roles: incidents::list_roles(scope, of.id)?,
            links: incidents::list_links(scope, of.id)?,
            notifications: told,
            postmortem: postmortems::find(scope, of.id)?,
            draft: commands::draft(scope, ground, now, of.id)?,
            promised: promises::find_due(scope, of.id)?,
        })
    }

    fn told(self, shell: &Shell, setup: &Setup, of: &Incident) -> Detail {
        let updates = self.updates.into_iter().enumerate().map(|(place, u)| UpdateJson {
            number: place + 1,
            at: u.at.to_string(),
            phase: u.phase.word(),
            body: u.body,
            public: u.is_public,
            edited_at: u.edited.map(|edit| edit.at.to_string()),
            removed_at: u.removed_at.map(|at| at.to_string()),
        });
        let timeline = self.timeline.into_iter().map(|(incident, e)| EventJson {
            incident,
            at: e.at.to_string(),
            kind: e.kind,
            by: compose::name(setup, e.actor),
            detail: e.detail,
        });
        let service = |id| setup.service(id).map_or_else(|| id.to_string(), |service| service.slug.clone());
        let impacts = self.waves.into_iter().map(|stored| ImpactJson {
            number: stored.number,
            service: service(stored.wave.service),
            status: stored.wave.status.word(),
            from: stored.wave.from.to_string(),
            to: stored.wave.to.map(|at| at.to_string()),
            by_hand: stored.is_by_hand,
        });
        let email = |id| setup.user(id).map_or_else(|| id.to_string(), |user| user.email.clone());
        Detail {
            incident: json(shell, setup, of),
            updates: updates.collect(),
            timeline: timeline.collect(),
            impacts: impacts.collect(),
            roles: self.roles.into_iter().map(|(role, user)| (role, email(user))).collect(),
            links: self.links.into_iter().map(|link| link_json(shell, link)).collect(),
            notifications: self.notifications,
            postmortem: self.postmortem.map(|of| of.stage.word()),
            draft: self.draft.map(|draft| draft_json(setup, draft)),
            next_update_at: self.promised.map(|at| at.to_string()),
        }
    }
}

fn link_json(shell: &Shell, link: incidents::IncidentLink) -> LinkJson {
    let (kind, provider, target) = match link.to {
        Linked::Provider(id, target) => ("provider", Some(id), target),
        Linked::Alert(target) => ("alert", None, target),
        Linked::Url(target) => ("url", None, target),
    };
    let slug = |id: domain::ProviderId| {
        shell.catalog.get(id).map_or_else(|| id.to_string(), |provider| provider.slug.clone())
    };
    LinkJson { number: link.number, kind, provider: provider.map(slug), target, label: link.label }
}

fn draft_json(setup: &Setup, of: Draft) -> DraftJson {
    let services = of.services.iter().filter_map(|(id, status)| {
        Some(DraftedJson { service: setup.service(*id)?.slug.clone(), status: status.word() })
    });
    let others = of.others.into_iter();
    DraftJson {
        languages: others
            .map(|(language, title, body)| (language.tag(), SpokenJson { title, body }))
            .collect(),
        services: services.collect(),
        title: of.title,
        body: of.body,
        seen: of.mark,
        rejected: of.is_refused,
    }
}

pub(super) fn find(scope: &mut Scope<'_>, id: &str) -> Result<Incident, CommandError> {
    let found = match (IncidentId::parse(id), id.trim_start_matches('#').parse()) {
        (Some(id), _) => incidents::get(scope, id)?,
        (None, Ok(number)) => incidents::find_by_number(scope, number)?,
        (None, Err(_)) => None,
    };
    found.ok_or_else(|| CommandError::NotFound(format!("incident {id}")))
}

fn cursor(text: &str) -> Result<(Timestamp, IncidentId), Problem> {
    let bad = || bad("the cursor is not one we gave");
    let (at, id) = text.split_once('_').ok_or_else(bad)?;
    let at = at.parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok()).ok_or_else(bad)?;
    Ok((at, IncidentId::parse(id).ok_or_else(bad)?))
}

pub(super) fn json(shell: &Shell, setup: &Setup, of: &Incident) -> IncidentJson {
    let given = of.response.given();
    let services =
        of.services.iter().filter_map(|affected| Some((setup.service(affected.service)?, affected)));
    let causes = of.causes.iter().map(|cause| {
        let provider = shell.catalog.get(cause.provider);
        let (kind, id) = match &cause.key {
            CauseKey::Incident(id) => ("incident", Some(id.clone())),
            CauseKey::Component(id) => ("component", Some(id.clone())),
            CauseKey::Page => ("page", None),
        };
        CauseJson {
            provider: provider.map_or_else(|| cause.provider.to_string(), |p| p.slug.clone()),
            kind,
            id,
        }
    });
    IncidentJson {
        id: of.id.to_string(),
        number: of.number,
        title: of.title.clone(),
        severity: of.severity.word(),
        response: of.response.word(),
        phase: of.phase.word(),
        impact: of.impact().word(),
        opened_at: of.opened_at.to_string(),
        started_at: of.began_at().to_string(),
        resolved_at: of.resolved_at().map(|at| at.to_string()),
        added_afterwards: of.is_added_afterwards(),
        opened_by: of.by_hand.opened_by.map(|by| compose::name(setup, by)),
        merged_into: of.by_hand.merged_into.map(|id| id.to_string()),
        responded_by: given.map(|(by, _)| compose::name(setup, by)),
        responded_at: given.map(|(_, at)| at.to_string()),
        responded_until: of.response.until().map(|until| until.to_string()),
        snoozed: of.response.is_snoozed(),
        assigned_to: of.assignee.map(|to| whom::name(setup, to)),
        published: of.publish == domain::setup::Publish::Auto,
        services: services
            .map(|(service, affected)| AffectedJson {
                service: service.slug.clone(),
                status: affected.status.word(),
                worst: affected.worst.word(),
                stated: affected.stated.map(domain::Status::word),
            })
            .collect(),
        causes: causes.collect(),
    }
}

fn told_json(
    setup: &Setup,
    of: &notifications::Notification,
    tries: &[attempts::Attempt],
) -> NotificationJson {
    let to = match of.responder {
        Responder::User(id) => setup.user(id).map_or_else(|| id.to_string(), |user| user.email.clone()),
        Responder::Channel(id) => {
            setup.channel(id).map_or_else(|| id.to_string(), |c| format!("channel:{}", c.slug))
        }
    };
    let (round, step) = of.place();
    NotificationJson {
        id: of.id.to_string(),
        kind: of.kind.word(),
        to,
        contact: of.contact.clone(),
        reason: of.reason.clone(),
        round,
        step,
        due_at: of.due_at.to_string(),
        state: of.state.word(),
        attempts: tries
            .iter()
            .map(|attempt| AttemptJson {
                id: attempt.id.to_string(),
                started_at: attempt.started_at.to_string(),
                ended_at: attempt.ended_at.map(|at| at.to_string()),
                outcome: attempt.outcome.map(AttemptOutcome::word),
                answer: attempt.answer.clone(),
            })
            .collect(),
    }
}
