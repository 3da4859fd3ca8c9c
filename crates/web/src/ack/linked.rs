//! What an acknowledge link leads to, read in one transaction.

use axum::http::StatusCode;
use domain::{
    Language, NotificationId, OrgId, Status,
    escalation::Responder,
    incident::{Actor, Incident},
    setup::{Setup, StatusPage, User},
};
use engine::{
    CommandError, Shell,
    behind::{self, Behind},
    commands::{self, whom},
    compose,
};
use jiff::{Timestamp, tz::TimeZone};
use store::{
    Scope, attempts, incidents,
    notifications::{self, Notification},
    services,
};

use super::{
    story::{Line, Reader, lines},
    watch,
};
use crate::problem::Problem;

/// Messages that the story tells of.
const MOST_MESSAGES: u32 = 100;

/// What a link leads to.
pub(super) struct Linked {
    pub(super) org: OrgId,
    /// Where the link itself leads, without the address of the installation.
    pub(super) path: String,
    pub(super) incident: Incident,
    /// The generation of paging that the link was sent by.
    pub(super) generation: u32,
    pub(super) by: Actor,
    pub(super) you: String,
    /// In which zone they read times.
    pub(super) zone: TimeZone,
    pub(super) now: Timestamp,
    pub(super) services: Vec<(String, Status)>,
    pub(super) taken_by: String,
    pub(super) assignee: Option<String>,
    pub(super) behind: Vec<Behind>,
    /// What readers would see, where that waits for somebody's word.
    pub(super) draft: Option<Shown>,
    /// The title and the path of the status page that shows it.
    pub(super) status_page: Option<(String, String)>,
    /// The message that the link was in, and what else it told of.
    pub(super) message: NotificationId,
    pub(super) others: Vec<Other>,
    pub(super) story: Vec<Line>,
    /// What is different once any of this is.
    pub(super) mark: String,
}

/// What readers would see once somebody says so.
pub(super) struct Shown {
    pub(super) title: String,
    pub(super) services: Vec<(String, Status)>,
    pub(super) body: String,
    /// Title and words in other languages.
    pub(super) others: Vec<(Language, String, String)>,
    pub(super) mark: String,
    pub(super) is_refused: bool,
}

/// Another incident that the same message told of.
pub(super) struct Other {
    pub(super) number: i64,
    pub(super) title: String,
    /// How it stands, with who has it.
    pub(super) state: String,
    /// Its own link; `None` where the message only listed it.
    pub(super) path: Option<String>,
    /// Whether acknowledging the message takes it.
    pub(super) is_taken: bool,
}

pub(super) fn unknown() -> Problem {
    Problem::not_found(
        "This link is not one of ours, or it has been cut short. Open it again from the message.",
    )
}

/// Reads what a link leads to.
pub(super) async fn linked(shell: &Shell, token: &str) -> Result<Linked, Problem> {
    let id = shell.key.read_ack_token(token).ok_or_else(unknown)?;
    let shell_of_read = shell.clone();
    let read = shell.read(move |tx| {
        let Some((org, notification)) = notifications::find_any(tx, id)? else { return Ok(None) };
        let mut scope = Scope::new(tx, org);
        let Some(incident) = incidents::get(&mut scope, notification.incident)? else { return Ok(None) };
        let (_, setup) = shell_of_read.ground().setups.current(&mut scope)?;
        if is_former(&setup, &notification) {
            return Ok(Some(Err(former())));
        }
        described(&mut scope, &shell_of_read, incident, &notification).map(|linked| Some(Ok(linked)))
    });
    read.await?.ok_or_else(unknown)?
}

/// Whether a message went to somebody who is no longer in the configuration: their links do nothing any more.
fn is_former(setup: &Setup, of: &Notification) -> bool {
    match of.responder {
        Responder::User(id) => setup.user(id).is_none(),
        Responder::Channel(id) => setup.channel(id).is_none(),
    }
}

fn former() -> Problem {
    Problem::new(
        StatusCode::GONE,
        "Gone",
        "This link is that of somebody who is no longer in the team, so nothing can be done by it.",
    )
}

