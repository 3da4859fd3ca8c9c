//! Makes a message of a notification: what it says, whom it goes to, and by which address.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    NoticeKind, ProviderId, Status,
    account::Account,
    escalation::Responder,
    incident::{Actor, Affected, CauseKey, Incident, Response, Term},
    knowledge::{Knowledge, KnownComponent},
    setup::{Destination, Publish, Setup, StatusPage},
};
use formats::messages::{CauseFacts, IncidentFacts, Notice, PageMessage, Recipient, Snooze};
use jiff::tz::TimeZone;
use store::{Scope, notifications::Notification, providers};

use crate::{
    catalog::Catalog,
    commands::{test_words, whom},
    earlier::{Earlier, earlier},
    error::CommandError,
    shell::Shell,
};

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
    /// How that one shows things from now on, where it may be changed.
    pub standing: Option<PageMessage>,
    /// The ids of earlier messages there that told of several incidents, of which nobody is called any more.
    pub ended: Vec<String>,
}

/// Makes the message of a notification, which tells of other incidents as well. `None` when its address is no longer in the configuration.
///
/// # Errors
/// When the ledger fails.
pub fn compose(
    scope: &mut Scope<'_>,
    shell: &Desk,
    known: &mut Known,
    setup: &Setup,
    incident: &Incident,
    also: &[&Incident],
    notification: &Notification,
) -> Result<Option<Message>, CommandError> {
    let Some(address) = address(setup, notification) else { return Ok(None) };
    let secret = shell.key.webhook_secret(address.owner, &notification.contact);
    let ack_token = shell.key.ack_token(notification.id);
    let mut facts = facts(scope, &shell.catalog, known, setup, incident)?;
    let mut others: Vec<IncidentFacts> = also.iter().map(|incident| listed(setup, incident)).collect();
    let told: Vec<&Incident> = std::iter::once(incident).chain(also.iter().copied()).collect();
    for (incident, facts) in told.iter().zip(std::iter::once(&mut facts).chain(&mut others)) {
        if let Some(words) = test_words(scope, setup, &shell.key, incident, notification)? {
            facts.summary = words;
        }
    }
    let (round, step) = notification.place();
    let page = PageMessage {
        id: notification.id.to_string(),
        organization: setup.organization.slug.clone(),
        organization_name: setup.organization.name.clone(),
        notice: notice(setup, incident, notification.kind, &address.zone),
        incident: facts,
        also: others,
        to: Recipient {
            user: address.key.clone(),
            name: address.name.clone(),
            step,
            round,
            reason: notification.reason.clone(),
        },
        ack_url: can_be_acknowledged(incident, notification)
            .then(|| format!("{}/ack/{ack_token}", shell.public_url)),
        status_page: status_page(setup, incident)
            .map(|page| format!("{}/status/{}", shell.public_url, page.slug)),
        delayed: false,
        possible_duplicate: false,
    };
    let Address { destination, zone, .. } = address;
    let Earlier { thread, left_out, ended } = earlier(scope, notification, &told, destination.kind())?;
    let standing = left_out.map(|others| {
        let listed = others.iter().map(|other| listed(setup, other));
        PageMessage { also: page.also.iter().cloned().chain(listed).collect(), ..page.clone() }
    });
    let ended = ended.iter().map(ToString::to_string).collect();
    Ok(Some(Message { destination, page, zone, secret, ack_token, thread, standing, ended }))
}

/// What composing needs of the shell, so that it can be taken into a transaction.
#[derive(Clone, Debug)]
pub struct Desk {
    key: crate::links::SigningKey,
    public_url: String,
    catalog: Arc<Catalog>,
}

