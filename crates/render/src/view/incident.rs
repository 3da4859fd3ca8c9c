//! Incidents and announced work, as readers see them: the same for providers and for our own pages.

use domain::{
    Impact, MaintenanceStatus, Phase, Status,
    public::{Said, Tongues},
};
use jiff::{Timestamp, civil::Date};

use super::Note;

/// An incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentView {
    /// Opaque; see [`segment`](crate::segment) for its form in addresses.
    pub id: String,
    /// The title.
    pub title: String,
    /// How bad.
    pub impact: Impact,
    /// Where it is in its life.
    pub phase: Phase,
    /// When it began, where that is known.
    pub started_at: Option<Timestamp>,
    /// When its reporter first said so in public.
    pub posted_at: Option<Timestamp>,
    /// When we first saw it.
    pub first_seen_at: Timestamp,
    /// When it ended.
    pub resolved_at: Option<Timestamp>,
    /// What it affects, by the names of its time.
    pub components: Vec<ComponentRef>,
    /// Everything said, newest first; a post-mortem is an update with the word `postmortem`.
    pub updates: Vec<UpdateView>,
    /// Its page at the provider.
    pub official_url: Option<String>,
    /// What caused it upstream.
    pub cause: Option<Note>,
    /// When the next update is promised.
    pub next_update_at: Option<Timestamp>,
    /// What is known of an incident of ours besides.
    pub own: OwnView,
}

/// What is known of an incident of ours, and of no provider's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnView {
    /// Whether it was over already when it was recorded.
    pub is_added_afterwards: bool,
    /// The incident that it has become part of.
    pub goes_on_as: Option<IncidentRef>,
    /// What it did to components, by component and time, without overlaps.
    pub waves: Vec<WaveView>,
    /// Incidents of providers that belong to it.
    pub links: Vec<Note>,
    /// What is done so that it does not happen again, as far as readers may see it.
    pub actions: Vec<ActionView>,
    /// The title in other languages, where the machine gave it.
    pub titles: Tongues,
}

/// Something that is done so that an incident does not happen again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionView {
    /// What, in one line.
    pub text: String,
    /// By the end of which day.
    pub due_on: Date,
    /// Whether it is done.
    pub is_done: bool,
}

/// An incident that another names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentRef {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Said,
}

/// A time in which an incident made a component worse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveView {
    /// The component's id.
    pub component: String,
    /// Its name.
    pub name: String,
    /// How bad.
    pub status: Status,
    /// When it began.
    pub from: Timestamp,
    /// When it was over; `None` while it goes on.
    pub to: Option<Timestamp>,
}

/// Announced work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceView {
    /// Opaque; the same name space as incidents.
    pub id: String,
    /// The title.
    pub title: String,
    /// Where it is in its life.
    pub status: MaintenanceStatus,
    /// Planned start.
    pub starts_at: Option<Timestamp>,
    /// Planned end.
    pub ends_at: Option<Timestamp>,
    /// When we first saw it.
    pub first_seen_at: Timestamp,
    /// What it affects.
    pub components: Vec<ComponentRef>,
    /// Everything said, newest first.
    pub updates: Vec<UpdateView>,
    /// Its page at the provider.
    pub official_url: Option<String>,
    /// The provider whose work it is; `None` where it is that of the page's owner.
    pub provider: Option<Note>,
}

/// A component that an incident names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentRef {
    /// The component's id; it may be gone by now.
    pub id: String,
    /// Its name at the time.
    pub name: String,
}

/// Text added to an incident or to announced work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateView {
    /// Opaque.
    pub id: String,
    /// The reporter's word for the state it announces.
    pub word: String,
    /// Markdown as received.
    pub body: String,
    /// The same in other languages, where the machine said it; once it is edited, what the former text was in them.
    pub tongues: Tongues,
    /// The time to show.
    pub at: Option<Timestamp>,
    /// The last change of the text after that.
    pub edited: Option<Edit>,
    /// How each component that the incident affects stood before it and with it; empty where that isn't known.
    pub turns: Vec<ComponentTurn>,
}

/// How a component stood before an update and with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentTurn {
    /// The component's id.
    pub id: String,
    /// Its name, with that of its group before it.
    pub name: String,
    /// Its status before.
    pub before: Status,
    /// Its status with the update.
    pub after: Status,
}

/// A change of a text that was public already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// When it was first seen.
    pub at: Timestamp,
    /// What the text was before, where that is kept.
    pub before: Option<String>,
}

impl IncidentView {
    /// Returns the newest post-mortem.
    #[must_use]
    pub fn postmortem(&self) -> Option<&UpdateView> {
        self.updates.iter().find(|update| update.is_postmortem())
    }

    /// Returns its title, by whoever gave it.
    #[must_use]
    pub fn titled(&self) -> Said {
        Said { text: self.title.clone(), tongues: self.own.titles.clone() }
    }

    /// Returns the best known beginning: the start, else the first public word, else our first sight.
    #[must_use]
    pub fn began_at(&self) -> Timestamp {
        self.started_at.or(self.posted_at).unwrap_or(self.first_seen_at)
    }

    /// Returns the latest instant at which it was started, spoken of, edited or resolved.
    #[must_use]
    pub fn changed_at(&self) -> Timestamp {
        let said = latest_word(&self.updates);
        said.into_iter()
            .chain(self.resolved_at)
            .chain(self.posted_at)
            .max()
            .unwrap_or_else(|| self.began_at())
    }
}

impl MaintenanceView {
    /// Returns the latest instant at which it was spoken of or edited.
    #[must_use]
    pub fn changed_at(&self) -> Timestamp {
        latest_word(&self.updates).unwrap_or(self.first_seen_at)
    }
}

impl UpdateView {
    /// Whether this is the explanation after the end.
    #[must_use]
    pub fn is_postmortem(&self) -> bool {
        self.word == Phase::Postmortem.word()
    }
}

fn latest_word(updates: &[UpdateView]) -> Option<Timestamp> {
    updates.iter().flat_map(|update| [update.at, update.edited.as_ref().map(|edit| edit.at)]).flatten().max()
}
