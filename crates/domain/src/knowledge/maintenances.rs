//! Announced work: scheduled, started, changed, completed or called off, each said once.

use std::time::Duration;

use jiff::Timestamp;

use super::{Absence, Knowledge, KnownMaintenance, REMEMBERED, no_later_than};
use crate::{
    MaintenanceStatus,
    change::{Change, ChangeKind},
    snapshot::{Maintenance, Snapshot, Update},
};

/// How long after its planned end work may be absent without word of its end.
const SILENT_AFTER_PLAN: Duration = Duration::from_secs(24 * 3600);

impl Knowledge {
    /// Folds the announced work in. Newest first; what is not over is never forgotten.
    pub(super) fn learn_maintenances(
        &self,
        snapshot: &Snapshot,
        at: Timestamp,
        absence: Absence,
        changes: &mut Vec<Change>,
    ) -> Vec<KnownMaintenance> {
        let mut after: Vec<KnownMaintenance> = Vec::new();
        for known in &self.maintenances {
            if !snapshot.maintenances.iter().any(|seen| seen.id == known.maintenance.id) {
                let gone = snapshot.coverage.open_maintenances && absence == Absence::Confirmed
                    || is_long_over(&known.maintenance, at);
                after.push(if gone { vanished(known, at, changes) } else { known.clone() });
            }
        }
        for maintenance in &snapshot.maintenances {
            let known = self.maintenances.iter().find(|known| known.maintenance.id == maintenance.id);
            after.push(match known {
                Some(known) => seen_again(known, maintenance, at, changes),
                None => self.seen_first_maintenance(maintenance, at, changes),
            });
        }
        after.sort_by(|a, b| {
            let start = |known: &KnownMaintenance| known.maintenance.starts_at.unwrap_or(known.first_seen_at);
            start(b).cmp(&start(a)).then_with(|| a.maintenance.id.cmp(&b.maintenance.id))
        });
        let mut kept = 0;
        after.retain(|known| {
            kept += 1;
            kept <= REMEMBERED || !known.maintenance.status.is_over()
        });
        after
    }

    /// Returns the work that was not over and is gone from a list that holds everything not over.
    pub(super) fn vanished_maintenances<'a>(
        &'a self,
        snapshot: &'a Snapshot,
    ) -> impl Iterator<Item = &'a KnownMaintenance> {
        self.maintenances.iter().filter(|known| {
            snapshot.coverage.open_maintenances
                && !known.maintenance.status.is_over()
                && !snapshot.maintenances.iter().any(|seen| seen.id == known.maintenance.id)
        })
    }

    fn seen_first_maintenance(
        &self,
        maintenance: &Maintenance,
        at: Timestamp,
        changes: &mut Vec<Change>,
    ) -> KnownMaintenance {
        let announced =
            maintenance.updates.iter().filter_map(|update| update.at).min().or(maintenance.starts_at);
        let is_history = maintenance.status.is_over() && self.predates(announced);
        if !is_history {
            let kind = if maintenance.status.is_active() {
                ChangeKind::MaintenanceStarted
            } else {
                ChangeKind::MaintenanceScheduled
            };
            let when = no_later_than(at, announced);
            tell(changes, kind, maintenance, None, None, when);
            if let Some(end) = end_of(maintenance.status) {
                tell(changes, end, maintenance, None, None, at);
            }
        }
        KnownMaintenance { maintenance: maintenance.clone(), first_seen_at: at }
    }
}

/// Whether work that is absent ended so long ago, by its plan, that nobody will say so any more.
fn is_long_over(work: &Maintenance, at: Timestamp) -> bool {
    let planned = work.ends_at.or(work.starts_at);
    !work.status.is_over()
        && planned.and_then(|end| end.checked_add(SILENT_AFTER_PLAN).ok()).is_some_and(|until| until < at)
}

fn seen_again(
    known: &KnownMaintenance,
    now: &Maintenance,
    at: Timestamp,
    changes: &mut Vec<Change>,
) -> KnownMaintenance {
    let before = &known.maintenance;
    let mut fresh: Vec<&Update> = now
        .updates
        .iter()
        .filter(|update| {
            let known = before.updates.iter().find(|known| known.id == update.id);
            known.is_none_or(|known| known.body != update.body || known.status != update.status)
        })
        .collect();
    let from = Some(before.status);
    if let Some(kind) = move_of(before.status, now.status) {
        let update = (!fresh.is_empty()).then(|| fresh.remove(0));
        let said = update.and_then(|update| update.at).or(now.updated_at);
        tell(changes, kind, now, from, update, no_later_than(at, said));
    } else if fresh.is_empty() && terms(before) != terms(now) {
        tell(changes, ChangeKind::MaintenanceUpdated, now, from, None, no_later_than(at, now.updated_at));
    }
    for update in fresh {
        tell(changes, ChangeKind::MaintenanceUpdated, now, from, Some(update), no_later_than(at, update.at));
    }
    let mut maintenance = now.clone();
    for update in &before.updates {
        if !maintenance.updates.iter().any(|kept| kept.id == update.id) {
            maintenance.updates.push(update.clone());
        }
    }
    KnownMaintenance { maintenance, first_seen_at: known.first_seen_at }
}

/// What was announced, apart from its words.
fn terms(of: &Maintenance) -> (MaintenanceStatus, &str, Option<Timestamp>, Option<Timestamp>) {
    (of.status, &of.name, of.starts_at, of.ends_at)
}

fn move_of(before: MaintenanceStatus, now: MaintenanceStatus) -> Option<ChangeKind> {
    if before.is_over() == now.is_over() && before.is_active() == now.is_active() {
        return None;
    }
    end_of(now).or_else(|| now.is_active().then_some(ChangeKind::MaintenanceStarted))
}

fn end_of(status: MaintenanceStatus) -> Option<ChangeKind> {
    match status {
        MaintenanceStatus::Completed => Some(ChangeKind::MaintenanceCompleted),
        MaintenanceStatus::Cancelled => Some(ChangeKind::MaintenanceCancelled),
        MaintenanceStatus::Scheduled
        | MaintenanceStatus::InProgress
        | MaintenanceStatus::Verifying
        | MaintenanceStatus::Unknown => None,
    }
}

/// Work that is gone from the page was done if it had begun or its time has come, and was called off otherwise.
fn vanished(known: &KnownMaintenance, at: Timestamp, changes: &mut Vec<Change>) -> KnownMaintenance {
    let before = &known.maintenance;
    if before.status.is_over() {
        return known.clone();
    }
    let was_due = before.starts_at.is_some_and(|start| start <= at);
    let status = if before.status.is_active() || was_due {
        MaintenanceStatus::Completed
    } else {
        MaintenanceStatus::Cancelled
    };
    let maintenance = Maintenance { status, ..before.clone() };
    if let Some(kind) = end_of(status) {
        tell(changes, kind, &maintenance, Some(before.status), None, at);
    }
    KnownMaintenance { maintenance, first_seen_at: known.first_seen_at }
}

fn tell(
    changes: &mut Vec<Change>,
    kind: ChangeKind,
    maintenance: &Maintenance,
    from: Option<MaintenanceStatus>,
    update: Option<&Update>,
    at: Timestamp,
) {
    changes.push(Change {
        kind,
        subject: maintenance.id.clone(),
        name: maintenance.name.clone(),
        from: from.map(|status| status.word().to_owned()),
        to: Some(maintenance.status.word().to_owned()),
        update: update.map(|update| update.id.clone()),
        at,
    });
}
