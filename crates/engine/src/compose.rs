//! Makes a message of a notification: what it says, whom it goes to, and by which address.

use domain::{
    NoticeKind, ProviderId, ServiceId, Status,
    account::Account,
    escalation::Responder,
    incident::{Actor, CauseKey, Incident, Response, Term},
    knowledge::Knowledge,
    setup::{Destination, Setup, StatusPage},
};
use formats::messages::{CauseFacts, IncidentFacts, Notice, PageMessage, Recipient, Snooze};
use jiff::tz::TimeZone;
use store::{
    Scope,
    notifications::{self, Notification},
    providers,
};

use crate::{catalog::Catalog, commands::whom, error::CommandError, shell::Shell};

/// A message, ready to be sent.
#[derive(Clone, Debug)]
pub struct Message {
    /// Where it goes.
    pub destination: Destination,
    /// What it says.
    pub page: PageMessage,
    /// The zone that the receiver reads times in.
    pub zone: TimeZone,
    /// Signs it, where the destination takes signatures and has no secret of its own.
    pub secret: String,
    /// The token that acknowledges by it.
    pub ack_token: String,
    /// What the destination called the first message about the incident.
    pub thread: Option<String>,
}

/// Makes the message of a notification, which tells of other incidents as well. `None` when its address is no longer in the configuration.
///
/// # Errors
/// When the ledger fails.
pub fn compose(
    scope: &mut Scope<'_>,
    shell: &Desk,
    setup: &Setup,
    incident: &Incident,
    also: &[&Incident],
    notification: &Notification,
) -> Result<Option<Message>, CommandError> {
    let Some(address) = address(setup, notification) else { return Ok(None) };
    let secret = shell.key.webhook_secret(address.owner, &notification.contact);
    let ack_token = shell.key.ack_token(notification.id);
    let thread = notifications::thread(scope, notification)?;
    let page = PageMessage {
        id: notification.id.to_string(),
        organization: setup.organization.slug.clone(),
        notice: notice(setup, incident, notification.kind, &address.zone),
        incident: facts(scope, &shell.catalog, setup, incident)?,
        also: also.iter().map(|incident| listed(setup, incident)).collect(),
        to: Recipient {
            user: address.name.clone(),
            step: notification.step,
            round: notification.round,
            reason: notification.reason.clone(),
        },
        ack_url: can_be_acknowledged(incident, notification.kind)
            .then(|| format!("{}/ack/{ack_token}", shell.public_url)),
        status_page: status_page(setup, incident)
            .map(|page| format!("{}/status/{}", shell.public_url, page.slug)),
        delayed: false,
        possible_duplicate: false,
    };
    let Address { destination, zone, .. } = address;
    Ok(Some(Message { destination, page, zone, secret, ack_token, thread }))
}

/// What composing needs of the shell, so that it can be taken into a transaction.
#[derive(Clone, Debug)]
pub struct Desk {
    key: crate::links::SigningKey,
    public_url: String,
    catalog: std::sync::Arc<Catalog>,
}

impl Desk {
    /// Takes what composing needs.
    #[must_use]
    pub fn of(shell: &Shell) -> Self {
        Self {
            key: shell.key.clone(),
            public_url: shell.identity.public_url.clone(),
            catalog: std::sync::Arc::clone(&shell.catalog),
        }
    }
}

