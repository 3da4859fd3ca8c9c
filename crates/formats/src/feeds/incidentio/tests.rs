//! What each of incident.io's forms says, and what must not be believed.

use std::fs;
use std::path::Path;

use domain::snapshot::{Reading, Snapshot};
use domain::{Impact, MaintenanceStatus, Phase, Platform, Status};

use crate::feed::{companions, feeds_in_page, probes, read, recognise};
use crate::feeds::testing::source;

const NATIVE: &str = include_str!("../../../test_data/incidentio/trouble-native.json");
const CALM: &str = include_str!("../../../test_data/incidentio/calm-native.json");
const WIDGET: &str = include_str!("../../../test_data/incidentio/widget.json");
const COMPATIBLE: &str = include_str!("../../../test_data/incidentio/trouble-compatible.json");
const PAGE: &str = include_str!("../../../test_data/incidentio/page.html");
const URL: &str = "https://status.lumenmail.example/";

fn fresh(body: &str) -> Snapshot {
    let source = source(URL, body.as_bytes());
    assert_eq!(recognise(&source), Some(Platform::IncidentIo));
    match read(&source, None) {
        Reading::Fresh(snapshot) => *snapshot,
        Reading::Unreadable { reason } => panic!("{reason}"),
    }
}

fn reason(body: &str) -> String {
    match read(&source(URL, body.as_bytes()), Some(Platform::IncidentIo)) {
        Reading::Fresh(snapshot) => panic!("read as {snapshot:?}"),
        Reading::Unreadable { reason } => reason,
    }
}

fn coverage(snapshot: &Snapshot) -> [bool; 3] {
    let coverage = snapshot.coverage;
    [coverage.components, coverage.open_incidents, coverage.open_maintenances]
}

fn states(snapshot: &Snapshot) -> Vec<(&str, Option<&str>, Status)> {
    snapshot.components.iter().map(|it| (it.name.as_str(), it.group.as_deref(), it.status)).collect()
}

#[test]
fn each_word_of_a_component_is_known() {
    let check = |word: &str, status: Status, impact: Impact| {
        let snapshot = fresh(&NATIVE.replace("full_outage", word));
        assert_eq!(snapshot.components[1].status, status, "{word}");
        let widget = fresh(&WIDGET.replace("partial_outage", word));
        assert_eq!(widget.incidents[0].impact, impact, "{word}");
    };
    check("operational", Status::Operational, Impact::None);
    check("degraded_performance", Status::DegradedPerformance, Impact::Minor);
    check("partial_outage", Status::PartialOutage, Impact::Major);
    check("full_outage", Status::MajorOutage, Impact::Critical);
    check("under_maintenance", Status::UnderMaintenance, Impact::Maintenance);
    check("sparkling", Status::Unknown, Impact::Unknown);
}

#[test]
fn the_summary_of_the_page_gives_groups_in_the_order_of_readers() {
    let snapshot = fresh(NATIVE);
    let expect =
        [("Sign-in", Some("Accounts"), Status::DegradedPerformance), ("Sending", None, Status::MajorOutage)];
    assert_eq!(states(&snapshot), expect);
    assert_eq!((coverage(&snapshot), snapshot.warnings.len()), ([true; 3], 0));
    let incident = &snapshot.incidents[0];
    assert_eq!((incident.phase, incident.impact), (Phase::Identified, Impact::Critical));
    assert_eq!(incident.raw_impact.as_deref(), Some("full_outage"));
    let updates: Vec<&str> = incident.updates.iter().map(|update| update.status.as_str()).collect();
    assert_eq!(updates, ["identified", "investigating"], "newest first");
    let page = "https://status.lumenmail.example/incidents/01JAAAAAAAAAAAAAAAAAAAAAD1";
    assert_eq!(incident.url.as_deref(), Some(page));
    let work = &snapshot.maintenances[0];
    assert_eq!(work.status, MaintenanceStatus::Scheduled);
    assert_eq!(work.starts_at, Some("2026-09-20T02:00:00Z".parse().unwrap()));
    assert_eq!(work.ends_at, Some("2026-09-20T06:00:00Z".parse().unwrap()));
}

