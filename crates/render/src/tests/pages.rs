//! The HTML pages of the story.

use domain::Status;

use super::{all_files, holds, is_whole, text, visible};
use crate::view::{ComponentRef, ComponentView, IncidentView, StatusPageView, UpdateView};
use crate::{directory_pages, directory_search, not_found, provider_pages, status_pages, story, worst};

const BASE: &str = "/directory/e-commerce-marketplaces/commerce-layer";

#[test]
fn provider_page_says_what_how_much_since_when_and_how_fresh() {
    let pages = provider_pages(&story::commerce_layer());
    let seen = visible(text(&pages, BASE));
    for wanted in [
        "E-commerce &#38; Marketplaces · on Atlassian Statuspage · official page ↗",
        "Major outage 2 of 6 components affected since 09:04 UTC ( 18 min )",
        "read 09:22:14 UTC source fresh",
        "Commerce Layer itself says: Partial System Outage",
        "Be woken when Commerce Layer fails you",
        "Runs on",
        "More in this category E-commerce &#38; Marketplaces",
        "Read every 1 min from the provider’s public page",
        "90 days · 99.961 % without unknown time",
    ] {
        holds(&seen, wanted);
    }
    let order = ["verdict", "now", "components", "planned", "past", "watch"];
    let html = text(&pages, BASE);
    let at: Vec<_> = order.iter().map(|id| html.find(&format!(" id=\"{id}\"")).unwrap()).collect();
    assert!(at[1..].is_sorted(), "verdict, then now, then components, then the past: {at:?}");
}

#[test]
fn past_incidents_have_dates_times_length_components_updates_and_post_mortem() {
    let pages = provider_pages(&story::commerce_layer());
    let html = text(&pages, BASE);
    let seen = visible(html);
    for wanted in [
        "major May 23, 2025 · resolved May 23 05:50–07:03 UTC 1 h 13 min posted 66 min after start Checkout, Commerce API",
        "minor Nov 18, 2025 · resolved Nov 19 Nov 18, 11:34 – Nov 19, 08:10 UTC 20 h 36 min",
        "critical Apr 9, 2024 · resolved Apr 9 06:45–08:55 UTC 2 h 10 min",
        "none Oct 1, 2024 · resolved Oct 1",
        "For 73 minutes some sessions received data of another session",
        "4 updates",
        "Investigating. The dashboard does not load for part of our customers.",
        "Corrective and Preventative Measures",
    ] {
        holds(&seen, wanted);
    }
    holds(html, "<h4>Summary</h4>");
    holds(html, "<code>approved_at</code>");
    holds(html, "<strong>another session</strong>");
    holds(html, "<time datetime=\"2025-05-23T05:50:00Z\" ");
}

