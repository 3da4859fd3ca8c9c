//! StatusCast: its words, its traps, and what a capture says where there is one.

use domain::snapshot::Reading;

use super::*;
use crate::feed::{companions, feeds_in_page, probes, read as read_bytes};
use crate::feeds::testing::source;

const URL: &str = "https://lumen.status.example/summary.json";

fn read_text(body: &str) -> Result<Snapshot, String> {
    match read_bytes(&source(URL, body.as_bytes()), Some(Platform::StatusCast)) {
        Reading::Fresh(snapshot) => Ok(*snapshot),
        Reading::Unreadable { reason } => Err(reason),
    }
}

#[test]
fn each_word_has_its_status_in_feed_and_page() {
    let table = [
        ("Available", Status::Operational),
        ("Unavailable", Status::MajorOutage),
        ("Degraded", Status::DegradedPerformance),
        ("Investigating", Status::DegradedPerformance),
        ("Maintenance", Status::UnderMaintenance),
        ("Informational", Status::Operational),
        ("Monitored", Status::Operational),
        ("Identified", Status::Operational),
        ("Zzz", Status::Unknown),
    ];
    for (word, status) in table {
        let feed = read_text(&format!(r#"{{"PageName":"L","StatusText":"T","Status":"{word}"}}"#)).unwrap();
        assert_eq!(feed.overall.unwrap().status, status, "{word}");
        assert!(!feed.coverage.open_incidents, "an absent list is no empty one");
        let page = format!(
            r#"<html><div>A <b class="status-list-component-status-text component-{}">x</b></div></html>"#,
            word.to_lowercase()
        );
        let page = read_text(&page).unwrap();
        assert_eq!((page.components[0].status, page.components[0].name.as_str()), (status, "A"), "{word}");
        assert_eq!(page.warnings.is_empty(), status != Status::Unknown);
    }
}

#[test]
fn an_unresolved_incident_is_open_whatever_its_form() {
    let read = |event: &str| {
        let body = format!(
            r#"{{"PageName":"L","StatusText":"T","Status":"Available","UnresolvedIncidents":[{event}]}}"#
        );
        read_text(&body).unwrap()
    };
    let check = |event: &str, id: &str, phase: Phase| {
        let snapshot = read(event);
        let incident = &snapshot.incidents[0];
        assert_eq!((incident.id.as_str(), incident.phase), (id, phase), "{event}");
        assert!(snapshot.coverage.open_incidents);
    };
    check(r#"{"Id":7,"Subject":"Mail","Status":"Monitored"}"#, "7", Phase::Monitoring);
    check(r#"{"IncidentId":"7","Title":"Mail","State":"Identified"}"#, "7", Phase::Identified);
    check(r#"{"Title":"Mail is slow"}"#, "Mail is slow", Phase::Investigating);
    check(r#"{"Id":7,"Status":"Resolved-ish"}"#, "7", Phase::Unknown);
    let lost = read(r#"{"Foo":1},"text""#);
    assert_eq!((lost.coverage, lost.warnings.len()), (blank::NOTHING, 1));
}

#[test]
fn times_without_a_zone_are_not_guessed() {
    let work = |start: &str| {
        let body = format!(
            r#"{{"PageName":"L","Status":"Available","UpcomingIncidents":[{{"Id":1,"Name":"W","StartDate":"{start}"}}]}}"#
        );
        let work = read_text(&body).unwrap().maintenances.remove(0);
        (work.status, work.starts_at)
    };
    assert_eq!(work("2026-09-20T02:00:00"), (MaintenanceStatus::Scheduled, None));
    assert_eq!(work("2026-09-20T02:00:00Z").1, "2026-09-20T02:00:00Z".parse().ok());
}

#[test]
fn what_lost_its_heart_or_is_an_error_page_is_refused() {
    let check = |body: &str, expect: &str| {
        let reason = read_text(body).unwrap_err();
        assert!(reason.starts_with(expect), "{body}: {reason}");
    };
    check(r#"{"PageName":"L","StatusText":"Normal"}"#, "a page without its status");
    check(
        r#"{"PageName":"L","Status":"Available","UnresolvedIncidents":"none"}"#,
        "the incidents are not a list",
    );
    check(r#"{"Status":"Available"}"#, "JSON of another shape");
    check("<html><title>Oops</title></html>", "HTML where JSON was expected (page title 'Oops')");
}

#[test]
fn feed_and_page_name_each_other() {
    let feed = (Platform::StatusCast, URL.to_owned());
    let page = r#"<html><i class="status-list-component-status-text"></i></html>"#;
    assert_eq!(feeds_in_page(&source(URL, page.as_bytes())), [feed]);
    let status = (Platform::StatusCast, "https://lumen.status.example/status.json".to_owned());
    assert!(probes("https://lumen.status.example/x").contains(&status));
    let root = "https://lumen.status.example/".to_owned();
    assert_eq!(companions(Platform::StatusCast, URL), [Companion { url: root, need: Need::Detail }]);
}

#[test]
fn a_page_nested_without_end_or_cut_off_is_refused() {
    let row = "<div>Mail<i class=\"status-list-component-status-text component-available\"></i></div>";
    let check = |page: &str, expect: &str| {
        let reason = read_text(page).unwrap_err();
        assert!(reason.contains(expect), "{reason}");
    };
    check(&format!("<html>{}{row}</html>", "<div>".repeat(10_000)), "nested more than");
    check(&format!("<html>{row}<div>Calen"), "cut off");
}