#[test]
fn a_component_works_only_where_nothing_says_otherwise() {
    let quiet = NATIVE
        .replace("\"affected_components\": [\n      {", "\"affected_components\": [], \"was\": [\n      {");
    let expect =
        [("Sign-in", Some("Accounts"), Status::DegradedPerformance), ("Sending", None, Status::MajorOutage)];
    assert_eq!(states(&fresh(&quiet)), expect, "the incident still says so");
    let nameless = CALM
        .replace("\"affected_components\": []", "\"affected_components\": [{\"status\": \"full_outage\"}]");
    let snapshot = fresh(&nameless);
    assert_eq!(states(&snapshot), [("Sending", None, Status::Unknown)]);
    assert_eq!(snapshot.warnings, ["component 'Sending' may be affected: the list is broken"]);
    let stranger = "\"affected_components\": [{\"component_id\": \"X\", \"status\": \"full_outage\"}]";
    let snapshot = fresh(&CALM.replace("\"affected_components\": []", stranger));
    assert_eq!(states(&snapshot), [("Sending", None, Status::Operational), ("X", None, Status::MajorOutage)]);
}

#[test]
fn components_that_the_owner_hides_are_left_out() {
    let place = r#"{"component": {"component_id": "01JAAAAAAAAAAAAAAAAAAAAAC1", "hidden": true}}"#;
    let snapshot = fresh(&CALM.replace("\"items\": []", &format!("\"items\": [{place}]")));
    assert_eq!(states(&snapshot), []);
}

#[test]
fn the_order_of_readers_is_no_need() {
    let snapshot = fresh(&CALM.replace("\"structure\": {", "\"was\": {"));
    assert_eq!(states(&snapshot), [("Sending", None, Status::Operational)]);
}

#[test]
fn a_summary_without_its_lists_is_refused() {
    for list in ["components", "affected_components", "ongoing_incidents"] {
        let broken = CALM.replace(&format!("\n  \"{list}\": ["), &format!("\n  \"{list}\": 7, \"x\": ["));
        assert_eq!(reason(&broken), format!("a summary without a list of {list}"));
    }
    let broken = WIDGET.replace("\"ongoing_incidents\": [", "\"ongoing_incidents\": 7, \"x\": [");
    assert_eq!(reason(&broken), "a summary without a list of ongoing_incidents");
    assert_eq!(recognise(&source(URL, b"{\"page_title\":\"x\"}")), None);
}

#[test]
fn a_parent_page_says_that_it_has_no_components() {
    let snapshot = fresh(&CALM.replace("standalone", "parent").replace(
        "\"components\": [\n    {\n      \"id\": \"01JAAAAAAAAAAAAAAAAAAAAAC1\",\n      \"name\": \"Sending\",\n      \"description\": null\n    }\n  ]",
        "\"components\": []",
    ));
    assert_eq!((coverage(&snapshot), states(&snapshot)), ([false; 3], vec![]));
    assert_eq!(snapshot.warnings, ["a parent page: its components are on its sub pages"]);
}

#[test]
fn the_widget_tells_only_what_is_affected() {
    let snapshot = fresh(WIDGET);
    assert_eq!(coverage(&snapshot), [false, true, true]);
    let expect =
        [("Sending", Some("Mail"), Status::PartialOutage), ("Archive", None, Status::UnderMaintenance)];
    assert_eq!(states(&snapshot), expect);
    let incident = &snapshot.incidents[0];
    assert_eq!((incident.phase, incident.impact), (Phase::Monitoring, Impact::Major));
    assert_eq!(incident.updates[0].body, "The relay is empty again.");
    let work: Vec<_> = snapshot.maintenances.iter().map(|it| (it.status, it.starts_at.is_some())).collect();
    assert_eq!(work, [(MaintenanceStatus::InProgress, true), (MaintenanceStatus::Scheduled, true)]);
    assert_eq!(snapshot.warnings, [""; 0]);
}

