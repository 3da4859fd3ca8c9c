//! JSON in Statuspage's form, feeds, calendar, badges.

use domain::{Language, Status};
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{holds, text};
use crate::{
    Page, provider_pages, status_pages, story,
    view::{ComponentTurn, IncidentView, MaintenanceView, Voice},
};

const BASE: &str = "/directory/e-commerce-marketplaces/commerce-layer";

fn provider() -> Vec<Page> {
    provider_pages(&story::commerce_layer())
}

fn json(pages: &[Page], path: &str) -> Value {
    serde_json::from_str(text(pages, path)).unwrap()
}

/// Returns the keys of the first object that begins after `marker`, in the order of the text.
fn keys<'a>(text: &'a str, marker: &str) -> Vec<&'a str> {
    let start = text.find(marker).unwrap() + marker.len();
    let (mut depth, mut keys, mut rest) = (0, Vec::new(), &text[start..]);
    loop {
        let c = rest.chars().next().unwrap();
        rest = &rest[c.len_utf8()..];
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' if depth == 1 => return keys,
            '}' | ']' => depth -= 1,
            '"' => {
                let end = rest.match_indices('"').find(|(at, _)| !rest[..*at].ends_with('\\')).unwrap().0;
                if depth == 1 && rest[end + 1..].starts_with(':') {
                    keys.push(&rest[..end]);
                }
                rest = &rest[end + 1..];
            }
            _ => {}
        }
    }
}

#[test]
fn the_eight_files_have_statuspage_s_keys_in_its_order() {
    let pages = provider();
    let summary = text(&pages, &format!("{BASE}/api/v2/summary.json"));
    assert_eq!(keys(summary, ""), ["page", "components", "incidents", "scheduled_maintenances", "status"]);
    assert_eq!(keys(summary, "\"page\":"), ["id", "name", "url", "time_zone", "updated_at"]);
    let component = "id name status created_at updated_at position description showcase start_date group_id page_id group only_show_if_degraded";
    assert_eq!(keys(summary, "\"components\":["), component.split(' ').collect::<Vec<_>>());
    let incident = "id name status created_at updated_at monitoring_at resolved_at impact shortlink started_at page_id incident_updates components";
    let plain = incident.split(' ').chain(["reminder_intervals"]).collect::<Vec<_>>();
    assert_eq!(keys(summary, "\"incidents\":["), plain);
    let work = incident.split(' ').chain(["scheduled_for", "scheduled_until"]).collect::<Vec<_>>();
    assert_eq!(keys(summary, "\"scheduled_maintenances\":["), work);
    let update = "id status body incident_id created_at updated_at display_at affected_components deliver_notifications custom_tweet tweet_id";
    assert_eq!(keys(summary, "\"incident_updates\":["), update.split(' ').collect::<Vec<_>>());
    for (file, expect) in [
        ("status", vec!["page", "status"]),
        ("components", vec!["page", "components"]),
        ("incidents", vec!["page", "incidents"]),
        ("incidents/unresolved", vec!["page", "incidents"]),
        ("scheduled-maintenances", vec!["page", "scheduled_maintenances"]),
        ("scheduled-maintenances/upcoming", vec!["page", "scheduled_maintenances"]),
        ("scheduled-maintenances/active", vec!["page", "scheduled_maintenances"]),
    ] {
        assert_eq!(keys(text(&pages, &format!("{BASE}/api/v2/{file}.json")), ""), expect, "{file}");
    }
}

#[test]
fn the_values_are_those_of_the_view() {
    let pages = provider();
    let summary = json(&pages, &format!("{BASE}/api/v2/summary.json"));
    assert_eq!(summary["status"]["indicator"], "critical");
    assert_eq!(
        summary["page"]["updated_at"], "2025-12-02T09:18:00.000Z",
        "what changed last, not what ticks"
    );
    assert_eq!(summary["components"][1]["status"], "major_outage");
    let open = &summary["incidents"][0];
    assert_eq!(open["started_at"], "2025-12-02T09:04:00.000Z");
    assert_eq!(open["created_at"], "2025-12-02T09:10:00.000Z");
    assert_eq!(open["resolved_at"], Value::Null);
    assert_eq!(open["components"][0]["id"], "checkout");
    assert_eq!(summary["scheduled_maintenances"][0]["scheduled_for"], "2025-12-06T04:00:00.000Z");
    let incidents = json(&pages, &format!("{BASE}/api/v2/incidents.json"));
    assert_eq!(incidents["incidents"].as_array().unwrap().len(), 6);
    assert_eq!(incidents["incidents"][1]["monitoring_at"], "2025-11-18T17:20:00.000Z");
    assert_eq!(incidents["incidents"][2]["status"], "postmortem");
    let active = json(&pages, &format!("{BASE}/api/v2/scheduled-maintenances/active.json"));
    assert_eq!(active["scheduled_maintenances"], Value::Array(Vec::new()));
}

