//! Documents that read well and are not to be believed.

use super::*;

fn known() -> Knowledge {
    let mut first = page(&[("api", Status::Operational), ("web", Status::Operational)]);
    first.page.updated_at = Some(at(100));
    Knowledge::default().learn(&first, at(101), Absence::Confirmed).0
}

/// The same page, changed at another minute.
fn copy_of(minute: Option<i64>) -> Snapshot {
    let mut copy = page(&[("api", Status::Operational)]);
    copy.page.updated_at = minute.map(at);
    copy
}

#[test]
fn an_older_copy_is_distrusted_until_it_lasts() {
    let check = |minute: Option<i64>, failures, is_distrusted: bool| {
        let why = known().distrust(&copy_of(minute), failures);
        assert_eq!(why.is_some(), is_distrusted, "{minute:?} {failures}: {why:?}");
    };
    check(Some(101), 0, false);
    check(Some(100), 0, false);
    check(None, 0, false);
    check(Some(99), 0, true);
    check(Some(99), OLDER_COPY_ACCEPTED_AFTER - 1, true);
    check(Some(99), OLDER_COPY_ACCEPTED_AFTER, false);
    let why = known().distrust(&copy_of(Some(99)), 0).unwrap();
    assert!(why.starts_with("an old copy: "), "{why}");
}

#[test]
fn a_page_without_its_components_is_distrusted_for_ever() {
    let mut empty = page(&[]);
    let why = "all 2 components are gone from the page";
    for failures in [0, OLDER_COPY_ACCEPTED_AFTER, 10_000] {
        assert_eq!(known().distrust(&empty, failures).as_deref(), Some(why));
    }
    empty.coverage.components = false;
    assert_eq!(known().distrust(&empty, 0), None);
}

#[test]
fn another_page_is_distrusted_for_ever() {
    let mut other = copy_of(Some(200));
    other.page.id = Some("other".to_owned());
    let why = "another page answered: its id is other (Acme), ours is page";
    for failures in [0, OLDER_COPY_ACCEPTED_AFTER] {
        assert_eq!(known().distrust(&other, failures).as_deref(), Some(why));
    }
    other.page.id = None;
    assert_eq!(known().distrust(&other, 0), None);
}

#[test]
fn at_first_contact_everything_is_believed() {
    for first in [page(&[]), copy_of(Some(-5)), copy_of(None)] {
        assert_eq!(Knowledge::default().distrust(&first, 0), None);
    }
}

#[test]
fn trouble_claimed_for_the_whole_is_dated_by_its_first_reading_however_the_page_ticks() {
    let mut reader = Reader::of_a_quiet_page();
    let mut check = |minute, status, expected: Option<i64>| {
        let mut seen = page(&[("api", Status::Operational)]);
        seen.page.updated_at = Some(at(minute));
        seen.overall = Some(Overall { status, headline: None, raw: "said".to_owned() });
        reader.reads(minute, &seen);
        assert_eq!(reader.knowledge.overall_trouble_since, expected.map(at), "{minute}");
    };
    check(1, Status::Operational, None);
    check(2, Status::PartialOutage, Some(2));
    check(3, Status::MajorOutage, Some(2));
    check(4, Status::Operational, None);
    check(5, Status::MajorOutage, Some(5));
}

#[test]
fn a_document_that_does_not_name_the_page_does_not_make_us_forget_it() {
    let mut reader = Reader::of_a_quiet_page();
    let mut nameless = page(&[("api", Status::Operational)]);
    nameless.page.id = None;
    reader.reads(1, &nameless);
    assert_eq!(reader.knowledge.page.id.as_deref(), Some("page"));
}

#[test]
fn a_page_that_has_moved_keeps_its_past_and_ends_nothing() {
    let mut reader = Reader::of_a_quiet_page();
    let over = incident("old", Phase::Resolved, 1, &[]);
    let open = incident("open", Phase::Investigating, 2, &[]);
    reader.reads(
        5,
        &Snapshot { components: vec![component("api", Status::MajorOutage)], ..with(&[over, open]) },
    );
    reader.knowledge = reader.knowledge.moved();
    let elsewhere = Snapshot {
        page: Page { id: Some("elsewhere".to_owned()), ..Page::default() },
        ..page(&[("c1", Status::MajorOutage), ("c2", Status::Operational)])
    };
    assert_eq!(reader.knowledge.distrust(&elsewhere, 0), None);
    assert_eq!(reader.reads(6, &elsewhere), ["component_changed c1 unknown>major_outage @6"]);
    let ids: Vec<&str> = reader.knowledge.incidents.iter().map(|it| it.incident.id.as_str()).collect();
    assert_eq!(ids, ["old"]);
}
