//! What a provider's page and our own status page have in common.

use std::time::Duration;

use domain::Status;
use jiff::{Timestamp, civil::Date};

use super::{IncidentView, MaintenanceView};

/// What both kinds of page show.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// Where the page stands.
    pub place: Place,
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

/// A component of a provider or a service of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentView {
    /// Opaque, stable across renames.
    pub id: String,
    /// The name readers see.
    pub name: String,
    /// The heading it stands under.
    pub group: Option<String>,
    /// Its status.
    pub status: Status,
    /// The reporter's word where it was read and is none that we know; `None` beside any other status.
    pub stated: Option<String>,
    /// When that status began.
    pub since: Option<Timestamp>,
    /// Whether it was so already when the page was first read, so that it began at an unknown time before `since`.
    pub since_is_first_reading: bool,
    /// Its days in UTC, oldest first, the last one today; the newest 90 are drawn.
    pub days: Vec<DayCell>,
    /// Its figure over the same days.
    pub uptime: Option<Uptime>,
    /// Whether it is a third party's, which this page only lists.
    pub is_third_party: bool,
    /// Why it is so, or what a dependency says: `Commerce Layer reports partial outage`.
    pub note: Option<Note>,
}

/// A sentence, with the place that says more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The sentence.
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
    /// Titles of the incidents of the day.
    pub incidents: Vec<String>,
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
