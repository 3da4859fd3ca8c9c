//! Incidents, to read: a list, and everything on record about one. What people do to them is in `acts`.

mod acts;

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use domain::{
    IncidentId, Role,
    escalation::Responder,
    incident::{CauseKey, Incident},
    setup::Setup,
};
use engine::{
    CommandError, Shell,
    commands::{self, Draft, whom},
    compose,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{
    Scope,
    attempts::{self, AttemptOutcome},
    incidents, notifications, promises,
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
        .route("/incidents", get(list))
        .route("/incidents/{id}", get(one))
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
    notifications: Vec<NotificationJson>,
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
    /// To send with the word that publishes it.
    seen: String,
    rejected: bool,
}

#[derive(Serialize)]
struct DraftedJson {
    service: String,
    status: &'static str,
}

#[derive(Serialize)]
struct UpdateJson {
    at: String,
    phase: &'static str,
    body: String,
    public: bool,
}

#[derive(Serialize)]
struct EventJson {
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
        let draft = commands::draft(&mut scope, &ground, now, incident.id)?;
        let promised = promises::find_due(&mut scope, incident.id)?;
        let updates = incidents::list_updates(&mut scope, incident.id)?;
        let events = incidents::list_events(&mut scope, incident.id)?;
        let mut told = Vec::new();
        for notification in notifications::list(&mut scope, incident.id, NOTIFICATIONS)? {
            let tries = attempts::list(&mut scope, notification.id)?;
            told.push(told_json(&setup, &notification, &tries));
        }
        Ok((setup, incident, updates, events, (told, draft, promised)))
    });
    let (setup, incident, updates, events, (notifications, draft, promised)) = read.await?;
    Ok(Json(Detail {
        incident: json(&shell, &setup, &incident),
        updates: updates
            .into_iter()
            .map(|u| UpdateJson {
                at: u.at.to_string(),
                phase: u.phase.word(),
                body: u.body,
                public: u.is_public,
            })
            .collect(),
        timeline: events
            .into_iter()
            .map(|e| EventJson {
                at: e.at.to_string(),
                kind: e.kind,
                by: compose::name(&setup, e.actor),
                detail: e.detail,
            })
            .collect(),
        notifications,
        draft: draft.map(|draft| draft_json(&setup, draft)),
        next_update_at: promised.map(|at| at.to_string()),
    }))
}

fn draft_json(setup: &Setup, of: Draft) -> DraftJson {
    let services = of.services.iter().filter_map(|(id, status)| {
        Some(DraftedJson { service: setup.service(*id)?.slug.clone(), status: status.word() })
    });
    DraftJson {
        services: services.collect(),
        title: of.title,
        body: of.body,
        seen: of.mark,
        rejected: of.is_refused,
    }
}

fn find(scope: &mut Scope<'_>, id: &str) -> Result<Incident, CommandError> {
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
    NotificationJson {
        id: of.id.to_string(),
        kind: of.kind.word(),
        to,
        contact: of.contact.clone(),
        reason: of.reason.clone(),
        round: of.round,
        step: of.step,
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
