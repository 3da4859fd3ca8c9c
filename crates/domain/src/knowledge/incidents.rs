//! Incidents: opened, updated, resolved, reopened and explained, each said once.
//!
//! The update that moves an incident to another phase is told by the event of that move; every other new update, and an
//! edit of an old one, is an `incident_updated` of its own.

use std::time::Duration;

use jiff::Timestamp;

use super::{Absence, CLOSED_AFTER_ABSENT_POLLS, Knowledge, KnownIncident, REMEMBERED, no_later_than};
use crate::{
    Phase,
    change::{Change, ChangeKind},
    snapshot::{Incident, Snapshot, Update},
};

/// How long an incident may be open, absent and silent. Those who forget to post an end post nothing for weeks.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(14 * 24 * 3600);

impl Knowledge {
    /// Folds the incidents in. Newest first; open ones are never forgotten.
    pub(super) fn learn_incidents(
        &self,
        snapshot: &Snapshot,
        at: Timestamp,
        absence: Absence,
        changes: &mut Vec<Change>,
    ) -> Vec<KnownIncident> {
        let mut told: Vec<Change> = Vec::new();
        let mut after: Vec<KnownIncident> =
            Vec::with_capacity(self.incidents.len() + snapshot.incidents.len());
        for known in &self.incidents {
            if !snapshot.incidents.iter().any(|incident| incident.id == known.incident.id) {
                after.push(absent(known, snapshot, at, absence, &mut told));
            }
        }
        for incident in &snapshot.incidents {
            let known = self.incidents.iter().find(|known| known.incident.id == incident.id);
            after.push(match known {
                Some(known) => seen_again(known, incident, at, &mut told),
                None => self.seen_first(incident, at, &mut told),
            });
        }
        after.sort_by(|a, b| begun(b).cmp(&begun(a)).then_with(|| a.incident.id.cmp(&b.incident.id)));
        forget_old(&mut after);
        told.sort_by_key(|change| change.at);
        changes.append(&mut told);
        after
    }

    /// Returns the incidents that were open and are gone from a list that holds everything open.
    pub(super) fn vanished_incidents<'a>(
        &'a self,
        snapshot: &'a Snapshot,
    ) -> impl Iterator<Item = &'a KnownIncident> {
        self.open_incidents().filter(|known| {
            snapshot.coverage.open_incidents
                && !snapshot.incidents.iter().any(|incident| incident.id == known.incident.id)
        })
    }

    fn seen_first(&self, incident: &Incident, at: Timestamp, told: &mut Vec<Change>) -> KnownIncident {
        let begun = incident.created_at.or(incident.started_at);
        let is_history = incident.phase.is_over() && self.predates(begun);
        if !is_history {
            let opening = no_later_than(at, begun);
            tell(told, ChangeKind::IncidentOpened, incident, None, None, opening);
            if incident.phase.is_over() {
                let end = no_later_than(at, incident.resolved_at);
                tell(told, ChangeKind::IncidentResolved, incident, None, newest(incident), end);
            }
            if let Some(explanation) = postmortem(incident) {
                let when = no_later_than(at, explanation.at);
                tell(told, ChangeKind::PostmortemPublished, incident, None, Some(explanation), when);
            }
        }
        KnownIncident { incident: incident.clone(), first_seen_at: at, absent_polls: 0 }
    }
}

/// A known incident in a new reading.
fn seen_again(known: &KnownIncident, now: &Incident, at: Timestamp, told: &mut Vec<Change>) -> KnownIncident {
    let before = &known.incident;
    let mut fresh: Vec<&Update> =
        now.updates.iter().filter(|update| says_something_new(before, update)).collect();
    let from = Some(before.phase);
    if let Some((kind, update)) = move_of(before, now, &fresh) {
        let ended = now.resolved_at.filter(|_| kind == ChangeKind::IncidentResolved);
        let said = ended.or(update.and_then(|update| update.at));
        tell(told, kind, now, from, update, no_later_than(at, said.or(now.updated_at)));
        if let Some(update) = update {
            fresh.retain(|other| other.id != update.id);
        }
    } else if fresh.is_empty()
        && (before.phase, before.impact, &before.name) != (now.phase, now.impact, &now.name)
    {
        tell(told, ChangeKind::IncidentUpdated, now, from, None, no_later_than(at, now.updated_at));
    }
    for update in fresh {
        tell(told, ChangeKind::IncidentUpdated, now, from, Some(update), no_later_than(at, update.at));
    }
    KnownIncident {
        incident: with_earlier_words(before, now),
        first_seen_at: known.first_seen_at,
        absent_polls: 0,
    }
}

