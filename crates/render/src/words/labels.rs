//! The words of the contract as readers meet them.

use domain::{Impact, MaintenanceStatus, Phase, Status};

use super::{Text, Words};

impl Words<'_> {
    /// Returns the status in words.
    pub(crate) fn status(&self, status: Status) -> &'static str {
        self.t(match status {
            Status::Unknown => "status-unknown",
            Status::Operational => "status-operational",
            Status::UnderMaintenance => "status-under-maintenance",
            Status::DegradedPerformance => "status-degraded-performance",
            Status::PartialOutage => "status-partial-outage",
            Status::MajorOutage => "status-major-outage",
        })
    }

    /// Returns the status in words within a sentence.
    pub(crate) fn status_within(&self, status: Status) -> &'static str {
        self.t(match status {
            Status::Unknown => "within-unknown",
            Status::Operational => "within-operational",
            Status::UnderMaintenance => "within-under-maintenance",
            Status::DegradedPerformance => "within-degraded-performance",
            Status::PartialOutage => "within-partial-outage",
            Status::MajorOutage => "within-major-outage",
        })
    }

    /// Returns the word on an impact's tag.
    pub(crate) fn impact(&self, impact: Impact) -> &'static str {
        self.t(match impact {
            Impact::Unknown => "impact-unknown",
            Impact::None => "impact-none",
            Impact::Maintenance => "impact-maintenance",
            Impact::Minor => "impact-minor",
            Impact::Major => "impact-major",
            Impact::Critical => "impact-critical",
        })
    }

    /// Returns a phase in words.
    pub(crate) fn phase(&self, phase: Phase) -> &'static str {
        self.t(match phase {
            Phase::Investigating => "phase-investigating",
            Phase::Identified => "phase-identified",
            Phase::Monitoring => "phase-monitoring",
            Phase::Resolved | Phase::Postmortem => "phase-resolved",
            Phase::Unknown => "phase-open",
        })
    }

    /// Returns the status of announced work in words.
    pub(crate) fn work(&self, status: MaintenanceStatus) -> &'static str {
        self.t(match status {
            MaintenanceStatus::Scheduled => "work-planned",
            MaintenanceStatus::InProgress => "work-in-progress",
            MaintenanceStatus::Verifying => "work-verifying",
            MaintenanceStatus::Completed => "work-completed",
            MaintenanceStatus::Cancelled => "work-cancelled",
            MaintenanceStatus::Unknown => "work-announced",
        })
    }

    /// Returns what an update announces, at the beginning of a sentence; a word that is none of the contract is the
    /// reporter's own: `in_review` is `In review`.
    pub(crate) fn announced(&self, word: &str) -> Text {
        let key = match (Phase::from_word(word), MaintenanceStatus::from_word(word)) {
            (Some(Phase::Investigating), _) => "update-investigating",
            (Some(Phase::Identified), _) => "update-identified",
            (Some(Phase::Monitoring), _) => "update-monitoring",
            (Some(Phase::Resolved), _) => "update-resolved",
            (Some(Phase::Postmortem), _) => "update-postmortem",
            (_, Some(MaintenanceStatus::Scheduled)) => "update-scheduled",
            (_, Some(MaintenanceStatus::InProgress)) => "update-in-progress",
            (_, Some(MaintenanceStatus::Verifying)) => "update-verifying",
            (_, Some(MaintenanceStatus::Completed)) => "update-completed",
            (_, Some(MaintenanceStatus::Cancelled)) => "update-cancelled",
            (Some(Phase::Unknown) | None, Some(MaintenanceStatus::Unknown) | None) => {
                return match sentence(word) {
                    word if word.is_empty() => Text::ours(self.t("update-update")),
                    word => self.theirs(&word),
                };
            }
        };
        Text::ours(self.t(key))
    }
}

fn sentence(word: &str) -> String {
    let word = word.replace('_', " ");
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