#[test]
fn groups_are_rows_with_children_and_unknown_is_said() {
    let pages = status_pages(&story::acme());
    let components = json(&pages, "/status/acme/api/v2/components.json");
    let rows = components["components"].as_array().unwrap();
    assert_eq!(rows.len(), 6, "two groups and four services");
    assert_eq!(rows[0]["group"], true);
    assert_eq!(rows[0]["status"], "partial_outage");
    assert_eq!(rows[0]["components"], serde_json::json!(["checkout", "cart", "search"]));
    assert_eq!(rows[1]["group_id"], rows[0]["id"]);
    assert_eq!(rows[3]["status"], "unknown");
    assert_eq!(rows[4]["name"], "Back office");
    assert_eq!(rows[4]["position"], 2);
}

#[test]
fn what_programs_compare_is_statuspage_s_whatever_the_page_speaks() {
    let mut view = story::acme();
    view.board.voice = Voice {
        language: Language::Italian,
        written: Language::Italian,
        time_zone: TimeZone::get("Europe/Rome").unwrap(),
    };
    let ours = json(&status_pages(&view), "/status/acme/api/v2/summary.json");
    assert_eq!(ours["page"]["time_zone"], "Europe/Rome");
    assert_eq!(ours["status"]["description"], "Partial System Outage");
    for component in &mut view.board.components {
        component.status = Status::Unknown;
    }
    let unknown = json(&status_pages(&view), "/status/acme/api/v2/status.json");
    assert_eq!(unknown["status"], serde_json::json!({ "indicator": "unknown", "description": "No reading" }));
    let page = json(&provider(), &format!("{BASE}/api/v2/status.json"))["page"].clone();
    assert_eq!(page["time_zone"], "Etc/UTC");
}

#[test]
fn a_component_was_made_when_it_was_first_known_and_its_group_with_the_first() {
    let mut view = story::acme();
    view.board.components[1].first_known_at = Some(story::at("2024-05-06T07:08:09Z"));
    let components = json(&status_pages(&view), "/status/acme/api/v2/components.json");
    let [group, checkout, cart] = [0, 1, 2].map(|row| &components["components"][row]);
    assert_eq!(checkout["created_at"], "2025-03-01T12:00:00.000Z");
    assert_eq!(checkout["start_date"], "2025-03-01");
    assert_eq!(checkout["updated_at"], "2025-12-02T09:04:00.000Z");
    assert_eq!(cart["created_at"], "2024-05-06T07:08:09.000Z");
    assert_eq!(group["created_at"], cart["created_at"]);
    assert_eq!((&group["description"], &group["start_date"]), (&Value::Null, &Value::Null));
    assert!(checkout["description"].is_string(), "the reason is the component's, not the group's");
}

#[test]
fn records_stand_in_statuspage_s_order_and_lead_to_the_page_that_tells_them() {
    let mut view = story::acme();
    let official = "https://status.elsewhere.example/incidents/1";
    view.board.open[0].official_url = Some(official.to_owned());
    view.board.open[0].updates[0].turns = vec![ComponentTurn {
        id: "checkout".to_owned(),
        name: "Shop - Checkout".to_owned(),
        before: Status::Operational,
        after: Status::PartialOutage,
    }];
    // An old one that is still open stands where it was posted.
    let old = IncidentView {
        id: "7".to_owned(),
        posted_at: Some(story::at("2025-11-01T00:00:00Z")),
        ..view.board.open[0].clone()
    };
    view.board.open.push(old);
    let first = view.board.maintenances[0].clone();
    let later = MaintenanceView {
        id: "later".to_owned(),
        starts_at: Some(story::at("2025-12-08T04:00:00Z")),
        ..first.clone()
    };
    view.board.maintenances.insert(0, later);
    let pages = status_pages(&view);
    let incidents = json(&pages, "/status/acme/api/v2/incidents.json")["incidents"].clone();
    assert_eq!([0, 1, 2].map(|row| incidents[row]["id"].as_str().unwrap()), ["41", "40", "7"]);
    assert_eq!(incidents[0]["shortlink"], "https://status.acme.example/incidents/41");
    let turn = serde_json::json!([{
        "code": "checkout",
        "name": "Shop - Checkout",
        "old_status": "operational",
        "new_status": "partial_outage",
    }]);
    assert_eq!(incidents[0]["incident_updates"][0]["affected_components"], turn);
    assert_eq!(incidents[1]["incident_updates"][0]["affected_components"], Value::Null);
    let ahead = json(&pages, "/status/acme/api/v2/scheduled-maintenances/upcoming.json");
    let ahead = &ahead["scheduled_maintenances"];
    assert_eq!([&ahead[0]["id"], &ahead[1]["id"]], [first.id.as_str(), "later"]);
    assert_eq!(ahead[0]["started_at"], "2025-11-29T10:00:00.000Z", "announced, as Statuspage counts");
}

