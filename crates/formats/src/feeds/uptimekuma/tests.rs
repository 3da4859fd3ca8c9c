//! Uptime Kuma: both versions of the page, the heartbeats, and where they are found.

use super::*;
use crate::feed::{companions, feeds_in_page, probes};
use crate::feeds::testing::{Given, covers, sample, source};

const PAGE: &str = include_str!("../../../test_data/uptimekuma/trouble-page.json");
const URL: &str = "https://kuma.lumen.example/api/status-page/lumen";

fn kuma(body: impl AsRef<[u8]>) -> Snapshot {
    Given::of(Platform::UptimeKuma).from(URL).fresh(body)
}

#[test]
fn each_code_of_a_heartbeat_is_a_status() {
    let check = |code: &str, expect: Status, warnings: usize| {
        let snapshot = kuma(format!(r#"{{"heartbeatList":{{"7":[{{"status":{code}}}]}}}}"#));
        assert_eq!((snapshot.components[0].status, snapshot.warnings.len()), (expect, warnings), "{code}");
    };
    check("0", Status::MajorOutage, 0);
    check("1", Status::Operational, 0);
    check("2", Status::DegradedPerformance, 0);
    check("3", Status::UnderMaintenance, 0);
    check("\"1\"", Status::Operational, 0);
    check("4", Status::Unknown, 1);
    check("null", Status::Unknown, 1);
}

#[test]
fn the_newest_heartbeat_counts_and_none_is_unknown() {
    let body = r#"{"heartbeatList":{
        "1":[{"status":0,"time":"2026-09-15 11:59:00.5"},{"status":1,"time":"2026-09-15 11:58:00"}],
        "2":[{"status":1,"time":"2026-09-15 11:59:00.5"},{"status":0}],
        "3":[],
        "4":"none"}}"#;
    let snapshot = kuma(body);
    let statuses: Vec<Status> = snapshot.components.iter().map(|row| row.status).collect();
    assert_eq!(statuses, [Status::MajorOutage, Status::MajorOutage, Status::Unknown, Status::Unknown]);
    assert_eq!(covers(&snapshot), [false; 3]);
    assert_eq!(snapshot.warnings, ["monitor '4' has unreadable heartbeats"]);
    assert_eq!(
        Given::of(Platform::UptimeKuma).from(URL).refused(r#"{"heartbeatList":[],"uptimeList":{}}"#),
        "'heartbeatList' is not an object"
    );
}

#[test]
fn a_monitor_that_stopped_is_unknown_and_no_other_document_turns_it_green() {
    let beat = |status: u8| {
        let body = format!(
            r#"{{"heartbeatList":{{"3":[{{"status":{status},"time":"2026-09-15 10:57:00"}},
                {{"status":{status},"time":"2026-09-15 10:58:00"}}]}}}}"#
        );
        let whole = kuma(PAGE).completed(kuma(body));
        (whole.components[0].status, whole.components[0].raw_status.clone(), whole.warnings.last().cloned())
    };
    let warning = Some("monitor '3' has no result since 2026-09-15T10:58:00Z".to_owned());
    assert_eq!(beat(1), (Status::Unknown, "1".to_owned(), warning.clone()));
    assert_eq!(beat(0), (Status::Unknown, "0".to_owned(), warning));
    assert!(crate::feed::depends_on_time(Platform::UptimeKuma));
}

#[test]
fn a_monitor_in_two_groups_counts_once_and_has_no_status_of_its_own() {
    let snapshot = kuma(PAGE);
    let rows: Vec<_> =
        snapshot.components.iter().map(|row| (row.id.as_str(), row.group.as_deref(), row.status)).collect();
    assert_eq!(
        rows,
        [("3", Some("Mail"), Status::Unknown), ("8", Some("Mail"), Status::Unknown)],
        "the second group repeats monitor 3"
    );
    assert_eq!(snapshot.overall, None);
}

