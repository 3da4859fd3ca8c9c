//! Statuspage documents of our own making: what each says, and what must not be believed.

use domain::snapshot::{Reading, Snapshot};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};

use crate::feed::{Source, companions, read, recognise};
use crate::feeds::testing::bare;

const SUMMARY: &str = include_str!("../../../test_data/statuspage/trouble-summary.json");
const CALM: &str = include_str!("../../../test_data/statuspage/calm-summary.json");
const INCIDENTS: &str = include_str!("../../../test_data/statuspage/incidents.json");
const MAINTENANCES: &str = include_str!("../../../test_data/statuspage/scheduled-maintenances.json");
const COMPATIBLE: &str = include_str!("../../../test_data/incidentio/calm-compatible.json");
const INCIDENT: &str = include_str!("../../../test_data/statuspage/incident.json");

fn fresh(body: &str) -> Snapshot {
    let source = bare(body.as_bytes());
    assert_eq!(recognise(&source), Some(Platform::Statuspage));
    match read(&source, None) {
        Reading::Fresh(snapshot) => *snapshot,
        Reading::Unreadable { reason } => panic!("{reason}"),
    }
}

fn reason_of(source: &Source<'_>) -> String {
    match read(source, Some(Platform::Statuspage)) {
        Reading::Fresh(snapshot) => panic!("read as {snapshot:?}"),
        Reading::Unreadable { reason } => reason,
    }
}

fn coverage(snapshot: &Snapshot) -> [bool; 3] {
    let coverage = snapshot.coverage;
    [coverage.components, coverage.open_incidents, coverage.open_maintenances]
}

#[test]
fn a_summary_tells_the_page_and_its_claim() {
    let snapshot = fresh(SUMMARY);
    assert_eq!(snapshot.page.id.as_deref(), Some("k9y4x3h885d6"));
    assert_eq!(snapshot.page.name.as_deref(), Some("Commerce Layer"));
    assert_eq!(snapshot.page.updated_at, Some("2026-05-23T06:12:00.25Z".parse().unwrap()));
    let overall = snapshot.overall.as_ref().unwrap();
    assert_eq!((overall.status, overall.raw.as_str()), (Status::MajorOutage, "critical"));
    assert_eq!(overall.headline.as_deref(), Some("Major Service Outage"));
    assert_eq!(coverage(&snapshot), [true, true, true]);
}

#[test]
fn components_are_leaves_in_the_order_readers_see() {
    let snapshot = fresh(SUMMARY);
    let rows: Vec<_> = snapshot
        .components
        .iter()
        .map(|row| (row.name.as_str(), row.group.as_deref(), row.status, row.raw_status.as_str()))
        .collect();
    assert_eq!(
        rows,
        [
            ("Dashboard", None, Status::Operational, "operational"),
            ("Commerce API", Some("Core"), Status::PartialOutage, "partial_outage"),
            ("Checkout", Some("Core"), Status::MajorOutage, "major_outage"),
            ("Documentation", None, Status::UnderMaintenance, "under_maintenance"),
            ("Metrics API", None, Status::Unknown, "sparkling"),
            ("Stream Hub", None, Status::Unknown, ""),
        ]
    );
}

#[test]
fn what_is_not_understood_is_said_once() {
    assert_eq!(
        fresh(SUMMARY).warnings,
        [
            "component 'dsh000000001' is listed twice",
            "component 'Metrics API' has unknown status word 'sparkling'",
            "component 'Stream Hub' has no status word",
            "incident 'Exports are late' has unknown status word 'pondering'",
            "incident 'Exports are late' has unknown impact word 'huge'",
            "incident 'Exports are late' has unreadable time updated_at 'yesterday'",
            "incident 'Exports are late' has unusable address shortlink 'javascript:alert(1)'",
        ]
    );
}