impl Desk {
    /// Whether vendors can call us back: they do so over `https` only.
    pub(crate) fn is_called_back(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

struct Address {
    destination: Destination,
    name: String,
    owner: uuid::Uuid,
    zone: TimeZone,
}

fn address(setup: &Setup, notification: &Notification) -> Option<Address> {
    match notification.responder {
        Responder::User(id) => {
            let user = setup.user(id)?;
            let destination = user.contact(&notification.contact)?.destination.clone();
            Some(Address { destination, name: user.email.clone(), owner: id.0, zone: user.time_zone.clone() })
        }
        Responder::Channel(id) => {
            let channel = setup.channel(id)?;
            let name = format!("channel:{}", channel.slug);
            Some(Address { destination: channel.destination.clone(), name, owner: id.0, zone: TimeZone::UTC })
        }
    }
}

fn notice(setup: &Setup, incident: &Incident, kind: NoticeKind, zone: &TimeZone) -> Notice {
    match (kind, incident.response) {
        (NoticeKind::Acknowledged, Response::Acknowledged { by, at, term }) => {
            Notice::Acknowledged { by: name(setup, by), at, snoozed: snooze(term, zone) }
        }
        (NoticeKind::Reassigned, _) => match (incident.assignee, incident.first_page_at) {
            (Some(to), Some(at)) => Notice::Reassigned { to: whom::name(setup, to), at },
            (Some(_) | None, _) => Notice::Notice,
        },
        (NoticeKind::Resolved, Response::Resolved { at, .. }) => Notice::Resolved { at },
        (NoticeKind::Unanswered, _) => Notice::Unanswered,
        (NoticeKind::Notice, _) => Notice::Notice,
        (NoticeKind::Page | NoticeKind::Acknowledged | NoticeKind::Resolved, _) => Notice::Page,
    }
}

/// The end of a snooze, with the reader's clock; whose clock it is, is said where nobody's is known.
fn snooze(term: Term, zone: &TimeZone) -> Option<Snooze> {
    let Term::Snoozed(until) = term else { return None };
    let form = if *zone == TimeZone::UTC { "%H:%M UTC" } else { "%H:%M" };
    Some(Snooze { until, clock: until.to_zoned(zone.clone()).strftime(form).to_string() })
}

/// Returns who it is that answers a message to this responder.
#[must_use]
pub fn answerer(setup: &Setup, responder: Responder) -> Actor {
    match responder {
        Responder::User(id) => Actor::User(id),
        Responder::Channel(id) => match setup.channel(id) {
            Some(channel) => Actor::Account(Account::channel(&channel.slug)),
            None => Actor::Operator,
        },
    }
}

/// Returns what people call whoever did something.
#[must_use]
pub fn name(setup: &Setup, actor: Actor) -> String {
    match actor {
        Actor::Machine => "Midwatch".to_owned(),
        Actor::Operator => "an operator".to_owned(),
        Actor::Account(account) => account.to_string(),
        Actor::User(id) => {
            setup.user(id).map_or_else(|| "a former member".to_owned(), |user| user.name.clone())
        }
    }
}

fn facts(
    scope: &mut Scope<'_>,
    catalog: &Catalog,
    setup: &Setup,
    incident: &Incident,
) -> Result<IncidentFacts, CommandError> {
    Ok(IncidentFacts { cause: cause(scope, catalog, incident)?, ..listed(setup, incident) })
}

/// An incident without its cause, as it stands in a list.
fn listed(setup: &Setup, incident: &Incident) -> IncidentFacts {
    let slug = |id: ServiceId| setup.service(id).map(|service| service.slug.clone());
    IncidentFacts {
        id: incident.id.to_string(),
        number: incident.number,
        response: incident.response.word(),
        severity: incident.severity,
        summary: incident.title.clone(),
        services: incident.services.iter().filter_map(|affected| slug(affected.service)).collect(),
        cause: None,
        since: incident.opened_at,
    }
}

/// The cause that says most: the component in the worst trouble, else the provider's incident, else the page.
fn cause(
    scope: &mut Scope<'_>,
    catalog: &Catalog,
    incident: &Incident,
) -> Result<Option<CauseFacts>, CommandError> {
    let Some(provider) = incident.causes.first().map(|cause| cause.provider) else { return Ok(None) };
    let Some(stored) = providers::get(scope.tx(), provider)? else { return Ok(None) };
    let knowledge = &stored.knowledge;
    let components = incident.causes.iter().filter_map(|cause| match &cause.key {
        CauseKey::Component(id) if cause.provider == provider => knowledge.component(id),
        CauseKey::Component(_) | CauseKey::Incident(_) | CauseKey::Page => None,
    });
    let worst = components.max_by_key(|known| known.component.status);
    let overall = knowledge.overall.as_ref().map_or(Status::Unknown, |overall| overall.status);
    Ok(Some(CauseFacts {
        provider: slug(catalog, provider),
        component: worst.map(|known| known.component.name.clone()),
        status: worst.map_or(overall, |known| known.component.status),
        said: said(knowledge, provider, incident),
    }))
}

fn slug(catalog: &Catalog, id: ProviderId) -> String {
    catalog.get(id).map_or_else(|| id.to_string(), |provider| provider.slug.clone())
}

/// The newest words of the provider's incidents behind ours.
fn said(knowledge: &Knowledge, provider: ProviderId, incident: &Incident) -> Option<String> {
    let behind = |id: &str| {
        let is_it = |key: &CauseKey| matches!(key, CauseKey::Incident(known) if known == id);
        incident.causes.iter().any(|cause| cause.provider == provider && is_it(&cause.key))
    };
    let known = knowledge.incidents.iter().find(|known| behind(&known.incident.id))?;
    let newest = known.incident.updates.first()?;
    Some(newest.body.clone())
}

fn can_be_acknowledged(incident: &Incident, kind: NoticeKind) -> bool {
    matches!(kind, NoticeKind::Page | NoticeKind::Unanswered) && !incident.is_resolved()
}

/// The first status page that shows a service of the incident.
fn status_page<'a>(setup: &'a Setup, incident: &Incident) -> Option<&'a StatusPage> {
    setup.status_pages.iter().find(|page| {
        let shown = page.groups.iter().flat_map(|group| &group.services);
        shown.into_iter().any(|service| incident.services.iter().any(|affected| affected.service == *service))
    })
}
