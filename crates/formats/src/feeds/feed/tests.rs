//! What feeds of every dialect say, when what they tell of is over, and what is mended.

use domain::snapshot::{Reading, Snapshot};
use domain::{Impact, MaintenanceStatus, Phase, Platform};

use crate::feed::{Source, feeds_in_page, probes, read, recognise};

const UPDATES: &str = include_str!("../../../test_data/feed/trouble-updates.xml");
const ENTRIES: &str = include_str!("../../../test_data/feed/calm-entries.xml");
const ITEMS: &str = include_str!("../../../test_data/feed/items.json");

fn source<'a>(body: &'a str, at: &str) -> Source<'a> {
    Source {
        url: Some("https://status.lumenmail.example/feed"),
        content_type: Some("text/html"),
        status: 200,
        body: body.as_bytes(),
        at: at.parse().unwrap(),
        selectors: None,
    }
}

fn fresh_at(body: &str, at: &str) -> Snapshot {
    let source = source(body, at);
    assert_eq!(recognise(&source), Some(Platform::Feed), "{body}");
    match read(&source, None) {
        Reading::Fresh(snapshot) => *snapshot,
        Reading::Unreadable { reason } => panic!("{reason}"),
    }
}

fn fresh(body: &str) -> Snapshot {
    fresh_at(body, "2026-09-15T12:00:00Z")
}

fn reason(body: &str) -> String {
    match read(&source(body, "2026-09-15T12:00:00Z"), Some(Platform::Feed)) {
        Reading::Fresh(snapshot) => panic!("read as {snapshot:?}"),
        Reading::Unreadable { reason } => reason,
    }
}

/// An RSS feed of items, each a title, a date and further elements.
fn rss(items: &[(&str, &str, &str)]) -> String {
    let item = |(title, date, more): &(&str, &str, &str)| {
        format!("<item><title>{title}</title><pubDate>{date}</pubDate>{more}</item>")
    };
    let items: String = items.iter().map(item).collect();
    format!("<rss version=\"2.0\"><channel><title>Lumen</title>{items}</channel></rss>")
}

fn phases(snapshot: &Snapshot) -> Vec<(&str, Phase)> {
    snapshot.incidents.iter().map(|incident| (incident.name.as_str(), incident.phase)).collect()
}

#[test]
fn updates_of_one_incident_are_told_together() {
    let snapshot = fresh(UPDATES);
    assert_eq!(
        phases(&snapshot),
        [("Sign-in is slow", Phase::Investigating), ("Outage of outgoing mail", Phase::Monitoring)]
    );
    let outage = &snapshot.incidents[1];
    assert_eq!((outage.id.as_str(), outage.updates.len()), ("lumen-0001", 2));
    assert_eq!((outage.impact, outage.raw_impact.as_deref()), (Impact::Major, Some("inferred: outage")));
    assert_eq!(outage.created_at, Some("2026-09-15T09:00:00Z".parse().unwrap()));
    assert_eq!(outage.updated_at, Some("2026-09-15T11:00:00Z".parse().unwrap()));
    let slow = &snapshot.incidents[0];
    assert_eq!(slow.id, "https://status.lumenmail.example/incidents/2026-09-15-sign-in");
    assert_eq!(slow.created_at, Some("2026-09-15T09:30:00Z".parse().unwrap()), "PDT");
    assert_eq!(slow.updates[0].body, "Some wait **a minute** to sign in.");
    assert_eq!(
        (slow.updates[0].status.as_str(), slow.updates[0].id.as_str()),
        ("Investigating", "lumen-0002")
    );
}

#[test]
fn a_log_claims_nothing_and_closes_nothing() {
    for body in [UPDATES, ENTRIES, ITEMS, &rss(&[])] {
        let snapshot = fresh(body);
        let coverage = snapshot.coverage;
        assert!(!coverage.components && !coverage.open_incidents && !coverage.open_maintenances);
        assert_eq!((snapshot.overall, snapshot.components.len()), (None, 0));
        assert_eq!(snapshot.warnings, [""; 0]);
        assert_eq!(snapshot.page.updated_at, None, "it ticks");
    }
}

#[test]
fn an_incident_is_open_no_longer_than_it_is_told_of() {
    let open = |at: &str| phases(&fresh_at(UPDATES, at)).iter().filter(|(_, phase)| !phase.is_over()).count();
    assert_eq!(open("2026-09-15T12:00:00Z"), 2);
    assert_eq!(open("2026-09-22T09:30:00Z"), 2);
    assert_eq!(open("2026-09-22T09:30:01Z"), 1, "seven days after the last word");
    assert_eq!(open("2026-09-22T11:00:01Z"), 0);
    let silent = &fresh(ENTRIES).incidents[1];
    assert_eq!((silent.phase, silent.resolved_at), (Phase::Resolved, None), "nobody said when");
}

