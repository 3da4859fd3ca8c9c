//! One reading of a provider, normalized: the vocabulary of section 4 of the contract.
//!
//! A snapshot says what a document said, no more. Absent facts are `None`, never guessed; the provider's own words stand
//! beside ours. What we have learnt over many readings is [`Knowledge`](crate::knowledge::Knowledge).

use jiff::Timestamp;

use crate::{Impact, MaintenanceStatus, Phase, Platform, Status};

/// One attempt at a feed.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// The document was understood.
    Fresh(Box<Snapshot>),
    /// The document can't be trusted; it says nothing about the provider.
    Unreadable {
        /// Why, in words for a person.
        reason: String,
    },
}

/// The normalized content of one or several documents of one page, read together.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Who hosts the page.
    pub platform: Platform,
    /// The page itself.
    pub page: Page,
    /// The page's own claim about the whole, where the document makes one.
    pub overall: Option<Overall>,
    /// Leaves only, in the provider's order.
    pub components: Vec<Component>,
    /// Newest first.
    pub incidents: Vec<Incident>,
    /// In the provider's order.
    pub maintenances: Vec<Maintenance>,
    /// What the reader did not understand, in words for a person.
    pub warnings: Vec<String>,
    /// What the absence of something from this snapshot means.
    pub coverage: Coverage,
}

/// What the absence of something from a snapshot means: only a complete list closes what it leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// `components` lists every component.
    pub components: bool,
    /// `incidents` holds every unresolved incident.
    pub open_incidents: bool,
    /// `maintenances` holds every maintenance that is planned or under way.
    pub open_maintenances: bool,
}

/// A provider's page.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Page {
    /// The platform's id of the page.
    pub id: Option<String>,
    /// The name it shows.
    pub name: Option<String>,
    /// Its address as it gives it.
    pub url: Option<String>,
    /// When the provider says it changed; ticks without meaning.
    pub updated_at: Option<Timestamp>,
}

/// A page's claim about the whole provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overall {
    /// The claim, mapped.
    pub status: Status,
    /// The provider's own headline.
    pub headline: Option<String>,
    /// The provider's word.
    pub raw: String,
}

/// A line on a provider's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Opaque, stable across renames.
    pub id: String,
    /// The name shown now.
    pub name: String,
    /// The heading it stands under.
    pub group: Option<String>,
    /// Its status, mapped.
    pub status: Status,
    /// The provider's word.
    pub raw_status: String,
    /// When the provider says it changed.
    pub updated_at: Option<Timestamp>,
}

/// An incident on a provider's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Opaque.
    pub id: String,
    /// The title, which may contradict the phase: believe the phase.
    pub name: String,
    /// How bad, mapped.
    pub impact: Impact,
    /// The provider's word.
    pub raw_impact: Option<String>,
    /// Where it is in its life.
    pub phase: Phase,
    /// When it began, by the provider's word; may be before `created_at`.
    pub started_at: Option<Timestamp>,
    /// When the provider first posted it.
    pub created_at: Option<Timestamp>,
    /// When the provider last touched it.
    pub updated_at: Option<Timestamp>,
    /// When it ended, by the provider's word.
    pub resolved_at: Option<Timestamp>,
    /// Its own page.
    pub url: Option<String>,
    /// Ids of affected components.
    pub components: Vec<String>,
    /// Newest first, as far as the provider tells.
    pub updates: Vec<Update>,
}

/// Announced work on a provider's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maintenance {
    /// Opaque; the same name space as incidents.
    pub id: String,
    /// The title.
    pub name: String,
    /// Where it is in its life.
    pub status: MaintenanceStatus,
    /// Planned start.
    pub starts_at: Option<Timestamp>,
    /// Planned end.
    pub ends_at: Option<Timestamp>,
    /// When the provider last touched it.
    pub updated_at: Option<Timestamp>,
    /// Its own page.
    pub url: Option<String>,
    /// Ids of affected components.
    pub components: Vec<String>,
    /// Newest first, as far as the provider tells.
    pub updates: Vec<Update>,
}

/// Text added to an incident or a maintenance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Opaque.
    pub id: String,
    /// The provider's word for the state it announces.
    pub status: String,
    /// Markdown as received, control and bidirectional characters stripped.
    pub body: String,
    /// The time to show.
    pub at: Option<Timestamp>,
}

impl Component {
    /// Takes over what another document says of the same component and this one does not. A word that we don't know was
    /// said, and stays; a status without a word is no word: it was inferred from nothing being said.
    fn complete(&mut self, other: Component) {
        let says_nothing = self.status == Status::Unknown && self.raw_status.is_empty();
        if says_nothing && !other.raw_status.is_empty() {
            self.status = other.status;
            self.raw_status = other.raw_status;
        }
        self.group = self.group.take().or(other.group);
        self.updated_at = self.updated_at.max(other.updated_at);
    }
}

impl Snapshot {
    /// Adds what `other`, a document without which this one is not whole, says: beyond what [`joined`](Self::joined) takes
    /// over, the components (a known one keeps its name, and gets a status and a heading where it had none), the claim and the
    /// page's name where this document has none; and each may be complete in what it lists.
    #[must_use]
    pub fn completed(mut self, mut other: Snapshot) -> Snapshot {
        let lists_incidents = self.coverage.open_incidents || other.coverage.open_incidents;
        for mut component in std::mem::take(&mut other.components) {
            // What has no word is taken for sound since no incident names it, which holds where all of them are listed.
            if component.raw_status.is_empty() && !lists_incidents {
                component.status = Status::Unknown;
            }
            match self.components.iter_mut().find(|known| known.id == component.id) {
                Some(known) => known.complete(component),
                None => self.components.push(component),
            }
        }
        self.overall = self.overall.or_else(|| other.overall.take());
        self.page.id = self.page.id.or_else(|| other.page.id.take());
        self.page.name = self.page.name.or_else(|| other.page.name.take());
        self.page.url = self.page.url.or_else(|| other.page.url.take());
        self.page.updated_at = self.page.updated_at.max(other.page.updated_at);
        self.coverage = Coverage {
            components: self.coverage.components || other.coverage.components,
            open_incidents: self.coverage.open_incidents || other.coverage.open_incidents,
            open_maintenances: self.coverage.open_maintenances || other.coverage.open_maintenances,
        };
        self.joined(other)
    }

    /// Adds what `other`, a document of the same page that was read in the same poll, says beyond this one.
    ///
    /// Incidents and maintenances of `other` replace those with the same id here (the longer window has the fuller text)
    /// and are added otherwise; `coverage` stays what it was, since a longer window closes nothing.
    #[must_use]
    pub fn joined(mut self, other: Snapshot) -> Snapshot {
        for incident in other.incidents {
            match self.incidents.iter_mut().find(|known| known.id == incident.id) {
                Some(known) => *known = incident,
                None => self.incidents.push(incident),
            }
        }
        for maintenance in other.maintenances {
            match self.maintenances.iter_mut().find(|known| known.id == maintenance.id) {
                Some(known) => *known = maintenance,
                None => self.maintenances.push(maintenance),
            }
        }
        self.warnings.extend(other.warnings);
        self
    }
}

#[cfg(test)]
mod tests;