#[test]
fn a_post_mortem_stands_at_no_time_of_its_incident() {
    let incidents = json(&provider(), &format!("{BASE}/api/v2/incidents.json"));
    let updates = incidents["incidents"][2]["incident_updates"].as_array().unwrap();
    let told = updates.iter().find(|update| update["status"] == "postmortem").unwrap();
    assert_eq!(told["display_at"], Value::Null);
    assert!(told["created_at"].is_string());
    let spoken = updates.iter().find(|update| update["status"] != "postmortem").unwrap();
    assert_eq!(spoken["display_at"], spoken["created_at"]);
}

#[test]
fn feeds_have_one_entry_an_incident_and_ids_that_stay() {
    let pages = provider();
    let atom = text(&pages, &format!("{BASE}/history.atom"));
    assert_eq!(atom.matches("<entry>").count(), 6);
    holds(atom, "<id>tag:midwatch.example,2026:provider/commerce-layer/incident/3nd7wq1m0fzk</id>");
    holds(atom, "<updated>2025-12-02T09:18:00Z</updated>\n<author>");
    holds(
        atom,
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"https://midwatch.example/directory/",
    );
    holds(atom, "&#60;h3&#62;Post-mortem&#60;/h3&#62;");
    let rss = text(&pages, &format!("{BASE}/history.rss"));
    assert_eq!(rss.matches("<item>").count(), 6);
    holds(rss, "<pubDate>Tue, 02 Dec 2025 09:18:00 +0000</pubDate>");
    for document in [atom, rss, text(&pages, &format!("{BASE}/badge.svg"))] {
        well_formed(document);
    }
}

/// Checks that tags nest and that no character stands bare which XML forbids.
pub(super) fn well_formed(xml: &str) {
    let mut open = Vec::new();
    for piece in xml.split('<').skip(1) {
        let (tag, after) = piece.split_once('>').unwrap_or_else(|| panic!("a bare < in {xml}"));
        for entity in after.split('&').skip(1).chain(tag.split('&').skip(1)) {
            assert!(entity.split_once(';').is_some_and(|(name, _)| name.len() < 7), "a bare & in {after}");
        }
        match tag {
            tag if tag.starts_with('?') || tag.ends_with('/') => {}
            tag if tag.starts_with('/') => assert_eq!(open.pop(), Some(&tag[1..]), "{xml}"),
            tag => open.push(tag.split([' ', '\n']).next().unwrap()),
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    super::orderly(xml, "XML");
}

#[test]
fn the_calendar_is_folded_and_ends_its_lines() {
    let pages = provider();
    let ics = text(&pages, &format!("{BASE}/maintenance.ics"));
    for wanted in [
        "DTSTART:20251206T040000Z\r\n",
        "DTEND:20251206T053000Z\r\n",
        "SUMMARY:Upgrade of the search cluster\r\n",
    ] {
        holds(ics, wanted);
    }
    assert!(ics.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
}

#[test]
fn the_plain_twin_tells_the_story() {
    let pages = provider();
    let markdown = text(&pages, &format!("{BASE}/index.md"));
    for wanted in [
        "# Commerce Layer\n\n**Major outage**",
        "- Checkout: major outage (99.986 %)",
        "### Incident report\n\nmajor · resolved · May 23, 2025 · resolved May 23 · 05:50–07:03 UTC · Checkout, Commerce API",
    ] {
        holds(markdown, wanted);
    }
}
