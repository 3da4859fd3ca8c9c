//! Components: statuses, names, comings and goings.

use super::*;

#[test]
fn a_status_is_told_once_and_by_the_providers_time() {
    let mut reader = Reader::of_a_quiet_page();
    let mut bad = page(&[("api", Status::PartialOutage)]);
    bad.components[0].updated_at = Some(at(8));
    assert_eq!(reader.reads(10, &bad), ["component_changed api operational>partial_outage @8"]);
    assert_eq!(reader.reads(11, &bad), NOTHING);
    bad.components[0].status = Status::Operational;
    bad.components[0].updated_at = Some(at(99));
    assert_eq!(reader.reads(12, &bad), ["component_changed api partial_outage>operational @12"]);
}

#[test]
fn trouble_lasts_through_its_kinds_and_ends_with_the_last() {
    let mut reader = Reader::of_a_quiet_page();
    let mut check = |minute, status, since, trouble_since: Option<i64>| {
        reader.reads(minute, &page(&[("api", status)]));
        let known = &reader.knowledge.components[0];
        assert_eq!((known.since, known.trouble_since), (at(since), trouble_since.map(at)), "{minute}");
    };
    check(1, Status::Operational, 0, None);
    check(2, Status::DegradedPerformance, 2, Some(2));
    check(3, Status::MajorOutage, 3, Some(2));
    check(4, Status::MajorOutage, 3, Some(2));
    check(5, Status::UnderMaintenance, 5, None);
    check(6, Status::PartialOutage, 6, Some(6));
    check(7, Status::Unknown, 7, None);
}

#[test]
fn a_renamed_component_is_the_same_one() {
    let mut reader = Reader::of_a_quiet_page();
    let mut renamed = page(&[("api", Status::Operational)]);
    renamed.components[0].name = "Commerce API".to_owned();
    assert_eq!(reader.reads(5, &renamed), ["component_renamed api API>Commerce API @5"]);
    assert_eq!(reader.reads(6, &renamed), NOTHING);
    assert_eq!(reader.knowledge.component(" commerce api ").unwrap().component.id, "api");
    assert!(reader.knowledge.component("API").is_none());
    renamed.components[0].status = Status::MajorOutage;
    renamed.components[0].name = "Commerce".to_owned();
    assert_eq!(
        reader.reads(7, &renamed),
        [
            "component_renamed api Commerce API>Commerce @7",
            "component_changed api operational>major_outage @7"
        ]
    );
}

#[test]
fn an_id_names_a_component_before_a_name_does() {
    let mut reader = Reader::default();
    let mut confusing = page(&[("one", Status::Operational), ("two", Status::Operational)]);
    confusing.components[0].name = "two".to_owned();
    reader.reads(0, &confusing);
    assert_eq!(reader.knowledge.component("two").unwrap().component.id, "two");
}

#[test]
fn components_come_and_go() {
    let mut reader = Reader::of_a_quiet_page();
    let both = page(&[("api", Status::Operational), ("web", Status::MajorOutage)]);
    assert_eq!(reader.reads(1, &both), ["component_added web ->major_outage @1"]);
    assert_eq!(reader.knowledge.components[1].trouble_since, Some(at(1)));
    assert_eq!(reader.reads(2, &both), NOTHING);
    let one = page(&[("web", Status::MajorOutage)]);
    assert_eq!(reader.reads(3, &one), ["component_removed api operational>- @3"]);
    assert_eq!(reader.reads(4, &one), NOTHING);
    assert_eq!(reader.reads(5, &both), ["component_added api ->operational @5"]);
}

#[test]
fn a_document_without_components_removes_none() {
    let mut reader = Reader::of_a_quiet_page();
    let mut silent = page(&[]);
    silent.coverage.components = false;
    assert_eq!(reader.reads(1, &silent), NOTHING);
    assert_eq!(reader.knowledge.components.len(), 1);
}

#[test]
fn the_first_reading_tells_of_trouble_and_not_of_the_furniture() {
    let mut reader = Reader::default();
    let first = page(&[
        ("api", Status::Operational),
        ("web", Status::DegradedPerformance),
        ("cdn", Status::UnderMaintenance),
        ("odd", Status::Unknown),
    ]);
    assert_eq!(
        reader.reads(0, &first),
        [
            "component_changed web unknown>degraded_performance @0",
            "component_changed cdn unknown>under_maintenance @0",
        ]
    );
}

#[test]
fn timestamps_that_tick_are_no_event() {
    let mut reader = Reader::of_a_quiet_page();
    let open = incident("i", Phase::Investigating, 1, &[update("u1", "investigating", 1)]);
    let plan = work("m", MaintenanceStatus::Scheduled, 90, &[]);
    let mut seen = Snapshot { maintenances: vec![plan], ..with(&[open]) };
    assert_eq!(reader.reads(2, &seen).len(), 2);
    for minute in 3..10 {
        seen.page.updated_at = Some(at(minute));
        seen.components[0].updated_at = Some(at(minute));
        seen.incidents[0].updated_at = Some(at(minute));
        seen.incidents[0].updates[0].at = Some(at(minute));
        seen.maintenances[0].updated_at = Some(at(minute));
        assert_eq!(reader.reads(minute, &seen), NOTHING);
    }
    assert_eq!(reader.knowledge.page.updated_at, Some(at(9)));
}

#[test]
fn another_order_is_no_event() {
    let mut reader = Reader::default();
    reader.reads(0, &page(&[("api", Status::Operational), ("web", Status::MajorOutage)]));
    assert_eq!(
        reader.reads(1, &page(&[("web", Status::MajorOutage), ("api", Status::Operational)])),
        NOTHING
    );
    assert_eq!(reader.knowledge.components[0].component.id, "web");
}

#[test]
fn a_page_without_components_is_well_only_where_it_lists_what_is_open_and_lists_nothing() {
    let log = |lists_open, incidents: &[Incident]| {
        let mut seen = Snapshot { components: Vec::new(), ..with(incidents) };
        seen.coverage = Coverage { components: false, open_incidents: lists_open, open_maintenances: false };
        let mut reader = Reader::default();
        reader.reads(0, &seen);
        reader.knowledge.claim()
    };
    let open = [incident("i", Phase::Investigating, 0, &[])];
    assert_eq!(log(true, &[]), Status::Operational);
    assert_eq!(log(false, &[]), Status::Unknown);
    assert_eq!(log(true, &open), Status::Unknown);
}
