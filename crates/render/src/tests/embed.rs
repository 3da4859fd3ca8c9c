//! Badges, and what other sites put into their pages.

use serde_json::{Value, json};

use super::{documents::well_formed, holds, text};
use crate::{status_pages, story};

fn json_of(pages: &[crate::Page], path: &str) -> Value {
    serde_json::from_str(text(pages, path)).unwrap()
}

#[test]
fn each_component_has_a_badge_of_its_own_in_each_language() {
    let pages = status_pages(&story::acme());
    let shield = json_of(&pages, "/status/acme/badges/checkout.json");
    let expect =
        json!({ "schemaVersion": 1, "label": "Checkout", "message": "partial outage", "color": "orange" });
    assert_eq!(shield, expect);
    let unknown = json_of(&pages, "/status/acme/badges/search.json");
    assert_eq!((&unknown["message"], &unknown["color"]), (&json!("no reading"), &json!("lightgrey")));
    let svg = text(&pages, "/status/acme/badges/checkout.svg");
    well_formed(svg);
    holds(
        svg,
        "role=\"img\" aria-label=\"Checkout: partial outage\"><title>Checkout: partial outage</title>",
    );
    holds(text(&pages, "/status/acme/it/badges/checkout.svg"), "Checkout: interruzione parziale");
}

#[test]
fn a_badge_has_room_for_no_more_than_a_line() {
    let mut view = story::acme();
    view.board.components[0].name = "Checkout ".repeat(40);
    let pages = status_pages(&view);
    let label = json_of(&pages, "/status/acme/badges/checkout.json")["label"].as_str().unwrap().to_owned();
    assert!(label.chars().count() <= 61 && label.ends_with('…'), "{label}");
}

#[test]
fn a_line_for_other_sites_says_what_the_page_says() {
    let pages = status_pages(&story::acme());
    let current = json_of(&pages, "/status/acme/embed.json");
    assert_eq!(current["title"], "Acme Status");
    assert_eq!(current["url"], "https://status.acme.example");
    assert_eq!((&current["state"], &current["headline"]), (&json!("partial"), &json!("Partial outage")));
    assert_eq!(current["unread"], "No reading");
    assert_eq!(current["incidents"][0]["url"], "https://status.acme.example/incidents/41");
    let fragment = text(&pages, "/status/acme/fragment.html");
    assert!(fragment.starts_with("<div data-midwatch data-state=\"partial\" lang=\"en\""), "{fragment}");
    holds(fragment, "<a href=\"https://status.acme.example\"><b>Acme Status</b> Partial outage</a>");
    holds(fragment, "<li><a href=\"https://status.acme.example/incidents/41\">");
    let framed = text(&pages, "/status/acme/embed.html");
    holds(framed, fragment.trim());
    for script in ["<script", " style=", "<style"] {
        assert!(!framed.contains(script), "{script} in {framed}");
    }
    let arabic = json_of(&pages, "/status/acme/ar/embed.json");
    assert_eq!((&arabic["direction"], &arabic["headline"]), (&json!("rtl"), &json!("انقطاع جزئي")));
    holds(text(&pages, "/status/acme/ar/embed.html"), "<html lang=\"ar\" dir=\"rtl\">");
}

#[test]
fn the_script_keeps_to_itself() {
    let pages = status_pages(&story::acme());
    let script = text(&pages, "/status/acme/embed.js");
    for wanted in ["attachShadow", "credentials: \"omit\"", "cache: \"no-cache\"", "visibilityState"] {
        holds(script, wanted);
    }
    for banned in ["cookie", "localStorage", "window.", "globalThis", "innerHTML", "setAttribute(\"style\""] {
        assert!(!script.contains(banned), "{banned}");
    }
    assert!(script.trim_end().ends_with("})();"), "nothing of it is a global name");
}