#[test]
fn its_own_entry_ends_an_incident() {
    let snapshot = fresh(ENTRIES);
    let latency = &snapshot.incidents[0];
    assert_eq!((latency.phase, latency.impact), (Phase::Resolved, Impact::Minor));
    assert_eq!(latency.id, "https://status.lumenmail.example/incidents/2");
    assert_eq!(latency.resolved_at, Some("2026-09-13T12:00:00Z".parse().unwrap()));
    let day = "Tue, 15 Sep 2026 0";
    let two = rss(&[
        ("[RESOLVED] Late", &format!("{day}9:00:00 GMT"), "<guid>b</guid>"),
        ("Late", &format!("{day}8:00:00 GMT"), "<guid>a</guid><description>Investigating - it</description>"),
        ("Late", &format!("{day}5:00:00 GMT"), "<guid>0</guid><description>Resolved - it</description>"),
    ]);
    let ended = fresh(&two);
    assert_eq!(phases(&ended), [("Late", Phase::Resolved), ("Late", Phase::Resolved)]);
    assert_eq!((ended.incidents[0].id.as_str(), ended.incidents[1].id.as_str()), ("a", "0"));
}

#[test]
fn an_update_keeps_the_state_it_finds() {
    let day = "Tue, 15 Sep 2026 0";
    let snapshot = fresh(&rss(&[
        (
            "Late",
            &format!("{day}9:00:00 GMT"),
            "<guid>b</guid><description>&lt;b&gt;Update&lt;/b&gt; x</description>",
        ),
        ("Late", &format!("{day}8:00:00 GMT"), "<guid>a</guid><category>Identified</category>"),
    ]));
    assert_eq!(phases(&snapshot), [("Late", Phase::Identified)]);
    let silent = fresh(&rss(&[("Late", &format!("{day}9:00:00 GMT"), "<guid>b</guid>")]));
    assert_eq!(phases(&silent), [("Late", Phase::Unknown)], "nothing is said, so nothing is over");
}

#[test]
fn announced_work_is_no_incident() {
    let snapshot = fresh(ENTRIES);
    let [work] = snapshot.maintenances.as_slice() else { panic!("{:?}", snapshot.maintenances) };
    assert_eq!((work.name.as_str(), work.status), ("New relays", MaintenanceStatus::Scheduled));
    assert_eq!(work.updates[0].body, "**Scheduled** for Sunday\n\n- Relay 1");
    let status = |at: &str| fresh_at(ENTRIES, at).maintenances[0].status;
    assert_eq!(status("2026-10-15T08:00:00Z"), MaintenanceStatus::Scheduled);
    assert_eq!(status("2026-10-15T10:00:00Z"), MaintenanceStatus::Completed);
    let day = "Tue, 15 Sep 2026 09:00:00 GMT";
    let check = |title: &str, expect: Option<MaintenanceStatus>| {
        let snapshot = fresh(&rss(&[(title, day, "<guid>a</guid>")]));
        assert_eq!(snapshot.maintenances.first().map(|work| work.status), expect, "{title}");
    };
    check("[In progress] Relays", Some(MaintenanceStatus::InProgress));
    check("Resolved: Maintenance of relays", Some(MaintenanceStatus::Completed));
    check("Maintenance of relays", Some(MaintenanceStatus::Unknown));
    check("Investigating: Maintenance of relays went wrong", None);
}

#[test]
fn an_entry_without_a_date_is_believed_only_when_it_ends_something() {
    let snapshot = fresh(&rss(&[
        ("Investigating: Late", "yesterday", "<guid>a</guid>"),
        ("Resolved: Early", "Tue, 15 Sep 2026 09:00:00", "<guid>b</guid>"),
    ]));
    assert_eq!(phases(&snapshot), [("Early", Phase::Resolved)]);
    assert_eq!(snapshot.warnings, ["entry 'Late' has no readable date and is left out"]);
}

#[test]
fn entries_without_an_id_keep_the_one_they_are_given() {
    let day = "Tue, 15 Sep 2026 09:00:00 GMT";
    let body =
        rss(&[("Investigating: Late", day, ""), ("Investigating: Early", day, "<guid>a b\u{202e}</guid>")]);
    let (first, second) = (fresh(&body), fresh(&body));
    assert_eq!(first, second);
    assert!(first.incidents.iter().all(|incident| incident.id.len() == 32), "{:?}", first.incidents);
    assert_ne!(first.incidents[0].id, first.incidents[1].id);
    let twice =
        rss(&[("Investigating: A", day, "<guid>x</guid>"), ("Investigating: B", day, "<guid>x</guid>")]);
    assert_eq!(fresh(&twice).incidents.len(), 1);
}

