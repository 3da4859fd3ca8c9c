//! The vocabulary of a page: owners rename the words, the keys behind them stay.

use std::collections::HashMap;

use domain::{Impact, MaintenanceStatus, Phase, Status};

use super::wire::PostEnum;
use crate::feeds::wire::List;

/// What each word of a page means, by the kinds it is used for.
pub(super) struct Words(HashMap<(String, String), String>);

impl Words {
    pub(super) fn new(list: &List<PostEnum, 500>) -> Self {
        let mut words = HashMap::new();
        for row in &list.items {
            let key = row.layout_settings.0.as_ref().and_then(|settings| settings.key.get());
            let Some((kind, meaning)) = key.and_then(|key| key.rsplit_once('/')) else { continue };
            for word in [row.name.get(), row.id.get()].into_iter().flatten() {
                words.insert((kind.to_owned(), word.to_owned()), meaning.to_owned());
            }
        }
        Self(words)
    }

    /// Returns what stands behind a word of one of these kinds; one that is not renamed stands for itself.
    fn meaning<'a>(&'a self, kinds: &[&str], word: &'a str) -> &'a str {
        let renamed = |kind: &&str| self.0.get(&((*kind).to_owned(), word.to_owned()));
        kinds.iter().find_map(renamed).map_or(word, String::as_str)
    }

    pub(super) fn phase(&self, word: &str) -> Option<Phase> {
        match self.meaning(&["incident/status"], word) {
            "investigating" => Some(Phase::Investigating),
            "detected" | "identified" => Some(Phase::Identified),
            "monitoring" => Some(Phase::Monitoring),
            "resolved" => Some(Phase::Resolved),
            _ => None,
        }
    }

    pub(super) fn progress(&self, word: &str) -> Option<MaintenanceStatus> {
        match self.meaning(&["maintenance/status"], word) {
            "scheduled" => Some(MaintenanceStatus::Scheduled),
            "in_progress" => Some(MaintenanceStatus::InProgress),
            "completed" => Some(MaintenanceStatus::Completed),
            _ => None,
        }
    }

    /// Returns what a severity says of a service and of an incident. Impacts are the newer words for the same.
    pub(super) fn severity(&self, word: &str) -> Option<(Status, Impact)> {
        let kinds = ["incident/severity", "incident/impacts", "maintenance/severity", "maintenance/impacts"];
        match self.meaning(&kinds, word) {
            "all_good" | "operational" => Some((Status::Operational, Impact::None)),
            "minor" => Some((Status::DegradedPerformance, Impact::Minor)),
            "partial_outage" => Some((Status::PartialOutage, Impact::Major)),
            "major" => Some((Status::MajorOutage, Impact::Major)),
            "outage" => Some((Status::MajorOutage, Impact::Critical)),
            "maintenance" => Some((Status::UnderMaintenance, Impact::Maintenance)),
            _ => None,
        }
    }
}