fn described(
    scope: &mut Scope<'_>,
    shell: &Shell,
    incident: Incident,
    of: &Notification,
) -> Result<Linked, CommandError> {
    let ground = shell.ground();
    let (_, setup) = ground.setups.current(scope)?;
    let Sender { by, you, zone } = sender(&setup, of);
    let now = shell.clock.now();
    let events = incidents::list_events(scope, incident.id)?;
    let mut told = Vec::new();
    for owed in notifications::list(scope, incident.id, MOST_MESSAGES)? {
        let tries = attempts::list(scope, owed.id)?;
        told.push((owed, tries));
    }
    let mark = incidents::mark(scope, incident.id, of.id)?;
    let affected = incident.services.iter();
    // Somebody may have resolved it while the trouble goes on: then it says how the services are.
    let states = if incident.is_resolved() { services::list_states(scope)? } else { Vec::new() };
    let named = |affected: &domain::incident::Affected| {
        let state = states.iter().find(|state| state.service == affected.service);
        let status = state.map_or(affected.status, |state| state.status);
        setup.service(affected.service).map(|service| (service.name.clone(), status))
    };
    Ok(Linked {
        org: scope.org(),
        path: path(shell, of.id),
        generation: of.generation,
        by,
        you,
        services: affected.filter_map(named).collect(),
        taken_by: incident.response.given().map(|(by, _)| compose::name(&setup, by)).unwrap_or_default(),
        assignee: incident.assignee.map(|to| whom::name(&setup, to)),
        behind: behind::behind(scope.tx(), &ground, &incident)?,
        draft: commands::draft(scope, &ground, now, incident.id)?.map(|draft| shown(&setup, draft)),
        status_page: compose::status_page(&setup, &incident).map(titled),
        message: of.id,
        others: others(scope, shell, &setup, of)?,
        story: lines(&setup, &events, &told, &Reader { zone: &zone, now }),
        mark: watch::text(mark.as_ref().map_or(&[][..], |mark| &mark[..])),
        zone,
        now,
        incident,
    })
}

fn shown(setup: &Setup, draft: commands::Draft) -> Shown {
    let services = draft.services.iter();
    let name = |(id, status): &(domain::ServiceId, Status)| Some((setup.service(*id)?.name.clone(), *status));
    Shown {
        services: services.filter_map(name).collect(),
        title: draft.title,
        body: draft.body,
        others: draft.others,
        mark: draft.mark,
        is_refused: draft.is_refused,
    }
}

/// Who acts by a link, and how they read times.
struct Sender {
    by: Actor,
    you: String,
    zone: TimeZone,
}

fn sender(setup: &Setup, of: &Notification) -> Sender {
    match of.responder {
        Responder::User(id) => {
            let zone = setup.user(id).map_or(TimeZone::UTC, |User { time_zone, .. }| time_zone.clone());
            Sender { by: Actor::User(id), you: compose::name(setup, Actor::User(id)), zone }
        }
        Responder::Channel(id) => {
            let channel = setup.channel(id).map_or("a channel", |channel| &channel.slug);
            let by = compose::answerer(setup, of.responder);
            Sender { by, you: format!("somebody in {channel}"), zone: TimeZone::UTC }
        }
    }
}

/// The other incidents of a message: those that its button takes first.
fn others(
    scope: &mut Scope<'_>,
    shell: &Shell,
    setup: &Setup,
    message: &Notification,
) -> Result<Vec<Other>, CommandError> {
    let told = commands::list_told(scope, message)?;
    let mut others: Vec<Other> = told
        .into_iter()
        .skip(1)
        .map(|told| {
            let (is_taken, other) = (told.is_taken(), told.incident);
            let by = other.response.given().map(|(by, _)| compose::name(setup, by));
            let state = match (by, other.response.word()) {
                (Some(by), word) => format!("{word} by {by}"),
                (None, word) if is_taken => word.to_owned(),
                (None, word) => format!("{word}, alerted anew by a later message"),
            };
            let (number, title) = (other.number, other.title);
            Other { number, title, state, path: told.own.map(|own| path(shell, own)), is_taken }
        })
        .collect();
    others.sort_by_key(|other| (!other.is_taken, other.number));
    Ok(others)
}

fn path(shell: &Shell, message: NotificationId) -> String {
    format!("/ack/{}", shell.key.ack_token(message))
}

fn titled(page: &StatusPage) -> (String, String) {
    (page.title.clone(), format!("/status/{}", page.slug))
}