#[test]
fn an_unreadable_source_is_nowhere_green() {
    let pages = provider_pages(&story::unreadable());
    let html = text(&pages, BASE);
    holds(html, "The last good reading is of Dec 2, 2025, 08:40 UTC.");
    holds(html, "<title>Commerce Layer status: no reading since 08:40 UTC");
    holds(&visible(html), "No reading since 08:40 UTC");
    holds(html, "HTTP 503");
    holds(html, "Last known: operational");
    assert!(
        !html.contains("class=\"state ok\"><svg") || !html.contains("data-state=\"ok\""),
        "no line is green"
    );
    holds(text(&pages, &format!("{BASE}/badge.svg")), "no reading");
    holds(text(&pages, &format!("{BASE}/badge.json")), r#""message":"no reading","color":"lightgrey""#);
    let status = text(&pages, &format!("{BASE}/api/v2/status.json"));
    holds(status, r#""status":{"indicator":"unknown","description":"No reading"}"#);
    assert!(!text(&pages, &format!("{BASE}/api/v2/components.json")).contains(r#""status":"operational""#));
    holds(text(&pages, &format!("{BASE}/index.md")), "**No reading since 08:40 UTC**");
}

#[test]
fn status_page_shows_cause_promise_groups_and_gaps() {
    let pages = status_pages(&story::acme());
    let seen = visible(text(&pages, "/status/acme"));
    for wanted in [
        "Partial outage 1 of 4 services affected since 09:04 UTC ( 18 min ); no reading of 1",
        "Cause: Commerce Layer: Elevated errors on order placement",
        "Next update by 09:40 UTC",
        "Caused by Commerce Layer",
        "Back office Order desk",
        "No reading since 08:40 UTC",
        "2 days without a reading",
    ] {
        holds(&seen, wanted);
    }
}

#[test]
fn a_line_without_a_reading_keeps_the_verdict_from_green() {
    let mut view = story::acme();
    view.board.components[0].status = Status::Operational;
    assert_eq!(worst(&view.board.components), Status::Unknown);
    holds(text(&status_pages(&view), "/status/acme"), "<strong id=\"verdict\">No reading</strong>");
    view.board.components.retain(|component| component.status == Status::Operational);
    holds(text(&status_pages(&view), "/status/acme"), "All services operational");
    assert_eq!(worst(&[]), Status::Unknown);
}

#[test]
fn days_of_which_the_same_is_said_are_one_shape_with_words() {
    let pages = status_pages(&story::acme());
    let html = text(&pages, "/status/acme");
    for wanted in [
        // Checkout: calm until yesterday, of which there is nothing to say.
        "<rect class=\"ok\" x=\"0\" width=\"89\"></rect><rect class=\"partial\" x=\"89\" width=\"1\">\
         <title>Dec 2, 2025: partial outage · down 17 min</title></rect>",
        "<title>Sep 3, 2025 – Sep 4, 2025: no reading</title>",
        "aria-label=\"Search, last 90 days: 2 days without a reading\"",
    ] {
        holds(html, wanted);
    }
    let strips = html.split("<svg viewBox=\"0 0 90 1\"").skip(1);
    let days = strips.map(|strip| {
        let shapes = strip.split_once("</svg>").unwrap().0.split(" width=\"").skip(1);
        shapes.map(|shape| shape.split('"').next().unwrap().parse::<usize>().unwrap()).sum::<usize>()
    });
    assert_eq!(days.collect::<Vec<_>>(), [90; 4]);
}

/// Thirty services and five incidents, two of them open, each with its words and with its days on four services.
fn thirty_services() -> StatusPageView {
    let mut view = story::acme();
    let board = &mut view.board;
    let (troubled, calm) = (board.components[0].clone(), board.components[1].clone());
    board.components = (0..30)
        .map(|n| ComponentView {
            id: format!("service-{n}"),
            name: format!("Regional service {n}"),
            group: Some(["Shop", "Back office", "Partners"][n / 10].to_owned()),
            ..if n < 8 { troubled.clone() } else { calm.clone() }
        })
        .collect();
    let (open, past) = (board.open[0].clone(), board.past[0].clone());
    board.open = (0..2).map(|n| IncidentView { id: format!("5{n}"), ..open.clone() }).collect();
    board.past = (0..3).map(|n| IncidentView { id: format!("4{n}"), ..past.clone() }).collect();
    for (nth, incident) in board.open.iter_mut().chain(&mut board.past).enumerate() {
        let touched = &mut board.components[4 * nth..4 * nth + 4];
        let named = |of: &ComponentView| ComponentRef { id: of.id.clone(), name: of.name.clone() };
        incident.components = touched.iter().map(named).collect();
        let update = incident.updates[0].clone();
        incident.updates =
            (0..3).map(|n| UpdateView { id: format!("{}-{n}", incident.id), ..update.clone() }).collect();
        for day in touched.iter_mut().flat_map(|component| &mut component.days[80 - nth..82 - nth]) {
            (day.worst, day.down_minutes) = (Status::PartialOutage, 35);
            day.incidents = vec![incident.titled()];
        }
    }
    view
}

#[test]
fn a_page_of_thirty_services_and_five_incidents_is_small_in_every_language() {
    let view = thirty_services();
    let pages = status_pages(&view);
    let homes = ["", "/it", "/de", "/ar"].map(|language| format!("/status/acme{language}"));
    for home in homes {
        let html = text(&pages, &home);
        assert_eq!(html.matches("viewBox=\"0 0 90 1\"").count(), 30, "every service has its days");
        assert!(html.len() < 60_000, "{home}: {} bytes", html.len());
    }
}

#[test]
fn pages_have_landmarks_language_and_no_inline_code() {
    let stories = [
        all_files(&story::commerce_layer()),
        status_pages(&story::acme()),
        directory_pages(&story::directory()),
        vec![not_found(), directory_search(&story::directory(), &story::found("shop"))],
    ];
    for page in stories.iter().flatten().filter(|page| is_whole(page)) {
        let html = std::str::from_utf8(&page.body).unwrap();
        for wanted in
            ["<html lang=\"", "<main id=\"main\"", "class=\"skip\" href=\"#main\"", "<nav ", "<footer>"]
        {
            assert!(html.contains(wanted), "{wanted} in {}", page.path);
        }
        assert_eq!(html.matches("<h1").count(), 1, "{}", page.path);
        for banned in [" style=", "<style", " onclick", "javascript:", "<script>"] {
            assert!(!html.contains(banned), "{banned} in {}", page.path);
        }
        heading_order(&page.path, html);
    }
}

/// No heading may be more than one level below the one before it.
fn heading_order(path: &str, html: &str) {
    let levels = html.match_indices("<h").filter_map(|(at, _)| html[at + 2..].chars().next()?.to_digit(10));
    levels.fold(0, |above, level| {
        assert!(level <= above + 1, "h{level} after h{above} in {path}");
        level
    });
}

#[test]
fn ids_in_a_page_are_unique() {
    let directory = directory_pages(&story::directory());
    for pages in [all_files(&story::commerce_layer()), status_pages(&story::acme()), directory] {
        for page in pages.iter().filter(|page| page.content_type.starts_with("text/html")) {
            let html = std::str::from_utf8(&page.body).unwrap();
            let mut ids: Vec<_> = html.split(" id=\"").skip(1).map(|rest| rest.split('"').next()).collect();
            ids.sort_unstable();
            assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{} {ids:?}", page.path);
        }
    }
}

#[test]
fn a_page_at_the_root_of_its_own_host_links_within_it() {
    let mut view = story::acme();
    view.board.place.base_path = String::new();
    view.board.place.events = None;
    let pages = status_pages(&view);
    let html = text(&pages, "/");
    holds(html, "href=\"/incidents/41\"");
    holds(html, "href=\"/history.atom\"");
    assert!(!html.contains("/status/acme") && !html.contains("data-events"));
    text(&pages, "/api/v2/summary.json");
}

#[test]
fn the_same_view_gives_the_same_bytes() {
    assert_eq!(provider_pages(&story::commerce_layer()), provider_pages(&story::commerce_layer()));
    assert_eq!(status_pages(&story::acme()), status_pages(&story::acme()));
}