#[test]
fn incidents_come_newest_first_with_their_own_times() {
    let snapshot = fresh(SUMMARY);
    let [exports, checkout] = snapshot.incidents.as_slice() else { panic!("{:?}", snapshot.incidents) };
    assert_eq!((checkout.phase, checkout.impact), (Phase::Identified, Impact::Critical));
    assert_eq!(checkout.started_at, Some("2026-05-23T05:50:00Z".parse().unwrap()));
    assert_eq!(checkout.created_at, Some("2026-05-23T05:56:00Z".parse().unwrap()));
    assert_eq!(checkout.resolved_at, None);
    assert_eq!(checkout.url.as_deref(), Some("https://stspg.example/abc"));
    assert_eq!(checkout.components, ["chk000000001"]);
    let updates: Vec<_> =
        checkout.updates.iter().map(|update| (update.id.as_str(), update.body.as_str())).collect();
    assert_eq!(
        updates,
        [
            ("upd000000003", "More reports."),
            ("upd000000002", "The cause is a *library*.\nWe roll back."),
            ("upd000000001", "We are looking into it."),
        ]
    );
    assert_eq!(checkout.updates[2].at, checkout.created_at);
    assert_eq!((exports.phase, exports.impact), (Phase::Unknown, Impact::Unknown));
    assert_eq!(exports.raw_impact.as_deref(), Some("huge"));
    assert_eq!(exports.url.as_deref(), Some("https://status.commercelayer.example/incidents/inc000000002"));
    assert_eq!(exports.components, ["met000000001", "hub000000001"]);
}

#[test]
fn lists_of_their_own_close_nothing() {
    let snapshot = fresh(INCIDENTS);
    assert_eq!(coverage(&snapshot), [false, false, false]);
    assert_eq!(snapshot.overall, None);
    let [report, note] = snapshot.incidents.as_slice() else { panic!("{:?}", snapshot.incidents) };
    assert_eq!((report.phase, report.id.as_str()), (Phase::Postmortem, "inc000000003"));
    assert_eq!(report.updates[0].status, "postmortem");
    assert_eq!(report.updates[0].at, Some("2026-05-26T09:00:00Z".parse().unwrap()));
    assert_eq!(report.url.as_deref(), Some("https://status.commercelayer.example/incidents/inc000000003"));
    assert_eq!((note.phase, note.impact), (Phase::Resolved, Impact::None));
    assert_eq!(snapshot.warnings, [""; 0]);

    let snapshot = fresh(MAINTENANCES);
    assert_eq!(coverage(&snapshot), [false, false, false]);
    let statuses: Vec<_> = snapshot.maintenances.iter().map(|work| work.status).collect();
    assert_eq!(
        statuses,
        [
            MaintenanceStatus::Scheduled,
            MaintenanceStatus::Verifying,
            MaintenanceStatus::Completed,
            MaintenanceStatus::Unknown
        ]
    );
    assert_eq!(snapshot.maintenances[0].starts_at, Some("2026-06-03T04:00:00Z".parse().unwrap()));
    assert_eq!(snapshot.warnings, ["maintenance 'Never' has unknown status word 'abandoned'"]);
}