/// The move from one phase to another that deserves an event of its own, and the update that tells of it.
fn move_of<'a>(
    before: &Incident,
    now: &Incident,
    fresh: &[&'a Update],
) -> Option<(ChangeKind, Option<&'a Update>)> {
    let newest = fresh.first().copied();
    match (before.phase.is_over(), now.phase.is_over()) {
        (false, true) => Some((ChangeKind::IncidentResolved, newest)),
        (true, false) => Some((ChangeKind::IncidentReopened, newest)),
        (true, true) => {
            let explanation = fresh.iter().copied().find(|update| is_postmortem(update));
            let is_new =
                postmortem(before).is_none() && (explanation.is_some() || became_postmortem(before, now));
            is_new.then_some((ChangeKind::PostmortemPublished, explanation))
        }
        (false, false) => None,
    }
}

fn became_postmortem(before: &Incident, now: &Incident) -> bool {
    before.phase != Phase::Postmortem && now.phase == Phase::Postmortem
}

/// A known incident that the new reading does not hold.
fn absent(
    known: &KnownIncident,
    snapshot: &Snapshot,
    at: Timestamp,
    absence: Absence,
    told: &mut Vec<Change>,
) -> KnownIncident {
    if known.incident.phase.is_over() || !snapshot.coverage.open_incidents && !is_forgotten(known, at) {
        return known.clone();
    }
    let absent_polls = known.absent_polls + 1;
    if absence == Absence::Unconfirmed && absent_polls < CLOSED_AFTER_ABSENT_POLLS {
        return KnownIncident { absent_polls, ..known.clone() };
    }
    let incident = Incident { phase: Phase::Resolved, ..known.incident.clone() };
    tell(told, ChangeKind::IncidentResolved, &incident, Some(known.incident.phase), None, at);
    // The provider never said when: the end stays unsaid, and the ledger has our own time of seeing it gone.
    KnownIncident { incident, first_seen_at: known.first_seen_at, absent_polls }
}

/// Whether an open incident has left all that is read and has been silent for so long that nobody will say it is over. A
/// log of the newest entries pushes the old ones out, ended or not.
fn is_forgotten(known: &KnownIncident, at: Timestamp) -> bool {
    let said = known.incident.updates.first().and_then(|update| update.at).max(known.incident.updated_at);
    let last = said.unwrap_or(known.first_seen_at).max(known.first_seen_at);
    last.checked_add(FORGOTTEN_AFTER).is_ok_and(|until| until < at)
}

fn says_something_new(before: &Incident, update: &Update) -> bool {
    before
        .updates
        .iter()
        .find(|known| known.id == update.id)
        .is_none_or(|known| known.body != update.body || known.status != update.status)
}

/// The incident as read now, with earlier updates that this document left out.
fn with_earlier_words(before: &Incident, now: &Incident) -> Incident {
    let mut incident = now.clone();
    for update in &before.updates {
        if !incident.updates.iter().any(|kept| kept.id == update.id) {
            incident.updates.push(update.clone());
        }
    }
    incident.updates.sort_by_key(|update| std::cmp::Reverse(update.at));
    if incident.components.is_empty() {
        incident.components.clone_from(&before.components);
    }
    incident
}

fn is_postmortem(update: &Update) -> bool {
    update.status == Phase::Postmortem.word()
}

fn postmortem(incident: &Incident) -> Option<&Update> {
    incident.updates.iter().find(|update| is_postmortem(update))
}

fn newest(incident: &Incident) -> Option<&Update> {
    incident.updates.iter().find(|update| !is_postmortem(update))
}

fn begun(known: &KnownIncident) -> Timestamp {
    known.incident.started_at.or(known.incident.created_at).unwrap_or(known.first_seen_at)
}

fn forget_old(incidents: &mut Vec<KnownIncident>) {
    let mut kept = 0;
    incidents.retain(|known| {
        kept += 1;
        kept <= REMEMBERED || !known.incident.phase.is_over()
    });
}

fn tell(
    told: &mut Vec<Change>,
    kind: ChangeKind,
    incident: &Incident,
    from: Option<Phase>,
    update: Option<&Update>,
    at: Timestamp,
) {
    told.push(Change {
        kind,
        subject: incident.id.clone(),
        name: incident.name.clone(),
        from: from.map(|phase| phase.word().to_owned()),
        to: Some(incident.phase.word().to_owned()),
        update: update.map(|update| update.id.clone()),
        at,
    });
}
