//! Reads back from the ledger what happened since the last look.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use domain::{
    IncidentId, NotificationId, NotificationState, OrgId, ProviderId, ServiceId, Status,
    change::Change,
    delivery::folds,
    escalation::Responder,
    incident::Incident,
    provider::Provider,
    setup::{Destination, Setup},
};
use engine::CommandError;
use jiff::Timestamp;
use store::{
    Scope, Tx,
    incidents::{self, IncidentEvent},
    notifications::{self, Notification},
    providers,
    services::{self, ServiceState},
};

use super::event::{Event, Message, What};

/// Changes read in one look; a single reading makes no more.
const MOST_CHANGES: u32 = 10_000;

/// Incidents looked at; older ones are over.
const MOST_INCIDENTS: u32 = 50;

/// Messages looked at for each incident.
const MOST_MESSAGES: u32 = 10_000;

/// What has been shown already.
pub(super) struct Observer {
    setup: Arc<Setup>,
    last_changes: HashMap<ProviderId, i64>,
    statuses: HashMap<ServiceId, Status>,
    lines: HashMap<IncidentId, usize>,
    messages: HashSet<NotificationId>,
}

/// What the ledger holds.
pub(super) struct Seen {
    changes: Vec<(Arc<Provider>, i64, Change)>,
    states: Vec<ServiceState>,
    incidents: Vec<(Incident, Vec<IncidentEvent>, Vec<Notification>)>,
}

impl Seen {
    /// Reads the ledger.
    pub(super) fn read(
        tx: &mut Tx<'_>,
        org: OrgId,
        cast: &[Arc<Provider>],
        after: &HashMap<ProviderId, i64>,
    ) -> Result<Self, CommandError> {
        let mut changes = Vec::new();
        for provider in cast {
            let last = after.get(&provider.id()).copied().unwrap_or_default();
            let new = providers::list_changes(tx, provider.id(), last, MOST_CHANGES)?;
            changes.extend(new.into_iter().map(|(place, change)| (Arc::clone(provider), place, change)));
        }
        let mut scope = Scope::new(tx, org);
        let states = services::list_states(&mut scope)?;
        let mut all = Vec::new();
        for incident in incidents::list_recent(&mut scope, None, MOST_INCIDENTS)? {
            let lines = incidents::list_events(&mut scope, incident.id)?;
            let mut messages = notifications::list(&mut scope, incident.id, MOST_MESSAGES)?;
            // By whom as well: who was told first within an instant is the network's whim.
            let place = |it: &Notification| {
                (it.settled_at, it.kind, it.round, it.step, it.responder, it.contact.clone())
            };
            messages.sort_by_key(place);
            all.push((incident, lines, messages));
        }
        all.reverse();
        Ok(Self { changes, states, incidents: all })
    }
}

impl Observer {
    /// Starts with nothing shown.
    pub(super) fn new(setup: Arc<Setup>) -> Self {
        Self {
            setup,
            last_changes: HashMap::new(),
            statuses: HashMap::new(),
            lines: HashMap::new(),
            messages: HashSet::new(),
        }
    }

    /// Returns the place of the last change of each provider that was shown.
    pub(super) fn last_changes(&self) -> HashMap<ProviderId, i64> {
        self.last_changes.clone()
    }

    /// Returns what is new, causes before effects.
    pub(super) fn news(&mut self, seen: Seen, now: Timestamp) -> Vec<Event> {
        let mut news = Vec::new();
        for (provider, place, change) in seen.changes {
            let last = self.last_changes.entry(provider.id()).or_default();
            *last = place.max(*last);
            news.push(What::Change { provider: provider.slug.clone(), change });
        }
        let mut states: Vec<&ServiceState> = seen.states.iter().collect();
        self.setup.sort_by_service(&mut states, |state| state.service);
        for state in states {
            news.extend(self.status(state));
        }
        for (incident, lines, _) in &seen.incidents {
            news.extend(self.timeline(incident, lines));
        }
        for (incident, _, messages) in &seen.incidents {
            news.extend(
                messages.iter().filter_map(|message| self.message(incident, message)).map(What::Message),
            );
        }
        news.into_iter().map(|what| Event { at: now, what }).collect()
    }

    fn status(&mut self, state: &ServiceState) -> Option<What> {
        let before = self.statuses.insert(state.service, state.status).unwrap_or(Status::Unknown);
        let service = self.setup.service(state.service)?;
        let (from, to) = (before.word(), state.status.word());
        (before != state.status).then(|| What::Service { slug: service.slug.clone(), from, to })
    }

    fn timeline(&mut self, incident: &Incident, lines: &[IncidentEvent]) -> Vec<What> {
        let shown = self.lines.insert(incident.id, lines.len()).unwrap_or_default();
        let what = |line: &IncidentEvent| What::Incident {
            number: incident.number,
            title: incident.title.clone(),
            kind: line.kind.clone(),
            detail: line.detail.clone(),
        };
        // How services turned is told of the services.
        lines.iter().skip(shown).filter(|line| line.kind != "impact").map(what).collect()
    }

    fn message(&mut self, incident: &Incident, message: &Notification) -> Option<Message> {
        let is_told = match message.state {
            NotificationState::Sent | NotificationState::Delivered | NotificationState::Failed => true,
            NotificationState::Pending | NotificationState::Sending | NotificationState::Superseded => false,
        };
        if !is_told || !self.messages.insert(message.id) {
            return None;
        }
        let (to, destination) = self.address(message.responder, &message.contact);
        Some(Message {
            incident: incident.number,
            kind: message.kind,
            to,
            contact: message.contact.clone(),
            channel: destination.map_or("gone", |destination| destination.kind().word()),
            round: message.place().0,
            step: message.place().1,
            reason: message.reason.clone(),
            due_at: message.due_at,
            folds: folds(message.responder, destination.map(Destination::kind)),
            state: message.state,
        })
    }

    fn address(&self, responder: Responder, contact: &str) -> (String, Option<&Destination>) {
        match responder {
            Responder::User(id) => self.setup.user(id).map_or_else(
                || (id.to_string(), None),
                |user| (user.email.clone(), user.contact(contact).map(|contact| &contact.destination)),
            ),
            Responder::Channel(id) => self.setup.channel(id).map_or_else(
                || (id.to_string(), None),
                |channel| (format!("channel:{}", channel.slug), Some(&channel.destination)),
            ),
        }
    }
}
