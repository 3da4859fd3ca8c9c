//! Hund: words of state, age, and what a log can and can't close.

use super::*;
use crate::feed::{feeds_in_page, probes, recognise};
use crate::feeds::testing::{Given, covers, source};

const URL: &str = "https://status.lumen.example/state_feed/feed.atom";
const TROUBLE: &str = include_str!("../../../test_data/hund/trouble-feed.xml");
const CALM: &str = include_str!("../../../test_data/hund/calm-feed.xml");

fn hund(body: &str) -> Snapshot {
    Given::of(Platform::Hund).from(URL).fresh(body)
}

#[test]
fn each_word_is_a_state() {
    use MaintenanceStatus as Work;
    let check = |word: &str, expect: Option<State>| assert!(state(word) == expect, "{word}");
    check("Resolved", Some(State::Incident(Phase::Resolved)));
    check("ENDED", Some(State::Incident(Phase::Resolved)));
    check("Operational", Some(State::Incident(Phase::Resolved)));
    check("Investigating", Some(State::Incident(Phase::Investigating)));
    check("Degraded", Some(State::Incident(Phase::Investigating)));
    check("Outage", Some(State::Incident(Phase::Investigating)));
    check("Identified:", Some(State::Incident(Phase::Identified)));
    check("Monitoring", Some(State::Incident(Phase::Monitoring)));
    check("Recovering", Some(State::Incident(Phase::Monitoring)));
    check("Postmortem", Some(State::Incident(Phase::Postmortem)));
    check("Pending", Some(State::Work(Work::Scheduled)));
    check("Maintenance", Some(State::Work(Work::InProgress)));
    check("In progress", Some(State::Work(Work::InProgress)));
    check("Verifying", Some(State::Work(Work::Verifying)));
    check("Completed", Some(State::Work(Work::Completed)));
    check("Cancelled", Some(State::Work(Work::Cancelled)));
    check("Update", None);
    check("not operational", None);
}

#[test]
fn the_title_begins_with_the_state_and_else_the_text_says_it_in_bold() {
    let phases = |from: &str, to: &str| {
        let snapshot = hund(&TROUBLE.replace(from, to));
        (snapshot.incidents[0].phase, snapshot.warnings.len())
    };
    assert_eq!(hund(TROUBLE).incidents[0].name, "Inbox outage");
    assert_eq!(phases("[Identified]", "[Resolved]"), (Phase::Resolved, 0));
    assert_eq!(phases("[Identified] ", ""), (Phase::Investigating, 0));
    assert_eq!(phases("[Identified]", "Monitoring:"), (Phase::Monitoring, 0));
    let silent = TROUBLE.replace("[Identified] ", "").replace("strong&gt;", "i&gt;");
    let snapshot = hund(&silent);
    assert_eq!((snapshot.incidents[0].phase, snapshot.warnings.len()), (Phase::Unknown, 1));
}

#[test]
fn what_is_old_is_not_open_and_what_has_no_time_is() {
    let old = hund(&TROUBLE.replace("2026-09-15T", "2026-09-08T"));
    assert!(old.incidents.iter().all(|incident| incident.phase == Phase::Resolved));
    assert_eq!(old.incidents[0].resolved_at, None);
    let timeless =
        hund(&TROUBLE.replace("2026-09-15T09:40:00Z", "lately").replace("2026-09-15T09:10:00Z", "lately"));
    let inbox = timeless.incidents.iter().find(|incident| incident.name.contains("Inbox")).unwrap();
    assert_eq!((inbox.phase, inbox.updated_at), (Phase::Identified, None));
}

#[test]
fn a_log_closes_nothing_and_loses_no_entry_over_its_id() {
    let odd = CALM.replace("<id>tag:status.lumen.example,2026:issue-6</id>", "<id>a b</id>");
    for body in [CALM, TROUBLE, &odd] {
        assert_eq!(covers(&hund(body)), [false; 3]);
    }
    let count = |body: &str| hund(body).incidents.len() + hund(body).maintenances.len();
    assert_eq!(count(&odd), count(CALM));
}

#[test]
fn planned_work_is_a_maintenance_until_its_end() {
    let work = |from: &str, to: &str| hund(&TROUBLE.replace(from, to)).maintenances[0].status;
    assert_eq!(work("Pending", "Pending"), MaintenanceStatus::Scheduled);
    assert_eq!(work("Pending", "Maintenance"), MaintenanceStatus::InProgress);
    assert_eq!(work("Pending: New disks", "[Ended] Maintenance of disks"), MaintenanceStatus::Completed);
    let trouble = hund(&TROUBLE.replace("Pending: New disks", "[Investigating] Errors after maintenance"));
    assert_eq!((trouble.incidents.len(), trouble.maintenances.len()), (3, 0));
}

#[test]
fn an_issue_of_two_entries_stands_as_the_newest_says() {
    let doubled = TROUBLE.replace("issue-8<", "issue-7<");
    let snapshot = hund(&doubled);
    assert_eq!((snapshot.incidents.len(), snapshot.incidents[0].phase), (1, Phase::Identified));
}

#[test]
fn another_feed_is_not_ours_and_a_broken_one_is_told() {
    let elsewhere = "https://status.lumen.example/history.atom";
    let other = CALM.replace("/state_feed/", "/history/");
    assert_eq!(recognise(&source(elsewhere, CALM)), Some(Platform::Hund));
    assert_ne!(recognise(&source(elsewhere, &other)), Some(Platform::Hund));
    assert_eq!(Given::of(Platform::Hund).from(elsewhere).refused(&other), "XML of another shape");
    assert_eq!(recognise(&source("https://lumen.hund.io/x", &other)), Some(Platform::Hund));
    assert_eq!(
        Given::of(Platform::Hund).from(URL).refused(CALM.replace("</feed>", "")),
        "truncated XML: no end of 'feed'"
    );
    let broken = CALM.replacen("</title>", "</titel>", 1);
    assert!(Given::of(Platform::Hund).from(URL).refused(broken).starts_with("broken feed: "));
}

#[test]
fn the_feed_is_found_from_the_page() {
    assert!(probes("https://status.lumen.example/x").contains(&(Platform::Hund, URL.to_owned())));
    let page = "<!DOCTYPE html><link rel=alternate href=/state_feed/feed.atom></html>";
    let found = feeds_in_page(&source("https://status.lumen.example/", page));
    assert!(found.contains(&(Platform::Hund, URL.to_owned())), "{found:?}");
}

#[test]
fn the_feed_in_rss_is_read_too() {
    let rss = r#"<?xml version="1.0"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Lumen Mail</title>
<link>https://status.lumen.example/</link><description>d</description>
<atom:link rel="self" href="https://status.lumen.example/state_feed/feed.rss"/>
<item><title>[Monitoring] Inbox outage</title><guid isPermaLink="false">issue-8</guid>
<link>https://status.lumen.example/issues/8</link><pubDate>Tue, 15 Sep 2026 09:40:00 +0000</pubDate>
<description>&lt;p&gt;A disk is full.&lt;/p&gt;</description></item></channel></rss>"#;
    let elsewhere = "https://feeds.lumen.example/rss";
    assert_eq!(recognise(&source(elsewhere, rss)), Some(Platform::Hund));
    let incident = Given::of(Platform::Hund).from(elsewhere).fresh(rss).incidents.remove(0);
    assert_eq!((incident.id.as_str(), incident.phase), ("issue-8", Phase::Monitoring));
    assert_eq!(incident.updated_at, Some("2026-09-15T09:40:00Z".parse().unwrap()));
    assert_eq!(incident.url.as_deref(), Some("https://status.lumen.example/issues/8"));
}
