//! Documents of one page put together.

use super::*;

fn component(id: &str, name: &str, status: Status) -> Component {
    Component {
        id: id.to_owned(),
        name: name.to_owned(),
        group: None,
        status,
        raw_status: status.word().to_owned(),
        updated_at: None,
    }
}

fn document(components: Vec<Component>, coverage: [bool; 3]) -> Snapshot {
    let [components_listed, open_incidents, open_maintenances] = coverage;
    Snapshot {
        platform: Platform::UptimeKuma,
        page: Page::default(),
        overall: None,
        components,
        incidents: Vec::new(),
        maintenances: Vec::new(),
        warnings: Vec::new(),
        coverage: Coverage { components: components_listed, open_incidents, open_maintenances },
    }
}

fn silent(id: &str, status: Status) -> Component {
    Component { raw_status: String::new(), ..component(id, id, status) }
}

/// Returns the statuses that a page has once another document has completed it.
fn statuses(page: Snapshot, other: Vec<Component>) -> Vec<Status> {
    let other = document(other, [true, false, false]);
    page.completed(other).components.iter().map(|component| component.status).collect()
}

#[test]
fn a_word_that_nobody_knows_stays_unknown_whatever_another_document_says() {
    let page = document(vec![component("1", "Shop", Status::Unknown)], [false, true, false]);
    assert_eq!(statuses(page, vec![component("1", "1", Status::Operational)]), [Status::Unknown]);
}

#[test]
fn what_no_incident_names_is_sound_only_where_all_incidents_are_listed() {
    let page = |lists_all| document(vec![silent("1", Status::Unknown)], [false, lists_all, false]);
    // An incident touches the first and does not say how badly.
    let catalogue = || vec![silent("1", Status::Operational), silent("2", Status::Operational)];
    assert_eq!(statuses(page(true), catalogue()), [Status::Unknown, Status::Operational]);
    assert_eq!(statuses(page(false), catalogue()), [Status::Unknown, Status::Unknown]);
}

#[test]
fn a_document_that_completes_gives_the_statuses_that_are_missing_and_no_others() {
    let page = document(
        vec![silent("1", Status::Unknown), component("2", "Pay", Status::Operational)],
        [true, false, false],
    );
    let beats = document(
        vec![
            component("1", "1", Status::MajorOutage),
            component("2", "2", Status::MajorOutage),
            component("3", "3", Status::Operational),
        ],
        [false, true, false],
    );
    let whole = page.completed(beats);
    let told: Vec<(&str, Status)> = whole.components.iter().map(|it| (it.name.as_str(), it.status)).collect();
    assert_eq!(told, [("1", Status::MajorOutage), ("Pay", Status::Operational), ("3", Status::Operational)]);
    assert_eq!(whole.coverage, Coverage { components: true, open_incidents: true, open_maintenances: false });
}

#[test]
fn a_longer_window_closes_nothing_and_gives_no_components() {
    let page = document(vec![component("1", "Shop", Status::Unknown)], [true, false, false]);
    let list = document(vec![component("9", "Other", Status::MajorOutage)], [true, true, true]);
    let joined = page.clone().joined(list);
    assert_eq!(joined, page);
}
