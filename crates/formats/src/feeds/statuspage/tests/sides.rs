//! What stands beside the documents of the API: the feed, the deliveries to subscribers, the page itself.

use std::fs;
use std::path::Path;

use super::{Source, bare, coverage};
use crate::feed::{feeds_in_page, read, recognise, webhook};
use domain::snapshot::{Reading, Snapshot};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};

const HISTORY: &str = include_str!("../../../../test_data/statuspage/history.xml");

fn fresh(reading: Reading) -> Snapshot {
    match reading {
        Reading::Fresh(snapshot) => *snapshot,
        Reading::Unreadable { reason } => panic!("{reason}"),
    }
}

fn history(text: &str) -> Snapshot {
    let source = bare(text.as_bytes());
    assert_eq!(recognise(&source), Some(Platform::Statuspage));
    fresh(read(&source, None))
}

fn sample(name: &str) -> Option<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/feeds/samples");
    folder.is_dir().then(|| fs::read(folder.join(name)).unwrap())
}

#[test]
fn the_feed_tells_incidents_by_the_ids_of_the_api() {
    let snapshot = history(HISTORY);
    assert_eq!(snapshot.page.name.as_deref(), Some("Lumen Mail Status"));
    assert_eq!((coverage(&snapshot), snapshot.overall.is_none()), ([false; 3], true));
    assert_eq!(snapshot.warnings, [""; 0]);
    let [late, sign_in] = snapshot.incidents.as_slice() else { panic!("{:?}", snapshot.incidents) };
    assert_eq!((late.id.as_str(), late.phase), ("q1w2e3r4t5y6", Phase::Identified));
    assert_eq!((late.impact, late.resolved_at), (Impact::Unknown, None));
    let updates: Vec<_> = late
        .updates
        .iter()
        .map(|update| (update.id.as_str(), update.status.as_str(), update.body.as_str()))
        .collect();
    let newest = "Queues are *shrinking*.\n\nSee [the queues](https://lumenmail.example/queues).";
    assert_eq!(
        updates,
        [
            ("2026-01-01T08:10:00Z/2", "identified", newest),
            ("2026-01-01T08:10:00Z", "identified", "Outgoing mail is affected."),
            ("2025-12-31T23:50:00Z", "identified", "A relay is full."),
        ]
    );
    assert_eq!(late.created_at, Some("2025-12-31T23:50:00Z".parse().unwrap()));
    assert_eq!((sign_in.id.as_str(), sign_in.phase), ("z1x2c3v4b5n6", Phase::Resolved));
    assert_eq!(sign_in.resolved_at, Some("2025-12-02T19:05:00Z".parse().unwrap()));
    assert_eq!(sign_in.updated_at, Some("2025-12-04T11:00:00Z".parse().unwrap()));
}

#[test]
fn work_announced_in_the_feed_keeps_its_times() {
    let snapshot = history(HISTORY);
    let [work] = snapshot.maintenances.as_slice() else { panic!("{:?}", snapshot.maintenances) };
    assert_eq!((work.id.as_str(), work.status), ("a1s2d3f4g5h6", MaintenanceStatus::Scheduled));
    assert_eq!(work.starts_at, Some("2026-01-03T02:00:00Z".parse().unwrap()));
    assert_eq!(work.ends_at, Some("2026-01-03T06:00:00Z".parse().unwrap()));
}

#[test]
fn the_feed_comes_as_rss_too_and_may_be_empty() {
    let rss = "<rss version=\"2.0\"><channel><title>Lumen Mail Status - Incident History</title><item><title>Late</title>\
        <description>&lt;p&gt;&lt;small&gt;Sep &lt;var data-var='date'&gt;14&lt;/var&gt;, &lt;var data-var='time'&gt;10:00\
        &lt;/var&gt; JST&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Monitoring&lt;/strong&gt; - We watch.&lt;/p&gt;</description>\
        <pubDate>Mon, 14 Sep 2026 10:00:30 +0900</pubDate><link>https://status.lumenmail.example/incidents/abc</link>\
        <guid>https://status.lumenmail.example/incidents/abc</guid></item></channel></rss>";
    let snapshot = history(rss);
    let [late] = snapshot.incidents.as_slice() else { panic!("{:?}", snapshot.incidents) };
    assert_eq!((late.id.as_str(), late.phase), ("abc", Phase::Monitoring));
    assert_eq!(late.updates[0].at, Some("2026-09-14T01:00:00Z".parse().unwrap()));
    let (head, rest) = rss.split_once("<item>").unwrap();
    let empty = format!("{head}{}", rest.split_once("</item>").unwrap().1);
    assert_eq!(history(&empty).incidents, []);
}

