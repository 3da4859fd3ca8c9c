//! The directory of providers.

use domain::{Impact, Platform, SourceHealth, Status};
use jiff::Timestamp;

use super::Place;

/// The whole directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryView {
    /// Where it stands; `base_path` is `/directory`.
    pub place: Place,
    /// The categories, in the order to show.
    pub categories: Vec<CategoryView>,
    /// Providers in trouble that probably share a cause, the largest group first.
    pub shared: Vec<SharedView>,
    /// Where incidents began and ended lately, the newest first.
    pub turns: Vec<TurnLine>,
    /// The instant that the view describes.
    pub as_of: Timestamp,
}

/// Providers in trouble that probably share a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedView {
    /// The probable cause.
    pub cause: ProviderName,
    /// Whether it reports trouble itself.
    pub is_confirmed: bool,
    /// When the first trouble of it began.
    pub since: Timestamp,
    /// Those in trouble by it, the first to be so first.
    pub providers: Vec<ProviderName>,
}

/// A provider that is only named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderName {
    /// Unique key.
    pub slug: String,
    /// The name readers see.
    pub name: String,
    /// The path of its page.
    pub path: String,
}

/// One category and its providers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryView {
    /// The name readers see.
    pub name: String,
    /// Its form in addresses.
    pub slug: String,
    /// Its providers, in the order to show.
    pub providers: Vec<ProviderLine>,
}

/// A provider in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderLine {
    /// Unique key.
    pub slug: String,
    /// The name readers see.
    pub name: String,
    /// The path of its page.
    pub path: String,
    /// Who hosts its status page, where that is known.
    pub platform: Option<Platform>,
    /// Its status as we judge it.
    pub status: Status,
    /// How well we can read it; while we can't, its status is drawn as *no reading*.
    pub health: SourceHealth,
    /// When its status began.
    pub since: Option<Timestamp>,
    /// Whether it was so already when the page was first read, so that it began at an unknown time before `since`.
    pub since_is_first_reading: bool,
    /// How many of its components are in trouble, of how many.
    pub affected: Option<(u32, u32)>,
    /// The worst incident that is open.
    pub incident: Option<IncidentLine>,
}

/// An open incident in a list of providers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentLine {
    /// Opaque; see [`segment`](crate::segment) for its form in addresses.
    pub id: String,
    /// The title.
    pub title: String,
    /// How bad.
    pub impact: Impact,
}

/// The beginning or the end of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnLine {
    /// The provider's name.
    pub provider: String,
    /// The path of the provider's page.
    pub path: String,
    /// The incident; see [`segment`](crate::segment).
    pub id: String,
    /// Its title.
    pub title: String,
    /// Which of them it is.
    pub turn: Turn,
    /// When.
    pub at: Timestamp,
}

/// What happened to an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It began.
    Opened,
    /// It was over and is not.
    Reopened,
    /// It is over.
    Resolved,
}

/// What somebody looks for in the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Words that the names hold.
    pub words: String,
    /// Only what is in trouble now.
    pub trouble: bool,
    /// Only this category, by its slug.
    pub category: Option<String>,
    /// Only what this platform hosts.
    pub platform: Option<Platform>,
    /// Only what we can read so well.
    pub health: Option<SourceHealth>,
    /// Which part of the answer, from 1.
    pub part: usize,
    /// What was asked for and does not exist, each in a sentence. A filter that is not applied would be a wrong answer, so
    /// nothing is found then.
    pub amiss: Vec<String>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundView {
    /// What was looked for.
    pub wanted: Wanted,
    /// The lines of this part, in the order to show.
    pub lines: Vec<FoundLine>,
    /// How many there are in all parts.
    pub total: usize,
    /// How many parts there are.
    pub parts: usize,
    /// The instant that the lines describe.
    pub as_of: Timestamp,
}

/// A provider that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLine {
    /// The provider.
    pub line: ProviderLine,
    /// The name of its category.
    pub category: String,
    /// What of it was met, where that is not its name.
    pub because: Option<String>,
}

impl ProviderLine {
    /// Returns its status as it may be shown: *no reading* while its page can't be read.
    #[must_use]
    pub const fn shown(&self) -> Status {
        crate::provider::shown(self.status, self.health)
    }

    /// Returns the impact of its worst open incident where that is trouble, whatever its components say.
    #[must_use]
    pub fn open_impact(&self) -> Option<Impact> {
        let open = self.incident.as_ref().filter(|_| !crate::verdict::is_unread(self.health));
        open.map(|incident| incident.impact).filter(|impact| impact.as_status().is_trouble())
    }

    /// Whether something is wrong by its components or by an open incident.
    #[must_use]
    pub fn is_troubled(&self) -> bool {
        self.shown().is_trouble() || self.open_impact().is_some()
    }
}
