//! What a provider's page and our own status page have in common.

use std::{collections::BTreeMap, time::Duration};

use domain::{Language, Status, public::Said, theme::Look};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{IncidentView, MaintenanceView};
use crate::words::Words;

/// What both kinds of page show.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// Where the page stands.
    pub place: Place,
    /// How it speaks.
    pub voice: Voice,
    /// What surrounds and dresses it.
    pub chrome: Chrome,
    /// Unique key, stable; the page id in the JSON.
    pub id: String,
    /// The heading.
    pub title: String,
    /// The lines, in order; those of one group follow one another.
    pub components: Vec<ComponentView>,
    /// Incidents that are not over, newest first.
    pub open: Vec<IncidentView>,
    /// Incidents that are over, newest first. The index shows the first ten, `/history` all.
    pub past: Vec<IncidentView>,
    /// Announced work of any status, newest first.
    pub maintenances: Vec<MaintenanceView>,
    /// The figure of the whole page.
    pub uptime: Option<Uptime>,
    /// The instant that the view describes.
    pub as_of: Timestamp,
}

/// Where a page stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The path it is served under, without a trailing slash: `/status/acme`; empty at the root of its own host name.
    pub base_path: String,
    /// Its full address for feeds, JSON and search engines, without a trailing slash: `https://status.acme.example`.
    pub public_url: String,
    /// The address of its stream of server-sent events; `None` for a copy that stands alone, such as an export.
    pub events: Option<String>,
}

/// What surrounds and dresses a page of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chrome {
    /// Whether it shows past days and figures.
    pub shows_uptime: bool,
    /// Whether search engines may list it.
    pub is_listed: bool,
    /// The address of the form by which readers ask to be told of what it says; `None` where not everybody may read it.
    pub subscribe: Option<String>,
    /// The full address of the site that it belongs to.
    pub site: Option<String>,
    /// Where readers get help.
    pub support: Option<String>,
    /// Who answers for it.
    pub legal: Option<String>,
    /// What its addresses carry to be let in, where not everybody may read it.
    pub key: Option<String>,
    /// Its colours and its logo.
    pub look: Look,
    /// What the lines under a heading have in common, by heading.
    pub headings: BTreeMap<String, String>,
}

/// How a page speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Its language.
    pub language: Language,
    /// The language of what people wrote on it.
    pub written: Language,
    /// The zone of its clock.
    pub time_zone: TimeZone,
}

/// A component of a provider or a service of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentView {
    /// Opaque, stable across renames.
    pub id: String,
    /// The name readers see.
    pub name: String,
    /// What it is, in a sentence.
    pub description: Option<String>,
    /// The heading it stands under.
    pub group: Option<String>,
    /// Its status.
    pub status: Status,
    /// The reporter's word where it was read and is none that we know; `None` beside any other status.
    pub stated: Option<String>,
    /// When that status began.
    pub since: Option<Timestamp>,
    /// Since when it is known at all.
    pub first_known_at: Option<Timestamp>,
    /// Whether it was so already when the page was first read, so that it began at an unknown time before `since`.
    pub since_is_first_reading: bool,
    /// Its days in UTC, oldest first, the last one today; the newest 90 are drawn.
    pub days: Vec<DayCell>,
    /// Its figure over the same days.
    pub uptime: Option<Uptime>,
    /// Whether it is a third party's, which this page only lists.
    pub is_third_party: bool,
    /// Why it is so.
    pub reason: Option<Reason>,
}

/// Why a component is as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// By trouble of somebody else, who is named.
    CausedBy(Note),
    /// Somebody that it depends on, who is named, can't be read.
    NoReadingOf {
        /// Who.
        provider: Note,
        /// The last reading.
        since: Option<Timestamp>,
    },
    /// It can't be read itself, and was last so.
    LastKnown(Status),
}

/// A sentence or a name, with the place that says more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The sentence or the name.
    pub text: String,
    /// A path on this host or an `http(s)` address; anything else is not linked.
    pub link: Option<String>,
}

/// One UTC day of one component. Minutes of different kinds don't overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCell {
    /// The day.
    pub date: Date,
    /// The worst of the day; `Unknown` only for a day without any reading.
    pub worst: Status,
    /// Minutes in partial or major outage.
    pub down_minutes: u32,
    /// Minutes in degraded performance.
    pub degraded_minutes: u32,
    /// Minutes under maintenance.
    pub maintenance_minutes: u32,
    /// Minutes without evidence.
    pub unknown_minutes: u32,
    /// The incidents of the day.
    pub incidents: Vec<Said>,
}

impl Board {
    /// Returns the words that it is drawn in.
    pub(crate) fn words(&self) -> Words<'_> {
        let Voice { language, written, time_zone } = &self.voice;
        Words::new(*language, *written, time_zone)
    }
}

impl Default for Chrome {
    /// Everything shown, and nothing of its own.
    fn default() -> Self {
        Self {
            shows_uptime: true,
            is_listed: true,
            subscribe: None,
            site: None,
            support: None,
            legal: None,
            key: None,
            look: Look::default(),
            headings: BTreeMap::new(),
        }
    }
}

impl Default for Voice {
    /// English by the clock of UTC.
    fn default() -> Self {
        Self { language: Language::English, written: Language::English, time_zone: TimeZone::UTC }
    }
}

/// The parts of an uptime figure: 1 − down / (window − maintenance − unknown).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uptime {
    /// The whole time looked at.
    pub window: Duration,
    /// In partial or major outage.
    pub down: Duration,
    /// Under maintenance.
    pub maintenance: Duration,
    /// Without evidence.
    pub unknown: Duration,
}