#[test]
fn every_dialect_is_read() {
    let item = "<item><title>[Investigating] Late</title><link>https://l.example/incidents/1</link>\
        <dc:date>2026-09-15T09:00:00Z</dc:date><pubDate>Tue, 15 Sep 2026 09:00:00 GMT</pubDate></item>";
    let rdf = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" \
        xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>L</title></channel>";
    let entry = "<entry><id>1</id><title>[Investigating] Late</title><updated>2026-09-15T09:00:00Z</updated>\
        <link href=\"https://l.example/incidents/1\"/><content type=\"html\"></content></entry>";
    for body in [
        format!("<rss version=\"0.91\"><channel><title>L</title>{item}</channel></rss>"),
        format!("<rss><channel><title>L</title>{item}</channel></rss>"),
        format!(
            "\n <!-- x --> <?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss version='2.0'><channel>{item}</channel></rss>"
        ),
        format!("\u{FEFF}<?xml version=\"1.0\"?>{rdf}{item}</rdf:RDF>"),
        format!("<feed xmlns=\"http://www.w3.org/2005/Atom\">{entry}</feed><!-- cached -->"),
    ] {
        assert_eq!(phases(&fresh(&body)), [("Late", Phase::Investigating)], "{body}");
    }
    let snapshot = fresh(ITEMS);
    assert_eq!(phases(&snapshot), [("Mail leaves late", Phase::Identified)]);
    assert_eq!(snapshot.incidents[0].impact, Impact::Minor);
}

#[test]
fn common_mistakes_are_mended_and_cuts_are_not() {
    let day = "Tue, 15 Sep 2026 09:00:00 GMT";
    let bare = "<guid>a</guid><description>R & D <p>One.<br>Two&nbsp;words.</description>";
    let snapshot = fresh(&rss(&[("Mail & more", day, bare)]));
    assert_eq!(snapshot.incidents[0].name, "Mail & more");
    assert_eq!(snapshot.incidents[0].updates[0].body, "R & D\n\nOne.\nTwo words.");
    assert_eq!(reason(&UPDATES[..UPDATES.len() - 9]), "truncated XML: no end of 'rss'");
    assert!(reason(&UPDATES.replace("</item>", "")).starts_with("broken feed: "));
    assert_eq!(reason("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"), "HTML where JSON was expected");
    assert_eq!(reason("{\"version\": 1}"), "JSON of another shape: top-level keys version");
    assert!(reason(&ITEMS[..60]).starts_with("truncated JSON"));
}

#[test]
fn entities_of_a_documents_own_are_not_expanded() {
    let bomb = "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let body = rss(&[("Late &a; &x;", "Tue, 15 Sep 2026 09:00:00 GMT", "<guid>a</guid>")]);
    let reading = read(&source(&format!("{bomb}{body}"), "2026-09-15T12:00:00Z"), Some(Platform::Feed));
    let shown = format!("{reading:?}");
    assert!(!shown.contains("aaaa") && !shown.contains("root:"), "{shown}");
}

#[test]
fn a_page_names_its_feeds() {
    let html = "<!doctype html><head><link rel=\"ALTERNATE stylesheet\" type=\"application/rss+xml; charset=utf-8\" href=\"/feed.rss\">\
        <link rel=alternate type=application/atom+xml href='https://f.example/a.atom'><link rel=alternate href=/x>\
        <link rel=stylesheet type=application/rss+xml href=/y><link rel=alternate type=application/atom+xml href='javascript:x'>\
        <link rel=alternate type=application/rss+xml href=feed.rss></head>";
    let found: Vec<String> = feeds_in_page(&source(html, "2026-09-15T12:00:00Z"))
        .into_iter()
        .filter(|(platform, _)| *platform == Platform::Feed)
        .map(|(_, url)| url)
        .collect();
    assert_eq!(found, ["https://status.lumenmail.example/feed.rss", "https://f.example/a.atom"]);
    let asked = probes("https://status.lumenmail.example/a?b#c");
    let asked = asked.iter().filter(|(platform, _)| *platform == Platform::Feed);
    assert_eq!(
        asked.map(|(_, url)| url.as_str()).next(),
        Some("https://status.lumenmail.example/history.atom")
    );
}

#[test]
fn hostile_feeds_are_bounded() {
    let many = rss(&[]).replace("</channel>", &format!("{}</channel>", "<item/>".repeat(20_001)));
    assert_eq!(reason(&many), "more than 20000 entries");
    for piece in [
        "<item>",
        "<description>",
        "<title>&",
        "<a>",
        "<!--",
        "<![CDATA[",
        "<item><title>Resolved: </title></item>",
    ] {
        let body = format!("<rss version=\"2.0\"><channel>{}</channel></rss>", piece.repeat(15_000));
        let _ = read(&source(&body, "2026-09-15T12:00:00Z"), None);
    }
}
