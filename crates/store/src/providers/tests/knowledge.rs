//! Knowledge as it changes: after each reading, what is read back is what was known.

use domain::knowledge::{KnownComponent, KnownIncident, KnownMaintenance};
use domain::snapshot::{Component, Incident, Maintenance, Overall, Page, Update};
use domain::{Impact, MaintenanceStatus, Phase, Status};

use super::*;

pub(super) fn component(id: &str, status: Status, since: i64) -> KnownComponent {
    KnownComponent {
        component: Component {
            id: id.to_owned(),
            name: format!("The {id}"),
            group: Some("Core".to_owned()),
            status,
            raw_status: "raw".to_owned(),
            updated_at: Some(at(since - 1)),
        },
        since: at(since),
        trouble_since: status.is_trouble().then(|| at(since)),
    }
}

pub(super) fn incident(id: &str, phase: Phase, updates: &[Update]) -> KnownIncident {
    KnownIncident {
        incident: Incident {
            id: id.to_owned(),
            name: format!("Trouble „{id}“"),
            impact: Impact::Major,
            raw_impact: Some("major".to_owned()),
            phase,
            started_at: Some(at(-9)),
            created_at: Some(at(1)),
            updated_at: None,
            resolved_at: phase.is_over().then(|| at(8)),
            url: Some("https://status.example/i".to_owned()),
            components: vec!["web".to_owned(), "api".to_owned()],
            updates: updates.to_vec(),
        },
        first_seen_at: at(2),
        absent_polls: 1,
    }
}

pub(super) fn update(id: &str, body: &str, minute: Option<i64>) -> Update {
    Update { id: id.to_owned(), status: "identified".to_owned(), body: body.to_owned(), at: minute.map(at) }
}

fn work(id: &str, status: MaintenanceStatus) -> KnownMaintenance {
    KnownMaintenance {
        maintenance: Maintenance {
            id: id.to_owned(),
            name: "Work".to_owned(),
            status,
            starts_at: Some(at(60)),
            ends_at: None,
            updated_at: Some(at(5)),
            url: None,
            components: vec!["api".to_owned()],
            updates: vec![update("m2", "Later", None), update("m1", "Soon", Some(1))],
        },
        first_seen_at: at(2),
    }
}

pub(super) fn first() -> Knowledge {
    Knowledge {
        lists_open: true,
        first_read_at: Some(at(2)),
        page: Page {
            id: Some("p".to_owned()),
            name: Some("Pay".to_owned()),
            url: Some("https://status.example".to_owned()),
            updated_at: Some(at(1)),
        },
        overall: Some(Overall { status: Status::MajorOutage, headline: None, raw: "critical".to_owned() }),
        overall_trouble_since: Some(at(2)),
        components: vec![component("web", Status::MajorOutage, 2), component("api", Status::Operational, 2)],
        incidents: vec![
            incident("new", Phase::Identified, &[update("u2", "Found", Some(4)), update("u1", "", None)]),
            incident("old", Phase::Postmortem, &[]),
        ],
        maintenances: vec![work("m", MaintenanceStatus::Scheduled)],
    }
}

pub(super) fn save(database: &Database, before: &Knowledge, after: &Knowledge, minute: i64) {
    let (before, after) = (before.clone(), after.clone());
    write(database, move |tx| save_knowledge(tx, pay(), &before, &after, at(minute)));
}

/// Stores the first reading and one after which `edit` was done, and compares what is read back.
fn check(edit: impl Fn(&mut Knowledge)) {
    for (_fixture, database) in ledgers() {
        save(&database, &Knowledge::default(), &first(), 2);
        assert_eq!(stored(&database).knowledge, first());
        let mut after = first();
        edit(&mut after);
        save(&database, &first(), &after, 5);
        assert_eq!(stored(&database).knowledge, after);
        save(&database, &after, &after, 6);
        assert_eq!(stored(&database).knowledge, after);
        save(&database, &after, &first(), 7);
        assert_eq!(stored(&database).knowledge, first());
    }
}