#[test]
fn a_feed_without_states_or_links_is_not_guessed_at() {
    let silent = HISTORY.replace("Resolved", "Rejoiced").replace("/incidents/q1w2e3r4t5y6", "");
    let snapshot = history(&silent);
    assert_eq!(snapshot.incidents[0].phase, Phase::Unknown);
    assert_eq!(
        snapshot.warnings,
        [
            "entry 'Delivery is late' has no link with an id",
            "incident 'Sign-in fails' has unknown status word 'rejoiced'"
        ]
    );
}

#[test]
fn the_captured_feed_agrees_with_its_page() {
    let Some(body) = sample("feeds/github-history-2025-11-19.atom") else { return };
    let source = bare(&body);
    assert_eq!(recognise(&source), Some(Platform::Statuspage));
    let snapshot = fresh(read(&source, None));
    assert_eq!(snapshot.warnings, [""; 0]);
    assert_eq!(snapshot.incidents.len(), 25);
    assert_eq!(snapshot.incidents.iter().map(|incident| incident.updates.len()).sum::<usize>(), 133);
    for incident in &snapshot.incidents {
        assert_eq!((incident.phase, incident.id.len()), (Phase::Resolved, 12), "{}", incident.name);
        assert!(incident.updates.iter().all(|update| update.at.is_some() && !update.body.is_empty()));
        assert!(incident.created_at <= incident.resolved_at && incident.resolved_at <= incident.updated_at);
        assert!(
            incident.updates.is_sorted_by_key(|update| std::cmp::Reverse(update.at)),
            "{}",
            incident.name
        );
    }
    assert_eq!(snapshot.incidents[0].created_at, Some("2025-11-18T20:39:00Z".parse().unwrap()));
}

const INCIDENT: &str = r#"{"meta": {"generated_at": "2026-09-15T11:00:00Z"},
    "page": {"id": "k9y4x3h885d6", "status_indicator": "major", "status_description": "Partial System Outage"},
    "incident": {"id": "inc1", "name": "Late", "status": "identified", "impact": "major", "backfilled": false,
        "created_at": "2026-09-15T10:00:00.000Z", "scheduled_for": null,
        "incident_updates": [{"id": "upd1", "status": "identified", "body": "Found.", "display_at": "2026-09-15T10:30:00Z"}],
        "components": [{"id": "cmp1", "status": "partial_outage", "name": "Relay"}]}}"#;
const COMPONENT: &str = r#"{"page": {"id": "k9y4x3h885d6", "status_indicator": "sparkling"},
    "component": {"id": "cmp1", "name": "Relay", "status": "major_outage", "updated_at": "2026-09-15T10:00:00.1Z"},
    "component_update": {"id": "mov1", "component_id": "cmp1", "old_status": "operational", "new_status": "major_outage"}}"#;

