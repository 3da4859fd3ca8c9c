//! Change events: what is different between what we knew of a provider and what a new reading says.

use std::fmt;

use jiff::Timestamp;

/// One difference, in the words of the contract (section 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of difference.
    pub kind: ChangeKind,
    /// The component, incident or maintenance; the provider's slug for `health_changed`.
    pub subject: String,
    /// What it is called now.
    pub name: String,
    /// The value before, where there was one: a status word, a phase, a name.
    pub from: Option<String>,
    /// The value now, where there is one; for `incident_updated` the phase.
    pub to: Option<String>,
    /// The update that an `incident_updated`, `maintenance_updated` or `postmortem_published` is about.
    pub update: Option<String>,
    /// When it happened by the provider's word, else when we saw it.
    pub at: Timestamp,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// The kinds of change events.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ChangeKind { $($(#[$doc])* $variant,)* }

        impl ChangeKind {
            /// Every kind.
            pub const ALL: &'static [ChangeKind] = &[$(ChangeKind::$variant,)*];

            /// Returns the word of the contract.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(ChangeKind::$variant => $word,)* }
            }

            /// Reads the word of the contract.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(ChangeKind::$variant),)* _ => None }
            }
        }
    };
}

kinds! {
    /// A component has another status.
    ComponentChanged = "component_changed",
    /// A component is new.
    ComponentAdded = "component_added",
    /// A component is gone.
    ComponentRemoved = "component_removed",
    /// A component has another name under the same id.
    ComponentRenamed = "component_renamed",
    /// An incident is new to us.
    IncidentOpened = "incident_opened",
    /// An incident has a new update, an edited update, or another phase, impact or title.
    IncidentUpdated = "incident_updated",
    /// An incident is over.
    IncidentResolved = "incident_resolved",
    /// An incident that was over is not.
    IncidentReopened = "incident_reopened",
    /// An explanation was published; reopens nothing.
    PostmortemPublished = "postmortem_published",
    /// Work was announced.
    MaintenanceScheduled = "maintenance_scheduled",
    /// Announced work began.
    MaintenanceStarted = "maintenance_started",
    /// Announced work has a new update or other times.
    MaintenanceUpdated = "maintenance_updated",
    /// Announced work is over.
    MaintenanceCompleted = "maintenance_completed",
    /// Announced work will not happen.
    MaintenanceCancelled = "maintenance_cancelled",
    /// We read the provider better or worse than before.
    HealthChanged = "health_changed",
    /// The page is read at another address or as another platform's from now on.
    SourceMoved = "source_moved",
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
