//! Freshstatus: its words, its traps, and what a capture says where there is one.

use domain::snapshot::Reading;

use super::*;
use crate::feed::{companions, feeds_in_page, next_part, read as read_bytes};
use crate::feeds::testing::source;

const URL: &str = "https://public-api.freshstatus.io/v1/public-components/?account_id=4711";
const OPEN: &str =
    "https://public-api.freshstatus.io/v1/public-incidents/?account_id=4711&end_time__isempty=true";

fn read_text(url: &str, body: &str) -> Result<Snapshot, String> {
    match read_bytes(&source(url, body), Some(Platform::Freshstatus)) {
        Reading::Fresh(snapshot) => Ok(*snapshot),
        Reading::Unreadable { reason } => Err(reason),
    }
}

#[test]
fn each_word_has_its_status() {
    let table = [
        ("OP", Status::Operational),
        ("PD", Status::DegradedPerformance),
        ("PO", Status::PartialOutage),
        ("MO", Status::MajorOutage),
        ("UM", Status::UnderMaintenance),
        ("ZZ", Status::Unknown),
    ];
    for (word, status) in table {
        let body = format!(
            r#"{{"components":[{{"id":1,"name":"A","status":"{word}","display_options":{{}}}},
            {{"id":2,"name":"B","status":"OP"}}]}}"#
        );
        let snapshot = read_text(URL, &body).unwrap();
        assert_eq!((snapshot.components[0].status, snapshot.overall.unwrap().status), (status, status));
        assert_eq!(snapshot.warnings.is_empty(), status != Status::Unknown);
    }
}

#[test]
fn what_asks_to_be_ignored_does_not_count_but_stays_visible() {
    let body = |ignore: &str| {
        format!(
            r#"{{"components":[{{"id":1,"name":"A","status":"OP"}},
            {{"id":2,"name":"B","status":"MO","display_options":{{"ignore_overall_status":{ignore}}}}}]}}"#
        )
    };
    let check = |ignore: &str, expect: Status| {
        let snapshot = read_text(URL, &body(ignore)).unwrap();
        assert_eq!(snapshot.overall.unwrap().status, expect, "{ignore}");
        assert_eq!(snapshot.components[1].status, Status::MajorOutage);
    };
    check("\"true\"", Status::Operational);
    check("\"false\"", Status::MajorOutage);
    check("null", Status::MajorOutage);
}

#[test]
fn only_the_last_part_of_what_is_open_closes_anything() {
    let body = |next: &str| format!(r#"{{"results":[],"next":{next}}}"#);
    assert!(read_text(OPEN, &body("null")).unwrap().coverage.open_incidents);
    let next = format!("{OPEN}&page=2");
    let more = body(&format!("\"{next}\""));
    assert!(!read_text(OPEN, &more).unwrap().coverage.open_incidents);
    assert_eq!(next_part(&source(OPEN, &more), Platform::Freshstatus), Some(next));
    let elsewhere = body("\"https://elsewhere.example/v1\"");
    assert_eq!(next_part(&source(OPEN, &elsewhere), Platform::Freshstatus), None);
    let all = "https://public-api.freshstatus.io/v1/public-incidents/?account_id=4711";
    assert!(!read_text(all, &body("null")).unwrap().coverage.open_incidents);
    assert!(read_text(URL, &body("null")).is_err(), "an empty list elsewhere is no list of incidents");
}

#[test]
fn rows_that_are_lost_leave_the_list_open() {
    let body = r#"{"components":[{"id":1,"name":"A","status":"OP"},{"name":"B","status":"OP"},5]}"#;
    let snapshot = read_text(URL, body).unwrap();
    assert_eq!((snapshot.coverage, snapshot.warnings.len()), (blank::NOTHING, 1));
    assert!(read_text(URL, r#"{"components":[{"id":"a","status":"operational"}]}"#).is_err());
}

#[test]
fn the_account_is_in_the_page() {
    let feed = (Platform::Freshstatus, URL.to_owned());
    let list = Companion { url: OPEN.to_owned(), need: Need::Detail };
    assert_eq!(companions(Platform::Freshstatus, URL), [list]);
    let page = |props: &str| format!("<html><script>{props}</script><i>freshstatus.io</i></html>");
    for props in [r#"{"account_id":4711}"#, r#"{\"accountId\":\"4711\"}"#, "account_id = 4711"] {
        let html = page(props);
        assert_eq!(
            feeds_in_page(&source("https://s.example/", &html)),
            std::slice::from_ref(&feed),
            "{props}"
        );
    }
    let gone = page(r#"{"accountDetails":{"status":"Not Found","isError":true}}"#);
    assert_eq!(feeds_in_page(&source("https://s.example/", &gone)), []);
}
