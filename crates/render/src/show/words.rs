//! The words and shapes of statuses, impacts and phases; figures.

use domain::{Impact, MaintenanceStatus, Phase, SourceHealth, Status};

use crate::view::Uptime;

/// A status as it is drawn: a class for the colour, a shape, a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mood {
    /// The class of the sheet that colours it.
    pub class: &'static str,
    /// The inside of an SVG of 24 by 24.
    pub shape: &'static str,
    /// What readers are told: `Major outage`.
    pub word: &'static str,
}

impl Mood {
    /// Returns how a status is drawn.
    #[must_use]
    pub const fn of(status: Status) -> Self {
        let (class, shape) = match status {
            Status::Unknown => ("unknown", r#"<circle cx="12" cy="12" r="8.5" stroke-dasharray="3.4 3.3"/>"#),
            Status::Operational => ("ok", r#"<circle cx="12" cy="12" r="8" fill="currentColor"/>"#),
            Status::UnderMaintenance => ("work", r#"<path d="M12 3l9 9-9 9-9-9z" fill="currentColor"/>"#),
            Status::DegradedPerformance => ("degraded", r#"<path d="M12 4l9 16H3z" fill="currentColor"/>"#),
            Status::PartialOutage => (
                "partial",
                r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5a8.5 8.5 0 0 1 0 17z" fill="currentColor"/>"#,
            ),
            Status::MajorOutage => ("major", r#"<path d="M5.5 5.5l13 13m0-13l-13 13" stroke-width="3.6"/>"#),
        };
        Self { class, shape, word: label(status) }
    }

    /// The mood of what was read, by its status beside the worst incident that is open: what is not in trouble by its components is not green
    /// while an incident says otherwise.
    pub(crate) const fn with(status: Status, open: Option<Impact>) -> Self {
        let word = match (status, open) {
            (Status::Unknown, None) => return Self { word: UNSTATED, ..Self::of(status) },
            (_, None)
            | (Status::DegradedPerformance | Status::PartialOutage | Status::MajorOutage, Some(_)) => {
                return Self::of(status);
            }
            (Status::Operational, Some(_)) => "Operational, open incident",
            (Status::UnderMaintenance, Some(_)) => "Maintenance, open incident",
            (Status::Unknown, Some(_)) => "Open incident",
        };
        Self { word, ..Self::of(Status::DegradedPerformance) }
    }
}

/// The status of what was read and says nothing that we understand, which is another thing than no reading.
pub(crate) const UNSTATED: &str = "State not known";

/// Characters of a reporter's unknown word that are shown.
const LONGEST_WORD: usize = 40;

/// Returns what a reporter said in a word that we don't know.
pub(crate) fn unknown_state(word: &str) -> String {
    match word.trim() {
        "" => "No state given".to_owned(),
        word => format!("A state we don’t know ({})", word.chars().take(LONGEST_WORD).collect::<String>()),
    }
}

/// Returns the status in words.
pub(crate) const fn label(status: Status) -> &'static str {
    match status {
        Status::Unknown => "No reading",
        Status::Operational => "Operational",
        Status::UnderMaintenance => "Under maintenance",
        Status::DegradedPerformance => "Degraded performance",
        Status::PartialOutage => "Partial outage",
        Status::MajorOutage => "Major outage",
    }
}

/// Returns how well a source can be read, in words.
pub(crate) const fn health_label(health: SourceHealth) -> &'static str {
    match health {
        SourceHealth::Fresh => "read lately",
        SourceHealth::Stale => "read long ago",
        SourceHealth::Unreadable => "unreadable",
        SourceHealth::NeverRead => "not read yet",
    }
}

/// Returns the class of an impact's tag.
pub(crate) const fn impact_class(impact: Impact) -> &'static str {
    match impact {
        Impact::Unknown | Impact::None => "unknown",
        Impact::Maintenance => "work",
        Impact::Minor => "degraded",
        Impact::Major => "partial",
        Impact::Critical => "major",
    }
}

/// Returns the word on an impact's tag.
pub(crate) const fn impact_word(impact: Impact) -> &'static str {
    match impact {
        Impact::Unknown => "impact not stated",
        Impact::None | Impact::Maintenance | Impact::Minor | Impact::Major | Impact::Critical => {
            impact.word()
        }
    }
}

/// Returns a phase in words.
pub(crate) const fn phase_label(phase: Phase) -> &'static str {
    match phase {
        Phase::Investigating => "investigating",
        Phase::Identified => "identified",
        Phase::Monitoring => "monitoring",
        Phase::Resolved | Phase::Postmortem => "resolved",
        Phase::Unknown => "open",
    }
}

/// Returns the status of announced work in words.
pub(crate) const fn work_label(status: MaintenanceStatus) -> &'static str {
    match status {
        MaintenanceStatus::Scheduled => "planned",
        MaintenanceStatus::InProgress => "in progress",
        MaintenanceStatus::Verifying => "being verified",
        MaintenanceStatus::Completed => "completed",
        MaintenanceStatus::Cancelled => "cancelled",
        MaintenanceStatus::Unknown => "announced",
    }
}

/// Returns `1 day`, `2 days`.
pub(crate) fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Returns the uptime figure, rounded down so that it never promises more than was kept; `None` without any evidence.
pub(crate) fn share(uptime: &Uptime) -> Option<String> {
    let known = uptime.window.checked_sub(uptime.maintenance)?.checked_sub(uptime.unknown)?.as_millis();
    let up = known.saturating_sub(uptime.down.as_millis());
    let thousandths = (up * 100_000).checked_div(known)?;
    Some(format!("{}.{:03} %", thousandths / 1000, thousandths % 1000))
}