#[test]
fn a_single_incident_is_a_document() {
    let snapshot = fresh(INCIDENT);
    assert_eq!(coverage(&snapshot), [false, false, false]);
    assert_eq!(snapshot.incidents.len(), 1);
    assert_eq!(snapshot.incidents[0].phase, Phase::Resolved);
    let planned = INCIDENT.replace(r#""page_id""#, r#""scheduled_for":"2026-06-01T00:00:00Z","page_id""#);
    let snapshot = fresh(&planned);
    assert_eq!(
        (snapshot.incidents.len(), snapshot.maintenances[0].status),
        (0, MaintenanceStatus::Completed)
    );
}

#[test]
fn planned_work_among_incidents_is_a_maintenance() {
    let snapshot =
        fresh(&INCIDENT.replace(r#""status":"resolved","impact""#, r#""status":"verifying","impact""#));
    assert_eq!(
        (snapshot.incidents.len(), snapshot.maintenances[0].status),
        (0, MaintenanceStatus::Verifying)
    );
    let snapshot = fresh(&INCIDENT.replace(r#""impact":"major""#, r#""impact":"maintenance""#));
    assert_eq!((snapshot.incidents[0].impact, snapshot.maintenances.len()), (Impact::Maintenance, 0));
}

#[test]
fn work_in_both_lists_is_one_maintenance() {
    let planned = INCIDENT.replace(r#""page_id""#, r#""scheduled_for":"2026-06-01T00:00:00Z","page_id""#);
    let document = MAINTENANCES.replacen('{', &format!(r#"{{"incidents":[{planned}],"#), 1);
    let ids = |document: &str| -> Vec<String> {
        fresh(document).maintenances.into_iter().map(|work| work.id).collect()
    };
    assert_eq!(ids(&document).len(), 5);
    let same = document.replace("mnt000000003", "inc000000003");
    assert_eq!(ids(&same), ["inc000000003", "mnt000000002", "mnt000000001", "mnt000000000"]);
    assert_eq!(fresh(&same).maintenances[0].name, "Database upgrade");
}

#[test]
fn an_update_without_an_id_is_known_by_its_time() {
    let snapshot = fresh(&INCIDENT.replace(r#""id":"upd000000032","#, ""));
    assert_eq!(snapshot.incidents[0].updates[0].id, "2026-05-23T07:10:00.000Z");
    assert_eq!(snapshot.warnings, [""; 0]);
}

#[test]
fn status_and_components_alone_are_documents() {
    let page = r#""page":{"id":"k9y4x3h885d6","name":"C"}"#;
    let snapshot = fresh(&format!(r#"{{{page},"status":{{"indicator":"maintenance","description":"D"}}}}"#));
    assert_eq!(snapshot.overall.as_ref().unwrap().status, Status::UnderMaintenance);
    assert_eq!(coverage(&snapshot), [false, false, false]);
    let snapshot =
        fresh(&format!(r#"{{{page},"components":[{{"id":"a","name":"A","status":"operational"}}]}}"#));
    assert_eq!(snapshot.overall, None);
    assert_eq!(coverage(&snapshot), [true, false, false]);
    let snapshot = fresh(&format!(r#"{{{page},"status":{{"indicator":"fine"}}}}"#));
    assert_eq!(snapshot.overall.as_ref().unwrap().status, Status::Unknown);
    assert_eq!(snapshot.warnings, ["page has unknown indicator word 'fine'"]);
}

#[test]
fn absent_lists_count_as_empty_only_for_imitators_that_are_calm() {
    // incident.io, whose document this is, is known by the form of its ids.
    let imitator = COMPATIBLE.replace("01JMDK9XYNY6RXSED6SDWW50WY", "imitator0001");
    let snapshot = fresh(&imitator);
    assert_eq!(coverage(&snapshot), [true, true, true]);
    assert_eq!(snapshot.components.len(), 2);
    assert_eq!(snapshot.warnings, [""; 0]);
    let check =
        |document: &str, expect: [bool; 3]| assert_eq!(coverage(&fresh(document)), expect, "{document}");
    check(&imitator.replace(r#""none""#, r#""minor""#), [true, false, false]);
    check(&imitator.replacen('{', r#"{"incidents":null,"#, 1), [true, true, true]);
    check(&CALM.replace(r#""incidents":[],"#, ""), [true, false, true]);
    check(
        &CALM.replace(r#""scheduled_maintenances":[]"#, r#""scheduled_maintenances":null"#),
        [true, true, false],
    );
}

#[test]
fn a_list_that_lost_something_closes_nothing() {
    let check = |from: &str, to: &str, expect: [bool; 3]| {
        let document = CALM.replace(from, to);
        assert_ne!(document, CALM);
        let snapshot = fresh(&document);
        assert_eq!(coverage(&snapshot), expect, "{to}");
        assert_eq!(snapshot.warnings.is_empty(), expect == [true; 3], "{to}: {:?}", snapshot.warnings);
    };
    check(r#""id":"chk000000001","#, "", [false, true, true]);
    check(r#""components":["#, r#""components":[7,"#, [false, true, true]);
    check(r#""incidents":["#, r#""incidents":["x""#, [true, false, true]);
    check(
        r#""incidents":["#,
        r#""incidents":[{"id":"a b","name":"n","status":"resolved"}"#,
        [true, false, true],
    );
    check(r#""position":2"#, r#""position":"second""#, [true; 3]);
}

#[test]
fn a_page_whose_components_vanish_is_not_healthy() {
    let start = CALM.find(r#""components":["#).unwrap();
    let end = CALM.find(r#""incidents":"#).unwrap();
    let absent = format!("{}{}", &CALM[..start], &CALM[end..]);
    assert_eq!(reason_of(&bare(absent.as_bytes())), "a summary without a list of components");
    let null = format!(r#"{}"components":null,{}"#, &CALM[..start], &CALM[end..]);
    assert_eq!(reason_of(&bare(null.as_bytes())), "a summary without a list of components");
    let object = format!(r#"{}"components":{{}},{}"#, &CALM[..start], &CALM[end..]);
    assert_eq!(reason_of(&bare(object.as_bytes())), "'components' is not a list");
    let empty = format!(r#"{}"components":[],{}"#, &CALM[..start], &CALM[end..]);
    assert_eq!(coverage(&fresh(&empty)), [false, true, true]);
    let headings = CALM.replace(r#""group":false"#, r#""group":true"#);
    assert_eq!(coverage(&fresh(&headings)), [false, true, true]);
    let claim = r#"{"page":{"id":"k9y4x3h885d6"},"status":{"indicator":"none"}}"#;
    let url = Some("https://status.example/api/v2/summary.json?x=1");
    assert_eq!(
        reason_of(&Source { url, ..bare(claim.as_bytes()) }),
        "a summary without a list of components"
    );
}

#[test]
fn what_is_no_document_says_why() {
    let check = |body: &[u8], expect: &str| {
        assert_eq!(reason_of(&bare(body)), expect, "{:?}", String::from_utf8_lossy(body));
        assert_eq!(recognise(&bare(body)), None);
    };
    check(b"", "empty body");
    check(b" \r\n", "empty body");
    check(b"\xEF\xBB\xBF", "empty body");
    check(
        b"<!DOCTYPE html><html><head><TITLE data-x>\n Sign in\n</title>",
        "HTML where JSON was expected (page title 'Sign in')",
    );
    check(b"<html>", "HTML where JSON was expected");
    check(b"<?xml version='1.0'?><opml/>", "XML of another shape");
    check(b"{\"page\":", "truncated JSON at line 1, column 8");
    check(b"{\"page\" 1}", "broken JSON at line 1, column 9: expected `:`");
    check(b"{}", "JSON of another shape: an empty object");
    check(b"[{\"page\":{}}]", "JSON of another shape: an array");
    check(b"[{\"id\":\"k9y4x3h885d6\"},{\"indicator\":\"none\"}]", "JSON of another shape: an array");
    check(b"\"none\"", "JSON of another shape: a single value");
    check(b"{\"page\":{\"id\":\"k9y4x3h885d6\"}}", "JSON of another shape: top-level keys page");
    check(b"{\"incidents\":[]}", "JSON of another shape: top-level keys incidents");
    check(
        b"{\"page\":{\"status\":\"fine\"},\"components\":[]}",
        "JSON of another shape: top-level keys page, components",
    );
    check(b"{\"page\":{\"id\":\"a\"},\"a\\u202e\":1}", "JSON of another shape: top-level keys page, a");
    check(b"\xFFoops", "not UTF-8 at byte 0");
    check(b"\xFE\xFF\x00", "UTF-16 of an odd number of bytes");
    check(b"\xFE\xFF\xD8\x00", "broken UTF-16");
}

#[test]
fn the_http_status_and_content_type_explain() {
    let check = |status: u16, expect: &str| {
        assert_eq!(reason_of(&Source { status, ..bare(CALM.as_bytes()) }), expect);
    };
    check(503, "HTTP status 503");
    check(304, "HTTP status 304");
    let plain = Source { content_type: Some("text/plain"), ..bare(b"ok") };
    assert_eq!(
        reason_of(&plain),
        "broken JSON at line 1, column 1: expected value (content type text/plain)"
    );
    let mislabelled = Source { content_type: Some("text/html"), ..bare(CALM.as_bytes()) };
    assert_eq!(recognise(&mislabelled), Some(Platform::Statuspage));
}

#[test]
fn every_encoding_with_a_mark_is_read() {
    let units: Vec<u16> = CALM.encode_utf16().collect();
    let big: Vec<u8> =
        [0xFE, 0xFF].into_iter().chain(units.iter().flat_map(|unit| unit.to_be_bytes())).collect();
    let little: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(units.iter().flat_map(|unit| unit.to_le_bytes())).collect();
    let marked: Vec<u8> = [0xEF, 0xBB, 0xBF].into_iter().chain(CALM.bytes()).collect();
    let expect = Reading::Fresh(Box::new(fresh(CALM)));
    for body in [big, little, marked] {
        assert_eq!(read(&bare(&body), None), expect);
    }
}

#[test]
fn hostile_documents_are_refused_or_bounded() {
    let deep = format!(r#"{{"page":{},"components":{}}}"#, "[".repeat(100_000), "[".repeat(100_000));
    assert!(reason_of(&bare(deep.as_bytes())).contains("JSON at line 1"));
    let deep = CALM.replace(
        r#""description":"#,
        &format!(r#""x":{}{},"description":"#, "[".repeat(90_000), "]".repeat(90_000)),
    );
    assert_eq!(fresh(&deep), fresh(CALM));
    let objects = format!(r#"{{"page":{{}},"x":[{}0]}}"#, "{},".repeat(200_001));
    assert_eq!(reason_of(&bare(objects.as_bytes())), "more than 200000 objects");
    let large = vec![b' '; 8 * 1024 * 1024 + 1];
    assert_eq!(reason_of(&bare(&large)), "body of 8388609 bytes, more than 8388608");
    let twice = CALM.replacen('{', r#"{"components":[],"#, 1);
    assert!(reason_of(&bare(twice.as_bytes())).ends_with("duplicate field `components`"));
}

#[test]
fn long_lists_are_cut_and_said_to_be() {
    let rows: Vec<String> =
        (0..5_200).map(|n| format!(r#"{{"id":"c{n}","name":"{n}","status":"?"}}"#)).collect();
    let document = CALM.replace(r#""components":["#, &format!(r#""components":[{},"#, rows.join(",")));
    let snapshot = fresh(&document);
    assert_eq!(snapshot.components.len(), 5_000);
    assert!(!snapshot.coverage.components);
    assert_eq!(snapshot.warnings.len(), 101);
    assert_eq!(snapshot.warnings[0], "component: 202 rows dropped as unreadable or too many");
    assert_eq!(snapshot.warnings[100], "and 4901 further warnings");
    let body = "x".repeat(300_000);
    let snapshot = fresh(&INCIDENT.replace("All is well.", &body));
    assert_eq!(snapshot.incidents[0].updates[0].body.chars().count(), 100_000);
}

#[test]
fn companions_stand_beside_the_feed() {
    let check = |feed: &str, expect: &[&str]| {
        let urls: Vec<String> =
            companions(Platform::Statuspage, feed).into_iter().map(|companion| companion.url).collect();
        assert_eq!(urls, expect, "{feed}");
    };
    let all = [
        "https://s.example/api/v2/incidents.json",
        "https://s.example/api/v2/scheduled-maintenances.json",
        "https://s.example/history.atom",
    ];
    check("https://s.example/api/v2/summary.json", &all);
    check("https://s.example/api/v2/summary.json?x=1#y", &all);
    check("https://s.example/api/v2/incidents.json", &all[1..]);
    check("https://s.example/status", &[]);
    check("no address", &[]);
}

mod sides;

#[test]
fn the_word_of_those_who_took_over_the_form_is_an_outage_too() {
    let snapshot = fresh(&SUMMARY.replace("major_outage", "full_outage"));
    assert!(snapshot.components.iter().any(|it| it.raw_status == "full_outage"));
    for component in snapshot.components.iter().filter(|it| it.raw_status == "full_outage") {
        assert_eq!(component.status, Status::MajorOutage);
    }
}