impl Desk {
    /// Takes what composing needs.
    #[must_use]
    pub fn of(shell: &Shell) -> Self {
        Self {
            key: shell.key.clone(),
            public_url: shell.identity.public_url.clone(),
            catalog: Arc::clone(&shell.catalog),
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
    /// What the configuration calls whoever is told.
    key: String,
    /// What people call them.
    name: String,
    owner: uuid::Uuid,
    zone: TimeZone,
}

fn address(setup: &Setup, notification: &Notification) -> Option<Address> {
    match notification.responder {
        Responder::User(id) => {
            let user = setup.user(id)?;
            let destination = user.contact(&notification.contact)?.destination.clone();
            let (key, name) = (user.email.clone(), user.name.clone());
            Some(Address { destination, key, name, owner: id.0, zone: user.time_zone.clone() })
        }
        Responder::Channel(id) => {
            let channel = setup.channel(id)?;
            let (key, name) = (format!("channel:{}", channel.slug), format!("channel {}", channel.slug));
            let destination = channel.destination.clone();
            Some(Address { destination, key, name, owner: id.0, zone: TimeZone::UTC })
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

/// What is known of providers within one transaction: many messages tell of the same ones.
#[derive(Debug, Default)]
pub struct Known(BTreeMap<ProviderId, Option<Arc<providers::Stored>>>);

impl Known {
    fn of(
        &mut self,
        scope: &mut Scope<'_>,
        id: ProviderId,
    ) -> Result<Option<Arc<providers::Stored>>, CommandError> {
        if let Some(known) = self.0.get(&id) {
            return Ok(known.clone());
        }
        let stored = providers::get(scope.tx(), id)?.map(Arc::new);
        self.0.insert(id, stored.clone());
        Ok(stored)
    }
}

fn facts(
    scope: &mut Scope<'_>,
    catalog: &Catalog,
    known: &mut Known,
    setup: &Setup,
    incident: &Incident,
) -> Result<IncidentFacts, CommandError> {
    Ok(IncidentFacts { cause: cause(scope, catalog, known, incident)?, ..listed(setup, incident) })
}

/// An incident without its cause, as it stands in a list.
fn listed(setup: &Setup, incident: &Incident) -> IncidentFacts {
    let mut affected: Vec<&Affected> = incident.services.iter().collect();
    setup.sort_by_service(&mut affected, |affected| affected.service);
    let services = || affected.iter().filter_map(|it| Some((setup.service(it.service)?, it.status)));
    IncidentFacts {
        id: incident.id.to_string(),
        number: incident.number,
        response: incident.response.word(),
        severity: incident.severity,
        summary: incident.title.clone(),
        services: services().map(|(service, _)| service.slug.clone()).collect(),
        affected: services().map(|(service, status)| (service.name.clone(), status)).collect(),
        cause: None,
        since: incident.opened_at,
    }
}

/// The cause that says most: the component in the worst trouble, else the provider's incident, else the page. Once the
/// incident is over it is what it was at worst. Of several providers it is the first, with the names of the others.
fn cause(
    scope: &mut Scope<'_>,
    catalog: &Catalog,
    known: &mut Known,
    incident: &Incident,
) -> Result<Option<CauseFacts>, CommandError> {
    let Some(provider) = incident.causes.first().map(|cause| cause.provider) else { return Ok(None) };
    let Some(stored) = known.of(scope, provider)? else { return Ok(None) };
    let knowledge = &stored.knowledge;
    let was = match incident.response {
        Response::Resolved { .. } => providers::worst_since(scope.tx(), provider, incident.opened_at)?,
        Response::Open | Response::Acknowledged { .. } => BTreeMap::new(),
    };
    let components = incident.causes.iter().filter_map(|cause| match &cause.key {
        CauseKey::Component(id) if cause.provider == provider => knowledge.component(id),
        CauseKey::Component(_) | CauseKey::Incident(_) | CauseKey::Page => None,
    });
    let status = |known: &KnownComponent| {
        was.get(&known.component.id).copied().unwrap_or(Status::Unknown).max(known.component.status)
    };
    let worst = components.map(|known| (status(known), known)).max_by_key(|(status, _)| *status);
    let others: BTreeSet<ProviderId> = incident.causes.iter().map(|cause| cause.provider).collect();
    let mut others: Vec<String> =
        others.into_iter().filter(|id| *id != provider).map(|id| catalog.name(id)).collect();
    others.sort_unstable();
    Ok(Some(CauseFacts {
        provider: slug(catalog, provider),
        provider_name: catalog.name(provider),
        component: worst.map(|(_, known)| known.component.name.clone()),
        status: worst.map_or_else(|| whole(knowledge, incident), |(status, _)| status),
        others,
        upstream: upstream(scope, catalog, known, incident)?,
        said: said(knowledge, provider, incident),
    }))
}

/// What the provider is as a whole; of one whose trouble is over what our services were at worst.
fn whole(knowledge: &Knowledge, incident: &Incident) -> Status {
    match incident.response {
        Response::Resolved { .. } => {
            incident.services.iter().map(|affected| affected.worst).max().unwrap_or(Status::Unknown)
        }
        Response::Open | Response::Acknowledged { .. } => {
            knowledge.overall.as_ref().map_or(Status::Unknown, |overall| overall.status)
        }
    }
}

/// What all of the incident's providers are known to run on, where it is in trouble itself and none of them.
fn upstream(
    scope: &mut Scope<'_>,
    catalog: &Catalog,
    known: &mut Known,
    incident: &Incident,
) -> Result<Option<(String, Status)>, CommandError> {
    let providers: BTreeSet<ProviderId> = incident.causes.iter().map(|cause| cause.provider).collect();
    let mut below = providers.iter().map(|id| catalog.runs_on(*id));
    let mut shared = below.next().unwrap_or_default();
    for others in below {
        shared.retain(|id| others.contains(id));
    }
    for id in shared.into_iter().filter(|id| !providers.contains(id)) {
        if let Some(stored) = known.of(scope, id)?
            && stored.knowledge.trouble_since().is_some()
        {
            return Ok(Some((catalog.name(id), stored.knowledge.verdict().0)));
        }
    }
    Ok(None)
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

/// Whether a message offers to take the incident. Word of a new holder does in a room, whose one card has the buttons for as long
/// as nobody has it; a person who hears of it is told to leave it to somebody else.
fn can_be_acknowledged(incident: &Incident, notification: &Notification) -> bool {
    let offers = match notification.kind {
        NoticeKind::Page | NoticeKind::Unanswered => true,
        NoticeKind::Reassigned => matches!(notification.responder, Responder::Channel(_)),
        // What people are asked about an incident is answered by its link; what they are told about us needs no answer.
        NoticeKind::Notice => incident.publish != Publish::Never,
        NoticeKind::Acknowledged | NoticeKind::Resolved => false,
    };
    offers && !incident.is_resolved()
}

/// Returns the first status page that shows a service of the incident.
#[must_use]
pub fn status_page<'a>(setup: &'a Setup, incident: &Incident) -> Option<&'a StatusPage> {
    setup.status_pages.iter().find(|page| {
        let shown = page.groups.iter().flat_map(|group| &group.services);
        shown.into_iter().any(|service| incident.services.iter().any(|affected| affected.service == *service))
    })
}
