//! What we know of a provider after all readings so far, and what a new reading adds to it.
//!
//! `summary.json` forgets an incident the moment it is over and a page's timestamps tick without meaning, so two snapshots
//! can't simply be compared: knowledge keeps what readings forget. [`Knowledge::learn`] folds a snapshot in and says what
//! changed, each change once; folding the same snapshot in again says nothing.

mod components;
mod incidents;
mod maintenances;
mod trust;

use jiff::Timestamp;

use crate::{
    Impact, Status,
    change::Change,
    snapshot::{Component, Coverage, Incident, Maintenance, Overall, Page, Snapshot},
};

pub use trust::OLDER_COPY_ACCEPTED_AFTER;

/// Polls in which an open incident is absent from a complete list, and its last word can't be fetched, before it is taken
/// as over all the same.
pub const CLOSED_AFTER_ABSENT_POLLS: u32 = 3;

/// Incidents and maintenances kept in knowledge; older ones stay in the ledger only.
pub const REMEMBERED: usize = 200;

/// What we know of a provider.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Knowledge {
    /// When the first reading came; `None` before it.
    pub first_read_at: Option<Timestamp>,
    /// The page, as last read.
    pub page: Page,
    /// The page's claim about the whole, as last read.
    pub overall: Option<Overall>,
    /// When we first saw the page claim the trouble it is in; kept while one kind of trouble turns into another.
    pub overall_trouble_since: Option<Timestamp>,
    /// Whether the page, as last read, leaves no open incident out.
    pub lists_open: bool,
    /// The components that exist, in the provider's order.
    pub components: Vec<KnownComponent>,
    /// Newest first.
    pub incidents: Vec<KnownIncident>,
    /// Newest first.
    pub maintenances: Vec<KnownMaintenance>,
}

/// A component and how long we have seen it so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownComponent {
    /// As last read.
    pub component: Component,
    /// When we first saw its present status.
    pub since: Timestamp,
    /// When we first saw the trouble that it is in; kept while one kind of trouble turns into another.
    pub trouble_since: Option<Timestamp>,
}

/// An incident with everything that was ever said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownIncident {
    /// As last read, with the updates of earlier readings that later ones left out.
    pub incident: Incident,
    /// When we first saw it.
    pub first_seen_at: Timestamp,
    /// Polls in a row in which it was open, absent from a complete list, and nowhere else to be found.
    pub absent_polls: u32,
}

/// Announced work with everything that was ever said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMaintenance {
    /// As last read, with the updates of earlier readings that later ones left out.
    pub maintenance: Maintenance,
    /// When we first saw it.
    pub first_seen_at: Timestamp,
}

/// What the poll could find out about incidents that are missing from a complete list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The longer list was read too (and is part of the snapshot), or there is none: what is absent is over.
    Confirmed,
    /// The longer list could not be read: wait for a few polls.
    Unconfirmed,
}

impl Knowledge {
    /// Folds in a snapshot that was read at `at`; returns what we know now and what changed.
    ///
    /// Whether the snapshot deserves belief is a question for [`distrust`](Self::distrust), asked before.
    #[must_use]
    pub fn learn(&self, snapshot: &Snapshot, at: Timestamp, absence: Absence) -> (Knowledge, Vec<Change>) {
        let mut changes = Vec::new();
        let components = self.learn_components(snapshot, at, &mut changes);
        let incidents = self.learn_incidents(snapshot, at, absence, &mut changes);
        let maintenances = self.learn_maintenances(snapshot, at, absence, &mut changes);
        let overall = snapshot.overall.clone().or_else(|| self.overall.clone());
        let is_trouble = overall.as_ref().is_some_and(|overall| overall.status.is_trouble());
        let knowledge = Knowledge {
            first_read_at: self.first_read_at.or(Some(at)),
            page: Page {
                id: snapshot.page.id.clone().or_else(|| self.page.id.clone()),
                ..snapshot.page.clone()
            },
            overall_trouble_since: is_trouble.then(|| self.overall_trouble_since.unwrap_or(at)),
            overall,
            lists_open: snapshot.coverage.open_incidents,
            components,
            incidents,
            maintenances,
        };
        (knowledge, changes)
    }

