//! UptimeRobot: its words, its traps, and what a capture says where there is one.

use domain::snapshot::Reading;

use super::*;
use crate::feed::{feeds_in_page, next_part, read as read_bytes};
use crate::feeds::testing::source;

const URL: &str = "https://stats.uptimerobot.com/api/getMonitorList/Token";

fn read_text(url: &str, body: &str) -> Result<Snapshot, String> {
    match read_bytes(&source(url, body), Some(Platform::UptimeRobot)) {
        Reading::Fresh(snapshot) => Ok(*snapshot),
        Reading::Unreadable { reason } => Err(reason),
    }
}

#[test]
fn each_class_has_its_status_in_both_shapes() {
    let table = [
        ("success", Status::Operational, 0),
        ("danger", Status::MajorOutage, 0),
        ("warning", Status::DegradedPerformance, 0),
        ("paused", Status::Unknown, 0),
        ("black", Status::Unknown, 0),
        ("info", Status::Unknown, 0),
        ("zzz", Status::Unknown, 1),
    ];
    for (class, status, warnings) in table {
        let list = format!(r#"[{{"monitorId":1,"name":"A","statusClass":"{class}"}}]"#);
        for body in [format!(r#"{{"psp":{{"monitors":{list}}}}}"#), format!(r#"{{"data":{list}}}"#)] {
            let snapshot = read_text(URL, &body).unwrap();
            assert_eq!(snapshot.components[0].status, status, "{body}");
            assert_eq!(snapshot.warnings.len(), warnings);
            assert!(!snapshot.coverage.components, "nothing says that there are no others");
        }
    }
}

#[test]
fn parts_follow_each_other_and_the_last_closes() {
    let monitors = |count: i64| {
        let row = |id| format!(r#"{{"monitorId":{id},"name":"M","statusClass":"success"}}"#);
        (0..count).map(row).collect::<Vec<_>>().join(",")
    };
    let psp = |count: i64| {
        format!(r#"{{"psp":{{"perPageMonitors":2,"totalMonitors":5,"monitors":[{}]}}}}"#, monitors(count))
    };
    let check = |url: &str, body: &str, next: Option<&str>| {
        assert_eq!(next_part(&source(url, body), Platform::UptimeRobot).as_deref(), next, "{url}");
        assert_eq!(read_text(url, body).unwrap().coverage.components, next.is_none());
    };
    let at = |part: i64| format!("{URL}?page={part}");
    check(URL, &psp(2), Some(&at(2)));
    check(&at(2), &psp(2), Some(&at(3)));
    check(&at(3), &psp(1), None);
    check(&format!("{URL}?page=1&_=7"), &psp(2), Some(&format!("{URL}?_=7&page=2")));
    let whole = format!(r#"{{"data":[{}],"statistics":{{"counts":{{"total":3}}}}}}"#, monitors(3));
    check(URL, &whole, None);
    // A bare list tells how many there are, but not how to come by them.
    let bare = format!(r#"{{"data":[{}],"statistics":{{"counts":{{"total":4}}}}}}"#, monitors(3));
    assert_eq!(next_part(&source(URL, &bare), Platform::UptimeRobot), None);
    assert!(!read_text(URL, &bare).unwrap().coverage.components);
}

#[test]
fn what_lost_its_heart_is_refused() {
    let check = |body: &str, expect: &str| {
        let reason = read_text(URL, body).unwrap_err();
        assert!(reason.starts_with(expect), "{body}: {reason}");
    };
    check(r#"{"psp":{"monitors":"none"}}"#, "'monitors' is not a list");
    check(r#"{"psp":{"totalMonitors":3}}"#, "a page without monitors");
    check(r#"{"status":"fail","psp":{"monitors":[]}}"#, "the host says");
    check(r#"{"data":[{"id":1,"status":"up"}]}"#, "JSON of another shape");
}

#[test]
fn the_token_is_in_the_page() {
    let check = |script: &str, expect: &[&str]| {
        let html = format!("<html><script>{script}</script></html>");
        let found = feeds_in_page(&source("https://status.lumen.example/", &html));
        let found: Vec<&str> = found.iter().map(|(_, url)| url.as_str()).collect();
        assert_eq!(found, expect, "{script}");
    };
    check(&format!("window.pspApiPath    = '{URL}';"), &[URL]);
    check(
        "var pspApiPath = \"\\/api\\/getMonitorList\\/Tok\";",
        &["https://status.lumen.example/api/getMonitorList/Tok"],
    );
    check("window.pspApiPath = null", &[]);
    check("window.pspApiPath = 'https://elsewhere.example/'", &[]);
}

#[test]
fn a_part_that_lost_a_row_is_not_spoken_for_by_the_last() {
    let row = r#"{"monitorId":1,"name":"M","statusClass":"success"}"#;
    let psp = |total: i64| {
        format!(r#"{{"psp":{{"perPageMonitors":2,"totalMonitors":{total},"monitors":[{row},7]}}}}"#)
    };
    assert_eq!(read_text(URL, &psp(5)).unwrap_err(), LOSSY_PART);
    let last = read_text(URL, &psp(2)).unwrap();
    assert!(!last.coverage.components && last.components.len() == 1);
}