#[test]
fn one_note_or_none_is_the_form_of_version_1() {
    let page = |incident: &str| format!(r#"{{"config":{{"slug":"l"}},{incident}"publicGroupList":[]}}"#);
    let check = |incident: &str, expect: (usize, bool)| {
        let snapshot = kuma(page(incident));
        assert_eq!((snapshot.incidents.len(), snapshot.coverage.open_incidents), expect, "{incident}");
    };
    check(r#""incident":null,"#, (0, true));
    check("", (0, false));
    check(r#""incident":"zzz","#, (0, false));
    check(r#""incident":{"id":1,"title":"Delays","style":"warning"},"#, (1, true));
    check(r#""incidents":[],"#, (0, true));
    check(r#""incidents":[{"title":"without an id"}],"#, (0, false));
    let gone = r#"{"config":{"slug":"l"},"maintenanceList":[]}"#;
    assert_eq!(Given::of(Platform::UptimeKuma).from(URL).refused(gone), "a page without a list of groups");
}

#[test]
fn a_style_is_an_impact() {
    let check = |style: &str, expect: Option<Impact>| assert_eq!(impact(style), expect, "{style}");
    check("danger", Some(Impact::Major));
    check("warning", Some(Impact::Minor));
    for style in ["info", "primary", "light", "dark"] {
        check(style, Some(Impact::None));
    }
    check("rainbow", None);
}

#[test]
fn maintenance_is_planned_in_the_zone_it_names() {
    let work = kuma(PAGE).maintenances.remove(0);
    assert_eq!((work.id.as_str(), work.status), ("maintenance-2", MaintenanceStatus::InProgress));
    assert_eq!(work.starts_at, Some("2026-09-15T11:00:00Z".parse().unwrap()));
    let zoneless = kuma(PAGE.replace("Europe/Berlin", "Middle/Earth"));
    assert_eq!(zoneless.maintenances[0].starts_at, None);
    let check = |word: &str, expect: MaintenanceStatus| {
        let snapshot = kuma(PAGE.replace("\"under-maintenance\"", &format!("{word:?}")));
        assert_eq!(snapshot.maintenances[0].status, expect, "{word}");
    };
    check("scheduled", MaintenanceStatus::Scheduled);
    check("ended", MaintenanceStatus::Completed);
    check("inactive", MaintenanceStatus::Cancelled);
    check("unknown", MaintenanceStatus::Unknown);
}

#[test]
fn the_heartbeats_are_needed_and_the_page_is_found() {
    let heartbeats = "https://kuma.lumen.example/api/status-page/heartbeat/lumen".to_owned();
    assert_eq!(
        companions(Platform::UptimeKuma, URL),
        [Companion { url: heartbeats.clone(), need: Need::State }]
    );
    assert_eq!(companions(Platform::UptimeKuma, &heartbeats), []);
    let probed = |page: &str| -> Vec<String> {
        let all = probes(page).into_iter().filter(|(platform, _)| *platform == Platform::UptimeKuma);
        all.map(|(_, url)| url).collect()
    };
    assert_eq!(probed("https://kuma.lumen.example/status/Lumen/"), [URL]);
    assert_eq!(
        probed("https://kuma.lumen.example/?x=1"),
        ["https://kuma.lumen.example/api/status-page/default"]
    );
    for data in [r"{'config':{'slug':'lumen','title':'L'}}", r#"{"config": {"slug": "lumen"}}"#] {
        let page = format!("<!DOCTYPE html><script>window.preloadData = {data};</script></html>");
        let found = feeds_in_page(&source("https://kuma.lumen.example/", &page));
        assert!(found.contains(&(Platform::UptimeKuma, URL.to_owned())), "{data}: {found:?}");
    }
}

#[test]
fn captures_are_read() {
    let (Some(page), Some(beats)) =
        (sample("uptimekuma/status-page.json"), sample("uptimekuma/heartbeat.json"))
    else {
        return;
    };
    let page = kuma(&page);
    assert_eq!((page.components[0].name.as_str(), page.warnings.len()), ("Unraid", 0));
    assert_eq!(covers(&page), [true, true, true]);
    let beats = Given::of(Platform::UptimeKuma).at("2026-09-30T20:15:30Z").fresh(&beats);
    assert_eq!((beats.components[0].id.as_str(), beats.components[0].status), ("1", Status::Operational));
    assert_eq!(beats.warnings, [""; 0]);
}
