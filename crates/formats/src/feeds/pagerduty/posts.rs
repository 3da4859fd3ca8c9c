//! Incidents and maintenances, told by their updates, of which the newest counts.

use domain::snapshot::{Incident, Maintenance, Update};
use domain::{Impact, MaintenanceStatus, Phase};
use jiff::Timestamp;

use super::order;
use super::wire::{self, Post};
use super::words::Words;
use super::{Services, shown_at};
use crate::feeds::facts::told;
use crate::feeds::rows::{id, identified, name, word};
use crate::feeds::warnings::Warnings;
use crate::feeds::wire::{List, Text};
use crate::text::from_html;

type Rows = List<Post, 500>;

/// The word of a post that announces work.
const MAINTENANCE: &str = "maintenance";

/// Reads posts in the words of their page.
pub(super) struct Posts<'p, 'w> {
    pub(super) words: &'p Words,
    pub(super) warnings: &'w mut Warnings,
}

impl Posts<'_, '_> {
    /// Whether a post tells of something that is going on.
    pub(super) fn goes_on(&self, post: &Post) -> bool {
        let word = newest(post).and_then(|update| update.status.get());
        if post.post_type.get() == Some(MAINTENANCE) {
            return word.and_then(|word| self.words.progress(word)) == Some(MaintenanceStatus::InProgress);
        }
        !word.and_then(|word| self.words.phase(word)).is_some_and(Phase::is_over)
    }

    /// Reads incidents that are listed as open or as over.
    pub(super) fn incidents(&mut self, list: Rows, over: bool, services: &Services) -> Vec<Incident> {
        let rows = identified(list, "incident", self.warnings);
        rows.into_iter().map(|(id, row)| self.incident(id, row, over, services)).collect()
    }

    /// Reads posts of which each says what it is.
    pub(super) fn posts(&mut self, list: Rows, services: &Services) -> (Vec<Incident>, Vec<Maintenance>) {
        let mut incidents = Vec::new();
        let mut maintenances = Vec::new();
        for (id, row) in identified(list, "post", self.warnings) {
            if row.post_type.get() == Some(MAINTENANCE) {
                maintenances.push(self.maintenance(id, row, services));
            } else {
                incidents.push(self.incident(id, row, false, services));
            }
        }
        (incidents, maintenances)
    }

    fn incident(&mut self, id: String, row: Post, over: bool, services: &Services) -> Incident {
        let name = name(&row.title, "incident", &id, self.warnings);
        let owner = format!("incident '{name}'");
        let none = Text::default();
        let newest = newest(&row);
        let phase = if row.postmortem.0.is_some() {
            Phase::Postmortem
        } else if over {
            Phase::Resolved
        } else {
            let word = newest.map_or(&none, |update| &update.status);
            let (phase, _) =
                told(word, |word| self.words.phase(word), format_args!("status of {owner}"), self.warnings);
            phase.unwrap_or(Phase::Unknown)
        };
        let map = |word: &str| self.words.severity(word).map(|(_, impact)| impact);
        // The last word on what is over is that all is good; how bad it was say those before.
        let worst = || row.updates.items.iter().max_by_key(|update| update.severity.get().and_then(map));
        let severity = if phase.is_over() { worst() } else { newest };
        let severity = severity.map_or(&none, |update| &update.severity);
        let (impact, raw) = told(severity, map, format_args!("severity of {owner}"), self.warnings);
        let components = affected(&row, services);
        let updates = self.updates(row, &owner);
        Incident {
            impact: impact.unwrap_or(Impact::Unknown),
            raw_impact: Some(raw).filter(|raw| !raw.is_empty()),
            phase,
            started_at: None,
            created_at: updates.last().and_then(|update| update.at),
            updated_at: updates.first().and_then(|update| update.at),
            resolved_at: None,
            url: None,
            components,
            updates,
            id,
            name,
        }
    }

    fn maintenance(&mut self, id: String, row: Post, services: &Services) -> Maintenance {
        let name = name(&row.title, "maintenance", &id, self.warnings);
        let owner = format!("maintenance '{name}'");
        let none = Text::default();
        let word = newest(&row).map_or(&none, |update| &update.status);
        let (status, _) =
            told(word, |word| self.words.progress(word), format_args!("status of {owner}"), self.warnings);
        let components = affected(&row, services);
        Maintenance {
            status: status.unwrap_or(MaintenanceStatus::Unknown),
            starts_at: self.warnings.time(&owner, "starts_at", row.starts_at.get()),
            ends_at: self.warnings.time(&owner, "ends_at", row.ends_at.get()),
            updated_at: newest(&row).and_then(|update| shown_at(update)?.parse().ok()),
            url: None,
            components,
            updates: self.updates(row, &owner),
            id,
            name,
        }
    }

    /// Reads the updates and, as the newest of them, the post-mortem.
    fn updates(&mut self, row: Post, owner: &str) -> Vec<Update> {
        let rows = identified(row.updates, &format!("update of {owner}"), self.warnings);
        let mut updates: Vec<Update> = rows
            .into_iter()
            .map(|(id, row)| Update {
                id,
                status: word(&row.status).unwrap_or_default(),
                body: row.message.get().map(from_html).unwrap_or_default(),
                at: self.warnings.time(owner, "reported_at", shown_at(&row)),
            })
            .collect();
        if let Some(postmortem) = row.postmortem.0 {
            let own = id(&postmortem.id).filter(|id| updates.iter().all(|update| update.id != *id));
            updates.push(Update {
                id: own.unwrap_or_else(|| Phase::Postmortem.word().to_owned()),
                status: Phase::Postmortem.word().to_owned(),
                body: postmortem.message.get().map(from_html).unwrap_or_default(),
                at: self.warnings.time(owner, "reported_at", postmortem.reported_at.get()),
            });
        }
        order::updates(updates)
    }
}

/// Returns the newest update: the one reported last, else the first.
pub(super) fn newest(row: &Post) -> Option<&wire::Update> {
    let at = |update: &wire::Update| shown_at(update).and_then(|at| at.parse::<Timestamp>().ok());
    row.updates.items.iter().rev().max_by_key(|update| at(update))
}

/// Returns the ids of the services that the newest update names.
fn affected(row: &Post, services: &Services) -> Vec<String> {
    let named = newest(row).into_iter().flat_map(|update| &update.impacted_business_services.items);
    let mut ids: Vec<String> = Vec::new();
    for id in named.filter_map(|row| services.named(row)) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}