#[test]
fn compatible_documents_are_told_from_those_they_imitate() {
    let snapshot = fresh(COMPATIBLE);
    assert_eq!(snapshot.platform, Platform::IncidentIo);
    assert_eq!(snapshot.components[0].status, Status::PartialOutage);
    let other = COMPATIBLE.replace("01JAAAAAAAAAAAAAAAAAAAAAAA", "k9y4x3h885d6");
    assert_eq!(recognise(&source(URL, other.as_bytes())), Some(Platform::Statuspage));
    let list = format!("{{\"incidents\": [{}", COMPATIBLE.split_once("\"incidents\": [").unwrap().1);
    assert_eq!(coverage(&fresh(&list)), [false; 3]);
}

#[test]
fn the_page_itself_is_read_from_its_data() {
    let snapshot = fresh(PAGE);
    assert_eq!(states(&snapshot), [("Sending", None, Status::DegradedPerformance)]);
    assert_eq!(snapshot.warnings, [""; 0]);
    let other = PAGE.replace("public_url", "private_url").replace("page_type", "paper_type");
    assert_eq!(recognise(&source(URL, other.as_bytes())), None);
}

#[test]
fn a_page_gives_its_feeds_away() {
    let found = |html: &str| -> Vec<String> {
        let all = feeds_in_page(&source(URL, html.as_bytes())).into_iter();
        all.filter(|(platform, _)| *platform == Platform::IncidentIo).map(|(_, url)| url).collect()
    };
    let expect = [
        "https://status.lumenmail.example/proxy/status.lumenmail.example",
        "https://status.lumenmail.example/api/v2/summary.json",
        "https://status.lumenmail.example/",
    ];
    assert_eq!(found(PAGE), expect);
    let parent = PAGE.replace("</header>", "</header><a href=\"/eu\" data-testid=\"subpage-item\">EU</a>");
    assert_eq!(found(&parent), ["https://status.lumenmail.example/eu/api/v1/summary"]);
    assert_eq!(found("<html>incident.io</html>"), [""; 0]);
}

#[test]
fn what_is_over_is_in_the_list_of_incidents() {
    let check = |url: &str, expect: &[&str]| {
        let found: Vec<String> = companions(Platform::IncidentIo, url).into_iter().map(|it| it.url).collect();
        assert_eq!(found, expect, "{url}");
    };
    let list = "https://status.lumenmail.example/api/v2/incidents.json";
    check("https://status.lumenmail.example/proxy/status.lumenmail.example", &[list]);
    check("https://status.lumenmail.example/api/v2/summary.json", &[list]);
    check("https://status.lumenmail.example/", &[list]);
    let part = "https://status.lumenmail.example/eu/api/v2/incidents.json";
    check("https://status.lumenmail.example/eu/api/v1/summary", &[part]);
    check(list, &[]);
    let own = probes(URL).into_iter().filter(|(platform, _)| *platform == Platform::IncidentIo);
    assert_eq!(own.count(), 2);
}

#[test]
fn captures_say_what_their_index_notes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/feeds/samples/incidentio");
    if !folder.is_dir() {
        return;
    }
    // Name; components, of them not operational; incidents; coverage of components.
    let table = [
        ("aiven-native-summary.json", [2, 1, 1], true),
        ("aiven-page.html", [2, 1, 1], true),
        ("linear-native-summary.json", [6, 0, 0], true),
        ("linear-page.html", [6, 0, 0], true),
        ("miro-parent-page.html", [0, 0, 0], false),
        ("openai-compat-summary.json", [25, 0, 0], true),
        ("openai-compat-incidents.json", [0, 0, 15], false),
    ];
    for (name, expect, is_complete) in table {
        let snapshot = fresh(&fs::read_to_string(folder.join(name)).unwrap());
        let ill = snapshot.components.iter().filter(|it| it.status != Status::Operational).count();
        assert_eq!([snapshot.components.len(), ill, snapshot.incidents.len()], expect, "{name}");
        assert_eq!(snapshot.coverage.components, is_complete, "{name}");
        assert_eq!(
            snapshot.warnings.len(),
            usize::from(name.contains("parent")),
            "{name}: {:?}",
            snapshot.warnings
        );
    }
}