#[test]
fn what_is_known_is_read_back_as_it_was_stored() {
    check(|_| {});
}

#[test]
fn a_page_without_its_facts_is_read_back_without_them() {
    check(|known| (known.page, known.overall) = (Page::default(), None));
    check(|known| {
        known.overall =
            Some(Overall { status: Status::Unknown, headline: Some("?".to_owned()), raw: String::new() });
    });
}

#[test]
fn components_change_move_come_and_go() {
    check(|known| known.components[0] = component("web", Status::Operational, 5));
    check(|known| known.components[1].component.name = "Renamed".to_owned());
    check(|known| known.components[1].component.group = None);
    check(|known| known.components.reverse());
    check(|known| known.components.insert(1, component("cdn", Status::Unknown, 5)));
    check(|known| drop(known.components.remove(0)));
    check(|known| known.components.clear());
}

#[test]
fn incidents_change_move_come_and_are_forgotten() {
    check(|known| known.incidents.insert(0, incident("newest", Phase::Investigating, &[])));
    check(|known| known.incidents.insert(1, incident("middle", Phase::Resolved, &[])));
    check(|known| known.incidents.push(incident("oldest", Phase::Unknown, &[])));
    check(|known| known.incidents.reverse());
    check(|known| drop(known.incidents.remove(0)));
    check(|known| known.incidents[0] = incident("new", Phase::Resolved, &[update("u3", "Done", Some(5))]));
    check(|known| known.incidents[1].absent_polls = 2);
    check(|known| known.incidents[0].incident.components.reverse());
    check(|known| known.incidents[0].incident.components.clear());
    check(|known| known.incidents.clear());
}

#[test]
fn words_are_added_edited_moved_and_taken_back() {
    check(|known| known.incidents[0].incident.updates.insert(0, update("u3", "More", Some(5))));
    check(|known| known.incidents[0].incident.updates[1].body = "Edited".to_owned());
    check(|known| known.incidents[0].incident.updates[0].at = None);
    check(|known| known.incidents[0].incident.updates.reverse());
    check(|known| drop(known.incidents[0].incident.updates.remove(0)));
    check(|known| known.maintenances[0].maintenance.updates[0].status = "completed".to_owned());
}

#[test]
fn maintenances_change_come_and_are_forgotten() {
    check(|known| known.maintenances[0].maintenance.status = MaintenanceStatus::InProgress);
    check(|known| known.maintenances.insert(0, work("later", MaintenanceStatus::Scheduled)));
    check(|known| known.maintenances.clear());
}

#[test]
fn of_things_that_share_an_id_the_first_counts() {
    for (_fixture, database) in ledgers() {
        let mut twice = first();
        twice.components.push(component("web", Status::Operational, 9));
        twice.incidents.push(incident("new", Phase::Resolved, &[]));
        twice.maintenances.push(work("m", MaintenanceStatus::Completed));
        twice.incidents[0].incident.updates.push(update("u2", "Again", None));
        save(&database, &Knowledge::default(), &twice, 2);
        assert_eq!(stored(&database).knowledge, first());
    }
}

#[test]
fn two_providers_with_the_same_ids_are_apart() {
    for (_fixture, database) in ledgers() {
        let other = provider_id("other");
        write(&database, move |tx| register(tx, other, "other", at(0)));
        save(&database, &Knowledge::default(), &first(), 2);
        assert_eq!(write(&database, move |tx| get(tx, other)).unwrap().knowledge, Knowledge::default());
        let mut different = first();
        different.incidents[0].incident.name = "Other".to_owned();
        let saved = different.clone();
        write(&database, move |tx| save_knowledge(tx, other, &Knowledge::default(), &saved, at(2)));
        assert_eq!(stored(&database).knowledge, first());
        assert_eq!(write(&database, move |tx| get(tx, other)).unwrap().knowledge, different);
    }
}