#[test]
fn a_delivery_tells_of_one_thing_and_closes_nothing() {
    let snapshot = fresh(webhook(INCIDENT.as_bytes()).unwrap());
    assert_eq!(coverage(&snapshot), [false; 3]);
    assert_eq!(snapshot.page.id.as_deref(), Some("k9y4x3h885d6"));
    assert_eq!(snapshot.overall.as_ref().unwrap().status, Status::PartialOutage);
    let incident = &snapshot.incidents[0];
    assert_eq!((incident.phase, incident.impact), (Phase::Identified, Impact::Major));
    assert_eq!((incident.components.as_slice(), snapshot.components.len()), (&["cmp1".to_owned()][..], 0));
    assert_eq!(incident.updates[0].id, "upd1");
    let work = INCIDENT.replace("\"scheduled_for\": null", "\"scheduled_for\": \"2026-09-16T10:00:00Z\"");
    let snapshot = fresh(webhook(work.as_bytes()).unwrap());
    assert_eq!((snapshot.incidents.len(), snapshot.maintenances.len()), (0, 1));
    let snapshot = fresh(webhook(COMPONENT.as_bytes()).unwrap());
    assert_eq!(snapshot.components[0].status, Status::MajorOutage);
    assert_eq!(snapshot.warnings, ["page has unknown indicator word 'sparkling'"]);
    let bare = COMPONENT.replace("\"status\": \"major_outage\", ", "");
    assert_eq!(fresh(webhook(bare.as_bytes()).unwrap()).components[0].status, Status::MajorOutage);
}

#[test]
fn a_delivery_that_is_broken_or_none_is_not_believed() {
    let refused = |text: String| match webhook(text.as_bytes()) {
        Some(Reading::Unreadable { reason }) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(INCIDENT.replace("\"status\": \"identified\", \"impact\"", "\"impact\"")),
        "an incident without id, status or updates"
    );
    assert_eq!(
        refused(COMPONENT.replace("\"component_id\": \"cmp1\"", "\"component_id\": \"cmp2\"")),
        "a component that is not the one that changed"
    );
    assert_eq!(
        refused(COMPONENT.replace("status\": \"major_outage\"", "x\": 1")),
        "a component without a status"
    );
    for text in
        ["", "{}", "[]", "nonsense", "{\"page\":{\"id\":\"x\",\"status_indicator\":\"none\"}}", super::CALM]
    {
        assert_eq!(webhook(text.as_bytes()), None, "{text}");
    }
    for text in [INCIDENT, COMPONENT] {
        assert_eq!(recognise(&bare(text.as_bytes())), None, "a delivery is not the page's document");
    }
}

#[test]
fn captured_deliveries_are_read() {
    for (name, counts) in [("incident-update.json", [1, 0]), ("component-update.json", [0, 1])] {
        let Some(body) = sample(&format!("statuspage-webhook/{name}")) else { return };
        let snapshot = fresh(webhook(&body).unwrap());
        assert_eq!([snapshot.incidents.len(), snapshot.components.len()], counts);
        assert_eq!(snapshot.warnings, [""; 0]);
    }
}

#[test]
fn a_page_gives_its_feed_away_unless_it_is_the_vendors() {
    let check = |url: &str, html: &str, expect: Option<&str>| {
        let page = Source { url: Some(url), ..bare(html.as_bytes()) };
        let expect: Vec<_> = expect.map(|feed| (Platform::Statuspage, feed.to_owned())).into_iter().collect();
        let found: Vec<_> = feeds_in_page(&page)
            .into_iter()
            .filter(|(platform, _)| *platform == Platform::Statuspage)
            .collect();
        assert_eq!(found, expect, "{url} {html}");
    };
    let asset = "<html><head><title>Lumen Mail Status</title>\
        <link rel=stylesheet href='https://dka575ofm4ao0.cloudfront.net/packs/x.css'></head>";
    let feed = "https://status.lumenmail.example/api/v2/summary.json";
    check("https://status.lumenmail.example/history?page=2", asset, Some(feed));
    check(
        "https://status.lumenmail.example/",
        "<html><a href='https://www.statuspage.io/powered-by'>",
        Some(feed),
    );
    check("https://status.lumenmail.example/", "<html><title>Other</title>", None);
    check("https://www.statuspage.io/", asset, None);
    check("https://lumen.statuspage.io/inactive", asset, None);
    let sold = asset.replace("Lumen Mail Status", "Statuspage | Atlassian");
    check("https://lumen.statuspage.io/", &sold, None);
    let canonical =
        format!("{asset}<link rel='canonical' href='https://www.atlassian.com/software/statuspage'>");
    check("https://lumen.statuspage.io/", &canonical, None);
}
