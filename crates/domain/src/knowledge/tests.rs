//! Stories of one provider: what each reading says, and what is told of it.
//!
//! A change is written `kind subject from>to @minute`, with the update that it is about at its end.

mod components;
mod incidents;
mod maintenances;
mod property;
mod trust;

use jiff::Timestamp;

use super::*;
use crate::{
    Impact, MaintenanceStatus, Phase, Platform, Status,
    change::ChangeKind,
    snapshot::{Coverage, Update},
};

/// An instant in the story; it begins a while before the first reading.
fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + 60 * minute).unwrap()
}

/// A complete reading of a page that shows these components and nothing else.
fn page(components: &[(&str, Status)]) -> Snapshot {
    Snapshot {
        platform: Platform::Statuspage,
        page: Page { id: Some("page".to_owned()), name: Some("Acme".to_owned()), ..Page::default() },
        overall: None,
        components: components.iter().map(|&(id, status)| component(id, status)).collect(),
        incidents: Vec::new(),
        maintenances: Vec::new(),
        warnings: Vec::new(),
        coverage: Coverage { components: true, open_incidents: true, open_maintenances: true },
    }
}

fn component(id: &str, status: Status) -> Component {
    Component {
        id: id.to_owned(),
        name: id.to_uppercase(),
        group: None,
        status,
        raw_status: status.word().to_owned(),
        updated_at: None,
    }
}

/// An incident that was posted at minute `begun`, with these updates.
fn incident(id: &str, phase: Phase, begun: i64, updates: &[Update]) -> Incident {
    Incident {
        id: id.to_owned(),
        name: format!("Trouble {id}"),
        impact: Impact::Major,
        raw_impact: Some("major".to_owned()),
        phase,
        started_at: Some(at(begun)),
        created_at: Some(at(begun)),
        updated_at: None,
        resolved_at: None,
        url: None,
        components: vec!["api".to_owned()],
        updates: updates.to_vec(),
    }
}

fn update(id: &str, status: &str, minute: i64) -> Update {
    Update {
        id: id.to_owned(),
        status: status.to_owned(),
        body: format!("We are {status}."),
        at: Some(at(minute)),
    }
}

fn work(id: &str, status: MaintenanceStatus, starts: i64, updates: &[Update]) -> Maintenance {
    Maintenance {
        id: id.to_owned(),
        name: format!("Work {id}"),
        status,
        starts_at: Some(at(starts)),
        ends_at: Some(at(starts + 60)),
        updated_at: None,
        url: None,
        components: vec!["api".to_owned()],
        updates: updates.to_vec(),
    }
}

/// The page with everything well and these incidents.
fn with(incidents: &[Incident]) -> Snapshot {
    Snapshot { incidents: incidents.to_vec(), ..page(&[("api", Status::Operational)]) }
}

/// The page with everything well and this announced work.
fn planned(maintenances: &[Maintenance]) -> Snapshot {
    Snapshot { maintenances: maintenances.to_vec(), ..page(&[("api", Status::Operational)]) }
}

/// Somebody who reads a page again and again.
#[derive(Default)]
struct Reader {
    knowledge: Knowledge,
}

impl Reader {
    /// A reader who has seen the page without trouble at minute 0.
    fn of_a_quiet_page() -> Self {
        let mut reader = Self::default();
        assert_eq!(reader.reads(0, &page(&[("api", Status::Operational)])), NOTHING);
        reader
    }

    fn reads(&mut self, minute: i64, snapshot: &Snapshot) -> Vec<String> {
        self.learns(minute, snapshot, Absence::Confirmed)
    }

    fn learns(&mut self, minute: i64, snapshot: &Snapshot, absence: Absence) -> Vec<String> {
        let (knowledge, changes) = self.knowledge.learn(snapshot, at(minute), absence);
        self.knowledge = knowledge;
        changes.iter().map(said).collect()
    }

    fn incident(&self, id: &str) -> &KnownIncident {
        self.knowledge.incidents.iter().find(|known| known.incident.id == id).unwrap()
    }
}

const NOTHING: [&str; 0] = [];

fn said(change: &Change) -> String {
    let minute = (change.at.as_second() - at(0).as_second()) / 60;
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let about = change.update.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
    let (from, to) = (value(&change.from), value(&change.to));
    format!("{} {} {from}>{to} @{minute}{about}", change.kind, change.subject)
}
