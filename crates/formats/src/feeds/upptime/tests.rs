//! Upptime: words of the summary, issues by their labels, and the way from a page to its repository.

use super::*;
use crate::feed::{companions, feeds_in_page, probes};
use crate::feeds::testing::{Given, covers, sample, source};

const URL: &str = "https://raw.githubusercontent.com/lumen/status/HEAD/history/summary.json";
const TROUBLE: &str = include_str!("../../../test_data/upptime/trouble-summary.json");
const ISSUES_URL: &str = "https://api.github.com/repos/lumen/status/issues?state=open&per_page=100";
const OPEN: &str = include_str!("../../../test_data/upptime/issues.json");

fn upptime(body: impl AsRef<[u8]>) -> Snapshot {
    Given::of(Platform::Upptime).from(URL).fresh(body)
}

#[test]
fn each_word_is_a_status() {
    let check = |word: &str, expect: Status, warnings: usize| {
        let body = format!(r#"[{{"slug":"mail","name":"Mail","uptime":"99.62%","status":"{word}"}}]"#);
        let snapshot = upptime(&body);
        assert_eq!((snapshot.components[0].status, snapshot.warnings.len()), (expect, warnings), "{word}");
    };
    check("up", Status::Operational, 0);
    check("degraded", Status::DegradedPerformance, 0);
    check("down", Status::MajorOutage, 0);
    check("sideways", Status::Unknown, 1);
}

#[test]
fn what_ticks_is_not_read() {
    let ticked = TROUBLE.replace("99.62%", "99.63%").replace("\"time\": 83", "\"time\": 97");
    assert_ne!(ticked, TROUBLE);
    assert_eq!(upptime(&ticked), upptime(TROUBLE));
}

#[test]
fn a_label_makes_an_issue_an_incident_or_a_maintenance() {
    let snapshot = Given::of(Platform::Upptime).from(ISSUES_URL).fresh(OPEN);
    let rows: Vec<_> = snapshot.incidents.iter().map(|it| (it.id.as_str(), it.phase)).collect();
    assert_eq!(rows, [("41", Phase::Investigating), ("38", Phase::Resolved)]);
    assert_eq!(snapshot.incidents[0].components, ["inbox"]);
    assert_eq!(snapshot.incidents[1].resolved_at, Some("2026-09-14T08:30:00Z".parse().unwrap()));
    assert_eq!(covers(&snapshot), [false, true, true]);
    let work: Vec<_> = snapshot.maintenances.iter().map(|it| (it.id.as_str(), it.status)).collect();
    assert_eq!(work, [("40", MaintenanceStatus::InProgress), ("39", MaintenanceStatus::Scheduled)]);
    assert_eq!(snapshot.maintenances[0].components, ["inbox", "outbox"]);
    assert_eq!(snapshot.maintenances[0].updates[0].body, "We add disks.");
    assert_eq!(snapshot.warnings, [""; 0]);
}

#[test]
fn planned_times_decide_whether_work_goes_on() {
    let check = |from: &str, to: &str, expect: MaintenanceStatus| {
        let body = OPEN.replace(from, to);
        assert_eq!(
            Given::of(Platform::Upptime).from(ISSUES_URL).fresh(body).maintenances[0].status,
            expect,
            "{to}"
        );
    };
    check("end: 2026-09-15T13:00:00Z", "end: 2026-09-15T11:59:00Z", MaintenanceStatus::Completed);
    check("start: 2026-09-15T11:00:00Z", "begin: soon", MaintenanceStatus::Unknown);
    check("end: 2026-09-15T13:00:00Z", "end: some day", MaintenanceStatus::InProgress);
}

#[test]
fn a_full_list_of_issues_closes_nothing() {
    let issue = r#"{"number":N,"title":"t","state":"open","html_url":"https://github.com/lumen/status/issues/N","labels":[]}"#;
    let list: Vec<String> = (1..=100).map(|n| issue.replace('N', &n.to_string())).collect();
    let issues = |count: usize| {
        Given::of(Platform::Upptime).from(ISSUES_URL).fresh(format!("[{}]", list[..count].join(",")))
    };
    assert_eq!(covers(&issues(99)), [false, true, true]);
    assert_eq!(covers(&issues(100)), [false; 3]);
    assert_eq!(covers(&Given::of(Platform::Upptime).from(ISSUES_URL).fresh("[]")), [false, true, true]);
}

#[test]
fn the_repository_is_found_from_the_page() {
    let issues = Companion { url: ISSUES_URL.to_owned(), need: Need::Detail };
    assert_eq!(companions(Platform::Upptime, URL), [issues]);
    assert_eq!(companions(Platform::Upptime, "https://status.lumen.example/summary.json"), []);
    for page in ["https://lumen.github.io/status", "https://github.com/lumen/status/"] {
        assert!(probes(page).contains(&(Platform::Upptime, URL.to_owned())), "{page}");
    }
    let page = r#"<!DOCTYPE html><html><a href="https://github.com/upptime/upptime">Upptime</a>
        <a href="https://github.com/lumen/status">open source</a></html>"#;
    let found = feeds_in_page(&source("https://status.lumen.example/", page));
    assert!(found.contains(&(Platform::Upptime, URL.to_owned())), "{found:?}");
    let other = page.replace("upptime", "other");
    assert!(
        feeds_in_page(&source("https://status.lumen.example/", &other))
            .iter()
            .all(|(it, _)| *it != Platform::Upptime)
    );
}

#[test]
fn the_capture_is_read() {
    let Some(body) = sample("upptime/manticore-summary-seven-down.json") else { return };
    let snapshot = upptime(&body);
    let down = snapshot.components.iter().filter(|row| row.status == Status::MajorOutage).count();
    assert_eq!((snapshot.components.len(), down), (18, 7));
    assert_eq!((covers(&snapshot), snapshot.warnings.len()), ([true, false, false], 0));
}