    /// Whether the longer lists of the page are needed to understand this snapshot: at first contact, for the history,
    /// and when something that was open is gone from a list that holds everything open.
    #[must_use]
    pub fn needs_companions(&self, snapshot: &Snapshot) -> bool {
        self.first_read_at.is_none()
            || self.vanished_incidents(snapshot).next().is_some()
            || self.vanished_maintenances(snapshot).next().is_some()
    }

    /// Returns the incidents that are not over, newest first.
    pub fn open_incidents(&self) -> impl Iterator<Item = &KnownIncident> {
        self.incidents.iter().filter(|known| !known.incident.phase.is_over())
    }

    /// Returns what stays known when the page has moved to another host: its past. Components and ids are the host's own, so
    /// the next reading is a first one; that something is gone then says nothing.
    #[must_use]
    pub fn moved(&self) -> Knowledge {
        let over = |known: &&KnownIncident| known.incident.phase.is_over();
        Knowledge {
            incidents: self.incidents.iter().filter(over).cloned().collect(),
            maintenances: self
                .maintenances
                .iter()
                .filter(|known| known.maintenance.status.is_over())
                .cloned()
                .collect(),
            ..Knowledge::default()
        }
    }

    /// Whether something is wrong, open or under way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        let claims = self.overall.as_ref().is_some_and(|overall| overall.status.is_trouble());
        claims
            || self.components.iter().any(|known| known.component.status.is_trouble())
            || self.open_incidents().next().is_some()
            || self.maintenances.iter().any(|known| known.maintenance.status.is_active())
    }

    /// Returns when the trouble began that the provider is in now, as we first saw it; `None` while it is in none.
    #[must_use]
    pub fn trouble_since(&self) -> Option<Timestamp> {
        let components = self.components.iter().filter_map(|known| known.trouble_since);
        let incidents = self.open_incidents().filter(|known| known.incident.impact != Impact::None);
        components.chain(incidents.map(|known| known.first_seen_at)).chain(self.overall_trouble_since).min()
    }

    /// Returns what the provider says of its open incidents: titles and updates.
    #[must_use]
    pub fn said(&self) -> Vec<String> {
        let words = |known: &KnownIncident| {
            let updates = known.incident.updates.iter().map(|update| update.body.clone());
            std::iter::once(known.incident.name.clone()).chain(updates).collect::<Vec<_>>()
        };
        self.open_incidents().flat_map(words).collect()
    }

    /// Returns when the incident that ended last did.
    #[must_use]
    pub fn last_end(&self) -> Option<Timestamp> {
        let over = self.incidents.iter().filter(|known| known.incident.phase.is_over());
        over.filter_map(|known| known.incident.resolved_at.or(known.incident.updated_at)).max()
    }

    /// Returns what a page without components says as a whole: its own claim, or that all is well where it would list what
    /// is open and lists nothing.
    #[must_use]
    pub fn claim(&self) -> Status {
        match &self.overall {
            Some(overall) => overall.status,
            None if self.lists_open && self.open_incidents().next().is_none() => Status::Operational,
            None => Status::Unknown,
        }
    }

    /// Returns the component with this id, or else the first with this name, compared without regard to case.
    #[must_use]
    pub fn component(&self, key: &str) -> Option<&KnownComponent> {
        let by_id = self.components.iter().find(|known| known.component.id == key);
        by_id.or_else(|| {
            let key = key.trim().to_lowercase();
            self.components.iter().find(|known| known.component.name.to_lowercase() == key)
        })
    }

    /// Whether something that first turns up already over, dated `dated`, belongs to the time before we watched.
    fn predates(&self, dated: Option<Timestamp>) -> bool {
        match (self.first_read_at, dated) {
            (None, _) | (Some(_), None) => true,
            (Some(first), Some(dated)) => dated < first,
        }
    }
}

/// An event can't have happened after we saw it, whatever the document says.
fn no_later_than(seen: Timestamp, said: Option<Timestamp>) -> Timestamp {
    said.map_or(seen, |said| said.min(seen))
}

impl Snapshot {
    /// Whether the lists of this snapshot leave nothing open out.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        let Coverage { components, open_incidents, open_maintenances } = self.coverage;
        components && open_incidents && open_maintenances
    }
}

#[cfg(test)]
mod tests;
